/**
 * What holds on machines of the customer's own alone: what travels to them and how, what their firewalls let in, and which
 * machine an edit of the list concerns.
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { asNftables, asText, asUfw, rulesOf } from "../../providers/onprem/firewall-rules";
import { asRoot } from "../../providers/onprem/ssh";
import type { Host, OnPremises } from "../../components/on-premises";
import { masterCounts } from "../../openvidu/editions";
import { entryModes, type Flow, flowsFor } from "../../openvidu/flows";
import { versionNames } from "../../openvidu/versions";
import { Account } from "../../rehearsal/account";
import { destroy, up } from "../../rehearsal/engine/engine";
import { emptyState, type State } from "../../rehearsal/engine/state";
import type { Plan } from "../../rehearsal/engine/plan";
import type { Evaluation } from "../../rehearsal/evaluate";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { inputRules } from "../../rehearsal/reach-onprem";
import { readStackFile } from "../../rehearsal/stack-file";
import { allContexts, plainContext } from "../support/contexts";
import { bundleContent, inputsOf, isBelow, leavesOf, ofType, onlyOne } from "../support/graph-queries";
import { contains } from "../support/packet-filter";
import { samplePorts } from "../support/reachability";
import { evaluateVariant, forEachGraph, graphOf, settingsOf } from "./examples";

const commandType = "command:remote:Command";
const below = (graph: Graph, role: string): RecordedResource[] =>
  ofType(graph, commandType).filter((each) => isBelow(graph, each, `openvidu:index:${role}`));
const hostsOf = (stack: string): readonly Host[] => settingsOf(stack).onPremises!.hosts;

/** The settings file inside the user data that travels to a machine. */
function nodeSettings(resource: RecordedResource): Record<string, string> {
  const packed = /^H4sI\S+$/m.exec(inputsOf(resource).stdin as string)?.[0];
  assert.ok(packed, `${resource.name} carries no user data`);
  const text = gunzipSync(Buffer.from(packed, "base64")).toString();
  const document = JSON.parse(text.slice(text.indexOf("\n"))) as { write_files: { path: string; content: string }[] };
  const { content } = document.write_files.find(({ path }) => path.endsWith("/node.env"))!;
  return Object.fromEntries([...content.matchAll(/^([A-Z0-9_]+)='(.*)'$/gm)].map(([, key, value]) => [key!, value!]));
}

forEachGraph(
  "own machines",
  (graph, { stack }) => {
    it("are reached with their own pinned key, and by command lines that hold nothing", async () => {
      const recorded = await graph();
      const byAddress = new Map(hostsOf(stack).map((host) => [host.address, host]));
      for (const resource of ofType(recorded, commandType)) {
        const { connection, create, update, delete: remove, triggers, environment } = inputsOf(resource);
        const host = byAddress.get(connection.host as string);
        assert.deepEqual(
          [connection.hostKey, connection.user, connection.port],
          [host?.hostKey, host?.user, host?.port],
        );
        assert.ok(connection.privateKey, resource.name);
        assert.deepEqual([create, update], [asRoot("create"), asRoot("update")]);
        assert.ok(remove === undefined || remove === asRoot("delete"));
        // A change runs the program again, on the machine that is there now; nothing needs the one that was.
        assert.deepEqual([triggers, environment], [undefined, undefined], resource.name);
      }
    });

    it("get what is secret as a secret, and nothing of it is logged", async () => {
      const recorded = await graph();
      const deliveries = below(recorded, "SecretStore");
      assert.equal(deliveries.length, hostsOf(stack).length);
      for (const { inputs, name } of deliveries) {
        assert.ok([...leavesOf(inputs)].find(({ path }) => path === "stdin")?.secret, name);
        assert.equal(inputs.logging, "none", name);
      }
    });

    it("are told the same addresses of masters in slot order, and their own", async () => {
      const recorded = await graph();
      const hosts = hostsOf(stack);
      const count = masterCounts[settingsOf(stack).edition];
      const masters = below(recorded, "MasterPool");
      const media = below(recorded, "ScalingMediaPool");
      assert.equal(masters.length, count);
      assert.equal(media.length, hosts.length - count);
      for (const [i, each] of [...masters, ...media].entries()) {
        const settings = nodeSettings(each);
        assert.equal(
          settings.MASTER_IPS,
          hosts
            .slice(0, count)
            .map(({ privateAddress }) => privateAddress)
            .join(),
        );
        assert.equal(settings.PRIVATE_ADDRESS, hosts[i]?.privateAddress);
        assert.equal(settings.CLOUD, "onprem");
        assert.equal(settings.BUNDLE_ID, `/etc/openvidu-node/bundle-${i < count ? "master" : "media"}.json`);
        if (i < count) assert.equal(settings.SLOT, String(i + 1));
      }
    });

    it("are given the time that a drain may take before they leave, and masters are protected", async () => {
      const recorded = await graph();
      const { media } = settingsOf(stack);
      for (const { options, inputs } of below(recorded, "ScalingMediaPool")) {
        assert.ok(parseInt(options.customTimeouts.delete ?? "") >= media.drainTimeoutSeconds + 900);
        assert.ok(parseInt(options.customTimeouts.create ?? "") >= media.bootTimeoutSeconds + 300);
        assert.match(inputs.stdin as string, /openvidu-drain/);
      }
      for (const { options } of below(recorded, "MasterPool")) assert.equal(options.protect, true);
    });
  },
  { cloud: "onprem", modes: ["up"] },
);

describe("installer flags on own machines", () => {
  const flagsOf = (resource: RecordedResource): string[] => {
    const packed = /^H4sI\S+$/m.exec(inputsOf(resource).stdin as string)![0];
    const text = gunzipSync(Buffer.from(packed, "base64")).toString();
    const document = JSON.parse(text.slice(text.indexOf("\n"))) as { write_files: { path: string; content: string }[] };
    const tables = JSON.parse(document.write_files.find(({ path }) => path.endsWith("/tables.json"))!.content) as {
      flags: { flag: string; value?: string }[];
    };
    return tables.flags.map(({ flag, value }) => (value === undefined ? flag : `${flag}=${value}`));
  };

  it("for DNS round robin know no load balancer", async () => {
    const [master] = below(await graphOf("onprem-ha-dns"), "MasterPool");
    const flags = flagsOf(master!);
    assert.ok(flags.includes("--certificate-type=letsencrypt"));
    assert.deepEqual(
      flags.filter((flag) => /load-balancer|tls-termination|environment|turn|public-ip|UTC/.test(flag)),
      [],
    );
  });

  it("for Elastic know one master by its own address", async () => {
    const graph = await graphOf("onprem-elastic");
    const [master] = below(graph, "MasterPool");
    const flags = flagsOf(master!);
    for (const flag of ["--deployment-type=elastic", "--private-ip", "--certificate-type=letsencrypt"])
      assert.ok(flags.includes(flag), flag);
    assert.deepEqual(
      flags.filter((flag) => /load-balancer|tls-termination|environment|turn|ip-list|public-ip|UTC/.test(flag)),
      [],
    );
    for (const media of below(graph, "ScalingMediaPool")) {
      const own = flagsOf(media);
      assert.ok(own.includes("--master-node-private-ip") && own.includes("--deployment-type=elastic"));
    }
  });

  it("for a load balancer that ends TLS name TURN's domain and no certificate", async () => {
    const graph = await graphOf("onprem-ha-nlb");
    const [master] = below(graph, "MasterPool");
    const flags = flagsOf(master!);
    for (const flag of [
      "--external-load-balancer",
      "--turn-domain-name",
      "--forceUTCTimezone",
      "--force-media-node-public-ip",
    ])
      assert.ok(flags.includes(flag), flag);
    assert.deepEqual(
      flags.filter((flag) => /certificate|tls-termination|environment/.test(flag)),
      [],
    );
    const media = below(graph, "ScalingMediaPool").map(flagsOf);
    assert.deepEqual(
      media.map((each) => each.filter((flag) => flag.startsWith("--public-ip"))),
      [["--public-ip=198.51.100.21"], ["--public-ip=198.51.100.22"], ["--public-ip=198.51.100.23"]],
    );
  });
});

describe("DNS records of own machines", () => {
  const warnings = ({ log }: Graph): string => log.map(({ message }) => message).join("\n");
  const zoneId = "Z0123456789ABCDEFGHIJ";

  it("in Route 53 lead to every master, and none is left to a person", async () => {
    const graph = await evaluateVariant("onprem-ha-dns", { config: { dns: { kind: "route53", zoneId } } });
    assert.equal(graph.exitCode, 0, graph.log.map(({ message }) => message).join("\n"));
    const { records, type } = inputsOf(onlyOne(graph, "aws:route53/record:Record"));
    assert.deepEqual([type, records], ["A", [11, 12, 13, 14].map((last) => `198.51.100.${last}`)]);
    assert.deepEqual(graph.outputs.dnsRecords, []);
  });

  it("in Azure DNS lead to every master", async () => {
    const id = `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/dnszones/example.com`;
    const graph = await evaluateVariant("onprem-ha-dns", { config: { dns: { kind: "azure-dns", zoneId: id } } });
    assert.equal(graph.exitCode, 0, graph.log.map(({ message }) => message).join("\n"));
    const { aRecords } = inputsOf(onlyOne(graph, "azure-native:dns:RecordSet"));
    assert.deepEqual(
      (aRecords as { ipv4Address: string }[]).map(({ ipv4Address }) => ipv4Address),
      [11, 12, 13, 14].map((last) => `198.51.100.${last}`),
    );
  });

  it("are handed over as records and as lines of a zone file, TURN's name too", async () => {
    const dns = (await graphOf("onprem-ha-dns")).outputs as { dnsRecords: unknown[]; handover: Record<string, string> };
    assert.equal(dns.dnsRecords.length, 4);
    assert.equal(dns.handover["dns.zone"]?.split("\n")[3], "video.example.com. 60 IN A 198.51.100.14");
    const nlb = (await graphOf("onprem-ha-nlb")).outputs as { dnsRecords: unknown[]; handover: Record<string, string> };
    assert.deepEqual(nlb.dnsRecords, [
      { name: "video.example.com", type: "A", value: "198.51.100.10" },
      { name: "turn.example.com", type: "A", value: "198.51.100.10" },
    ]);
    assert.ok(nlb.handover["load-balancer/nginx.conf"] && nlb.handover["load-balancer/haproxy.cfg"]);
  });

  const azureZone =
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/dnszones/example.com";
  it("of Elastic lead to its master, in a zone or by hand", async () => {
    const { dnsRecords, handover } = outputsOf(await graphOf("onprem-elastic"));
    assert.deepEqual(dnsRecords, [{ name: "video.example.com", type: "A", value: "198.51.100.11" }]);
    assert.equal(handover["dns.zone"], "video.example.com. 60 IN A 198.51.100.11\n");
    assert.deepEqual(
      Object.keys(handover).filter((name) => !name.startsWith("firewall/")),
      ["dns.zone"],
    );
    const aws = await evaluateVariant("onprem-elastic", { config: { dns: { kind: "route53", zoneId } } });
    assert.deepEqual(inputsOf(onlyOne(aws, "aws:route53/record:Record")).records, ["198.51.100.11"], warnings(aws));
    assert.deepEqual(aws.outputs.dnsRecords, []);
    const azure = await evaluateVariant("onprem-elastic", {
      config: { dns: { kind: "azure-dns", zoneId: azureZone } },
    });
    const { aRecords } = inputsOf(onlyOne(azure, "azure-native:dns:RecordSet"));
    assert.deepEqual(aRecords, [{ ipv4Address: "198.51.100.11" }], warnings(azure));
  });

  const names = { "3.8.0": "198.51.100.11", "3.7.0": "openvidu-198-51-100-11.sslip.io" };
  for (const [version, name] of Object.entries(names)) {
    it(`of Elastic ${version} without a domain are none: its master is called ${name}`, async () => {
      const graph = await evaluateVariant("onprem-elastic", { config: { domain: undefined, version } });
      assert.equal(graph.exitCode, 0, warnings(graph));
      const { dnsRecords, handover, urls } = outputsOf(graph);
      assert.deepEqual(dnsRecords, []);
      assert.ok(!("dns.zone" in handover));
      assert.equal(urls.openvidu, `https://${name}/`);
      const [bundle] = below(graph, "SecretStore");
      assert.equal(bundleContent(bundle!).DOMAIN_NAME, name);
    });
  }

  it("come with a word about backups that lie on an only master, unless they do not", async () => {
    const said = /backups lie on the only master itself, below \/var\/lib\/openvidu-node\/store: copy them/;
    assert.match(warnings(await graphOf("onprem-elastic")), said);
    const s3 = { endpoint: "https://s3.example.com", accessKeyId: "openvidu", appDataBucket: "app" };
    const graph = await evaluateVariant("onprem-elastic", {
      config: { storage: { s3 } },
      secrets: { s3SecretKey: "placeholder" },
    });
    assert.equal(graph.exitCode, 0, warnings(graph));
    assert.doesNotMatch(warnings(graph), said);
    const [master] = below(graph, "MasterPool");
    assert.equal(nodeSettings(master!).COORDINATION_URL, "https://s3.example.com/app/openvidu-node/");
    const bundle = bundleContent(below(graph, "SecretStore")[0]!);
    assert.equal(bundle.EXTERNAL_S3_BUCKET_APP_DATA, "app");
    assert.ok(!("EXTERNAL_S3_BUCKET_CLUSTER_DATA" in bundle));
    const { handover, urls } = outputsOf(graph);
    assert.doesNotMatch(handover["firewall/master-1.nft"]!, / 9100 /);
    assert.ok(!("minio" in urls));
  });

  it("warn where masters share a rack", async () => {
    const hosts = listOf("onprem-ha-nlb").map((host) => ({
      ...host,
      ...(host.failureDomain ? { failureDomain: "rack-a" } : {}),
    }));
    const graph = await evaluateVariant("onprem-ha-nlb", { config: { hosts } });
    assert.match(
      graph.log.map(({ message }) => message).join("\n"),
      /all masters share failure domain rack-a: its loss ends the service/,
    );
  });
});

interface Outputs {
  readonly dnsRecords: readonly unknown[];
  readonly handover: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

const outputsOf = (graph: Graph): Outputs => graph.outputs as unknown as Outputs;

// --- firewalls -------------------------------------------------------------------------------------------------------

const machine = (name: string, role: Host["role"], privateAddress: string, port = 22): Host => ({
  ...{ name, role, privateAddress, port, address: privateAddress, user: "root", hostKey: "", failureDomain: "" },
});
const machines = [
  machine("m1", "master", "10.0.1.4"),
  machine("m2", "master", "10.0.2.4", 2222),
  machine("n1", "media", "10.0.3.4"),
  machine("n2", "media", "10.0.4.4"),
];
/** One master, and the media nodes of the others. */
const ofElastic = machines.slice(1);
const balancerCidr = "10.0.0.200/32";
const operatorCidr = "198.51.100.0/24";

function onPremises(entry: OnPremises["entry"]): OnPremises {
  const balancerCidrs = entry === "dns" ? [] : [balancerCidr];
  return { hosts: machines, domain: "d", entry, balancerCidrs, balancerAddress: "b", firewall: "print", utc: false };
}

/** Who an address is in the eyes of the flow table. */
const parties: Readonly<Record<string, Flow["from"] | "nobody">> = {
  "1.1.1.1": "internet",
  "198.51.100.9": "operator",
  "10.0.0.200": "loadBalancer",
  "10.0.1.4": "master",
  "10.0.2.4": "master",
  "10.0.3.4": "media",
  "10.0.4.4": "media",
  "10.0.9.9": "nobody",
};

describe("reachability of every combination on own machines", () => {
  for (const version of versionNames) {
    it(`is the flow table, release ${version}`, () => {
      let tried = 0;
      const seen = new Set<string>();
      for (const context of allContexts(version)) {
        for (const entry of entryModes) {
          if (entry !== "balanced" && (entry === "external") !== (context.tls === "loadBalancer")) continue;
          if (entry === "balanced" && context.tls !== "node") continue;
          const flows = flowsFor({ ...context, entry, turnDomain: entry === "external" });
          const key = flows.map(({ id }) => id).join();
          if (seen.has(key)) continue;
          seen.add(key);
          tried += compare(flows, onPremises(entry));
        }
      }
      assert.ok(tried > 100_000, String(tried));
    });

    it(`of Elastic is the flow table, release ${version}`, () => {
      let tried = 0;
      const seen = new Set<string>();
      for (const context of allContexts(version)) {
        const flows = flowsFor({ ...context, edition: "elastic", tls: "node", entry: "dns" });
        const key = flows.map(({ id }) => id).join();
        if (seen.has(key)) continue;
        seen.add(key);
        tried += compare(flows, { ...onPremises("dns"), hosts: ofElastic });
      }
      assert.ok(tried > 50_000, String(tried));
    });
  }
});

/** Reads the rendered text back and asks for every sampled connection; the number of them. */
function compare(flows: readonly Flow[], cluster: OnPremises): number {
  let tried = 0;
  const known = cluster.hosts.map(({ privateAddress }) => privateAddress);
  for (const to of cluster.hosts) {
    const text = asNftables(rulesOf(to, flows, cluster, { operatorCidrs: [operatorCidr] }));
    const rules = inputRules(text);
    assert.equal(rules.length, (text.match(/ dport .* accept comment /g) ?? []).length, "a rule was not understood");
    for (const [address, role] of Object.entries(parties)) {
      if (address === to.privateAddress) continue;
      // A machine that is not of this cluster is anybody.
      const party = ["master", "media"].includes(role) && !known.includes(address) ? "nobody" : role;
      for (const protocol of ["tcp", "udp"] as const) {
        const wanted = flows.filter(
          (flow) =>
            flow.to === to.role && flow.protocol === protocol && (flow.from === "internet" || flow.from === party),
        );
        const open = rules.filter(
          (rule) =>
            rule.protocol === protocol && (rule.from.length === 0 || rule.from.some((cidr) => contains(cidr, address))),
        );
        for (const port of [...samplePorts, 2222]) {
          const ssh = party === "operator" && to.port === port && protocol === "tcp";
          const table =
            ssh || wanted.some(({ ports, from }) => from !== "operator" && port >= ports.first && port <= ports.last);
          const firewall = open.some(({ ports }) => port >= ports.first && port <= ports.last);
          tried++;
          assert.equal(firewall, table, `${address} -> ${to.name} ${protocol} ${port}`);
        }
      }
    }
  }
  return tried;
}

describe("firewall texts", () => {
  const flows = flowsFor([...allContexts("3.8.0")].at(-1)!);
  const rules = rulesOf(machines[0]!, flows, onPremises("balanced"), { operatorCidrs: [operatorCidr] });

  it("for ufw allow what those for nftables allow", () => {
    const found = asUfw(rules)
      .trim()
      .split("\n")
      .map((line) =>
        /^ufw allow proto (tcp|udp) from (\S+) to any port (\d+)(?::(\d+))? comment 'openvidu (\S+)'$/.exec(line)!,
      )
      .map(([, protocol, from, first, last, flow]) => [flow, protocol, from, first, last ?? first].join(" "));
    const wanted = inputRules(asNftables(rules)).flatMap(({ comment, protocol, from, ports }) =>
      (from.length === 0 ? ["0.0.0.0/0"] : from).map((cidr) =>
        [comment, protocol, cidr, ports.first, ports.last].join(" "),
      ),
    );
    assert.deepEqual(found, wanted);
  });

  it("for a person name every rule once, with its purpose", () => {
    const text = asText(machines[0]!, rules);
    assert.equal(text.trim().split("\n").length, rules.length + 2);
    for (const { purpose } of rules) assert.ok(text.includes(purpose));
  });

  it("of Elastic are the vendor's table: one Redis, and nothing between masters (onprem-v2-reference A.4.7)", () => {
    const all = flowsFor(plainContext({ edition: "elastic", entry: "dns" }));
    const of = (host: Host) => {
      const [anybody, media, master]: string[][] = [[], [], []];
      for (const { from, protocol, ports } of rulesOf(
        host,
        all,
        { ...onPremises("dns"), hosts: ofElastic },
        {
          operatorCidrs: [],
        },
      )) {
        const range = ports.first === ports.last ? String(ports.first) : `${ports.first}-${ports.last}`;
        const list = from.length === 0 ? anybody : from.join() === "10.0.2.4/32" ? master : media;
        list!.push(`${protocol} ${range}`);
      }
      return { anybody, media, master };
    };
    assert.deepEqual(of(ofElastic[0]!), {
      anybody: ["tcp 80", "tcp 443", "tcp 1935"],
      media: ["tcp 7880", "tcp 20000", "tcp 9100", "tcp 3100", "tcp 9009", "tcp 4443", "tcp 9080", "tcp 7000"],
      master: [],
    });
    assert.deepEqual(of(ofElastic[1]!), {
      anybody: ["udp 443", "udp 50000-60000", "tcp 7881", "udp 7885"],
      media: [],
      master: ["tcp 7880", "tcp 5349", "tcp 8080", "tcp 1935"],
    });
  });

  it("lose what a module needs when it is off, but never the dashboard's port", () => {
    const without = rulesOf(
      machines[0]!,
      flowsFor({ ...[...allContexts("3.8.0")].at(-1)!, modules: new Set() }),
      onPremises("balanced"),
      { operatorCidrs: [] },
    );
    const open = without.map(({ ports }) => ports.first);
    for (const port of [3000, 3100, 7946, 9009, 9095, 4443, 9080, 9000]) assert.ok(!open.includes(port), String(port));
    assert.ok(open.includes(5000));
  });
});

// --- edits of the list -----------------------------------------------------------------------------------------------

/** A stack that is edited and updated. */
class Stack {
  private state: State = emptyState;
  private readonly account = new Account();
  public constructor(private readonly stack: string) {}

  public async up(changes: Readonly<Record<string, unknown>> = {}): Promise<Plan> {
    const { plan } = await up(this.operation(changes));
    return plan;
  }

  public async destroy(): Promise<Plan> {
    return (await destroy(this.operation({}))).plan;
  }

  private operation(changes: Readonly<Record<string, unknown>>): Parameters<typeof up>[0] {
    const file = readStackFile(this.stack, { environment: {} });
    const config = { ...file.config };
    for (const [key, value] of Object.entries(changes))
      config[`openvidu:${key}`] = typeof value === "string" ? value : JSON.stringify(value);
    const evaluation: Evaluation = { project: file.project, stack: this.stack, config, secretKeys: file.secretKeys };
    const state = { read: () => this.state, write: (next: State) => void (this.state = next) };
    return { evaluation, account: this.account, state };
  }
}

const changed = ({ steps }: Plan): string[] =>
  steps
    .filter(({ operation, custom }) => custom && !["same", "read", "refresh"].includes(operation))
    .map(({ operation, name }) => `${operation} ${name}`);
const listOf = (stack: string): Record<string, unknown>[] =>
  JSON.parse(readStackFile(stack, { environment: {} }).config["openvidu:hosts"]!) as Record<string, unknown>[];
const newKey = `ssh-ed25519 ${Buffer.from("no real key, but it has the form of one!!").toString("base64")}`;

describe("an edit of the list of machines", function () {
  this.timeout(120000);
  const name = "onprem-ha-dns";
  const third = {
    role: "media",
    name: "media-3",
    address: "198.51.100.23",
    privateAddress: "10.5.0.23",
    hostKey: newKey,
  };

  it("concerns the machine that comes, is replaced or goes, and no other; what goes is drained before its credentials go", async () => {
    const stack = new Stack(name);
    const first = await stack.up();
    assert.ok(first.ok);
    assert.deepEqual(changed(await stack.up()), [], "nothing changes by itself");

    const own = ["openvidu-network-media-3", "openvidu-secrets-media-3", "openvidu-media-media-3"];
    assert.deepEqual(
      changed(await stack.up({ hosts: [...listOf(name), third] })),
      own.map((each) => `create ${each}`),
    );

    const replaced = listOf(name).map((host) =>
      host.name === "master-2" ? { ...host, hostKey: newKey.replace("bm8", "Ym8") } : host,
    );
    const plan = await stack.up({ hosts: [...replaced, third] });
    assert.deepEqual(
      changed(plan),
      ["network-master-2", "secrets-master-2", "masters-2"].map((each) => `update openvidu-${each}`),
    );
    assert.ok(plan.steps.every(({ replaces }) => replaces.length === 0));

    const gone = changed(await stack.up({ hosts: replaced }));
    assert.deepEqual([...gone].sort(), own.map((each) => `delete ${each}`).sort());
    assert.ok(gone.indexOf("delete openvidu-media-media-3") < gone.indexOf("delete openvidu-secrets-media-3"));
  });

  it("that replaces two masters at once is refused", async () => {
    const stack = new Stack(name);
    await stack.up();
    const keys = ["AAAA", "BBBB"].map((mark) => newKey.replace("bm8g", mark));
    const hosts = listOf(name).map((host, i) => (i < 2 ? { ...host, hostKey: keys[i] } : host));
    const plan = await stack.up({ hosts });
    assert.equal(plan.ok, false);
    assert.match(JSON.stringify(plan.log), /openvidu:hosts: the machines of masters 1 and 2 are others than before/);
    assert.deepEqual(changed(plan), []);
  });

  it("of Elastic takes another machine for the only master, and says that data does not come along", async () => {
    const stack = new Stack("onprem-elastic");
    const hosts = listOf("onprem-elastic");
    const said = /the only master is another machine than before: it starts without the data of the former one/;
    assert.doesNotMatch(JSON.stringify((await stack.up()).log), said);
    const plan = await stack.up({
      hosts: hosts.map((host) => (host.role === "master" ? { ...host, hostKey: newKey } : host)),
    });
    assert.deepEqual(
      changed(plan),
      ["network-master-1", "secrets-master-1", "masters-1"].map((each) => `update openvidu-${each}`),
    );
    assert.match(JSON.stringify(plan.log), said);
  });

  it("is followed by a destroy that ends media nodes before masters", async () => {
    const stack = new Stack(name);
    await stack.up({ deletionProtection: false });
    const plan = await stack.destroy();
    const order = changed(plan);
    const last = Math.max(...order.map((each, i) => (each.startsWith("delete openvidu-media-") ? i : -1)));
    const firstMaster = order.findIndex((each) => each.startsWith("delete openvidu-masters-"));
    assert.ok(last >= 0 && last < firstMaster, order.join("\n"));
    assert.ok(firstMaster < order.findIndex((each) => each.startsWith("delete openvidu-secrets-master-")));
  });
});
