import assert from "node:assert/strict";
import { judgeZones, spreadMasters } from "../../openvidu/placement";

describe("placement of masters", () => {
  const cases = [
    { zones: ["a", "b", "c", "d"], spread: "abcd", verdict: "unaffected", warns: undefined },
    { zones: ["a", "b", "c"], spread: "abca", verdict: "degraded", warns: /two masters share zone a/ },
    { zones: ["a", "b"], spread: "abab", verdict: "alwaysDegraded", warns: /losing either/ },
    { zones: ["a", "b", "a", "b"], spread: "abab", verdict: "alwaysDegraded", warns: /losing either/ },
    { zones: ["a", "a", "b"], spread: "aaba", verdict: "outage", warns: /3 masters share zone a/ },
    { zones: ["a"], spread: "aaaa", verdict: "outage", warns: /all masters share zone a/ },
  ] as const;

  for (const { zones, spread, verdict, warns } of cases) {
    it(`over ${zones.join()} is ${verdict}`, () => {
      assert.equal(spreadMasters(zones).join(""), spread);
      const report = judgeZones(zones);
      assert.equal(report.verdict, verdict);
      if (warns) assert.match(report.warning ?? "", warns);
      else assert.equal(report.warning, undefined);
    });
  }
});
