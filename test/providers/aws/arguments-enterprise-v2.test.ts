import assert from "node:assert/strict";
import { longestHoldSeconds, type MediaGroupArgs } from "../../../components/enterprise-v2/media-group";
import { processorProblems } from "../../../components/enterprise-v2/server-group";
import { vendorImageProblems } from "../../../providers/aws/enterprise-v2/images";
import { validateAwsMediaGroup } from "../../../providers/aws/enterprise-v2/media-group";
import { heartbeat } from "../../../providers/aws/group";

const image = { id: "ami-0123456789abcdef0" };
const instanceType = "c5.xlarge";

// The validators read plain values only; what they do not read is left out.
const media = {
  ...{ region: "eu-west-1", scope: "", tags: {}, deletionProtection: true },
  ...{ image, instanceType, diskGiB: 50, groupName: "media", min: 1, desired: 1, max: 4 },
  ...{ scaleUpCpuPercent: 70, scaleDownCpuPercent: 30, drainTimeoutSeconds: 900 },
} as unknown as MediaGroupArgs;

describe("arguments of the AWS roles of Enterprise v2", () => {
  it("hold a node for as long as a hook of AWS can, and as long as the config may ask for", () => {
    const problemsOf = (drainTimeoutSeconds: number) => validateAwsMediaGroup({ ...media, drainTimeoutSeconds });
    for (const fits of [heartbeat.least, 900, longestHoldSeconds]) assert.deepEqual(problemsOf(fits), []);
    for (const wrong of [heartbeat.least - 1, longestHoldSeconds + 1]) {
      assert.deepEqual(problemsOf(wrong), [
        { path: "media.drainTimeoutSeconds", reason: "must lie between 30 and 7200 seconds" },
      ]);
    }
    assert.ok(longestHoldSeconds <= heartbeat.most);
  });

  it("name images by the config keys that they come from", () => {
    for (const [path, key] of [
      ["masters", "images.masterId"],
      ["media", "images.mediaId"],
    ] as const) {
      assert.deepEqual(vendorImageProblems(path, { image, instanceType }), []);
      assert.deepEqual(vendorImageProblems(path, { image: { id: "latest" }, instanceType }), [
        { path: key, reason: '"latest" is not an AMI id; write it like ami-0123456789abcdef0' },
      ]);
    }
  });

  it("name machines for x86, in the words of the config's check", () => {
    const found = vendorImageProblems("media", { image, instanceType: "c7g.xlarge" });
    assert.deepEqual(found, processorProblems("media", "c7g.xlarge", "arm64"));
    assert.deepEqual(
      found.map(({ path }) => path),
      ["media.instanceType"],
    );
    assert.deepEqual(processorProblems("media", instanceType, "amd64"), []);
  });
});
