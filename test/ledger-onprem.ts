/**
 * The known weaknesses of the documented ways to install OpenVidu on machines of one's own, as in ledger.ts.
 */
import type { LedgerRow } from "./ledger";

const ssh = (title: string): string => `own machines over real SSH ${title}`;
const refused = (title: string): string => `configs of own machines that are refused ${title}`;
const accepted = (title: string): string => `configs of own machines that are accepted ${title}`;
const own = (title: string, stack = "onprem-ha-dns"): string => `own machines: ${stack} (up) ${title}`;
const edit = (title: string): string => `an edit of the list of machines ${title}`;
const node = (title: string): string => `a machine of the customer's own ${title}`;
const dependencies = (title: string): string => `dependencies: onprem-ha-dns (up) ${title}`;
const upgrade = (title: string): string => `an upgrade of the cluster ${title}`;
const reachable = "reachability of every combination on own machines is the flow table, release 3.8.0";
const balancer = (title: string): string => `configurations for a load balancer of the customer's own ${title}`;

export const ownMachines: readonly LedgerRow[] = [
  {
    id: "OP-1",
    problem: "Install scripts are fetched over plain HTTP and run as root without a checksum.",
    status: "resolved",
    how: "Nodes fetch the vendor's script over HTTPS from the release's tag and run it only if it has the known SHA-256.",
    shownBy: [ssh("a machine on which it goes wrong ends the update, with its name and the reason")],
  },
  {
    id: "OP-2",
    problem: "Every documented example installs the latest release.",
    status: "resolved",
    how: "A stack names its release; latest is refused.",
    shownBy: [refused("a version latest")],
  },
  {
    id: "OP-3",
    problem: "Secrets and private keys are given on the command line.",
    status: "resolved",
    how: "They travel by standard input over SSH into files that root alone can read; only the vendor's installer gets them as arguments, on the node.",
    shownBy: [
      own("are reached with their own pinned key, and by command lines that hold nothing"),
      ssh("two masters are installed at the same time until they are ready, and no secret shows in what they say"),
      ssh("a bundle arrives whole, for root alone, and without a word; half of one changes nothing"),
      "secrets: onprem-ha-dns from config and generated ones lie nowhere but in the bundles",
    ],
  },
  {
    id: "OP-4",
    problem: "Blanks and wildcards in a value split or expand it.",
    status: "resolved",
    how: "Values that become flags are refused by name before any machine is contacted.",
    shownBy: [
      refused("a flag with a wildcard"),
      refused("an SSH user with a shell character"),
      "the scripts for the customer's own machines get their settings literally, whatever they hold",
    ],
  },
  {
    id: "OP-5",
    problem: "Order, readiness and failure handling of the nodes are left to a person.",
    status: "resolved",
    how: "All machines are checked, then all masters installed at once until they are ready, then the media nodes; a machine that fails ends the update with its name.",
    shownBy: [
      dependencies("nothing is changed on any machine before every machine has been looked at"),
      dependencies("there is no path between any two masters"),
      dependencies("media nodes wait until the masters are ready, and leave before them"),
      ssh("a machine on which it goes wrong ends the update, with its name and the reason"),
    ],
  },
  {
    id: "OP-6",
    problem: "With DNS balancing dead masters stay in rotation, and four ACME clients ask for the same name.",
    status: "partly",
    how: "A load balancer of the customer's own can stand in front with health checks, and a certificate of the customer's own is the same on all masters.",
    shownBy: [balancer("ask each master for Caddy's health, on every way to it")],
    open: "planned: records with health checks, and one ACME client for all masters",
  },
  {
    id: "OP-7",
    problem:
      "The documented balancer has no active checks, its 30-second idle timeout cuts quiet WebSockets, and it is alone.",
    status: "partly",
    how: "Complete configurations of nginx and HAProxy; HAProxy asks every master for its health, and quiet connections live for an hour.",
    shownBy: [
      balancer("let quiet connections live for an hour"),
      balancer("ask each master for Caddy's health, on every way to it"),
    ],
    open: "planned: a second load balancer with a floating address",
  },
  {
    id: "OP-8",
    problem: "Traffic between nodes is plain TCP.",
    status: "partly",
    how: "The machines' firewalls admit these ports from the addresses of the other nodes alone.",
    shownBy: [reachable],
    open: "planned: an encrypted network between the nodes",
  },
  {
    id: "OP-9",
    problem: "Port 9000 is documented as open to the world when MinIO is exposed.",
    status: "resolved",
    how: "It is never opened.",
    shownBy: ["firewall texts lose what a module needs when it is off, but never the dashboard's port"],
  },
  {
    id: "OP-10",
    problem: "Ports are open whether or not their module is on, and the dashboard's is labelled as observability.",
    status: "resolved",
    how: "Rules follow the modules; the dashboard's port is always open between masters.",
    shownBy: ["firewall texts lose what a module needs when it is off, but never the dashboard's port", reachable],
  },
  {
    id: "OP-11",
    problem: "The documented graceful stop has no time limit, and there is no scaling.",
    status: "resolved",
    how: "A line more in the list adds its machine, a line less drains it until a deadline, and no other machine is concerned.",
    shownBy: [
      node("and its drain ends at its deadline, with sessions that never end"),
      edit(
        "concerns the machine that comes, is replaced or goes, and no other; what goes is drained before its credentials go",
      ),
      ssh("a media node drains before it leaves, gives its credentials back, and may come again"),
    ],
  },
  {
    id: "OP-12",
    problem: "Upgrades stop the cluster, ask questions, and hide an obligatory stop.",
    status: "partly",
    how: "The same upgrade program as on the clouds, whose hops are data and which needs no terminal; what it has to remember lies in the customer's S3, or with one master in files, which are there while OpenVidu is stopped.",
    shownBy: [
      upgrade(
        "takes the only master of Elastic on a machine of the customer's own through every release in between, each with a backup, a start and a look at its health",
      ),
      upgrade("is refused where the masters keep its state in a MinIO that would stop with OpenVidu"),
    ],
    open: "planned: four masters whose own store is MinIO, which are refused and upgraded by hand",
  },
  {
    id: "OP-13",
    problem: "There is no procedure to replace a master, and its address may never change.",
    status: "resolved",
    how: "A machine with another host key in a master's place is installed alone, with the same credentials and the same addresses, one at a time. An only master's data does not come along, which the update says, and its backup is put back.",
    shownBy: [
      edit(
        "concerns the machine that comes, is replaced or goes, and no other; what goes is drained before its credentials go",
      ),
      edit("that replaces two masters at once is refused"),
      edit("of Elastic takes another machine for the only master, and says that data does not come along"),
      "backup and restore on the only machine of a customer lie in a folder for root alone, and another machine in its place takes them from there",
      own("are told the same addresses of masters in slot order, and their own"),
    ],
  },
  {
    id: "OP-14",
    problem: "Nothing guides the spread over racks, and MinIO stops with two masters lost.",
    status: "resolved",
    how: "Masters have failure domains, and too little spread is warned about; storage of the customer's own takes MinIO's place.",
    shownBy: ["DNS records of own machines warn where masters share a rack", accepted("storage of one's own")],
  },
  {
    id: "OP-15",
    problem: "The documentation contradicts itself about balancer targets, ACME e-mail, ZeroSSL and paths.",
    status: "resolved",
    how: "Flags, ports and addresses follow what the releases do: masters alone behind the balancer, no e-mail, ZeroSSL refused with the reason.",
    shownBy: [
      refused("ZeroSSL"),
      "installer flags on own machines for DNS round robin know no load balancer",
      "installer flags on own machines for a load balancer that ends TLS name TURN's domain and no certificate",
    ],
  },
  {
    id: "OP-16",
    problem: "The install restarts Docker under other workloads, and aborts on an older Docker.",
    status: "resolved",
    how: "A machine with containers of others is refused before any change, with its name; Docker is brought to the release's version first.",
    shownBy: [ssh("foreign containers and a node of another cluster are no place for a node")],
  },
  {
    id: "OP-17",
    problem: "SSH, time, hardening, alerts and certificate renewal are not specified.",
    status: "partly",
    how: "SSH is let in from the operators' ranges alone, and a machine without a synchronised clock is refused.",
    shownBy: [
      reachable,
      ssh("a machine that is not fit hears everything at once, with its name, and is left as it was"),
    ],
    open: "planned: security updates, alerts and renewal of a certificate of the customer's own",
  },
];
