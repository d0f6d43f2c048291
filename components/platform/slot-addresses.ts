import * as pulumi from "@pulumi/pulumi";

import type { DataPolicy } from "../base/scalars.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import { makeReservedAddress } from "./google-address.ts";
import { slotAddressLabels, slotAddressName } from "./google-names.ts";
import { givenAddresses } from "./pool.schema.ts";
import { clusterSlots, type SlotPlace } from "./slots.ts";

/** Slot → where its node is dialled: an address, or the name that follows it. */
export type SlotAddresses = ReadonlyMap<number, pulumi.Output<string>>;

/**
 * How each slot is dialled; a slot whose address goes with its machine is not in it. What the program is to
 * reserve it reserves here.
 */
export function slotAddresses(
  name: string,
  cluster: ClusterConfig,
  data: DataPolicy,
  opts: pulumi.CustomResourceOptions,
): SlotAddresses {
  return new Map(
    clusterSlots(cluster).flatMap((place) => {
      const address = dialled(name, place, cluster, data, opts);
      return address === undefined ? [] : [[place.slot, pulumi.output(address)] as const];
    }),
  );
}

function dialled(
  name: string,
  { slot, address }: SlotPlace,
  cluster: ClusterConfig,
  data: DataPolicy,
  opts: pulumi.CustomResourceOptions,
): pulumi.Input<string> | undefined {
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
  ).address;
}
