/** The stores of Firefox Accounts, by the names that its programs dial (facts/fxa.md 6 and 9). */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { Memcached } from "../data/memcached.ts";
import { Mysql } from "../data/mysql.ts";
import { Redis } from "../data/redis.ts";
import type { OpenRedisConfig } from "../data/redis.schema.ts";
import type { StoreSurroundings } from "../data/surroundings.ts";
import type { FxaConfig } from "./fxa.schema.ts";
import type { Store } from "./roles.ts";
import { storePorts } from "./servers.ts";
import type { RedisConfig } from "./stores.schema.ts";

/**
 * `fleet:redis` in the words of the store. It has no backups: of sessions that have ended since, and tokens that were
 * taken back, a restore would make living ones.
 */
function redisOf(config: RedisConfig): OpenRedisConfig {
  if (config.kind === "external") {
    return config;
  }
  const { disk, ...rest } = config;
  return { ...rest, storage: disk, backup: { kind: "none" } };
}

/** Makes one of the stores; an external one makes nothing. */
export function makeStore(
  store: Store,
  { mysql, redis, memcached }: Pick<FxaConfig, "mysql" | "redis" | "memcached">,
  around: StoreSurroundings,
  opts?: pulumi.ComponentResourceOptions,
): Awaitable {
  const name = storePorts[store].service;
  switch (store) {
    case "mysql":
      return new Mysql(name, { ...around, config: mysql }, opts);
    case "redis-master":
      // A Deployment, as operators know it.
      return new Redis(name, { ...around, config: redisOf(redis), controller: "Deployment" }, opts);
    case "memcached":
      return new Memcached(name, { ...around, config: memcached }, opts);
  }
}
