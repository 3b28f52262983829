/**
 * Checks requests by the published rules of AWS Signature Version 4, from what a server received and independently of
 * the program that signed them.
 */
import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Handler } from "./services";

export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string | Buffer;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
const region = "eu-west-1";
const hex = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const mac = (by: string | Buffer, text: string) => createHmac("sha256", by).update(text).digest();

/** The service that a request is signed for, or nothing. */
export function serviceOf(headers: IncomingHttpHeaders): string | undefined {
  return form.exec(headers.authorization ?? "")?.[4];
}

function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
    .sort()
    .join("&");
}

/** What is wrong with a request's signature, or nothing. */
export function signatureProblem(
  { method, path, headers, body }: SignedRequest,
  service: string,
  keys: Credentials,
): string | undefined {
  const match = form.exec(headers.authorization ?? "");
  if (!match) return "no signature";
  const [, key, day, scopeRegion, name, list, signature] = match as unknown as string[];
  if (key !== keys.AccessKeyId) return "unknown access key";
  if (headers["x-amz-security-token"] !== keys.Token) return "another session's token";
  if (name !== service || scopeRegion !== region) return `signed for ${name} in ${scopeRegion}`;
  const names = list!.split(";");
  if (names.join() !== [...new Set(names)].sort().join()) return "headers are not in order";
  const unsigned = Object.keys(headers).filter(
    (header) => (header === "host" || header.startsWith("x-amz-")) && !names.includes(header),
  );
  if (unsigned.length > 0) return `unsigned headers: ${unsigned.join()}`;
  const stated = headers["x-amz-content-sha256"];
  if (stated === undefined ? service === "s3" : stated !== hex(body)) return "x-amz-content-sha256 is not the body's";
  const date = String(headers["x-amz-date"]);
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - time) < 60_000) || !date.startsWith(day!)) return "not of this minute";
  const [place = "", query = ""] = path.split("?");
  const lines = names.map((header) => `${header}:${String(headers[header]).trim()}\n`).join("");
  const canonical = `${method}\n${place}\n${canonicalQuery(query)}\n${lines}\n${list}\n${hex(body)}`;
  const scope = `${day}/${scopeRegion}/${name}/aws4_request`;
  const signer = [region, service, "aws4_request"].reduce<Buffer>(mac, mac(`AWS4${keys.SecretAccessKey}`, day!));
  const wanted = mac(signer, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hex(canonical)}`).toString("hex");
  return wanted === signature ? undefined : "the signature is wrong";
}

/** Refuses every request that is not signed with the credentials of the moment; lets the others pass. */
export function demandSignature(keys: () => Credentials): Handler {
  return (call) => {
    const problem = signatureProblem(call, serviceOf(call.headers) ?? "", keys());
    if (problem === undefined) return undefined;
    return { status: 403, body: `<Error><Code>SignatureDoesNotMatch</Code><Message>${problem}</Message></Error>` };
  };
}
