/**
 * Azure Resource Manager as the controller uses it: scale sets, their machines, power states, autoscale settings and the
 * deletion of named machines; strict about method, path, version, body and token
 * (reference/cloud-facts-azure.md 1.4, 1.13; https://learn.microsoft.com/rest/api/compute and /rest/api/monitor).
 */
import assert from "node:assert/strict";
import type { AzureMetadata } from "./imds";
import { type Call, type Reply, Service } from "./services";

export interface Orders {
  readonly min: number;
  readonly max: number;
  readonly cpu: number;
  readonly drains: number;
  readonly cooldown: number;
  readonly drain: number;
  readonly boot: number;
  readonly template: string;
}

export interface VirtualMachine {
  readonly vmId: string;
  /** Seconds since the epoch. */
  readonly created: number;
  power: string;
  provisioningState: string;
}

interface AutoscaleSetting {
  readonly id: string;
  readonly name: string;
  readonly tags: Record<string, string>;
  readonly properties: {
    readonly enabled: boolean;
    readonly targetResourceUri: string;
    readonly profiles: readonly {
      readonly name: string;
      readonly capacity: { minimum: string; maximum: string; default: string };
      readonly rules: readonly { readonly metricTrigger: { threshold: number }; readonly scaleAction: object }[];
    }[];
  };
}

const compute = "2024-11-01";
const insights = "2022-10-01";
const [subscription, resourceGroup] = ["11111111-2222-3333-4444-555555555555", "acme (prod)"];
const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers`;
const setId = `${group}/Microsoft.Compute/virtualMachineScaleSets/openvidu-media-x1`;
const json = (body: unknown): Reply => ({ status: 200, body: JSON.stringify(body) });

export class ResourceManager {
  public readonly machines = new Map<string, VirtualMachine>();
  public readonly tags: Record<string, string>;
  public readonly setting: AutoscaleSetting;
  /** Names whose deletion was asked for, as often as it was. */
  public readonly deletions: string[] = [];
  /** Whether a deletion takes longer than a test. */
  public slow = false;
  public service!: Service;
  public readonly subscription = subscription;
  public readonly resourceGroup = resourceGroup;

  private constructor(
    private readonly imds: AzureMetadata,
    orders: Orders,
  ) {
    this.tags = {
      team: "conferencing",
      "openvidu-cluster": "openvidu-acme-prod",
      "openvidu-media": JSON.stringify(orders),
    };
    this.setting = {
      id: `${group}/microsoft.insights/autoscalesettings/media`,
      name: "media",
      tags: { team: "conferencing" },
      properties: {
        enabled: true,
        targetResourceUri: setId.replace("acme (prod)", "ACME (prod)"),
        profiles: [
          {
            name: "media-nodes",
            capacity: { minimum: String(orders.min), maximum: String(orders.max), default: String(orders.min) },
            rules: [{ metricTrigger: { threshold: orders.cpu }, scaleAction: { direction: "Increase" } }],
          },
        ],
      },
    };
  }

  public static async open(imds: AzureMetadata, orders: Orders): Promise<ResourceManager> {
    const manager = new ResourceManager(imds, orders);
    manager.service = await Service.open([(call) => manager.answer(call)]);
    return manager;
  }

  public order(orders: Orders): void {
    this.tags["openvidu-media"] = JSON.stringify(orders);
  }

  public get capacity(): { minimum: string; maximum: string; default: string } {
    return this.setting.properties.profiles[0]!.capacity;
  }

  /** Requests that change something. */
  public get writes(): Call[] {
    return this.service.seen.filter(({ method }) => method !== "GET");
  }

  private answer(call: Call): Reply {
    if (!this.imds.admits(call, "https://management.azure.com/")) return { status: 401 };
    if (call.headers["content-type"] !== "application/json") return { status: 415 };
    const url = new URL(call.path, "http://arm");
    const path = decodeURIComponent(url.pathname);
    const wanted = path.toLowerCase().includes("microsoft.insights") ? insights : compute;
    if (url.searchParams.get("api-version") !== wanted) return { status: 400 };
    if (call.method === "GET") return this.read(path, url.searchParams);
    if (call.method === "POST" && path === `${setId}/delete`) return this.remove(call.body.toString());
    if (call.method === "PUT" && path === this.setting.id) return this.scale(call.body.toString());
    return { status: 405 };
  }

  private read(path: string, query: URLSearchParams): Reply {
    if (path === `${group}/Microsoft.Compute/virtualMachineScaleSets`) {
      const other = { id: `${setId}-other`, name: "other", tags: { "openvidu-cluster": "openvidu-acme-prod" } };
      const foreign = { id: `${setId}-foreign`, name: "foreign" };
      return json({ value: [foreign, other, { id: setId, name: "openvidu-media-x1", tags: this.tags }] });
    }
    if (path === `${setId}/virtualMachines`) return this.page(Number(query.get("$skiptoken") ?? 0));
    if (path === `${group}/Microsoft.Insights/autoscalesettings`) {
      const other = { id: "/other", properties: { targetResourceUri: `${setId}-other`, profiles: [] } };
      return json({ value: [other, this.setting] });
    }
    const name = new RegExp(`/Microsoft.Compute/virtualMachines/([\\w-]+)/instanceView$`).exec(path)?.[1];
    const machine = name === undefined ? undefined : this.machines.get(name);
    if (!machine) return { status: 404 };
    return json({ statuses: [{ code: "ProvisioningState/succeeded" }, { code: `PowerState/${machine.power}` }] });
  }

  private page(from: number): Reply {
    const value = [...this.machines].slice(from, from + 2).map(([name, { vmId, created, provisioningState }]) => ({
      name,
      instanceId: name,
      properties: {
        vmId,
        provisioningState,
        timeCreated: `${new Date(created * 1000).toISOString().slice(0, 23)}4567+00:00`,
      },
    }));
    const next = `${this.service.url}${encodeURI(setId)}/virtualMachines?api-version=${compute}&%24skiptoken=${from + 2}`;
    return json(from + 2 < this.machines.size ? { value, nextLink: next } : { value });
  }

  private remove(text: string): Reply {
    const body = JSON.parse(text) as { instanceIds?: string[] };
    const [name] = body.instanceIds ?? [];
    if (Object.keys(body).join() !== "instanceIds" || body.instanceIds?.length !== 1) return { status: 400 };
    const machine = this.machines.get(name!);
    if (!machine) return { status: 404 };
    this.deletions.push(name!);
    if (this.slow) machine.provisioningState = "Deleting";
    else this.machines.delete(name!);
    return { status: 202 };
  }

  /** Takes the setting back only as it was, but for its limits and its threshold. */
  private scale(text: string): Reply {
    const given = JSON.parse(text) as AutoscaleSetting;
    const [profile] = given.properties.profiles;
    const { minimum, maximum } = profile!.capacity;
    const { threshold } = profile!.rules[0]!.metricTrigger;
    const expected = structuredClone(this.setting);
    Object.assign(expected.properties.profiles[0]!.capacity, { minimum, maximum, default: minimum });
    expected.properties.profiles[0]!.rules[0]!.metricTrigger.threshold = threshold;
    assert.deepEqual(given, expected);
    if (!/^\d+$/.test(minimum) || Number(minimum) > Number(maximum)) return { status: 400 };
    Object.assign(this.capacity, { minimum, maximum, default: minimum });
    this.trigger.threshold = threshold;
    this.onScale?.();
    return json(given);
  }

  /** What else happens when limits are set. */
  public onScale?: () => void;

  public get trigger(): { threshold: number } {
    return this.setting.properties.profiles[0]!.rules[0]!.metricTrigger;
  }
}
