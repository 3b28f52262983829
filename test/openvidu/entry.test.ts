import assert from "node:assert/strict";
import { entryListeners, turnListeners } from "../../openvidu/entry";
import { flowsFor } from "../../openvidu/flows";
import { allContexts, plainContext } from "../support/contexts";

const brief = (context: Parameters<typeof entryListeners>[0], listeners = entryListeners): string[] =>
  listeners(context).map(
    ({ name, port, endsTls, targetRole, targetPort, healthCheck }) =>
      `${name} ${port}${endsTls ? " tls" : ""} > ${targetRole}:${targetPort} ? ${healthCheck.port}${healthCheck.path}`,
  );

describe("entry listeners", () => {
  it("are the official AWS ones where the load balancer ends TLS (aws-reference 5.2, 5.3)", () => {
    assert.deepEqual(brief(plainContext({ tls: "loadBalancer" })), [
      "http 80 > master:80 ? 7880/health/caddy",
      "https 443 tls > master:443 ? 7880/health/caddy",
      "rtmps 1935 tls > media:1945 ? 9092/",
    ]);
  });

  it("lead to Caddy on the masters everywhere else (azure-reference 5.1)", () => {
    assert.deepEqual(brief(plainContext()), [
      "http 80 > master:80 ? 7880/health/caddy",
      "https 443 > master:443 ? 7880/health/caddy",
      "rtmps 1935 > master:1945 ? 7880/health/caddy",
    ]);
  });

  it("send HTTPS to the API port up to 3.5 where the load balancer ends TLS", () => {
    const https = entryListeners(plainContext({ version: "3.5.0", tls: "loadBalancer" }))[1];
    assert.equal(https?.targetPort, 7880);
  });

  it("take port 80 to port 80, so that Caddy can redirect (AWS-W-27)", () => {
    for (const version of ["3.5.0", "3.6.0", "3.8.0"] as const) {
      for (const context of allContexts(version)) {
        assert.equal(entryListeners(context).find(({ name }) => name === "http")?.targetPort, 80);
      }
    }
  });

  it("exist only where the flow table lets their traffic and their health check in", () => {
    for (const context of allContexts("3.8.0")) {
      const flows = flowsFor(context);
      for (const { port, targetRole, targetPort, healthCheck } of entryListeners(context)) {
        assert.ok(flows.some(({ to, ports }) => to === "loadBalancer" && ports.first === port));
        const inbound = flows.filter(({ from, to }) => from === "loadBalancer" && to === targetRole);
        assert.ok(inbound.some(({ kind, ports }) => kind === "traffic" && ports.first === targetPort));
        assert.ok(inbound.some(({ kind, ports }) => kind === "healthCheck" && ports.first === healthCheck.port));
      }
      assert.equal(entryListeners(context).length, context.features.has("rtmp") ? 3 : 2);
    }
  });
});

describe("listeners of TURN's own load balancer", () => {
  const old = { version: "3.5.0", turnDomain: true } as const;

  it("are the official one up to 3.5, where the load balancer ends TLS (aws-reference 5.4 a)", () => {
    const context = plainContext({ ...old, tls: "loadBalancer" });
    assert.deepEqual(brief(context, turnListeners), ["turns 443 tls > media:5349 ? 7880/"]);
    assert.deepEqual(brief(context), brief(plainContext({ version: "3.5.0", tls: "loadBalancer" })));
    const { status, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } =
      turnListeners(context)[0]!.healthCheck;
    assert.deepEqual(
      [status, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold],
      [200, 10, 5, 3, 4],
    );
  });

  it("are none where both domains share an entry, without such a domain, and from 3.6 on", () => {
    const none = [
      { ...old, tls: "node" },
      { ...old, tls: "loadBalancer", entry: "external" },
      { version: "3.5.0", tls: "loadBalancer" },
      { version: "3.6.0", tls: "loadBalancer", turnDomain: true },
    ] as const;
    for (const changes of none) assert.deepEqual(turnListeners(plainContext(changes)), []);
  });
});
