/** Names and ends of a Skywire stack's stores, as flows and addresses need them. Pure. */
import type { Flow } from "../../components/base/flows.ts";
import { postgresEnd, postgresFlows, redisEnd, redisFlows } from "../../components/data/flows.ts";
import { type ListeningPeer, type RedisUser, redisUsers } from "../../components/skywire/flows.ts";
import type { SkywireStack } from "./schema.ts";

/** Name of the built-in Postgres, its Service included. */
export const postgresName = "postgres";

/** Name of a program's built-in Redis, its Service included. */
export const redisName = (user: RedisUser): string => `redis-${user}`;

/** Where Postgres listens. */
export const postgresEndOf = ({ stores, namespaces }: SkywireStack): ListeningPeer =>
  postgresEnd(postgresName, stores.postgres, namespaces.services);

/** Where each Redis listens. */
export function redisEndsOf({
  stores,
  namespaces,
}: SkywireStack): Readonly<Record<RedisUser, ListeningPeer>> {
  const ends = redisUsers.map(
    (user) => [user, redisEnd(redisName(user), stores.redis[user], namespaces.services)] as const,
  );
  return Object.fromEntries(ends) as Record<RedisUser, ListeningPeer>;
}

/** Calls of the stores' own backups and restores. */
export const storeFlowsOf = ({ stores, namespaces }: SkywireStack): Flow[] => [
  ...postgresFlows(postgresName, stores.postgres, namespaces.services),
  ...redisUsers.flatMap((user) =>
    redisFlows(redisName(user), stores.redis[user], namespaces.services),
  ),
];
