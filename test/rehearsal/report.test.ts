import assert from "node:assert/strict";
import type { Graph } from "../../rehearsal/graph";
import { renderMermaid } from "../../rehearsal/report/mermaid";
import { createStyle, table, wantsColour, wrap } from "../../rehearsal/report/style";
import { summarise, type Summary } from "../../rehearsal/report/summary";
import { renderSvg } from "../../rehearsal/report/svg";
import { renderText } from "../../rehearsal/report/text";
import { topologyFromGraph } from "../../rehearsal/report/topology";
import { component, graphOf, resource, stackUrn, tokens } from "./handmade-graph";

const heading = { cloud: "aws", edition: "ha", version: "3.8.0", region: "eu-west-1", domain: "video.example.com" };
const stack = { project: "made", stack: "dev", file: "Pulumi.dev.yaml", config: {}, secretKeys: [], placeholders: [] };

const top = component("openvidu:index:HighAvailability", "openvidu");
const pool = component(tokens.master, "openvidu-masters", top.urn);
const machine = (number: number): ReturnType<typeof resource> =>
  resource(
    "aws:ec2/instance:Instance",
    `openvidu-masters-${number}`,
    { subnetId: `subnet-${number % 2}` },
    { role: "master", parent: pool.urn, outputs: { privateIp: `10.0.0.${number}` } },
  );
const subnet = (name: string, availabilityZone: string): ReturnType<typeof resource> =>
  resource("aws:ec2/subnet:Subnet", name, { availabilityZone }, { parent: top.urn });
const group = resource(
  "aws:autoscaling/group:Group",
  "media",
  { minSize: 1, maxSize: 5, vpcZoneIdentifiers: ["subnet-0", "subnet-1"] },
  { role: "media" },
);
const bucket = resource("aws:s3/bucket:Bucket", "data", {}, { outputs: { bucket: "data-1234567" } });
const listener = resource(
  "aws:lb/listener:Listener",
  "https",
  { port: 443, protocol: "TLS", defaultActions: [{ targetGroupArn: "arn-web" }] },
  { role: "loadBalancer" },
);
const target = resource(
  "aws:lb/targetGroup:TargetGroup",
  "web",
  { port: 80 },
  { role: "loadBalancer", outputs: { arn: "arn-web" } },
);
const openDoor = [
  resource("aws:ec2/launchTemplate:LaunchTemplate", "template", { vpcSecurityGroupIds: ["sg"] }, { role: "media" }),
  resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "media", {
    ...{ securityGroupId: "sg", ipProtocol: "udp", fromPort: 50000, toPort: 60000 },
    ...{ cidrIpv4: "0.0.0.0/0", description: "WebRTC media" },
  }),
];
const provider = resource("pulumi:providers:aws", "aws", {});

const outputs = {
  urls: { openvidu: "https://video.example.com/" },
  entryAddress: "entry.example.net",
  dnsRecords: [{ name: "video.example.com", type: "CNAME", value: "entry.example.net" }],
  credentials: "https://console.example/secrets",
  token: { secret: "hide me" },
};
const good: Graph = graphOf(
  [
    provider,
    top,
    pool,
    machine(1),
    machine(2),
    subnet("subnet-0", "eu-west-1b"),
    subnet("subnet-1", "eu-west-1a"),
    group,
    bucket,
    listener,
    target,
    ...openDoor,
  ],
  { outputs, log: [{ severity: "warning", message: "mind the gap", urn: top.urn }] },
);

const summaryOf = (graph: Graph, more: Partial<typeof stack> = {}): Summary =>
  summarise(graph, { ...stack, ...more }, heading, 1.25);
const textOf = (graph: Graph, width = 100): string => renderText(summaryOf(graph), { coloured: false, width });

describe("rehearsal report: summary", () => {
  it("counts what would exist in a cloud, and not providers or components", () => {
    const { counts } = summaryOf(good);
    assert.equal(counts.components, 2);
    assert.equal(counts.byType["aws:ec2/instance:Instance"], 2);
    assert.equal(counts.byType["pulumi:providers:aws"], undefined);
    assert.equal(
      counts.resources,
      Object.values(counts.byType).reduce((sum, each) => sum + each, 0),
    );
  });

  it("leaves out resources that are only read", () => {
    const graph = graphOf([{ ...bucket, external: true }]);
    assert.equal(summaryOf(graph).counts.resources, 0);
  });

  it("nests components with the resources of their own", () => {
    const only = graphOf([top, pool, machine(1), machine(2), resource("a:b:C", "loose", {}, { parent: top.urn })]);
    assert.deepEqual(summaryOf(only).tree, [
      {
        name: "openvidu",
        type: top.type,
        resources: { "a:b:C": 1 },
        total: 3,
        components: [
          {
            name: "openvidu-masters",
            type: tokens.master,
            resources: { "aws:ec2/instance:Instance": 2 },
            total: 2,
            components: [],
          },
        ],
      },
    ]);
  });

  it("counts a resource whose parent is a resource with the component above", () => {
    const parent = resource("a:b:C", "parent", {}, { parent: top.urn });
    const only = graphOf([top, parent, resource("a:b:D", "child", {}, { parent: parent.urn })]);
    assert.deepEqual(summaryOf(only).tree[0]?.resources, { "a:b:C": 1, "a:b:D": 1 });
  });

  it("never contains a secret", () => {
    const summary = summaryOf(good);
    assert.equal(summary.outputs["token"], "[secret]");
    assert.doesNotMatch(JSON.stringify(summary), /hide me/);
  });

  it("says an error that repeats once, without the SDK's colours", () => {
    const log = [1, 2].map(() => ({ severity: "error" as const, message: "\u001b[31mbroken\u001b[39m\n" }));
    assert.deepEqual(summaryOf(graphOf([], { log })).messages, [{ severity: "error", message: "broken" }]);
  });

  it("is ok only when the program ended well and nothing was refused", () => {
    assert.equal(summaryOf(good).ok, true);
    assert.equal(summaryOf({ ...good, exitCode: 32 }).ok, false);
    assert.equal(summaryOf({ ...good, refusals: [{ urn: top.urn, message: "no" }] }).ok, false);
  });

  it("shows no ways in a preview, whose rules name unknown ids", () => {
    assert.equal(summaryOf(good).reach.length, 1);
    assert.deepEqual(summaryOf({ ...good, preview: true }).reach, []);
  });
});

describe("rehearsal report: text", () => {
  it("says what it is about", () => {
    const [first, second] = textOf(good).split("\n");
    assert.equal(first, "OpenVidu High Availability on AWS: stack dev");
    assert.match(second!, /version 3\.8\.0, region eu-west-1, domain video\.example\.com/);
  });

  it("shows the tree, outputs, records to make, ways and warnings", () => {
    const text = textOf(good);
    assert.match(text, /─ HighAvailability openvidu +4 +2 Subnet$/m);
    assert.match(text, /^ +.─ MasterPool openvidu-masters +2 +2 Instance$/m);
    assert.match(text, /^ +openvidu +https:\/\/video\.example\.com\/$/m);
    assert.match(text, /DNS records that you still have to make\n +video\.example\.com +CNAME +entry\.example\.net/);
    assert.match(text, /credentials +https:\/\/console\.example\/secrets/);
    assert.match(text, /^ +Internet +media nodes +udp +50000-60000 +WebRTC media$/m);
    assert.match(text, /Warnings\n +- openvidu: mind the gap/);
    assert.match(text, /\ndev: ready to deploy \(1\.3 s\)\n$/);
    assert.doesNotMatch(text, /hide me/);
  });

  it("names secrets for which a stand-in was used", () => {
    const summary = summaryOf(good, { placeholders: [{ key: "openvidu:license", reason: "it is not set" }] as never });
    assert.match(
      renderText(summary, { coloured: false, width: 100 }),
      /openvidu:license: it is not set; the rehearsal used a stand-in/,
    );
  });

  it("shows of a refused deployment the reasons and nothing that looks like success", () => {
    const text = textOf({
      ...good,
      refusals: [{ urn: `${stackUrn}x::bucket`, message: "the name is taken" }],
      skipped: [pool.urn],
      log: [{ severity: "error", message: "first\nsecond" }],
      exitCode: 32,
    });
    assert.match(text, /Problems\n +- first\n +second/);
    assert.match(text, /Refused\n +- bucket: the name is taken|Refused\n +- .*the name is taken/);
    assert.match(text, /Not tried, because they need what was refused\n +- openvidu-masters/);
    assert.match(text, /dev: cannot be deployed like this/);
    assert.doesNotMatch(text, /ready to deploy|What would exist/);
  });

  it("keeps to the width, apart from words that are longer", () => {
    const long = textOf(good, 80)
      .split("\n")
      .filter((line) => line.length > 80);
    assert.deepEqual(
      long.filter((line) => line.trim().includes(" ") && !line.includes("://")),
      [],
    );
  });

  it("is coloured on request, with the same words", () => {
    const coloured = renderText(summaryOf(good), { coloured: true, width: 100 });
    assert.match(coloured, /\u001b\[1m/);
    assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ""), textOf(good));
  });

  it("asks the terminal whether colours are wanted", () => {
    assert.equal(wantsColour({ isTTY: true }, {}), true);
    assert.equal(wantsColour({ isTTY: false }, {}), false);
    assert.equal(wantsColour({ isTTY: true }, { NO_COLOR: "1" }), false);
    assert.equal(wantsColour({ isTTY: true }, { TERM: "dumb" }), false);
    assert.equal(createStyle(false).red("x"), "x");
  });

  it("wraps the last column of a table under itself", () => {
    assert.deepEqual(
      table(
        [
          ["a", "one two three four five six"],
          ["bbb", "x"],
        ],
        30,
      ),
      ["  a    one two three four five", "       six", "  bbb  x"],
    );
    assert.deepEqual(wrap("aaa bbb ccc", 7), ["aaa bbb", "ccc"]);
  });
});

describe("rehearsal report: diagrams", () => {
  const topology = topologyFromGraph(good, heading);

  it("read zones, machines, listeners and stores from the resources", () => {
    assert.deepEqual(topology.zones, [
      { name: "eu-west-1a", masters: [{ name: "openvidu-masters-1", address: "10.0.0.1" }], hasMedia: true },
      { name: "eu-west-1b", masters: [{ name: "openvidu-masters-2", address: "10.0.0.2" }], hasMedia: true },
    ]);
    assert.deepEqual(topology.listeners, [
      { balancer: "entry", port: 443, targetPort: 80, target: "master", endsTls: true },
    ]);
    assert.deepEqual([topology.media.min, topology.media.max], [1, 5]);
    assert.deepEqual(topology.stores, [{ kind: "objects", service: "S3 bucket", name: "data-1234567" }]);
    assert.equal(topology.mediaDoors.length, 1);
  });

  it("knows adopted storage from the outputs", () => {
    const adopted = graphOf([], { outputs: { storage: { appData: "theirs", clusterData: "" } } });
    assert.deepEqual(topologyFromGraph(adopted, heading).stores, [
      { kind: "objects", service: "Existing storage", name: "theirs" },
    ]);
  });

  it("draw the same bytes every time, with everything named", () => {
    for (const render of [renderSvg, renderMermaid]) {
      const drawn = render(topology);
      assert.equal(drawn, render(topologyFromGraph(good, heading)));
      for (const word of [
        "openvidu-masters-1",
        "10.0.0.2",
        "eu-west-1b",
        "video.example.com",
        "443 TLS → 80",
        "1 to 5",
        "udp 50000-60000",
        "data-1234567",
      ]) {
        assert.ok(drawn.includes(word), `${render.name} lacks ${word}`);
      }
    }
  });

  it("stay well-formed whatever the names are", () => {
    const strange = { ...topology, stores: [{ kind: "objects" as const, service: 'a <b> & "c"', name: "x" }] };
    assert.ok(renderSvg(strange).includes("a &lt;b&gt; &amp; &quot;c&quot;"));
    assert.ok(renderMermaid(strange).includes("a <b> & #quot;c#quot;"));
  });

  it("keep every box of the picture inside it and apart from the others", () => {
    const svg = renderSvg({
      ...topology,
      stores: Array.from({ length: 6 }, (_, at) => ({ kind: "secrets" as const, service: "S", name: `${at}` })),
    });
    const size = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.slice(1).map(Number);
    const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
      (found) => found.slice(1).map(Number) as [number, number, number, number],
    );
    for (const [x, y, width, height] of boxes) {
      assert.ok(x >= 0 && y >= 0 && x + width <= size[0]! && y + height <= size[1]!, `${x},${y} lies outside`);
    }
    const stores = boxes.slice(-6);
    const overlap = ([ax, ay, aw, ah]: number[], [bx, by, bw, bh]: number[]): boolean =>
      ax! < bx! + bw! && bx! < ax! + aw! && ay! < by! + bh! && by! < ay! + ah!;
    stores.forEach((one, at) => stores.slice(at + 1).forEach((other) => assert.equal(overlap(one, other), false)));
  });
});
