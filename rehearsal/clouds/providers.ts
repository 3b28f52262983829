/**
 * The explicit providers themselves, which are resources of the engine. Their configuration is refused before anything
 * is created.
 */
import type { CloudModel, ResourceModel } from "../model";
import { given, text, uuid } from "./values";

function provider(source: string, check?: ResourceModel["check"]): ResourceModel {
  return {
    required: [],
    source,
    ...(check && { check }),
    create: (_inputs, world, { urn }) => ({ id: uuid(world, urn), outputs: {} }),
  };
}

/** Region names such as `eu-west-1` or `us-gov-west-1`. */
const awsRegion = /^[a-z]{2}(-[a-z]+)+-\d$/;

export const providers: CloudModel = {
  replacement: "givenName",
  keptInPreview: "all",
  stateOnly: true,
  resources: {
    "pulumi:providers:aws": provider(
      "hashicorp/aws-sdk-go-base: region check of the provider configuration",
      (inputs) => {
        const region = text(inputs.region);
        if (!given(region)) return ["missing region configuration"];
        return awsRegion.test(region) ? [] : [`invalid AWS Region: ${region}`];
      },
    ),
    "pulumi:providers:azure-native": provider("declaration of azure-native.Provider"),
    "pulumi:providers:command": provider("declaration of command.Provider"),
    "pulumi:providers:random": provider("declaration of random.Provider"),
    "pulumi:providers:tls": provider("declaration of tls.Provider"),
  },
  invokes: {},
};
