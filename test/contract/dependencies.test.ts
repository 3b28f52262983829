/**
 * What waits for what. Machines wait for credentials, addresses, grants and ways out, and for nothing else: not for
 * each other, and nothing that they need waits for them.
 */
import assert from "node:assert/strict";
import type { CloudName } from "../../components/cloud";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { allDependencies, bundlesOf, directDependencies, inputsOf, isBelow, ofType } from "../support/graph-queries";
import { forEachGraph, mastersIn, settingsOf } from "./examples";

interface Types {
  readonly machine: string;
  /** Where a master's address lives. */
  readonly address: string;
  readonly disk: string;
  readonly group: string;
  /** Types that give rights to identities. */
  readonly grants: readonly string[];
}

const types: Readonly<Record<CloudName, Types>> = {
  aws: {
    machine: "aws:ec2/instance:Instance",
    address: "aws:ec2/networkInterface:NetworkInterface",
    disk: "aws:ebs/volume:Volume",
    group: "aws:autoscaling/group:Group",
    grants: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
  },
  azure: {
    machine: "azure-native:compute:VirtualMachine",
    address: "azure-native:network:NetworkInterface",
    disk: "azure-native:compute:Disk",
    group: "azure-native:compute:VirtualMachineScaleSet",
    grants: ["azure-native:authorization:RoleAssignment"],
  },
  // Addresses and disks are the customer's, and nobody gives rights.
  onprem: {
    machine: "command:remote:Command",
    address: "none",
    disk: "none",
    group: "command:remote:Command",
    grants: [],
  },
};

/** What makes the masters, and what makes the media nodes. */
const mastersOf = (graph: Graph, cloud: CloudName): RecordedResource[] =>
  inPool(graph, "MasterPool", types[cloud].machine);
const groupsOf = (graph: Graph, cloud: CloudName): RecordedResource[] =>
  inPool(graph, "ScalingMediaPool", types[cloud].group);

const urns = (resources: readonly RecordedResource[]): string[] => resources.map(({ urn }) => urn);

/** Which of `targets` a resource needs, directly or through others. */
function needed(graph: Graph, resource: RecordedResource, targets: readonly RecordedResource[]): string[] {
  const all = allDependencies(graph, resource);
  return urns(targets).filter((urn) => all.has(urn));
}

function inPool(graph: Graph, role: "MasterPool" | "ScalingMediaPool", type: string): RecordedResource[] {
  return ofType(graph, type).filter((resource) => isBelow(graph, resource, `openvidu:index:${role}`));
}

/** Whether the program itself says which address an interface has. */
function hasFixedAddress(resource: RecordedResource): boolean {
  const { privateIps, ipConfigurations } = inputsOf(resource);
  return privateIps !== undefined || ipConfigurations?.[0]?.privateIPAllocationMethod === "Static";
}

/** By which machines leave: gateways, routes, and addresses of their own. */
const wayOut: Readonly<Record<CloudName, RegExp>> = {
  aws: /:(NatGateway|InternetGateway|RouteTableAssociation|Route|EipAssociation)$/,
  azure: /:(NatGateway|PublicIPAddress)$/,
  onprem: /^$/,
};

forEachGraph("dependencies", (graph, example) => {
  const { cloud, edition, ownNetwork } = example;
  const count = mastersIn(example);
  const named = types[cloud];

  it("there is no path between any two masters", async () => {
    const recorded = await graph();
    const masters = mastersOf(recorded, cloud);
    for (const master of masters) assert.deepEqual(needed(recorded, master, masters), [], master.name);
  });

  it("a master needs no address or disk that waits for a machine", async () => {
    const recorded = await graph();
    const machines = mastersOf(recorded, cloud);
    for (const type of [named.address, named.disk]) {
      for (const resource of inPool(recorded, "MasterPool", type)) {
        assert.deepEqual(needed(recorded, resource, machines), [], resource.name);
      }
    }
  });

  it("every machine knows the masters' addresses before it exists: they are fixed, or it waits for the interfaces", async () => {
    const recorded = await graph();
    if (cloud === "onprem") return;
    const addresses = inPool(recorded, "MasterPool", named.address);
    assert.equal(addresses.length, count);
    const chosenByCloud = addresses.filter((each) => !hasFixedAddress(each));
    for (const node of [...mastersOf(recorded, cloud), ...groupsOf(recorded, cloud)]) {
      assert.deepEqual(needed(recorded, node, chosenByCloud), urns(chosenByCloud), node.name);
    }
    for (const [index, master] of mastersOf(recorded, cloud).entries()) {
      assert.ok(needed(recorded, master, [addresses[index]!]).length === 1, `${master.name} needs its own interface`);
    }
  });

  const waiting =
    cloud === "onprem"
      ? "media nodes wait until the masters are ready, and leave before them"
      : "the media group waits for no machine of the masters";
  it(waiting, async () => {
    const recorded = await graph();
    const groups = groupsOf(recorded, cloud);
    const masters = mastersOf(recorded, cloud);
    assert.ok(groups.length > 0);
    for (const group of groups)
      assert.deepEqual(needed(recorded, group, masters), cloud === "onprem" ? urns(masters) : []);
  });

  it("credentials, grants, storage and entry wait for no machine", async () => {
    const recorded = await graph();
    const machines = [...mastersOf(recorded, cloud), ...groupsOf(recorded, cloud)];
    const early = recorded.resources.filter((resource) =>
      [
        "SecretStore",
        "ObjectStore",
        "NodeIdentity",
        "ClusterSecrets",
        "Firewall",
        "Network",
        "LoadBalancer",
        "Certificate",
      ].some((role) => isBelow(recorded, resource, `openvidu:index:${role}`)),
    );
    const { onPremises } = settingsOf(example.stack);
    assert.ok(early.length > (onPremises ? 2 * onPremises.hosts.length + 8 : 20), String(early.length));
    const late = early.filter((resource) => needed(recorded, resource, machines).length > 0);
    assert.deepEqual(urns(late), []);
  });

  it("grants outlive every machine: machines wait for each of them", async () => {
    const recorded = await graph();
    const grants = recorded.resources.filter(({ type }) => named.grants.includes(type));
    const nodes = [...mastersOf(recorded, cloud), ...groupsOf(recorded, cloud)];
    // What a pool grants to its own machines may name the machines' group; it is checked by itself below.
    const common = grants.filter((grant) => !isBelow(recorded, grant, "openvidu:index:ScalingMediaPool"));
    assert.ok(common.length >= { aws: 4, azure: 2, onprem: 0 }[cloud], `${common.length} grants`);
    for (const grant of common) {
      const waiting = nodes.filter((node) => allDependencies(recorded, node).has(grant.urn));
      assert.ok(waiting.length > 0, `no machine waits for ${grant.name}`);
      const ofMasters = waiting.filter(({ type }) => type === named.machine).length;
      assert.ok(ofMasters === 0 || ofMasters === count, `${ofMasters} masters wait for ${grant.name}`);
    }
  });

  it("the media group waits for what it is granted itself", async () => {
    const recorded = await graph();
    const granted = recorded.resources.filter(
      (resource) =>
        named.grants.includes(resource.type) && isBelow(recorded, resource, "openvidu:index:ScalingMediaPool"),
    );
    const isForMasters = ({ dependencies }: RecordedResource): boolean =>
      dependencies.some((urn) => /::openvidu-master-identity[^:]*$/.test(urn));
    const own = granted.filter((grant) => !isForMasters(grant));
    const [group] = groupsOf(recorded, cloud);
    assert.deepEqual(needed(recorded, group!, own), urns(own));
    // Masters may end machines of the group where no group of the cloud does it; that needs a group to be about.
    const forMasters = granted.filter(isForMasters);
    assert.equal(forMasters.length, cloud === "azure" ? 3 : 0);
    assert.deepEqual(needed(recorded, group!, forMasters), []);
  });

  it("credentials are written before any machine exists and outlive it", async () => {
    const recorded = await graph();
    const secrets = bundlesOf(recorded);
    if (cloud === "onprem")
      assert.equal(secrets.length, mastersOf(recorded, cloud).length + groupsOf(recorded, cloud).length);
    else assert.equal(secrets.length, 2);
    for (const node of [...mastersOf(recorded, cloud), ...groupsOf(recorded, cloud)]) {
      assert.ok(needed(recorded, node, secrets).length > 0, `${node.name} waits for no bundle`);
    }
  });

  if (ownNetwork) {
    it("the way out to the Internet outlives the machines", async () => {
      const recorded = await graph();
      const egress = recorded.resources.filter(({ type }) => wayOut[cloud].test(type));
      assert.ok(egress.length > 0);
      const nodes = [...mastersOf(recorded, cloud), ...groupsOf(recorded, cloud)];
      for (const each of egress) {
        const waiting = nodes.filter((node) => allDependencies(recorded, node).has(each.urn));
        assert.ok(waiting.length > 0 || /load-?balancer|entry/.test(each.name), `no machine waits for ${each.name}`);
      }
    });
  }

  if (edition === "elastic" && cloud !== "onprem") {
    it("the master has its public address before it boots, and the address waits for no machine", async () => {
      const recorded = await graph();
      const [master] = mastersOf(recorded, cloud);
      const address = {
        aws: ["aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation"],
        azure: ["azure-native:network:PublicIPAddress", "azure-native:network:NetworkInterface"],
      }[cloud].flatMap((type) => ofType(recorded, type));
      assert.equal(address.length, 2);
      assert.deepEqual(needed(recorded, master!, address), urns(address));
      for (const each of address) assert.deepEqual(needed(recorded, each, [master!]), [], each.name);
    });

    it("nothing but what watches over the master waits for it", async () => {
      const recorded = await graph();
      const [master] = mastersOf(recorded, cloud);
      const later = recorded.resources.filter((each) => allDependencies(recorded, each).has(master!.urn));
      const strangers = later.filter(({ type }) => !/:(MetricAlarm|MetricAlert|VolumeAttachment)$/.test(type));
      assert.ok(later.length > 0);
      assert.deepEqual(urns(strangers), []);
    });
  }

  if (cloud === "onprem") {
    it("nothing is changed on any machine before every machine has been looked at", async () => {
      const recorded = await graph();
      const checks = ofType(recorded, "command:remote:Command").filter((each) =>
        isBelow(recorded, each, "openvidu:index:Network"),
      );
      const changing = ofType(recorded, "command:remote:Command").filter((each) => !checks.includes(each));
      const { length } = settingsOf(example.stack).onPremises!.hosts;
      assert.ok(checks.length === length && changing.length >= 2 * length);
      for (const each of changing) assert.deepEqual(needed(recorded, each, checks), urns(checks), each.name);
      for (const each of checks) assert.deepEqual([...directDependencies(each)], [], each.name);
    });
  }

  it("no resource depends on itself", async () => {
    const recorded = await graph();
    const circular = recorded.resources.filter((resource) => allDependencies(recorded, resource).has(resource.urn));
    assert.deepEqual(urns(circular), []);
  });

  it("every dependency was registered before what depends on it", async () => {
    const { resources } = await graph();
    const place = new Map(resources.map(({ urn }, index) => [urn, index]));
    const early = resources.filter((resource, index) =>
      [...directDependencies(resource)].some((urn) => (place.get(urn) ?? Infinity) >= index),
    );
    assert.deepEqual(urns(early), []);
  });
});
