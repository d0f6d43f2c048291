/** Rules across the fields of a Skywire stack's stores. */
import type { PlatformFault } from "../../components/platform/fault.ts";
import type { PostgresConfig } from "../../components/data/postgres.schema.ts";
import { outsideFault } from "../../components/data/reach.ts";
import { redisUsers } from "../../components/skywire/flows.ts";
import type { SkywireStack } from "./schema.ts";

/** Each program's database must be one of the server's, and nobody else's. */
function databaseFaults({ stores }: SkywireStack): PlatformFault[] {
  const known = Object.keys(stores.postgres.databases);
  const owners = new Map<string, string>();
  return Object.entries(stores.databases).flatMap(([program, database]): PlatformFault[] => {
    const path = ["stores", "databases", program];
    if (!known.includes(database)) {
      return [
        {
          path,
          message: `must be a database of fleet:stores.postgres.databases (${known.join(", ")}): mend the name or add it there`,
        },
      ];
    }
    const owner = owners.get(database);
    owners.set(database, owner ?? program);
    return owner === undefined
      ? []
      : [{ path, message: `database ${database} is already that of ${owner}: give each its own` }];
  });
}

/** A database that no program uses is a typo, or costs for nothing. */
export const unusedDatabaseFaults = (
  { databases }: Pick<PostgresConfig, "databases">,
  used: ReadonlySet<string>,
  path: PlatformFault["path"],
): PlatformFault[] =>
  Object.keys(databases)
    .filter((database) => !used.has(database))
    .map((database) => ({
      path: [...path, "databases", database],
      message: "is the database of no program: name it in fleet:stores.databases or take it out",
    }));

function unreachableFaults(stack: SkywireStack): PlatformFault[] {
  const { postgres, redis } = stack.stores;
  if (stack.networkPolicy === "off") {
    return [];
  }
  return [
    ...(postgres.kind === "external" ? outsideFault(["stores", "postgres"], postgres) : []),
    ...redisUsers.flatMap((user) => {
      const config = redis[user];
      return config.kind === "external" ? outsideFault(["stores", "redis", user], config) : [];
    }),
  ];
}

/** Faults of the stores. */
export function storeFaults(stack: SkywireStack): PlatformFault[] {
  const mapping = databaseFaults(stack);
  // A misspelt name leaves the meant database unused: one slip, one fault.
  return [
    ...mapping,
    ...(mapping.length > 0
      ? []
      : unusedDatabaseFaults(
          stack.stores.postgres,
          new Set(Object.values(stack.stores.databases)),
          ["stores", "postgres"],
        )),
    ...unreachableFaults(stack),
  ];
}
