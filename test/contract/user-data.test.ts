/**
 * What machines are told at their first boot: small enough for both clouds, the same program on every machine of a
 * kind, and only names and addresses.
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { Graph } from "../../rehearsal/graph";
import { inputsOf, ofType, onlyOne, unwrap } from "../support/graph-queries";
import { forEachCloudGraph, type MachineCloud, mastersIn } from "./examples";

/**
 * AWS takes 16 384 bytes before base64, so that masters fetch there what has no room; Azure takes 65 535 bytes of custom
 * data after decoding. The margin is for longer names and more settings.
 */
const limits = { aws: { most: 16384, wanted: 14000 }, azure: { most: 65535, wanted: 48000 } } as const;

interface Boot {
  readonly node: string;
  readonly base64: string;
  readonly role: "master" | "media";
}

function boots(graph: Graph, cloud: MachineCloud): Boot[] {
  const masters = ofType(
    graph,
    cloud === "aws" ? "aws:ec2/instance:Instance" : "azure-native:compute:VirtualMachine",
  ).map((each): Boot => {
    const inputs = inputsOf(each);
    const base64 = (cloud === "aws" ? inputs.userDataBase64 : inputs.osProfile.customData) as string;
    return { node: each.name, base64, role: "master" };
  });
  const media =
    cloud === "aws"
      ? inputsOf(onlyOne(graph, "aws:ec2/launchTemplate:LaunchTemplate")).userData
      : inputsOf(onlyOne(graph, "azure-native:compute:VirtualMachineScaleSet")).virtualMachineProfile.osProfile
          .customData;
  return [...masters, { node: "media", base64: media as string, role: "media" }];
}

interface CloudInit {
  readonly write_files: readonly { path: string; permissions: string; content: string; owner?: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

/** The cloud-init document inside user data. */
function documentOf({ base64 }: Boot): CloudInit {
  const text = gunzipSync(Buffer.from(base64, "base64")).toString("utf8");
  assert.ok(text.startsWith("#cloud-config\n"));
  return JSON.parse(text.slice("#cloud-config\n".length)) as CloudInit;
}

/** Names and values of a node's settings file. */
function settingsIn(boot: Boot): Record<string, string> {
  const file = documentOf(boot).write_files.find(({ path }) => path === "/etc/openvidu-node/node.env");
  assert.ok(file, `${boot.node} has no settings`);
  return Object.fromEntries(
    file.content
      .trimEnd()
      .split("\n")
      .map((line) => {
        const match = /^([A-Z0-9_]+)='([^']*)'$/.exec(line);
        assert.ok(match, line);
        return [match[1]!, match[2]!];
      }),
  );
}

forEachCloudGraph(
  "user data",
  (graph, example) => {
    const { cloud, stack } = example;

    it("is within the limits of its cloud, with room to spare", async () => {
      for (const boot of boots(await graph(), cloud)) {
        const bytes = Buffer.from(boot.base64, "base64").length;
        const { most, wanted } = limits[cloud];
        assert.ok(bytes < wanted && wanted < most, `${boot.node}: ${bytes} bytes`);
        assert.ok(bytes > 2000, `${boot.node}: ${bytes} bytes cannot hold the scripts`);
      }
    });

    it("is the same on all masters but for slot, disk and own names", async () => {
      const masters = boots(await graph(), cloud).filter(({ role }) => role === "master");
      assert.equal(masters.length, mastersIn(example));
      const programs = masters.map((boot) =>
        documentOf(boot).write_files.filter(({ path }) => !path.endsWith("node.env")),
      );
      for (const each of programs) assert.deepEqual(each, programs[0]);
      const settings = masters.map(settingsIn);
      const different = Object.keys(settings[0]!).filter((key) => new Set(settings.map((each) => each[key])).size > 1);
      assert.deepEqual(
        different.filter((key) => !["SLOT", "DATA_DISK"].includes(key)),
        [],
      );
      assert.deepEqual(
        settings.map(({ SLOT }) => SLOT),
        masters.map((_, index) => String(index + 1)),
      );
    });

    it("names the addresses of the masters' interfaces in slot order on every machine", async () => {
      const recorded = await graph();
      const addresses = (unwrap(recorded.outputs.masterAddresses) as string[]).join(",");
      for (const boot of boots(recorded, cloud)) assert.equal(settingsIn(boot).MASTER_IPS, addresses, boot.node);
      const ofInterfaces =
        cloud === "aws"
          ? ofType(recorded, "aws:ec2/networkInterface:NetworkInterface").map(
              ({ outputs }) => unwrap(outputs.privateIp) as string,
            )
          : ofType(recorded, "azure-native:network:NetworkInterface").map(
              ({ outputs }) =>
                (unwrap(outputs.ipConfigurations) as { privateIPAddress: string }[])[0]!.privateIPAddress,
            );
      assert.equal(ofInterfaces.join(","), addresses);
    });

    it("names the node's own bundle, group and cluster", async () => {
      const recorded = await graph();
      const group = unwrap(recorded.outputs.mediaGroup) as string;
      const ids = new Map<string, Set<string>>();
      for (const boot of boots(recorded, cloud)) {
        const settings = settingsIn(boot);
        assert.equal(settings.CLUSTER, `${recorded.project}-${stack}`);
        assert.equal(settings.CLOUD, cloud);
        assert.equal(settings.ROLE, boot.role);
        if (boot.role === "media") assert.equal(settings.GROUP_NAME, group);
        ids.set(boot.role, (ids.get(boot.role) ?? new Set()).add(settings.BUNDLE_ID!));
      }
      assert.equal(ids.get("master")?.size, 1);
      assert.equal(ids.get("media")?.size, 1);
      const [master, media] = [[...ids.get("master")!][0]!, [...ids.get("media")!][0]!];
      assert.match(
        master,
        cloud === "aws" ? /^arn:aws:secretsmanager:.*-master-/ : /^https:\/\/.*\/secrets\/bundle-master$/,
      );
      assert.match(
        media,
        cloud === "aws" ? /^arn:aws:secretsmanager:.*-media-/ : /^https:\/\/.*\/secrets\/bundle-media$/,
      );
    });

    it("puts files only where root alone can change them", async () => {
      for (const boot of boots(await graph(), cloud)) {
        for (const { path, permissions, owner } of documentOf(boot).write_files) {
          assert.match(permissions, /^0(600|644|700|755)$/, path);
          assert.equal(owner ?? "root:root", "root:root");
        }
      }
    });

    it("writes no crontab, and runs nothing at boot that would hold cloud-init up", async () => {
      for (const boot of boots(await graph(), cloud)) {
        const { write_files: files, runcmd } = documentOf(boot);
        assert.doesNotMatch(JSON.stringify(files), /crontab|cron\.d|crond/);
        const started = runcmd.filter((command) => command.includes("start"));
        assert.ok(started.length > 0 && started.every((command) => command.includes("--no-block")));
        assert.ok(files.some(({ path }) => path.endsWith(".service")));
      }
    });

    it("is for this cloud only", async () => {
      const other =
        cloud === "aws" ? /vault\.azure|X-aws-ec2.*Metadata: true/ : /X-aws-ec2-metadata-token|secretsmanager/;
      for (const boot of boots(await graph(), cloud)) assert.doesNotMatch(JSON.stringify(documentOf(boot)), other);
    });

    it("downloads nothing over plain HTTP, and pipes no download into a shell", async () => {
      for (const boot of boots(await graph(), cloud)) {
        const text = documentOf(boot)
          .write_files.map(({ content }) => content)
          .join("\n");
        const plain = [...text.matchAll(/http:\/\/[^\s"'`)]+/g)].map(([url]) => url);
        const local = /^http:\/\/(127\.0\.0\.1|169\.254\.169\.254|localhost|\$)/;
        assert.deepEqual(
          plain.filter((url) => !local.test(url)),
          [],
        );
        assert.doesNotMatch(text, /(curl|wget)[^\n|]*\|\s*(sudo\s+)?(ba|da|z)?sh\b/);
        assert.doesNotMatch(text, /^\s*set\s+-[a-z]*x/m);
      }
    });
  },
  { modes: ["up"] },
);
