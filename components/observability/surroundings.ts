/** What collectors and pages of metrics stand in. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../base/flows.ts";
import type { DataPolicy } from "../base/scalars.ts";

/** What each is given beside its own config. */
export interface Surroundings {
  /** System it belongs to, e.g. `skywire`: a label. */
  readonly system: string;
  /** Namespace of the pods; an output of the namespace's resource, so that they wait for it. */
  readonly namespace: pulumi.Input<string>;
  /** The same namespace as plain text, as flows say it. */
  readonly namespaceName: string;
  /** The whole flow table. */
  readonly flows: readonly Flow[];
  /** Make network policies. */
  readonly networkPolicy: boolean;
  /** What happens to disks when their owner goes. */
  readonly data: DataPolicy;
}
