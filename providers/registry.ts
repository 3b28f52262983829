/**
 * Every cloud that can be chosen in a stack's config. A new CloudName does not compile until its Cloud is complete.
 */
import type { Cloud, CloudName } from "../components/cloud";
import { aws } from "./aws";
import { azure } from "./azure";
import { onprem } from "./onprem";

export const clouds = { aws, azure, onprem } satisfies Record<CloudName, Cloud> as Readonly<Record<CloudName, Cloud>>;
