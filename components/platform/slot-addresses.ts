import { Address } from "@pulumi/gcp/compute/address.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { DataPolicy } from "../base/scalars.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import { slotAddressLabels, slotAddressName } from "./google-names.ts";
import { givenAddresses } from "./pool.schema.ts";
import { clusterSlots } from "./slots.ts";

/** Slot → where its node is dialled: an address, or the name that follows it. */
export type SlotAddresses = ReadonlyMap<number, pulumi.Output<string>>;

/**
 * How each slot is dialled; a slot whose address goes with its machine is not in it.
 *
 * What the program is to reserve it reserves here, protected as the stack's data: others have learnt it,
 * and an address that went is somebody else's. No input of it may ever change, as each replaces it.
 */
export function slotAddresses(
  name: string,
  cluster: ClusterConfig,
  data: DataPolicy,
  opts: pulumi.CustomResourceOptions,
): SlotAddresses {
  const google = googleOf(cluster);
  return new Map(
    clusterSlots(cluster).flatMap(({ slot, address }) => {
      const [ip] = givenAddresses(address);
      if (address.kind === "ephemeral") {
        return [];
      }
      if (address.kind === "dns" || ip !== undefined) {
        return [[slot, pulumi.output(address.kind === "dns" ? address.name : (ip ?? ""))] as const];
      }
      if (google === undefined || address.assignedBy !== "kubeip") {
        throw new Error(`slot ${slot}: only at Google is an address made for it`);
      }
      const made = new Address(
        `${name}-slot-${slot}-address`,
        {
          name: slotAddressName(google.name, slot, address),
          project: google.project,
          region: google.region,
          addressType: "EXTERNAL",
          networkTier: "PREMIUM",
          labels: slotAddressLabels(google.name, slot),
        },
        { ...opts, ...keptAs(data) },
      );
      return [[slot, made.address] as const];
    }),
  );
}
