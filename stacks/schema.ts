/**
 * What a person writes into a stack file for High Availability: one strict schema per cloud, one flat topic key each below
 * `openvidu:`. Other editions' schemas stand in files of their own, and `schemas.ts` has them all.
 * Only shapes are checked here; what keys have to do with one another is checked in `rules.ts`. The descriptions are the
 * source of `config.schema.json` and `docs/config.md`.
 * Sources of patterns and limits: reference/aws-reference.md 1, reference/azure-reference.md 1, cloud-facts-aws.md,
 * cloud-facts-azure.md.
 */
import { z } from "zod";
import { longestDrainSeconds } from "../components/scaling-media-pool";
import { featureDescriptions, featureNames, moduleNames, rtcEngines } from "../openvidu/modules";
import { defaultVersion, versionNames, type OpenViduVersion } from "../openvidu/versions";
import { haMasterCount } from "../openvidu/editions";
import { flag, group, list, oneOf, oneOfKinds, text, wholeNumber } from "./fields";
import { profileNames } from "./profiles";

const longestDrainMinutes = longestDrainSeconds / 60;

const guid = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

/** A resource id of Azure; `path` is what follows the resource group, written as a regular expression. */
function azureId(path: string, example: string) {
  const pattern = new RegExp(
    `^/[sS]ubscriptions/${guid}/[rR]esource[gG]roups/[A-Za-z0-9_().-]{1,90}/providers/${path}$`,
  );
  const start = "/subscriptions/<id>/resourceGroups/<group>/providers";
  return text(pattern, `a resource id like ${start}/${example}`);
}

export const domainPattern =
  /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const cidr = text(/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, 'an IPv4 range such as "203.0.113.0/24"');
const awsRegion = text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'an AWS region such as "eu-west-1"');
const azureRegion = text(/^[a-z][a-z0-9]{3,}$/, 'an Azure region in its short form, such as "westeurope"');
const base64 = text(/^[A-Za-z0-9+/=\s]+$/, "a PEM certificate chain in base64, leaf first");

/** The media group's bounds: what one load balancer (AWS, 500 targets) and one scale set (Azure) take. */
const mostMediaNodes = { aws: 400, azure: 1000 } as const;

function mediaShape(most: number, diskMin: number, diskMax: number) {
  return {
    instanceType: text(/^[A-Za-z0-9._-]{1,64}$/, "an instance type")
      .optional()
      .describe(
        "Optional. Machine type of media nodes; it also decides between amd64 and arm64 images. Default: by the profile.",
      ),
    diskGiB: wholeNumber(diskMin, diskMax)
      .optional()
      .describe("Optional. Disk of a media node, in GiB. Default: by the profile, at least 100 for GPU types."),
    min: wholeNumber(0, most)
      .optional()
      .describe("Optional. Fewest media nodes. Default: by the profile, or max if that is less."),
    max: wholeNumber(0, most)
      .optional()
      .describe(
        "Optional. Most media nodes. Default: by the profile, or min if that is more. On Azure, more than min: a changed " +
          "template reaches the nodes only where there is room for one more.",
      ),
    acceptEmpty: flag()
      .optional()
      .describe(
        "Conditional. Must be true when min is 0 and max is not: an empty group has no load to scale out by, so that a " +
          "person has to raise its size.",
      ),
    initial: wholeNumber(0, most)
      .optional()
      .describe("Optional. Media nodes at creation; afterwards the autoscaler alone decides. Default min."),
    targetCpuPercent: wholeNumber(10, 90)
      .optional()
      .describe("Optional. Average CPU in percent that scaling aims for. Default 50."),
    bootTimeoutMinutes: wholeNumber(5, 120)
      .optional()
      .describe("Optional. How long a media node may take to become ready until it is replaced. Default 50."),
    drainTimeoutMinutes: wholeNumber(1, longestDrainMinutes)
      .optional()
      .describe(
        "Optional. How long a node that has to go waits for its sessions to end before they are cut. " +
          "Default 720 (12 hours), at most 2820 (47 hours).",
      ),
  };
}

/** Settings of the masters, of which there are `count`. */
export function mastersShape(rootMax: number, dataMax: number, count: number) {
  const ones = Array.from({ length: count }, () => 1).join(", ");
  return {
    instanceType: text(/^[A-Za-z0-9._-]{1,64}$/, "an instance type")
      .optional()
      .describe(`Optional. Machine type of the ${count === 1 ? "master" : "masters"}. Default: by the profile.`),
    rootDiskGiB: wholeNumber(50, rootMax)
      .optional()
      .describe("Optional. System disk of a master, in GiB. Default: by the profile."),
    dataDiskGiB: wholeNumber(50, dataMax)
      .optional()
      .describe("Optional. Data disk of a master, in GiB. It outlives the machine. Default: by the profile."),
    generations: list(wholeNumber(1, 1_000_000), "numbers, one for each master", count, count)
      .optional()
      .describe(
        "Optional. One number for each master. A machine keeps the image, size and boot script that it was made with; " +
          `raising its number rebuilds that machine on the same address and data disk. Default [${ones}].`,
      ),
  };
}

const networkShape = {
  cidr: cidr
    .optional()
    .describe(
      "Optional. Address space of a new network, between /16 and /22. Default 10.0.0.0/16. Not together with adopt.",
    ),
  zoneCount: wholeNumber(1, 4)
    .optional()
    .describe(
      "Optional. Number of zones to use. Default: as many as the region has, at most 4. Not together with zones.",
    ),
  nat: oneOf(["single", "perZone"])
    .optional()
    .describe(
      "Optional. One way out for all private subnets, or one per zone. Default: by the profile. Not together with adopt.",
    ),
  acceptSingleZone: flag()
    .optional()
    .describe("Conditional. Must be true when all masters are to stand in one zone, whose loss then ends the service."),
};

const adoptShape = {
  masterSubnetIds:
    "Conditional. Required with adopt. 1 to 4 subnets for masters, in slot order; they need a way out to the Internet.",
  mediaSubnetIds: "Conditional. Required with adopt. Subnets for media nodes, whose machines get public addresses.",
} as const;

const storageShape = {
  keepDeletedDays: wholeNumber(1, 365)
    .optional()
    .describe("Optional. Days after which a replaced or deleted object is gone for good. Default: by the profile."),
};

const accessShape = {
  operatorCidrs: list(cidr, "IPv4 ranges", 0, 20)
    .optional()
    .describe("Optional. Ranges from which operators may use SSH. Default none: nobody."),
  egressCidrs: list(cidr, "IPv4 ranges", 1, 20)
    .optional()
    .describe('Optional. Ranges that nodes may reach outside the cluster. Default ["0.0.0.0/0"].'),
  sshPublicKey: text(
    /^(?:ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]{40,}={0,3}(?: [^\r\n]*)?$/,
    'one line of an OpenSSH public key, beginning with "ssh-ed25519" or "ssh-rsa"',
  )
    .optional()
    .describe("Optional. Public SSH key of operators. Default none; shells are opened through the cloud."),
};

const imageShape = {
  release: oneOf(["22.04", "24.04"]).optional().describe('Optional. Ubuntu release. Default "24.04".'),
};

/** A name as the installer and every shell take it: letters, digits and a few signs (reference P-FLAGS, no blank). */
const installFlag = text(
  /^--[A-Za-z][A-Za-z0-9=_.-]*$/,
  'an installer flag such as "--name=value", of letters, digits and = _ . -',
);

function switches(names: readonly string[], describe: (name: string) => string) {
  return Object.fromEntries(names.map((name) => [name, flag().optional().describe(describe(name))]));
}

/** Who hears of failures. */
const alarmsShape = {
  alarms: group({
    emails: list(text(/^[^@\s,;<>"]{1,64}@[A-Za-z0-9.-]{3,190}$/, "a mail address"), "mail addresses", 0, 10)
      .optional()
      .describe(
        "Optional. Who is told when the machine of a master fails. Each address has to confirm once. Default nobody: with " +
          "Elastic the cloud tries to bring the machine back in any case.",
      ),
  })
    .optional()
    .describe(
      "Optional. Alarms for the machines of masters. Nothing watches whether OpenVidu itself answers on a machine that is well.",
    ),
};

export const editionDescription =
  "Required. Edition of OpenVidu: ha (High Availability), elastic, or, on AWS, enterprise-v2.";

const sharedShape = {
  edition: z.literal("ha").describe(editionDescription),
  version: oneOf(versionNames as [OpenViduVersion, ...OpenViduVersion[]], {
    latest: `is refused, because a stack names its release; use ${JSON.stringify(defaultVersion)}`,
  })
    .optional()
    .describe(`Optional. Release of OpenVidu. Default ${defaultVersion}.`),
  profile: oneOf(profileNames)
    .optional()
    .describe("Optional. What decides everything that is not given. Default affordable."),
  dns: z
    .discriminatedUnion(
      "kind",
      [
        group({ kind: z.literal("none").describe("Required. The operator makes the records by hand.") }),
        group({
          kind: z.literal("route53").describe("Required. Records are made in Amazon Route 53."),
          zoneId: text(/^Z[A-Z0-9]{5,31}$/, 'a hosted zone id such as "Z0123456789ABCDEFGHIJ"').describe(
            "Required. Hosted zone id.",
          ),
        }),
        group({
          kind: z.literal("azure-dns").describe("Required. Records are made in Azure DNS."),
          zoneId: azureId("Microsoft\\.Network/dns[zZ]ones/[a-z0-9.-]+", "Microsoft.Network/dnszones/<zone>").describe(
            "Required. Resource id of the DNS zone.",
          ),
        }),
      ],
      { error: oneOfKinds(["none", "route53", "azure-dns"]) },
    )
    .optional()
    .describe("Optional. Where DNS records are made; independent of the cloud of the machines. Default none."),
  modules: group(switches(moduleNames, (name) => `Optional. Whether the module ${name} runs. Default true.`))
    .optional()
    .describe("Optional. Optional services of OpenVidu."),
  features: group(
    switches(featureNames, (name) => {
      const what = featureDescriptions[name as keyof typeof featureDescriptions];
      return `Optional. ${what}. Default ${String(name !== "customApp")}.`;
    }),
  )
    .optional()
    .describe("Optional. Ways in and out of the cluster that open ports of their own."),
  rtcEngine: oneOf(rtcEngines).optional().describe("Optional. Media engine. Default pion."),
  installFlags: z
    .union([list(installFlag, "installer flags", 0, 30), z.string()], {
      error: "must be a list of installer flags, or one text with commas between them",
    })
    .optional()
    .describe("Optional. Extra flags for the installer on masters: a list, or one text with commas."),
  deletionProtection: flag()
    .optional()
    .describe(
      "Optional. Whether what holds data or an address refuses to be deleted or replaced. Set it to false, and deploy, " +
        "before a destroy. Default true.",
    ),
  tags: z
    .record(z.string(), z.string({ error: "must be text" }), { error: "must be a group of names and texts" })
    .optional()
    .describe("Optional. Labels for every resource that can carry labels, in addition to those of the program."),
};

export const certificateKinds = {
  letsencrypt: group({
    kind: z.literal("letsencrypt").describe("Required. Caddy on the masters gets a certificate from Let's Encrypt."),
  }),
  selfsigned: group({
    kind: z
      .literal("selfsigned")
      .describe("Required. Caddy on the masters makes a certificate that no browser trusts."),
  }),
  owncert: group({
    kind: z.literal("owncert").describe("Required. Caddy on the masters gets a certificate of your own."),
    chain: base64.describe(
      "Required. PEM chain in base64, leaf first. Its private key, also PEM in base64, is the secret certificatePrivateKey.",
    ),
  }),
};

/** A domain of TURN's own. `more` holds the keys of one cloud alone; `also` says where else than up to 3.5 it is for. */
export function turnGroup<S extends z.ZodRawShape>(more: S, also = "") {
  return group({
    domain: text(domainPattern, 'a full domain name in lower case, such as "turn.example.com"').describe(
      `Required. Second domain name, for TURN over TLS: up to 3.5${also}.`,
    ),
    chain: base64
      .optional()
      .describe(
        "Conditional. Required for certificate kind owncert. PEM chain of the second domain in base64, leaf first. Its " +
          "private key, also PEM in base64, is the secret turnCertificatePrivateKey.",
      ),
    ...more,
  })
    .optional()
    .describe(
      "Optional. TURN over TLS under a domain of its own. From 3.6 on it uses the main domain otherwise. Default: up to " +
        "3.5 there is no TURN over TLS.",
    );
}

const acmArn = text(
  /^arn:aws(?:-cn|-us-gov)?:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
  'the ARN of an ACM certificate such as "arn:aws:acm:eu-west-1:123456789012:certificate/<id>"',
);

/** Schema of a stack on AWS. */
export const awsSchema = group({
  cloud: z.literal("aws").describe("Required. Where the machines are: aws, azure or onprem."),
  ...sharedShape,
  ...alarmsShape,
  region: awsRegion.describe('Required. Region, for example "eu-west-1".'),
  domain: text(domainPattern, 'a full domain name in lower case, such as "video.example.com"').describe(
    "Required. Domain name under which the cluster is reached.",
  ),
  certificate: z
    .discriminatedUnion(
      "kind",
      [
        group({
          kind: z.literal("acm").describe("Required. The load balancer ends TLS with a certificate of ACM."),
          arn: acmArn
            .optional()
            .describe(
              "Optional. An existing certificate in the stack's region. Default: a new one, proven by a record in the " +
                "Route 53 zone of dns, or else by hand while the deployment waits.",
            ),
        }),
        certificateKinds.letsencrypt,
        certificateKinds.selfsigned,
        certificateKinds.owncert,
      ],
      { error: oneOfKinds(["acm", "letsencrypt", "selfsigned", "owncert"]) },
    )
    .optional()
    .describe("Optional. How the domain gets its certificate. Default acm."),
  turn: turnGroup({
    certificateArn: acmArn
      .optional()
      .describe(
        "Optional. For certificate kind acm: an existing certificate of the second domain, in the stack's region. Default: " +
          "a new one, proven like the main domain's.",
      ),
  }),
  masters: group(mastersShape(65536, 65536, haMasterCount))
    .optional()
    .describe("Optional. The four masters."),
  media: group(mediaShape(mostMediaNodes.aws, 50, 65536))
    .optional()
    .describe("Optional. The group of media nodes."),
  network: group({
    ...networkShape,
    zones: list(text(/^[a-z0-9-]+[a-z]$/, 'a zone such as "eu-west-1a"'), "zones", 1, 4)
      .optional()
      .describe("Optional. Names of the zones to use. Not together with zoneCount or adopt."),
    adopt: group({
      networkId: text(/^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, 'a VPC id such as "vpc-0123456789abcdef0"').describe(
        "Conditional. Required with adopt. Id of the VPC.",
      ),
      masterSubnetIds: list(subnet(), "subnet ids", 1, 4).describe(adoptShape.masterSubnetIds),
      mediaSubnetIds: list(subnet(), "subnet ids", 1, 16).describe(adoptShape.mediaSubnetIds),
      loadBalancerSubnetIds: list(subnet(), "subnet ids", 1, 6).describe(
        "Conditional. Required with adopt. Public subnets of the load balancer, each in a zone of its own.",
      ),
    })
      .optional()
      .describe("Optional. An existing network. Nothing in it is changed."),
  })
    .optional()
    .describe("Optional. The network: a new one, or an existing one."),
  storage: group({
    ...storageShape,
    appDataBucket: bucket().optional().describe("Optional. An existing bucket for recordings. Default: a new bucket."),
    clusterDataBucket: bucket()
      .optional()
      .describe("Optional. An existing bucket for observability data. Default: a new bucket."),
  })
    .optional()
    .describe("Optional. Where recordings and cluster data are kept."),
  access: group({
    ...accessShape,
    operatorShell: flag()
      .optional()
      .describe("Optional. Whether operators can open a shell through Session Manager. Default true."),
    credentialReaders: list(
      text(
        /^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:(?:role|user)\/[A-Za-z0-9+=,.@_*\/-]+$/,
        'the ARN of an IAM role or user such as "arn:aws:iam::123456789012:role/deployer"; "*" stands for any text',
      ),
      "ARNs",
      0,
      20,
    )
      .optional()
      .describe(
        "Optional. Who besides the nodes may read the credentials; the deployer has to be among them. " +
          "Default: whoever the account's own policies let.",
      ),
  })
    .optional()
    .describe("Optional. Who reaches the machines, and what the machines reach."),
  entry: group({
    preserveClientAddress: flag()
      .optional()
      .describe(
        "Optional. Whether masters see the addresses of clients. A master can then not reach itself through the load " +
          "balancer. Default false.",
      ),
  })
    .optional()
    .describe("Optional. The public entry."),
  encryption: group({
    keyArn: text(
      /^arn:aws(?:-cn|-us-gov)?:kms:[a-z0-9-]+:\d{12}:key\/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
      'the ARN of a KMS key such as "arn:aws:kms:eu-west-1:123456789012:key/<id>"; an alias is not enough',
    )
      .optional()
      .describe(
        "Optional. KMS key in the stack's region for disks, buckets and secrets. Default: keys that AWS manages.",
      ),
  })
    .optional()
    .describe("Optional. Keys of your own for encryption. Everything is encrypted in any case."),
  images: group({
    ...imageShape,
    version: text(/^\d{8}(?:\.\d+)?$/, 'a serial of Canonical such as "20260615"; "latest" is never used')
      .optional()
      .describe(
        "Optional. Canonical's dated serial of the release. Default: the one that this version of the program was made with.",
      ),
    masterId: ami().optional().describe("Optional. AMI of the masters, in place of release and version."),
    mediaId: ami()
      .optional()
      .describe("Conditional. AMI of media nodes, in place of release and version. Required for GPU types."),
  })
    .optional()
    .describe("Optional. Operating-system images. They are pinned; the program never looks for a newer one."),
  secretRecoveryDays: wholeNumber(7, 30)
    .optional()
    .describe("Optional. Days during which deleted secrets can be recovered. Default: by the profile."),
});

export function subnet() {
  return text(/^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, 'a subnet id such as "subnet-0123456789abcdef0"');
}

export function bucket() {
  return text(
    /^(?!xn--)(?!.*\.\.)(?!.*-s3alias$)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens",
  );
}

export function ami() {
  return text(/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, 'an AMI id such as "ami-0123456789abcdef0"');
}

export function azureSubnet() {
  return azureId(
    "Microsoft\\.Network/virtualNetworks/[A-Za-z0-9_.-]{1,80}/subnets/[A-Za-z0-9_.-]{1,80}",
    "Microsoft.Network/virtualNetworks/<network>/subnets/<subnet>",
  );
}

function galleryImage() {
  return azureId(
    "Microsoft\\.Compute/galleries/[A-Za-z0-9_.-]{1,80}/images/[A-Za-z0-9_.-]{1,80}/versions/\\d+\\.\\d+\\.\\d+",
    "Microsoft.Compute/galleries/<gallery>/images/<image>/versions/1.0.0",
  );
}

/** Schema of a stack on Azure. */
export const azureSchema = group({
  cloud: z.literal("azure").describe("Required. Where the machines are: aws, azure or onprem."),
  ...sharedShape,
  ...alarmsShape,
  region: azureRegion.describe('Required. Region in its short form, for example "westeurope".'),
  resourceGroup: text(/^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$/, "the name of a resource group")
    .optional()
    .describe("Optional. An existing resource group. Default: a new one."),
  domain: text(domainPattern, 'a full domain name in lower case, such as "video.example.com"')
    .optional()
    .describe("Optional. Domain name under which the cluster is reached. Default: the public address itself."),
  certificate: z
    .discriminatedUnion("kind", [certificateKinds.letsencrypt, certificateKinds.selfsigned, certificateKinds.owncert], {
      error: oneOfKinds(["letsencrypt", "selfsigned", "owncert"], {
        acm: 'ends TLS at the load balancer, which azure cannot do; use "letsencrypt", "owncert" or "selfsigned"',
      }),
    })
    .optional()
    .describe("Optional. How the domain gets its certificate. Default letsencrypt."),
  turn: turnGroup({}),
  masters: group(mastersShape(4095, 32767, haMasterCount))
    .optional()
    .describe("Optional. The four masters."),
  media: group({
    ...mediaShape(mostMediaNodes.azure, 50, 4095),
    drainsAtOnce: wholeNumber(1, 10)
      .optional()
      .describe(
        "Optional. How many nodes may drain at the same time, when the group shrinks or rolls to a new template. Default 1.",
      ),
  })
    .optional()
    .describe("Optional. The group of media nodes."),
  network: group({
    ...networkShape,
    zones: list(text(/^[1-3]$/, 'a zone in quotes: "1", "2" or "3"'), "zones", 1, 3)
      .optional()
      .describe("Optional. Numbers of the zones to use. Not together with zoneCount."),
    adopt: group({
      networkId: azureId(
        "Microsoft\\.Network/virtualNetworks/[A-Za-z0-9_.-]{1,80}",
        "Microsoft.Network/virtualNetworks/<network>",
      ).describe(
        "Conditional. Required with adopt. Resource id of the virtual network. Its subnets for masters and media nodes need the service endpoint Microsoft.KeyVault.",
      ),
      masterSubnetIds: list(azureSubnet(), "subnet ids", 1, 4).describe(adoptShape.masterSubnetIds),
      mediaSubnetIds: list(azureSubnet(), "subnet id", 1, 1).describe(
        "Conditional. Required with adopt. The subnet for media nodes, whose machines get public addresses; it must have no NAT gateway.",
      ),
    })
      .optional()
      .describe("Optional. An existing network. Nothing in it is changed."),
  })
    .optional()
    .describe("Optional. The network: a new one, or an existing one."),
  storage: group({
    ...storageShape,
    account: text(/^[a-z0-9]{3,24}$/, "the name of a storage account: 3 to 24 lower-case letters and digits")
      .optional()
      .describe(
        "Optional. An existing storage account for recordings, in the stack's resource group. Default: a new one.",
      ),
    appDataContainer: text(
      /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      "the name of a container: 3 to 63 lower-case letters, digits and single hyphens",
    )
      .optional()
      .describe('Optional. Container for recordings. Default "openvidu-appdata".'),
    zoneRedundant: flag()
      .optional()
      .describe(
        "Optional. Whether new accounts keep their copies in three zones. Default: true where the region has zones.",
      ),
  })
    .optional()
    .describe("Optional. Where recordings and cluster data are kept."),
  access: group({
    ...accessShape,
    deployerCidrs: list(cidr, "IPv4 ranges", 0, 20)
      .optional()
      .describe("Optional. Public ranges from which deployers reach the vault's content. Default none: only nodes do."),
    adminUsername: text(
      /^[A-Za-z][A-Za-z0-9-]{0,30}[A-Za-z0-9]$/,
      "a user name: 2 to 32 letters, digits and hyphens, beginning with a letter",
    )
      .optional()
      .describe('Optional. Linux user of operators. Default "openvidu".'),
  })
    .optional()
    .describe("Optional. Who reaches the machines, and what the machines reach."),
  entry: group({
    addressId: azureId(
      "Microsoft\\.Network/publicIPAddresses/[A-Za-z0-9_.-]{1,80}",
      "Microsoft.Network/publicIPAddresses/<address>",
    )
      .optional()
      .describe("Optional. An existing static public address of SKU Standard. Default: a new one."),
  })
    .optional()
    .describe("Optional. The public entry."),
  encryption: group({
    diskEncryptionSetId: azureId(
      "Microsoft\\.Compute/diskEncryptionSets/[A-Za-z0-9_-]{1,80}",
      "Microsoft.Compute/diskEncryptionSets/<name>",
    )
      .optional()
      .describe("Optional. Disk encryption set with a key of your own. Default: keys that Azure manages."),
    encryptionAtHost: flag()
      .optional()
      .describe(
        "Optional. Encryption on the host; the subscription must have registered Microsoft.Compute/EncryptionAtHost. Default false.",
      ),
  })
    .optional()
    .describe("Optional. Keys of your own for encryption. Everything is encrypted in any case."),
  images: group({
    ...imageShape,
    version: text(/^\d{2}\.\d{2}\.\d{9}$/, 'an image version such as "24.04.202606150"; "latest" is never used')
      .optional()
      .describe(
        "Optional. Version of Canonical's image. Default: the one that this version of the program was made with.",
      ),
    masterId: galleryImage()
      .optional()
      .describe("Optional. Gallery image of the masters, in place of release and version."),
    mediaId: galleryImage()
      .optional()
      .describe("Optional. Gallery image of media nodes, in place of release and version."),
  })
    .optional()
    .describe("Optional. Operating-system images. They are pinned; the program never looks for a newer one."),
  secretRecoveryDays: wholeNumber(7, 90)
    .optional()
    .describe(
      "Optional. Days during which deleted secrets can be recovered. Default: by the profile. Cannot be changed after the first deployment.",
    ),
});

export const ipv4 = text(/^\d{1,3}(?:\.\d{1,3}){3}$/, 'an IPv4 address such as "10.5.0.11"');
const hostNamePattern = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

const host = group({
  role: oneOf(["master", "media"]).describe(
    "Required. Kind of node: master (four with High Availability, one with Elastic) or media.",
  ),
  address: text(hostNamePattern, "an IPv4 address or a host name").describe(
    "Required. Where SSH reaches the machine: an IPv4 address or a host name.",
  ),
  hostKey: text(
    /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{40,}={0,3}(?: [^\r\n]*)?$/,
    'one line of an OpenSSH host key, beginning with "ssh-ed25519", "ecdsa-sha2-nistp256" or "ssh-rsa"',
  ).describe(
    "Required. The machine's SSH host key, as `ssh-keyscan -t ed25519 <address>` shows it without the address; compare it " +
      "with the machine's own /etc/ssh/ssh_host_ed25519_key.pub. Another key means another machine, which is installed anew.",
  ),
  name: text(/^[a-z0-9]+(?:-[a-z0-9]+){0,8}$/, "a name of lower-case letters and digits, with single hyphens inside")
    .optional()
    .describe("Optional. Name of the machine in messages and resources. Default: the address, with hyphens."),
  user: text(/^[a-z_][a-z0-9_-]{0,31}$/, "the name of a Linux user")
    .optional()
    .describe('Optional. SSH user: root, or one with sudo that asks for no password. Default "ubuntu".'),
  port: wholeNumber(1, 65535).optional().describe("Optional. SSH port. Default 22."),
  privateAddress: ipv4
    .optional()
    .describe(
      "Conditional. Address at which the other nodes find the machine; it must never change. Required where address is a " +
        "name. Default: address.",
    ),
  publicAddress: ipv4
    .optional()
    .describe(
      "Optional. Address at which clients find the machine. Masters: for DNS round robin, default address. Media nodes: " +
        "announced to clients in place of what OpenVidu finds out itself.",
    ),
  failureDomain: text(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, "a word for a rack or a room")
    .optional()
    .describe("Optional. Rack or room of a master. Where all masters have one, too little spread is warned about."),
});

const { profile: _profile, tags: _tags, ...onpremShape } = sharedShape;

const zeroSsl =
  "is not offered: OpenVidu's wizard has ZeroSSL, but neither its installer flag nor the flag of its API key is documented; " +
  'use "letsencrypt", or a certificate of ZeroSSL as "owncert"';

/** Schema of a stack on machines that the customer has. */
export const onpremSchema = group({
  cloud: z.literal("onprem").describe("Required. Where the machines are: aws, azure or onprem."),
  ...onpremShape,
  domain: text(domainPattern, 'a full domain name in lower case, such as "video.example.com"').describe(
    "Required. Domain name under which the cluster is reached.",
  ),
  hosts: hostList(haMasterCount).describe(
    "Required. The machines: four masters, whose order gives them their numbers, and media nodes.",
  ),
  entry: z
    .discriminatedUnion(
      "kind",
      [
        group({ kind: z.literal("dns").describe("Required. The domain leads to all four masters (DNS round robin).") }),
        group({
          kind: z
            .literal("loadBalancer")
            .describe(
              "Required. A load balancer of your own ends TLS; it is configured with what the stack hands over.",
            ),
          ...balancerShape(),
        }),
        group({
          kind: z
            .literal("passthrough")
            .describe(
              "Required. A load balancer of your own passes connections through; Caddy on the masters ends TLS.",
            ),
          ...balancerShape(),
        }),
      ],
      { error: oneOfKinds(["dns", "loadBalancer", "passthrough"]) },
    )
    .optional()
    .describe("Optional. What stands in front of the masters. Default dns."),
  certificate: z
    .discriminatedUnion("kind", [certificateKinds.letsencrypt, certificateKinds.selfsigned, certificateKinds.owncert], {
      error: oneOfKinds(["letsencrypt", "selfsigned", "owncert"], {
        zerossl: zeroSsl,
        acm: 'is a certificate of AWS; use "letsencrypt", "owncert" or "selfsigned"',
      }),
    })
    .optional()
    .describe(
      "Optional. How the domain gets its certificate where Caddy on the masters ends TLS. Default letsencrypt. Not with " +
        "entry kind loadBalancer, whose load balancer has it.",
    ),
  turn: turnGroup({}, ", and in every release behind a load balancer that ends TLS"),
  ssh: group({
    agent: flag()
      .optional()
      .describe(
        "Optional. Whether the deployer's SSH agent has the key, in place of the secret sshPrivateKey. Default false.",
      ),
  })
    .optional()
    .describe("Optional. How the machines are reached."),
  firewall: group({
    apply: oneOf(["print", "nftables", "ufw"]).describe(
      "Required. What happens with the rules of each machine: print hands them over, nftables and ufw also apply them.",
    ),
  })
    .optional()
    .describe("Optional. The machines' own firewalls. Default: rules are handed over only."),
  media: group({
    bootTimeoutMinutes: mediaShape(0, 0, 0).bootTimeoutMinutes,
    drainTimeoutMinutes: mediaShape(0, 0, 0).drainTimeoutMinutes,
  })
    .optional()
    .describe("Optional. The media nodes."),
  storage: group({
    s3: group({
      endpoint: text(
        /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?$/,
        'an address such as "https://s3.example.com"',
      ).describe("Required. Address of the S3 service."),
      region: text(/^[a-z0-9-]{1,40}$/, 'a region such as "us-east-1"')
        .optional()
        .describe('Optional. Region that requests are signed for. Default "us-east-1".'),
      pathStyle: flag()
        .optional()
        .describe("Optional. Whether buckets are part of the path and not of the host name. Default true."),
      accessKeyId: text(/^[A-Za-z0-9_.-]{3,128}$/, "an access key id").describe(
        "Required. Id of the access key; the key itself is the secret s3SecretKey.",
      ),
      appDataBucket: bucket().describe("Required. Existing bucket for recordings."),
      clusterDataBucket: bucket()
        .optional()
        .describe("Conditional. Existing bucket for observability data. Required with the module observability."),
    })
      .optional()
      .describe("Optional. S3 storage of your own. Default: MinIO on the masters."),
  })
    .optional()
    .describe("Optional. Where recordings and cluster data are kept."),
  access: group({
    operatorCidrs: list(cidr, "IPv4 ranges", 0, 20)
      .optional()
      .describe(
        "Conditional. Ranges from which SSH is let in. Required, with the deployer's own, where firewalls are applied. " +
          "Default none: nobody.",
      ),
  })
    .optional()
    .describe("Optional. Who reaches the machines."),
  utc: flag()
    .optional()
    .describe("Optional. Whether OpenVidu uses UTC in place of the machines' time zone. Default false."),
});

/** The machines of a cluster that needs at least so many masters. */
export function hostList(masters: number) {
  return list(host, "machines", masters, 200);
}

function balancerShape() {
  return {
    address: text(hostNamePattern, "an IPv4 address or a host name").describe(
      "Required. Where clients find the load balancer: an IPv4 address or a host name.",
    ),
    sourceCidrs: list(cidr, "IPv4 ranges", 1, 20).describe(
      "Required. Ranges from which the load balancer reaches the masters.",
    ),
  };
}

/** Topic keys whose value is plain text, as Pulumi hands it over; every other value is JSON. */
export const textKeys: ReadonlySet<string> = new Set([
  "cloud",
  "edition",
  "version",
  "profile",
  "region",
  "resourceGroup",
  "domain",
  "rtcEngine",
  "clusterId",
  "mediaServer",
]);

/** Secret keys of a stack file with their description. */
export const secretDescriptions = {
  license: "Required. Licence key of OpenVidu Pro.",
  meetAdminPassword: "Optional. First password of the user admin of OpenVidu Meet. Default: a generated one.",
  meetApiKey: "Optional. First API key of OpenVidu Meet. Default none.",
  certificatePrivateKey:
    "Conditional. Private key of the certificate, PEM in base64. Required for certificate kind owncert.",
  turnCertificatePrivateKey:
    "Conditional. Private key of the second domain's certificate, PEM in base64. Required with turn.chain.",
  sshPrivateKey:
    "Conditional. Private SSH key of the deployer, as OpenSSH or PEM writes it, without a passphrase. Required on-premises " +
    "unless ssh.agent is true.",
  s3SecretKey: "Conditional. Secret key of storage.s3. Required on-premises with storage.s3.",
  mongoUri:
    "Optional. Address of a MongoDB of your own with its credentials, on-premises. Default: MongoDB on the masters.",
  openviduSecret:
    "Optional. Password of the API of Enterprise v2, of letters, digits, - and _. Default: a generated one.",
  elasticsearchPassword: "Conditional. Password of elasticsearch.user. Required with Enterprise v2 and elasticsearch.",
} as const;
