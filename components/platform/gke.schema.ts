/** A cluster that the program makes at Google, and its pools, as a stack file declares them. */
import * as z from "zod";

import { Bytes, Cpu, DataPolicy, DnsLabel, LabelKey, LabelValue } from "../base/scalars.ts";
import { keptByGke, scratchOfGke } from "./gke-allocatable.ts";
import { gkeFaults } from "./gke-faults.ts";
import {
  Accelerator,
  AddressKeeperConfig,
  GoogleAccount,
  GoogleName,
  GoogleProject,
  GoogleRegion,
  type GoogleTerms,
  GoogleZone,
  isZone,
  MachineType,
  machineTypes,
  regionOf,
} from "./google.schema.ts";
import { duplicateSlots, GoogleSlotAddress, type Pool, SlotNumber, Taint } from "./pool.schema.ts";
import { parseQuantity } from "../base/quantity.ts";

/**
 * What Google's own pods ask of every node: logs, metrics, disks, network, names. Our estimate, at the
 * lower end of what is seen (facts/clouds-gke-ingress-tls.md 1.4): `kubectl describe node` shows what is
 * asked really.
 */
const SystemPods = z.strictObject({
  cpu: Cpu.default("500m"),
  memory: Bytes.default("1Gi"),
  pods: z.int().min(0).max(50).default(12),
});

/** A slot: its address is reserved unless it says otherwise. */
const GkeSlot = z.strictObject({
  address: GoogleSlotAddress.default({ kind: "reserved", assignedBy: "kubeip" }),
});

const nodeCount = z
  .int("must be a whole number of nodes, e.g. 2")
  .min(1, "must be at least 1")
  .max(1000, "must be at most 1000");

/** Nodes of one kind at Google: so many alike, or one for each slot. */
const GkePool = z.strictObject({
  /** Google's name of the size, from which CPUs and memory follow. */
  type: MachineType,
  /** Number of nodes. Either this, or `size`, or `slots`. */
  nodes: nodeCount.optional(),
  /** `auto`: as many nodes as the requests of all pods need, computed from this file at each run. */
  size: z.literal("auto", 'must be "auto": a number of nodes stands in nodes').optional(),
  /** Number of the slot → its node. Instead of `nodes`. */
  slots: z
    .record(SlotNumber, GkeSlot)
    .refine((slots) => Object.keys(slots).length > 0, "must have at least one slot")
    .optional(),
  /**
   * Google adds nodes while pods find no room, and removes those whose pods fit elsewhere; never below
   * `nodes` or the computed size, nor below `min`. Default: the number of nodes is fixed.
   */
  autoscale: z
    .strictObject({
      min: z.int().min(0, "must not be negative").max(1000, "must be at most 1000").default(0),
      max: z.int().min(1, "must be at least 1").max(1000, "must be at most 1000").default(1000),
    })
    .optional(),
  /** Pods that the kubelet takes at most; changing it replaces the pool. */
  pods: z
    .int("must be a whole number of pods, e.g. 110")
    .min(8, "must be at least 8")
    .max(256, "must be at most 256")
    .default(110),
  systemPods: SystemPods.prefault({}),
  /** The disk that each node starts from, and that holds images and what pods write beside their disks. */
  disk: z
    .strictObject({
      size: Bytes.refine(
        (size) => parseQuantity(size) % 2 ** 30 === 0 && parseQuantity(size) >= 10 * 2 ** 30,
        "must be whole Gi, 10Gi at least",
      ).default("100Gi"),
      type: z
        .enum(["pd-standard", "pd-balanced", "pd-ssd"], {
          message: "must be pd-standard, pd-balanced or pd-ssd",
        })
        .default("pd-balanced"),
    })
    .prefault({}),
  /** Devices for computing on each node; changing it replaces the pool. */
  accelerator: Accelerator.optional(),
  /** Labels of the nodes beside `fleet/pool` and `fleet/slot`. */
  labels: z.record(LabelKey, LabelValue).default({}),
  taints: z.array(Taint).default([]),
  /** What happens to its nodes when it goes. Default: the stack's. */
  data: DataPolicy.optional(),
});
/** A pool of the file, before its sizes follow from its type. */
export type GkePoolInput = z.infer<typeof GkePool>;

/** A pool at Google, as the rest of the program reads it. */
export type GkePool = Omit<GkePoolInput, "size"> & Pool;

const versionRule = "must be a whole version of GKE's, e.g. 1.34.1-gke.1829001";

const gkeSections = z.strictObject({
  kind: z.literal("gke"),
  project: GoogleProject,
  /** Name of the cluster. What is made for it is called after it. */
  name: GoogleName.max(40, "must have at most 40 characters"),
  /** Where its control plane is: a zone, or a region, which costs more and stays up through upgrades. */
  location: z.union([GoogleRegion, GoogleZone], {
    message: "must be a region or a zone at Google, e.g. us-central1 or us-central1-b",
  }),
  /** The one zone of its nodes: disks lie in one. Default: the location, where that is a zone. */
  zone: GoogleZone.optional(),
  /**
   * Version of the control plane and of the nodes. Default: Google's at the creation; write it down
   * then, as `doctor` says it. A lower one than what runs changes nothing.
   */
  version: z
    .string(versionRule)
    .regex(/^\d+\.\d+\.\d+-gke\.\d+$/, versionRule)
    .optional(),
  /** Who says when nodes are upgraded: `none` is this file, by `version`; else Google, as the channel goes. */
  channel: z
    .enum(["none", "rapid", "regular", "stable", "extended"], {
      message: "must be none, rapid, regular, stable or extended",
    })
    .default("none"),
  /**
   * Google makes a node anew that is not ready for ten minutes. Slots keep their addresses through it.
   * Default: only where a channel asks for it.
   */
  repair: z.boolean().optional(),
  /** A network of the project's, which is there already. */
  network: GoogleName.default("default"),
  /** A subnetwork of it in the region. Default: the network's own, where it has such. */
  subnetwork: GoogleName.optional(),
  /** Account of the nodes themselves. Default: the project's own for machines. */
  nodeAccount: GoogleAccount.optional(),
  /** Opens what the stack publishes on nodes. Default: nothing; Google's network lets nobody in by itself. */
  firewall: z
    .strictObject({
      /** Who may dial it. */
      from: z
        .array(z.cidrv4("must be an IPv4 range, e.g. 198.51.100.0/24"))
        .min(1, "must name at least one range: leave the firewall out to open nothing")
        .default(["0.0.0.0/0"]),
    })
    .optional(),
  addressKeeper: AddressKeeperConfig.prefault({}),
  pools: z
    .record(DnsLabel, GkePool)
    .refine((pools) => Object.keys(pools).length > 0, "must have at least one pool")
    .superRefine(duplicateSlots),
});
/** A cluster at Google as the file has it. */
export type GkeInput = z.infer<typeof gkeSections>;

/** A cluster that the program makes, with its pools: Google's own Kubernetes. */
export const GkeCluster = gkeSections
  .superRefine((cluster, context) => {
    for (const { path, message } of gkeFaults(cluster)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  })
  .transform(({ pools, addressKeeper, ...cluster }) => {
    const { project, name, location, zone = location } = cluster;
    const region = regionOf(location);
    const google: GoogleTerms = { project, region, name, addressKeeper };
    return {
      ...cluster,
      zone,
      google,
      linode: undefined,
      repair: cluster.repair ?? cluster.channel !== "none",
      pools: Object.fromEntries(
        Object.entries(pools).map(([pool, config]) => [pool, sized(config, region, zone)]),
      ),
    };
  });
/** {@inheritDoc GkeCluster} */
export type GkeCluster = z.infer<typeof GkeCluster>;

/**
 * Disks for pods that Google attaches to a machine: 128 with its own, to any of these types (cloud.google.com,
 * «Persistent volume attach limits»). Nodes that take more pods than that meet it first.
 */
const attachedDisks = 127;

/** A pool with the sizes that follow from its machine type. */
function sized(pool: GkePoolInput, region: string, zone: string): GkePool {
  const size = machineTypes.get(pool.type);
  if (size === undefined) {
    throw new Error(`machine type ${pool.type} has no size`);
  }
  const { systemPods, pods } = pool;
  const kept = keptByGke(size, pods);
  return {
    ...pool,
    region,
    zone: isZone(zone) ? zone : undefined,
    disks: attachedDisks,
    scratch: scratchOfGke(parseQuantity(pool.disk.size) / 2 ** 30),
    cpu: `${size.cpus}`,
    memory: `${size.gibibytes * 1024}Mi`,
    reserved: {
      cpu: `${Math.ceil(kept.cpus * 1000) + Math.ceil(parseQuantity(systemPods.cpu) * 1000)}m`,
      memory: `${Math.ceil(kept.gibibytes * 1024 + parseQuantity(systemPods.memory) / 2 ** 20)}Mi`,
      pods: systemPods.pods,
    },
  };
}
