/**
 * Masters for tests, four or one: machines that share the cluster's own store, each with a model of OpenVidu that takes the files
 * of its machine when it starts and answers at its own loopback address.
 */
import { cpSync, existsSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { bundleOf, fileStore, Machine, type NodeKind, specOf, StandIn } from "./machine";

const library = "/usr/local/lib/openvidu-node";
const config = "/opt/openvidu/config";
export const openviduEnv = `${config}/cluster/openvidu.env`;
export const masterEnv = `${config}/node/master_node.env`;
export const appliedVersion = "/var/lib/openvidu-node/settings";

/** The cloud adapter: the bundle and its version lie below /secret; without them the secret store does not answer. */
const adapter = `
import os, sys
from web import Trouble
${fileStore}
def secret(name):
    with open(os.environ["STUB_LOG"], "a") as log:
        log.write("secret " + name + "\\n")
    try:
        with open(os.environ["OPENVIDU_NODE_ROOT"] + "/secret/" + name) as file:
            return file.read()
    except OSError:
        raise Trouble("secret store: 503")
def fetch_bundle():
    return secret("bundle"), secret("version")
def bundle_version():
    return secret("version")
def instance(path):
    return "media-1"
if __name__ == "__main__":
    with open(os.environ["STUB_LOG"], "a") as log:
        log.write("cloud " + " ".join(sys.argv[1:]) + "\\n")
    if sys.argv[1] in ("metadata", "instance"):
        slot = os.environ.get("SLOT")
        print(os.environ["MASTER_IPS"].split(",")[int(slot) - 1] if slot else "10.0.0.4")
`;

/** Remembers what OpenVidu has read; it does not come up with the licence "broken". */
const systemctl = `
root="$OPENVIDU_NODE_ROOT"
case "$1" in
  is-active) cat "$root/unit" 2>/dev/null || echo inactive ;;
  start | restart)
    if [[ "\${*: -1}" == openvidu ]]; then
      rm -rf "$root/running"
      cp -r "$root${config}" "$root/running"
      echo active >"$root/unit"
      rm -f "$root/sick"
      if grep -qs OPENVIDU_PRO_LICENSE=broken "$root/running/cluster/openvidu.env"; then touch "$root/sick"; fi
    fi
    ;;
esac
`;

export class Cluster {
  private constructor(
    public readonly masters: readonly Machine[],
    private readonly world: StandIn,
  ) {}

  /** Settings of the first master come first; `elsewhere` answers what is not asked of OpenVidu. */
  public static async open(
    count = 4,
    elsewhere: (path: string) => string | undefined = () => undefined,
    edition: "ha" | "elastic" = "ha",
  ): Promise<Cluster> {
    const masters: Machine[] = [];
    const world = await StandIn.open(({ path, headers }) => {
      const body = elsewhere(path);
      if (body !== undefined) return { status: 200, body };
      const machine = masters[Number(/^127\.0\.0\.(\d+)/.exec(headers.host ?? "")?.[1]) - 1];
      return { status: machine?.has("/unit") && !machine.has("/sick") ? 200 : 503 };
    }, "0.0.0.0");
    const port = new URL(world.url).port;
    for (let slot = 1; slot <= count; slot++) masters.push(machineOf("master", port, slot, count, edition));
    for (const machine of masters.slice(1)) shareStore(machine, masters[0]!);
    return new Cluster(masters, world);
  }

  public get url(): string {
    return this.world.url;
  }

  public has(object: string): boolean {
    return this.masters[0]!.has(`/store/${object}`);
  }

  /** Who holds a lock, or nobody. */
  public holder(lock = "masters"): string {
    if (!this.has(`locks/${lock}`)) return "";
    return (JSON.parse(this.masters[0]!.read(`/store/locks/${lock}`)) as { holder: string }).holder;
  }

  /** Lets time pass for an object of the store. */
  public age(object: string, seconds: number): void {
    const then = Date.now() / 1000 - seconds;
    utimesSync(this.masters[0]!.path(`/store/${object}`), then, then);
  }

  /** Puts a bundle into the secret store, for every master. */
  public publish(version: string, changes: Record<string, string> = {}): void {
    for (const machine of this.masters) publish(machine, version, changes);
  }

  public async close(): Promise<void> {
    for (const machine of this.masters) machine.remove();
    await this.world.close();
  }
}

export function publish(machine: Machine, version: string, changes: Record<string, string> = {}): void {
  const role = machine.has("/usr/local/lib/openvidu-node/drain.sh") ? "media" : "master";
  machine.write("/secret/bundle", JSON.stringify({ ...bundleOf("aws", role), ...changes }));
  machine.write("/secret/version", version);
}

/** A machine with the adapter and the model of OpenVidu, on which nothing is installed yet. */
export function machineOf(
  role: NodeKind["role"],
  port: string,
  slot = 1,
  count = 4,
  edition: "ha" | "elastic" = "ha",
): Machine {
  const addresses = Array.from({ length: count }, (_, index) => `127.0.0.${index + 1}`);
  const local = `http://${addresses[slot - 1]}:${port}`;
  const machine = new Machine(
    specOf(
      "aws",
      role,
      {
        MASTER_IPS: addresses.join(","),
        HEALTH_URL: `${local}/health/caddy`,
        ...(role === "master"
          ? { SLOT: String(slot), APP_HEALTH_URL: `${local}/dashboard/`, DATA_DISK: `vol-${slot}` }
          : {}),
      },
      { edition },
    ),
  );
  Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PAUSE: "1" });
  machine.write(`${library}/cloud.py`, adapter);
  machine.stub("systemctl", systemctl);
  return machine;
}

/** Makes a machine one that serves with the settings of a version; cheaper with another that does. */
export async function serves(machine: Machine, version: string, like?: Machine): Promise<void> {
  machine.receivePrograms();
  for (const mark of [
    "/opt/openvidu/.openvidu-node/initialised",
    "/run/openvidu-node/ready",
    "/var/lib/openvidu-node/joined",
  ])
    machine.write(mark, "");
  machine.write("/opt/openvidu/.openvidu-node/installed", "3.8.0\n");
  machine.write("/var/lib/openvidu-node/status", "state=ready\n");
  for (const file of [
    "cluster/openvidu.env",
    "cluster/master_node/meet.env",
    "node/master_node.env",
    "node/media_node.env",
  ])
    machine.write(`${config}/${file}`, "");
  publish(machine, version);
  if (like) {
    for (const place of [config, "/var/lib/openvidu-node"])
      cpSync(like.path(place), machine.path(place), { recursive: true });
  } else {
    const { code, log } = await machine.job("refresh", "boot");
    if (code !== 0) throw new Error(log);
  }
  cpSync(machine.path(config), machine.path("/running"), { recursive: true });
  machine.write("/unit", "active\n");
  machine.write(appliedVersion, `${version}\n`);
  machine.write("/calls", "");
}

function shareStore(machine: Machine, first: Machine): void {
  if (existsSync(machine.path("/store"))) rmSync(machine.path("/store"), { recursive: true });
  symlinkSync(first.path("/store"), machine.path("/store"));
}
