/** The search for secrets finds what it is meant to find; a search that finds nothing proves nothing otherwise. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { found, needle } from "./hidden-text";

const text = "s3cr3t/value+with=signs&more";
const needles = [needle("it", text), needle("other", "something else entirely")];

const hidingPlaces: Record<string, string> = {
  "as it is": `--flag ${text} --other`,
  "in JSON": JSON.stringify({ key: `"${text}"` }),
  "percent-encoded": `https://host/?q=${encodeURIComponent(text)}`,
  "in hexadecimal": Buffer.from(`x${text}y`).toString("hex"),
  "in base64": Buffer.from(`${text} and more`).toString("base64"),
  "in base64, shifted by one": Buffer.from(`a${text} and more`).toString("base64"),
  "in base64, shifted by two": Buffer.from(`ab${text}`).toString("base64"),
  "in URL-safe base64": Buffer.from(`??>${text}`).toString("base64url"),
  "in gzip in base64": gzipSync(`#cloud-config\npassword: ${text}\n`).toString("base64"),
  "in a file inside user data": gzipSync(
    `write_files:\n- encoding: gz+b64\n  content: ${gzipSync(`PASSWORD=${text}\n`).toString("base64")}\n`,
  ).toString("base64"),
  "in base64 of base64": Buffer.from(Buffer.from(`key: ${text}`).toString("base64")).toString("base64"),
};

describe("search for hidden texts", () => {
  for (const [place, haystack] of Object.entries(hidingPlaces)) {
    it(`finds a text ${place}`, () => assert.deepEqual(found(needles, haystack), ["it"]));
  }

  it("finds nothing where nothing is", () => {
    assert.deepEqual(found(needles, gzipSync("nothing of the kind").toString("base64")), []);
  });

  it("refuses texts too short to mean anything", () => {
    assert.throws(() => needle("short", "1234"), RangeError);
  });
});
