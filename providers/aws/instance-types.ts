/**
 * What an EC2 instance type's name says: its shape, its architecture, whether it has an Nvidia GPU.
 * Sources: reference/aws-reference.md 1.4, https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 * (series letter, generation number, then attributes, of which `g` is AWS Graviton).
 */
import type { Architecture } from "../../components/machine-image";

/** `<family>.<size>`; families such as `c7i-flex` and `p6e-gb200` carry a hyphen, as do sizes such as `metal-48xl`. */
const shape =
  /^[a-z]+[0-9]+[a-z0-9]*(-[a-z0-9]+)*\.(nano|micro|small|medium|large|([1-9][0-9]*)?xlarge|metal(-[0-9]+xl)?)$/;

/** Arm processors whose family name does not follow the rule. */
const otherArmFamilies: readonly string[] = ["a1", "p6e-gb200", "p6e-gb300"];

/** Series with accelerators, of which those below are not Nvidia's. */
const gpuSeries = /^(g|gr|p)[0-9]/;
const otherGpuFamilies: readonly string[] = ["g4ad"];

const familyOf = (instanceType: string): string => instanceType.split(".", 1)[0]!;

/** Whether `text` has the shape of an instance type. It says nothing about whether a region offers that type. */
export function isInstanceType(text: string): boolean {
  return shape.test(text);
}

/** Architecture of a type's processor. */
export function architectureOf(instanceType: string): Architecture {
  const family = familyOf(instanceType);
  return otherArmFamilies.includes(family) || /^[a-z]+[0-9]+g/.test(family) ? "arm64" : "amd64";
}

/** Whether a type has an Nvidia GPU, and so needs an image with its driver. */
export function isGpu(instanceType: string): boolean {
  const family = familyOf(instanceType);
  return gpuSeries.test(family) && !otherGpuFamilies.includes(family);
}
