/** The simulated AWS. */
import type { CloudModel } from "../../model";
import { balancing } from "./balancing";
import { compute } from "./compute";
import { dns } from "./dns";
import { identity } from "./identity";
import { lookups } from "./lookups";
import { monitoring } from "./monitoring";
import { network } from "./network";
import { security } from "./security";
import { storage } from "./storage";

export const aws: CloudModel = {
  replacement: "givenName",
  keptInPreview: "all",
  resources: { ...network, ...security, ...identity, ...storage, ...balancing, ...dns, ...compute, ...monitoring },
  invokes: lookups,
};
