/**
 * Mocha's own "spec" report, and the counts in the file that MOCHA_COUNTS_FILE names, with the real counterparts that
 * the tests have met (test/counterparts.ts). scripts/test.mjs reads them: a run that ends without writing the file has
 * not come to its end.
 */
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class CountingSpec extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.MOCHA_COUNTS_FILE;
      const counterparts = [...(globalThis[Symbol.for("openvidu.counterparts")] ?? [])];
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending, counterparts }));
    });
  }
};
