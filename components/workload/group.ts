import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type * as pulumi from "@pulumi/pulumi";

import { groupLabel } from "../base/labels.ts";
import type { WorkloadFlows } from "../base/flows.ts";
import { type AccountArgs, serviceAccount } from "./account.ts";
import { hasRules } from "./pod.ts";
import { networkPolicySpec } from "./policy.ts";
import type { WorkloadArgs, WorkloadGroup } from "./types.ts";

/** What a group needs to say. */
export interface GroupArgs extends AccountArgs, Pick<WorkloadArgs, "system" | "networkPolicy"> {
  /** Who may call its pods, and what they call. */
  readonly flows: WorkloadFlows;
}

/**
 * Makes what the Workloads of a group share: an account, by default without rights, and a network policy.
 *
 * @param name Of both, and the value of the pods' label `fleet/group`.
 */
export function makeGroup(
  name: string,
  args: GroupArgs,
  opts: { readonly parent: pulumi.ComponentResource },
): WorkloadGroup {
  const labels = {
    [groupLabel]: name,
    "app.kubernetes.io/part-of": args.system,
    "app.kubernetes.io/managed-by": "fleet",
  };
  const metadata = { name, namespace: args.namespace, labels };
  const [account, ...rights] = serviceAccount(name, args, metadata, opts);
  if (args.networkPolicy !== false) {
    new NetworkPolicy(
      `${name}-policy`,
      { metadata, spec: networkPolicySpec(name, args.flows, "group") },
      opts,
    );
  }
  return {
    name,
    account: account.metadata.name,
    ...(hasRules(args) ? { usesApi: true, ready: rights } : {}),
  };
}
