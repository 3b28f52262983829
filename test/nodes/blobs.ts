/**
 * Blob storage as the controller and its media nodes use it: blobs with times and leases, by a clock that tests move on.
 * Strict about what the documents demand (reference/cloud-facts-azure.md 7.8, 7.9).
 */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Azurite } from "./emulators";
import type { AzureMetadata } from "./imds";
import { type Call, type Reply, send, Service } from "./services";

interface Blob {
  readonly body: string;
  readonly changed: number;
  readonly lease?: { readonly id: string; readonly until: number };
}

export type Container = "requests" | "heartbeats";

/** What tests need of blob storage, whoever serves it. */
export interface Blobs {
  readonly service: Service;
  url(container: Container): string;
  put(container: Container, name: string, body: string): Promise<void>;
  get(container: Container, name: string): Promise<string | undefined>;
  names(container: Container): Promise<string[]>;
  /** Takes the lease away from whoever has it, as if it had run out and another master had got it. */
  takeOver(name: string): Promise<void>;
  isLeased(name: string): Promise<boolean>;
  /** Moves the clock of the store on. */
  pass(seconds: number): Promise<void>;
  /** Seconds since the epoch, by the clock of the store. */
  now(): number;
  close(): Promise<void>;
}

export async function openBlobs(imds: AzureMetadata): Promise<Blobs> {
  const blobs = new Map<string, Blob>();
  let ahead = 0;
  const now = () => Math.floor(Date.now() / 1000) + ahead;
  const held = (blob: Blob) => (blob.lease && blob.lease.until > now() ? blob.lease.id : undefined);
  const set = (name: string, blob: Omit<Blob, "changed">) => blobs.set(name, { ...blob, changed: now() });

  const service = await Service.open([
    (call) => {
      if (!imds.admits(call, "https://storage.azure.com/")) return { status: 401 };
      return call.headers["x-ms-version"] === "2021-12-02" ? undefined : { status: 400 };
    },
    (call) => {
      const { pathname, search } = new URL(call.path, "http://blobs");
      if (!/^\/(requests|heartbeats)\/[\w.%/-]+$/.test(pathname)) return { status: 400 };
      const name = decodeURIComponent(pathname.slice(1));
      if (search === "?comp=lease" && call.method === "PUT") return lease(name, call);
      if (search !== "") return { status: 400 };
      return plain(name, call);
    },
  ]);

  function plain(name: string, { method, headers, body }: Call): Reply {
    const blob = blobs.get(name);
    const id = headers["x-ms-lease-id"];
    const mayWrite = !blob || held(blob) === id;
    const date = { date: new Date(now() * 1000).toUTCString() };
    if (method === "PUT") {
      if (headers["x-ms-blob-type"] !== "BlockBlob") return { status: 400 };
      if (headers["if-none-match"] === "*" && blob) return { status: 409, headers: date };
      if (!mayWrite) return { status: 412, headers: date };
      set(name, { body: body.toString(), lease: blob?.lease });
      return { status: 201, headers: { ...date, etag: `"${randomUUID()}"` } };
    }
    if (!blob) return { status: 404, headers: date };
    if (method === "DELETE") {
      if (!mayWrite) return { status: 412, headers: date };
      blobs.delete(name);
      return { status: 202, headers: date };
    }
    if (method !== "GET") return { status: 405 };
    if (id !== undefined && held(blob) !== id) return { status: 412, headers: date };
    const etag = `"${createHash("md5").update(`${blob.body}${blob.changed}`).digest("hex")}"`;
    const times = { ...date, "last-modified": new Date(blob.changed * 1000).toUTCString() };
    return { status: 200, body: blob.body, headers: { ...times, etag } };
  }

  function lease(name: string, { headers }: Call): Reply {
    const blob = blobs.get(name);
    if (!blob) return { status: 404 };
    const id = headers["x-ms-lease-id"];
    if (headers["x-ms-lease-action"] === "acquire") {
      const seconds = Number(headers["x-ms-lease-duration"]);
      if (!(seconds >= 15 && seconds <= 60)) return { status: 400 };
      if (held(blob) !== undefined) return { status: 409 };
      const given = randomUUID();
      blobs.set(name, { ...blob, lease: { id: given, until: now() + seconds } });
      return { status: 201, headers: { "x-ms-lease-id": given } };
    }
    if (headers["x-ms-lease-action"] !== "release") return { status: 400 };
    if (id === undefined || blob.lease?.id !== id) return { status: 409 };
    blobs.set(name, { body: blob.body, changed: blob.changed });
    return { status: 200 };
  }

  const key = (container: Container, name: string) => `${container}/${name}`;
  return {
    service,
    url: (container) => `${service.url}/${container}/`,
    put: (container, name, body) => Promise.resolve(void set(key(container, name), { body })),
    get: (container, name) => Promise.resolve(blobs.get(key(container, name))?.body),
    names: (container) =>
      Promise.resolve(
        [...blobs.keys()].flatMap((name) => (name.startsWith(`${container}/`) ? [name.split("/")[1]!] : [])),
      ),
    takeOver: (name) => {
      const path = key("requests", name);
      blobs.set(path, { ...blobs.get(path)!, lease: { id: randomUUID(), until: now() + 60 } });
      return Promise.resolve();
    },
    isLeased: (name) => Promise.resolve(held(blobs.get(key("requests", name))!) !== undefined),
    pass: (seconds) => Promise.resolve(void (ahead += seconds)),
    now,
    close: () => service.close(),
  };
}

/** The same by Azurite: real storage, with a clock in front of it. `run` sets its containers apart from those of others. */
export async function openAzuriteBlobs(azurite: Azurite, run: string): Promise<Blobs> {
  const account = "devstoreaccount1";
  const ca = readFileSync(azurite.environment["SSL_CERT_FILE"]!, "utf8");
  const written = new Map<string, number>();
  let ahead = 0;
  const moved = (date: unknown, seconds: number) => new Date(Date.parse(String(date)) + seconds * 1000).toUTCString();
  const place = (container: Container, name: string) => `${container}-${run}/${name}`;
  const mark = (path: string) => written.set(path, ahead);
  const leased = place("requests", "controller");
  const lease = (action: string, more: Record<string, string>) =>
    azurite.blob("PUT", `${leased}?comp=lease`, { "x-ms-lease-action": action, ...more });
  const end = () => lease("break", { "x-ms-lease-break-period": "0" });

  for (const container of ["requests", "heartbeats"]) await azurite.container(`${container}-${run}`);
  const service = await Service.open([
    async (call) => {
      const reply = await send(azurite.gate.url, call, ca);
      const path = call.path.slice(`/${account}/`.length);
      if (call.method === "PUT" && reply.status === 201 && !path.includes("?")) mark(path);
      const headers = { ...reply.headers, date: moved(reply.headers!["date"], ahead) };
      const changed = headers["last-modified" as keyof typeof headers];
      if (changed === undefined) return { ...reply, headers };
      return { ...reply, headers: { ...headers, "last-modified": moved(changed, written.get(path) ?? 0) } };
    },
  ]);
  return {
    service,
    url: (container) => `${service.url}/${account}/${place(container, "")}`,
    put: async (container, name, body) => {
      const path = place(container, name);
      const { status } = await azurite.blob("PUT", path, { "x-ms-blob-type": "BlockBlob" }, body);
      if (status !== 201) throw new Error(`${path}: ${status}`);
      mark(path);
    },
    get: async (container, name) => {
      const { status, body } = await azurite.blob("GET", place(container, name));
      return status === 200 ? String(body) : undefined;
    },
    names: async (container) => {
      const { body } = await azurite.blob("GET", `${container}-${run}?restype=container&comp=list`);
      return [...String(body).matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name]) => name!);
    },
    takeOver: async () => {
      await end();
      await lease("acquire", { "x-ms-lease-duration": "60" });
    },
    isLeased: async () => (await azurite.blob("GET", leased)).headers!["x-ms-lease-state"] === "leased",
    pass: async (seconds) => {
      ahead += seconds;
      if (seconds >= 60) await end();
    },
    now: () => Math.floor(Date.now() / 1000) + ahead,
    close: () => service.close(),
  };
}
