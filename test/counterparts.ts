/**
 * Which real counterparts the tests of this run have met, and which were not here and why. The reporter hands the list
 * to `npm test`, which prints it before its closing line, so that nobody has to guess what ran.
 */
const key = Symbol.for("openvidu.counterparts");

/** Names with the reason why the counterpart was not here; empty if it was met. In the order of their first mention. */
function known(): Map<string, string> {
  const shared = globalThis as { [key]?: Map<string, string> };
  return (shared[key] ??= new Map());
}

/** `why` it was not here, or nothing if it was met. */
export function noteCounterpart(name: string, why = ""): void {
  known().set(name, why);
}

/** Skips every test of a suite, aloud, unless the counterpart is here: `why` is then undefined. */
export function needs(suite: Mocha.Suite, name: string, why: string | undefined): void {
  noteCounterpart(name, why);
  if (why === undefined) return;
  console.warn(`    skipped: ${suite.title}: no ${name} here (${why})`);
  suite.beforeAll(function () {
    this.skip();
  });
}
