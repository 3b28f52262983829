import assert from "node:assert/strict";
import { defaultImageVersions, imageParameter, imageProblems } from "../../../providers/aws/images";
import { architectureOf, isGpu, isInstanceType } from "../../../providers/aws/instance-types";
import { consoleUrl, regionNames, zonesOf } from "../../../providers/aws/regions";

/** Families of reference/aws-reference.md 1.4: what the official templates accept, and how they read them. */
const graviton =
  "t4g c6g c6gd c6gn c7g c7gd c7gn c8g c8gd m6g m6gd m7g m7gd m8g m8gd r6g r6gd r7g r7gd r8g g5g p6e-gb200".split(" ");
const nvidia = "g4dn g5 g5g g6 g6e g6f gr6 gr6f g7e p4d p4de p5 p5e p5en p6-b200 p6-b300 p6e-gb200".split(" ");
const others =
  "t3 t3a c5 c5a c5ad c5d c5n c6a c6i c6id c6in c7a c7i c7i-flex m6a m6i m6id m6idn m6in m7a m7i m7i-flex".split(" ");
const families = [...new Set([...graviton, ...nvidia, ...others])];

describe("EC2 instance types", () => {
  it("are arm64 exactly where the official templates say Graviton", () => {
    const arm = families.filter((family) => architectureOf(`${family}.xlarge`) === "arm64");
    assert.deepEqual(arm.sort(), [...graviton].sort());
  });

  it("have a GPU exactly where the official templates say Nvidia", () => {
    assert.deepEqual(families.filter((family) => isGpu(`${family}.xlarge`)).sort(), [...nvidia].sort());
  });

  it("do not take AMD's GPUs for Nvidia's, nor the first Graviton for an Intel", () => {
    assert.equal(isGpu("g4ad.xlarge"), false);
    assert.equal(architectureOf("a1.xlarge"), "arm64");
    assert.equal(architectureOf("g4dn.xlarge"), "amd64");
  });

  it("are told by their shape", () => {
    const sizes = ["nano", "large", "xlarge", "2xlarge", "48xlarge", "metal", "metal-48xl"];
    for (const family of families)
      for (const size of sizes) assert.ok(isInstanceType(`${family}.${size}`), `${family}.${size}`);
    for (const text of [
      "c6a",
      "c6a.",
      ".xlarge",
      "c6a.huge",
      "C6A.xlarge",
      "c6a.0xlarge",
      "Standard_D4s_v5",
      "c6a.xlarge ",
    ]) {
      assert.equal(isInstanceType(text), false, text);
    }
  });
});

describe("AWS regions", () => {
  it("know the zones of a region by their full names", () => {
    assert.deepEqual(zonesOf("eu-west-1"), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    assert.deepEqual(zonesOf("ca-central-1"), ["ca-central-1a", "ca-central-1b", "ca-central-1d"]);
    assert.equal(zonesOf("us-east-1").length, 6);
    assert.deepEqual(zonesOf("eu-west-9"), []);
    assert.deepEqual(zonesOf("toString"), []);
  });

  it("have two zones at least, all different", () => {
    for (const region of regionNames) {
      assert.ok(zonesOf(region).length >= 2, region);
      assert.equal(new Set(zonesOf(region)).size, zonesOf(region).length);
    }
  });

  it("have their consoles in their partition (AWS-A-13)", () => {
    assert.equal(consoleUrl("aws", "eu-west-1", "x"), "https://eu-west-1.console.aws.amazon.com/x");
    assert.equal(consoleUrl("aws-cn", "cn-north-1", "x"), "https://cn-north-1.console.amazonaws.cn/x");
    assert.equal(
      consoleUrl("aws-us-gov", "us-gov-west-1", "x"),
      "https://us-gov-west-1.console.amazonaws-us-gov.com/x",
    );
  });
});

describe("AWS images", () => {
  const image = { release: "24.04", architecture: "amd64", version: "20261004" } as const;

  it("come from Canonical's dated parameters, never from the current one (AWS-W-3)", () => {
    assert.equal(
      imageParameter(image),
      "/aws/service/canonical/ubuntu/server/24.04/stable/20261004/amd64/hvm/ebs-gp3/ami-id",
    );
    assert.equal(
      imageParameter({ release: "22.04", architecture: "arm64", version: "20261001" }),
      "/aws/service/canonical/ubuntu/server/22.04/stable/20261001/arm64/hvm/ebs-gp2/ami-id",
    );
  });

  it("have a default serial for each release that passes the check", () => {
    for (const release of ["22.04", "24.04"] as const) {
      const version = defaultImageVersions[release];
      assert.deepEqual(imageProblems({ release, architecture: "amd64", version }, "c6a.xlarge", "masters"), []);
    }
  });

  it("refuse what is not a dated serial", () => {
    for (const version of ["current", "latest", "2026", "", undefined]) {
      const problems = imageProblems({ ...image, version }, "c6a.xlarge", "masters");
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["masters.image.version"],
        version,
      );
    }
    assert.deepEqual(imageProblems({ ...image, version: "20240423.1" }, "c6a.xlarge", "masters"), []);
  });

  it("refuse the wrong architecture", () => {
    assert.deepEqual(imageProblems(image, "c7g.xlarge", "media"), [
      { path: "media.image.architecture", reason: "c7g.xlarge needs an arm64 image, not amd64" },
    ]);
  });

  it("want an AMI id for GPU types, and say where to read it", () => {
    const [problem] = imageProblems(image, "g4dn.xlarge", "media");
    assert.equal(problem?.path, "media.image.id");
    assert.match(
      problem.reason,
      /\/aws\/service\/deeplearning\/ami\/x86_64\/base-oss-nvidia-driver-gpu-ubuntu-24\.04\/latest\/ami-id/,
    );
    assert.match(imageProblems(image, "g5g.xlarge", "media")[0]!.reason, /\/ami\/arm64\//);
    assert.deepEqual(imageProblems({ ...image, id: "ami-0123456789abcdef0" }, "g4dn.xlarge", "media"), []);
  });

  it("refuse what is not an AMI id", () => {
    assert.equal(imageProblems({ ...image, id: "ami-latest" }, "c6a.xlarge", "media")[0]?.path, "media.image.id");
  });
});
