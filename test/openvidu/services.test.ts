import assert from "node:assert/strict";
import { moduleNames } from "../../openvidu/modules";
import { type ServiceContext, serviceUrl, servicesFor } from "../../openvidu/services";

const urls = (changes: Partial<ServiceContext> = {}): Record<string, string> =>
  Object.fromEntries(
    servicesFor({
      version: "3.8.0",
      modules: new Set(moduleNames),
      features: new Set(["rtmp", "whip"] as const),
      minio: true,
      ...changes,
    }).map((service) => [service.name, serviceUrl(service, "video.example.com")]),
  );

describe("service addresses", () => {
  it("are those of the documents (onprem-v2-reference A.12)", () => {
    assert.deepEqual(urls(), {
      openvidu: "https://video.example.com/",
      livekit: "wss://video.example.com/",
      meet: "https://video.example.com/meet",
      dashboard: "https://video.example.com/dashboard/",
      grafana: "https://video.example.com/grafana/",
      minio: "https://video.example.com/minio-console/",
      whip: "https://video.example.com/whip",
      rtmps: "rtmps://video.example.com:1935/rtmp",
    });
  });

  it("put Meet at the root up to 3.5", () => {
    assert.equal(urls({ version: "3.5.0" }).meet, "https://video.example.com/");
  });

  it("leave out what does not run", () => {
    const names = Object.keys(urls({ modules: new Set(), features: new Set(), minio: false }));
    assert.deepEqual(names, ["openvidu", "livekit", "dashboard"]);
  });
});
