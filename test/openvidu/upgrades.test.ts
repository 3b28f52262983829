import assert from "node:assert/strict";
import { releaseChain, upgradeHops, upgradePath } from "../../openvidu/upgrades";
import { defaultVersion, versionNames, versions } from "../../openvidu/versions";

const route = (from: string, to: string): string => {
  const path = upgradePath(from, to);
  return "hops" in path ? [from, ...path.hops.map((hop) => hop.to)].join(" ") : path.refusal;
};

describe("upgrade paths", () => {
  it("go through every release in between", () => {
    assert.equal(route("3.7.0", "3.8.0"), "3.7.0 3.8.0");
    assert.equal(route("3.5.0", "3.8.0"), "3.5.0 3.6.0 3.6.1 3.7.0 3.8.0");
  });

  it("stop at 3.5.0 on the way from 3.4.1", () => {
    assert.equal(route("3.4.1", "3.7.0"), "3.4.1 3.5.0 3.6.0 3.6.1 3.7.0");
  });

  it("lead from every release of the table to every later one", () => {
    for (const [index, from] of versionNames.entries()) {
      for (const to of versionNames.slice(index + 1))
        assert.equal(route(from, to), versionNames.slice(index, versionNames.indexOf(to) + 1).join(" "));
    }
  });

  it("are refused by name where there are none", () => {
    assert.equal(route("3.8.0", "3.8.0"), "same");
    assert.equal(route("3.8.0", "3.7.0"), "downgrade");
    assert.equal(route("3.7.0", "9.9.9"), "unknown");
    assert.equal(route("2.32.1", "3.8.0"), "unknown");
    assert.equal(route("3.4.0", "3.5.0"), "tooOld");
    assert.equal(route("3.3.0", "3.4.1"), "tooOld");
  });

  it("that are refused name the way to take", () => {
    const path = upgradePath("3.4.0", "3.6.0");
    assert.ok("message" in path);
    assert.match(path.message, /through 3\.4\.0, 3\.4\.1, 3\.5\.0, 3\.6\.0, and start the whole cluster at 3\.5\.0/);
  });
});

describe("the steps of an upgrade", () => {
  it("follow the vendor's order without a gap, up to the default release", () => {
    for (const { from, to } of upgradeHops)
      assert.equal(releaseChain.indexOf(to), releaseChain.indexOf(from) + 1, `${from} to ${to}`);
    assert.deepEqual(
      upgradeHops.slice(1).map(({ from }) => from),
      upgradeHops.slice(0, -1).map(({ to }) => to),
    );
    assert.equal(upgradeHops.at(-1)?.to, defaultVersion);
  });

  it("each run the script of the release that they lead to, over HTTPS, with a checksum and Docker of its own", () => {
    for (const hop of upgradeHops) {
      const tag = `v${hop.to.replaceAll(".", "\\.")}`;
      assert.match(hop.url, new RegExp(`^https://[^ ]+/${tag}/openvidu-deployment/update\\.sh$`));
      assert.match(hop.sha256, /^[0-9a-f]{64}$/);
      assert.equal(hop.docker, versions[hop.to].docker);
      assert.equal(hop.dockerCompose, versions[hop.to].dockerCompose);
    }
    assert.equal(new Set(upgradeHops.map(({ sha256 }) => sha256)).size, versionNames.length);
  });
});
