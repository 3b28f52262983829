/**
 * The credentials of a cluster, generated before any machine exists, and the bundles that hand them to the nodes.
 * Cloud-neutral: @pulumi/random keeps the values in the stack's (encrypted) state.
 */
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { fixedAccounts, type GeneratedSecret, generatedSecrets, type GeneratedSecretKey } from "../openvidu/secrets";
import type { NodeRole } from "../openvidu/editions";

const clusterSecretsToken = "openvidu:index:ClusterSecrets";

export interface ClusterSecretsArgs {
  /** Required. Whether the generated credentials refuse to be deleted: kept data disks open to no others. */
  readonly deletionProtection: boolean;
  /** Required. The customer's OpenVidu PRO licence. */
  readonly license: pulumi.Input<string>;
  /** Optional. First password of Meet's user `admin`. @default generated */
  readonly meetAdminPassword?: pulumi.Input<string>;
  /** Optional. First API key of Meet. @default none */
  readonly meetApiKey?: pulumi.Input<string>;
}

type Values = Record<string, string>;

export class ClusterSecrets extends pulumi.ComponentResource {
  /** Credentials for each kind of node, by bundle key; always secret. */
  public readonly credentials: Readonly<Record<NodeRole, pulumi.Output<Values>>>;

  constructor(name: string, args: ClusterSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(clusterSecretsToken, name, {}, opts);

    const given: Partial<Record<GeneratedSecretKey, pulumi.Input<string>>> = {
      ...(args.meetAdminPassword !== undefined && { MEET_INITIAL_ADMIN_PASSWORD: args.meetAdminPassword }),
    };
    const rows: readonly GeneratedSecret[] = generatedSecrets;
    const values = rows.map((row) => {
      // Made even where one is given: it is protected, and a password that is given later would have it deleted.
      const generated = generate(`${name}-${logicalName(row.key)}`, row, args.deletionProtection, this);
      return { row, value: pulumi.secret(given[row.key as GeneratedSecretKey] ?? generated) };
    });
    const readBy = (role: NodeRole): Record<string, pulumi.Output<string>> =>
      Object.fromEntries(
        values.filter(({ row }) => row.readers.includes(role)).map(({ row, value }) => [row.key, value]),
      );

    this.credentials = {
      master: pulumi.secret(
        pulumi.all({
          ...readBy("master"),
          ...fixedAccounts,
          OPENVIDU_PRO_LICENSE: args.license,
          MEET_INITIAL_API_KEY: args.meetApiKey ?? "",
        }) as pulumi.Output<Values>,
      ),
      media: pulumi.secret(pulumi.all(readBy("media")) as pulumi.Output<Values>),
    };
    this.registerOutputs({ credentials: this.credentials });
  }
}

function generate(
  name: string,
  row: GeneratedSecret,
  protect: boolean,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const password = new RandomPassword(name, { length: row.length, special: false }, { parent, protect });
  return pulumi.interpolate`${row.prefix ?? ""}${password.result}`;
}

function logicalName(key: string): string {
  return key.toLowerCase().replaceAll("_", "-");
}
