import type * as pulumi from "@pulumi/pulumi";

import type { WorkloadFlows } from "../base/flows.ts";
import { groupLabels } from "../base/labels.ts";
import { type AccountArgs, serviceAccount } from "./account.ts";
import type { Metadata } from "./metadata.ts";
import { makeNetworkPolicy } from "./network-policy.ts";
import { hasRules } from "./pod.ts";
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
  const labels = groupLabels(name, args.system);
  const metadata: Metadata = { name, namespace: args.namespace, labels };
  const [account, ...rights] = serviceAccount(name, args, metadata, opts);
  makeNetworkPolicy("group", args, metadata, opts);
  return {
    name,
    account: account.metadata.name,
    ...(hasRules(args) ? { usesApi: true, ready: rights } : {}),
  };
}
