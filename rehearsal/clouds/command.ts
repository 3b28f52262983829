/**
 * The command provider. No machine is reached: what a command would have said is not known, and it always ends well.
 * Nothing exists outside of Pulumi's state.
 */
import type { CloudModel, Properties, ResourceModel, World } from "../model";
import { at, given, hexDigits, number, problems, text } from "./values";

const source = "github.com/pulumi/pulumi-command at v1.2.1, provider/pkg/provider";

/** ssh.ParseAuthorizedKey of golang.org/x/crypto/ssh: a kind and a base64 text. */
const publicKey = /^(?:ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: .*)?$/;

function connectionProblems({ connection }: Properties): string[] {
  const port = number(at(connection, "port"));
  const hostKey = text(at(connection, "hostKey"));
  return problems(
    !given(at(connection, "host")) && "Missing required property 'connection.host'",
    port !== undefined && (port < 1 || port > 65535) && `dial tcp: address ${port}: invalid port`,
    given(hostKey) && !publicKey.test(hostKey) && "failed to parse host key: ssh: no key found",
  );
}

function remoteCommandProblems(inputs: Properties): string[] {
  const logging = text(inputs.logging);
  return [
    ...connectionProblems(inputs),
    ...problems(
      given(logging) &&
        !["none", "stdout", "stderr", "stdoutAndStderr"].includes(logging) &&
        `logging must be one of none, stdout, stderr, stdoutAndStderr, got: ${logging}`,
    ),
  ];
}

/** resource.NewUniqueHex: the resource's name and eight digits, here the same ones whenever it is made. */
const idOf = (name: string, world: World): string => name + world.random(`${name}#command`, 8, hexDigits);

const remoteCommand: ResourceModel = {
  required: ["connection"],
  source: `${source}/remote/command.go and commandController.go; triggers: common/inputs.go`,
  // Any other change runs `update`, or `create` without one, on the machine that the new connection names.
  forcesReplacement: ["triggers"],
  secretOutputs: ["connection"],
  recomputed: ["stdout", "stderr"],
  check: remoteCommandProblems,
  create: (_inputs, world, { name }) => ({ id: idOf(name, world), outputs: { stdout: "", stderr: "" } }),
};

const copyToRemote: ResourceModel = {
  required: ["connection", "source", "remotePath"],
  source: `${source}/remote/copy.go and copyController.go`,
  forcesReplacement: ["triggers"],
  secretOutputs: ["connection"],
  check: connectionProblems,
  create: (_inputs, world, { name }) => ({ id: idOf(name, world), outputs: {} }),
};

export const command: CloudModel = {
  replacement: "givenName",
  keptInPreview: "all",
  stateOnly: true,
  resources: {
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
  invokes: {},
};
