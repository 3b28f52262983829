import assert from "node:assert/strict";
import { allFlows, endpoints, type FlowContext, flowsFor } from "../../openvidu/flows";
import { formatPorts } from "../../openvidu/ports";
import { allContexts, plainContext } from "../support/contexts";

/** "tcp 80 internet>loadBalancer" for every flow, sorted; what the reference tables are compared with. */
function table(context: FlowContext): string[] {
  return flowsFor(context)
    .filter(({ to, from }) => to !== "internet" && from !== "operator")
    .map(({ protocol, ports, from, to }) => `${protocol} ${formatPorts(ports)} ${from}>${to}`)
    .filter((row, index, rows) => rows.indexOf(row) === index)
    .sort();
}

const lines = (text: string): string[] =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .sort();

/** reference/aws-reference.md 4.1 without SSH, IPv6 and the ports of services that do not run. */
const officialAws = `
  tcp 80 internet>loadBalancer
  tcp 443 internet>loadBalancer
  tcp 1935 internet>loadBalancer
  tcp 80 loadBalancer>master
  tcp 443 loadBalancer>master
  tcp 7880 loadBalancer>master
  tcp 1945 loadBalancer>media
  tcp 9092 loadBalancer>media
  tcp 7880 media>master
  tcp 7000-7001 master>master
  tcp 7000-7001 media>master
  tcp 20000 master>master
  tcp 20000 media>master
  tcp 9095-9096 master>master
  tcp 7946-7947 master>master
  tcp 9009 media>master
  tcp 3100 media>master
  tcp 5000 master>master
  tcp 3000 master>master
  tcp 4443 master>master
  tcp 4443 media>master
  tcp 9080 master>master
  tcp 9080 media>master
  tcp 6080 master>master
  tcp 6080 media>master
  udp 443 internet>media
  tcp 7881 internet>media
  udp 7885 internet>media
  udp 50000-60000 internet>media
  tcp 7880 master>media
  tcp 8080 master>media
  tcp 5349 master>media`;

/** reference/azure-reference.md 13, nsgIntended; a passthrough balancer's clients arrive through it. */
const officialAzure = `
  tcp 80 internet>loadBalancer
  tcp 443 internet>loadBalancer
  tcp 1935 internet>loadBalancer
  tcp 80 loadBalancer>master
  tcp 443 loadBalancer>master
  tcp 1945 loadBalancer>master
  tcp 7880 loadBalancer>master
  tcp 7880 media>master
  tcp 7000-7001 master>master
  tcp 7000-7001 media>master
  tcp 9100 master>master
  tcp 9100 media>master
  tcp 9101 master>master
  tcp 20000 master>master
  tcp 20000 media>master
  tcp 9095-9096 master>master
  tcp 7946-7947 master>master
  tcp 9009 media>master
  tcp 3100 media>master
  tcp 5000 master>master
  tcp 3000 master>master
  tcp 4443 master>master
  tcp 4443 media>master
  tcp 9080 master>master
  tcp 9080 media>master
  tcp 6080 master>master
  tcp 6080 media>master
  udp 443 internet>media
  tcp 7881 internet>media
  udp 7885 internet>media
  udp 50000-60000 internet>media
  tcp 1935 master>media
  tcp 5349 master>media
  tcp 7880 master>media
  tcp 8080 master>media`;

/** What we add to the official rules: masters ask each other whether they are well before one of them restarts. */
const ownRules = ["tcp 7880 master>master"];

describe("flow table", () => {
  const everything = new Set(["rtmp", "whip", "webrtcOverTcp", "customApp"] as const);

  it("holds the official AWS rules of 3.8.0 where the load balancer ends TLS", () => {
    assert.deepEqual(
      table(plainContext({ features: everything, tls: "loadBalancer", minio: false })),
      [...lines(officialAws), ...ownRules].sort(),
    );
  });

  it("holds the rules that the official Azure template intends, where Caddy ends TLS", () => {
    assert.deepEqual(table(plainContext({ features: everything })), [...lines(officialAzure), ...ownRules].sort());
  });

  it("opens WebRTC over TCP on the port of the engine in use, and on none when it is off", () => {
    const tcp = (changes: Partial<FlowContext>): string[] =>
      table(plainContext(changes)).filter((row) => /^tcp .* internet>media$/.test(row));
    assert.deepEqual(tcp({}), ["tcp 7881 internet>media"]);
    assert.deepEqual(tcp({ rtcEngine: "mediasoup" }), ["tcp 50000-60000 internet>media"]);
    assert.deepEqual(tcp({ features: new Set(["rtmp", "whip"] as const) }), []);
  });

  it("loses the ports of a module with the module, but never the dashboard's", () => {
    const rows = table(plainContext({ modules: new Set() }));
    for (const port of ["3000", "3100", "7946-7947", "9009", "9095-9096", "4443", "9080"]) {
      assert.ok(!rows.some((row) => row.startsWith(`tcp ${port} `)), port);
    }
    assert.ok(rows.includes("tcp 5000 master>master"));
  });

  it("knows the history of the port contract", () => {
    const has = (version: FlowContext["version"], row: string): boolean =>
      table(plainContext({ version, tls: "loadBalancer", features: everything })).includes(row);
    assert.equal(has("3.5.0", "tcp 6080 media>master"), true, "Meet on its old port");
    assert.equal(has("3.5.0", "tcp 9080 media>master"), false);
    assert.equal(has("3.6.0", "tcp 6080 media>master"), false, "no custom application in 3.6.0");
    assert.equal(has("3.6.1", "tcp 6080 media>master"), true);
    assert.equal(has("3.5.0", "tcp 443 loadBalancer>master"), false, "HTTPS goes to 7880 up to 3.5");
    assert.equal(has("3.5.0", "tcp 5349 master>media"), false);
    assert.equal(has("3.6.0", "tcp 5349 master>media"), true);
  });

  describe("of a domain of TURN's own up to 3.5 (aws-reference 5.4, azure-reference 5.5)", () => {
    const added = (changes: Partial<FlowContext>): string[] => {
      const without = table(plainContext({ version: "3.5.0", ...changes }));
      const rows = table(plainContext({ version: "3.5.0", turnDomain: true, ...changes }));
      return rows.filter((row) => !without.includes(row));
    };

    it("lead through a load balancer of its own to media nodes, where the cloud ends TLS", () => {
      assert.deepEqual(added({ tls: "loadBalancer" }), [
        "tcp 443 internet>turnLoadBalancer",
        "tcp 5349 turnLoadBalancer>media",
        "tcp 7880 turnLoadBalancer>media",
      ]);
    });

    it("lead through Caddy on the masters, where it ends TLS", () => {
      assert.deepEqual(added({}), ["tcp 5349 master>media"]);
      assert.deepEqual(added({ entry: "dns" }), ["tcp 5349 master>media"]);
    });

    it("lead through the customer's load balancer and Caddy, where that ends TLS", () => {
      assert.deepEqual(added({ entry: "external", tls: "loadBalancer" }), [
        "tcp 5349 loadBalancer>master",
        "tcp 5349 master>media",
      ]);
    });

    it("are gone from 3.6 on", () => {
      for (const tls of ["loadBalancer", "node"] as const) assert.deepEqual(added({ version: "3.6.0", tls }), []);
    });
  });

  it("lets nobody in on SSH, databases or object storage but operators and nodes", () => {
    for (const version of ["3.5.0", "3.8.0"] as const) {
      for (const context of allContexts(version)) {
        const open = flowsFor(context).filter(({ from }) => from === "internet");
        for (const { ports, id } of open) {
          assert.ok(![22, 7000, 7001, 9000, 9100, 9101, 20000].includes(ports.first), id);
        }
        assert.ok(!open.some(({ to }) => to === "master"), "masters are reached through the load balancer only");
      }
    }
  });

  it("has unique, stable ids and only known ends", () => {
    assert.equal(new Set(allFlows.map(({ id }) => id)).size, allFlows.length);
    for (const { id, from, to, ports } of allFlows) {
      assert.match(id, /^[a-z0-9-]+$/);
      assert.ok(endpoints.includes(from) && endpoints.includes(to));
      assert.ok(ports.first <= ports.last);
    }
  });

  it("never offers the same port of the same pair twice in one deployment", () => {
    for (const context of allContexts("3.8.0")) {
      const rows = flowsFor(context)
        .filter(({ kind }) => kind === "traffic")
        .map(({ protocol, ports, from, to }) => `${protocol} ${formatPorts(ports)} ${from}>${to}`);
      assert.equal(new Set(rows).size, rows.length);
    }
  });
});
