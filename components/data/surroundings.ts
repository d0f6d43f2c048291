/** What every store stands in. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretStore } from "../base/secret-store.ts";
import { surrounded, type SystemSurroundings } from "../workload/surroundings.ts";
import type { WorkloadArgs } from "../workload/types.ts";

/** What a store is given beside its own config. */
export interface StoreSurroundings extends SystemSurroundings {
  /** Passwords behind the config's references. */
  readonly secrets: SecretStore;
  /** Names of Secrets with registry logins, in the store's namespace. */
  readonly pullSecrets?: readonly pulumi.Input<string>[];
}

/** What the pods of a store, and those that work on it, take over from what it stands in. Pure. */
export const storeSurrounded = (
  name: string,
  args: Omit<StoreSurroundings, "data" | "secrets">,
): ReturnType<typeof surrounded> & Pick<WorkloadArgs, "pullPolicy" | "pullSecrets"> => ({
  ...surrounded(name, args),
  pullPolicy: args.pullPolicy,
  ...(args.pullSecrets === undefined ? {} : { pullSecrets: args.pullSecrets }),
});
