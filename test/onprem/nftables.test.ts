/**
 * The rendered rules in a real kernel: a network namespace is the machine, another is the world around it, with an address
 * for everybody who might come. What is let in is refused by the machine's own stack, because nothing listens; what is not
 * stays without an answer.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host, OnPremises } from "../../components/on-premises";
import { entryModes, type Flow, flowsFor } from "../../openvidu/flows";
import { asNftables, rulesOf } from "../../providers/onprem/firewall-rules";
import { needs } from "../counterparts";
import { plainContext } from "../support/contexts";
import { samplePorts } from "../support/reachability";

function missing(): string | undefined {
  for (const program of ["nft", "ip", "unshare", "python3"])
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return `no ${program} installed`;
  const { status } = spawnSync("unshare", ["-n", "-m", "nft", "list", "tables"]);
  return status === 0 ? undefined : "no right to make namespaces";
}

const machine = (name: string, role: Host["role"], privateAddress: string): Host => ({
  ...{ name, role, privateAddress, port: 22, address: privateAddress, user: "root", hostKey: "", failureDomain: "" },
});
const hosts = [
  machine("m1", "master", "10.5.0.11"),
  machine("m2", "master", "10.5.0.12"),
  machine("n1", "media", "10.5.0.21"),
  machine("n2", "media", "10.5.0.22"),
];
/** What a cluster is behind and of; Elastic has one master, to which clients come themselves. */
const clusters = [
  ...entryModes.map((entry) => ({ what: entry, entry, edition: "ha", hosts }) as const),
  { what: "Elastic", entry: "dns", edition: "elastic", hosts: hosts.slice(1) },
] as const;
const parties: Readonly<Record<string, Flow["from"] | "nobody">> = {
  "1.1.1.1": "internet",
  "198.51.100.9": "operator",
  "10.5.0.5": "loadBalancer",
  "10.5.0.11": "master",
  "10.5.0.12": "master",
  "10.5.0.21": "media",
  "10.5.0.22": "media",
  "10.5.0.99": "nobody",
};

/** A machine that is not of the cluster is nobody. */
function partyOf(address: string, members: readonly Host[]): string | undefined {
  const party = parties[address];
  const isMember = members.some(({ privateAddress }) => privateAddress === address);
  return (party === "master" || party === "media") && !isMember ? "nobody" : party;
}

/** Tries every connection at once; prints those that were answered. */
const knock = `
import asyncio, json, socket, sys
target, sources, ports = json.loads(sys.argv[1])
async def tcp(source, port):
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(target, port, local_addr=(source, 0)), 2)
        writer.close()
        return True
    except ConnectionRefusedError:
        return True
    except (asyncio.TimeoutError, OSError):
        return False
class Heard(asyncio.DatagramProtocol):
    def __init__(self): self.refused = asyncio.get_running_loop().create_future()
    def error_received(self, error): self.refused.done() or self.refused.set_result(True)
async def udp(source, port):
    loop = asyncio.get_running_loop()
    transport, heard = await loop.create_datagram_endpoint(Heard, local_addr=(source, 0), remote_addr=(target, port))
    transport.sendto(b"x")
    try:
        return await asyncio.wait_for(heard.refused, 2)
    except asyncio.TimeoutError:
        return False
    finally:
        transport.close()
async def main():
    tries = [(s, p, n) for s in sources for p in ports for n in ("tcp", "udp")]
    answers = await asyncio.gather(*[(tcp if n == "tcp" else udp)(s, p) for s, p, n in tries])
    print(json.dumps(["%s %s %d" % (s, n, p) for (s, p, n), answered in zip(tries, answers) if answered]))
asyncio.run(main())
`;

/** Two namespaces and a cable; the rules are loaded twice, as an update does. */
const lab = `
set -euo pipefail
mount -t tmpfs lab /run
ip netns add machine
ip link add world type veth peer name eth0 netns machine
ip link set world up
for address in $SOURCES; do ip addr add "$address/32" dev world; done
ip route add "$TARGET/32" dev world
ip netns exec machine bash -c '
  set -euo pipefail
  ip link set lo up
  ip link set eth0 up
  ip addr add "$TARGET/32" dev eth0
  ip route add default dev eth0
  sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000 2>/dev/null ||
    sysctl -qw net.ipv4.icmp_ratelimit=0
  nft add table inet others
  nft -f "$RULES"
  nft -f "$RULES"
  [[ "$(nft list tables)" == *"inet others"* ]]
'
exec python3 "$KNOCK" "$TRIES"
`;

describe("firewall rules in a real kernel", function () {
  needs(this, "nftables in a network namespace", missing());
  this.timeout(60000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "openvidu-nft-"))));
  after(() => rmSync(folder, { recursive: true }));

  for (const { what, entry, edition, hosts: members } of clusters) {
    for (const target of [members[0]!, members.at(-2)!]) {
      it(`let in on a ${target.role} what the flow table lets in, and nothing else (${what})`, () => {
        const flows = flowsFor(
          plainContext({ entry, edition, turnDomain: true, tls: entry === "external" ? "loadBalancer" : "node" }),
        );
        const cluster: OnPremises = {
          ...{ hosts: members, domain: "d", entry, balancerAddress: "b", firewall: "nftables", utc: false },
          balancerCidrs: entry === "dns" ? [] : ["10.5.0.5/32"],
        };
        const rules = join(folder, `${what}-${target.name}.nft`);
        const script = join(folder, "knock.py");
        writeFileSync(rules, asNftables(rulesOf(target, flows, cluster, { operatorCidrs: ["198.51.100.0/24"] })));
        writeFileSync(script, knock);
        const sources = Object.keys(parties).filter((address) => address !== target.privateAddress);
        const ports = samplePorts.filter((port) => port < 61000);
        const run = spawnSync("unshare", ["-n", "-m", "bash", "-c", lab], {
          encoding: "utf8",
          env: {
            ...process.env,
            SOURCES: sources.join(" "),
            TARGET: target.privateAddress,
            RULES: rules,
            KNOCK: script,
            TRIES: JSON.stringify([target.privateAddress, sources, ports]),
          },
        });
        assert.equal(run.status, 0, run.stderr);
        const wanted = sources.flatMap((address) =>
          ports.flatMap((port) =>
            (["tcp", "udp"] as const).flatMap((protocol) => {
              const admitted = flows.some(
                (flow) =>
                  flow.to === target.role &&
                  flow.protocol === protocol &&
                  (flow.from === "internet" || flow.from === partyOf(address, members)) &&
                  port >= flow.ports.first &&
                  port <= flow.ports.last,
              );
              return admitted ? [`${address} ${protocol} ${port}`] : [];
            }),
          ),
        );
        assert.ok(wanted.length > 20);
        assert.deepEqual((JSON.parse(run.stdout) as string[]).sort(), wanted.sort());
      });
    }
  }
});
