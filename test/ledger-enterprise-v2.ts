/**
 * The known weaknesses of the vendor's template of Enterprise v2 on AWS, as in ledger.ts. What only the closed product can
 * mend is said to be the vendor's.
 */
import type { LedgerRow } from "./ledger";

const refused = (title: string): string => `configs of Enterprise v2 that are refused ${title}`;
const accepted = (title: string): string => `configs of Enterprise v2 that are accepted ${title}`;
const life = (title: string): string => `the life of a stack aws-enterprise-v2 ${title}`;
const groups = (title: string): string => `the groups of Enterprise v2 ${title}`;
const events = (title: string): string => `the events of Enterprise v2 ${title}`;
const rights = (title: string): string => `rights of Enterprise v2 ${title}`;
const scaling = (title: string): string => `scaling of Enterprise v2 ${title}`;
const reach = (title: string): string => `reachability of Enterprise v2 ${title}`;
const settings = (title: string): string => `the settings of Enterprise v2 ${title}`;
const boot = (title: string): string => `user data of the masters of Enterprise v2 ${title}`;

export const enterpriseV2: readonly LedgerRow[] = [
  {
    id: "V2-1",
    problem: "Redis is one node without authentication, encryption or replica.",
    status: "resolved",
    how: "A replication group over two zones or more with automatic failover, encrypted at rest, reached by masters alone; TLS and a password are one switch, off until somebody has seen the closed masters use them.",
    shownBy: [
      "the session store of Enterprise v2 survives a node and a zone, and is encrypted at rest",
      "the session store of Enterprise v2 takes TLS and the OpenVidu secret as password when told to",
      reach("is the vendor's where masters relay, without what nothing uses"),
    ],
  },
  {
    id: "V2-2",
    problem:
      "The clean-up function always answers with a failure on delete and can empty the media group on an update.",
    status: "resolved",
    how: "There is no function: the provider takes the nodes' protection away and empties the group, media nodes before masters.",
    shownBy: [
      groups("take all nodes of a group away without help, media nodes first"),
      life("leaves on destroy what is meant to be kept, and says so"),
      life("is changed by neither a second update nor a refresh"),
    ],
  },
  {
    id: "V2-3",
    problem: "Secrets lie in clear text in user data and in the settings object of the bucket.",
    status: "partly",
    how: "Secrets are marked as such from the config to the launch template, so that no state, plan, name or log shows them; the bucket is encrypted by KMS, and its settings object can be closed to all but the masters and named readers.",
    shownBy: [
      "secrets of Enterprise v2 lie nowhere but in the masters' user data, and there wrapped",
      settings("lie in a private, versioned bucket with KMS encryption that takes TLS alone and stays on destroy"),
      settings("are read by named readers and the masters alone, where readers are named"),
    ],
    open: "vendor: the image reads licence, OpenVidu secret and Elasticsearch password from user data and nowhere else, and writes them into the settings object itself",
  },
  {
    id: "V2-4",
    problem: "The parser in the image corrupts values with pipe, equals sign, ampersand or backslash.",
    status: "resolved",
    how: "What would not arrive as it was given is refused with its key and the reason, before anything is registered.",
    shownBy: [
      boot("lets through only what arrives unchanged"),
      refused("a licence that the image would cut"),
      refused("a password that the image would break"),
      refused("a password with a line break"),
    ],
  },
  {
    id: "V2-5",
    problem: "There is neither an SSH rule nor Session Manager access although the documentation requires a shell.",
    status: "resolved",
    how: "Both kinds of machines have an identity with the rights of Session Manager; port 22 opens for the operators' ranges alone.",
    shownBy: [rights("give both kinds of machines Session Manager, and no port for SSH unless operators have ranges")],
  },
  {
    id: "V2-6",
    problem: "TCP and UDP 40000-65535 are open to the world on both roles even when unused.",
    status: "resolved",
    how: "The relay range is open on masters only where the TURN server runs there, 443 on media nodes only where it runs on them, and the TCP half only when config asks for it.",
    shownBy: [
      reach("has the relay range where the TURN server runs, and its TCP half where config asks for it"),
      reach("opens nothing on masters where media nodes relay"),
    ],
  },
  {
    id: "V2-7",
    problem: "The master role has all queue actions and unscoped EC2 and scaling rights.",
    status: "resolved",
    how: "Rights name the queue, the two groups, the bucket's objects and the cluster's own machines; only reading is for everything.",
    shownBy: [
      rights("name what they are for: only reading is for everything"),
      rights("let the masters label machines of their own cluster alone"),
    ],
  },
  {
    id: "V2-8",
    problem: "Queue messages live 60 seconds without dead-letter queue, so events are lost when no master listens.",
    status: "resolved",
    how: "Messages wait an hour, encrypted, from the stack's own rules alone; what ten tries could not use is put aside, with an alarm; another one says when no master takes messages. The minute's tick lets the masters compare the group with the cluster.",
    shownBy: [
      events(
        "wait for masters that are being replaced, encrypted, and are put aside with an alarm when nobody can use them",
      ),
      events("that no master takes are reported long before they are lost, to whom alarms are sent"),
      events("are taken from the stack's own rules alone, and over TLS"),
      events("can be sent before the first media node comes"),
    ],
  },
  {
    id: "V2-9",
    problem: "The termination hook lasts 30 seconds and nothing ever completes it.",
    status: "partly",
    how: "The masters empty a node before they release it, as nodes are protected; a node that somebody else ends is held for the configured time, and the masters' role may end the hold.",
    shownBy: [
      scaling("holds a node that others end for the configured time, and lets the masters end the hold"),
      groups("protect media nodes, and label both kinds as the masters expect"),
    ],
    open: "vendor: the masters do not complete the hook, so that it runs its time",
  },
  {
    id: "V2-10",
    problem:
      "Alarms react to one minute in both directions with steps of one and a cooldown of a minute, which causes flapping.",
    status: "resolved",
    how: "A node comes after three minutes above the upper threshold, also while another one is held, and goes after fifteen below the lower one; five minutes of warming up and a pause of ten minutes; thresholds that cross are refused.",
    shownBy: [
      scaling("adds soon and removes late, with pauses, so that it does not flap"),
      scaling("adds a node also while another one is held, and takes one wish back at a time"),
      refused("thresholds that cross"),
    ],
  },
  {
    id: "V2-11",
    problem: "Images exist only in one region, copies stay behind after a delete, and the update path loses their ids.",
    status: "resolved",
    how: "Images are named in the config; copies from another region are resources of the stack, which updates keep and a destroy removes.",
    shownBy: [
      "images of Enterprise v2 that are copied belong to the stack, and are what the machines start from",
      life("leaves on destroy what is meant to be kept, and says so"),
      life("is changed by neither a second update nor a refresh"),
    ],
  },
  {
    id: "V2-12",
    problem: "Traffic from the balancer to masters and between masters is plain HTTP.",
    status: "partly",
    how: "The two ports are let in from the load balancer and from masters alone.",
    shownBy: [reach("is the vendor's where masters relay, without what nothing uses")],
    open: "vendor: ports 4443 and 5443 are served in plain HTTP by the closed image",
  },
  {
    id: "V2-13",
    problem: "Each master generates its own TURN secret.",
    status: "partly",
    how: "Where media nodes relay, no master offers TURN to anybody.",
    shownBy: [reach("opens nothing on masters where media nodes relay")],
    open: "vendor: the image draws the secret at its first boot, after it has read its user data, and takes none from it",
  },
  {
    id: "V2-14",
    problem: "Switching Elasticsearch off is rejected because the default user name is still set.",
    status: "resolved",
    how: "The default user belongs to a stack that uses Elasticsearch; without it nothing has to be cleared.",
    shownBy: [
      accepted("no Elasticsearch, and then no user of it"),
      accepted("Elasticsearch switched off"),
      boot("says nothing of Elasticsearch where none is used, the user included"),
    ],
  },
  {
    id: "V2-15",
    problem:
      "The cluster id may contain an underscore that bucket names forbid, and stack name length and size limits are unchecked.",
    status: "resolved",
    how: "Cluster id, the stack's name and the order of min, desired and max are checked before anything is registered.",
    shownBy: [
      refused("a cluster id with an underscore"),
      refused("a stack name that would make names in the cloud too long"),
      refused("fewer masters than the least"),
      refused("a least number of masters above the most"),
      refused("more media nodes than the most"),
    ],
  },
  {
    id: "V2-16",
    problem: "One unversioned bucket with default settings holds secrets and recordings together.",
    status: "resolved",
    how: "The bucket is private, versioned, encrypted by KMS and takes TLS alone; settings and recordings have statements of their own.",
    shownBy: [
      settings("lie in a private, versioned bucket with KMS encryption that takes TLS alone and stays on destroy"),
      settings("and recordings are two statements of the masters' rights, and nothing of the bucket is anybody else's"),
    ],
  },
  {
    id: "V2-17",
    problem: "The default is one master, which is not highly available, and masters have no scaling.",
    status: "resolved",
    how: "Two masters over all zones by default; one master has to be accepted by name, and one zone is refused.",
    shownBy: [
      accepted("two masters over all zones, as nothing else is said"),
      refused("one master that nobody has accepted"),
      refused("a single zone"),
      groups("replace a master that the load balancer finds unwell, over at least two zones"),
      "an adopted network of Enterprise v2 is refused where its masters stand in one zone",
    ],
  },
  {
    id: "V2-18",
    problem: "The helper functions cannot write logs.",
    status: "resolved",
    how: "There are no functions.",
    shownBy: [groups("take all nodes of a group away without help, media nodes first")],
  },
];
