import assert from "node:assert/strict";
import { clusterEditions, nodeRoles } from "../../openvidu/editions";
import { type InstallerContext, type InstallerFlag, installerFlags, installerOf } from "../../openvidu/installer";
import { fixedAccounts, generatedSecrets, settingsByRole } from "../../openvidu/secrets";
import { versionNames } from "../../openvidu/versions";

const base: InstallerContext = {
  cloud: "aws",
  edition: "ha",
  role: "master",
  tls: "loadBalancer",
  certificate: "none",
  additionalFlags: [],
};

function written({ flag, value }: InstallerFlag): string {
  switch (value.kind) {
    case "switch":
      return flag;
    case "constant":
      return `${flag}=${value.value}`;
    case "bundle":
      return `${flag}=<${value.key}>`;
    case "node":
      return `${flag}=<${value.fact}>`;
  }
}

const flags = (changes: Partial<InstallerContext>): string[] => installerFlags({ ...base, ...changes }).map(written);

describe("installer flags", () => {
  it("are the official ones of a HA master on AWS (aws-reference 7.5)", () => {
    assert.deepEqual(
      flags({}).join(" "),
      "--no-tty --install --environment=aws --deployment-type=ha --node-role=master-node --external-load-balancer " +
        "--master-node-private-ip-list=<masterIps> --openvidu-pro-license=<OPENVIDU_PRO_LICENSE> " +
        "--domain-name=<DOMAIN_NAME> --enabled-modules=<ENABLED_MODULES> --rtc-engine=<OPENVIDU_RTC_ENGINE> " +
        "--redis-password=<REDIS_PASSWORD> --mongo-admin-user=<MONGO_ADMIN_USERNAME> " +
        "--mongo-admin-password=<MONGO_ADMIN_PASSWORD> --mongo-replica-set-key=<MONGO_REPLICA_SET_KEY> " +
        "--minio-access-key=<MINIO_ACCESS_KEY> --minio-secret-key=<MINIO_SECRET_KEY> " +
        "--dashboard-admin-user=<DASHBOARD_ADMIN_USERNAME> --dashboard-admin-password=<DASHBOARD_ADMIN_PASSWORD> " +
        "--grafana-admin-user=<GRAFANA_ADMIN_USERNAME> --grafana-admin-password=<GRAFANA_ADMIN_PASSWORD> " +
        "--meet-initial-admin-password=<MEET_INITIAL_ADMIN_PASSWORD> --meet-initial-api-key=<MEET_INITIAL_API_KEY> " +
        "--livekit-api-key=<LIVEKIT_API_KEY> --livekit-api-secret=<LIVEKIT_API_SECRET>",
    );
  });

  it("are the official ones of an Elastic master: its own address, and no load balancer (aws-reference 7.5)", () => {
    const elastic = { edition: "elastic", tls: "node", certificate: "letsencrypt", entry: "dns" } as const;
    const ofHa = flags({}).slice(7);
    for (const [cloud, environment] of [
      ["aws", ["--environment=aws"]],
      ["azure", ["--environment=azure"]],
      ["onprem", []],
    ] as const) {
      const master = ["--deployment-type=elastic", "--node-role=master-node", "--private-ip=<privateIp>"];
      assert.deepEqual(flags({ ...elastic, cloud }), [
        ...["--no-tty", "--install", ...environment, ...master, ...ofHa],
        "--certificate-type=letsencrypt",
      ]);
      assert.deepEqual(flags({ ...elastic, cloud, role: "media" }), [
        ...["--no-tty", "--install", ...environment, "--deployment-type=elastic", "--node-role=media-node"],
        ...["--master-node-private-ip=<masterIps>", "--private-ip=<privateIp>", "--redis-password=<REDIS_PASSWORD>"],
      ]);
    }
    assert.deepEqual(flags({ ...elastic, certificate: "owncert" }).slice(-3), [
      "--certificate-type=owncert",
      "--owncert-public-key=<OWNCERT_PUBLIC_KEY>",
      "--owncert-private-key=<OWNCERT_PRIVATE_KEY>",
    ]);
    assert.equal(flags({ ...elastic, certificate: "selfsigned" }).at(-1), "--certificate-type=selfsigned");
  });

  it("say on passthrough that Caddy ends TLS, and with which certificate", () => {
    const passthrough = flags({ tls: "node", certificate: "letsencrypt", cloud: "azure" });
    assert.ok(passthrough.includes("--environment=azure"));
    assert.ok(passthrough.includes("--internal-tls-termination"));
    assert.equal(passthrough.at(-1), "--certificate-type=letsencrypt");
    assert.deepEqual(flags({ tls: "node", certificate: "owncert" }).slice(-3), [
      "--certificate-type=owncert",
      "--owncert-public-key=<OWNCERT_PUBLIC_KEY>",
      "--owncert-private-key=<OWNCERT_PRIVATE_KEY>",
    ]);
    assert.ok(!flags({}).some((flag) => flag.startsWith("--certificate-type")));
  });

  it("give a media node the addresses of all masters, its own, and the Redis password", () => {
    assert.deepEqual(flags({ role: "media" }).slice(2), [
      "--environment=aws",
      "--deployment-type=ha",
      "--node-role=media-node",
      "--master-node-private-ip-list=<masterIps>",
      "--private-ip=<privateIp>",
      "--redis-password=<REDIS_PASSWORD>",
    ]);
  });

  it("name TURN's own domain on masters, last before the certificates (aws-reference 7.5)", () => {
    const turn = "--turn-domain-name=<LIVEKIT_TURN_DOMAIN_NAME>";
    const additionalFlags = ["--debug"];
    assert.deepEqual(flags({ turnDomain: true, additionalFlags }).slice(-2), ["--debug", turn]);
    assert.deepEqual(flags({ turnDomain: true, tls: "node", certificate: "letsencrypt" }).slice(-2), [
      turn,
      "--certificate-type=letsencrypt",
    ]);
    assert.deepEqual(flags({ turnDomain: true, tls: "node", certificate: "owncert" }).slice(-6), [
      turn,
      "--certificate-type=owncert",
      "--owncert-public-key=<OWNCERT_PUBLIC_KEY>",
      "--owncert-private-key=<OWNCERT_PRIVATE_KEY>",
      "--turn-owncert-public-key=<TURN_OWNCERT_PUBLIC_KEY>",
      "--turn-owncert-private-key=<TURN_OWNCERT_PRIVATE_KEY>",
    ]);
    assert.ok(!flags({ turnDomain: true, role: "media" }).some((flag) => flag.includes("turn")));
    assert.ok(!flags({ tls: "node", certificate: "owncert" }).some((flag) => flag.includes("turn")));
  });

  it("hand additional flags to masters only", () => {
    const additionalFlags = ["--forceUTCTimezone"];
    assert.ok(flags({ additionalFlags }).includes("--forceUTCTimezone"));
    assert.ok(!flags({ additionalFlags, role: "media" }).includes("--forceUTCTimezone"));
  });

  it("come over HTTPS from the release tag, with one checksum per release and role", () => {
    const pairs = clusterEditions.flatMap((edition) => nodeRoles.map((role) => [edition, role] as const));
    const seen = new Set<string>();
    for (const version of versionNames) {
      for (const [edition, role] of pairs) {
        const { url, sha256 } = installerOf(version, edition, role);
        const place = `/v${version.replaceAll(".", "\\.")}/[^ ]*pro/${edition}/[^ ]*_${role}_node\\.sh$`;
        assert.match(url, new RegExp(`^https://[^ ]+${place}`));
        assert.match(sha256, /^[0-9a-f]{64}$/);
        seen.add(sha256);
      }
    }
    assert.equal(seen.size, versionNames.length * pairs.length);
  });
});

describe("settings kept in step with the bundle", () => {
  it("cover every credential that the installer gets (AWS-W-21)", () => {
    const credentials = [...generatedSecrets.map(({ key }) => key), ...Object.keys(fixedAccounts)];
    for (const key of credentials) assert.ok(key in settingsByRole.master, key);
    for (const { value } of installerFlags({ ...base, turnDomain: true })) {
      if (value.kind === "bundle") assert.ok(value.key in settingsByRole.master, value.key);
    }
  });

  it("give media nodes nothing but the Redis password (AWS-S-8)", () => {
    assert.deepEqual(Object.keys(settingsByRole.media), ["REDIS_PASSWORD"]);
    const forMedia = generatedSecrets.filter(({ readers }) => (readers as readonly string[]).includes("media"));
    assert.deepEqual(
      forMedia.map(({ key }) => key),
      ["REDIS_PASSWORD"],
    );
  });
});
