import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { gzip } from "../../nodes/gzip";

describe("gzip", () => {
  it("gives back any bytes, repetitive or not", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc
        .array(fc.constantFrom("echo ", "fail\n", "x", "\0", "ü"), { maxLength: 3000 })
        .map((parts) => Buffer.from(parts.join(""))),
    );
    fc.assert(
      fc.property(anything, (data) => gunzipSync(gzip(data)).equals(data)),
      { numRuns: 150, examples: [[new Uint8Array()], [Buffer.from("a")], [Buffer.alloc(100_000)]] },
    );
  });

  it("gives back matches from the far end of the window and codes that would be too long", () => {
    const noise = Buffer.from(Array.from({ length: 33000 }, (_, index) => (index * index * 31 + (index >> 3)) & 255));
    const far = Buffer.concat([
      Buffer.from("the same words again"),
      noise.subarray(0, 32700),
      Buffer.from("the same words again"),
    ]);
    // Counts that grow like Fibonacci numbers make the longest codes.
    const counts = [1, 1];
    while (counts.length < 22) counts.push(counts.at(-1)! + counts.at(-2)!);
    const steep = Buffer.concat(
      counts.map((count, symbol) =>
        Buffer.from(Array.from({ length: count }, (_, at) => (at % 7 ? symbol : symbol + 64))),
      ),
    );
    for (const data of [far, noise, steep]) assert.ok(gunzipSync(gzip(data)).equals(data));
  });

  it("compresses text about as well as zlib does", () => {
    const text = Buffer.from(
      Array.from(
        { length: 400 },
        (_, line) => `step ${line % 13} "$NODE_LIB/job-${line % 7}.sh" || fail "no ${line}"\n`,
      ).join(""),
    );
    assert.ok(gzip(text).length <= gzipSync(text, { level: 9 }).length * 1.1);
  });

  it("yields the same bytes on every machine: a change here rolls every media node", () => {
    const text = Buffer.from("one fish two fish red fish blue fish\n".repeat(20));
    assert.equal(
      createHash("sha256").update(gzip(text)).digest("hex"),
      "f2379374597dd2d571744942c6a004a9404a57df13992e725d80f7c5007d61b6",
    );
  });
});
