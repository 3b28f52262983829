import assert from "node:assert/strict";
import { clusterOf, clusterTags, type Tags } from "../../components/tags";

describe("labels", () => {
  it("say whose a resource is, whatever the operator's own say", () => {
    const custom = { team: "video", "openvidu-cluster": "another" };
    const tags = clusterTags({ project: "openvidu", stack: "acme", custom });
    assert.deepEqual(tags, { team: "video", "openvidu-cluster": "openvidu-acme", "managed-by": "pulumi" });
    assert.equal(clusterOf(tags), "openvidu-acme");
  });

  it("are refused where they do not, for rights that go by an empty label would fit nothing", () => {
    const unlabelled: readonly Tags[] = [{}, { team: "video" }, { "openvidu-cluster": "" }];
    for (const tags of unlabelled) {
      assert.throws(() => clusterOf(tags), /no openvidu-cluster/);
    }
  });
});
