/**
 * Known weaknesses of the official Elastic deployments on AWS and Azure, as in ledger.ts. Those that Elastic shares with High
 * Availability stand there.
 */
import type { LedgerRow } from "./ledger";

const cluster = (cloud: string): string =>
  `the first boot of a whole cluster of Elastic on ${cloud} ends with its master and media nodes ready, and a reboot keeps its name (AWS-W-1)`;
const bundle = (title: string): string => `fetching the bundle ${title}`;
const failedBoot = (title: string): string => `a boot that fails ${title}`;
const dependencies = (stack: string, title: string): string => `dependencies: ${stack} (up) ${title}`;
const addressFirst = "the master has its public address before it boots, and the address waits for no machine";

export const elastic: readonly LedgerRow[] = [
  {
    id: "AWS-W-1",
    problem: "The domain is never saved, so the first reboot of the master writes the word none in its place.",
    status: "resolved",
    how: "The domain, or the address in its place, is in the master's bundle before the master exists.",
    shownBy: [
      cluster("aws"),
      "Elastic with a domain on aws has it in the master's bundle, in every address and in the record to be made",
      "Elastic without a domain is reached on aws by its address, in the default release",
    ],
  },
  {
    id: "AWS-W-11",
    problem: "The wait for the instance's role comes after calls that need it.",
    status: "resolved",
    how: "A node makes one call, which is repeated within a limit; the program has granted the right before the machine.",
    shownBy: [
      bundle("stops trying when its time is over"),
      dependencies("aws-elastic", "grants outlive every machine: machines wait for each of them"),
    ],
  },
  {
    id: "AWS-W-12",
    problem: "The fixed address is attached only after the master runs, which takes the passing one for its name.",
    status: "resolved",
    how: "The address is allocated first and bound to the network interface before the machine; no script asks for it.",
    shownBy: [
      dependencies("aws-elastic", addressFirst),
      "Elastic without a domain is reached on aws by its address, in the default release",
    ],
  },
  {
    id: "AWS-W-13",
    problem: "Media nodes that boot before the master give up at once and are replaced in a loop.",
    status: "resolved",
    how: "Media nodes need nothing that the master makes, wait for it within their boot's limit, and count as failed only after that.",
    shownBy: [
      cluster("aws"),
      "AWS media group: aws-elastic (up) waits on `up` for nodes that are ready, longer than a boot may take",
    ],
  },
  {
    id: "AWS-W-26",
    problem: "A retry counter never counted, so that the loop had no end.",
    status: "resolved",
    how: "Every wait of a node has a deadline.",
    shownBy: [
      bundle("stops trying when its time is over"),
      failedBoot("in a step that never ends reports once, starts nothing more and ends as it should"),
    ],
  },
  {
    id: "AWS-S-5",
    problem: "The private TLS key is an ordinary parameter.",
    status: "resolved",
    how: "It is a secret of the stack file, refused in plain text, and lies in the master's bundle alone.",
    shownBy: [
      "configs that are refused secrets in plain text are refused without being repeated",
      "secrets: aws-elastic from config and generated ones lie nowhere but in the bundles",
    ],
  },
  {
    id: "AWS-A-1",
    problem: "The only master has no recovery alarm and no snapshots, and its databases go with the instance.",
    status: "partly",
    how: "EC2 recovers and reboots it by alarms; its data lies on a volume that outlives it; its databases are backed up every night into the bucket.",
    shownBy: [
      "alarms on AWS have EC2 recover the master's host and reboot the master, in this order, whether somebody is told or not",
      "data: aws-elastic (up) machines are made anew only when their slot's generation is raised",
      "data: aws-elastic (up) is kept on destroy, and protected from deletion and replacement",
    ],
    open: "planned: a schedule of snapshots of the data volume beside the nightly backups",
  },
  {
    id: "AWS-A-16",
    problem: "Ten minutes for everything, downloads included, so that slow regions roll back.",
    status: "partly",
    how: "Nothing in the update waits for the master's boot, which has 45 minutes from the start of the machine and is tried three times.",
    shownBy: [failedBoot("in a step that never ends reports once, starts nothing more and ends as it should")],
    open: "planned: a setting for the master's limit, as media nodes have one",
  },
  {
    id: "AZ-B2",
    problem: "The master asks for its public address before its role acts, without repeating it.",
    status: "resolved",
    how: "The address is known before the machine and comes with the bundle; the machine asks nobody.",
    shownBy: [
      dependencies("azure-elastic", addressFirst),
      "Elastic without a domain is reached on azure by its address, in the default release",
    ],
  },
  {
    id: "AZ-B4",
    problem: "The storage settings are looked up once, without repeating it.",
    status: "resolved",
    how: "They come with the bundle, whose fetch is repeated within a limit.",
    shownBy: [bundle("asks Key Vault by the machine's identity and waits until its rights act"), cluster("azure")],
  },
  {
    id: "AZ-B7",
    problem: "Media nodes give up after 200 tries, delete themselves and are made again in a loop.",
    status: "resolved",
    how: "Media nodes wait longer than a master's boot takes; one that gives up says why, stops, and is deleted by the controller.",
    shownBy: [
      cluster("azure"),
      failedBoot("stops the machine when it cannot tell the cloud, and always so on Azure"),
      "the controller on the masters deletes a machine whose boot gave up, and leaves one that runs and says nothing",
    ],
  },
];
