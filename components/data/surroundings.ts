/** What every store stands in. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../base/flows.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { SecretStore } from "../base/secret-store.ts";

/** What a store is given beside its own config. */
export interface StoreSurroundings {
  /** System it belongs to, e.g. `skywire`: a label. */
  readonly system: string;
  /** Namespace of the pods; an output of the namespace's resource, so that they wait for it. */
  readonly namespace: pulumi.Input<string>;
  /** The whole flow table: the store and its backups each cut their own part out. */
  readonly flows: readonly Flow[];
  /** The same namespace as plain text, as flows say it. */
  readonly namespaceName: string;
  /** Make network policies. */
  readonly networkPolicy: boolean;
  /** What happens to disks when their owner goes. */
  readonly data: DataPolicy;
  /** Passwords behind the config's references. */
  readonly secrets: SecretStore;
  /** Names of Secrets with registry logins, in the store's namespace. */
  readonly pullSecrets?: readonly pulumi.Input<string>[];
}
