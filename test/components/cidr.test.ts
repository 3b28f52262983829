import assert from "node:assert/strict";
import fc from "fast-check";
import { cidrProblem, cidrsOverlap, subnetOf } from "../../components/cidr";

const limits = { shortestPrefix: 16, longestPrefix: 22 };

/** A valid range with the given bounds on its prefix. */
const range = (min: number, max: number): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(0xffffffff), fc.integer({ min, max })).map(([address, prefix]) => {
    const base = address - (address % 2 ** (32 - prefix));
    return `${[24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join(".")}/${prefix}`;
  });

describe("cidr arithmetic", () => {
  it("names what is wrong with a range", () => {
    assert.equal(cidrProblem("10.0.0.0/16", limits), undefined);
    assert.match(cidrProblem("10.0.0.0", limits) ?? "", /not an IPv4 range/);
    assert.match(cidrProblem("10.0.0.256/16", limits) ?? "", /not an IPv4 range/);
    assert.match(cidrProblem("10.0.0.0/8", limits) ?? "", /between \/16 and \/22/);
    assert.match(cidrProblem("10.0.1.0/16", limits) ?? "", /did you mean 10\.0\.0\.0\/16/);
    assert.equal(cidrProblem("255.255.0.0/16", limits), undefined);
  });

  it("cuts a range into parts that lie inside it and never overlap", () => {
    fc.assert(
      fc.property(range(16, 22), fc.integer({ min: 24, max: 28 }), (whole, prefix) => {
        const parts = Array.from({ length: 8 }, (_, index) => subnetOf(whole, prefix > 25 ? prefix : 25, index));
        for (const [i, part] of parts.entries()) {
          assert.equal(cidrProblem(part, { shortestPrefix: 0, longestPrefix: 32 }), undefined);
          assert.ok(cidrsOverlap(part, whole));
          for (const other of parts.slice(i + 1)) assert.ok(!cidrsOverlap(part, other));
        }
      }),
    );
  });

  it("sees an overlap from both sides, and one of a range with itself", () => {
    fc.assert(
      fc.property(range(8, 30), range(8, 30), (one, other) => {
        assert.equal(cidrsOverlap(one, other), cidrsOverlap(other, one));
        assert.ok(cidrsOverlap(one, one));
      }),
    );
    assert.ok(!cidrsOverlap("10.0.0.0/24", "10.0.1.0/24"));
    assert.ok(cidrsOverlap("10.0.0.0/16", "10.0.255.0/24"));
  });

  it("refuses a part that the range does not have", () => {
    assert.throws(() => subnetOf("10.0.0.0/24", 26, 4), RangeError);
    assert.throws(() => subnetOf("10.0.0.0/24", 20, 0), RangeError);
    assert.equal(subnetOf("10.0.0.0/24", 26, 3), "10.0.0.192/26");
  });
});
