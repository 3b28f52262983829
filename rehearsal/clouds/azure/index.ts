/** The simulated Azure. */
import type { CloudModel } from "../../model";
import { withQuotas } from "../quotas";
import { balancing } from "./balancing";
import { compute } from "./compute";
import { dns } from "./dns";
import { identity } from "./identity";
import { lookups } from "./lookups";
import { monitoring } from "./monitoring";
import { network } from "./network";
import { quotas } from "./quotas";
import { security } from "./security";
import { storage } from "./storage";

export const azure: CloudModel = {
  replacement: "alwaysButAutoNamed",
  keptInPreview: ["name", "location"],
  resources: withQuotas(
    { ...network, ...security, ...identity, ...storage, ...balancing, ...dns, ...compute, ...monitoring },
    quotas,
  ),
  invokes: lookups,
};
