/**
 * What a person writes into a stack file for Elastic: the schemas of High Availability less what a load balancer and
 * several masters need, and with what a single master at a fixed address needs.
 */
import { z } from "zod";
import { masterCounts } from "../openvidu/editions";
import { group, list, oneOfKinds, regroup, text } from "./fields";
import {
  awsSchema,
  azureSchema,
  azureSubnet,
  bucket,
  certificateKinds,
  domainPattern,
  editionDescription,
  hostList,
  ipv4,
  mastersShape,
  onpremSchema,
  subnet,
  turnGroup,
} from "./schema";

const edition = { edition: z.literal("elastic").describe(editionDescription) };

const domain = {
  domain: text(domainPattern, 'a full domain name in lower case, such as "video.example.com"')
    .optional()
    .describe(
      "Optional. Domain name under which the cluster is reached. Default: the public address itself, and up to 3.7 a name " +
        "of sslip.io that leads to it.",
    ),
};

const certificate = {
  certificate: z
    .discriminatedUnion("kind", [certificateKinds.letsencrypt, certificateKinds.selfsigned, certificateKinds.owncert], {
      error: oneOfKinds(["letsencrypt", "selfsigned", "owncert"], {
        acm: 'ends TLS at a load balancer, which Elastic has not; use "letsencrypt", "owncert" or "selfsigned"',
      }),
    })
    .optional()
    .describe("Optional. How the domain gets its certificate. Default letsencrypt."),
};

/** Both domains lead to the one master. */
const turn = { turn: turnGroup({}) };

const onlyMaster = (shape: ReturnType<typeof mastersShape>) => ({
  masters: group(shape).optional().describe("Optional. The master."),
});

const oneMaster = masterCounts.elastic;
const masterSubnet =
  "Conditional. Required with adopt. The subnet for the master, which gets the fixed public address; it needs a way out to the Internet.";

const awsNetwork = awsSchema.shape.network.unwrap();
const awsStorage = awsSchema.shape.storage.unwrap();

/** Schema of an Elastic stack on AWS. */
export const awsElasticSchema = regroup(awsSchema, [], {
  ...edition,
  ...domain,
  ...certificate,
  ...turn,
  ...onlyMaster(mastersShape(65536, 65536, oneMaster)),
  network: regroup(awsNetwork, ["nat", "acceptSingleZone"], {
    adopt: regroup(awsNetwork.shape.adopt.unwrap(), ["loadBalancerSubnetIds"], {
      masterSubnetIds: list(subnet(), "subnet id", oneMaster, oneMaster).describe(masterSubnet),
    })
      .optional()
      .describe("Optional. An existing network. Nothing in it is changed."),
  })
    .optional()
    .describe("Optional. The network: a new one, or an existing one."),
  storage: regroup(awsStorage, ["clusterDataBucket"], {
    appDataBucket: bucket()
      .optional()
      .describe(
        "Optional. An existing bucket for recordings, nightly backups and the master's own programs; no lifecycle rule may " +
          "expire what lies below openvidu-node/. Default: a new bucket.",
      ),
  })
    .optional()
    .describe("Optional. Where recordings, nightly backups and the master's own programs are kept."),
  entry: group({
    address: ipv4
      .optional()
      .describe("Optional. An existing Elastic IP in the stack's region, by its IPv4 address. Default: a new one."),
  })
    .optional()
    .describe("Optional. The public address."),
});

const azureNetwork = azureSchema.shape.network.unwrap();

/** Schema of an Elastic stack on Azure. */
export const azureElasticSchema = regroup(azureSchema, [], {
  ...edition,
  ...domain,
  ...certificate,
  ...turn,
  ...onlyMaster(mastersShape(4095, 32767, oneMaster)),
  network: regroup(azureNetwork, ["nat", "acceptSingleZone"], {
    adopt: regroup(azureNetwork.shape.adopt.unwrap(), [], {
      masterSubnetIds: list(azureSubnet(), "subnet id", oneMaster, oneMaster).describe(masterSubnet),
    })
      .optional()
      .describe("Optional. An existing network. Nothing in it is changed."),
  })
    .optional()
    .describe("Optional. The network: a new one, or an existing one."),
});

const onpremStorage = onpremSchema.shape.storage.unwrap();

/** Schema of an Elastic stack on the customer's own machines. Observability data stays on the only master. */
export const onpremElasticSchema = regroup(onpremSchema, ["entry"], {
  ...edition,
  ...domain,
  ...turn,
  hosts: hostList(oneMaster).describe("Required. The machines: one master, and media nodes."),
  storage: group({
    s3: regroup(onpremStorage.shape.s3.unwrap(), ["clusterDataBucket"], {})
      .optional()
      .describe(
        "Optional. S3 storage of your own, for recordings and backups. Default: MinIO and files on the master.",
      ),
  })
    .optional()
    .describe("Optional. Where recordings and backups are kept."),
  certificate: onpremSchema.shape.certificate
    .unwrap()
    .optional()
    .describe("Optional. How the domain gets its certificate. Default letsencrypt."),
});
