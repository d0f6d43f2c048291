import { Address } from "@pulumi/gcp/compute/address.js";
import * as pulumi from "@pulumi/pulumi";

import type { DataPolicy } from "../base/scalars.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import { makeReservedAddress } from "./google-address.ts";
import { slotAddressLabels, slotAddressName } from "./google-names.ts";
import { givenAddresses } from "./pool.schema.ts";
import { clusterSlots, type SlotPlace } from "./slots.ts";

/** Slot → where its node is dialled: an address, or the name that follows it. */
export type SlotAddresses = ReadonlyMap<number, pulumi.Output<string>>;

/** How the slots are dialled, and what was made for it. */
export interface MadeSlotAddresses {
  /** A slot whose address goes with its machine is not in it. */
  readonly addresses: SlotAddresses;
  /** Addresses that the program reserved: Google gives none back while a machine has it. */
  readonly reserved: readonly pulumi.Resource[];
}

/** How each slot is dialled. What the program is to reserve it reserves here. */
export function slotAddresses(
  name: string,
  cluster: ClusterConfig,
  data: DataPolicy,
  opts: pulumi.CustomResourceOptions,
): MadeSlotAddresses {
  const addresses = new Map<number, pulumi.Output<string>>();
  const reserved: pulumi.Resource[] = [];
  for (const place of clusterSlots(cluster)) {
    const dialled = dialledBy(name, place, cluster, data, opts);
    if (dialled instanceof Address) {
      reserved.push(dialled);
      addresses.set(place.slot, dialled.address);
    } else if (dialled !== undefined) {
      addresses.set(place.slot, pulumi.output(dialled));
    }
  }
  return { addresses, reserved };
}

function dialledBy(
  name: string,
  { slot, address }: SlotPlace,
  cluster: ClusterConfig,
  data: DataPolicy,
  opts: pulumi.CustomResourceOptions,
): Address | string | undefined {
  if (address.kind !== "reserved") {
    return address.kind === "dns" ? address.name : undefined;
  }
  if (address.assignedBy !== "kubeip") {
    return givenAddresses(address)[0];
  }
  const google = googleOf(cluster);
  if (google === undefined) {
    throw new Error(`slot ${slot}: only at Google is an address made for it`);
  }
  return makeReservedAddress(
    `${name}-slot-${slot}`,
    {
      google,
      called: slotAddressName(google.name, slot, address),
      data,
      labels: slotAddressLabels(google.name, slot),
    },
    opts,
  );
}
