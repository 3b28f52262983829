/**
 * What holds data, an address or an identity is hard to lose: kept on destroy, refused to be replaced, encrypted. What
 * a machine is made from stays as it was until that machine's turn comes.
 */
import assert from "node:assert/strict";
import type { ClusterEdition } from "../../openvidu/editions";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { inputsOf, isBelow, ofType, onlyOne } from "../support/graph-queries";
import { forEachCloudGraph, type MachineCloud, mastersIn } from "./examples";

interface Keeping {
  readonly type: string;
  /** Whether Pulumi leaves it alone on destroy. */
  readonly kept: boolean;
  /** Whether deletion and replacement are refused unless the stack's config says otherwise. */
  readonly protected: boolean;
  /** The edition that has it. @default both */
  readonly only?: ClusterEdition;
}

/** Types with data, addresses or credentials, and how each is kept. */
/* prettier-ignore */
const keeping: Readonly<Record<MachineCloud, readonly Keeping[]>> = {
  aws: [
    { type: "aws:ebs/volume:Volume", kept: true, protected: true },
    { type: "aws:s3/bucket:Bucket", kept: true, protected: true },
    { type: "aws:secretsmanager/secret:Secret", kept: false, protected: true },
    { type: "aws:ec2/networkInterface:NetworkInterface", kept: false, protected: true },
    { type: "aws:lb/loadBalancer:LoadBalancer", kept: false, protected: true, only: "ha" },
    { type: "aws:ec2/eip:Eip", kept: false, protected: true, only: "elastic" },
    { type: "aws:ec2/vpc:Vpc", kept: false, protected: true },
    { type: "random:index/randomPassword:RandomPassword", kept: false, protected: true },
  ],
  azure: [
    { type: "azure-native:compute:Disk", kept: true, protected: true },
    { type: "azure-native:storage:StorageAccount", kept: true, protected: true },
    { type: "azure-native:storage:BlobContainer", kept: true, protected: true },
    { type: "azure-native:storage:BlobServiceProperties", kept: true, protected: false },
    { type: "azure-native:keyvault:Vault", kept: false, protected: true },
    { type: "azure-native:network:NetworkInterface", kept: false, protected: true },
    { type: "azure-native:network:PublicIPAddress", kept: false, protected: true },
    { type: "random:index/randomPassword:RandomPassword", kept: false, protected: true },
  ],
};

/** TURN's own load balancer goes with its domain, which no release after 3.5 has a place for. */
const goesWithTurn: ReadonlySet<string> = new Set(["openvidu-turn"]);

const machineType = { aws: "aws:ec2/instance:Instance", azure: "azure-native:compute:VirtualMachine" } as const;

function masters(graph: Graph, cloud: MachineCloud): RecordedResource[] {
  return ofType(graph, machineType[cloud]);
}

forEachCloudGraph("data", (graph, { cloud, edition, stack }) => {
  const hasOwnStorage = !stack.endsWith("-production");

  it("is kept on destroy, and protected from deletion and replacement", async () => {
    const recorded = await graph();
    for (const { type, kept, only, protected: shielded } of keeping[cloud]) {
      const resources = ofType(recorded, type);
      for (const { options, name } of resources) {
        if (kept) assert.equal(options.retainOnDelete, true, `${name} is deleted on destroy`);
        if (shielded && !goesWithTurn.has(name)) assert.equal(options.protect, true, `${name} is not protected`);
      }
      const isThere = hasOwnStorage && (only === undefined || only === edition);
      if (isThere) assert.ok(resources.length > 0, `there is no ${type}`);
    }
  });

  it("belongs to a slot, not to a machine: no machine deletes its data disk or address", async () => {
    const recorded = await graph();
    for (const master of masters(recorded, cloud)) {
      const inputs = inputsOf(master);
      if (cloud === "aws") {
        assert.deepEqual(inputs.ebsBlockDevices ?? [], [], "a disk of the machine's own holds data");
        assert.ok(inputs.primaryNetworkInterface, master.name);
      } else {
        const disks = inputs.storageProfile.dataDisks as { createOption: string; deleteOption: string }[];
        assert.deepEqual(
          disks.map(({ createOption, deleteOption }) => [createOption, deleteOption]),
          [["Attach", "Detach"]],
        );
        const [nic] = inputs.networkProfile.networkInterfaces as { deleteOption: string }[];
        assert.equal(nic?.deleteOption, "Detach");
        assert.equal(inputs.storageProfile.osDisk.deleteOption, "Delete");
      }
    }
  });

  it("machines are made anew only when their slot's generation is raised", async () => {
    const recorded = await graph();
    const frozen = {
      aws: ["ami", "instanceType", "userDataBase64"],
      azure: ["storageProfile.imageReference", "hardwareProfile", "osProfile"],
    };
    for (const { options, name } of masters(recorded, cloud)) {
      for (const input of frozen[cloud]) {
        const covered = options.ignoreChanges.some(
          (path) => path === input || input.startsWith(`${path}.`) || path.startsWith(`${input}.`),
        );
        assert.ok(covered, `${name}: ${input} is not frozen, only ${options.ignoreChanges.join()}`);
      }
      assert.equal(typeof options.replacementTrigger, "number", `${name} has no trigger`);
      assert.equal(options.deleteBeforeReplace, true, `${name} would need its address twice`);
    }
  });
});

forEachCloudGraph("encryption", (graph, example) => {
  const { cloud, stack } = example;
  // Each master has a root and a data disk, and one template is for all media nodes.
  const diskCount = 2 * mastersIn(example) + 1;
  const ownKey = stack.endsWith("-production");

  if (cloud === "aws") {
    it("is on for every disk, with the configured key where there is one", async () => {
      const recorded = await graph();
      const volumes = ofType(recorded, "aws:ebs/volume:Volume").map(inputsOf);
      const roots = ofType(recorded, "aws:ec2/instance:Instance").map(
        (each) => inputsOf(each).rootBlockDevice as Record<string, unknown>,
      );
      const template = inputsOf(onlyOne(recorded, "aws:ec2/launchTemplate:LaunchTemplate"));
      const launched = (template.blockDeviceMappings as { ebs: Record<string, unknown> }[]).map(({ ebs }) => ebs);
      const disks = [...volumes, ...roots, ...launched];
      assert.equal(disks.length, diskCount);
      for (const disk of disks) {
        assert.equal(String(disk.encrypted), "true");
        if (ownKey) assert.match(String(disk.kmsKeyId), /^arn:aws:kms:/);
        assert.equal(disk.volumeType ?? disk.type, "gp3");
      }
    });

    it("is on for every bucket, with the configured key where there is one", async () => {
      const recorded = await graph();
      const buckets = ofType(recorded, "aws:s3/bucket:Bucket");
      const rules = ofType(
        recorded,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ).map((each) => inputsOf(each).rules[0].applyServerSideEncryptionByDefault as Record<string, string>);
      assert.equal(rules.length, buckets.length);
      for (const rule of rules) assert.equal(rule.sseAlgorithm, ownKey ? "aws:kms" : "AES256");
    });
  } else {
    it("is at rest with the configured disk encryption set where there is one", async () => {
      const recorded = await graph();
      const data = ofType(recorded, "azure-native:compute:Disk").map((disk) => inputsOf(disk).encryption);
      const roots = ofType(recorded, "azure-native:compute:VirtualMachine").map(
        (vm) => inputsOf(vm).storageProfile.osDisk.managedDisk.diskEncryptionSet,
      );
      const group = inputsOf(onlyOne(recorded, "azure-native:compute:VirtualMachineScaleSet"));
      roots.push(group.virtualMachineProfile.storageProfile.osDisk.managedDisk.diskEncryptionSet);
      assert.equal(data.length + roots.length, diskCount);
      for (const id of [...data.map((each) => each?.diskEncryptionSetId), ...roots.map((each) => each?.id)]) {
        if (ownKey) assert.match(String(id), /\/diskEncryptionSets\//);
        else assert.equal(id, undefined);
      }
    });
  }

  it("covers nothing outside the two pools, because no other disks exist", async () => {
    const recorded = await graph();
    const disks = recorded.resources.filter(({ type }) => /:(Volume|Disk)$/.test(type));
    assert.ok(disks.every((disk) => isBelow(recorded, disk, "openvidu:index:MasterPool")));
  });
});
