/** What keeps the slots' addresses at Google: for whom, with which settings and requests. Pure. */
import { createHash } from "node:crypto";

import type { Toleration } from "../workload/workload.schema.ts";
import type * as z from "zod";
import type { CapacityRequest } from "./capacity.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import { addressTaint, slotAddressFilter } from "./google-names.ts";
import type { GoogleTerms } from "./google.schema.ts";
import { tolerateAll } from "./node-keeper-plan.ts";
import { clusterSlots } from "./slots.ts";

/** Name of the pods' account, and of their group. */
export const addressKeeperName = "address-keeper";

/** Name of the DaemonSet of a slot. */
export const keeperOf = (slot: number): string => `${addressKeeperName}-${slot}`;

/** Slots whose addresses the program makes, which nothing but the keeper puts on their nodes. */
export const keptSlots = (cluster: ClusterConfig): readonly number[] =>
  clusterSlots(cluster).flatMap(({ slot, address }) =>
    address.kind === "reserved" && address.assignedBy === "kubeip" ? [slot] : [],
  );

/** The agents' namespace with its place in the file: none where there are no agents. */
export function keeperNamespaces(
  cluster: ClusterConfig,
): readonly { readonly path: readonly string[]; readonly name: string }[] {
  const google = googleOf(cluster);
  const place = cluster.kind === "gke" ? ["cluster"] : ["cluster", "google"];
  return google === undefined || keptSlots(cluster).length === 0
    ? []
    : [{ path: [...place, "addressKeeper", "namespace"], name: google.addressKeeper.namespace }];
}

/** What kubeip changes at Google: its own list (facts/clouds-gke-ingress-tls.md 1.6). */
export const keeperPermissions: readonly string[] = [
  "compute.addresses.get",
  "compute.addresses.list",
  "compute.addresses.use",
  "compute.instances.addAccessConfig",
  "compute.instances.deleteAccessConfig",
  "compute.instances.get",
  "compute.projects.get",
  "compute.subnetworks.useExternalIp",
  "compute.zoneOperations.get",
];

/**
 * Settings of the agent on a slot's node: variables of its container.
 *
 * One DaemonSet has one filter, so that each slot has a DaemonSet: with a filter for several slots, a new
 * machine would take whichever address is free.
 */
export const keeperSettings = (
  { project, region, name, addressKeeper }: GoogleTerms,
  slot: number,
): Readonly<Record<string, string>> => ({
  PROJECT: project,
  REGION: region,
  FILTER: slotAddressFilter(name, slot),
  // A new pod of the agent must not take the address away for a moment: connections would break.
  RELEASE_ON_EXIT: "false",
  TAINT_KEY: addressTaint.key,
  // For an hour: the machine before it may hold the address until it is gone.
  RETRY_INTERVAL: "10s",
  RETRY_ATTEMPTS: "360",
  LEASE_NAMESPACE: addressKeeper.namespace,
  LOG_LEVEL: "info",
  LOG_JSON: "true",
});

/** It runs on a slot's node from the start, whatever keeps others away. */
export const keeperTolerations = (cluster: ClusterConfig): z.input<typeof Toleration>[] => [
  ...tolerateAll(cluster),
  { key: addressTaint.key },
];

/** What the agents ask of the nodes, for capacityFaults. */
export function addressKeeperRequests(cluster: ClusterConfig): CapacityRequest[] {
  const google = googleOf(cluster);
  return google === undefined
    ? []
    : keptSlots(cluster).map((slot) => ({
        workload: keeperOf(slot),
        replicas: 1,
        ...google.addressKeeper.resources.requests,
        placement: { slot, tolerations: tolerateAll(cluster) },
      }));
}

/** Id of the agents' account at Google: 6 to 30 characters. */
export function keeperAccountId(cluster: string): string {
  const id = `keeper-${cluster}`;
  const mark = createHash("sha256").update(cluster).digest("hex").slice(0, 6);
  return id.length <= 30 ? id : `${id.slice(0, 23).replace(/-+$/, "")}-${mark}`;
}

/** Id of the role of that account: letters, digits and underscores. */
export const keeperRoleId = (cluster: string): string =>
  `address_keeper_${cluster.replaceAll("-", "_")}`;
