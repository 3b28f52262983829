/**
 * Network on AWS: a VPC with a public and a private subnet in every zone, or an adopted one.
 * Guarantees: masters stand in private subnets and leave through NAT, unless they have public addresses of their own, with
 * which they stand in public ones; media nodes and the load balancer stand in public ones; traffic to S3 stays inside AWS; the VPC's default security group allows nothing. In an adopted network nothing
 * is created or changed. IPv4 only.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import { subnetOf } from "../../components/cidr";
import { type Problem, quietError, throwIfAny } from "../../components/errors";
import {
  type AdoptedNetwork,
  type Network,
  type NetworkArgs,
  networkToken,
  type Slot,
  validateNetwork,
} from "../../components/network";
import { haMasterCount } from "../../openvidu/editions";
import { judgeZones, spreadMasters } from "../../openvidu/placement";
import { after, named } from "./support";

/** As many zones as there are masters; more would stand empty. */
const mostZones = haMasterCount;

const anywhere = "0.0.0.0/0";

/** The parts of a network that both ways of getting one have to bring. */
type Parts = Omit<Network, keyof pulumi.ComponentResource | "scope">;

export class AwsNetwork extends pulumi.ComponentResource implements Network {
  public readonly scope: pulumi.Output<string>;
  public readonly networkId: pulumi.Output<string>;
  public readonly masterSlots: readonly Slot[];
  public readonly mediaSubnetIds: readonly pulumi.Output<string>[];
  public readonly loadBalancerSubnetIds: readonly pulumi.Output<string>[];
  public readonly masterSubnetIds: readonly pulumi.Output<string>[];
  public readonly masterEgress: readonly pulumi.Resource[];
  public readonly mediaEgress: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(networkToken, name, {}, opts);
    throwIfAny(`network "${name}"`, validateAwsNetwork(args));

    const parts = args.adopt ? adoptNetwork(args.adopt, args, this) : createNetwork(name, args, this);
    this.scope = pulumi.output("");
    this.networkId = parts.networkId;
    this.masterSlots = parts.masterSlots;
    this.mediaSubnetIds = parts.mediaSubnetIds;
    this.loadBalancerSubnetIds = parts.loadBalancerSubnetIds;
    this.masterSubnetIds = parts.masterSubnetIds;
    this.masterEgress = parts.masterEgress;
    this.mediaEgress = parts.mediaEgress;
    this.registerOutputs({
      scope: this.scope,
      networkId: this.networkId,
      mediaSubnetIds: this.mediaSubnetIds,
      loadBalancerSubnetIds: this.loadBalancerSubnetIds,
    });
  }
}

/** What is wrong with the arguments on AWS. */
export function validateAwsNetwork(args: NetworkArgs): Problem[] {
  const problems = validateNetwork(args);
  if (args.adopt) {
    const { loadBalancerSubnetIds } = args.adopt;
    if (args.masterExposure === "private" && loadBalancerSubnetIds.length === 0) {
      problems.push({ path: "network.adopt.loadBalancerSubnetIds", reason: "give at least one public subnet" });
    }
    return problems;
  }
  const { zones, region } = args;
  if (zones.length < 1 || zones.length > mostZones || new Set(zones).size !== zones.length) {
    problems.push({ path: "network.zones", reason: `give 1 to ${mostZones} different zones` });
  }
  const strangers = zones.filter((zone) => !zone.startsWith(region) || zone.length === region.length);
  if (strangers.length > 0) {
    problems.push({ path: "network.zones", reason: `${strangers.join(", ")} is no zone of ${region}` });
  }
  return problems;
}

/** Address ranges of one zone's subnets. */
export interface ZoneRanges {
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/**
 * The ranges of the zone in place `index` of the list: public subnets share the lower half of the network (media nodes
 * live there), private ones the third quarter, and the last quarter stays free. Appending a zone moves none.
 */
export function zoneRanges(cidr: string, index: number): ZoneRanges {
  const prefix = Number(cidr.split("/")[1]);
  return {
    publicCidr: subnetOf(cidr, prefix + 3, index),
    privateCidr: subnetOf(cidr, prefix + 4, 2 * mostZones + index),
  };
}

function createNetwork(name: string, args: NetworkArgs, parent: pulumi.Resource): Parts {
  const self = { parent };
  const protect = args.deletionProtection ?? false;
  // Machines and the entry stay where they were first put. Without protection a new range would take the gateway away
  // from under them before AWS refuses the rest, and other zones would cut a subnet off that still holds some of them.
  const home = { parent, protect };
  const tagged = (part: string): Record<string, string> => named(args.tags, part);
  const vpc = new ec2.Vpc(
    name,
    { cidrBlock: args.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: tagged(name) },
    home,
  );
  // Adopting the default group without rules removes those that AWS puts into it.
  new ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id, tags: tagged(`${name}-default`) }, self);

  const publicSubnets = args.zones.map((zone, index) => createSubnet("public", zone, index));
  const hasPrivate = args.masterExposure === "private";
  const privateSubnets = hasPrivate ? args.zones.map((zone, index) => createSubnet("private", zone, index)) : [];
  const gateway = new ec2.InternetGateway(name, { vpcId: vpc.id, tags: tagged(name) }, self);
  const publicTable = createTable(`${name}-public`);
  const publicRoute = new ec2.Route(
    `${name}-public`,
    { routeTableId: publicTable.id, destinationCidrBlock: anywhere, gatewayId: gateway.id },
    self,
  );
  const publicLinks = publicSubnets.map((subnet, index) =>
    associate(`${name}-public-${index + 1}`, subnet, publicTable, publicRoute),
  );

  const exits = publicSubnets.slice(0, hasPrivate ? (args.nat === "single" ? 1 : undefined) : 0);
  const privateRoutes = exits.map((subnet, index) => createExit(subnet, index));
  const privateLinks = privateSubnets.map((subnet, index) => {
    const { table, route } = privateRoutes[index % privateRoutes.length]!;
    return associate(`${name}-private-${index + 1}`, subnet, table, route);
  });
  new ec2.VpcEndpoint(
    `${name}-s3`,
    {
      vpcId: vpc.id,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${args.region}.s3`,
      routeTableIds: [publicTable.id, ...privateRoutes.map(({ table }) => table.id)],
      tags: tagged(`${name}-s3`),
    },
    self,
  );

  // A load balancer cannot be made in a subnet that has no route to the Internet yet.
  const loadBalancerSubnetIds = publicSubnets.map(({ id }, index) => after(id, [publicRoute, publicLinks[index]!]));
  const masterSubnets = hasPrivate ? privateSubnets : publicSubnets;
  return {
    networkId: vpc.id,
    masterSlots: spreadMasters(args.zones, args.masterCount).map((zone) => ({
      subnetId: masterSubnets[args.zones.indexOf(zone)]!.id,
      zone: pulumi.output(zone),
    })),
    mediaSubnetIds: publicSubnets.map(({ id }) => id),
    loadBalancerSubnetIds,
    masterSubnetIds: masterSubnets.map(({ id }) => id),
    masterEgress: hasPrivate
      ? [...privateRoutes.map(({ route }) => route), ...privateLinks]
      : [publicRoute, ...publicLinks],
    mediaEgress: [publicRoute, ...publicLinks],
  };

  function createSubnet(kind: "public" | "private", zone: string, index: number): ec2.Subnet {
    const part = `${name}-${kind}-${index + 1}`;
    const { publicCidr, privateCidr } = zoneRanges(args.cidr, index);
    return new ec2.Subnet(
      part,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: kind === "public" ? publicCidr : privateCidr,
        mapPublicIpOnLaunch: kind === "public",
        tags: tagged(part),
      },
      home,
    );
  }

  function createTable(part: string): ec2.RouteTable {
    return new ec2.RouteTable(part, { vpcId: vpc.id, tags: tagged(part) }, self);
  }

  /** A subnet that moves to another table, as with an edit of `nat`, must find the way out there already. */
  function associate(part: string, subnet: ec2.Subnet, table: ec2.RouteTable, wayOut: ec2.Route) {
    const link = { subnetId: subnet.id, routeTableId: table.id };
    return new ec2.RouteTableAssociation(part, link, { parent, dependsOn: [wayOut] });
  }

  /** A NAT gateway with an address that others may have put on their lists, and the route table that leads to it. */
  function createExit(subnet: ec2.Subnet, index: number): { table: ec2.RouteTable; route: ec2.Route } {
    const part = `${name}-nat-${index + 1}`;
    const address = new ec2.Eip(part, { domain: "vpc", tags: tagged(part) }, { parent, protect });
    const nat = new ec2.NatGateway(
      part,
      { allocationId: address.allocationId, subnetId: subnet.id, tags: tagged(part) },
      { parent, dependsOn: [publicRoute, publicLinks[index]!] },
    );
    const table = createTable(`${name}-private-${index + 1}`);
    const route = new ec2.Route(
      `${name}-private-${index + 1}`,
      { routeTableId: table.id, destinationCidrBlock: anywhere, natGatewayId: nat.id },
      self,
    );
    return { table, route };
  }
}

/** What a look-up says about an adopted subnet. */
export interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
}

/** The subnets of an adopted network as AWS describes them. */
export interface AdoptedFacts {
  readonly masters: readonly SubnetFacts[];
  readonly media: readonly SubnetFacts[];
  readonly loadBalancer: readonly SubnetFacts[];
}

/** What is wrong with an adopted network; it can only be told once AWS has been asked. */
export function adoptedProblems(
  networkId: string,
  facts: AdoptedFacts,
  masterExposure: NetworkArgs["masterExposure"],
): string[] {
  const { masters, media, loadBalancer } = facts;
  const everywhere = [...masters, ...media, ...loadBalancer];
  const outside = new Set(everywhere.filter(({ vpcId }) => vpcId !== networkId).map(({ id }) => id));
  const problems = [...outside].map((id) => `subnet ${id} does not belong to ${networkId}`);
  const covered = loadBalancer.map(({ zone }) => zone);
  for (const zone of new Set(covered.filter((zone, index) => covered.indexOf(zone) !== index))) {
    problems.push(`loadBalancerSubnetIds has more than one subnet in zone ${zone}; a load balancer takes one per zone`);
  }
  if (masterExposure === "public" && covered.length === 0) return problems;
  // A load balancer sends nothing to targets in zones in which it has no subnet.
  for (const zone of new Set(masters.map(({ zone: own }) => own).filter((own) => !covered.includes(own)))) {
    problems.push(`masterSubnetIds lies in zone ${zone}, where loadBalancerSubnetIds has no subnet`);
  }
  return problems;
}

/** Lists of adopted subnets that lie in too few zones. */
export function fewZones({ masters, loadBalancer }: AdoptedFacts, least: number): string[] {
  return Object.entries({ masterSubnetIds: masters, loadBalancerSubnetIds: loadBalancer }).flatMap(
    ([list, subnets]) => {
      const zones = new Set(subnets.map(({ zone }) => zone));
      return subnets.length > 0 && zones.size < least
        ? [`${list} lies in ${[...zones].join(", ")}; give subnets in at least ${least} zones`]
        : [];
    },
  );
}

function adoptNetwork(
  adopt: AdoptedNetwork,
  { masterCount, masterExposure, leastZones = 1 }: NetworkArgs,
  parent: pulumi.Resource,
): Parts {
  const lookUp = (id: string): pulumi.Output<SubnetFacts> =>
    ec2
      .getSubnetOutput({ id }, { parent })
      .apply(({ vpcId, availabilityZone }) => ({ id, vpcId, zone: availabilityZone }));
  const lookUpAll = (subnetIds: readonly string[]): pulumi.Output<SubnetFacts[]> => pulumi.all(subnetIds.map(lookUp));
  const facts = pulumi
    .all([lookUpAll(adopt.masterSubnetIds), lookUpAll(adopt.mediaSubnetIds), lookUpAll(adopt.loadBalancerSubnetIds)])
    .apply(([masters, media, loadBalancer]): AdoptedFacts => {
      const found = { masters, media, loadBalancer };
      const problems = [...adoptedProblems(adopt.networkId, found, masterExposure), ...fewZones(found, leastZones)];
      if (problems.length > 0) throw quietError(`network.adopt: ${problems.join("; ")}`);
      const { warning } = judgeZones(masters.map(({ zone }) => zone));
      if (warning && masterCount === haMasterCount && leastZones === 1) void pulumi.log.warn(warning, parent);
      return found;
    });

  // Every value comes out of `facts`, so that nothing is made in a network that was found wanting.
  const ids = (pick: (found: AdoptedFacts) => readonly SubnetFacts[], count: number): pulumi.Output<string>[] =>
    Array.from({ length: count }, (_, index) => facts.apply((found) => pick(found)[index]!.id));
  const masterIn = (index: number): pulumi.Output<SubnetFacts> =>
    facts.apply(({ masters }) => masters[index % masters.length]!);
  return {
    networkId: facts.apply(() => adopt.networkId),
    masterSlots: Array.from({ length: masterCount }, (_, index) => {
      const subnet = masterIn(index);
      return { subnetId: subnet.apply(({ id }) => id), zone: subnet.apply(({ zone }) => zone) };
    }),
    mediaSubnetIds: ids(({ media }) => media, adopt.mediaSubnetIds.length),
    loadBalancerSubnetIds: ids(({ loadBalancer }) => loadBalancer, adopt.loadBalancerSubnetIds.length),
    masterSubnetIds: ids(({ masters }) => masters, adopt.masterSubnetIds.length),
    masterEgress: [],
    mediaEgress: [],
  };
}
