/**
 * SecretStore on-premises: a file on each node that root alone can read, put there over SSH.
 * Guarantees: a node gets the bundle of its own kind and no other; values travel by standard input, never in a command
 * line, a log or an output; a file is whole or not there. It goes with its node.
 * Differs from the clouds: there is no store besides the nodes, so a change reaches every node by an update of the stack;
 * nodes take it up within a minute, masters one at a time. `recoveryDays` has nothing to keep: the stack's state has it.
 */
import * as pulumi from "@pulumi/pulumi";
import { type SecretStore, type SecretStoreArgs, secretStoreToken } from "../../components/secret-store";
import { type NodeRole, nodeRoles } from "../../openvidu/editions";
import { machinesOf, resourceName, workOn } from "./ssh";
import { afterChecks } from "./support";

/** Where each kind of node finds its bundle. */
export const bundlePaths: Readonly<Record<NodeRole, string>> = {
  master: "/etc/openvidu-node/bundle-master.json",
  media: "/etc/openvidu-node/bundle-media.json",
};

export class OnpremSecretStore extends pulumi.ComponentResource implements SecretStore {
  public readonly bundleIds: Readonly<Record<NodeRole, pulumi.Output<string>>>;
  public readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  public readonly consoleUrl: pulumi.Output<string>;

  constructor(name: string, args: SecretStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(secretStoreToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const texts = Object.fromEntries(
      nodeRoles.map((role) => [role, pulumi.output(args.bundles[role]).apply((bundle) => JSON.stringify(bundle))]),
    );
    const deliver = (role: NodeRole): pulumi.Resource[] =>
      onPremises.hosts
        .filter((host) => host.role === role)
        .map((host) => {
          const settings = { HOST: host.name, BUNDLE_ID: bundlePaths[role] };
          return workOn(
            resourceName(name, host, onPremises),
            host,
            onPremises,
            {
              place: { script: "deliver-bundle", settings, input: texts[role] },
              remove: { script: "remove-bundle", settings },
              secret: true,
            },
            { parent: this, dependsOn: afterChecks(args.scope) },
          );
        });
    const first = onPremises.hosts[0]!;

    this.bundleIds = { master: pulumi.output(bundlePaths.master), media: pulumi.output(bundlePaths.media) };
    this.grants = { master: deliver("master"), media: deliver("media") };
    this.consoleUrl = pulumi.output(`ssh://${first.user}@${first.address}:${first.port}${bundlePaths.master}`);
    this.registerOutputs({ bundleIds: this.bundleIds, consoleUrl: this.consoleUrl });
  }
}
