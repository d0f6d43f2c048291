/** Nodes of a cluster as a stack file declares them: pools, slots and their addresses. */
import * as z from "zod";

import { parseQuantity } from "../base/quantity.ts";
import {
  Bytes,
  Cpu,
  DataPolicy,
  DnsLabel,
  Hostname,
  Ipv4,
  LabelKey,
  LabelValue,
} from "../base/scalars.ts";
import { GoogleName } from "./google.schema.ts";
import { LinodeType } from "./linode.schema.ts";

const ReservedAddress = z.strictObject({
  kind: z.literal("reserved"),
  ip: Ipv4,
  /** Further addresses of the same machine: coturn answers its NAT test from a second one. */
  also: z.array(Ipv4).optional(),
  /**
   * What puts it on a machine that is new: the `node-keeper` (`cluster.linode.nodeKeeper`), or an
   * `operator`, by hand: until then nobody reaches what runs there.
   */
  assignedBy: z.enum(["node-keeper", "operator"]),
});

/** An address at Google that the program makes, and keeps as the stack's data: it is known when it is made. */
const MadeAddress = z.strictObject({
  kind: z.literal("reserved"),
  /** `kubeip`: an agent on the slot's node puts it there (`addressKeeper`). */
  assignedBy: z.literal("kubeip"),
  /** Its name at Google. Default: `<cluster>-slot-<number>`. */
  name: GoogleName.optional(),
});

/** A name that follows the machine; whoever keeps it is outside this program. */
const NamedAddress = z.strictObject({ kind: z.literal("dns"), name: Hostname });

/** None: the address changes with the machine. Refused for whatever publishes an address. */
const EphemeralAddress = z.strictObject({ kind: z.literal("ephemeral") });

/** How a slot keeps its public address when its machine is exchanged. */
export const SlotAddress = z.discriminatedUnion("kind", [
  /** An address of the account, whatever machine holds the slot. */
  z.discriminatedUnion("assignedBy", [ReservedAddress, MadeAddress], {
    message:
      "must be node-keeper or operator, or kubeip at Google: a cloud gives a new machine another address",
  }),
  NamedAddress,
  EphemeralAddress,
]);
/** {@inheritDoc SlotAddress} */
export type SlotAddress = z.infer<typeof SlotAddress>;

/** The addresses that the file itself names: those of its account, before anything is made. */
export const givenAddresses = (address: SlotAddress | undefined): readonly string[] =>
  address?.kind === "reserved" && address.assignedBy !== "kubeip"
    ? [address.ip, ...(address.also ?? [])]
    : [];

/** The same of a slot whose node is made at Google: the program makes what is reserved. */
export const GoogleSlotAddress = z.discriminatedUnion("kind", [
  MadeAddress.extend({
    assignedBy: z
      .literal("kubeip", "must be kubeip: the program makes the address, and its pods assign it")
      .default("kubeip"),
  }),
  NamedAddress,
  EphemeralAddress,
]);

/** Whether an address is known only when the program has made it, so that nothing of the file can lead there. */
export const isMadeAddress = (address: SlotAddress): boolean =>
  address.kind === "reserved" && address.assignedBy === "kubeip";

/** Number of a slot as the key of a map. */
export const SlotNumber = z
  .string()
  .regex(/^(0|[1-9]\d{0,2})$/, 'must be the number of a slot from 0 to 999 in quotes, e.g. "0"');

const SlotConfig = z.strictObject({ address: SlotAddress });

/** A mark that keeps pods away unless they tolerate it. */
export const Taint = z.strictObject({
  key: LabelKey,
  value: LabelValue.default(""),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});
/** {@inheritDoc Taint} */
export type Taint = z.infer<typeof Taint>;

/**
 * What a node keeps for itself out of its nominal size: the kubelet, the eviction threshold, and
 * the cloud's own pods on every node (network, disks, logs). Our default; the numbers of one cloud
 * are in facts/clouds-gke-ingress-tls.md 1.4.
 */
const Reserved = z.strictObject({
  cpu: Cpu.default("300m"),
  memory: Bytes.default("512Mi"),
  pods: z.int().min(0).max(100).default(10),
});

const poolLabelFault = 'must not begin with "fleet/": these labels follow from the pool itself';

/** Nodes of one kind: so many alike, or one for each slot. */
export const PoolConfig = z
  .strictObject({
    /** Number of nodes. Either this, or `size`, or `slots`. */
    nodes: z
      .int("must be a whole number of nodes, e.g. 2")
      .min(1, "must be at least 1")
      .max(1000, "must be at most 1000")
      .optional(),
    /**
     * `auto`: as many nodes as the requests of all pods need, computed from this file at each run. Of a
     * cluster that is made here.
     */
    size: z.literal("auto", 'must be "auto": a number of nodes stands in nodes').optional(),
    /** Number of the slot → its node. Instead of `nodes`. */
    slots: z
      .record(SlotNumber, SlotConfig)
      .refine((slots) => Object.keys(slots).length > 0, "must have at least one slot")
      .optional(),
    /** Nominal size of a node. */
    cpu: Cpu,
    memory: Bytes,
    /** Pods that the kubelet takes at most. */
    pods: z.int().min(1).max(512).default(110),
    /** What of it is not for workloads. */
    reserved: Reserved.prefault({}),
    /**
     * Disks that its cloud attaches to a node for pods at a time. Default: of a cluster that is said to be at Linode
     * what Linode attaches to a machine of this memory; elsewhere nobody counts them.
     */
    disks: z
      .int("must be a whole number of disks, e.g. 6")
      .min(0, "must not be negative")
      .max(512, "must be at most 512")
      .optional(),
    /**
     * Of a node's own disk, what pods may fill: its allocatable `ephemeral-storage`. Default: nobody counts it.
     */
    scratch: Bytes.optional(),
    /** Labels of the nodes beside `fleet/pool` and `fleet/slot`. */
    labels: z.record(LabelKey, LabelValue).default({}),
    taints: z.array(Taint).default([]),
    /** The cloud's name of the place, e.g. `ap-south`. Default: the region of `cluster.linode`. */
    region: LabelValue.optional(),
    /** The cloud's name of the size, where the program makes the nodes. `cpu` and `memory` say the same. */
    type: LinodeType.optional(),
    /** What happens to its nodes when it goes, where the program makes them. Default: the stack's. */
    data: DataPolicy.optional(),
  })
  .superRefine((pool, context) => {
    const said = [pool.nodes, pool.size, pool.slots].filter((one) => one !== undefined);
    if (said.length !== 1) {
      context.addIssue({
        code: "custom",
        message: "must say either nodes or slots, or size: auto",
      });
    }
    for (const key of Object.keys(pool.labels)) {
      if (key.startsWith("fleet/")) {
        context.addIssue({ code: "custom", path: ["labels", key], message: poolLabelFault });
      }
    }
    for (const resource of ["cpu", "memory"] as const) {
      if (parseQuantity(pool.reserved[resource]) >= parseQuantity(pool[resource])) {
        context.addIssue({
          code: "custom",
          path: [resource],
          message: `must be above the node's own share of ${pool.reserved[resource]} (reserved.${resource})`,
        });
      }
    }
    if (pool.reserved.pods >= pool.pods) {
      context.addIssue({ code: "custom", path: ["pods"], message: "must be above reserved.pods" });
    }
  });
/** {@inheritDoc PoolConfig} */
export type PoolConfig = z.infer<typeof PoolConfig>;

/** Nodes of one kind as the rest of the program reads them, whatever cloud they are in. */
export interface Pool extends Omit<PoolConfig, "type"> {
  /** The cloud's name of the size. */
  readonly type?: string | undefined;
  /** The cloud's name of the one zone of its nodes, where it is known. */
  readonly zone?: string | undefined;
  /** Bounds between which the cloud itself adds and removes nodes. */
  readonly autoscale?: { readonly min: number; readonly max: number } | undefined;
}

/** Slots and addresses are identities: each may stand once in the whole cluster. */
export function duplicateSlots(
  pools: Readonly<Record<string, { readonly slots?: PoolConfig["slots"] }>>,
  context: z.RefinementCtx,
): void {
  const seen = new Map<string, string>();
  const claim = (what: string, path: string[]): void => {
    const owner = seen.get(what);
    if (owner === undefined) {
      seen.set(what, path.join("."));
    } else {
      context.addIssue({
        code: "custom",
        path,
        message: `${what} already stands at fleet:cluster.pools.${owner}: each stands once in a cluster`,
      });
    }
  };
  for (const [name, pool] of Object.entries(pools)) {
    for (const [slot, { address }] of Object.entries(pool.slots ?? {})) {
      claim(`slot ${slot}`, [name, "slots", slot]);
      if (address.kind === "reserved") {
        // Names are the cluster's to compare: some are made up from its own.
        if (address.assignedBy === "kubeip") {
          continue;
        }
        claim(`address ${address.ip}`, [name, "slots", slot, "address", "ip"]);
        address.also?.forEach((ip, index) => {
          claim(`address ${ip}`, [name, "slots", slot, "address", "also", `${index}`]);
        });
      }
      if (address.kind === "dns") {
        claim(`name ${address.name}`, [name, "slots", slot, "address", "name"]);
      }
    }
  }
}

/** Pools by their names. */
export const Pools = z
  .record(DnsLabel, PoolConfig)
  .refine((pools) => Object.keys(pools).length > 0, "must have at least one pool")
  .superRefine(duplicateSlots);
