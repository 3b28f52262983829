/**
 * Role Certificate: a certificate that the cloud's load balancer can use. Only clouds whose load balancer ends TLS
 * have it.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { DnsRecord } from "./domain-name";
import type { Tags } from "./tags";

export const certificateToken = "openvidu:index:Certificate";

export interface CertificateArgs {
  /** Required. Fully qualified name, at most 64 characters. */
  readonly domain: string;
  /** Optional. Id of the hosted zone in which the proof of ownership is placed. @default the operator places it by hand */
  readonly zoneId?: string;
  readonly tags: Tags;
}

export interface Certificate extends pulumi.ComponentResource {
  /** Id of the certificate once it is valid. */
  readonly certificateId: pulumi.Output<string>;
  /** Records that a person still has to make; empty when a hosted zone is managed here. */
  readonly manualRecords: pulumi.Output<DnsRecord[]>;
}
