/**
 * The rendered configurations in real nginx and HAProxy: their own checks accept them, and connections go where they
 * should by name, port and health. Runs in a network namespace in which the masters are addresses with small stand-ins.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host, OnPremises } from "../../components/on-premises";
import { entryListeners } from "../../openvidu/entry";
import { haproxyConfig, nginxConfig } from "../../providers/onprem/balancer-configs";
import { needs } from "../counterparts";
import { plainContext } from "../support/contexts";

function missing(program: string): string | undefined {
  if (spawnSync("sh", ["-c", `command -v ${program} && command -v openssl && command -v ip`]).status !== 0)
    return "not installed";
  return spawnSync("unshare", ["-n", "-m", "true"]).status === 0 ? undefined : "no right to make namespaces";
}

const hosts = [1, 2, 3, 4].map((number): Host => ({
  ...{ name: `master-${number}`, role: "master", port: 22, user: "root", hostKey: "", failureDomain: "" },
  ...{ address: `10.5.0.1${number}`, privateAddress: `10.5.0.1${number}` },
}));

function cluster(turn: boolean): OnPremises {
  return {
    ...{ hosts, domain: "video.example.com", entry: "external", balancerCidrs: [], balancerAddress: "b" },
    ...{ firewall: "print", utc: false, ...(turn && { turnDomain: "turn.example.com" }) },
  };
}

const listeners = (rtmp = true) =>
  entryListeners(plainContext({ tls: "loadBalancer", entry: "external", features: new Set(rtmp ? ["rtmp"] : []) }));

/** Masters, a load balancer, and clients. Prints what each question was answered. */
const lab = `
import asyncio, json, os, re, signal, socket, ssl, subprocess, sys, threading, time
command, turn = json.loads(sys.argv[1])
addresses = ["10.5.0.1%d" % n for n in (1, 2, 3, 4)]
sick, heads = set(), []
def http(address, connection):
    data = b""
    while b"\\r\\n\\r\\n" not in data:
        more = connection.recv(4096)
        if not more: return
        data += more
    head = data.decode()
    if head.startswith("GET /health/caddy"):
        code = "503 No" if address in sick else "200 OK"
        connection.sendall(("HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n" % code).encode())
        return
    if re.search("(?im)^upgrade: websocket", head):
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n")
        connection.sendall(b"echo " + connection.recv(100))
        return
    heads.append(head)
    body = ("api " + address).encode()
    connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n" % len(body) + body)
def plain(kind):
    def answer(address, connection): connection.sendall(("%s %s" % (kind, address)).encode())
    return answer
def serve(address, port, answer):
    server = socket.create_server((address, port))
    def loop():
        while True:
            try: connection, _ = server.accept()
            except OSError: return
            def one(c=connection):
                try: answer(address, c)
                except OSError: pass
                finally: c.close()
            threading.Thread(target=one, daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()
    return server
servers = {}
for address in addresses:
    for port, answer in ((7880, http), (1945, plain("rtmp")), (5349, plain("turn"))):
        servers[address, port] = serve(address, port, answer)
balancer = subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr)
def wait(port):
    for _ in range(100):
        try: return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError: time.sleep(0.05)
    raise SystemExit("nothing listens on %d" % port)
wait(443)
time.sleep(1)
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
def tls(name, send=b"", port=443):
    try:
        with socket.create_connection(("127.0.0.1", port), 3) as raw, context.wrap_socket(raw, server_hostname=name) as c:
            certificate = ssl.DER_cert_to_PEM_cert(c.getpeercert(True))
            subject = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=certificate, text=True, capture_output=True).stdout
            if send: c.sendall(send)
            data = b""
            while True:
                more = c.recv(4096)
                if not more: break
                data += more
                if b"echo" in data: break
            return [re.search("CN ?= ?(.*)", subject).group(1).strip(), data.decode().split("\\r\\n\\r\\n")[-1]]
    except (OSError, ssl.SSLError) as error:
        return ["refused", type(error).__name__]
get = b"GET /x HTTP/1.1\\r\\nHost: video.example.com\\r\\nConnection: close\\r\\n\\r\\n"
upgrade = b"GET /rtc HTTP/1.1\\r\\nHost: video.example.com\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n"
def plain_http():
    with socket.create_connection(("127.0.0.1", 80), 3) as c:
        c.sendall(b"GET /meet HTTP/1.1\\r\\nHost: video.example.com\\r\\nConnection: close\\r\\n\\r\\n")
        return c.recv(4096).decode()
out = {"api": [tls("video.example.com", get) for _ in range(24)], "head": heads[-1]}
out["other"] = tls("other.example.com", get)
out["websocket"] = tls("video.example.com", upgrade + b"hello")
out["http"] = plain_http()
out["rtmps"] = tls("video.example.com", port=1935)
out["turn"] = tls("turn.example.com") if turn else None
sick.add(addresses[0])
for port in (7880, 1945, 5349) if command[0].endswith("nginx") else ():
    server = servers[addresses[1], port]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
time.sleep(3)
out["sick"] = [tls("video.example.com", get)[1] for _ in range(24)] + [tls("video.example.com", port=1935)[1] for _ in range(12)]
balancer.send_signal(signal.SIGTERM)
balancer.wait(10)
print(json.dumps(out))
os._exit(0)
`;

interface Outcome {
  readonly api: readonly (readonly [string, string])[];
  readonly head: string;
  readonly other: readonly [string, string];
  readonly websocket: readonly [string, string];
  readonly http: string;
  readonly rtmps: readonly [string, string];
  readonly turn: readonly [string, string] | null;
  readonly sick: readonly string[];
}

function run(folder: string, command: readonly string[], turn: boolean): Outcome {
  const script = join(folder, "lab.py");
  writeFileSync(script, lab);
  const addresses = hosts.map(({ privateAddress }) => `ip addr add ${privateAddress}/32 dev lo`).join("; ");
  const shell = `set -e; mount -t tmpfs run /run; ip link set lo up; ${addresses}; exec python3 "$0" "$1"`;
  const outcome = spawnSync("unshare", ["-n", "-m", "bash", "-c", shell, script, JSON.stringify([command, turn])], {
    encoding: "utf8",
    timeout: 60000,
  });
  assert.equal(outcome.status, 0, outcome.stderr);
  return JSON.parse(outcome.stdout) as Outcome;
}

/** What both have to do, in the words of the outcome. */
function judge({ api, head, other, websocket, http, rtmps, turn }: Outcome, hasTurn: boolean): void {
  for (const [name, body] of api) {
    assert.equal(name, "video.example.com");
    assert.match(body, /^api 10\.5\.0\.1[1-4]$/);
  }
  assert.ok(new Set(api.map(([, body]) => body)).size > 1, "one master gets everything");
  assert.match(head, /^x-forwarded-proto: https\r?$/im);
  assert.match(head, /^host: video\.example\.com\r?$/im);
  assert.match(head, /^x-forwarded-for: 127\.0\.0\.1\r?$/im);
  assert.match(head, /^x-real-ip: 127\.0\.0\.1\r?$/im);
  assert.equal(other[0], "refused");
  assert.deepEqual(websocket, ["video.example.com", "echo hello"]);
  assert.match(http, /^HTTP\/1\.[01] 301 /);
  assert.match(http, /^location: https:\/\/video\.example\.com\/meet\r?$/im);
  assert.match(rtmps.join(" "), /^video\.example\.com rtmp 10\.5\.0\.1[1-4]$/);
  if (hasTurn) assert.match(turn!.join(" "), /^turn\.example\.com turn 10\.5\.0\.1[1-4]$/);
}

for (const program of ["nginx", "haproxy"] as const) {
  describe(`a load balancer of the customer's own: ${program}`, function () {
    needs(this, program, missing(program));
    this.timeout(90000);
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), `openvidu-${program}-`));
      for (const name of ["video.example.com", "turn.example.com"]) {
        const [key, crt] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
        spawnSync("openssl", [
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:P-256",
          "-nodes",
          "-days",
          "2",
          "-subj",
          `/CN=${name}`,
          "-keyout",
          key,
          "-out",
          crt,
        ]);
        spawnSync("sh", ["-c", `cat ${crt} ${key} > ${join(folder, `${name}.pem`)}`]);
      }
      mkdirSync(join(folder, "logs"));
    });
    after(() => rmSync(folder, { recursive: true }));

    /** The configuration as it is rendered, but for where certificates lie and how long a verdict takes. */
    const write = (turn: boolean, rtmp = true): string => {
      const render = program === "nginx" ? nginxConfig : haproxyConfig;
      const text = render(cluster(turn), listeners(rtmp))
        .replaceAll(program === "nginx" ? "/etc/nginx/ssl" : "/etc/haproxy/certs", folder)
        .replaceAll("inter 10s", "inter 200ms")
        // Tests may open fewer files than a load balancer.
        .replaceAll("maxconn 20000", "maxconn 200");
      const file = join(folder, `${program}-${turn}-${rtmp}.conf`);
      writeFileSync(file, text);
      return file;
    };

    for (const turn of [true, false]) {
      it(`takes its configuration and leads by name and port, ${turn ? "with" : "without"} a domain for TURN, around sick masters`, () => {
        const file = write(turn);
        const check =
          program === "nginx" ? ["-t", "-c", file, "-g", `error_log ${folder}/logs/e;`] : ["-c", "-f", file];
        const checked = spawnSync(program, check, { encoding: "utf8" });
        assert.equal(checked.status, 0, checked.stderr + checked.stdout);
        const start =
          program === "nginx"
            ? ["nginx", "-c", file, "-g", `daemon off; error_log ${folder}/logs/e;`]
            : ["haproxy", "-db", "-f", file];
        const outcome = run(folder, start, turn);
        judge(outcome, turn);
        // HAProxy asks for health; nginx notices those that do not answer.
        const away = program === "nginx" ? "10.5.0.12" : "10.5.0.11";
        assert.equal(outcome.sick.length, 36);
        for (const body of outcome.sick) assert.match(body, /^(api|rtmp) 10\.5\.0\.1[1-4]$/);
        assert.deepEqual(
          outcome.sick.filter((body) => body.endsWith(away)),
          [],
        );
      });
    }

    it("takes a configuration without RTMP", () => {
      const file = write(false, false);
      const check = program === "nginx" ? ["-t", "-c", file, "-g", `error_log ${folder}/logs/e;`] : ["-c", "-f", file];
      assert.equal(spawnSync(program, check).status, 0);
    });
  });
}

describe("configurations for a load balancer of the customer's own", () => {
  it("let quiet connections live for an hour", () => {
    const texts = [nginxConfig(cluster(true), listeners()), haproxyConfig(cluster(true), listeners())];
    const idle = texts.map((text) =>
      [...text.matchAll(/(?:proxy_timeout|proxy_(?:read|send)_timeout|timeout (?:client|server|tunnel)) (\d+)s/g)].map(
        ([, seconds]) => Number(seconds),
      ),
    );
    assert.deepEqual(
      idle.map((each) => each.length),
      [5, 3],
    );
    assert.ok(idle.flat().every((seconds) => seconds >= 3600));
  });

  it("ask each master for Caddy's health, on every way to it", () => {
    const text = haproxyConfig(cluster(true), listeners());
    assert.equal(text.match(/http-check send meth GET uri \/health\/caddy/g)?.length, 3);
    assert.equal(text.match(/check port 7880/g)?.length, 12);
  });
});
