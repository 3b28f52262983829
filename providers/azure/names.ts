/**
 * Names that have to be given explicitly, because the provider's automatic names do not keep to the limits of these
 * resources or would not be known where they are needed (reference/cloud-facts-azure.md 3.4, 5.1, 7.1, 10.4). Each
 * ends in a random suffix, so that stacks never collide and a new deployment never meets the names of a deleted one
 * (AZ-D6, AZ-D7, AZ-D11).
 */
import * as random from "@pulumi/random";
import type * as pulumi from "@pulumi/pulumi";

export interface NameOptions {
  readonly maxLength: number;
  /** What stands between the parts of the name; empty where the resource allows letters and digits only. */
  readonly separator: "-" | "";
}

export const vaultNames: NameOptions = { maxLength: 24, separator: "-" };
export const storageAccountNames: NameOptions = { maxLength: 24, separator: "" };
export const loadBalancerNames: NameOptions = { maxLength: 80, separator: "-" };
export const scaleSetNames: NameOptions = { maxLength: 64, separator: "-" };
export const dnsLabels: NameOptions = { maxLength: 63, separator: "-" };

const suffixLength = 8;

/** A suffix that is drawn once and then stays in the stack's state. */
export function randomSuffix(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const letters = { length: suffixLength, lower: true, upper: false, numeric: true, special: false };
  return new random.RandomString(name, letters, opts).result;
}

/**
 * A physical name from words and a suffix: lower case, beginning with a letter, within the limits. The words give way,
 * never the suffix.
 */
export function physicalName(words: string, suffix: string, { maxLength, separator }: NameOptions): string {
  const readable = words
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join(separator)
    .replace(/^[^a-z]+/, "");
  const room = maxLength - suffix.length - separator.length;
  const stem = readable.slice(0, room).replace(/-+$/, "");
  return stem === "" ? `x${suffix}`.slice(0, maxLength) : `${stem}${separator}${suffix}`;
}
