/**
 * Simulated Azure Monitor: metric alerts and action groups.
 */
import type { Properties, ResourceModel, World } from "../../model";
import { number, problems, records, repeated, text, texts } from "../values";
import { armModel, locationOf, parseArmId, refusal } from "./arm";

const alertName = /^[^*#&+:<>?@%{}\\/|]*[^*#&+:<>?@%{}\\/|. ]$/;
const minutes: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};
const longestFrequency = 60;

/** Where alerts and groups may live. Source: learn.microsoft.com/azure/azure-monitor/alerts/action-groups; cloud-facts-azure 8.3. */
const places = ["global", "germanywestcentral", "northcentralus", "southcentralus", "swedencentral"];

/** Source: the message in github.com/MicrosoftDocs/azure-docs issue 5156. */
function placeProblem(inputs: Properties, world: World, type: string): string | undefined {
  const place = locationOf(inputs, world);
  const says = `The provided location '${place}' is not available for resource type '${type}'. List of available regions for the resource type is '${places.join(",")}'.`;
  return places.includes(place) ? undefined : refusal("LocationNotAvailableForResourceType", says);
}

/** Source: github.com/Azure/azure-cli issue 31138 (the durations); the words where no public copy is known are made up. */
function timeProblems(inputs: Properties): string[] {
  const [every, window] = [minutes[text(inputs.evaluationFrequency)], minutes[text(inputs.windowSize)]];
  const bad = (property: string): string =>
    refusal(
      "BadRequest",
      `Invalid value for properties.${property} Value: "${text(inputs[property])}". Expecting a supported duration.`,
    );
  return problems(
    (every === undefined || every > longestFrequency) && bad("evaluationFrequency"),
    window === undefined && bad("windowSize"),
    every !== undefined &&
      window !== undefined &&
      window < every &&
      refusal(
        "BadRequest",
        "Invalid value for properties.windowSize, it must be greater than or equal to properties.evaluationFrequency.",
      ),
  );
}

/**
 * What an alert may be about, as far as its criteria name a kind of resource.
 * Source: the message in github.com/hashicorp/terraform-provider-azurerm issue 8851.
 */
function scopeProblems(inputs: Properties): string[] {
  const scopes = texts(inputs.scopes);
  const criteria = (inputs.criteria ?? {}) as Properties;
  const kind = text(criteria.odataType).split(".").at(-1) ?? "";
  const kinds = [
    "SingleResourceMultipleMetricCriteria",
    "MultipleResourceMultipleMetricCriteria",
    "WebtestLocationAvailabilityCriteria",
  ];
  const spaces = records(criteria.allOf)
    .map((one) => text(one.metricNamespace))
    .filter(Boolean);
  const types = scopes.map((scope) => parseArmId(scope)?.type ?? "");
  const strange = spaces.filter((space) =>
    types.some((type) => type !== "" && type.toLowerCase() !== space.toLowerCase()),
  );
  return problems(
    scopes.length === 0 && refusal("BadRequest", "Scopes property is missing or empty."),
    !kinds.includes(kind) &&
      refusal("BadRequest", `Invalid value for properties.criteria.odata.type Value: "${kind}".`),
    kind === "SingleResourceMultipleMetricCriteria" &&
      scopes.length > 1 &&
      refusal("BadRequest", "Alerts with single resource criteria cannot have more than one scope."),
    kind.endsWith("MultipleMetricCriteria") &&
      records(criteria.allOf).length === 0 &&
      refusal("BadRequest", "The metric alert criteria must have at least one condition."),
    strange.map((space) =>
      refusal(
        "BadRequest",
        `Detect invalid value: ${space} for query parameter: 'metricnamespace', the value must be: ${types[0]} if the query parameter is provided`,
      ),
    ),
  );
}

const metricAlert = armModel({
  arm: "Microsoft.Insights/metricAlerts",
  showsState: false,
  apiVersion: "2018-03-01",
  nameInput: "ruleName",
  required: ["criteria", "enabled", "evaluationFrequency", "resourceGroupName", "scopes", "severity", "windowSize"],
  source:
    "ARM naming rules; learn.microsoft.com/azure/azure-monitor/alerts/resource-manager-alerts-metric; bicep type metricalerts; cloud-facts-azure 8.3",
  pattern: alertName,
  maxLength: 260,
  check(inputs, world) {
    const severity = number(inputs.severity) ?? -1;
    return problems(
      placeProblem(inputs, world, "Microsoft.Insights/metricAlerts"),
      (severity < 0 || severity > 4) &&
        refusal("BadRequest", "Invalid value for properties.severity, it must be between 0 and 4."),
      timeProblems(inputs),
      scopeProblems(inputs),
    );
  },
});

const longestShortName = 12;

const actionGroup = armModel({
  arm: "Microsoft.Insights/actionGroups",
  showsState: false,
  apiVersion: "2024-10-01-preview",
  nameInput: "actionGroupName",
  required: ["enabled", "groupShortName", "resourceGroupName"],
  source: "ARM naming rules; github.com/Azure/bellhop issue 72 (the short name's message); cloud-facts-azure 8.3",
  pattern: /^[^:<>+/&%\\?|]*[^:<>+/&%\\?| .]$/,
  maxLength: 260,
  forcesReplacement: ["location"],
  check(inputs, world) {
    const shortName = text(inputs.groupShortName);
    const twice = repeated(records(inputs.emailReceivers).map(({ name }) => text(name).toLowerCase()));
    const bad = records(inputs.emailReceivers).filter(
      ({ emailAddress }) => !/^[^@\s]+@[^@\s]+$/.test(text(emailAddress)),
    );
    return problems(
      placeProblem(inputs, world, "Microsoft.Insights/actionGroups"),
      shortName.length > longestShortName &&
        refusal(
          "GroupShortNameIsTooLong",
          `The action group short name '${shortName}' is too long. Please specify a short name with '12' or less characters`,
        ),
      twice.map((name) => refusal("DuplicateReceiverName", `The receiver name '${name}' is used more than once.`)),
      bad.map(({ emailAddress }) =>
        refusal("InvalidEmailAddress", `The email address '${text(emailAddress)}' is not valid.`),
      ),
    );
  },
});

/** Alerts, and who is told. */
export const monitoring: Readonly<Record<string, ResourceModel>> = {
  "azure-native:monitor:MetricAlert": metricAlert,
  "azure-native:monitor:ActionGroup": actionGroup,
};
