/**
 * User data of Enterprise v2's masters: its form is the vendor's, and every value that is let through arrives in the
 * settings file as it was given. The image's own way of taking it apart is told again here, from reference B.4 and
 * `cfn-crete-ov-aws-asg-ami.yaml.template` on branch v2 of github.com/OpenVidu/openvidu.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bootSettings, type EnterpriseV2Boot, renderMasterUserData } from "../../nodes/enterprise-v2";
import { corruption } from "../../openvidu/enterprise-v2";

const boot: EnterpriseV2Boot = {
  domain: "video.example.com",
  mediaServer: "mediasoup",
  license: "licence-1",
  openviduSecret: "secret_1",
  clusterId: "acme",
  elasticsearch: {
    url: "https://elastic.example.com:443",
    kibanaUrl: "https://kibana.example.com:443",
    user: "elasticadmin",
    password: "p@ss!word",
  },
  redis: { address: "master.store.example.com", port: "6379" },
  queueName: "openvidu-acme-events.fifo",
  deploymentId: "arn:aws:cloudformation:eu-west-1:123456789012:stack/acme/1",
  bucketName: "acme-config",
  mediaGroupName: "acme-media",
  masterGroupName: "acme-masters",
  recording: true,
  coturnInMediaNodes: false,
  configAutoRestart: true,
};

/** Keys of the vendor's template in its order: reference/onprem-v2-reference.md, appendix, userDataKeys. */
/* prettier-ignore */
const officialKeys = [
  "DOMAIN_OR_PUBLIC_IP", "OPENVIDU_ENTERPRISE_MEDIA_SERVER", "OPENVIDU_PRO_LICENSE", "OPENVIDU_SECRET",
  "OPENVIDU_PRO_CLUSTER_ID", "OPENVIDU_PRO_ELASTICSEARCH_HOST", "OPENVIDU_PRO_KIBANA_HOST", "ELASTICSEARCH_USERNAME",
  "ELASTICSEARCH_PASSWORD", "RM_REDIS_IP", "RM_REDIS_PORT", "RM_SQS_QUEUE", "RM_CLOUDFORMATION_ARN",
  "OPENVIDU_PRO_CONFIG_S3_BUCKET", "RM_MEDIA_NODES_AUTOSCALING_GROUP_NAME", "RM_MASTER_NODES_AUTOSCALING_GROUP_NAME",
  "OPENVIDU_RECORDING", "OPENVIDU_PRO_COTURN_IN_MEDIA_NODES", "OPENVIDU_ENTERPRISE_S3_CONFIG_AUTORESTART",
  "OPENVIDU_PRO_ELASTICSEARCH",
];

/** What the image reads for a key: the text between the first and the second equals sign, up to the next pipe. */
function read(userData: string, key: string): string {
  const oneLine = userData.split(/\s+/).join(" ").trim();
  const found = new RegExp(`${key}=.+?(?=\\s*(\\||$))`).exec(oneLine)?.[0] ?? "";
  return found.split("=")[1] ?? "";
}

/** What it writes: the value stands in the replacement of a `sed` whose sign between the parts is the pipe. */
function written(key: string, value: string): string {
  const replacement = `${key}=${value}`.split("|")[0]!;
  return replacement.replace(/\\(.)|&/gu, (match, escaped: string | undefined) =>
    match === "&" ? `${key}=` : (escaped ?? ""),
  );
}

/** A value's way into the settings file. */
function arrives(secret: string): string {
  const text = Object.entries(bootSettings({ ...boot, openviduSecret: secret }))
    .map(([key, value]) => `${key}=${value}`)
    .join(" | \\\n");
  return written("OPENVIDU_SECRET", read(text, "OPENVIDU_SECRET"));
}

describe("user data of the masters of Enterprise v2", () => {
  it("has the vendor's keys, one a line, with a pipe and a backslash between them", () => {
    const lines = renderMasterUserData(boot).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => line.split("=")[0]),
      officialKeys,
    );
    for (const line of lines.slice(0, -1)) assert.match(line, /^[A-Z0-9_]+=\S* \| \\$/);
    assert.match(lines.at(-1)!, /^OPENVIDU_PRO_ELASTICSEARCH=true$/);
  });

  it("is read by the image key by key, as it was given", () => {
    const text = renderMasterUserData(boot);
    for (const [key, value] of Object.entries(bootSettings(boot))) assert.equal(read(text, key), value, key);
  });

  it("says nothing of Elasticsearch where none is used, the user included", () => {
    const settings = bootSettings({ ...boot, elasticsearch: undefined });
    const keys = Object.keys(settings).filter((key) => /ELASTICSEARCH|KIBANA/.test(key));
    assert.deepEqual(
      keys.map((key) => settings[key]),
      ["", "", "", "", "false"],
    );
  });

  it("turns switches into the words true and false", () => {
    const settings = bootSettings({ ...boot, recording: false, coturnInMediaNodes: true, configAutoRestart: false });
    assert.equal(settings["OPENVIDU_RECORDING"], "false");
    assert.equal(settings["OPENVIDU_PRO_COTURN_IN_MEDIA_NODES"], "true");
    assert.equal(settings["OPENVIDU_ENTERPRISE_S3_CONFIG_AUTORESTART"], "false");
  });

  for (const [value, what] of [
    ["a|b", "pipe"],
    ["a=b", "equals sign"],
    ["a&b", "ampersand"],
    ["a\\b", "backslash"],
  ] as const) {
    it(`refuses a ${what}, which the image would not bring through`, () => {
      assert.notEqual(arrives(value), `OPENVIDU_SECRET=${value}`);
      assert.match(corruption(value) ?? "", new RegExp(what));
      assert.throws(() => renderMasterUserData({ ...boot, openviduSecret: value }), /OPENVIDU_SECRET holds/);
    });
  }

  for (const value of ["x y", "a\nb", "a\tb", "a\u0000b", 'a"b', "a'b", "a`b", "a$b", "a#b", "aäb"]) {
    it(`refuses ${JSON.stringify(value)}, and does not repeat it`, () => {
      assert.notEqual(corruption(value), undefined);
      assert.throws(
        () => renderMasterUserData({ ...boot, license: value }),
        (error: Error) => /OPENVIDU_PRO_LICENSE holds/.test(error.message) && !error.message.includes(value),
      );
    });
  }

  it("lets through only what arrives unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 30 }), (value) => {
        fc.pre(corruption(value) === undefined);
        assert.equal(arrives(value), `OPENVIDU_SECRET=${value}`);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._+/:@%,!~^*(){}<>?;-]{1,60}$/), (value) => {
        assert.equal(corruption(value), undefined);
        assert.equal(arrives(value), `OPENVIDU_SECRET=${value}`);
      }),
    );
  });
});
