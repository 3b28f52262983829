/**
 * The shape that every deployment has, whatever the cloud: one tree of roles, explicit providers, names that follow
 * the tree, the masters of the edition, and the same outputs from the same role.
 */
import assert from "node:assert/strict";
import { elasticToken } from "../../components/elastic";
import { highAvailabilityToken } from "../../components/high-availability";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { ancestorsOf, byUrn, inputsOf, isBelow, leavesOf, ofType, onlyOne } from "../support/graph-queries";
import { examples, forEachGraph, graphOf, mastersIn, settingsOf } from "./examples";

const stackType = "pulumi:pulumi:Stack";
const isProvider = ({ type }: RecordedResource): boolean => type.startsWith("pulumi:providers:");

/** What the last update left is read from the stack itself. */
const isLastUpdate = ({ type }: RecordedResource): boolean => type === "pulumi:pulumi:StackReference";

/** Everything but the stack itself, providers, and the look at the last update. */
function members(graph: Graph): RecordedResource[] {
  return graph.resources.filter(
    (resource) => resource.type !== stackType && !isProvider(resource) && !isLastUpdate(resource),
  );
}

/** Types of a resource and its ancestors, as its URN has them. */
function typeChain({ urn }: RecordedResource): string {
  return urn.split("::")[2] ?? "";
}

/** How many of each role a cluster has; a certificate and a name only where the config asks for them. */
const roles: Readonly<Record<string, { least: number; most: number }>> = {
  "openvidu:index:HighAvailability": { least: 0, most: 1 },
  "openvidu:index:Elastic": { least: 0, most: 1 },
  "openvidu:index:Network": { least: 1, most: 1 },
  "openvidu:index:Firewall": { least: 1, most: 1 },
  "openvidu:index:NodeIdentity": { least: 2, most: 2 },
  "openvidu:index:ObjectStore": { least: 1, most: 1 },
  "openvidu:index:Certificate": { least: 0, most: 1 },
  "openvidu:index:LoadBalancer": { least: 0, most: 1 },
  "openvidu:index:PublicAddress": { least: 0, most: 1 },
  "openvidu:index:ClusterSecrets": { least: 1, most: 1 },
  "openvidu:index:SecretStore": { least: 1, most: 1 },
  "openvidu:index:MasterPool": { least: 1, most: 1 },
  "openvidu:index:ScalingMediaPool": { least: 1, most: 1 },
  "openvidu:index:DomainName": { least: 0, most: 1 },
  "openvidu:index:Alarms": { least: 0, most: 1 },
};

/** Roles that a domain of TURN's own has once more. */
const twiceWithTurn = ["openvidu:index:Certificate", "openvidu:index:DomainName", "openvidu:index:LoadBalancer"];

/** The component at the top of each edition, and what only its entry is made of. */
const editionRoles = {
  ha: { top: highAvailabilityToken, entry: "openvidu:index:LoadBalancer" },
  elastic: { top: elasticToken, entry: "openvidu:index:PublicAddress" },
} as const;

forEachGraph("tree", (graph, example) => {
  const { cloud, edition, ownNetwork } = example;
  const masters = mastersIn(example);

  it("every resource descends from the one top component", async () => {
    const recorded = await graph();
    const top = onlyOne(recorded, editionRoles[edition].top);
    assert.equal(byUrn(recorded, top.parent ?? "").type, stackType);
    const strays = members(recorded)
      .filter((resource) => resource !== top)
      .filter((resource) => !ancestorsOf(recorded, resource).includes(top));
    assert.deepEqual(
      strays.map(({ urn }) => urn),
      [],
    );
  });

  it("the type chain of every URN is that of its parents", async () => {
    const recorded = await graph();
    const wrong = members(recorded).filter((resource) => {
      const chain = [resource, ...ancestorsOf(recorded, resource)]
        .map(({ type }) => type)
        .filter((type) => type !== stackType);
      return typeChain(resource) !== chain.reverse().join("$");
    });
    assert.deepEqual(
      wrong.map(({ urn }) => urn),
      [],
    );
  });

  it("no two resources share a URN", async () => {
    const { resources } = await graph();
    assert.equal(new Set(resources.map(({ urn }) => urn)).size, resources.length);
  });

  it("every resource of a cloud is made by an explicit provider", async () => {
    const recorded = await graph();
    const providers = recorded.resources.filter(isProvider);
    const explicit = new Set(
      providers.filter(({ name }) => !name.startsWith("default")).map(({ urn, id }) => `${urn}::${id}`),
    );
    const ofClouds = recorded.resources.filter(
      ({ type, custom }) => custom && /^(aws|azure-native|command):/.test(type),
    );
    const own = settingsOf(example.stack).onPremises;
    assert.ok(ofClouds.length >= (own ? 3 * own.hosts.length : 26), `only ${ofClouds.length} resources`);
    assert.deepEqual(
      ofClouds.filter(({ provider }) => !explicit.has(provider ?? "")).map(({ urn }) => urn),
      [],
    );
    const defaults = providers.filter(({ name }) => name.startsWith("default")).map(({ type }) => type);
    assert.deepEqual(
      defaults.filter((type) => /:(aws|azure-native|command)$/.test(type)),
      [],
    );
  });

  it("names of children begin with their parent's name", async () => {
    const recorded = await graph();
    const misnamed = members(recorded)
      .map((resource) => ({ resource, above: ancestorsOf(recorded, resource).find(({ custom }) => !custom) }))
      .filter(({ above }) => above?.type !== stackType)
      // The first resource of a role may bear the role's own name.
      .filter(({ resource: { name }, above }) => name !== above?.name && !name.startsWith(`${above?.name}-`));
    assert.deepEqual(
      misnamed.map(({ resource }) => resource.urn),
      [],
    );
  });

  it("names are lower-case words joined by hyphens", async () => {
    const odd = members(await graph()).filter(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name));
    assert.deepEqual(
      odd.map(({ name }) => name),
      [],
    );
  });

  it("has every role, by its token, as often as the topology says", async () => {
    const recorded = await graph();
    const components = recorded.resources.filter(({ custom, type }) => !custom && type !== stackType);
    const unknown = components.filter(({ type }) => roles[type] === undefined).map(({ type }) => type);
    assert.deepEqual(unknown, []);
    // A domain of TURN's own has a load balancer of its own only where the first one ends TLS.
    const { turn, certificate } = settingsOf(example.stack);
    const balancers = turn && certificate.kind === "acm" ? 2 : 1;
    for (const [token, { least, most }] of Object.entries(roles)) {
      const count = ofType(recorded, token).length;
      const more = balancers === 2 && twiceWithTurn.includes(token) ? 1 : 0;
      assert.ok(count >= least + more && count <= most + more, `${count} of ${token}`);
    }
    for (const { top, entry } of Object.values(editionRoles)) {
      const isOwn = editionRoles[edition].top === top;
      const entries = isOwn && entry === editionRoles.ha.entry ? balancers : Number(isOwn);
      assert.deepEqual([ofType(recorded, top).length, ofType(recorded, entry).length], [Number(isOwn), entries], top);
    }
  });

  it("components put nothing into state but their outputs", async () => {
    const components = (await graph()).resources.filter(({ custom, type }) => !custom && type !== stackType);
    assert.deepEqual(
      components.filter(({ inputs }) => Object.keys(inputs).length > 0).map(({ urn }) => urn),
      [],
    );
  });

  it("every component says that it is complete", async () => {
    const components = (await graph()).resources.filter(({ custom, type }) => !custom && type !== stackType);
    assert.deepEqual(
      components.filter(({ outputs }) => Object.keys(outputs).length === 0).map(({ urn }) => urn),
      [],
    );
  });

  it("has exactly as many masters as its edition, each with its address, data disk and machine", async () => {
    const recorded = await graph();
    const inPool = (type: string): number =>
      ofType(recorded, type).filter((resource) => isBelow(recorded, resource, "openvidu:index:MasterPool")).length;
    const types = {
      aws: ["aws:ec2/networkInterface:NetworkInterface", "aws:ebs/volume:Volume", "aws:ec2/instance:Instance"],
      azure: [
        "azure-native:network:NetworkInterface",
        "azure-native:compute:Disk",
        "azure-native:compute:VirtualMachine",
      ],
      // Address and disk are the customer's.
      onprem: ["command:remote:Command"],
    };
    assert.deepEqual(
      types[cloud].map(inPool),
      types[cloud].map(() => masters),
    );
    if (cloud !== "onprem")
      assert.equal(ofType(recorded, types[cloud].at(-1)!).length, masters, "machines outside the pool");
  });

  it("creates nothing in a network that it adopts", async () => {
    const recorded = await graph();
    const made = recorded.resources.filter(({ type }) =>
      /:(Vpc|Subnet|RouteTable|InternetGateway|NatGateway|VirtualNetwork|VpcEndpoint)$/.test(type),
    );
    assert.equal(made.length > 0, ownNetwork, made.map(({ urn }) => urn).join("\n"));
  });
});

describe("roles on every cloud", () => {
  it("give out the same outputs", async () => {
    const stacks = ["aws-ha-letsencrypt", "azure-ha", "onprem-ha-dns"];
    const [aws, azure, onprem] = (await Promise.all(stacks.map((stack) => graphOf(stack)))) as [Graph, Graph, Graph];
    const outputs = (graph: Graph): [string, string[]][] =>
      Object.keys(roles).flatMap((token) =>
        ofType(graph, token).map(({ name, outputs: given }): [string, string[]] => [
          `${token} ${name}`,
          Object.keys(given)
            .filter((key) => !["urn", "id", "handover"].includes(key))
            .sort(),
        ]),
      );
    assert.deepEqual(outputs(aws), outputs(azure));
    assert.deepEqual(outputs(aws), outputs(onprem));
  });

  it("give the stack the same outputs", async () => {
    const graphs = await Promise.all(examples.map(({ stack }) => graphOf(stack)));
    const expected = [
      "credentials",
      "dnsRecords",
      "entryAddress",
      "fixedSettings",
      "masterAddresses",
      "masterGenerations",
      "mediaGroup",
      "storage",
      "urls",
    ];
    for (const graph of graphs) {
      // What a person has to put somewhere himself; a cloud takes it all.
      const own = graph.stack.startsWith("onprem") ? ["handover"] : [];
      assert.deepEqual(Object.keys(graph.outputs).sort(), [...expected, ...own].sort(), graph.stack);
    }
  });
});

forEachGraph(
  "stack outputs",
  (graph, example) => {
    const { cloud } = example;

    it("name every service, the entry, every master, the group and the place of the credentials", async () => {
      const outputs = inputsOf({ inputs: (await graph()).outputs } as unknown as RecordedResource);
      const urls = outputs.urls as Record<string, string>;
      for (const service of ["openvidu", "livekit", "meet", "dashboard", "grafana", "minio", "rtmps"]) {
        if (urls[service] !== undefined) assert.match(urls[service], /^(https|wss|rtmps):\/\/[a-z0-9.-]+/, service);
      }
      assert.ok(urls.openvidu && urls.livekit && urls.dashboard);
      assert.match(outputs.entryAddress as string, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
      assert.equal(new Set(outputs.masterAddresses as string[]).size, mastersIn(example));
      for (const address of outputs.masterAddresses as string[]) assert.match(address, /^\d+\.\d+\.\d+\.\d+$/);
      assert.match(outputs.credentials as string, cloud === "onprem" ? /^ssh:\/\// : /^https:\/\//);
      assert.ok(outputs.mediaGroup);
      assert.ok((outputs.storage as Record<string, string>).appData);
    });

    it("hold no unknown and no empty value but those that the cloud does not have", async () => {
      const leaves = [...leavesOf((await graph()).outputs)].filter(({ value }) => value === "" || value === undefined);
      assert.deepEqual(
        leaves.map(({ path }) => path).filter((path) => path !== "storage.clusterData"),
        [],
      );
    });
  },
  { modes: ["up"] },
);
