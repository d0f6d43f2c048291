/** What every store stands in. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretStore } from "../base/secret-store.ts";
import type { SystemSurroundings } from "../workload/surroundings.ts";

/** What a store is given beside its own config. */
export interface StoreSurroundings extends SystemSurroundings {
  /** Passwords behind the config's references. */
  readonly secrets: SecretStore;
  /** Names of Secrets with registry logins, in the store's namespace. */
  readonly pullSecrets?: readonly pulumi.Input<string>[];
}
