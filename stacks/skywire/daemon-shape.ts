/** What follows from a stack's daemons: where they stand, their stores, whom they may clean. Pure. */
import type { Flow } from "../../components/base/flows.ts";
import { redisEnd, redisFlows } from "../../components/data/flows.ts";
import { outsideFault } from "../../components/data/reach.ts";
import type { RedisConfig } from "../../components/data/redis.schema.ts";
import { storeWorkloads } from "../../components/data/requests.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import {
  type DaemonKind,
  daemonTraits,
  type WhitelistingService,
} from "../../components/skywire/daemon-kinds.ts";
import type { DaemonConfig } from "../../components/skywire/daemons.schema.ts";
import type { DaemonShape } from "../../components/skywire/flows.ts";
import type { StackWorkload } from "../requests.ts";
import type { SkywireStack } from "./schema.ts";

type Daemons = Pick<SkywireStack, "services">;

/** A daemon with its name. */
export type NamedDaemon = DaemonConfig & { readonly name: string };

/** The daemons, in the order of the file. */
export const daemonsOf = ({ services }: Daemons): readonly NamedDaemon[] =>
  Object.entries(services.daemons).map(([name, daemon]) => ({ name, ...daemon }));

/** Whether the stack runs a kind. */
export const runsDaemon = (stack: Daemons, kind: DaemonKind): boolean =>
  daemonsOf(stack).some((daemon) => daemon.kind === kind);

/** Names of the daemons that take entries out of a service. */
export const cleanersOf = (stack: Daemons, service: WhitelistingService): readonly string[] =>
  daemonsOf(stack)
    .filter(({ kind }) => daemonTraits[kind].cleans === service)
    .map(({ name }) => name);

/** Whether its pods stand with the network-monitor's, which may do what others must not. */
export const isPrivileged = ({ kind }: NamedDaemon): boolean => daemonTraits[kind].networkDevice;

/** Namespace of a daemon. */
const daemonNamespace = (
  { namespaces }: Pick<SkywireStack, "namespaces">,
  daemon: NamedDaemon,
): string => (isPrivileged(daemon) ? namespaces.networkMonitor : namespaces.services);

/** Name of a daemon's built-in Redis, its Service included. */
export const daemonRedisName = (daemon: string): string => `redis-${daemon}`;

/** A daemon with a store. */
interface Keeper {
  readonly name: string;
  readonly redis: RedisConfig;
}

const keepersOf = (stack: Daemons): Keeper[] =>
  daemonsOf(stack).flatMap((daemon) =>
    daemon.kind === "liveness-checker" ? [{ name: daemon.name, redis: daemon.redis }] : [],
  );

const daemonPath = (name: string): string[] => ["services", "daemons", name];

const redisPath = (name: string): string[] => [...daemonPath(name), "redis"];

/** The daemons as ends of flows. */
export function daemonShapes(stack: SkywireStack): DaemonShape[] {
  return daemonsOf(stack).map((daemon) => {
    const { name, kind } = daemon;
    const shape = { name, kind, namespace: daemonNamespace(stack, daemon) };
    return daemon.kind === "liveness-checker"
      ? {
          ...shape,
          redis: redisEnd(daemonRedisName(name), daemon.redis, stack.namespaces.services),
        }
      : shape;
  });
}

/** Calls of their stores' own backups and restores. */
export const daemonStoreFlows = (stack: SkywireStack): Flow[] =>
  keepersOf(stack).flatMap(({ name, redis }) =>
    redisFlows(daemonRedisName(name), redis, stack.namespaces.services),
  );

/** What they and their stores ask of the nodes. */
export function daemonWorkloads(stack: SkywireStack): StackWorkload[] {
  const programs = daemonsOf(stack).map((daemon) => ({
    path: daemonPath(daemon.name),
    namespace: daemonNamespace(stack, daemon),
    request: {
      workload: daemon.name,
      replicas: 1,
      ...daemon.resources.requests,
      placement: daemon.placement,
    },
  }));
  const stores = keepersOf(stack).flatMap(({ name, redis }) =>
    redis.kind === "builtin"
      ? storeWorkloads(
          "redis",
          {
            name: daemonRedisName(name),
            namespace: stack.namespaces.services,
            path: redisPath(name),
          },
          redis,
        )
      : [],
  );
  return [...programs, ...stores];
}

/** Whether a place in the config is that of a daemon's store. */
export const isDaemonStore = (path: readonly (string | number)[]): boolean =>
  path[0] === "services" && path[1] === "daemons" && path[3] === "redis";

/** Stores that network policies would not let them reach. */
export const daemonFaults = (stack: SkywireStack): PlatformFault[] =>
  keepersOf(stack).flatMap(({ name, redis }) =>
    redis.kind === "external" && stack.networkPolicy === "on"
      ? outsideFault(redisPath(name), redis)
      : [],
  );
