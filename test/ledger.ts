/**
 * Every known weakness of the official High Availability deployments on AWS, Azure and own machines and of Enterprise v2, what this project does about it,
 * and the tests that show it. Ids are those of the reference sheets. test/ledger.test.ts holds the tests to it, and
 * docs/weaknesses.md is made from it.
 */

import { elastic } from "./ledger-elastic";
import { enterpriseV2 } from "./ledger-enterprise-v2";
import { ownMachines } from "./ledger-onprem";

export type Status =
  /** What the weakness was is not possible any more. */
  | "resolved"
  /** The part that this version can show is; the rest is named. */
  | "partly"
  /** Not in this version; what is planned is named. */
  | "planned";

export interface LedgerRow {
  readonly id: string;
  /** What is wrong with the official deployment, in one line. */
  readonly problem: string;
  readonly status: Status;
  /** What this project does instead. */
  readonly how: string;
  /** Full titles of tests that show it; none only where all of it is planned. */
  readonly shownBy: readonly string[];
  /** What is not here yet (`planned: `), or what only the vendor can mend (`vendor: `); required unless resolved. */
  readonly open?: string;
}

const awsMasters = (title: string): string => `AWS masters: aws-ha (up) ${title}`;
const awsGroup = (title: string): string => `AWS media group: aws-ha (up) ${title}`;
const awsEntry = (title: string): string => `AWS entry: aws-ha (up) ${title}`;
const awsStore = (title: string): string => `AWS storage and secrets: aws-ha (up) ${title}`;
const azureMachines = (title: string): string => `Azure machines: azure-ha (up) ${title}`;
const azureGroup = (title: string): string => `Azure media group: azure-ha (up) ${title}`;
const azureEntry = (title: string): string => `Azure entry: azure-ha (up) ${title}`;
const azureStore = (title: string, stack = "azure-ha"): string => `Azure storage and secrets: ${stack} (up) ${title}`;
const reach = (stack: string, title: string): string => `reachability: ${stack} (up) ${title}`;
const userData = (stack: string, title: string): string => `user data: ${stack} (up) ${title}`;
const dependencies = (stack: string, title: string): string => `dependencies: ${stack} (up) ${title}`;
const firstBoot = (title: string): string => `the first boot ${title}`;
const failedBoot = (title: string): string => `a boot that fails ${title}`;
const drain = (title: string): string => `the drain of a media node on AWS ${title}`;
const applying = (title: string): string => `applying settings ${title}`;
const bundle = (title: string): string => `fetching the bundle ${title}`;
const leading = (title: string): string => `the controller on the masters ${title}`;
const surviving = (title: string): string => `the controller in a minute in which everything has to be done ${title}`;
const running = (title: string): string => `a change of settings on masters that serve ${title}`;
const refused = (title: string): string => `configs that are refused ${title}`;
const grownGroup = (stack: string): string =>
  `a media group that its autoscaler has grown keeps its size in updates that roll it and that touch nothing: ${stack}`;

const exactFlows = "of the machines as they are attached is the flow table, both ways";
const frozenMachines = "machines are made anew only when their slot's generation is raised";
const noPathBetweenMasters = "there is no path between any two masters";
const secretsNowhere = "from config and generated ones lie nowhere but in the bundles";

const verification = "a verification after `up` that asks every master and the entry, and names the one that fails";

export const ledger: readonly LedgerRow[] = [
  // AWS: how it works.
  {
    id: "AWS-W-2",
    problem: "A replaced master registers as a fifth node and leaves itself out of the address list.",
    status: "resolved",
    how: "Each of four slots owns an interface and a data disk that outlive the machine; every machine is given the same four addresses.",
    shownBy: [
      awsMasters("stand on interfaces of their own and have no public address"),
      userData("aws-ha", "names the addresses of the masters' interfaces in slot order on every machine"),
      "data: aws-ha (up) belongs to a slot, not to a machine: no machine deletes its data disk or address",
      firstBoot(
        "gives a machine that takes over a data disk the unit of the installation on it, and keeps its version",
      ),
    ],
  },
  {
    id: "AWS-W-3",
    problem: "The newest image is looked up at each update, which may replace masters together with their data.",
    status: "resolved",
    how: "Images are pinned by a dated serial or an id; a master's image is frozen until its generation is raised; data lies on a disk of its own.",
    shownBy: [
      awsMasters("and media nodes run one pinned image of the architecture of their type"),
      awsMasters(
        "take tokens only and one hop, are monitored in detail, recover, and cannot be terminated by accident",
      ),
      `data: aws-ha (up) ${frozenMachines}`,
      "AWS images come from Canonical's dated parameters, never from the current one (AWS-W-3)",
      "the edit matrix aws-ha: images.version: inPlace, rollsMedia",
    ],
  },
  {
    id: "AWS-W-4",
    problem: "Without cross-zone balancing one media node decides which zones' masters are in DNS.",
    status: "resolved",
    how: "Cross-zone balancing is on, and a media group never decides about a zone.",
    shownBy: [
      awsEntry("balances across zones and has had a security group from the start"),
      awsEntry("lets no media group decide about a zone in DNS, and cuts no stream of a node that drains"),
    ],
  },
  {
    id: "AWS-W-5",
    problem: "Media nodes in a zone without a balancer subnet get no RTMP.",
    status: "resolved",
    how: "Cross-zone balancing is on in every deployment, adopted networks included.",
    shownBy: ["AWS entry: aws-ha-production (up) balances across zones and has had a security group from the start"],
  },
  {
    id: "AWS-W-6",
    problem: "Four consecutive boots share one time window.",
    status: "resolved",
    how: "Masters boot at the same time, each with a deadline of its own.",
    shownBy: [
      dependencies("aws-ha", noPathBetweenMasters),
      failedBoot("in a step that never ends reports once, starts nothing more and ends as it should"),
    ],
  },
  {
    id: "AWS-W-7",
    problem: "Success is signalled before anything is installed.",
    status: "partly",
    how: "A media node completes its launch only when OpenVidu serves, and `up` waits for it; a failed boot says its reason once.",
    shownBy: [
      awsGroup(
        "has both hooks from its first moment: a launch that only a finished boot completes, an end that waits for the drain",
      ),
      awsGroup("waits on `up` for nodes that are ready, longer than a boot may take"),
      firstBoot("brings a media node on aws to ready, says so once, and shows secrets to the installer only"),
    ],
    open: `planned: ${verification}; \`up\` does not wait for masters yet`,
  },
  {
    id: "AWS-W-8",
    problem: "A master's readiness check is run and its result thrown away.",
    status: "resolved",
    how: "A master that does not answer 200 in time has failed, with its reason in status and console.",
    shownBy: [
      failedBoot("at a health check that never answers 200 reports once, starts nothing more and ends as it should"),
    ],
  },
  {
    id: "AWS-W-9",
    problem: "Masters wait for each other without end.",
    status: "resolved",
    how: "Addresses are known beforehand, so no node waits for another; every wait has a deadline.",
    shownBy: [
      dependencies("aws-ha", noPathBetweenMasters),
      failedBoot("in a step that never ends reports once, starts nothing more and ends as it should"),
      bundle("stops trying when its time is over"),
    ],
  },
  {
    id: "AWS-W-10",
    problem: "Nodes rewrite the shared secret key by key, unlocked.",
    status: "resolved",
    how: "The program creates all credentials; nodes may only read.",
    shownBy: [
      "permissions: aws-ha (up) media nodes read one bundle and write one bucket; only they may end lifecycle actions; nobody writes a secret",
      dependencies("aws-ha", "credentials are written before any machine exists and outlive it"),
    ],
  },
  {
    id: "AWS-W-14",
    problem: "Errors of early boot steps reach no handler, and the handler needs tools that come later.",
    status: "resolved",
    how: "One supervisor with bash and python3 of the image reports any failed step once; only a finished boot completes the launch.",
    shownBy: [
      failedBoot("at Docker reports once, starts nothing more and ends as it should"),
      failedBoot("at the bundle reports once, starts nothing more and ends as it should"),
      awsGroup(
        "has both hooks from its first moment: a launch that only a finished boot completes, an end that waits for the drain",
      ),
    ],
  },
  {
    id: "AWS-W-15",
    problem: "A media node reads the secret once, and tests for a value that never occurs.",
    status: "resolved",
    how: "The bundle is fetched again within a limit until it is complete.",
    shownBy: [
      bundle("waits until the bundle is complete"),
      bundle("ends in its time and keeps the last good bundle when the store answers without a key"),
    ],
  },
  {
    id: "AWS-W-16",
    problem: "A reboot stops the services first, so an unreachable store leaves them stopped.",
    status: "resolved",
    how: "A reboot fetches before it starts anything, and starts with the last good settings when it cannot.",
    shownBy: [
      "a reboot ends with OpenVidu running on its last settings when the store answers nothing useful, and tries again",
    ],
  },
  {
    id: "AWS-W-17",
    problem: "The reboot job is a crontab line that only bash understands, and replaces root's crontab.",
    status: "resolved",
    how: "Units of systemd, with their output in the journal.",
    shownBy: [userData("aws-ha", "writes no crontab, and runs nothing at boot that would hold cloud-init up")],
  },
  {
    id: "AWS-W-18",
    problem: "Unanchored edits hit other settings, and slashes break them.",
    status: "resolved",
    how: "Settings are edited by key, with any value stored literally. TURN's own domain is a key of its own, which goes only with the setting.",
    shownBy: [
      applying("stores any characters literally and touches no other line"),
      applying("takes a domain of TURN's own back, and adds no line for it where there is none"),
    ],
  },
  {
    id: "AWS-W-19",
    problem: "The settings reader cuts values at a second equals sign and turns empty into a word.",
    status: "resolved",
    how: "Settings are data that the renderer quotes; nothing is read back into the store.",
    shownBy: [
      "user data carries any setting to the shell unchanged",
      applying("stores any characters literally and touches no other line"),
    ],
  },
  {
    id: "AWS-W-20",
    problem: "The media group stays on version 1 of its launch template.",
    status: "resolved",
    how: "The group names the template's newest version by number, which starts a rolling refresh that drains.",
    shownBy: [
      awsGroup("takes a version of its template by number, and makes it the default too"),
      awsGroup(
        "rolls by launching first, without touching what operators protect, and within the 14 days of a refresh",
      ),
    ],
  },
  {
    id: "AWS-W-21",
    problem: "The refresh leaves out the MongoDB replica-set key.",
    status: "resolved",
    how: "One table says what is written where, for the first boot and for every refresh.",
    shownBy: [applying("writes every setting of a master to its file")],
  },
  {
    id: "AWS-W-22",
    problem: "An agent that cannot be signalled ends the drain before it waits.",
    status: "resolved",
    how: "A container that cannot be reached is noted; the drain goes on.",
    shownBy: [drain("asks everyone to end although one container cannot be reached, and still completes")],
  },
  {
    id: "AWS-W-23",
    problem: "A destroy removes the termination hook before the group is empty.",
    status: "resolved",
    how: "Hooks are part of the group; their twins are left alone on destroy, which is given more time than a drain.",
    shownBy: [
      awsGroup("keeps a hook resource of the same name for each, which a destroy leaves alone"),
      awsGroup("is given more time to be deleted than a drain may take, and does not cut it short"),
    ],
  },
  {
    id: "AWS-W-24",
    problem: "The drain hangs on one event and one remote command without retry.",
    status: "resolved",
    how: "The node itself asks for its target state every few seconds and takes up where it was after a crash.",
    shownBy: [
      drain("begins when the group wants the node to be Terminated"),
      drain("takes up after a crash or a reboot where it was, with the time that was left"),
    ],
  },
  {
    id: "AWS-W-25",
    problem: "Masters 3 and 4 once missed the reboot job.",
    status: "resolved",
    how: "All masters get the same program; only slot and disk differ.",
    shownBy: [userData("aws-ha", "is the same on all masters but for slot, disk and own names")],
  },
  {
    id: "AWS-W-27",
    problem: "The listener of port 80 once led to the group of port 443.",
    status: "resolved",
    how: "Listeners and back ends are derived from the flow table.",
    shownBy: [
      reach("aws-ha", "the load balancer listens on exactly the entry's ports and sends each to its back end's port"),
    ],
  },

  // AWS: security.
  {
    id: "AWS-S-1",
    problem: "The installer comes over plain HTTP straight into a root shell.",
    status: "resolved",
    how: "HTTPS from the release tag, and it runs only if its SHA-256 is the known one.",
    shownBy: [
      failedBoot("at an altered installer reports once, starts nothing more and ends as it should"),
      "user data fetches nothing executable over plain http and pipes no download into a shell",
    ],
  },
  {
    id: "AWS-S-2",
    problem: "Helper tools come without checksum, and pip goes into the system's Python.",
    status: "resolved",
    how: "Nothing is downloaded but Docker, from its repository with a known key and at pinned versions, and the installer.",
    shownBy: [
      "Docker on a node comes at the pinned versions, with the epoch and suffix of the distribution, after the lists have been read",
      "Docker on a node is not installed when the repository gives another key",
      "uses of permissions no script brings a cloud's command line along",
    ],
  },
  {
    id: "AWS-S-3",
    problem: "Secrets travel as arguments, and tracing copies them into logs.",
    status: "resolved",
    how: "Secrets go through files and standard input; only the vendor's installer gets them as arguments, and nothing traces.",
    shownBy: [
      firstBoot("brings a master node on aws to ready, says so once, and shows secrets to the installer only"),
      "user data of a master node on aws has shell programs that are in strict mode before their first command and never trace",
      bundle("never puts a credential into its own arguments or log"),
    ],
  },
  {
    id: "AWS-S-4",
    problem: "Licence, credentials and private key lie in template metadata and world-readable files.",
    status: "resolved",
    how: "They lie in the secret store alone, and in files of root on the node.",
    shownBy: [
      `secrets: aws-ha ${secretsNowhere}`,
      bundle("keeps the bundle for root"),
      userData("aws-ha", "puts files only where root alone can change them"),
    ],
  },
  {
    id: "AWS-S-6",
    problem: "SSH is open to the world, needs a key pair, and masters lack Session Manager.",
    status: "resolved",
    how: "SSH for configured ranges only, keys optional, Session Manager on every node.",
    shownBy: [
      reach("aws-ha", "SSH and MinIO are closed to the Internet, and media nodes cannot reach the MinIO console"),
      "permissions: aws-ha (up) the only managed policy is Session Manager's",
    ],
  },
  {
    id: "AWS-S-7",
    problem: "Disks are not encrypted explicitly.",
    status: "resolved",
    how: "Every disk is, with the configured key where there is one.",
    shownBy: [
      "encryption: aws-ha (up) is on for every disk, with the configured key where there is one",
      "encryption: aws-ha-production (up) is on for every disk, with the configured key where there is one",
    ],
  },
  {
    id: "AWS-S-8",
    problem: "Media nodes may read every administrator password.",
    status: "resolved",
    how: "Two secrets; a media node's holds one password.",
    shownBy: [
      "secrets: aws-ha for media nodes are one password",
      awsStore("each kind of node has a secret of its own, with the configured key, read by its own role alone"),
    ],
  },
  {
    id: "AWS-S-9",
    problem: "Roles carry unused grants and star resources.",
    status: "resolved",
    how: "Every action has a named use, every resource is named.",
    shownBy: [
      "permissions: aws-ha (up) every allowed action has a use in the table",
      "permissions: aws-ha (up) no action and no resource is a wildcard, but for the part of a name that AWS makes up",
    ],
  },
  {
    id: "AWS-S-10",
    problem: "Old TLS policies, and clear text behind the balancer.",
    status: "resolved",
    how: "TLS 1.2 and later; with a certificate on the masters traffic stays encrypted up to them.",
    shownBy: [
      awsEntry("ends TLS with a policy of TLS 1.2 and later, on TLS listeners only, whose idle time is fixed"),
      "AWS entry: aws-ha-letsencrypt (up) ends TLS with a policy of TLS 1.2 and later, on TLS listeners only, whose idle time is fixed",
    ],
  },
  {
    id: "AWS-S-11",
    problem: "Buckets have no TLS-only policy, versions, lifecycle or explicit encryption.",
    status: "resolved",
    how: "All four, on every bucket that is created.",
    shownBy: [
      awsStore("each bucket refuses clear text, the public and ACLs, and keeps and ages versions"),
      "encryption: aws-ha (up) is on for every bucket, with the configured key where there is one",
    ],
  },
  {
    id: "AWS-S-12",
    problem: "Masters with databases have public addresses.",
    status: "resolved",
    how: "Masters stand in private subnets; data ports admit node groups only.",
    shownBy: [awsMasters("stand on interfaces of their own and have no public address"), reach("aws-ha", exactFlows)],
  },
  {
    id: "AWS-S-13",
    problem: "JSON is edited by pasting raw values.",
    status: "resolved",
    how: "JSON is read and written by a JSON library only.",
    shownBy: [applying("stores any characters literally and touches no other line")],
  },
  {
    id: "AWS-S-14",
    problem: "Egress is fully open, and TCP 50000-60000 is open to the world.",
    status: "resolved",
    how: "Ways out are rows of the flow table and can be narrowed; media over TCP is a feature with one port per engine.",
    shownBy: [
      "reachability of every combination on aws is the flow table with two operator ranges, narrowed way out",
      "flow table opens WebRTC over TCP on the port of the engine in use, and on none when it is off",
    ],
  },
  {
    id: "AWS-S-15",
    problem: "The secret has the default key, no rotation and no resource policy.",
    status: "resolved",
    how: "The configured key, reads for the node's role alone, and a changed value reaches running masters one at a time.",
    shownBy: [
      "AWS storage and secrets: aws-ha-production (up) each kind of node has a secret of its own, with the configured key, read by its own role alone",
      applying(
        "by the job restarts an OpenVidu that is active once if it has old values, and does not wait for itself",
      ),
      running("is fetched, written and read by OpenVidu under the lock, which is given back"),
    ],
  },

  // AWS: architecture.
  {
    id: "AWS-A-2",
    problem: "Masters have no recovery, protection or replacement path and may share a zone unnoticed.",
    status: "resolved",
    how: "Automatic recovery, termination protection, a generation per slot, zones in turn with a warning where they are few.",
    shownBy: [
      awsMasters(
        "take tokens only and one hop, are monitored in detail, recover, and cannot be terminated by accident",
      ),
      awsMasters("are spread over the zones in turn"),
      `data: aws-ha (up) ${frozenMachines}`,
      refused("network aws: one zone for all masters"),
    ],
  },
  {
    id: "AWS-A-3",
    problem: "Masters are created and booted one after another.",
    status: "resolved",
    how: "No master depends on another.",
    shownBy: [
      dependencies("aws-ha", noPathBetweenMasters),
      dependencies(
        "aws-ha",
        "every machine knows the masters' addresses before it exists: they are fixed, or it waits for the interfaces",
      ),
    ],
  },
  {
    id: "AWS-A-4",
    problem: "The media nodes' profile waits for the last master.",
    status: "resolved",
    how: "Identities, grants and the media group wait for no machine.",
    shownBy: [
      dependencies("aws-ha", "the media group waits for no machine of the masters"),
      dependencies("aws-ha", "credentials, grants, storage and entry wait for no machine"),
    ],
  },
  {
    id: "AWS-A-5",
    problem: "DNS, certificate and outputs are left to the user.",
    status: "resolved",
    how: "Outputs for every service; records and a validated certificate with a zone, and the records to make without one.",
    shownBy: [
      "stack outputs: aws-ha (up) name every service, the entry, every master, the group and the place of the credentials",
      "AWS DNS: aws-ha-production (up) the name leads to the load balancer by an alias that does not judge it, or the operator is told what to do",
      "AWS entry: aws-ha-production (up) takes the certificate when it is valid, not when it is asked for",
    ],
  },
  {
    id: "AWS-A-6",
    problem: "There are IPv6 rules without IPv6 addresses.",
    status: "resolved",
    how: "IPv4 only, and no rule for anything else.",
    shownBy: [reach("aws-ha", "names no source port and no IPv6 range")],
  },
  {
    id: "AWS-A-7",
    problem: "No alarms, dashboards or log shipping.",
    status: "planned",
    how: "Detailed monitoring and group metrics are on; nothing watches them yet.",
    shownBy: [],
    open: "planned: alarms with a notification target, log shipping from every node, a health signal of media nodes",
  },
  {
    id: "AWS-A-8",
    problem: "Each scale-out downloads everything, and the warm-up is shorter than a boot.",
    status: "partly",
    how: "The launch hook waits for the real boot, so warm-up no longer matters; Docker on the image is used as it is.",
    shownBy: [
      "Docker on a node is not touched, and nothing is downloaded, where the image has it",
      awsGroup("waits on `up` for nodes that are ready, longer than a boot may take"),
    ],
    open: "planned: prebuilt images that also hold OpenVidu's containers",
  },
  {
    id: "AWS-A-9",
    problem: "CPU is the only signal, and the victim of a scale-in is picked blindly.",
    status: "partly",
    how: "Whoever is picked drains before it ends.",
    shownBy: [
      drain("waits for its sessions, tells the group that it lives, and completes once"),
      awsGroup("follows the average CPU, with a policy that may also take nodes away because they drain first"),
    ],
    open: "planned: other load signals, and scale-in that spares nodes with sessions",
  },
  {
    id: "AWS-A-10",
    problem: "A composed name can exceed the limit of its service.",
    status: "resolved",
    how: "Names are auto-named or checked, stack names are bounded.",
    shownBy: [
      "arguments of the AWS roles keep names within AWS's limits (AWS-A-10)",
      awsEntry("has names within the 32 characters of load balancers and target groups"),
    ],
  },
  {
    id: "AWS-A-11",
    problem: "Parameters are not checked against each other.",
    status: "resolved",
    how: "All problems of a config are named at once, before anything is registered.",
    shownBy: [
      refused("media aws: min above max"),
      refused("media aws: initial above max"),
      refused("domain aws: no domain on AWS"),
      "refused settings a Route 53 zone id that is none, together with min above max: named, and nothing is made",
    ],
  },
  {
    id: "AWS-A-12",
    problem: "GPU images bring an old Docker, and the disk can be too small for them.",
    status: "resolved",
    how: "An older Docker is replaced by the pinned one before the installer runs; disks too small are refused.",
    shownBy: [
      "Docker on a node is replaced where the image has an older one, also when the image's own list names the repository",
      refused("media aws: disk too small for a GPU image"),
    ],
  },
  {
    id: "AWS-A-13",
    problem: "Endpoints and links hard-code the commercial partition.",
    status: "resolved",
    how: "The partition's DNS suffix and console are looked up.",
    shownBy: ["AWS regions have their consoles in their partition (AWS-A-13)"],
  },
  {
    id: "AWS-A-14",
    problem: "The health check proves only that Caddy is alive.",
    status: "resolved",
    how: "A master is ready when an application behind Caddy answers, too.",
    shownBy: [
      failedBoot("at Caddy without an application behind it reports once, starts nothing more and ends as it should"),
    ],
  },
  {
    id: "AWS-A-15",
    problem: "A master cannot reach itself through the balancer.",
    status: "resolved",
    how: "Clients' addresses are not preserved towards masters unless asked for.",
    shownBy: [
      awsEntry("keeps clients' addresses from masters unless asked, so that a master reaches itself through the entry"),
    ],
  },
  {
    id: "AWS-A-17",
    problem: "Media nodes report CPU every five minutes only.",
    status: "resolved",
    how: "Detailed monitoring is on.",
    shownBy: [awsGroup("launches nodes that take tokens only and are monitored every minute")],
  },
  {
    id: "AWS-A-18",
    problem: "An update resets the media group to its initial size.",
    status: "resolved",
    how: "The desired capacity belongs to the autoscaler after creation.",
    shownBy: [
      awsGroup("leaves its size to the autoscaler and its hooks to resources of their own"),
      grownGroup("aws-ha"),
    ],
  },

  // Azure: network.
  {
    id: "AZ-N1",
    problem: "The WebRTC range is deployed as two single ports.",
    status: "resolved",
    how: "One real range.",
    shownBy: [reach("azure-ha", "media ports are one real range")],
  },
  {
    id: "AZ-N2",
    problem: "RTMP is balanced to a port that no rule opens.",
    status: "resolved",
    how: "Back-end ports are opened from the same rows that the balancer is made of.",
    shownBy: [
      reach("azure-ha", exactFlows),
      reach("azure-ha", "the load balancer listens on exactly the entry's ports and sends each to its back end's port"),
    ],
  },
  {
    id: "AZ-N3",
    problem: "Rules pin source ports, and one has the wrong direction.",
    status: "resolved",
    how: "No rule names a source port; directions come from the flow table.",
    shownBy: [reach("azure-ha", "names no source port and no IPv6 range"), reach("azure-ha", exactFlows)],
  },
  {
    id: "AZ-N4",
    problem: "The platform's default lets the tiers reach each other at every port.",
    status: "resolved",
    how: "An explicit deny stands before the platform's rule.",
    shownBy: [
      reach("azure-ha", "SSH and MinIO are closed to the Internet, and media nodes cannot reach the MinIO console"),
      reach("azure-ha", exactFlows),
    ],
  },
  {
    id: "AZ-N5",
    problem: "SSH and MinIO are open to the Internet.",
    status: "resolved",
    how: "Operators' ranges only, none by default.",
    shownBy: [
      reach("azure-ha", "SSH and MinIO are closed to the Internet, and media nodes cannot reach the MinIO console"),
    ],
  },
  {
    id: "AZ-N6",
    problem: "Nothing uses zones, and masters may share a rack.",
    status: "resolved",
    how: "Masters and media over three zones, entry in all of them; an availability set where there are no zones.",
    shownBy: [
      azureMachines("masters are spread over three zones, each with its disk, and have no public address"),
      azureEntry("stands at a static Standard address in all zones, or at the one that was given"),
      "what the region decides on Azure without zones: an availability set, zones nowhere, copies in one place (AZ-N6)",
    ],
  },
  {
    id: "AZ-N7",
    problem: "Instance addresses depend on the retired Basic kind.",
    status: "resolved",
    how: "Standard addresses in a Flexible scale set.",
    shownBy: [azureGroup("gives each node a Standard address that goes when the node goes")],
  },
  {
    id: "AZ-N8",
    problem: "Idle connections end after four minutes, and the RTMP probe tests a TCP accept only.",
    status: "resolved",
    how: "Thirty minutes with a reset, and an HTTP probe for every rule.",
    shownBy: [
      azureEntry("keeps idle connections for half an hour and resets them afterwards, and lends nobody its address"),
      azureEntry("asks Caddy over HTTP whether a master serves, for every rule"),
    ],
  },
  {
    id: "AZ-N9",
    problem: "Media rules keep ports for a balancer that does not reach media nodes.",
    status: "resolved",
    how: "No rule without a flow.",
    shownBy: [reach("azure-ha", exactFlows)],
  },

  // Azure: deployment.
  {
    id: "AZ-D1",
    problem: "The default machine size does not exist.",
    status: "resolved",
    how: "Sizes are checked against a table.",
    shownBy: [
      refused("masters azure: the size of the official templates, which does not exist"),
      "virtual machine sizes include every size that a profile chooses",
    ],
  },
  {
    id: "AZ-D2",
    problem: "The portal form names the container by a key that the template lacks.",
    status: "resolved",
    how: "One key for the container, in the graph and in the nodes' settings; unknown keys are refused.",
    shownBy: [
      azureStore("an adopted account is the only one that recordings go to"),
      refused("storage, entry, encryption, images, labels azure: the portal form's container name"),
    ],
  },
  {
    id: "AZ-D3",
    problem: "With an existing account the keys of another one are read.",
    status: "resolved",
    how: "Settings name the adopted account.",
    shownBy: [azureStore("an adopted account is the only one that recordings go to", "azure-ha-production")],
  },
  {
    id: "AZ-D4",
    problem: "With an existing account the lock container is missing.",
    status: "resolved",
    how: "What the cluster's own scripts keep lies in an account of its own, in every deployment.",
    shownBy: [
      azureStore(
        "accounts take TLS 1.2 only and show nothing to the public; keys are allowed only where OpenVidu needs one",
        "azure-ha-production",
      ),
      leading("is led by one master at a time: the other looks on"),
    ],
  },
  {
    id: "AZ-D5",
    problem: "Names of role assignments collide between groups and deployments.",
    status: "resolved",
    how: "The provider draws an identifier for each.",
    shownBy: [azureStore("each kind of node may read its own bundle and nothing else")],
  },
  {
    id: "AZ-D6",
    problem: "Fixed names allow one stack per group.",
    status: "resolved",
    how: "Every name ends in a random suffix of its stack.",
    shownBy: ["Azure names of two stacks are different, also in one resource group"],
  },
  {
    id: "AZ-D7",
    problem: "The vault's name stays blocked after a destroy.",
    status: "resolved",
    how: "Soft delete stays on, and each deployment draws a new name.",
    shownBy: [
      azureStore("the vault decides by roles, keeps what was deleted, and refuses networks that nobody named"),
      "explicit names on Azure fit a vault, whatever the words, and keep the whole suffix",
    ],
  },
  {
    id: "AZ-D8",
    problem: "A repeated deployment resets the capacity and pushes changes into busy nodes.",
    status: "resolved",
    how: "Capacity is the autoscaler's, and every update looks at it first; upgrades are manual.",
    shownBy: [
      azureGroup("leaves its size to the autoscaler"),
      azureGroup("is of the flexible kind, spread over zones, upgraded by nobody but us"),
      grownGroup("azure-ha"),
    ],
  },
  {
    id: "AZ-D9",
    problem: "Installer, runbook, image and Docker are unpinned.",
    status: "resolved",
    how: "Exact image version, installer by SHA-256, Docker by version and key; no runbook.",
    shownBy: [
      azureMachines("run an image of one exact version"),
      userData("azure-ha", "downloads nothing over plain HTTP, and pipes no download into a shell"),
      failedBoot("at an altered installer reports once, starts nothing more and ends as it should"),
    ],
  },
  {
    id: "AZ-D10",
    problem: "Success is reported minutes before OpenVidu works, and there are no outputs.",
    status: "partly",
    how: "Outputs for every service and the place of the credentials; nodes report their own readiness.",
    shownBy: [
      "stack outputs: azure-ha (up) name every service, the entry, every master, the group and the place of the credentials",
      azureGroup("reports health without repairing"),
    ],
    open: `planned: ${verification}`,
  },
  {
    id: "AZ-D11",
    problem: "The DNS label collides within the region.",
    status: "resolved",
    how: "A label with a suffix and a scope that nobody else can take over.",
    shownBy: ["Azure names without a domain the entry gets a label that nobody can take over"],
  },
  {
    id: "AZ-D12",
    problem: "An own certificate makes user data too large.",
    status: "resolved",
    how: "Certificates travel in the bundle; user data is a fifth of the limit.",
    shownBy: [
      userData("azure-ha-production", "is within the limits of its cloud, with room to spare"),
      "user data of a master node on azure stays below 40 KiB in every release and with every certificate",
    ],
  },

  // Azure: boot.
  {
    id: "AZ-B1",
    problem: "The vault comes after the machines that need it.",
    status: "resolved",
    how: "Vault, secrets and grants wait for no machine, and machines wait for them.",
    shownBy: [
      dependencies("azure-ha", "credentials, grants, storage and entry wait for no machine"),
      dependencies("azure-ha", "grants outlive every machine: machines wait for each of them"),
      dependencies("azure-ha", "credentials are written before any machine exists and outlive it"),
    ],
  },
  {
    id: "AZ-B3",
    problem: "Media nodes log in once, so a late role leaves them half dead.",
    status: "resolved",
    how: "The fetch is repeated while rights take effect; a node that never gets them says so and stops, and the controller deletes it.",
    shownBy: [
      bundle("asks Key Vault by the machine's identity and waits until its rights act"),
      failedBoot("stops the machine when it cannot tell the cloud, and always so on Azure"),
      leading("deletes a machine whose boot gave up, and leaves one that runs and says nothing"),
    ],
  },
  {
    id: "AZ-B5",
    problem: "Waits are endless when one master dies.",
    status: "partly",
    how: "No node waits for another, and every wait has a deadline.",
    shownBy: [
      dependencies("azure-ha", noPathBetweenMasters),
      failedBoot("in a step that never ends reports once, starts nothing more and ends as it should"),
    ],
    open: `planned: ${verification}`,
  },
  {
    id: "AZ-B6",
    problem: "Masters could read secrets before they were written.",
    status: "resolved",
    how: "All credentials exist before the first machine.",
    shownBy: [
      dependencies("azure-ha", "credentials are written before any machine exists and outlive it"),
      "secrets: azure-ha do reach the bundle of the masters, so that the search has something to find",
    ],
  },
  {
    id: "AZ-B8",
    problem: "After a failure the boot script goes on.",
    status: "resolved",
    how: "The first failure ends the boot.",
    shownBy: [
      failedBoot("at an installer that ends with an error reports once, starts nothing more and ends as it should"),
    ],
  },
  {
    id: "AZ-B9",
    problem: "Packages are installed before the lists are refreshed.",
    status: "resolved",
    how: "Lists and lock timeout come first.",
    shownBy: [
      "Docker on a node comes at the pinned versions, with the epoch and suffix of the distribution, after the lists have been read",
    ],
  },
  {
    id: "AZ-B10",
    problem: "A script is not in strict mode from its start.",
    status: "resolved",
    how: "Every script is.",
    shownBy: [
      "user data of a media node on azure has shell programs that are in strict mode before their first command and never trace",
    ],
  },

  // Azure: security.
  {
    id: "AZ-X1",
    problem: "Licence, credentials and key travel in user data.",
    status: "resolved",
    how: "They come from the vault at boot, into files of root.",
    shownBy: [`secrets: azure-ha ${secretsNowhere}`, bundle("keeps the bundle for root")],
  },
  {
    id: "AZ-X2",
    problem: "The private key is a plain parameter.",
    status: "resolved",
    how: "Secret config only, marked as secret wherever it appears.",
    shownBy: [
      "refused settings a licence in plain text is refused without being repeated",
      "secrets of own certificates the private key lies in the masters' bundle and nowhere else",
    ],
  },
  {
    id: "AZ-X3",
    problem: "Secrets are command-line arguments, and tracing prints them.",
    status: "resolved",
    how: "Only the vendor's installer gets them as arguments; nothing traces.",
    shownBy: [
      firstBoot("brings a master node on azure to ready, says so once, and shows secrets to the installer only"),
    ],
  },
  {
    id: "AZ-X4",
    problem: "Every identity is Contributor on the group.",
    status: "resolved",
    how: "Single rights at single resources: the own bundle, two containers, and for masters the media group.",
    shownBy: [
      "role assignments: azure-ha (up) every one has a use in the table, and none is Owner or Contributor",
      "role assignments: azure-ha (up) are made at single resources; on the group only what merely reads",
    ],
  },
  {
    id: "AZ-X5",
    problem: "The vault accepts all networks, and masters overwrite secrets.",
    status: "resolved",
    how: "Node subnets and deployers' ranges only; nodes read.",
    shownBy: [
      azureStore("the vault decides by roles, keeps what was deleted, and refuses networks that nobody named"),
      azureStore("each kind of node may read its own bundle and nothing else"),
    ],
  },
  {
    id: "AZ-X6",
    problem: "The storage key has no rotation path, in a Cool single-zone account without minimum TLS.",
    status: "resolved",
    how: "TLS 1.2, Hot, zone-redundant; a changed key reaches running masters one at a time.",
    shownBy: [
      azureStore(
        "accounts take TLS 1.2 only and show nothing to the public; keys are allowed only where OpenVidu needs one",
      ),
      applying("writes every setting of a master to its file"),
      running("is fetched, written and read by OpenVidu under the lock, which is given back"),
    ],
  },
  {
    id: "AZ-X7",
    problem: "A webhook's address is a bearer secret in plain outputs.",
    status: "resolved",
    how: "There is no webhook.",
    shownBy: [azureGroup("has no alert, runbook or webhook that would trigger a scale-in by a side effect")],
  },
  {
    id: "AZ-X8",
    problem: "No host encryption, own key, trusted launch or boot diagnostics.",
    status: "resolved",
    how: "Trusted launch and diagnostics always, the other two by config.",
    shownBy: [
      azureMachines("start with Trusted Launch and leave a console log"),
      "Azure machines: azure-ha-production (up) start with Trusted Launch and leave a console log",
      "encryption: azure-ha-production (up) is at rest with the configured disk encryption set where there is one",
    ],
  },

  // Azure: scaling.
  {
    id: "AZ-S1",
    problem: "A drain is killed after 90 minutes.",
    status: "resolved",
    how: "The node itself drains, for as long as configured, and survives its own restart; the controller deletes it afterwards.",
    shownBy: [
      drain("takes up after a crash or a reboot where it was, with the time that was left"),
      "the drain of a media node on Azure begins when the controller asks this node, says when it is drained, and approves only then its own end",
      leading("sees a node through: hours of draining, the deletion by name, and nothing left behind"),
    ],
  },
  {
    id: "AZ-S2",
    problem: "Dead ends switch scale-in off until a person resets it.",
    status: "resolved",
    how: "The controller starts from what it sees each minute; nothing it keeps can block it.",
    shownBy: [
      surviving("comes to the same end when it is killed before any of its calls"),
      surviving("ends with one reason at any answer that it does not know, changes nothing after it, and repeats"),
    ],
  },
  {
    id: "AZ-S3",
    problem: "Scale-in is triggered by a failure event with a hard-coded caller.",
    status: "resolved",
    how: "There is no such alert.",
    shownBy: [azureGroup("has no alert, runbook or webhook that would trigger a scale-in by a side effect")],
  },
  {
    id: "AZ-S4",
    problem: "The victim is the first of the list, one at a time.",
    status: "resolved",
    how: "The node with the fewest sessions, as many at once as configured.",
    shownBy: [
      leading("asks the emptiest node to leave, in the blob that media nodes read, and says why"),
      "the controller's decision with little load asks the node with the fewest sessions to leave, and remembers since when",
    ],
  },
  {
    id: "AZ-S5",
    problem: "The check for a running drain never matches.",
    status: "resolved",
    how: "Requests are the controller's state, and nodes report that they drain.",
    shownBy: ["a fleet of media nodes on Azure, simulated keeps every promise in a thousand days"],
  },
  {
    id: "AZ-S6",
    problem: "An endless lease stays behind when its job dies.",
    status: "resolved",
    how: "The leader's lease lasts a minute, and its state can be written with the lease alone.",
    shownBy: [
      leading("gives its lease back after trouble, and one that it could not give back has an end"),
      leading("changes nothing when its lease has run out meanwhile"),
    ],
  },
  {
    id: "AZ-S7",
    problem: "Module versions of the runbook are open.",
    status: "resolved",
    how: "There is no runbook; scripts use the image's own bash and python3.",
    shownBy: [
      azureGroup("has no alert, runbook or webhook that would trigger a scale-in by a side effect"),
      "uses of permissions no script brings a cloud's command line along",
    ],
  },
  {
    id: "AZ-S8",
    problem: "Scale-out and scale-in share a threshold.",
    status: "resolved",
    how: "Azure only adds nodes; the controller removes one only if the others stay far below the threshold, and does not count nodes that drain.",
    shownBy: [
      azureGroup("is only ever enlarged by the autoscaler, which is switched on and gets its numbers as text"),
      "the controller's decision with little load does not count the CPU of nodes that drain",
    ],
  },
  {
    id: "AZ-S9",
    problem: "A drain replaces the whole set of tags.",
    status: "resolved",
    how: "Tags play no part in a drain, and no identity may write them.",
    shownBy: ["role assignments: azure-ha (up) every one has a use in the table, and none is Owner or Contributor"],
  },
  {
    id: "AZ-S10",
    problem: "An instance is unprotected until it protects itself.",
    status: "resolved",
    how: "No platform rule removes instances, and overprovisioning does not exist.",
    shownBy: [
      azureGroup("has nothing that would end a node by itself"),
      azureGroup("is only ever enlarged by the autoscaler, which is switched on and gets its numbers as text"),
      azureGroup("is of the flexible kind, spread over zones, upgraded by nobody but us"),
    ],
  },
  {
    id: "AZ-S11",
    problem: "The group never goes below one instance.",
    status: "resolved",
    how: "With limits of 0 the controller drains and deletes the last node too.",
    shownBy: [leading("reaches nothing when minimum and maximum are 0")],
  },

  // Azure: operation.
  {
    id: "AZ-O1",
    problem: "A reboot stops OpenVidu first, and failed reads write empty values.",
    status: "resolved",
    how: "A reboot fetches first; an empty or incomplete answer changes nothing.",
    shownBy: [
      "a reboot ends with OpenVidu running on its last settings when the store answers nothing useful, and tries again",
      bundle("ends in its time and keeps the last good bundle when the store answers empty"),
    ],
  },
  {
    id: "AZ-O2",
    problem: "Unanchored replacement hits other lines.",
    status: "resolved",
    how: "Settings are edited by key, TURN's own domain among them.",
    shownBy: [
      applying("stores any characters literally and touches no other line"),
      applying("takes a domain of TURN's own back, and adds no line for it where there is none"),
      "a domain of TURN's own where Caddy ends TLS is told to all masters on Azure, with a second certificate of the customer's own",
    ],
  },
  {
    id: "AZ-O3",
    problem: "The crontab is replaced, and errors are not logged.",
    status: "resolved",
    how: "Units of systemd, with both outputs in the journal.",
    shownBy: [userData("azure-ha", "writes no crontab, and runs nothing at boot that would hold cloud-init up")],
  },
  {
    id: "AZ-O4",
    problem: "Rotation of the storage key and reboots of media nodes are not handled.",
    status: "resolved",
    how: "Every node refreshes at boot and applies what changed.",
    shownBy: [
      applying("writes every setting of a master to its file"),
      "a reboot fetches and applies before anything is started",
    ],
  },

  ...elastic,
  ...ownMachines,
  ...enterpriseV2,
];
