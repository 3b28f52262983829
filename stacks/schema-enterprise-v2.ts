/**
 * What a person writes into a stack file for Enterprise v2, which runs on AWS alone. Keys that mean the same as in High
 * Availability are taken from there. Every parameter of the vendor's template has a key (reference/onprem-v2-reference.md
 * B.1; the table is in test/contract/enterprise-v2.test.ts).
 */
import { z } from "zod";
import { longestHoldSeconds } from "../components/enterprise-v2/media-group";
import { enterpriseV2Versions, mediaServers, redis } from "../openvidu/enterprise-v2";
import { flag, group, list, oneOf, oneOfKinds, regroup, text, wholeNumber } from "./fields";
import { ami, awsSchema, bucket, subnet } from "./schema";

/** What one target group takes (cloud-facts-aws 4); the media group has the same bound. */
const mostNodes = 400;

const masters = awsSchema.shape.masters.unwrap().shape;
const media = awsSchema.shape.media.unwrap().shape;
const network = awsSchema.shape.network.unwrap();
const access = awsSchema.shape.access.unwrap();
const { cloud, region, domain, dns, encryption, alarms, deletionProtection, tags } = awsSchema.shape;

const hold = longestHoldSeconds / 60;

function counts(who: string, min: number, desired: string) {
  return {
    min: wholeNumber(1, mostNodes)
      .optional()
      .describe(`Optional. Fewest ${who}. Default ${min}, or max if that is less.`),
    desired: wholeNumber(1, mostNodes).optional().describe(`Optional. ${desired} Default min.`),
    max: wholeNumber(1, mostNodes).optional().describe(`Optional. Most ${who}. Default 4, or min if that is more.`),
  };
}

/** An address as the product takes it: with the port, even if it is the usual one. */
const withPort = (example: string) =>
  text(
    /^(?:https?:\/\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:\d{1,5}(?:\/[A-Za-z0-9._~/-]*)?$/,
    `an address with its port such as "${example}"`,
  );

/** Schema of a stack of Enterprise v2 on AWS. */
export const awsEnterpriseV2Schema = group({
  cloud,
  edition: z.literal("enterprise-v2").describe("Required. Edition of OpenVidu: enterprise-v2 (Enterprise v2, 2.32)."),
  version: oneOf(enterpriseV2Versions, {
    latest: `is refused, because a stack names its release; use ${JSON.stringify(enterpriseV2Versions[0])}`,
  })
    .optional()
    .describe(`Optional. Release of OpenVidu Enterprise v2. Default ${enterpriseV2Versions[0]}.`),
  region,
  domain,
  certificate: z
    .discriminatedUnion("kind", [awsSchema.shape.certificate.unwrap().options[0]], {
      error: oneOfKinds(["acm"], {
        letsencrypt: 'is for masters that end TLS; with enterprise-v2 the load balancer does: use "acm"',
        selfsigned: 'is for masters that end TLS; with enterprise-v2 the load balancer does: use "acm"',
        owncert: 'is for masters that end TLS; import the certificate into ACM and use "acm" with its arn',
      }),
    })
    .optional()
    .describe("Optional. How the domain gets its certificate. Default acm."),
  dns,
  clusterId: text(
    /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    "1 to 40 lower-case letters, digits and hyphens; an underscore, which the vendor's own form takes, breaks names of buckets",
  ).describe("Required. Name of the cluster in statistics that are sent to Elasticsearch."),
  mediaServer: oneOf(mediaServers).optional().describe("Optional. Media server. Default mediasoup."),
  recording: flag().optional().describe("Optional. Whether sessions can be recorded, into the bucket. Default true."),
  coturnInMediaNodes: flag()
    .optional()
    .describe(
      "Optional. Whether the TURN server runs on media nodes instead of masters, which then need no public addresses. The " +
        "vendor calls it experimental. Default false.",
    ),
  webrtcOverTcp: flag()
    .optional()
    .describe("Optional. Whether media may come over TCP too, which opens 25,000 ports more. Default false."),
  elasticsearch: group({
    enabled: flag()
      .optional()
      .describe(
        "Optional. Whether statistics and logs are sent to Elasticsearch. Default true where the group is given.",
      ),
    url: withPort("https://elastic.example.com:443")
      .optional()
      .describe("Conditional. Required unless enabled is false. Address of Elasticsearch, with its port."),
    kibanaUrl: withPort("https://kibana.example.com:443")
      .optional()
      .describe("Conditional. Required unless enabled is false. Address of Kibana, with its port."),
    user: text(/^[A-Za-z0-9._@+-]{1,100}$/, "a user name of letters, digits and . _ @ + -")
      .optional()
      .describe(
        "Optional. User of Elasticsearch and Kibana; the password is the secret elasticsearchPassword. Default elasticadmin.",
      ),
  })
    .optional()
    .describe("Optional. An Elastic Stack of your own. Default: none is used."),
  masters: group({
    instanceType: masters.instanceType.describe("Optional. Machine type of masters, for x86. Default c5.xlarge."),
    diskGiB: wholeNumber(100, 65536).optional().describe("Optional. Disk of a master, in GiB. Default 100."),
    ...counts("masters", 2, "Masters that there are; nothing scales them."),
    acceptSingleMaster: flag()
      .optional()
      .describe(
        "Conditional. Must be true where there may be one master only, whose loss ends the service for minutes.",
      ),
  })
    .optional()
    .describe("Optional. The masters."),
  media: group({
    instanceType: media.instanceType.describe("Optional. Machine type of media nodes, for x86. Default c5.xlarge."),
    diskGiB: wholeNumber(50, 65536).optional().describe("Optional. Disk of a media node, in GiB. Default 50."),
    ...counts("media nodes", 1, "Media nodes at creation; afterwards the autoscaler alone decides."),
    scaleUpCpuPercent: wholeNumber(1, 100)
      .optional()
      .describe("Optional. Average CPU in percent above which, for 3 minutes, a node is added. Default 70."),
    scaleDownCpuPercent: wholeNumber(1, 99)
      .optional()
      .describe(
        "Optional. Average CPU in percent below which, for 15 minutes, a node is emptied and removed. Default 30.",
      ),
    drainTimeoutMinutes: wholeNumber(1, hold)
      .optional()
      .describe(
        "Optional. How long a node that is ended by somebody else than the masters is held back, and every node before it " +
          `goes. Default 15, at most ${hold}.`,
      ),
  })
    .optional()
    .describe("Optional. The group of media nodes."),
  sessionStore: group({
    nodeType: text(/^cache\.[a-z][a-z0-9]*\.[a-z0-9]+$/, 'a node type of ElastiCache such as "cache.t3.medium"')
      .optional()
      .describe(`Optional. Node type. Default ${redis.nodeType}.`),
    nodes: wholeNumber(2, 6).optional().describe("Optional. Copies of the data, over the zones. Default 2."),
    transitEncryption: flag()
      .optional()
      .describe(
        "Optional. Whether the masters have to use TLS and the OpenVidu secret as password. Try it before you rely on it: " +
          "that release 2.32 can has not been seen. Default false.",
      ),
    snapshotDays: wholeNumber(0, 35)
      .optional()
      .describe("Optional. Days for which daily snapshots are kept. Default 0: none."),
  })
    .optional()
    .describe("Optional. The Redis service that the masters share."),
  network: regroup(network, ["acceptSingleZone"], {
    zoneCount: wholeNumber(2, 4)
      .optional()
      .describe(
        "Optional. Number of zones to use. Default: as many as the region has, at most 4. Not together with zones.",
      ),
    zones: list(text(/^[a-z0-9-]+[a-z]$/, 'a zone such as "eu-west-1a"'), "zones", 2, 4)
      .optional()
      .describe("Optional. Names of the zones to use. Not together with zoneCount or adopt."),
    nat: network.shape.nat.describe(
      "Optional. One way out for all private subnets, or one per zone; used only with coturnInMediaNodes. Default single. " +
        "Not together with adopt.",
    ),
    adopt: regroup(network.shape.adopt.unwrap(), [], {
      masterSubnetIds: list(subnet(), "subnet ids", 2, 4).describe(
        "Conditional. Required with adopt. Subnets for masters and the Redis service, in two zones or more; public ones " +
          "unless coturnInMediaNodes is true.",
      ),
      loadBalancerSubnetIds: list(subnet(), "subnet ids", 2, 6).describe(
        "Conditional. Required with adopt. Public subnets of the load balancer, each in a zone of its own.",
      ),
    })
      .optional()
      .describe("Optional. An existing network. Nothing in it is changed."),
  })
    .optional()
    .describe("Optional. The network: a new one, or an existing one."),
  storage: group({
    bucket: bucket()
      .optional()
      .describe("Optional. An existing bucket of the same region for settings and recordings. Default: a new bucket."),
    autoRestart: flag()
      .optional()
      .describe("Optional. Whether all masters restart when the settings in the bucket change. Default true."),
    keepDeletedDays: wholeNumber(1, 365)
      .optional()
      .describe("Optional. Days after which a replaced or deleted object is gone for good. Default 30."),
  })
    .optional()
    .describe("Optional. Where settings and recordings are kept."),
  access: regroup(access, [], {
    keyName: text(/^[\x20-\x7e]{1,255}$/, "the name of an EC2 key pair")
      .optional()
      .describe("Optional. An existing EC2 key pair. Not together with sshPublicKey."),
    credentialReaders: access.shape.credentialReaders.describe(
      "Optional. Who besides the masters may read the settings in the bucket, which hold the secrets; the deployer has to be " +
        "among them. Not with an existing bucket. Default: whoever the account's own policies let.",
    ),
  })
    .optional()
    .describe("Optional. Who reaches the machines, and what the machines reach."),
  encryption,
  images: group({
    masterId: ami().describe("Required. AMI of the masters, as the vendor's template of the release names it."),
    mediaId: ami().describe("Required. AMI of the media nodes, as the vendor's template of the release names it."),
    copyFrom: region
      .optional()
      .describe(
        "Optional. Region in which these images are (the vendor's are in eu-west-1): copies are made, which belong to the " +
          "stack. Default: they are in the stack's region, and used as they are.",
      ),
  }).describe("Required. The vendor's images. They are pinned; the program never looks for newer ones."),
  alarms: regroup(alarms.unwrap(), [], {
    emails: alarms
      .unwrap()
      .shape.emails.describe(
        "Optional. Who is told when no master takes messages about media nodes, or none can work on one. Each address has to " +
          "confirm once. Default nobody: the alarms show in CloudWatch.",
      ),
  })
    .optional()
    .describe("Optional. Who is told when something needs a person."),
  deletionProtection,
  tags,
});
