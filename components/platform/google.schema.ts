/** What a cluster at Google has beside its pools: names, places, and who keeps its slots' addresses. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DnsLabel, LabelValue } from "../base/scalars.ts";
import { Resources } from "../workload/workload.schema.ts";

const nameRule =
  "must be 1 to 63 lower-case letters, digits and dashes, a letter first, e.g. mininet";

/** A name as most of Google's APIs take it (facts/clouds-gke-ingress-tls.md 2.1). */
export const GoogleName = z.string(nameRule).regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, nameRule);

const projectRule = "must be the id of a project at Google, e.g. spacemesh-networks";

/** Id of a project: not its name, and not its number. */
export const GoogleProject = z
  .string(projectRule)
  .regex(/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/, projectRule);

const regionRule = "must be Google's name of a region, e.g. us-central1";

/** A region. There is no default: an address of another region can be put on no node. */
export const GoogleRegion = z.string(regionRule).regex(/^[a-z]+-[a-z]+\d{1,2}$/, regionRule);

const zoneRule = "must be Google's name of a zone, e.g. us-central1-b";

/** A zone: a region and a letter. */
export const GoogleZone = z.string(zoneRule).regex(/^[a-z]+-[a-z]+\d{1,2}-[a-z]$/, zoneRule);

/** Region of a zone; of a region, itself. */
export const regionOf = (location: string): string => location.replace(/-[a-z]$/, "");

/** Whether a location is a zone. */
export const isZone = (location: string): boolean => regionOf(location) !== location;

const accountRule =
  "must be the mail address of a service account, e.g. nodes@spacemesh-networks.iam.gserviceaccount.com";

/** A service account of a project. */
export const GoogleAccount = z
  .string(accountRule)
  .regex(/^[a-z0-9][-a-z0-9]*@[-a-z0-9.]+\.gserviceaccount\.com$/, accountRule);

/**
 * Pods that put a slot's reserved address on the machine that holds the slot: kubeip, version 2. A new
 * machine comes with an address of its own, whatever this program does.
 */
export const AddressKeeperConfig = z.strictObject({
  /** kubeip's agent, from 2.2.0 on: it waits until the node itself tells the address. */
  image: ImageReference.default("docker.io/doitintl/kubeip-agent:2.2.0"),
  namespace: DnsLabel.default("address-keeper"),
  /**
   * Account by which it changes addresses, bound to `<namespace>/address-keeper` by whoever made it.
   * Default: one is made, with a role of just what it needs, which takes an operator who may do that.
   */
  account: GoogleAccount.optional(),
  resources: Resources.prefault({
    requests: { cpu: "10m", memory: "64Mi" },
    limits: { memory: "128Mi" },
  }),
});
/** {@inheritDoc AddressKeeperConfig} */
export type AddressKeeperConfig = z.infer<typeof AddressKeeperConfig>;

/** `google` of a cluster that exists: where it is. */
export const GoogleTerms = z.strictObject({
  project: GoogleProject,
  region: GoogleRegion,
  /** What is made for the cluster is called after it: `<name>-slot-<number>`, … */
  name: GoogleName.max(40, "must have at most 40 characters"),
  addressKeeper: AddressKeeperConfig.prefault({}),
});
/** {@inheritDoc GoogleTerms} */
export type GoogleTerms = z.infer<typeof GoogleTerms>;

/** Families of machines: memory of each CPU in Gi, and numbers of CPUs that are sold. */
const families = {
  "e2-standard": [4, [2, 4, 8, 16, 32]],
  "e2-highmem": [8, [2, 4, 8, 16]],
  "e2-highcpu": [1, [2, 4, 8, 16, 32]],
  "n1-standard": [3.75, [1, 2, 4, 8, 16, 32, 64, 96]],
  "n1-highmem": [6.5, [2, 4, 8, 16, 32, 64, 96]],
  "n2-standard": [4, [2, 4, 8, 16, 32, 48, 64, 80, 96, 128]],
  "n2-highmem": [8, [2, 4, 8, 16, 32, 48, 64, 80]],
  "n2-highcpu": [1, [2, 4, 8, 16, 32, 48, 64, 80, 96]],
  "n2d-standard": [4, [2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224]],
  "n2d-highmem": [8, [2, 4, 8, 16, 32, 48, 64, 80, 96]],
  "c2-standard": [4, [4, 8, 16, 30, 60]],
} as const satisfies Record<string, readonly [gibibytes: number, cpus: readonly number[]]>;

/** Nominal size of a machine. */
export interface MachineSize {
  readonly cpus: number;
  readonly gibibytes: number;
}

/**
 * Machine types: those with CPUs of their own whose disks are persistent disks. Google sells more, which
 * are added here when they are wanted; those with shared CPUs (`e2-small`, …) hold no member.
 */
export const machineTypes: ReadonlyMap<string, MachineSize> = new Map(
  Object.entries(families).flatMap(([family, [gibibytes, sizes]]) =>
    sizes.map((cpus) => [`${family}-${cpus}`, { cpus, gibibytes: cpus * gibibytes }] as const),
  ),
);

/** Google's name of a machine's size. */
export const MachineType = z.enum([...machineTypes.keys()], {
  message: "must be one of Google's machine types with CPUs of its own, e.g. e2-standard-4",
});

/** Devices for computing beside each node's CPUs. */
export const Accelerator = z.strictObject({
  /** Google's name, e.g. `nvidia-tesla-t4`. */
  type: LabelValue.regex(
    /^[a-z0-9]+(-[a-z0-9]+)+$/,
    "must be Google's name of an accelerator, e.g. nvidia-tesla-t4",
  ),
  count: z.int("must be a whole number of accelerators, e.g. 1").min(1).max(16),
});
