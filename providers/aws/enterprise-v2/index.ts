/**
 * The roles of Enterprise v2 on AWS.
 */
import type { EnterpriseV2Roles } from "../../../components/enterprise-v2/roles";
import { AwsApplicationLoadBalancer } from "./application-load-balancer";
import { AwsConfigStore } from "./config-store";
import { AwsEventQueue } from "./event-queue";
import { AwsMediaGroup } from "./media-group";
import { AwsServerGroup } from "./server-group";
import { AwsSessionStore } from "./session-store";

export const enterpriseV2: EnterpriseV2Roles = {
  ApplicationLoadBalancer: AwsApplicationLoadBalancer,
  ConfigStore: AwsConfigStore,
  EventQueue: AwsEventQueue,
  MediaGroup: AwsMediaGroup,
  ServerGroup: AwsServerGroup,
  SessionStore: AwsSessionStore,
};
