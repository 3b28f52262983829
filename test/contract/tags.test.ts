/** Every resource that a cloud lets us label carries the cluster's labels, whoever creates it. */
import assert from "node:assert/strict";
import type { RecordedResource } from "../../rehearsal/graph";
import { inputsOf, isTaggable, ofType, onlyOne } from "../support/graph-queries";
import { forEachCloudGraph } from "./examples";

/** Labels as Auto Scaling groups have them, as an object. */
function tagsOf(resource: RecordedResource): Record<string, string> {
  const { tags } = inputsOf(resource);
  if (!Array.isArray(tags)) return (tags ?? {}) as Record<string, string>;
  return Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
}

forEachCloudGraph("tags", (graph, { cloud }) => {
  it("reach every resource whose type has them", async () => {
    const { resources, project, stack } = await graph();
    const taggable = resources.filter(
      ({ custom, type }) => custom && /^(aws|azure-native):/.test(type) && isTaggable(type),
    );
    assert.ok(taggable.length > (cloud === "aws" ? 40 : 12), `${taggable.length} taggable resources`);
    const bare = taggable.filter((resource) => {
      const tags = tagsOf(resource);
      return tags["openvidu-cluster"] !== `${project}-${stack}` || tags["managed-by"] !== "pulumi";
    });
    assert.deepEqual(
      bare.map(({ urn }) => urn),
      [],
    );
  });

  it("are read from the SDK, which knows both kinds of types", () => {
    const sure = {
      aws: ["aws:ec2/vpc:Vpc", "aws:ec2/route:Route"],
      azure: ["azure-native:compute:Disk", "azure-native:network:Subnet"],
    };
    assert.deepEqual(sure[cloud].map(isTaggable), [true, false]);
  });

  if (cloud === "aws") {
    it("reach what a group launches: machines by the group, disks and interfaces by the template", async () => {
      const recorded = await graph();
      const group = inputsOf(onlyOne(recorded, "aws:autoscaling/group:Group"));
      const tags = group.tags as { key: string; propagateAtLaunch: boolean }[];
      const propagated = tags.filter(({ propagateAtLaunch }) => propagateAtLaunch).map(({ key }) => key);
      assert.ok(propagated.includes("openvidu-cluster") && propagated.includes("managed-by"));
      const template = inputsOf(onlyOne(recorded, "aws:ec2/launchTemplate:LaunchTemplate"));
      const specified = template.tagSpecifications as { resourceType: string; tags: Record<string, string> }[];
      const labelled = specified
        .filter((each) => each.tags["openvidu-cluster"] === `${recorded.project}-${recorded.stack}`)
        .map(({ resourceType }) => resourceType);
      assert.ok(labelled.includes("volume") && labelled.includes("network-interface"), labelled.join());
    });

    it("reach the root disks of masters", async () => {
      const recorded = await graph();
      for (const master of ofType(recorded, "aws:ec2/instance:Instance")) {
        const { tags } = inputsOf(master).rootBlockDevice as { tags?: Record<string, string> };
        assert.equal(tags?.["openvidu-cluster"], `${recorded.project}-${recorded.stack}`, master.name);
      }
    });
  }
});
