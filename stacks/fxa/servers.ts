/** Stores, the patch Job and servers, each after whom it waits for (facts/fxa.md 11). */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import { DebugPod } from "../../components/fxa/debug-pod.ts";
import { FxaServer } from "../../components/fxa/fxa-server.ts";
import {
  creationOrder,
  type Dependency,
  dependenciesOf,
  patcherDependencies,
} from "../../components/fxa/order.ts";
import { PatchJob } from "../../components/fxa/patch-job.ts";
import { patcherName, type Program, stores } from "../../components/fxa/roles.ts";
import { makeStore } from "../../components/fxa/stores.ts";
import type { Foundation } from "./foundation.ts";
import type { Ground } from "../ground.ts";
import type { FxaStack } from "./schema.ts";

/** The servers, by their names. */
export type Servers = ReadonlyMap<Program, FxaServer>;

/** Makes all of them. */
export function makeServers(
  stack: FxaStack,
  { opts }: Ground,
  { around, surroundings, namespace, ready }: Foundation,
): Servers {
  const { context } = surroundings;
  const made = new Map<Dependency, Awaitable>();
  const after = (names: readonly Dependency[]): { dependsOn: pulumi.Resource[] } => ({
    dependsOn: [...ready, ...names.flatMap((name) => [...(made.get(name)?.ready ?? [])])],
  });
  for (const store of stores) {
    made.set(store, makeStore(store, stack, around, { ...opts, dependsOn: [...namespace.ready] }));
  }
  if (context.runs("auth-db-mysql")) {
    made.set(
      patcherName,
      new PatchJob(surroundings, { ...opts, ...after(patcherDependencies(context)) }),
    );
  }
  const servers = new Map<Program, FxaServer>();
  for (const server of creationOrder(context)) {
    const program = new FxaServer(
      { ...surroundings, server },
      { ...opts, ...after(dependenciesOf(context, server)) },
    );
    made.set(server, program);
    servers.set(server, program);
  }
  const { debug } = stack;
  if (debug !== undefined) {
    new DebugPod(
      { ...surroundings, debug },
      { ...opts, ...after(dependenciesOf(context, debug.target)) },
    );
  }
  return servers;
}
