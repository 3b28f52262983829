/**
 * The generated pages say everything that the data says, and a page that has fallen behind is noticed.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { editionTitles } from "../../openvidu/editions";
import { allFlows } from "../../openvidu/flows";
import { installerFlags } from "../../openvidu/installer";
import { fixedAccounts, generatedSecrets } from "../../openvidu/secrets";
import { versionNames, versions } from "../../openvidu/versions";
import { docsPages } from "../../scripts/generate-docs";
import { staleFiles, writeOrCheck } from "../../scripts/generated-files";

const pages = docsPages();

function rowsOf(page: string): string[][] {
  const text = pages[page];
  assert.ok(text, `${page} is not generated`);
  return text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | "));
}

describe("generated pages", () => {
  it("list every flow once, in table order", () => {
    const ids = rowsOf("docs/flows.md").map(([id]) => id);
    const expected = allFlows.map(({ id }) => `\`${id}\``);
    assert.deepEqual(
      ids.filter((id) => expected.includes(id ?? "")),
      expected,
    );
  });

  it("say when a flow applies", () => {
    const row = rowsOf("docs/flows.md").find(([id]) => id === "`meet-old-media`");
    assert.deepEqual(row?.slice(1, 5), ["media", "master", "6080/tcp", "module `openviduMeet`; before 3.6.0"]);
  });

  it("name the editions of a flow that not all of OpenVidu 3 have", () => {
    const when = (id: string): string | undefined =>
      rowsOf("docs/flows.md").find(([cell]) => cell === `\`${id}\``)?.[4];
    assert.equal(when("redis-master"), "High Availability");
    assert.equal(when("redis-media-single"), "Elastic");
    assert.equal(when("v2-server"), "Enterprise v2");
    assert.equal(when("api-media"), "always");
    assert.equal(when("direct-http"), "clients reach the masters themselves (DNS round robin, Elastic)");
    for (const { id, when: condition } of allFlows) {
      const [only, ...others] = condition.edition ?? [];
      const title = only && others.length === 0 ? editionTitles[only] : "";
      assert.ok(when(id)?.startsWith(title), id);
    }
  });

  it("list every installer flag with the certificate or cloud that it is for", () => {
    const rows = rowsOf("docs/installer.md");
    const used = installerFlags({
      cloud: "azure",
      edition: "ha",
      role: "master",
      tls: "node",
      certificate: "owncert",
      additionalFlags: [],
    });
    for (const { flag } of used)
      assert.ok(
        rows.some(([cell]) => cell === `\`${flag}\``),
        flag,
      );
    assert.ok(rows.some((row) => row.join() === "`--environment`,`azure`,cloud `azure`"));
    assert.ok(rows.some((row) => row.join() === "`--certificate-type`,`owncert`,certificate `owncert`"));
    assert.ok(rows.some((row) => row.join() === "`--internal-tls-termination`,(no value),TLS ends on the masters"));
  });

  it("list every credential and no generated value", () => {
    const keys = rowsOf("docs/secrets.md").map(([key]) => key);
    for (const key of [...generatedSecrets.map((row) => row.key), ...Object.keys(fixedAccounts)]) {
      assert.ok(keys.includes(`\`${key}\``), key);
    }
  });

  it("list every release with the hashes of its scripts", () => {
    const text = pages["docs/versions.md"] ?? "";
    for (const name of versionNames) {
      assert.ok(text.includes(versions[name].docker), name);
      assert.ok(text.includes(versions[name].installers.ha.master.sha256), name);
      assert.ok(text.includes(versions[name].installers.ha.media.sha256), name);
    }
  });
});

describe("writing and checking generated files", () => {
  const files = { "docs/one.md": "one\n", "two.md": "two\n" };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "openvidu-generated-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("writes what is missing and finds nothing stale afterwards", () => {
    assert.deepEqual(staleFiles(files, folder), ["docs/one.md", "two.md"]);
    assert.equal(writeOrCheck(files, folder, []), 0);
    assert.deepEqual(staleFiles(files, folder), []);
    assert.equal(writeOrCheck(files, folder, ["--check"]), 0);
  });

  it("refuses a file that was edited, and leaves it alone", () => {
    writeOrCheck(files, folder, []);
    writeFileSync(path.join(folder, "two.md"), "edited\n");
    assert.equal(writeOrCheck(files, folder, ["--check"]), 1);
    assert.equal(readFileSync(path.join(folder, "two.md"), "utf8"), "edited\n");
  });
});
