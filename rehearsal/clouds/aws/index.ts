/** The simulated AWS. */
import type { CloudModel } from "../../model";
import { withQuotas } from "../quotas";
import { balancing } from "./balancing";
import { cache } from "./cache";
import { compute } from "./compute";
import { dns } from "./dns";
import { identity } from "./identity";
import { lookups } from "./lookups";
import { messaging } from "./messaging";
import { monitoring } from "./monitoring";
import { network } from "./network";
import { quotas } from "./quotas";
import { security } from "./security";
import { storage } from "./storage";

export const aws: CloudModel = {
  replacement: "givenName",
  keptInPreview: "all",
  resources: withQuotas(
    {
      ...network,
      ...security,
      ...identity,
      ...storage,
      ...balancing,
      ...dns,
      ...compute,
      ...cache,
      ...messaging,
      ...monitoring,
    },
    quotas,
  ),
  invokes: lookups,
};
