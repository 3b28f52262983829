/**
 * The schemas of all stack files, by cloud and edition, and the types of what they let through.
 */
import type { z } from "zod";
import { cloudNames, type CloudName } from "../components/cloud";
import { type ClusterEdition, type Edition, editions } from "../openvidu/editions";
import { oneOf } from "./fields";
import { awsSchema, azureSchema, onpremSchema } from "./schema";
import { awsEnterpriseV2Schema } from "./schema-enterprise-v2";
import { awsElasticSchema, azureElasticSchema, onpremElasticSchema } from "./schema-elastic";

/** Every stack file that there can be. A cloud lacks the editions that it cannot have. */
export const schemas: Readonly<Record<CloudName, Readonly<Partial<Record<Edition, z.ZodObject>>>>> = {
  aws: { ha: awsSchema, elastic: awsElasticSchema, "enterprise-v2": awsEnterpriseV2Schema },
  azure: { ha: azureSchema, elastic: azureElasticSchema },
  onprem: { ha: onpremSchema, elastic: onpremElasticSchema },
};

/** What decides which keys a stack file may have. */
export interface Kind {
  readonly cloud: CloudName;
  readonly edition: Edition;
}

/** Every kind of stack file, cloud by cloud. */
export const kinds: readonly Kind[] = cloudNames.flatMap((cloud) =>
  editions.filter((edition) => schemas[cloud][edition]).map((edition) => ({ cloud, edition })),
);

/** The schema of one kind. */
export function schemaOf({ cloud, edition }: Kind): z.ZodObject {
  const schema = schemas[cloud][edition];
  if (!schema) throw new Error(`${cloud} has no edition ${edition}`);
  return schema;
}

/**
 * What is said of something that a stack of kind `here` has no use for and another kind has; nothing where no kind has.
 * The other kind differs from this one in as little as possible: in the edition alone, in the cloud alone, else in both.
 */
export function belongsElsewhere(here: Kind, has: (kind: Kind) => boolean): string | undefined {
  const owners = kinds.filter(has);
  const said = (owner: string, stack: string): string => `belongs to ${owner}, but this stack ${stack}; remove it`;
  const onCloud = owners.find(({ cloud }) => cloud === here.cloud);
  if (onCloud) return said(`edition "${onCloud.edition}"`, `has "${here.edition}"`);
  const ofEdition = owners.find(({ edition }) => edition === here.edition);
  if (ofEdition) return said(ofEdition.cloud, `is on ${here.cloud}`);
  const [owner] = owners;
  return owner && said(`edition "${owner.edition}" on ${owner.cloud}`, `has "${here.edition}" on ${here.cloud}`);
}

/** What a stack may name as its cloud. */
export const cloudField = oneOf(cloudNames);

/** What a stack on this cloud may name as its edition. */
export function editionField(cloud: CloudName) {
  const here = kinds.filter((kind) => kind.cloud === cloud).map(({ edition }) => edition);
  const elsewhere = editions.filter((edition) => !here.includes(edition));
  const refusals = elsewhere.map((edition) => {
    const clouds = kinds.filter((kind) => kind.edition === edition).map((kind) => kind.cloud);
    const where = clouds.length > 0 ? `runs on ${clouds.join(" and ")} only` : "is not available yet";
    return [edition, `${where}; on ${cloud} use ${here.map((name) => JSON.stringify(name)).join(" or ")}`] as const;
  });
  return oneOf(here as [Edition, ...Edition[]], Object.fromEntries(refusals));
}

type AwsHa = z.infer<typeof awsSchema>;
type AwsElastic = z.infer<typeof awsElasticSchema>;
type Entry<A extends { entry?: object }, B extends { entry?: object }> = NonNullable<A["entry"]> &
  NonNullable<B["entry"]>;

/** A config of any edition of OpenVidu 3 on AWS: what each of them may hold. */
export interface AwsConfig extends Omit<AwsHa, "edition" | "domain" | "entry"> {
  edition: ClusterEdition;
  domain?: string | undefined;
  entry?: Entry<AwsHa, AwsElastic> | undefined;
}
export interface AzureConfig extends Omit<z.infer<typeof azureSchema>, "edition"> {
  edition: ClusterEdition;
}
export interface OnpremConfig extends Omit<z.infer<typeof onpremSchema>, "edition" | "domain"> {
  edition: ClusterEdition;
  domain?: string | undefined;
}

/** A config of Enterprise v2. */
export type EnterpriseV2Config = z.infer<typeof awsEnterpriseV2Schema>;
