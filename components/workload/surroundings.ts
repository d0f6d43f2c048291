/** What Workloads stand in, beside what each is. */
import type * as pulumi from "@pulumi/pulumi";

import { type Flow, flowsOf } from "../base/flows.ts";
import type { PullPolicy } from "../base/images.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { WorkloadArgs } from "./types.ts";

/** What each component of a system is given beside its own config. */
export interface Surroundings {
  /** Namespace of the pods; an output of the namespace's resource, so that they wait for it. */
  readonly namespace: pulumi.Input<string>;
  /** The same name as plain text, for addresses and flows. */
  readonly namespaceName: string;
  /** The whole flow table: each cuts its own part out. */
  readonly flows: readonly Flow[];
  /** Make network policies. */
  readonly networkPolicy: boolean;
  /** When nodes ask the registry, of all pods of the namespace. Default: by each image. */
  readonly pullPolicy?: PullPolicy | undefined;
  /** What happens to disks when their owner goes. */
  readonly data: DataPolicy;
}

/** The same where components of several systems stand. */
export interface SystemSurroundings extends Surroundings {
  /** System it belongs to, e.g. `skywire`: a label. */
  readonly system: string;
}

/** What a Workload takes over from what it stands in. Pure. */
export const surrounded = (
  name: string,
  { system, namespace, namespaceName, flows, networkPolicy }: Omit<SystemSurroundings, "data">,
): Pick<WorkloadArgs, "system" | "namespace" | "flows" | "networkPolicy"> => ({
  system,
  namespace,
  flows: flowsOf(flows, name, namespaceName),
  networkPolicy,
});

/** Image of a program, and the logins its pods need. */
export interface ProgramImage {
  /** Full reference with its tag. */
  readonly reference: string;
  /** Its digest, where only the run knows it. */
  readonly digest?: pulumi.Output<string>;
  /** Names of Secrets with registry logins, in the program's namespace. */
  readonly pullSecrets: readonly pulumi.Input<string>[];
}
