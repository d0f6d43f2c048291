/** The node that GKE makes of a machine. */
import { formatCpu } from "../../components/base/quantity.ts";
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { keptByGke, scratchOfGke } from "../../components/platform/gke-allocatable.ts";
import { machineTypes } from "../../components/platform/google.schema.ts";
import { nodeObject, positionAnnotation } from "../nodes.ts";
import type { Machine, Pool } from "./machines.ts";

/** On nodes that stand for a machine of a pool: the machine's number. */
export const machineAnnotation = "sandbox.fleet/machine";

/** The node of a machine, with the labels that GKE adds. */
export function gkeNode(pool: Pool, machine: Machine, position: number) {
  const { number, address, providerId, name } = machine;
  const object = { id: number, externalIps: [address], providerId };
  const node = nodeObject("", shapeOfNode(pool, machine), position, object, name);
  const { [positionAnnotation]: place = "" } = node.metadata.annotations;
  return {
    ...node,
    metadata: {
      ...node.metadata,
      annotations: { [positionAnnotation]: place, [machineAnnotation]: `${machine.number}` },
    },
  };
}

/** What a pool's node is like, as pods see it. */
export function shapeOfNode(pool: Pool, machine?: Machine): NodeShape {
  const zone = machine?.zone ?? pool.zones[0] ?? "";
  return {
    pool: pool.name,
    index: 0,
    slot: undefined,
    address: undefined,
    labels: {
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "node.kubernetes.io/instance-type": pool.machineType,
      "topology.kubernetes.io/region": zone.replace(/-[a-z]$/, ""),
      "topology.kubernetes.io/zone": zone,
      "cloud.google.com/gke-nodepool": pool.name,
      ...(pool.hasIdentities ? { "iam.gke.io/gke-metadata-server-enabled": "true" } : {}),
      ...pool.labels,
    },
    taints: pool.taints as NodeShape["taints"],
    ...sizeOf(pool),
  };
}

/** What Google's own pods ask of each node: they do not run here, and still take their room. */
const systemPods = { cpus: 0.5, gibibytes: 1, pods: 12 } as const;

/** Size of a machine, and what GKE leaves of it for pods. */
function sizeOf({
  machineType,
  pods,
  diskGb,
}: Pool): Pick<NodeShape, "capacity" | "allocatable" | "scratch"> {
  const size = machineTypes.get(machineType);
  if (size === undefined) {
    throw new Error(`the sandbox does not know Google's machine type ${machineType}`);
  }
  const kept = keptByGke(size, pods);
  return {
    scratch: scratchOfGke(diskGb),
    capacity: { cpu: `${size.cpus}`, memory: `${size.gibibytes * 1024}Mi`, pods },
    allocatable: {
      cpu: formatCpu(size.cpus - kept.cpus - systemPods.cpus),
      memory: `${Math.floor((size.gibibytes - kept.gibibytes - systemPods.gibibytes) * 1024)}Mi`,
      pods: pods - systemPods.pods,
    },
  };
}
