/**
 * The engine's side of a running program: takes registrations, reads and function calls, and answers them from the
 * tables of the simulated clouds. Mirrors pkg/resource/deploy (source_eval.go, step_generator.go) of Pulumi 3.248, run
 * with --continue-on-error: a refused resource does not stop the others, so that one run finds all refusals.
 */
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { aliasUrn } from "./alias";
import type { Deployment, Goal } from "./engine/deployment";
import type { StateResource } from "./engine/state";
import type { RecordedOptions } from "./graph";
import type { Properties } from "./model";
import { type ProviderInstance, UnsupportedTypesError } from "./provider";
import { EngineError, type Registered, type Registry, RequestError } from "./registry";
import { stableRandom } from "./simulate";
import { type TransformRunner, type TransformSubject, withDependencies } from "./transforms";
import * as urns from "./urn";
import * as values from "./values";

/** What stays the same during a run. */
export interface RunContext {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  readonly config: Readonly<Record<string, string>>;
  /** What references to other stacks, and to this one's last update, find. */
  readonly stackOutputs: Readonly<Record<string, Properties>>;
  /** Whether there is a provider of this package. */
  readonly isKnown: (packageName: string) => boolean;
  /** Whether a provider has a table for this resource type. */
  readonly isModelled: (type: string) => boolean;
  /** The provider with this URN and these inputs. */
  readonly open: (providerUrn: string, inputs: values.ValueMap) => ProviderInstance;
}

/** A registration with its parent, transforms and dependencies worked out. */
interface Registration {
  readonly subject: TransformSubject;
  readonly urn: string;
  readonly inputs: values.ValueMap;
  readonly provider: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly transforms: readonly Callback[];
}

interface Answer {
  readonly urn: string;
  readonly id: string;
  readonly outputs: values.ValueMap;
  readonly result: proto.Result;
}

const uuidShape = [8, 4, 4, 4, 12];

export class Monitor {
  private readonly stackTransforms: Callback[] = [];
  private readonly stackInvokeTransforms: Callback[] = [];

  constructor(
    private readonly context: RunContext,
    private readonly registry: Registry,
    private readonly transforms: TransformRunner,
    private readonly deployment: Deployment,
  ) {}

  registerStackTransform(callback: Callback): void {
    this.stackTransforms.push(callback);
  }

  registerStackInvokeTransform(callback: Callback): void {
    this.stackInvokeTransforms.push(callback);
  }

  /** Answers `new Resource(…)`. */
  async registerResource(request: proto.RegisterResourceRequest): Promise<proto.RegisterResourceResponse> {
    const registration = await this.prepare(request);
    const answer = await this.settle(registration, request);
    return new proto.RegisterResourceResponse()
      .setUrn(answer.urn)
      .setId(answer.id)
      .setObject(Struct.fromJavaScript(values.propertiesToWire(answer.outputs)))
      .setResult(answer.result);
  }

  /** Stores what a component or the stack exports. */
  registerResourceOutputs(request: proto.RegisterResourceOutputsRequest): void {
    const resource = this.registry.resources.get(request.getUrn());
    if (!resource) return;
    resource.outputs = values.propertiesFromWire(request.getOutputs()?.toJavaScript());
    this.deployment.setOutputs(resource.urn, resource.outputs);
  }

  /** Answers `Resource.get(…)`. The rehearsal knows no more of such a resource than the program says of it. */
  readResource(request: proto.ReadResourceRequest): proto.ReadResourceResponse {
    const type = request.getType();
    const parent = this.parentOf(request.getParent());
    const urn = this.claimUrn(parent, type, request.getName());
    const said = values.propertiesFromWire(request.getProperties()?.toJavaScript());
    const isStack = type === urns.stackReferenceType;
    const provider = isStack ? "" : this.providerReference(type, urn, request.getProvider(), request.getVersion());
    if (!isStack && !this.context.isModelled(type)) this.registry.unsupported.add(type);
    const properties = isStack ? this.stackReference(request.getId()) : said;
    const read: Registered = {
      urn,
      type,
      name: request.getName(),
      custom: true,
      external: true,
      parent,
      provider,
      id: request.getId(),
      inputs: {},
      outputs: properties,
      dependencies: request.getDependenciesList(),
      propertyDependencies: {},
      options: recordOptions(this.context, { type, name: request.getName(), parent }, noOptions()),
      inherited: { deletedWith: "" },
      providers: {},
      transforms: [],
    };
    this.remember(read);
    this.deployment.settleRead(isStack ? { ...stateOf(read), inputs: said } : stateOf(read));
    return new proto.ReadResourceResponse()
      .setUrn(urn)
      .setProperties(Struct.fromJavaScript(values.propertiesToWire(properties)));
  }

  private stackReference(name: string): values.ValueMap {
    const outputs = this.context.stackOutputs[name] ?? {};
    return values.fromPlain({ name, outputs, secretOutputNames: [] }) as values.ValueMap;
  }

  /** Answers a provider's function. */
  async invoke(request: proto.ResourceInvokeRequest): Promise<{ result: values.WireProperties } | { failure: string }> {
    const token = request.getTok();
    const options = new proto.TransformInvokeOptions()
      .setProvider(request.getProvider())
      .setVersion(request.getVersion())
      .setPluginDownloadUrl(request.getPlugindownloadurl());
    const sent = request.getArgs()?.toJavaScript() ?? {};
    const transformed = await this.transforms.transformInvoke(token, sent, options, this.stackInvokeTransforms);
    const args = values.propertiesFromWire(transformed.args);
    const reference = this.providerReference(token, "", transformed.options.getProvider(), request.getVersion());

    const answer = await this.call(reference, token, values.toPlain(args) as Properties);
    if ("failure" in answer) return { failure: answer.failure };
    const result = values.fromPlain(answer.result) as values.ValueMap;
    return { result: values.propertiesToWire(result) };
  }

  private async call(reference: string, token: string, args: Properties): ReturnType<ProviderInstance["invoke"]> {
    const urn = urns.urnOfReference(reference);
    try {
      return await this.context.open(urn, this.registry.resources.get(urn)?.inputs ?? {}).invoke({ token, args });
    } catch (error) {
      if (!(error instanceof UnsupportedTypesError)) throw error;
      this.registry.unsupported.add(token);
      throw new RequestError(`the rehearsal has no model of the function ${token}`);
    }
  }

  // From the request to a registration.

  private async prepare(request: proto.RegisterResourceRequest): Promise<Registration> {
    const type = request.getType();
    const parent = this.parentOf(request.getParent(), type);
    const own = request.getTransformsList();
    const propertyDependencies = Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([key]) => [key, request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? []]),
    );
    const sent = request.getObject()?.toJavaScript() ?? {};
    const subject = await this.transforms.transformResource(
      {
        type,
        name: request.getName(),
        custom: request.getCustom(),
        parent,
        properties: own.length > 0 ? withDependencies(sent, propertyDependencies) : sent,
        options: this.inheritedOptions(request, parent),
      },
      [...own, ...this.registry.lineage(parent).flatMap((above) => above.transforms), ...this.stackTransforms],
    );
    if (this.registry.stopped)
      throw new EngineError(urns.createUrn(this.context, parent, type, subject.name), "the run has stopped");

    const urn = this.claimUrn(parent, type, subject.name);
    const reread = own.length > 0 ? mapDependencies(subject.properties) : propertyDependencies;
    return {
      subject,
      urn,
      inputs: values.propertiesFromWire(subject.properties),
      provider: this.providerOf(urn, subject),
      dependencies: [
        ...new Set([...subject.options.getDependsOnList(), ...(own.length > 0 ? Object.values(reread).flat() : [])]),
      ].sort(),
      propertyDependencies: reread,
      transforms: own,
    };
  }

  /** The request's options, completed by what a child takes over from its parent. */
  private inheritedOptions(request: proto.RegisterResourceRequest, parent: string): proto.TransformResourceOptions {
    const above = this.registry.resources.get(parent);
    const options = optionsOf(request);
    if (!options.hasProtect() && above?.inherited.protect !== undefined) options.setProtect(above.inherited.protect);
    if (!options.hasRetainOnDelete() && above?.inherited.retainOnDelete !== undefined) {
      options.setRetainOnDelete(above.inherited.retainOnDelete);
    }
    if (options.getDeletedWith() === "") options.setDeletedWith(above?.inherited.deletedWith ?? "");
    if (request.getCustom() && options.getProvider() === "") {
      const packageName = urns.packageOf(request.getType());
      options.setProvider(
        request.getProvidersMap().get(packageName) ?? this.registry.providerFrom(parent, packageName),
      );
    }
    return options;
  }

  private parentOf(parent: string, type?: string): string {
    if (parent === "") return type === urns.stackType ? "" : this.stackUrn();
    if (!this.registry.resources.has(parent) && !this.registry.failed.has(parent)) {
      throw new EngineError(parent, `could not find parent resource ${parent}`);
    }
    return parent;
  }

  private stackUrn(): string {
    const urn = urns.createUrn(this.context, "", urns.stackType, `${this.context.project}-${this.context.stack}`);
    return this.registry.resources.has(urn) ? urn : "";
  }

  private claimUrn(parent: string, type: string, name: string): string {
    const urn = urns.createUrn(this.context, parent, type, name);
    if (this.registry.resources.has(urn) || this.registry.failed.has(urn)) {
      throw new EngineError(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    return urn;
  }

  // Providers.

  private providerOf(urn: string, { type, custom, options }: TransformSubject): string {
    if (!custom || urns.providedPackage(type) !== undefined) return "";
    return this.providerReference(type, urn, options.getProvider(), options.getVersion());
  }

  /** The provider to use: the given one, or the package's default provider, which is made when first needed. */
  private providerReference(token: string, urn: string, given: string, version: string): string {
    if (given !== "") {
      const provider = urns.urnOfReference(given);
      if (!this.registry.resources.has(provider) && !this.registry.failed.has(provider)) {
        throw new EngineError(urn, `unknown provider '${given}' for resource '${urn}'`);
      }
      return given;
    }
    const packageName = urns.packageOf(token);
    if (this.defaultProviderIsDisabled(packageName)) {
      const user = urn === "" ? token : urn;
      throw new EngineError(
        urn,
        `Default provider for '${packageName}' disabled. '${user}' must use an explicit provider.`,
      );
    }
    return this.defaultProvider(packageName, version);
  }

  private defaultProviderIsDisabled(packageName: string): boolean {
    const disabled = JSON.parse(this.context.config["pulumi:disable-default-providers"] ?? "[]") as string[];
    return disabled.includes("*") || disabled.includes(packageName);
  }

  private defaultProvider(packageName: string, version: string): string {
    const type = urns.providerType(packageName);
    const name = version === "" ? "default" : `default_${version.replaceAll(/[.+-]/g, "_")}`;
    const urn = urns.createUrn(this.context, "", type, name);
    const id = this.providerId(urn);
    if (!this.registry.resources.has(urn)) {
      const prefix = `${packageName}:`;
      const settings = Object.entries(this.context.config).filter(([key]) => key.startsWith(prefix));
      const inputs = Object.fromEntries(settings.map(([key, value]) => [key.slice(prefix.length), value]));
      const provider: Registered = {
        ...emptyResource(urn, type, name),
        custom: true,
        id,
        inputs: version === "" ? inputs : { ...inputs, version },
        options: recordOptions(this.context, { type, name, parent: "" }, noOptions()),
      };
      this.remember(provider);
      this.deployment.settleOwn({ ...goalOf(provider), outputs: provider.inputs });
    }
    return `${urn}::${id}`;
  }

  private providerId(urn: string): string {
    if (this.context.preview) return values.wireUnknown;
    return uuidShape.map((length, part) => stableRandom(`${urn}/${part}`, length, "0123456789abcdef")).join("-");
  }

  // From the registration to an answer.

  private async settle(registration: Registration, request: proto.RegisterResourceRequest): Promise<Answer> {
    const { subject, urn } = registration;
    if (this.needsFailed(registration)) {
      this.registry.failed.add(urn);
      this.registry.skipped.push(urn);
      this.deployment.skip(goalOf(this.describe(registration, request)));
      return { urn, id: "", outputs: {}, result: proto.Result.SKIP };
    }
    const base = this.describe(registration, request);
    if (!subject.custom) {
      this.remember(base);
      this.deployment.settleOwn(goalOf(base));
      return { urn, id: "", outputs: {}, result: proto.Result.SUCCESS };
    }
    if (urns.providedPackage(subject.type) !== undefined) return this.settleProvider(base);
    const { options } = subject;
    return this.settleCustom(base, options.hasDeleteBeforeReplace() ? options.getDeleteBeforeReplace() : undefined);
  }

  private settleProvider(base: Registered): Answer {
    if (!this.context.isKnown(urns.providedPackage(base.type) ?? "")) {
      this.registry.unsupported.add(base.type);
      return this.refuse(base.urn, []);
    }
    const provider = { ...base, id: this.providerId(base.urn), outputs: base.inputs };
    this.remember(provider);
    this.deployment.settleOwn(goalOf(provider));
    return { urn: base.urn, id: provider.id, outputs: provider.outputs, result: proto.Result.SUCCESS };
  }

  private async settleCustom(base: Registered, deleteBeforeReplace: boolean | undefined): Promise<Answer> {
    if (!this.context.isModelled(base.type)) {
      this.registry.unsupported.add(base.type);
      return this.refuse(base.urn, []);
    }
    const settled = await this.deployment.settle({ ...goalOf(base), deleteBeforeReplace });
    if ("failures" in settled) return this.refuse(base.urn, settled.failures);
    const { id, inputs, outputs } = settled.resource;
    this.remember({ ...base, id, inputs, outputs });
    return { urn: base.urn, id, outputs, result: proto.Result.SUCCESS };
  }

  private refuse(urn: string, failures: readonly string[]): Answer {
    this.registry.failed.add(urn);
    this.registry.refusals.push(...failures.map((message) => ({ urn, message })));
    return { urn, id: "", outputs: {}, result: proto.Result.FAIL };
  }

  private needsFailed({ subject, provider, dependencies, propertyDependencies }: Registration): boolean {
    const needed = [
      subject.parent,
      provider === "" ? "" : urns.urnOfReference(provider),
      subject.options.getDeletedWith(),
      ...dependencies,
      ...Object.values(propertyDependencies).flat(),
    ];
    return needed.some((urn) => this.registry.failed.has(urn));
  }

  private describe(registration: Registration, request: proto.RegisterResourceRequest): Registered {
    const { subject, urn, inputs, provider } = registration;
    const { options } = subject;
    const version = urns.providedPackage(subject.type) !== undefined ? options.getVersion() : "";
    return {
      ...emptyResource(urn, subject.type, subject.name),
      custom: subject.custom,
      parent: subject.parent,
      provider,
      id: request.getImportid() === "" ? "" : options.getImport(),
      inputs: version === "" ? inputs : { ...inputs, version },
      dependencies: registration.dependencies,
      propertyDependencies: registration.propertyDependencies,
      options: recordOptions(this.context, subject, options),
      inherited: {
        ...(options.hasProtect() ? { protect: options.getProtect() } : {}),
        ...(options.hasRetainOnDelete() ? { retainOnDelete: options.getRetainOnDelete() } : {}),
        deletedWith: options.getDeletedWith(),
      },
      providers: this.handedDown(request, subject),
      transforms: registration.transforms,
    };
  }

  /** Providers for children: a component's own, completed by those of the component above it. */
  private handedDown(
    request: proto.RegisterResourceRequest,
    { custom, parent }: TransformSubject,
  ): Record<string, string> {
    if (custom) return {};
    return {
      ...this.registry.resources.get(parent)?.providers,
      ...Object.fromEntries(request.getProvidersMap().toArray()),
    };
  }

  private remember(resource: Registered): void {
    this.registry.resources.set(resource.urn, resource);
  }
}

/** What the engine keeps of a resource. */
function stateOf(resource: Registered): StateResource {
  const { inherited: _inherited, providers: _providers, transforms: _transforms, ...state } = resource;
  return state;
}

function goalOf(resource: Registered): Goal {
  return { ...stateOf(resource), deleteBeforeReplace: undefined };
}

function emptyResource(urn: string, type: string, name: string): Omit<Registered, "options"> {
  return {
    urn,
    type,
    name,
    custom: false,
    external: false,
    parent: "",
    provider: "",
    id: "",
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    inherited: { deletedWith: "" },
    providers: {},
    transforms: [],
  };
}

function mapDependencies(properties: values.WireProperties): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, values.dependenciesOf(value)]));
}

function noOptions(): proto.TransformResourceOptions {
  return new proto.TransformResourceOptions();
}

/** The options of a request in the form that transforms see. */
function optionsOf(request: proto.RegisterResourceRequest): proto.TransformResourceOptions {
  const options = noOptions()
    .setDependsOnList(request.getDependenciesList())
    .setIgnoreChangesList(request.getIgnorechangesList())
    .setReplaceOnChangesList(request.getReplaceonchangesList())
    .setReplaceWithList(request.getReplaceWithList())
    .setHideDiffList(request.getHidediffsList())
    .setVersion(request.getVersion())
    .setAliasesList(request.getAliasesList())
    .setProvider(request.getProvider())
    .setCustomTimeouts(request.getCustomtimeouts())
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setDeletedWith(request.getDeletedwith())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
    .setImport(request.getImportid())
    .setReplacementTrigger(request.getReplacementTrigger())
    .setHooks(request.getHooks());
  const protect = request.hasProtect() ? request.getProtect() : undefined;
  const retain = request.hasRetainondelete() ? request.getRetainondelete() : undefined;
  if (protect !== undefined) options.setProtect(protect);
  if (retain !== undefined) options.setRetainOnDelete(retain);
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  for (const [key, reference] of request.getProvidersMap().toArray()) options.getProvidersMap().set(key, reference);
  return options;
}

function recordOptions(
  context: RunContext,
  subject: Pick<TransformSubject, "type" | "name" | "parent">,
  options: proto.TransformResourceOptions,
): RecordedOptions {
  const timeouts = options.getCustomTimeouts();
  const named = { create: timeouts?.getCreate(), update: timeouts?.getUpdate(), delete: timeouts?.getDelete() };
  const trigger = options.getReplacementTrigger();
  return {
    protect: options.getProtect() ?? false,
    retainOnDelete: options.getRetainOnDelete() ?? false,
    deleteBeforeReplace: options.getDeleteBeforeReplace() ?? false,
    ignoreChanges: options.getIgnoreChangesList(),
    replaceOnChanges: options.getReplaceOnChangesList(),
    ...(trigger ? { replacementTrigger: values.toRecord(values.fromWire(trigger.toJavaScript())) } : {}),
    additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
    aliases: options.getAliasesList().map((alias) => aliasUrn(context, subject, alias)),
    ...(options.getDeletedWith() === "" ? {} : { deletedWith: options.getDeletedWith() }),
    customTimeouts: Object.fromEntries(Object.entries(named).filter(([, value]) => value)),
  };
}
