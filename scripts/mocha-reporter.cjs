/**
 * Mocha's own "spec" report, and in the file that MOCHA_COUNTS_FILE names the counts, every test with its state, and the
 * real counterparts that the tests have met (test/counterparts.ts). scripts/test.mjs reads them: a run that ends without
 * writing the file has not come to its end.
 */
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/** The state is missing where a test was left out or came to no end. */
function testsOf(suite) {
  const own = suite.tests.map((test) => ({
    file: test.file,
    title: test.fullTitle(),
    state: test.isPending() ? "skipped" : test.state,
  }));
  return [...own, ...suite.suites.flatMap(testsOf)];
}

module.exports = class CountingSpec extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.MOCHA_COUNTS_FILE;
      if (!file) return;
      const counterparts = [...(globalThis[Symbol.for("openvidu.counterparts")] ?? [])];
      const failed = this.failures.map((runnable) => ({ file: runnable.file ?? "", title: runnable.fullTitle() }));
      const tests = testsOf(runner.suite);
      writeFileSync(file, JSON.stringify({ passes, failures, pending, counterparts, failed, tests }));
    });
  }
};
