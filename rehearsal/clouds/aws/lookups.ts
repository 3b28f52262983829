/**
 * What the simulated AWS answers to look-ups (`getSubnet`, `getParameter`, …). Only things that exist before the stack
 * are asked for; existing.ts says which do.
 */
import type { InvokeModel, Properties, World } from "../../model";
import { isMissing, override } from "../existing";
import { given, hexDigits, record, records, text, texts } from "../values";
import { accountId, arn, ec2Exists, partitionOf, refusal, regionOf, zonesOf } from "./account";
import { imageMarks } from "./compute";
import { adoptedAllocation, eipAssociationType, eipType, interfaceType, subnetFacts, vpcCidr } from "./network";
import { bucketName } from "./storage";

const dts = "declarations of @pulumi/aws 7.48.0";

const getRegion: InvokeModel = {
  source: `${dts}, getRegion`,
  call(args, world) {
    const region = regionOf(args, world);
    const endpoint = `ec2.${region}.${partitionOf(region).dnsSuffix}`;
    return { result: { id: region, name: region, region, description: region, endpoint } };
  },
};

const getPartition: InvokeModel = {
  source: `${dts}, getPartition`,
  call(args, world) {
    const { partition, dnsSuffix } = partitionOf(regionOf(args, world));
    return {
      result: { id: partition, partition, dnsSuffix, reverseDnsPrefix: dnsSuffix.split(".").reverse().join(".") },
    };
  },
};

const getCallerIdentity: InvokeModel = {
  source: `${dts}, getCallerIdentity`,
  call(args, world) {
    const { partition } = partitionOf(regionOf(args, world));
    const who = `arn:${partition}:iam::${accountId}:user/rehearsal`;
    return { result: { id: accountId, accountId, arn: who, userId: "AIDAREHEARSAL0000000" } };
  },
};

const getAvailabilityZones: InvokeModel = {
  source: `${dts}, getAvailabilityZones`,
  call(args, world) {
    const region = regionOf(args, world);
    const names = zonesOf(region);
    return {
      result: {
        id: region,
        region,
        names,
        zoneIds: names.map((_, index) => `${region}-az${index + 1}`),
        groupNames: [region],
      },
    };
  },
};

function filterValue(args: Properties, name: string): string {
  return text(texts(records(args.filters).find((filter) => filter.name === name)?.values)[0]);
}

function subnetResult(id: string, args: Properties, world: World): Properties {
  const region = regionOf(args, world);
  const { zone, cidr, vpcId } = subnetFacts(id, region, world);
  const asked = text(args.vpcId) || filterValue(args, "vpc-id");
  return {
    id,
    region,
    arn: arn("ec2", region, `subnet/${id}`),
    availabilityZone: zone,
    availabilityZoneId: `${region}-az${zonesOf(region).indexOf(zone) + 1}`,
    cidrBlock: cidr,
    vpcId: text(override(world, id).vpcId) || asked || vpcId,
    ownerId: accountId,
    state: "available",
    availableIpAddressCount: 251,
    mapPublicIpOnLaunch: false,
    defaultForAz: false,
    tags: {},
    ...override(world, id),
  };
}

const getSubnet: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/ec2/vpc_subnet_data_source.go",
  call(args, world) {
    const id = text(args.id) || filterValue(args, "subnet-id");
    const found = id !== "" && ec2Exists("subnet", id, world);
    const result = subnetResult(id, args, world);
    const elsewhere = given(args.vpcId) && result.vpcId !== args.vpcId;
    if (!found || elsewhere) return { failure: "no matching EC2 Subnet found" };
    return { result };
  },
};

const getSubnets: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/ec2/vpc_subnets_data_source.go",
  call(args, world) {
    const asked = records(args.filters)
      .filter((filter) => filter.name === "subnet-id")
      .flatMap((filter) => texts(filter.values));
    const ids = asked.filter((id) => ec2Exists("subnet", id, world));
    return { result: { id: regionOf(args, world), region: regionOf(args, world), ids, tags: {} } };
  },
};

const getVpc: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/ec2/vpc_data_source.go",
  call(args, world) {
    const id = text(args.id);
    if (!ec2Exists("vpc", id, world)) return { failure: "no matching EC2 VPC found" };
    const region = regionOf(args, world);
    const cidrBlock = vpcCidr(id, world);
    const settings = {
      enableDnsSupport: true,
      enableDnsHostnames: true,
      instanceTenancy: "default",
      default: false,
      state: "available",
    };
    return {
      result: {
        id,
        region,
        arn: arn("ec2", region, `vpc/${id}`),
        cidrBlock,
        ownerId: accountId,
        tags: {},
        ...settings,
        ...override(world, id),
      },
    };
  },
};

/** An Elastic IP by its address: one of the stack's, or any other address that is no private one. */
const getElasticIp: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/ec2/ec2_eip_data_source.go",
  call(args, world) {
    const publicIp = text(args.publicIp);
    const made = world.ofType(eipType).find(({ outputs }) => outputs.publicIp === publicIp);
    const isPublic =
      /^(\d{1,3})(\.\d{1,3}){3}$/.test(publicIp) && !/^(10|127|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(publicIp);
    if (!made && (!isPublic || isMissing(world, publicIp))) return { failure: "no matching EC2 EIP found" };
    const region = regionOf(args, world);
    const id = made?.id ?? adoptedAllocation(publicIp);
    const link = world.ofType(eipAssociationType).find(({ inputs }) => inputs.allocationId === id);
    return {
      result: {
        id,
        region,
        arn: arn("ec2", region, `elastic-ip/${id}`),
        domain: "vpc",
        publicIp,
        associationId: link?.id ?? "",
        networkInterfaceId: text(link?.inputs.networkInterfaceId),
        tags: {},
        ...override(world, publicIp),
      },
    };
  },
};

/** An interface of the stack, or one that a test describes. */
const getNetworkInterface: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/ec2/vpc_network_interface_data_source.go",
  call(args, world) {
    const id = text(args.id);
    if (!ec2Exists("eni", id, world)) return { failure: "no matching EC2 Network Interface found" };
    const made = world.byId(interfaceType, id);
    const { tagsAll, ...outputs } = { ...made?.outputs };
    return { result: { ...outputs, id, region: regionOf(args, world), tags: tagsAll ?? {}, ...override(world, id) } };
  },
};

/** Canonical's and Amazon's public parameters that hold an image id. Source: cloud-facts-aws 1. */
const imageParameters = [
  /^\/aws\/service\/canonical\/ubuntu\/(server|server-minimal)\/(22\.04|24\.04|jammy|noble)\/stable\/(current|20\d{6}(\.\d+)?)\/(amd64|arm64)\/hvm\/ebs-gp[23]\/ami-id$/,
  /^\/aws\/service\/deeplearning\/ami\/(x86_64|arm64)\/base-oss-nvidia-driver-gpu-ubuntu-(22|24)\.04\/latest\/ami-id$/,
];

const getParameter: InvokeModel = {
  source:
    "github.com/hashicorp/terraform-provider-aws internal/service/ssm/parameter_data_source.go; cloud-facts-aws 1",
  call(args, world) {
    const name = text(args.name);
    const region = regionOf(args, world);
    const said = override(world, name);
    // 22.04 images lie under ebs-gp2 and 24.04 images under ebs-gp3; the other combination does not exist.
    const crossed = /\/(22\.04|jammy)\/.*ebs-gp3\//.test(name) || /\/(24\.04|noble)\/.*ebs-gp2\//.test(name);
    const known = !crossed && imageParameters.some((pattern) => pattern.test(name));
    if (isMissing(world, name) || (!known && !given(said.value))) {
      return { failure: `reading SSM Parameter (${name}): couldn't find resource` };
    }
    const mark = imageMarks[name.includes("/arm64/") ? "arm64" : "x86_64"];
    const value = text(said.value) || `${mark}${world.random(`${region} ${name}`, 21 - mark.length, hexDigits)}`;
    const own = `arn:${partitionOf(region).partition}:ssm:${region}::parameter${name}`;
    return {
      result: {
        id: name,
        name,
        region,
        arn: own,
        type: "String",
        version: 1,
        value,
        insecureValue: value,
        withDecryption: true,
      },
    };
  },
};

const getAmi: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/ec2/ec2_ami_data_source.go; cloud-facts-aws 1",
  call(args, world) {
    const name = filterValue(args, "name");
    const id = filterValue(args, "image-id");
    const none = { failure: "Your query returned no results. Please change your search criteria and try again." };
    if (isMissing(world, name || id) || (!name && !id)) return none;
    if (name.includes("*") && args.mostRecent !== true) {
      return {
        failure:
          "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
      };
    }
    const architecture = /arm64/.test(name) ? "arm64" : "x86_64";
    const mark = imageMarks[architecture];
    const imageId = id || `${mark}${world.random(`${regionOf(args, world)} ${name}`, 21 - mark.length, hexDigits)}`;
    return {
      result: {
        id: imageId,
        imageId,
        name,
        architecture,
        rootDeviceName: "/dev/sda1",
        state: "available",
        ...override(world, name || id),
      },
    };
  },
};

const getZone: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/route53/zone_data_source.go",
  call(args, world) {
    const zoneId = text(args.zoneId);
    if (!/^Z[A-Z0-9]{1,31}$/.test(zoneId) || isMissing(world, zoneId)) {
      return {
        failure: refusal("Route 53", "GetHostedZone", "NoSuchHostedZone", `No hosted zone found with ID: ${zoneId}`),
      };
    }
    // The domain's parent: `video.example.com` lies in `example.com`.
    const parent = world.existing?.domain?.split(".").slice(1).join(".");
    const name = text(args.name) || (parent?.includes(".") ? parent : world.existing?.domain) || "example.com";
    return {
      result: { id: zoneId, zoneId, name, privateZone: false, nameServers: [], tags: {}, ...override(world, zoneId) },
    };
  },
};

const getBucket: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/s3/bucket_data_source.go",
  call(args, world) {
    const bucket = text(args.bucket);
    const region = regionOf(args, world);
    const { partition, dnsSuffix } = partitionOf(region);
    if (!bucketName.test(bucket) || bucket.length > 63 || isMissing(world, bucket)) {
      return { failure: `reading S3 Bucket (${bucket}): couldn't find resource` };
    }
    return {
      result: {
        id: bucket,
        bucket,
        region,
        bucketRegion: region,
        arn: `arn:${partition}:s3:::${bucket}`,
        bucketDomainName: `${bucket}.s3.${dnsSuffix}`,
        bucketRegionalDomainName: `${bucket}.s3.${region}.${dnsSuffix}`,
        ...override(world, bucket),
      },
    };
  },
};

/** A user is its own issuer; a session's issuer is the role, with the role's path (made up as `/`). */
const getSessionContext: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/iam/session_context_data_source.go",
  call(args) {
    const own = text(args.arn);
    const [, partition, account, roleName, sessionName] =
      /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\/(.+)$/.exec(own) ?? [];
    if (!roleName)
      return { result: { id: own, arn: own, issuerArn: own, issuerId: "", issuerName: "", sessionName: "" } };
    const issuerArn = `arn:${partition}:iam::${account}:role/${roleName}`;
    return {
      result: { id: own, arn: own, issuerArn, issuerId: "AROAREHEARSAL0000000", issuerName: roleName, sessionName },
    };
  },
};

/** Upper-case keys of a policy statement, as IAM writes them. */
function statementJson(statement: Properties): Properties {
  const principals = records(statement.principals);
  const principal = Object.fromEntries(
    principals.map((entry) => [text(entry.type), shortest(texts(entry.identifiers))]),
  );
  const condition: Record<string, Record<string, unknown>> = {};
  for (const entry of records(statement.conditions)) {
    (condition[text(entry.test)] ??= {})[text(entry.variable)] = shortest(texts(entry.values));
  }
  const parts: Record<string, unknown> = {
    Sid: statement.sid,
    Effect: text(statement.effect) || "Allow",
    Principal: principals.length > 0 ? principal : undefined,
    Action: shortest(texts(statement.actions)),
    NotAction: shortest(texts(statement.notActions)),
    Resource: shortest(texts(statement.resources)),
    NotResource: shortest(texts(statement.notResources)),
    Condition: Object.keys(condition).length > 0 ? condition : undefined,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function shortest(values: readonly string[]): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0];
}

const getPolicyDocument: InvokeModel = {
  source: "github.com/hashicorp/terraform-provider-aws internal/service/iam/policy_document_data_source.go",
  call(args, world) {
    const Statement = records(args.statements).map(statementJson);
    const document = record({ Version: text(args.version) || "2012-10-17", Statement });
    const json = JSON.stringify(document, null, 2);
    return { result: { id: world.random(json, 10, "0123456789"), json, minifiedJson: JSON.stringify(document) } };
  },
};

/** Look-ups by token. */
export const lookups: Readonly<Record<string, InvokeModel>> = {
  "aws:index/getRegion:getRegion": getRegion,
  "aws:index/getPartition:getPartition": getPartition,
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
  "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
  "aws:ec2/getSubnet:getSubnet": getSubnet,
  "aws:ec2/getSubnets:getSubnets": getSubnets,
  "aws:ec2/getVpc:getVpc": getVpc,
  "aws:ec2/getElasticIp:getElasticIp": getElasticIp,
  "aws:ec2/getNetworkInterface:getNetworkInterface": getNetworkInterface,
  "aws:ec2/getAmi:getAmi": getAmi,
  "aws:s3/getBucket:getBucket": getBucket,
  "aws:iam/getSessionContext:getSessionContext": getSessionContext,
  "aws:ssm/getParameter:getParameter": getParameter,
  "aws:route53/getZone:getZone": getZone,
  "aws:iam/getPolicyDocument:getPolicyDocument": getPolicyDocument,
};
