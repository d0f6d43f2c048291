/** The stores of a Skywire stack, and how the programs reach them. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import { Postgres } from "../../components/data/postgres.ts";
import { Redis } from "../../components/data/redis.ts";
import type { StoreSurroundings } from "../../components/data/surroundings.ts";
import type { PostgresAddress } from "../../components/skywire/commands.ts";
import type { DatabaseAccess } from "../../components/skywire/discovery-service.ts";
import { type PostgresUser, type RedisUser, redisUsers } from "../../components/skywire/flows.ts";
import type { StackContext } from "../context.ts";
import { daemonRedisName, daemonsOf } from "./daemon-shape.ts";
import type { Foundation } from "./foundation.ts";
import type { SkywireStack } from "./schema.ts";
import { postgresName, redisName } from "./store-shape.ts";

/** A program's Redis. */
export interface RedisAccess {
  readonly url: string;
  readonly password: pulumi.Output<string>;
  /** What must be ready before the program starts. */
  readonly resources: readonly Awaitable[];
}

/** The stores, as the programs need them. */
export interface Stores {
  readonly redis: (user: RedisUser) => RedisAccess;
  /** Of a daemon that keeps a store. */
  readonly daemonRedis: (daemon: string) => RedisAccess | undefined;
  readonly postgres: {
    readonly address: PostgresAddress;
    readonly resources: readonly Awaitable[];
  };
  readonly database: (user: PostgresUser) => DatabaseAccess;
}

const accessTo = (redis: Redis): RedisAccess => ({
  url: redis.url,
  password: redis.password,
  resources: [redis],
});

/** Makes the stores of the stack, or finds the external ones. */
export function makeStores(
  stack: SkywireStack,
  context: StackContext,
  foundation: Foundation,
): Stores {
  const { stores } = stack;
  const around: StoreSurroundings = {
    ...foundation.around,
    system: "skywire",
    secrets: context.secrets,
  };
  const opts = { ...foundation.opts, dependsOn: [...foundation.services.ready] };
  const postgres = new Postgres(postgresName, { ...around, config: stores.postgres }, opts);
  const redis = Object.fromEntries(
    redisUsers.map((user) => [
      user,
      new Redis(redisName(user), { ...around, config: stores.redis[user] }, opts),
    ]),
  ) as Record<RedisUser, Redis>;
  const daemons = new Map(
    daemonsOf(stack).flatMap((daemon) => {
      if (daemon.kind !== "liveness-checker") {
        return [];
      }
      const { name, redis: config } = daemon;
      return [[name, new Redis(daemonRedisName(name), { ...around, config }, opts)] as const];
    }),
  );
  return {
    redis: (user) => accessTo(redis[user]),
    daemonRedis: (name) => {
      const server = daemons.get(name);
      return server && accessTo(server);
    },
    postgres: { address: { host: postgres.host, port: postgres.port }, resources: [postgres] },
    // The route-finder reads the very tables of the transport-discovery (facts/skywire.md 4.6).
    database: (user) =>
      postgres.login(stores.databases[user === "route-finder" ? "transport-discovery" : user]),
  };
}
