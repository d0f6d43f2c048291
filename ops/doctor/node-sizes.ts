/** What a pool promises of each node for workloads, held against what the node itself has. Pure. */
import { formatBytes, formatCpu, parseQuantity } from "../../components/base/quantity.ts";
import type { ClusterConfig, NodeShape } from "../../components/platform/cluster.schema.ts";
import type { Fault } from "../../stacks/faults.ts";

/** A node as it says of itself. */
export interface SizedNode {
  readonly name: string;
  /** Its `status.allocatable`. */
  readonly has: Readonly<Record<string, string>>;
}

/** Which pool, and of what kind its cluster is. */
export interface SizedPool {
  readonly kind: ClusterConfig["kind"];
  /** Where the stack file has it. */
  readonly path: string;
}

/** The kubelet's names of them. */
type Size = "cpu" | "memory" | "pods" | "ephemeral-storage";

/** Every size that was counted on and is not there: pods wait, or the node runs full, although all was counted. */
export function sizeFaults({ kind, path }: SizedPool, shape: NodeShape, node: SizedNode): Fault[] {
  const { cpu, memory, pods } = shape.allocatable;
  const isAtGoogle = kind === "gke";
  const all: readonly (readonly [Size, string])[] = [
    ["cpu", cpu],
    ["memory", memory],
    ["pods", `${pods}`],
  ];
  const faults = all
    .filter((promise) => isLess(promise, node))
    .map(([size, promised]) => ({
      // A machine's sizes follow from its type at Google: what a file can say is what the system keeps.
      path: `${path}.${isAtGoogle ? "type" : size}`,
      expected: promises(size, promised, node),
      mend: isAtGoogle
        ? `raise systemPods.${size} by what is missing`
        : `write the node's real size there, or raise reserved.${size}`,
    }));
  return isAtGoogle ? faults : [...faults, ...diskLack(path, shape, node)];
}

function diskLack(path: string, { scratch }: NodeShape, node: SizedNode): Fault[] {
  const size = "ephemeral-storage";
  return scratch === undefined || !isLess([size, scratch], node)
    ? []
    : [
        {
          path: `${path}.scratch`,
          expected: promises(size, scratch, node),
          mend: "write what the node really has there",
        },
      ];
}

/**
 * At Google nobody writes what a node has of its own disk: it follows from the disk's size by what Google tells of one
 * node (components/platform/gke-allocatable.ts). Where a node has less, there is nothing in the file that was wrong.
 */
export function sizeNotices({ kind, path }: SizedPool, shape: NodeShape, node: SizedNode): Fault[] {
  return kind !== "gke"
    ? []
    : diskLack(path, shape, node).map(({ expected }) => ({
        path: `${path}.disk.size`,
        expected,
        mend: "see whether the node has a disk of that size (the next update exchanges it if not); if it has, leave that much of it free, or write more there",
      }));
}

/** Whether a node has less than is promised. Of what it does not say nothing is known. */
const isLess = ([size, promised]: readonly [Size, string], { has }: SizedNode): boolean =>
  parseQuantity(has[size] ?? "") < parseQuantity(promised);

const promises = (size: Size, promised: string, { has, name }: SizedNode): string =>
  `promises ${words(size, promised)} for workloads; ${name} has ${words(size, has[size] ?? "")}`;

function words(size: Size, text: string): string {
  const value = parseQuantity(text);
  switch (size) {
    case "cpu":
      return `${formatCpu(value)} CPU`;
    case "memory":
      return formatBytes(value);
    case "pods":
      return `${value} pods`;
    case "ephemeral-storage":
      return `${formatBytes(value)} of its own disk`;
  }
}
