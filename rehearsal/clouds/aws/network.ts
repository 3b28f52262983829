/**
 * Simulated VPC networking: address space, gateways, routes, end points, interfaces.
 * Which input changes replace: ForceNew in hashicorp/terraform-provider-aws, internal/service/ec2/vpc*.go.
 */
import type { Json, LiveResource, Properties, ResourceModel, World } from "../../model";
import { adoptedSubnetCidr, adoptedVpc, adoptedVpcCidr, override, turnOf } from "../existing";
import { contains, freeAddress, overlaps, range } from "../ipv4";
import { given, hashBelow, problems, record, text, texts } from "../values";
import {
  accountId,
  arn,
  common,
  dependency,
  ec2Id,
  isKnown,
  missingRefs,
  ownById,
  partitionOf,
  parts,
  refusal,
  regionOf,
  scalingGroupsWithMachines,
  tagged,
  vpcOf,
  zonesOf,
} from "./account";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service/ec2";
export const vpcType = "aws:ec2/vpc:Vpc";
export const subnetType = "aws:ec2/subnet:Subnet";
export const interfaceType = "aws:ec2/networkInterface:NetworkInterface";
export const eipType = "aws:ec2/eip:Eip";
export const eipAssociationType = "aws:ec2/eipAssociation:EipAssociation";
export const natType = "aws:ec2/natGateway:NatGateway";
const routeType = "aws:ec2/route:Route";
const instanceType = "aws:ec2/instance:Instance";
const balancerType = "aws:lb/loadBalancer:LoadBalancer";
const associationType = "aws:ec2/routeTableAssociation:RouteTableAssociation";

/** An address of the documentation ranges, which no one can mistake for a real one. */
export function publicAddress(seed: string): string {
  return `${["192.0.2", "198.51.100", "203.0.113"][hashBelow(seed, 3)]!}.${1 + hashBelow(`${seed}#host`, 254)}`;
}

/** A subnet's zone, range and VPC, whether the stack made it or adopts it. */
export function subnetFacts(id: string, region: string, world: World): { zone: string; cidr: string; vpcId: string } {
  const made = ownById(world, subnetType, id);
  const known: Properties = made ? made.outputs : override(world, id);
  const zones = zonesOf(region);
  return {
    zone: text(known.availabilityZone) || zones[turnOf(world, id) % zones.length]!,
    cidr: text(known.cidrBlock) || adoptedSubnetCidr(id),
    vpcId: text(known.vpcId) || adoptedVpc(world) || id.replace(/^subnet-/, "vpc-"),
  };
}

/** A VPC's range, whether the stack made it or adopts it. */
export function vpcCidr(id: string, world: World): string {
  return text(ownById(world, vpcType, id)?.inputs.cidrBlock) || text(override(world, id).cidrBlock) || adoptedVpcCidr;
}

const vpc: ResourceModel = {
  required: [],
  source: `${tf}/vpc_.go; EC2 CreateVpc API reference (range /16 to /28)`,
  defaults: { enableDnsSupport: true, instanceTenancy: "default" },
  forcesReplacement: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "region"],
  // A VPC can stop being dedicated, and nothing else about its tenancy changes.
  replaces: (olds, news) =>
    olds.instanceTenancy === "dedicated" && news.instanceTenancy === "default" ? [] : ["instanceTenancy"],
  recomputed: tagged,
  inUse: {
    by: [
      subnetType,
      "aws:ec2/internetGateway:InternetGateway",
      "aws:ec2/routeTable:RouteTable",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
    ],
    says: dependency("DeleteVpc", (id) => `The vpc '${id}' has dependencies and cannot be deleted.`),
  },
  takesAlong: parts({ "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "vpcId" }),
  check(inputs) {
    const cidr = text(inputs.cidrBlock);
    if (!cidr && !given(inputs.ipv4IpamPoolId)) {
      return [
        refusal("EC2", "CreateVpc", "MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."),
      ];
    }
    const block = range(cidr);
    if (block && block.prefix >= 16 && block.prefix <= 28) return [];
    return [refusal("EC2", "CreateVpc", "InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`)];
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("vpc", world, urn);
    return {
      id,
      outputs: {
        ...common(inputs, world),
        arn: arn("ec2", regionOf(inputs, world), `vpc/${id}`),
        ownerId: accountId,
        defaultSecurityGroupId: ec2Id("sg", world, `${urn}#default`),
        defaultRouteTableId: ec2Id("rtb", world, `${urn}#main`),
        mainRouteTableId: ec2Id("rtb", world, `${urn}#main`),
        defaultNetworkAclId: ec2Id("acl", world, `${urn}#default`),
        dhcpOptionsId: ec2Id("dopt", world, accountId),
      },
    };
  },
};

function subnetRangeProblems(inputs: Properties, world: World): string[] {
  const cidr = text(inputs.cidrBlock);
  const block = range(cidr);
  const vpcId = text(inputs.vpcId);
  const outer = range(vpcCidr(vpcId, world));
  if (!block || block.prefix < 16 || block.prefix > 28 || (outer && !contains(outer, block))) {
    return [refusal("EC2", "CreateSubnet", "InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`)];
  }
  const others = world.ofType(subnetType).filter((other) => other.inputs.vpcId === vpcId);
  const clashes = others.some((other) => {
    const otherBlock = range(text(other.inputs.cidrBlock));
    return otherBlock !== undefined && overlaps(block, otherBlock);
  });
  const says = `The CIDR '${cidr}' conflicts with another subnet`;
  return clashes ? [refusal("EC2", "CreateSubnet", "InvalidSubnet.Conflict", says)] : [];
}

function zoneProblem(operation: string, zone: string, region: string): string | undefined {
  const zones = zonesOf(region);
  if (zone === "" || zones.includes(zone)) return undefined;
  const says =
    `Value (${zone}) for parameter availabilityZone is invalid. ` +
    `Subnets can currently only be created in the following availability zones: ${zones.join(", ")}.`;
  return refusal("EC2", operation, "InvalidParameterValue", says);
}

const subnetIsUsed = dependency("DeleteSubnet", (id) => `The subnet '${id}' has dependencies and cannot be deleted.`);

const subnet: ResourceModel = {
  required: ["vpcId"],
  source: `${tf}/vpc_subnet.go; EC2 API error codes InvalidSubnet.Range, InvalidSubnet.Conflict`,
  defaults: { mapPublicIpOnLaunch: false, assignIpv6AddressOnCreation: false },
  forcesReplacement: [
    "vpcId",
    "cidrBlock",
    "availabilityZone",
    "availabilityZoneId",
    "ipv4IpamPoolId",
    "ipv4NetmaskLength",
    "ipv6IpamPoolId",
    "ipv6Native",
    "ipv6NetmaskLength",
    "outpostArn",
    "region",
  ],
  replaces: (olds) => (olds.assignIpv6AddressOnCreation === true ? ["ipv6CidrBlock"] : []),
  recomputed: tagged,
  inUse: {
    by: [instanceType, interfaceType, natType, "aws:ec2/vpcEndpoint:VpcEndpoint", balancerType],
    says: subnetIsUsed,
  },
  checkDelete: (resource, world) =>
    scalingGroupsWithMachines(world).some(({ inputs }) => texts(inputs.vpcZoneIdentifiers).includes(resource.id))
      ? [subnetIsUsed(resource, [])]
      : [],
  takesAlong: parts({ [associationType]: "subnetId" }),
  check: (inputs, world) =>
    problems(
      missingRefs("CreateSubnet", inputs, world, { vpcId: "vpc" }),
      subnetRangeProblems(inputs, world),
      zoneProblem("CreateSubnet", text(inputs.availabilityZone), regionOf(inputs, world)),
    ),
  create(inputs, world, { urn }) {
    const id = ec2Id("subnet", world, urn);
    const region = regionOf(inputs, world);
    const zones = zonesOf(region);
    return {
      id,
      outputs: {
        ...common(inputs, world),
        arn: arn("ec2", region, `subnet/${id}`),
        ownerId: accountId,
        availabilityZone: text(inputs.availabilityZone) || zones[hashBelow(urn, zones.length)]!,
      },
    };
  },
};

/** Whether a machine of an Auto Scaling group, or one that does not say, gets a public address in a subnet. */
function givesPublicAddresses(subnetId: string, world: World): boolean {
  return ownById(world, subnetType, subnetId)?.inputs.mapPublicIpOnLaunch === true;
}

/** Whether a machine of the stack can be reached from outside. */
function isPublic({ id, inputs, outputs }: LiveResource, world: World): boolean {
  const ownInterface = !given(record(inputs.primaryNetworkInterface).networkInterfaceId);
  return (
    (ownInterface &&
      (inputs.associatePublicIpAddress ?? givesPublicAddresses(text(outputs.subnetId), world)) === true) ||
    world.ofType(eipType).some((address) => address.inputs.instance === id) ||
    world.ofType(eipAssociationType).some((link) => link.inputs.instanceId === id)
  );
}

/** Whether something in a VPC has a public address, which keeps its internet gateway. */
function hasPublicAddress(vpcId: string, world: World): boolean {
  const isHere = (id: Json): boolean => given(id) && vpcOf(text(id), world) === vpcId;
  return (
    world.ofType(natType).some(({ inputs }) => inputs.connectivityType !== "private" && isHere(inputs.subnetId)) ||
    world.ofType(eipType).some(({ inputs }) => isHere(inputs.networkInterface)) ||
    world.ofType(eipAssociationType).some(({ inputs }) => isHere(inputs.networkInterfaceId)) ||
    world.ofType(instanceType).some((machine) => isHere(machine.outputs.subnetId) && isPublic(machine, world)) ||
    scalingGroupsWithMachines(world).some(({ inputs }) =>
      texts(inputs.vpcZoneIdentifiers).some((id) => isHere(id) && givesPublicAddresses(id, world)),
    ) ||
    world.ofType(balancerType).some(({ inputs, outputs }) => inputs.internal !== true && outputs.vpcId === vpcId)
  );
}

const internetGateway: ResourceModel = {
  required: [],
  source: `${tf}/vpc_internet_gateway.go; EC2 AttachInternetGateway (one gateway a VPC), DetachInternetGateway API references`,
  forcesReplacement: ["region"],
  recomputed: tagged,
  checkDelete({ inputs }, world) {
    const vpcId = text(inputs.vpcId);
    const says = `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`;
    return given(inputs.vpcId) && hasPublicAddress(vpcId, world)
      ? [refusal("EC2", "DetachInternetGateway", "DependencyViolation", says)]
      : [];
  },
  check(inputs, world) {
    const vpcId = text(inputs.vpcId);
    const other = world
      .ofType("aws:ec2/internetGateway:InternetGateway")
      .find((candidate) => vpcId !== "" && candidate.inputs.vpcId === vpcId);
    const says = `Network ${vpcId} already has an internet gateway attached`;
    return problems(
      missingRefs("AttachInternetGateway", inputs, world, { vpcId: "vpc" }),
      other && refusal("EC2", "AttachInternetGateway", "InvalidParameterValue", says),
    );
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("igw", world, urn);
    const region = regionOf(inputs, world);
    return {
      id,
      outputs: { ...common(inputs, world), arn: arn("ec2", region, `internet-gateway/${id}`), ownerId: accountId },
    };
  },
};

const eip: ResourceModel = {
  required: [],
  source: `${tf}/ec2_eip.go; EC2 ReleaseAddress API reference; github.com/kubernetes/kops/issues/1604 (its answer)`,
  forcesReplacement: [
    "address",
    "customerOwnedIpv4Pool",
    "domain",
    "ipamPoolId",
    "networkBorderGroup",
    "publicIpv4Pool",
    "region",
  ],
  recomputed: tagged,
  // The provider takes an address from a machine or an interface itself; gateways and balancers do not let go of theirs.
  inUse: {
    by: [natType, balancerType],
    says: () =>
      refusal(
        "EC2",
        "DisassociateAddress",
        "AuthFailure",
        "You do not have permission to access the specified resource.",
      ),
  },
  takesAlong: parts({ [eipAssociationType]: "allocationId" }),
  check: (inputs, world) => missingRefs("AssociateAddress", inputs, world, { instance: "i", networkInterface: "eni" }),
  create(inputs, world, { urn }) {
    const id = ec2Id("eipalloc", world, urn);
    const region = regionOf(inputs, world);
    const publicIp = publicAddress(urn);
    return {
      id,
      outputs: {
        domain: "vpc",
        ...common(inputs, world),
        arn: arn("ec2", region, `elastic-ip/${id}`),
        allocationId: id,
        publicIp,
        publicDns: `ec2-${publicIp.replace(/\./g, "-")}.${region}.compute.${partitionOf(region).dnsSuffix}`,
      },
    };
  },
};

/**
 * Id of an Elastic IP that the stack did not allocate. The address can be read back from it, so that who is given the id
 * alone knows the address.
 */
export function adoptedAllocation(publicIp: string): string {
  const digits = publicIp.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `eipalloc-0${digits.join("")}00000000`;
}

/** The address behind an allocation, the stack's own or an adopted one. */
function addressOf(allocationId: string, world: World): string | undefined {
  const [, digits] = /^eipalloc-0([0-9a-f]{8})0{8}$/.exec(allocationId) ?? [];
  const adopted = digits?.match(/../g)?.map((part) => Number.parseInt(part, 16));
  return text(ownById(world, eipType, allocationId)?.outputs.publicIp) || adopted?.join(".");
}

/**
 * An address leads to one interface, and an interface's first private address has one. EC2 itself takes the address from
 * where it is, without a word, unless the caller forbids it, and Terraform's provider cannot forbid it: it sends
 * `allow_reassociation` only if it is true. A program that takes an address away from a machine of its own is refused here,
 * with the words that EC2 has for a caller who forbade it.
 * Source: EC2 AssociateAddress API reference; ec2_eip_association.go; the message in github.com/ansible/ansible issue 27385.
 */
function addressTaken(inputs: Properties, world: World): string[] {
  if (inputs.allowReassociation === true) return [];
  const links = world.ofType(eipAssociationType);
  const same = (input: string): LiveResource | undefined =>
    given(inputs[input]) ? links.find((link) => link.inputs[input] === inputs[input]) : undefined;
  const refuse = (what: Json, link: LiveResource): string =>
    refusal(
      "EC2",
      "AssociateAddress",
      "Resource.AlreadyAssociated",
      `resource ${text(what)} is already associated with associate-id ${link.id}`,
    );
  const [address, nic] = [
    same("allocationId"),
    given(inputs.privateIpAddress) ? undefined : same("networkInterfaceId"),
  ];
  return problems(address && refuse(inputs.allocationId, address), nic && refuse(inputs.networkInterfaceId, nic));
}

const eipAssociation: ResourceModel = {
  required: [],
  source: `${tf}/ec2_eip_association.go; EC2 AssociateAddress API reference`,
  forcesReplacement: [
    "allocationId",
    "allowReassociation",
    "instanceId",
    "networkInterfaceId",
    "privateIpAddress",
    "publicIp",
    "region",
  ],
  check: (inputs, world) =>
    problems(
      missingRefs("AssociateAddress", inputs, world, {
        allocationId: "eipalloc",
        instanceId: "i",
        networkInterfaceId: "eni",
      }),
      addressTaken(inputs, world),
    ),
  create(inputs, world, { urn }) {
    const nic = ownById(world, interfaceType, text(inputs.networkInterfaceId));
    return {
      id: ec2Id("eipassoc", world, urn),
      outputs: {
        region: regionOf(inputs, world),
        publicIp: addressOf(text(inputs.allocationId), world),
        ...(nic && { privateIpAddress: nic.outputs.privateIp }),
      },
    };
  },
};

const natGateway: ResourceModel = {
  required: [],
  source: `${tf}/vpc_nat_gateway.go; EC2 CreateNatGateway API reference`,
  defaults: { connectivityType: "public" },
  forcesReplacement: [
    "allocationId",
    "availabilityMode",
    "connectivityType",
    "privateIp",
    "subnetId",
    "vpcId",
    "region",
  ],
  recomputed: tagged,
  check(inputs, world) {
    const isPublic = text(inputs.connectivityType) !== "private" && text(inputs.availabilityMode) !== "regional";
    const allocation = text(inputs.allocationId);
    const other = world
      .ofType(natType)
      .find((candidate) => allocation !== "" && candidate.inputs.allocationId === allocation);
    return problems(
      missingRefs("CreateNatGateway", inputs, world, { subnetId: "subnet", allocationId: "eipalloc" }),
      isPublic && !allocation && "`allocation_id` is required when `connectivity_type` is `public`",
      isPublic && !given(inputs.subnetId) && "`subnet_id` is required when `availability_mode` is `zonal`",
      other &&
        refusal(
          "EC2",
          "CreateNatGateway",
          "Resource.AlreadyAssociated",
          `Elastic IP address [${allocation}] is already associated`,
        ),
    );
  },
  create(inputs, world, { urn }) {
    return {
      id: ec2Id("nat", world, urn),
      outputs: {
        ...common(inputs, world),
        publicIp: text(ownById(world, eipType, text(inputs.allocationId))?.outputs.publicIp) || publicAddress(urn),
        privateIp: interfaceAddress(text(inputs.subnetId), urn, world),
        networkInterfaceId: ec2Id("eni", world, urn),
        associationId: ec2Id("eipassoc", world, urn),
      },
    };
  },
};

const routeTable: ResourceModel = {
  required: ["vpcId"],
  // The provider takes the table from its subnets before it deletes it, so that nothing keeps it.
  source: `${tf}/vpc_route_table.go`,
  forcesReplacement: ["vpcId", "region"],
  recomputed: tagged,
  takesAlong: parts({ [routeType]: "routeTableId", [associationType]: "routeTableId" }),
  check: (inputs, world) => missingRefs("CreateRouteTable", inputs, world, { vpcId: "vpc" }),
  create(inputs, world, { urn }) {
    const id = ec2Id("rtb", world, urn);
    const outputs = { arn: arn("ec2", regionOf(inputs, world), `route-table/${id}`), ownerId: accountId };
    return { id, outputs: { ...common(inputs, world), ...outputs } };
  },
};

const routeTargets = [
  "carrierGatewayId",
  "coreNetworkArn",
  "egressOnlyGatewayId",
  "gatewayId",
  "localGatewayId",
  "natGatewayId",
  "networkInterfaceId",
  "transitGatewayId",
  "vpcEndpointId",
  "vpcPeeringConnectionId",
];

function routeProblems(inputs: Properties, world: World): string[] {
  const targets = routeTargets.filter((target) => given(inputs[target]));
  const cidr = text(inputs.destinationCidrBlock);
  const table = text(inputs.routeTableId);
  const twin = world
    .ofType(routeType)
    .some((other) => other.inputs.routeTableId === table && cidr !== "" && other.inputs.destinationCidrBlock === cidr);
  const gateway = ownById(world, "aws:ec2/internetGateway:InternetGateway", text(inputs.gatewayId));
  const apart = gateway && vpcOf(table, world) && gateway.inputs.vpcId !== vpcOf(table, world);
  return problems(
    targets.length !== 1 &&
      `"${routeTargets.length} targets": one of these must be specified: ${routeTargets.join(", ")}`,
    twin && refusal("EC2", "CreateRoute", "RouteAlreadyExists", `The route identified by ${cidr} already exists.`),
    apart &&
      refusal(
        "EC2",
        "CreateRoute",
        "InvalidParameterValue",
        `route table ${table} and network gateway ${text(inputs.gatewayId)} belong to different networks`,
      ),
  );
}

const route: ResourceModel = {
  required: ["routeTableId"],
  source: `${tf}/vpc_route.go; EC2 API error codes RouteAlreadyExists, InvalidGatewayID.NotFound`,
  forcesReplacement: [
    "routeTableId",
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "region",
  ],
  check(inputs, world) {
    // A gateway may also be a virtual private gateway or a gateway end point.
    const gateway = /^(vgw|vpce)-|^local$/.test(text(inputs.gatewayId)) ? undefined : inputs.gatewayId;
    return problems(
      missingRefs("CreateRoute", { ...inputs, gatewayId: gateway }, world, {
        routeTableId: "rtb",
        natGatewayId: "nat",
        networkInterfaceId: "eni",
        gatewayId: "igw",
      }),
      routeProblems(inputs, world),
    );
  },
  create(inputs, world) {
    const destination = text(inputs.destinationCidrBlock) || text(inputs.destinationPrefixListId);
    return {
      id: `r-${text(inputs.routeTableId)}${hashBelow(destination, 2 ** 32)}`,
      outputs: { region: regionOf(inputs, world), origin: "CreateRoute", state: "active" },
    };
  },
};

const routeTableAssociation: ResourceModel = {
  required: ["routeTableId"],
  source: `${tf}/vpc_route_table_association.go; EC2 AssociateRouteTable API reference`,
  forcesReplacement: ["subnetId", "gatewayId", "region"],
  check(inputs, world) {
    const subnetId = text(inputs.subnetId);
    const table = text(inputs.routeTableId);
    const twin = world.ofType(associationType).some((other) => subnetId !== "" && other.inputs.subnetId === subnetId);
    const [one, other] = [vpcOf(subnetId, world), vpcOf(table, world)];
    return problems(
      missingRefs("AssociateRouteTable", inputs, world, { routeTableId: "rtb", subnetId: "subnet" }),
      !subnetId && !given(inputs.gatewayId) && '"subnet_id": one of `gateway_id,subnet_id` must be specified',
      twin &&
        refusal(
          "EC2",
          "AssociateRouteTable",
          "Resource.AlreadyAssociated",
          `the specified association for route table ${table} conflicts with an existing association`,
        ),
      one !== undefined &&
        other !== undefined &&
        one !== other &&
        refusal(
          "EC2",
          "AssociateRouteTable",
          "InvalidParameterValue",
          `route table ${table} and subnet ${subnetId} belong to different networks`,
        ),
    );
  },
  create: (inputs, world, { urn }) => ({
    id: ec2Id("rtbassoc", world, urn),
    outputs: { region: regionOf(inputs, world) },
  }),
};

const vpcEndpoint: ResourceModel = {
  required: ["vpcId"],
  source: `${tf}/vpc_endpoint.go; EC2 CreateVpcEndpoint API reference`,
  defaults: { vpcEndpointType: "Gateway" },
  forcesReplacement: [
    "vpcId",
    "serviceName",
    "vpcEndpointType",
    "serviceRegion",
    "serviceNetworkArn",
    "resourceConfigurationArn",
    "region",
  ],
  recomputed: tagged,
  check(inputs, world) {
    const region = regionOf(inputs, world);
    const service = text(inputs.serviceName);
    const prefix = region.startsWith("cn-") ? "cn.com.amazonaws" : "com.amazonaws";
    const gateway = text(inputs.vpcEndpointType) !== "Interface";
    const known = gateway
      ? [`com.amazonaws.${region}.s3`, `com.amazonaws.${region}.dynamodb`].includes(service)
      : service.startsWith(`${prefix}.${region}.`) || service.startsWith(`com.amazonaws.${region}.`);
    const says = `The Vpc Endpoint Service '${service}' does not exist`;
    return problems(
      missingRefs("CreateVpcEndpoint", inputs, world, {
        vpcId: "vpc",
        routeTableIds: "rtb",
        subnetIds: "subnet",
        securityGroupIds: "sg",
      }),
      service !== "" && !known && refusal("EC2", "CreateVpcEndpoint", "InvalidServiceName", says),
    );
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("vpce", world, urn);
    const region = regionOf(inputs, world);
    return {
      id,
      outputs: {
        ...common(inputs, world),
        arn: arn("ec2", region, `vpc-endpoint/${id}`),
        ownerId: accountId,
        state: "available",
        prefixListId: `pl-${id.slice(-8)}`,
      },
    };
  },
};

/** The address that an interface of the stack gets in its subnet. */
function interfaceAddress(subnetId: string, urn: string, world: World): string | undefined {
  const { cidr } = subnetFacts(subnetId, text(world.provider.region) || "us-east-1", world);
  const taken = new Set(world.resources.flatMap((resource: LiveResource) => text(resource.outputs.privateIp) || []));
  return freeAddress(cidr, taken, hashBelow(urn, 65536));
}

/** Whether an interface is to give up its first address, which it keeps for life. The others come and go. */
function losesPrimaryAddress(olds: Properties, news: Properties): boolean {
  const addresses = (inputs: Properties): readonly string[] => [
    ...texts(inputs.privateIpLists),
    ...texts(inputs.privateIps),
  ];
  const [[first], now] = [addresses(olds), addresses(news)];
  if (now.length === 0 || !isKnown(now)) return false;
  return news.privateIpListEnabled === true ? now[0] !== first : !now.includes(first ?? "");
}

const networkInterface: ResourceModel = {
  required: ["subnetId"],
  source: `${tf}/vpc_network_interface.go; EC2 CreateNetworkInterface API reference`,
  defaults: { sourceDestCheck: true },
  forcesReplacement: ["subnetId", "interfaceType", "region"],
  replaces: (olds, news) => [
    ...(losesPrimaryAddress(olds, news) ? ["privateIps", "privateIpLists"] : []),
    ...(olds.enablePrimaryIpv6 === true && news.enablePrimaryIpv6 !== true ? ["enablePrimaryIpv6"] : []),
  ],
  recomputed: tagged,
  inUse: {
    by: [instanceType],
    says: ({ id }) =>
      refusal(
        "EC2",
        "DeleteNetworkInterface",
        "InvalidParameterValue",
        `Network interface '${id}' is currently in use.`,
      ),
  },
  takesAlong: parts({ [eipAssociationType]: "networkInterfaceId" }),
  check(inputs, world) {
    const home = vpcOf(text(inputs.subnetId), world);
    const groups = texts(inputs.securityGroups);
    const foreign = groups.some((id) => home !== undefined && (vpcOf(id, world) ?? home) !== home);
    const cidr = range(subnetFacts(text(inputs.subnetId), regionOf(inputs, world), world).cidr);
    const outside = texts(inputs.privateIps).filter((ip) => {
      const one = range(`${ip}/32`);
      return ownById(world, subnetType, text(inputs.subnetId)) && (!one || !cidr || !contains(cidr, one));
    });
    return problems(
      missingRefs("CreateNetworkInterface", inputs, world, { subnetId: "subnet", securityGroups: "sg" }),
      foreign &&
        refusal(
          "EC2",
          "CreateNetworkInterface",
          "InvalidParameterValue",
          `Security group ${groups.join(", ")} and subnet ${text(inputs.subnetId)} belong to different networks.`,
        ),
      outside.map((ip) =>
        refusal(
          "EC2",
          "CreateNetworkInterface",
          "InvalidParameterValue",
          `Address ${ip} does not fall within the subnet's address range`,
        ),
      ),
    );
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("eni", world, urn);
    const region = regionOf(inputs, world);
    const wanted = [...texts(inputs.privateIpLists), ...texts(inputs.privateIps)];
    const privateIp = wanted[0] ?? interfaceAddress(text(inputs.subnetId), urn, world) ?? "";
    return {
      id,
      outputs: {
        ...common(inputs, world),
        arn: arn("ec2", region, `network-interface/${id}`),
        ownerId: accountId,
        privateIp,
        privateIps: wanted.length > 0 ? wanted : [privateIp],
        privateDnsName: `ip-${privateIp.replace(/\./g, "-")}.${region}.compute.internal`,
        macAddress: `02:${world.random(`${urn}#mac`, 10, "0123456789abcdef").match(/../g)!.join(":")}`,
      },
    };
  },
};

/** VPC, subnets, gateways, routes and interfaces. */
export const network: Readonly<Record<string, ResourceModel>> = {
  [vpcType]: vpc,
  [subnetType]: subnet,
  "aws:ec2/internetGateway:InternetGateway": internetGateway,
  [eipType]: eip,
  [eipAssociationType]: eipAssociation,
  [natType]: natGateway,
  "aws:ec2/routeTable:RouteTable": routeTable,
  [routeType]: route,
  [associationType]: routeTableAssociation,
  "aws:ec2/vpcEndpoint:VpcEndpoint": vpcEndpoint,
  [interfaceType]: networkInterface,
};
