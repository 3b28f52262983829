/**
 * Everything around one node, for tests of whole programs with the real cloud adapter: the cloud's strict services, the
 * vendor's download, OpenVidu's health address, and a machine whose system commands keep just enough state.
 */
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { carriedPrograms } from "../../nodes/render";
import { LifecycleActions, ObjectStore, secretsManager } from "./cloud-services";
import { AzureMetadata, Ec2Metadata, KeyVault } from "./imds";
import { bundleOf, Machine, type NodeKind, settingsOf, specOf } from "./machine";
import { type Handler, Service } from "./services";
import { demandSignature, serviceOf } from "./sigv4";

/** Docker with one file per running container; SIGQUIT is recorded, and what runs ends when its file is removed. */
export const dockerStub = `
case "$1" in --version) echo "Docker version 29.5.3, build x"; exit ;; info) exit ;; esac
cd "$OPENVIDU_NODE_ROOT/containers" 2>/dev/null || exit 1
case "$1 $2" in
  "ps -q") grep -l agent * 2>/dev/null; true ;;
  "ps --format") for name in *; do [[ "$name" == "*" ]] || echo "$name $(sed -n 's/agent/true/p' "$name")"; done ;;
  "container kill") [[ -e "$4" ]] ;;
esac`;

/** Stands in for the vendor's bootstrap: lays out what the real one lays out, and prints a password as it does. */
const vendor = `#!/bin/sh
echo "installer $*" >>"$STUB_LOG"
echo "finished; password is $(echo "$*" | sed 's/.*--redis-password=\\([^ ]*\\).*/\\1/')"
prefix="$OPENVIDU_NODE_ROOT/opt/openvidu"
mkdir -p "$prefix/config/cluster/master_node" "$prefix/config/node" "$OPENVIDU_NODE_ROOT/etc/systemd/system"
for file in cluster/openvidu.env cluster/master_node/meet.env node/master_node.env node/media_node.env; do
  echo "# $file" >"$prefix/config/$file"
done
mkdir -p "$OPENVIDU_NODE_ROOT/etc/sysctl.d"
echo kernel >"$OPENVIDU_NODE_ROOT/etc/sysctl.d/50-openvidu.conf"
echo unit >"$OPENVIDU_NODE_ROOT/etc/systemd/system/openvidu.service"
`;

const instance = "i-0123456789abcdef0";

export class CloudWorld {
  public readonly ec2 = new Ec2Metadata();
  public readonly azure = new AzureMetadata(settingsOf("azure", "media")["IDENTITY_CLIENT_ID"]!);
  public readonly actions = new LifecycleActions(settingsOf("aws", "media")["GROUP_NAME"]!);
  public readonly coordination: ObjectStore;
  public bundle: string;
  /** What the vendor's address gives out. */
  public installer = vendor;
  /** More files that can be downloaded. */
  public readonly downloads = new Map<string, string>();
  private readonly services: Service[] = [];
  private readonly machines: Machine[] = [];

  private constructor(public readonly kind: NodeKind) {
    this.bundle = JSON.stringify(bundleOf(kind.cloud, kind.role));
    this.coordination = new ObjectStore(kind.cloud === "aws" ? "/acme-cluster/openvidu-node/" : "/coordination/");
    const programs = carriedPrograms(kind);
    if (programs)
      this.coordination.objects.set(programs.name, {
        body: Buffer.from(programs.base64, "base64"),
        changed: new Date(),
      });
    if (kind.cloud === "aws" && kind.role === "media") this.actions.waiting.set(instance, "acme-launch");
  }

  public static async open(kind: NodeKind): Promise<CloudWorld> {
    const world = new CloudWorld(kind);
    const metadata = kind.cloud === "aws" ? world.ec2.handle : world.azure.handle;
    world.services.push(
      await Service.open([metadata]),
      await Service.open(kind.cloud === "aws" ? world.awsHandlers() : world.azureHandlers()),
      await Service.open([world.site]),
    );
    return world;
  }

  /** Instance metadata. */
  public get metadata(): Service {
    return this.services[0]!;
  }

  /** The cloud's services that need the node's identity. */
  public get cloud(): Service {
    return this.services[1]!;
  }

  /** The vendor's download and what runs on the node itself. */
  public get local(): Service {
    return this.services[2]!;
  }

  public get all(): readonly Service[] {
    return this.services;
  }

  private readonly site: Handler = ({ path }) => ({
    status: 200,
    body: path === "/installer.sh" ? this.installer : this.downloads.get(path),
  });

  private awsHandlers(): Handler[] {
    const services: Record<string, Handler> = {
      secretsmanager: secretsManager(settingsOf("aws", this.kind.role)["BUNDLE_ID"]!, () => this.bundle),
      autoscaling: this.actions.handle,
      s3: this.coordination.handle,
    };
    return [demandSignature(() => this.ec2.credentials), (call) => services[serviceOf(call.headers)!]?.(call)];
  }

  private azureHandlers(): Handler[] {
    const vault = new KeyVault(this.azure, "masters", "");
    const [requests, heartbeats] = [new ObjectStore("/requests/"), new ObjectStore("/heartbeats/")];
    return [
      (call) => {
        vault.value = this.bundle;
        return call.path.startsWith("/secrets/") ? vault.handle(call) : undefined;
      },
      (call) => (this.azure.admits(call, "https://storage.azure.com/") ? undefined : { status: 401 }),
      this.coordination.handle,
      requests.handle,
      heartbeats.handle,
    ];
  }

  /** A fresh machine of this world's kind on which everything works. */
  public machine(settings: Record<string, string> = {}): Machine {
    const { cloud, role } = this.kind;
    const { url } = this.cloud;
    const place = cloud === "aws" ? "acme-cluster/openvidu-node" : "coordination";
    const storage: Record<string, string> = {
      ...(role === "master" ? { COORDINATION_URL: `${url}/${place}/` } : {}),
      ...(cloud === "azure" ? { REQUESTS_URL: `${url}/requests/`, HEARTBEATS_URL: `${url}/heartbeats/` } : {}),
    };
    const machine = new Machine(
      specOf(cloud, role, {
        INSTALLER_URL: `${this.local.url}/installer.sh`,
        INSTALLER_SHA256: createHash("sha256").update(vendor).digest("hex"),
        HEALTH_URL: `${this.local.url}/health`,
        ...(role === "master" ? { APP_HEALTH_URL: `${this.local.url}/dashboard/` } : {}),
        ...storage,
        ...settings,
      }),
    );
    Object.assign(machine.environment, {
      OPENVIDU_NODE_WAIT: "0",
      OPENVIDU_NODE_PAUSE: "1",
      OPENVIDU_NODE_IMDS: this.metadata.url,
      OPENVIDU_NODE_ENDPOINT: this.cloud.url + (cloud === "aws" ? "/" : ""),
      PROTOCOLS: "=http",
    });
    machine.write("/dev/console", "");
    machine.stub("docker", dockerStub);
    machine.stub("docker-compose", 'echo "Docker Compose version v5.1.4"');
    machine.stub("sysctl", "true");
    if (role === "master") addDisk(machine);
    this.machines.push(machine);
    return machine;
  }

  public async close(): Promise<void> {
    for (const machine of this.machines) machine.remove();
    await Promise.all(this.services.map((service) => service.close()));
  }
}

/**
 * A blank data disk: /kind says what is on it, and a mounted directory is a link to /disk. Each command is complete or
 * has not happened, so that it can be interrupted before and after.
 */
function addDisk(machine: Machine): void {
  machine.write("/etc/fstab", "UUID=root / ext4 defaults 0 1\n");
  machine.write("/dev/disk-a", "");
  for (const name of ["by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0", "azure/data/by-lun/0"]) {
    const link = machine.path(`/dev/disk/${name}`);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(machine.path("/dev/disk-a"), link);
  }
  mkdirSync(machine.path("/disk"));
  machine.stub("lsblk", '[[ "$1" == -dno ]] && echo disk || echo disk-a');
  machine.stub(
    "blkid",
    'case "$3" in TYPE) cat "$OPENVIDU_NODE_ROOT/kind" 2>/dev/null || exit 2 ;; UUID) echo 1234-abcd ;; esac',
  );
  machine.stub("wipefs", 'cat "$OPENVIDU_NODE_ROOT/kind" 2>/dev/null; true');
  machine.stub("mkfs.ext4", 'echo ext4 >"$OPENVIDU_NODE_ROOT/kind"');
  machine.stub("mountpoint", '[[ -L "$2" ]]');
  machine.stub("mount", 'target="${@: -1}"; rmdir "$target" && ln -s "$OPENVIDU_NODE_ROOT/disk" "$target"');
  machine.stub("umount", 'rm "$1" && mkdir "$1"');
  machine.stub("resize2fs", "true");
}
