import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { carriedPrograms, renderUserData, type NodeSpec } from "../../nodes/render";
import { nodeSettings, settingsFor } from "../../nodes/settings";
import { certificateTypes } from "../../openvidu/installer";
import { versionNames } from "../../openvidu/versions";
import { bundleOf, canRun, cloudConfig, nodeKinds, settingsOf, specOf, unpacked } from "./machine";

const script = (spec: NodeSpec, path: string) =>
  cloudConfig(spec).write_files.find((file) => file.path === path)?.content;

describe("user data", () => {
  for (const { cloud, role, edition } of nodeKinds) {
    describe(`of a ${role} node on ${cloud}${edition === "ha" ? "" : ` (${edition})`}`, () => {
      const spec = specOf(cloud, role, {}, { edition });
      const config = cloudConfig(spec);
      const content = new Map(config.write_files.map((file) => [file.path, file.content]));

      // Azure takes 64 KiB and so gets the programs of day 2 as well.
      const most = cloud === "aws" ? 14 : role === "master" ? 40 : 14;
      it(`stays below ${most} KiB in every release and with every certificate`, () => {
        for (const version of versionNames) {
          for (const certificate of certificateTypes) {
            const flags = specOf(cloud, role, {}, { edition, tls: "node", certificate }).installerFlags;
            const { bytes, base64 } = renderUserData({ ...spec, version, installerFlags: flags });
            assert.ok(bytes < most * 1024, `${bytes} bytes`);
            assert.equal(Buffer.from(base64, "base64").length, bytes);
          }
        }
      });

      it("is the same bytes each time, whatever the order of the settings", () => {
        const turned = Object.fromEntries(Object.entries(spec.settings).reverse());
        assert.equal(renderUserData({ ...spec, settings: turned }).base64, renderUserData(spec).base64);
        const header = Buffer.from(renderUserData(spec).base64, "base64").subarray(0, 10).toString("hex");
        assert.equal(header, "1f8b0800000000000203");
      });

      it("is a cloud-init document with Unix line ends", () => {
        const text = gunzipSync(Buffer.from(renderUserData(spec).base64, "base64")).toString();
        assert.ok(text.startsWith("#cloud-config\n"));
        assert.deepEqual(Object.keys(config), ["write_files", "runcmd"]);
        for (const file of config.write_files) {
          assert.ok(!file.content.includes("\r"), file.path);
          assert.ok(file.content.endsWith("\n"), file.path);
          assert.match(file.permissions, /^0(600|644|755)$/);
          assert.equal(file.owner, "root:root");
        }
      });

      it("has every program and unit that it names, and none that it does not", () => {
        const carried = carriedPrograms(spec);
        const later = carried ? unpacked(carried) : [];
        const texts = [...content.values(), ...later.map((file) => file.content), JSON.stringify(config.runcmd)].join(
          "\n",
        );
        const library = "/usr/local/lib/openvidu-node";
        const named = [...texts.matchAll(/(?:\$NODE_LIB|\/usr\/local\/lib\/openvidu-node)\/([\w.-]+)/g)].map(
          ([, name]) => name!,
        );
        const imported = [...texts.matchAll(/^\s*from (\w+) import/gm)].map(([, name]) => `${name}.py`);
        const present = [...content.keys(), ...later.map(({ path }) => path)]
          .filter((path) => path.startsWith(library))
          .map((path) => path.slice(library.length + 1));
        // Guarded by DATA_DISK and PROGRAMS, which media nodes do not have, and by ROLE in what both roles of Azure have.
        const elsewhere =
          role === "media"
            ? ["data-disk.sh", "store.py", "lock.py", "join.sh", "apply-running.sh"]
            : { aws: [], azure: ["heartbeat.py"], onprem: ["data-disk.sh"] }[cloud];
        const wanted = new Set([...named, ...imported, "common.sh"].filter((name) => !elsewhere.includes(name)));
        assert.deepEqual([...wanted].sort(), present.sort());
        for (const unit of config.runcmd.flat().filter((word) => /^openvidu-.*\.(service|timer)$/.test(word))) {
          assert.ok(content.has(`/etc/systemd/system/${unit}`), unit);
        }
      });

      it("holds only what this cloud and role need", () => {
        const all = [...content.values()].join("\n");
        assert.equal(all.includes("SetInstanceHealth"), cloud === "aws");
        assert.equal(all.includes("IDENTITY_CLIENT_ID"), cloud === "azure");
        assert.equal(content.has("/etc/systemd/system/openvidu-drain.service"), role === "media");
        assert.equal(all.includes("mkfs"), role === "master" && cloud !== "onprem");
        assert.equal(content.has("/usr/local/bin/openvidu-drain"), role === "media" && cloud === "onprem");
      });

      it("starts its units without waiting for them, and each of them at every boot", () => {
        const [reload, enable, start] = config.runcmd;
        assert.deepEqual(reload, ["systemctl", "daemon-reload"]);
        assert.deepEqual(enable?.slice(0, 3), ["systemctl", "enable", "openvidu-refresh.service"]);
        assert.deepEqual(start?.slice(0, 3), ["systemctl", "start", "--no-block"]);
        assert.deepEqual(start?.slice(3), enable?.slice(3));
        assert.ok(start?.includes("openvidu-boot.service"));
        assert.equal(start?.includes("openvidu-drain.service"), role === "media");
      });

      it("keeps the settings and tables for root", () => {
        for (const path of ["/etc/openvidu-node/node.env", "/etc/openvidu-node/tables.json"]) {
          assert.equal(config.write_files.find((file) => file.path === path)?.permissions, "0600");
        }
      });

      it("tells the node which bundle keys it cannot do without", () => {
        const tables = JSON.parse(content.get("/etc/openvidu-node/tables.json")!) as { required: string[] };
        const given = Object.keys(bundleOf(cloud, role, edition));
        assert.deepEqual(
          tables.required.filter((key) => !given.includes(key)),
          [],
        );
        assert.deepEqual(
          given.filter((key) => !tables.required.includes(key)),
          role === "media" ? ["ENABLED_MODULES"] : [],
        );
      });

      it("can do without a domain of TURN's own, also where it was installed with one", () => {
        const flags = { tls: "node", certificate: "owncert", turnDomain: true } as const;
        const tables = script(specOf(cloud, role, {}, flags), "/etc/openvidu-node/tables.json")!;
        const { required } = JSON.parse(tables) as { required: string[] };
        assert.equal(tables.includes('"--turn-domain-name"'), role === "master");
        assert.deepEqual(
          required.filter((key) => key.includes("TURN")),
          [],
        );
      });

      it("has programs that mean the same as their sources", function () {
        this.timeout(20000);
        for (const [path, text] of content) {
          if (path.endsWith(".sh") || /openvidu-(status|drain)$/.test(path)) assertSameShell(path, text);
          if (path.endsWith(".py")) assertSamePython(path, text, cloud);
        }
      });

      it("has shell programs that are in strict mode before their first command and never trace", () => {
        for (const [path, text] of content) {
          if (!text.startsWith("#!")) continue;
          assert.equal(text.split("\n")[1], "set -Eeuo pipefail", path);
          assert.doesNotMatch(text, /set -\w*x|xtrace|bash -\w*x|crontab|crond/);
        }
      });

      for (const { key } of settingsFor(cloud, role).filter(
        (setting) => !setting.optional && setting.from !== "renderer",
      )) {
        it(`is refused without ${key}`, () => {
          const { [key]: _, ...rest } = settingsOf(cloud, role);
          assert.throws(() => renderUserData({ ...spec, settings: rest }), {
            message: new RegExp(`"${key}" is missing`),
          });
        });
      }
    });
  }

  it("carries any setting to the shell unchanged", function () {
    if (!canRun("bash")) return this.skip();
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 30 }), (value) => {
        fc.pre(!/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value));
        const env = script(specOf("aws", "media", { GROUP_NAME: value }), "/etc/openvidu-node/node.env")!;
        const read = spawnSync("bash", ["-c", `${env}\nprintf %s "$GROUP_NAME"`], { encoding: "utf8" });
        assert.equal(read.stdout, value);
      }),
      { numRuns: 40, examples: [["a'b\"c$(id)`id`\\ !&|"]] },
    );
  });

  it("is refused with a control character in a value, and the message does not repeat the value", () => {
    for (const char of ["\n", "\r", "\0", "\x1b", "\u0085", "\u2028"]) {
      assert.throws(
        () => renderUserData(specOf("aws", "media", { GROUP_NAME: `hush${char}` })),
        (error: Error) => {
          assert.match(error.message, /"GROUP_NAME" has a control character/);
          return !error.message.includes("hush");
        },
      );
    }
  });

  it("is refused with an unknown key, also one that a shell would take as code", () => {
    for (const key of ["MASTERS_IPS", "A=$(id)\nB", "PATH", "LAUNCH_HOOK"]) {
      assert.throws(
        () => renderUserData(specOf("azure", "master", { [key]: "x" })),
        /is not a setting of a master node on azure/,
      );
    }
  });

  it("is refused when it would be larger than the cloud takes", () => {
    const noise = Array.from({ length: 9000 }, (_, index) => ((index * 7919 * (index % 97)) % 65521).toString(36)).join(
      "",
    );
    assert.throws(() => renderUserData(specOf("aws", "media", { GROUP_NAME: noise })), /bytes; aws takes 16384/);
  });

  it("is refused with an installer flag that the vendor's script would split", () => {
    const flags = { additionalFlags: ["--a b"] };
    assert.throws(() => renderUserData(specOf("aws", "master", {}, flags)), /installer flag "--a b" has a character/);
  });

  it("gives a value of the pools precedence over the renderer's own", () => {
    assert.match(script(specOf("aws", "master"), "/etc/openvidu-node/node.env")!, /^BOOT_TIMEOUT_SECONDS='2700'$/m);
    const given = specOf("aws", "master", { BOOT_TIMEOUT_SECONDS: "600" });
    assert.match(script(given, "/etc/openvidu-node/node.env")!, /^BOOT_TIMEOUT_SECONDS='600'$/m);
  });

  it("knows from the installer's flags who ends TLS", () => {
    for (const tls of ["node", "loadBalancer"] as const) {
      const env = script(specOf("aws", "master", {}, { tls }), "/etc/openvidu-node/node.env")!;
      assert.match(env, new RegExp(`^TLS_MODE='${tls}'$`, "m"));
    }
  });

  it("differs between masters only in slot and disk", () => {
    const [one, two] = ["1", "2"].map((SLOT) =>
      cloudConfig(specOf("aws", "master", { SLOT, DATA_DISK: `vol-${SLOT}` })),
    );
    const differing = one!.write_files.filter((file, index) => file.content !== two!.write_files[index]?.content);
    assert.deepEqual(
      differing.map((file) => file.path),
      ["/etc/openvidu-node/node.env"],
    );
  });

  it("fetches nothing executable over plain http and pipes no download into a shell", () => {
    for (const { cloud, role } of nodeKinds) {
      for (const { content } of cloudConfig(specOf(cloud, role)).write_files) {
        const plain = [...content.matchAll(/http:\/\/[^\s"']*/g)].map(([url]) => url);
        assert.deepEqual(
          plain.filter((url) => !/^http:\/\/(127\.0\.0\.1|169\.254\.169\.254)/.test(url)),
          [],
        );
        assert.doesNotMatch(content, /(curl|wget)[^\n]*\|\s*(ba)?sh\b|\bpip\b/);
      }
    }
  });
});

describe("the table of node settings", () => {
  it("has each key once for a machine, in a form that a shell can assign", () => {
    const keys = nodeSettings.map(({ key }) => key);
    for (const { cloud, role } of nodeKinds) {
      const own = settingsFor(cloud, role).map(({ key }) => key);
      assert.equal(new Set(own).size, own.length, `${role} on ${cloud}`);
    }
    assert.deepEqual(
      keys.filter((key) => !/^[A-Z][A-Z0-9_]*$/.test(key)),
      [],
    );
  });

  it("is the one in nodes/README.md", () => {
    const readme = readFileSync(join(__dirname, "../../nodes/README.md"), "utf8");
    const lines = readme.split("\n").filter((line) => /^\| `[A-Z0-9_]+` +\|/.test(line));
    const rows = lines.map((line) =>
      line
        .replaceAll("`", "")
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim())
        .join(" | "),
    );
    const expected = nodeSettings.map((setting) => {
      const where = `${setting.roles?.join() ?? "both"} | ${setting.clouds?.join() ?? "all"} | ${setting.from}`;
      return `${setting.key} | ${where}${setting.optional ? ", optional" : ""} | ${setting.meaning}`;
    });
    assert.deepEqual(rows, expected);
  });
});

describe("the shell scripts of nodes", () => {
  it("pass shellcheck", function () {
    this.timeout(60000);
    if (!canRun("shellcheck")) {
      console.warn("      skipped: no shellcheck here");
      return this.skip();
    }
    const sources = "lib/*.sh clouds/*.sh jobs/*.sh";
    const check = spawnSync("bash", ["-c", `shellcheck -e SC1091 ${sources}`], {
      cwd: join(__dirname, "../../nodes"),
      encoding: "utf8",
    });
    assert.equal(check.stdout, "");
    assert.equal(check.status, 0);
  });
});

const compared = new Set<string>();

/** Most files are the same on every machine and need to be looked at once. */
function isNew(text: string): boolean {
  return !compared.has(text) && compared.add(text) !== undefined;
}

function assertSameShell(path: string, text: string): void {
  if (!isNew(text)) return;
  const syntax = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  assert.equal(syntax.stderr, "", path);
  const name = path.split("/").pop()!;
  const cloudFile =
    name === "cloud.sh"
      ? `clouds/${text.includes("own-termination") ? "azure" : text.includes("PRIVATE_ADDRESS") ? "onprem" : "aws"}.sh`
      : undefined;
  const source = readFileSync(
    join(
      __dirname,
      "../../nodes",
      cloudFile ??
        (["common.sh", "masters.sh"].includes(name)
          ? `lib/${name}`
          : `jobs/${name.replace("openvidu-status", "status.sh").replace("openvidu-drain", "drain-now.sh")}`),
    ),
    "utf8",
  );
  const printed = [source, text].map((input) => spawnSync("bash", ["--pretty-print"], { input, encoding: "utf8" }));
  // bash before 5.2 cannot print; the syntax check above has been made all the same.
  const [expected, actual] = printed.map(({ stdout }) => stdout.replace(/\n+/g, "\n").trim());
  if (printed[0]!.status === 0) assert.equal(actual, expected, path);
}

function assertSamePython(path: string, text: string, cloud: string): void {
  if (!canRun("python3") || !isNew(text)) return;
  const name = path.split("/").pop()!;
  const source = readFileSync(
    join(__dirname, "../../nodes", name === "cloud.py" ? `clouds/${cloud}.py` : `lib/${name}`),
    "utf8",
  );
  const program =
    "import ast, sys; a, b = sys.stdin.read().split('\\0'); sys.exit(ast.dump(ast.parse(a)) != ast.dump(ast.parse(b)))";
  assert.equal(
    spawnSync("python3", ["-c", program], { input: `${source}\0${text}`, encoding: "utf8" }).status,
    0,
    path,
  );
}
