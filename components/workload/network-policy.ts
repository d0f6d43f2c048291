import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type * as pulumi from "@pulumi/pulumi";

import type { Metadata } from "./metadata.ts";
import { networkPolicySpec } from "./policy.ts";
import type { WorkloadArgs } from "./types.ts";

/** Makes the network policy of a workload, or of a group, unless the network plug-in has none. */
export function makeNetworkPolicy(
  kind: "workload" | "group",
  { flows, networkPolicy }: Pick<WorkloadArgs, "flows" | "networkPolicy">,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  const { name } = metadata;
  if (networkPolicy !== false) {
    new NetworkPolicy(
      `${name}-policy`,
      { metadata, spec: networkPolicySpec(name, flows, kind) },
      opts,
    );
  }
}
