/**
 * Simulated queues and event rules: SQS, EventBridge.
 */
import type { Json, Properties, ResourceModel, World } from "../../model";
import { isDeclared } from "../existing";
import { at, given, number, problems, record, text } from "../values";
import { accountId, arn, common, ownById, parseArn, parts, partitionOf, refusal, regionOf, tagged } from "./account";
import { policyProblem } from "./identity";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service";
const queueType = "aws:sqs/queue:Queue";
const queuePolicyType = "aws:sqs/queuePolicy:QueuePolicy";
const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";

const within = (value: Json, low: number, high: number, name: string): string | false => {
  const found = number(value);
  return (
    found !== undefined &&
    (found < low || found > high) &&
    `expected ${name} to be in the range (${low} - ${high}), got ${found}`
  );
};

/** Where messages go that could not be worked on: a queue of the same kind in the same region. */
function redriveProblem(inputs: Properties, world: World): string | undefined {
  if (!given(inputs.redrivePolicy)) return undefined;
  const target = text(record(inputs.redrivePolicy).deadLetterTargetArn);
  const made = world.ofType(queueType).find((other) => other.outputs.arn === target);
  const fits = made ? (made.inputs.fifoQueue === true) === (inputs.fifoQueue === true) : isDeclared(world, target);
  const says = `Value ${text(inputs.redrivePolicy)} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist or is of another type.`;
  return fits ? undefined : refusal("SQS", "CreateQueue", "InvalidParameterValue", says);
}

const queue: ResourceModel = {
  required: [],
  source: `${tf}/sqs/queue.go (customizeDiff: FIFO names, deduplication); SQS CreateQueue API reference; cloud-facts-aws 11`,
  naming: { input: "name", auto: "suffix7", maxLength: 80, pattern: /^[A-Za-z0-9_-]+(\.fifo)?$/ },
  defaults: { fifoQueue: false, contentBasedDeduplication: false, delaySeconds: 0, visibilityTimeoutSeconds: 30 },
  forcesReplacement: ["name", "namePrefix", "fifoQueue", "region"],
  recomputed: tagged,
  takesAlong: parts({ [queuePolicyType]: "queueUrl" }),
  check(inputs, world) {
    const name = text(inputs.name);
    const fifo = inputs.fifoQueue === true;
    const twin = world.ofType(queueType).some((other) => name !== "" && other.inputs.name === name);
    return problems(
      fifo !== name.endsWith(".fifo") &&
        name !== "" &&
        `invalid queue name: ${name}, the name of a FIFO queue ends in .fifo and no other does`,
      !fifo &&
        inputs.contentBasedDeduplication === true &&
        "content-based deduplication can only be set for FIFO queue",
      within(inputs.messageRetentionSeconds, 60, 1_209_600, "message_retention_seconds"),
      within(inputs.visibilityTimeoutSeconds, 0, 43_200, "visibility_timeout_seconds"),
      inputs.sqsManagedSseEnabled === true &&
        given(inputs.kmsMasterKeyId) &&
        '"sqs_managed_sse_enabled": conflicts with kms_master_key_id',
      redriveProblem(inputs, world),
      twin && refusal("SQS", "CreateQueue", "QueueAlreadyExists", `A queue already exists with the same name`),
    );
  },
  create(inputs, world) {
    const region = regionOf(inputs, world);
    const name = text(inputs.name);
    const url = `https://sqs.${region}.${partitionOf(region).dnsSuffix}/${accountId}/${name}`;
    return { id: url, outputs: { ...common(inputs, world), name, arn: arn("sqs", region, name), url } };
  },
};

const queuePolicy: ResourceModel = {
  required: ["policy", "queueUrl"],
  source: `${tf}/sqs/queue_policy.go; SQS SetQueueAttributes API reference`,
  forcesReplacement: ["queueUrl", "region"],
  check: (inputs, world) =>
    problems(
      !ownById(world, queueType, text(inputs.queueUrl)) &&
        !isDeclared(world, text(inputs.queueUrl)) &&
        refusal("SQS", "SetQueueAttributes", "QueueDoesNotExist", "The specified queue does not exist."),
      policyProblem("SQS", "SetQueueAttributes", "policy", inputs.policy),
    ),
  create: (inputs, world) => ({ id: text(inputs.queueUrl), outputs: { region: regionOf(inputs, world) } }),
};

const eventRule: ResourceModel = {
  required: [],
  source: `${tf}/events/rule.go; EventBridge PutRule API reference (64 characters of [.\\-_A-Za-z0-9])`,
  naming: { input: "name", auto: "suffix7", maxLength: 64, pattern: /^[.\-_A-Za-z0-9]+$/ },
  defaults: { eventBusName: "default", forceDestroy: false },
  forcesReplacement: ["name", "namePrefix", "eventBusName", "region"],
  recomputed: tagged,
  inUse: {
    by: [targetType],
    says: () =>
      refusal("EventBridge", "DeleteRule", "ValidationException", "Rule can't be deleted since it has targets."),
  },
  check(inputs) {
    const pattern = text(inputs.eventPattern);
    const schedule = text(inputs.scheduleExpression);
    const readable = pattern === "" || Object.keys(record(pattern)).length > 0;
    return problems(
      pattern === "" &&
        schedule === "" &&
        '"event_pattern": one of `event_pattern,schedule_expression` must be specified',
      !readable && refusal("EventBridge", "PutRule", "InvalidEventPatternException", "Event pattern is not valid."),
      schedule !== "" &&
        !/^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\([^)]+\))$/.test(schedule) &&
        refusal("EventBridge", "PutRule", "ValidationException", "Parameter ScheduleExpression is not valid."),
    );
  },
  create(inputs, world) {
    const name = text(inputs.name);
    return {
      id: name,
      outputs: { ...common(inputs, world), name, arn: arn("events", regionOf(inputs, world), `rule/${name}`) },
    };
  },
};

/** Whether every part that a message's template names is taken out of the event. */
function transformerProblem(inputs: Properties): string | undefined {
  const transformer = record(inputs.inputTransformer);
  const paths = Object.keys(record(transformer.inputPaths));
  const named = [...text(transformer.inputTemplate).matchAll(/<([A-Za-z0-9_-]+)>/g)].map((match) => match[1]!);
  const unknown = named.filter((name) => !paths.includes(name));
  const says = `InputTemplate for target ${text(inputs.targetId)} contains undefined variables: ${unknown.join(", ")}`;
  return unknown.length > 0 ? refusal("EventBridge", "PutTargets", "ValidationException", says) : undefined;
}

const eventTarget: ResourceModel = {
  required: ["arn", "rule"],
  source: `${tf}/events/target.go; EventBridge PutTargets, SqsParameters API references; cloud-facts-aws 11`,
  defaults: { eventBusName: "default", forceDestroy: false },
  forcesReplacement: ["rule", "targetId", "eventBusName", "region"],
  check(inputs, world) {
    const rule = text(inputs.rule);
    const target = text(inputs.arn);
    const group = at(inputs, "sqsTarget", "messageGroupId");
    const fifo = parseArn(target)?.service === "sqs" && target.endsWith(".fifo");
    const refuse = (code: string, says: string): string => refusal("EventBridge", "PutTargets", code, says);
    return problems(
      !world.ofType(ruleType).some((made) => made.inputs.name === rule) &&
        !world.preview &&
        !isDeclared(world, rule) &&
        refuse("ResourceNotFoundException", `Rule ${rule} does not exist on EventBus default.`),
      !parseArn(target) && refuse("ValidationException", `Parameter ${target} is not valid. Reason: not an ARN`),
      fifo &&
        !given(group) &&
        refuse("ValidationException", "Parameter(s) MessageGroupId must be specified for FIFO queues."),
      transformerProblem(inputs),
    );
  },
  create(inputs, world, { urn }) {
    const targetId = text(inputs.targetId) || `terraform-${world.random(urn, 26, "0123456789")}`;
    return { id: `${text(inputs.rule)}-${targetId}`, outputs: { region: regionOf(inputs, world), targetId } };
  },
};

/** Queues, events, alarms. */
export const messaging: Readonly<Record<string, ResourceModel>> = {
  [queueType]: queue,
  [queuePolicyType]: queuePolicy,
  [ruleType]: eventRule,
  [targetType]: eventTarget,
};
