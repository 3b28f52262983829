/**
 * The roles that Enterprise v2 alone has. A cloud that offers the edition implements them all.
 */
import type { Role } from "../cloud";
import type { ApplicationLoadBalancer, ApplicationLoadBalancerArgs } from "./application-load-balancer";
import type { ConfigStore, ConfigStoreArgs } from "./config-store";
import type { EventQueue, EventQueueArgs } from "./event-queue";
import type { MediaGroup, MediaGroupArgs } from "./media-group";
import type { ServerGroup, ServerGroupArgs } from "./server-group";
import type { SessionStore, SessionStoreArgs } from "./session-store";

export interface EnterpriseV2Roles {
  readonly ApplicationLoadBalancer: Role<ApplicationLoadBalancerArgs, ApplicationLoadBalancer>;
  readonly ConfigStore: Role<ConfigStoreArgs, ConfigStore>;
  readonly EventQueue: Role<EventQueueArgs, EventQueue>;
  readonly MediaGroup: Role<MediaGroupArgs, MediaGroup>;
  readonly ServerGroup: Role<ServerGroupArgs, ServerGroup>;
  readonly SessionStore: Role<SessionStoreArgs, SessionStore>;
}
