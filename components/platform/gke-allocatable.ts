/** What GKE keeps of a node for itself. Pure. */
import type { MachineSize } from "./google.schema.ts";

/** A share of a resource that is kept of so much of it, from the first piece on. */
type Step = readonly [upTo: number, share: number];

/** Of each CPU (facts/clouds-gke-ingress-tls.md 1.4). */
const cpuSteps: readonly Step[] = [
  [1, 0.06],
  [2, 0.01],
  [4, 0.005],
  [Infinity, 0.0025],
];

/** Of each Gi of memory (the same place). */
const memorySteps: readonly Step[] = [
  [4, 0.25],
  [8, 0.2],
  [16, 0.1],
  [128, 0.06],
  [Infinity, 0.02],
];

/** CPUs that more than 110 pods cost. */
const manyPods = { above: 110, cpus: 0.4 } as const;

/** Gi below which the kubelet evicts pods. */
const eviction = 100 / 1024;

/** What of its memory a machine's kernel never tells the kubelet of: 16 Gi are 15.6. */
const kernelShare = 0.025;

/** CPUs and Gi of memory that a node has less than its machine, before any pod. */
export function keptByGke({ cpus, gibibytes }: MachineSize, pods: number): MachineSize {
  return {
    cpus: stepped(cpus, cpuSteps) + (pods > manyPods.above ? manyPods.cpus : 0),
    gibibytes: stepped(gibibytes, memorySteps) + eviction + gibibytes * kernelShare,
  };
}

/**
 * Bytes of the disk it starts from that a node has for what pods write: the kubelet evicts them with a tenth left, the
 * system has the most (cloud.google.com, «Plan GKE Standard node sizes», Local ephemeral storage reservation), and of
 * 100 Gi the partitions of Google's own image leave 94.25 for both (the node shown there).
 */
export function diskLeftByGke(gibibytes: number): number {
  const evicted = 0.1;
  const ofSystem = Math.min(gibibytes * 0.5, 6 + gibibytes * 0.35, 100);
  const left = gibibytes * 0.9425 * (1 - evicted) - ofSystem;
  return Math.max(0, Math.floor(left * 2 ** 30));
}

/** The same as a quantity: what a node has as `ephemeral-storage` for its pods. */
export const scratchOfGke = (gibibytes: number): string =>
  `${Math.floor(diskLeftByGke(gibibytes) / 2 ** 20)}Mi`;

function stepped(amount: number, steps: readonly Step[]): number {
  let below = 0;
  let kept = 0;
  for (const [upTo, share] of steps) {
    kept += Math.max(0, Math.min(amount, upTo) - below) * share;
    below = upTo;
  }
  return kept;
}
