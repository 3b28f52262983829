/**
 * Simulated CloudWatch alarms and SNS topics.
 * Which input changes replace: ForceNew in hashicorp/terraform-provider-aws, internal/service/{cloudwatch,sns}.
 */
import type { Properties, ResourceModel, World } from "../../model";
import { given, hexDigits, number, problems, text, texts } from "../values";
import {
  accountId,
  arn,
  common,
  ec2Exists,
  ownById,
  parseArn,
  partitionOf,
  parts,
  refusal,
  regionOf,
  tagged,
} from "./account";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service";
const topicType = "aws:sns/topic:Topic";
const subscriptionType = "aws:sns/topicSubscription:TopicSubscription";

const refuse = (says: string): string => refusal("CloudWatch", "PutMetricAlarm", "ValidationError", says);

/** What EC2 can do on behalf of an alarm about one machine, and the metrics that recovering is for. */
const machineActions = ["recover", "reboot", "stop", "terminate"];
const recoverable = ["StatusCheckFailed_System"];

/** An action on a machine: `arn:aws:automate:<region>:ec2:<action>`, without an account. */
function machineAction(action: string): { partition: string; region: string; does: string } | undefined {
  const [, partition, region, does] = /^arn:([^:]+):automate:([^:]+):ec2:([a-z]+)$/.exec(action) ?? [];
  return partition && region && does ? { partition, region, does } : undefined;
}

/**
 * Source: the refusals quoted in metric_alarm_test.go of the provider and in github.com/hashicorp/terraform issue 7371; EC2
 * user guide, "Create alarms that stop, terminate, reboot, or recover an instance" (recovering goes by one metric only).
 */
function actionProblems(action: string, inputs: Properties, world: World): string[] {
  const home = regionOf(inputs, world);
  const onMachine = machineAction(action);
  const { partition, region } = onMachine ?? parseArn(action) ?? { partition: "", region: "" };
  if (partition === "") return [refuse(`Invalid arn syntax: ${action}`)];
  const machine = text((inputs.dimensions as Properties | undefined)?.InstanceId);
  const name = onMachine && onMachine.does.charAt(0).toUpperCase() + onMachine.does.slice(1);
  return problems(
    partition !== partitionOf(home).partition && refuse(`Invalid arn syntax: ${action}`),
    region !== home && refuse(`Invalid region ${region} specified. Only ${home} is supported.`),
    onMachine && !machineActions.includes(onMachine.does) && refuse(`Invalid arn syntax: ${action}`),
    onMachine &&
      !ec2Exists("i", machine, world) &&
      refuse(`Invalid use of EC2 '${name}' action. ${machine} is not a valid EC2 instance.`),
    onMachine?.does === "recover" &&
      !recoverable.includes(text(inputs.metricName)) &&
      refuse("Invalid use of EC2 'Recover' action. It can be used with the metric StatusCheckFailed_System only."),
  );
}

const comparisons = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
];

const metricAlarm: ResourceModel = {
  required: [],
  source: `${tf}/cloudwatch/metric_alarm.go; CloudWatch PutMetricAlarm API reference`,
  naming: { input: "name", auto: "suffix7", minLength: 1, maxLength: 255 },
  defaults: { actionsEnabled: true, treatMissingData: "missing" },
  forcesReplacement: ["name", "region"],
  recomputed: tagged,
  check(inputs, world) {
    const period = number(inputs.period);
    const evaluated = number(inputs.evaluationPeriods);
    return problems(
      !given(inputs.comparisonOperator) && refuse("The parameter ComparisonOperator is required."),
      given(inputs.comparisonOperator) &&
        !comparisons.includes(text(inputs.comparisonOperator)) &&
        refuse(`Invalid comparison operator ${text(inputs.comparisonOperator)}`),
      (period ?? 60) * (evaluated ?? 1) > 604_800 && refuse("Metrics cannot be checked across more than 7 days"),
      given(inputs.metricName) &&
        evaluated === undefined &&
        refuse(
          "1 validation error detected: Value at 'evaluationPeriods' failed to satisfy constraint: Member must not be null",
        ),
      period !== undefined &&
        ![10, 20, 30].includes(period) &&
        (period < 60 || period % 60 !== 0) &&
        refuse(`The parameter Period must be 10, 20, 30 or a multiple of 60: ${period}`),
      ["alarmActions", "okActions", "insufficientDataActions"].flatMap((list) => {
        const actions = texts(inputs[list]);
        return problems(
          actions.length > 5 && refuse(`The collection ${list} must not have a size greater than 5.`),
          actions.flatMap((action) => actionProblems(action, inputs, world)),
        );
      }),
    );
  },
  create(inputs, world) {
    const name = text(inputs.name);
    const itsArn = arn("cloudwatch", regionOf(inputs, world), `alarm:${name}`);
    return { id: name, outputs: { ...common(inputs, world), arn: itsArn } };
  },
};

const topic: ResourceModel = {
  required: [],
  source: `${tf}/sns/topic.go; SNS CreateTopic API reference (names of 1 to 256 letters, digits, - and _)`,
  naming: { input: "name", auto: "suffix7", minLength: 1, maxLength: 256, pattern: /^[A-Za-z0-9_-]+(\.fifo)?$/ },
  forcesReplacement: ["name", "namePrefix", "fifoTopic", "region"],
  recomputed: tagged,
  takesAlong: parts({ [subscriptionType]: "topic" }),
  create(inputs, world) {
    const itsArn = arn("sns", regionOf(inputs, world), text(inputs.name));
    return { id: itsArn, outputs: { ...common(inputs, world), arn: itsArn, owner: accountId } };
  },
};

/** A subscription by mail waits for its owner, who may confirm it or not; nothing here needs it confirmed. */
const subscription: ResourceModel = {
  required: ["endpoint", "protocol", "topic"],
  source: `${tf}/sns/topic_subscription.go; SNS Subscribe API reference`,
  defaults: { confirmationTimeoutInMinutes: 1, endpointAutoConfirms: false, rawMessageDelivery: false },
  forcesReplacement: ["endpoint", "protocol", "topic", "region"],
  check(inputs, world) {
    const [itsTopic, endpoint] = [text(inputs.topic), text(inputs.endpoint)];
    const known = ["email", "email-json", "sqs", "sms", "lambda", "firehose", "application", "http", "https"];
    const isMail = text(inputs.protocol).startsWith("email");
    return problems(
      !known.includes(text(inputs.protocol)) && `expected protocol to be one of ${JSON.stringify(known)}`,
      parseArn(itsTopic)?.service !== "sns" && `"topic_arn" (${itsTopic}) is an invalid ARN`,
      parseArn(itsTopic)?.account === accountId &&
        !ownById(world, topicType, itsTopic) &&
        refusal("SNS", "Subscribe", "NotFound", "Topic does not exist"),
      isMail &&
        !/^[^@\s]+@[^@\s]+$/.test(endpoint) &&
        refusal("SNS", "Subscribe", "InvalidParameter", "Invalid parameter: Email address"),
    );
  },
  create(inputs, world, { urn }) {
    const id = `${text(inputs.topic)}:${[8, 4, 4, 4, 12].map((length) => world.random(`${urn} ${length}`, length, hexDigits)).join("-")}`;
    const outputs = { region: regionOf(inputs, world), arn: id, ownerId: accountId };
    return { id, outputs: { ...outputs, pendingConfirmation: text(inputs.protocol).startsWith("email") } };
  },
};

/** Alarms, and who is told. */
export const monitoring: Readonly<Record<string, ResourceModel>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
  [topicType]: topic,
  [subscriptionType]: subscription,
};
