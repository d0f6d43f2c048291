/** What is made before what (facts/fxa.md 11), as data: the stack makes edges of it. Pure. */
import type { FxaContext } from "./context.ts";
import { runningPrograms } from "./environment.ts";
import { type Program, patcherName, type Store, stores } from "./roles.ts";
import { traitsOf } from "./servers.ts";

/** What a program waits for: programs, stores of the cluster, or the Job that brings the schema up to date. */
export type Dependency = Program | Store | typeof patcherName;

const isStore = (name: Program | Store): name is Store =>
  (stores as readonly string[]).includes(name);

/** Whether a store is made by the stack. */
function isBuiltin({ config }: FxaContext, store: Store): boolean {
  switch (store) {
    case "mysql":
      return config.mysql.kind === "builtin";
    case "redis-master":
      return config.redis.kind === "builtin";
    case "memcached":
      return true;
  }
}

/** The first of all servers (11), whether the next ones dial it or not: behind it the schema is known to be there. */
const first: Program = "auth-db-mysql";

/**
 * What must be ready before a program is made, directly. What does not run is left out: rules.ts refuses a stack whose
 * programs need it.
 */
export function dependenciesOf(context: FxaContext, program: Program): Dependency[] {
  const { after } = traitsOf(program);
  const there = after.filter((name) =>
    isStore(name) ? isBuiltin(context, name) : context.runs(name),
  );
  const isNext = program !== first && there.every(isStore) && context.runs(first);
  return [
    ...there,
    ...(isNext ? [first] : []),
    // It comes directly after the Job: its own run of the patcher then finds nothing to do.
    ...(program === first ? ([patcherName] as const) : []),
    ...(program === "auth-server" && context.runs("mail-service")
      ? (["mail-service"] as const)
      : []),
  ];
}

/** What the Job that brings the schema up to date waits for. */
export const patcherDependencies = (context: FxaContext): Store[] =>
  isBuiltin(context, "mysql") ? ["mysql"] : [];

/**
 * The programs that run, each after all that it waits for.
 *
 * @throws Error of a circle, which the table of servers does not have.
 */
export function creationOrder(context: FxaContext): Program[] {
  const left = new Set(runningPrograms(context));
  const order: Program[] = [];
  while (left.size > 0) {
    const next = [...left].filter((program) =>
      dependenciesOf(context, program).every((one) => !left.has(one as Program)),
    );
    if (next.length === 0) {
      throw new Error(`programs wait for one another: ${[...left].join(", ")}`);
    }
    for (const program of next) {
      left.delete(program);
      order.push(program);
    }
  }
  return order;
}
