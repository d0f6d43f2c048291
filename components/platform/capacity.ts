/** Whether the nodes that the config promises can carry what it asks for. Pure: no cluster needed. */
import { formatBytes, formatCpu, parseQuantity } from "../base/quantity.ts";
import { slotLabel } from "../base/labels.ts";
import { isUnsaid, meets } from "../base/selectors.ts";
import { spreadConstraints } from "../workload/placement.ts";
import type { NodeRequirement, Placement } from "../workload/workload.schema.ts";
import {
  type ClusterConfig,
  clusterNodes,
  describeNode,
  type NodeShape,
} from "./cluster.schema.ts";

/** Pods of one workload, as the scheduler will be asked to place them. */
export interface CapacityRequest {
  readonly workload: string;
  /** Pods at once; with a surge, the surge included. */
  readonly replicas: number;
  /** A DaemonSet's: one on each node that takes them, however many {@link replicas} says. Default false. */
  readonly onEachNode?: boolean;
  /** Requests of one pod: all its containers together. */
  readonly cpu: string;
  readonly memory: string;
  readonly placement: Partial<Placement>;
  /** Disks that each pod holds as long as it runs. Default 0: what comes and goes, as a backup does, takes turns. */
  readonly disks?: number;
  /** Of its node's own disk, what each pod may fill and asks for. Default: none. */
  readonly scratch?: string;
  /** Ports taken on the node itself: two pods with the same one never share a node. */
  readonly hostPorts?: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
}

/** A workload that finds no room. */
export interface CapacityFault {
  readonly workload: string;
  readonly request: CapacityRequest;
  /** How many of its pods. */
  readonly pods: number;
  /** What is asked, what there is, how to mend it. */
  readonly message: string;
}

interface Room {
  readonly node: NodeShape;
  /** What it has for workloads; the numbers below are what is left of that. */
  readonly whole: Share;
  cpu: number;
  memory: number;
  pods: number;
  /** Infinite where nobody has said how many there are. */
  disks: number;
  /** Bytes of its own disk; infinite where nobody has said. */
  scratch: number;
  readonly ports: Set<string>;
  /** Workload → its pods here. */
  readonly placed: Map<string, number>;
}

const selectorOf = (placement: Partial<Placement>): Record<string, string> => ({
  ...placement.nodeSelector,
  ...(placement.slot === undefined ? {} : { [slotLabel]: `${placement.slot}` }),
});

const writeSelector = (selector: Record<string, string>): string =>
  Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");

/** A requirement as `kubectl` would take it. */
function write({ key, operator, values }: NodeRequirement): string {
  switch (operator) {
    case "In":
    case "NotIn":
      return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(", ")})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
  }
}

/** Whether the scheduler would consider the node at all: its labels and its taints. */
export function accepts(node: NodeShape, placement: Partial<Placement>): boolean {
  const chosen = Object.entries(selectorOf(placement)).every(
    ([key, value]) => node.labels[key] === value || isUnsaid(node.labels, key),
  );
  const required = (placement.nodeAffinity ?? []).every(
    (one) => isUnsaid(node.labels, one.key) || meets(one, node.labels),
  );
  const tolerated = node.taints
    .filter(({ effect }) => effect !== "PreferNoSchedule")
    .every((taint) =>
      (placement.tolerations ?? []).some(
        ({ key, value, effect }) =>
          key === taint.key &&
          (value === undefined || value === taint.value) &&
          (effect === undefined || effect === taint.effect),
      ),
    );
  return chosen && required && tolerated;
}

/** What one pod takes of a node: read once, and compared with every node. */
interface Share {
  readonly cpu: number;
  readonly memory: number;
  readonly scratch: number;
}

function fits(
  room: Room,
  { cpu, memory, scratch }: Share,
  request: CapacityRequest,
  candidates: readonly Room[],
): boolean {
  return (
    room.cpu + 1e-9 >= cpu &&
    room.memory >= memory &&
    room.pods >= 1 &&
    room.disks >= disksOf(request) &&
    room.scratch >= scratch &&
    !portsOf(request).some((port) => room.ports.has(port)) &&
    !(request.placement.podAntiAffinity === "required" && room.placed.has(request.workload)) &&
    liesEvenly(room, request, candidates)
  );
}

/** Whether one more pod here keeps to the spread that is no mere wish. */
function liesEvenly(room: Room, request: CapacityRequest, candidates: readonly Room[]): boolean {
  const { slot, spread = "preferred" } = request.placement;
  const hard = spreadConstraints(slot === undefined ? spread : "none").filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
  );
  return hard.every(({ topologyKey, maxSkew }) => {
    // Each node has a name of its own; in what zone it is, where no pool says so, nobody knows.
    const domainOf = (one: Room): unknown =>
      isUnsaid(one.node.labels, topologyKey) ? one : one.node.labels[topologyKey];
    const pods = new Map<unknown, number>();
    for (const one of candidates) {
      const domain = domainOf(one);
      pods.set(domain, (pods.get(domain) ?? 0) + (one.placed.get(request.workload) ?? 0));
    }
    const domain = domainOf(room);
    pods.delete(undefined);
    const here = pods.get(domain);
    // A node without the label takes no pod at all.
    return here !== undefined && here + 1 - Math.min(...pods.values()) <= maxSkew;
  });
}

const disksOf = ({ disks = 0 }: CapacityRequest): number => disks;

/** Bytes of a node's own disk that it has, or that a pod asks for. */
export const scratchOf = ({ scratch }: Pick<NodeShape, "scratch">): number | undefined =>
  scratch === undefined ? undefined : parseQuantity(scratch);

const portsOf = (request: CapacityRequest): string[] =>
  (request.hostPorts ?? []).map(({ port, protocol }) => `${port}/${protocol}`);

function place(room: Room, { cpu, memory, scratch }: Share, request: CapacityRequest): void {
  room.cpu -= cpu;
  room.memory -= memory;
  room.pods -= 1;
  room.disks -= disksOf(request);
  room.scratch -= scratch;
  room.placed.set(request.workload, (room.placed.get(request.workload) ?? 0) + 1);
  for (const port of portsOf(request)) {
    room.ports.add(port);
  }
}

/**
 * Requests beyond the pools' capacity.
 *
 * The choosiest first, then the largest, onto the emptiest node: near to what the scheduler does. It places by
 * requests alone; what the nodes keep for themselves is `reserved` of each pool.
 *
 * @param ways What is large, and what is empty: where there are several, the one that leaves the fewest pods over
 * counts, as with that one all others have found room.
 */
export function capacityFaults(
  cluster: ClusterConfig,
  requests: readonly CapacityRequest[],
  ways: readonly Way[] = [memoryWay, shareWay, diskWay],
): CapacityFault[] {
  const nodes = clusterNodes(cluster);
  let fewest: CapacityFault[] | undefined;
  for (const way of ways) {
    const faults = placedBy(way, nodes, requests);
    if (fewest === undefined || podsOver(faults) < podsOver(fewest)) {
      fewest = faults;
    }
    if (fewest.length === 0) {
      break;
    }
  }
  return fewest ?? [];
}

/** How many pods find no room. */
export const podsOver = (faults: readonly CapacityFault[]): number =>
  faults.reduce((sum, { pods }) => sum + pods, 0);

/** What is large, and what is empty: pods with the most go first, each to the node with the most. */
export interface Way {
  /** Of a pod: compared number by number, the first that differs counts. */
  readonly sizes: (share: Share, largest: Share) => readonly number[];
  /** Of a node. */
  readonly empty: (room: Room) => number;
}

/** Memory, of which there is never too much: a pod that asks for much of it is large, whatever CPU it asks for. */
export const memoryWay: Way = {
  sizes: ({ cpu, memory }) => [memory, cpu],
  empty: ({ memory }) => memory,
};

/**
 * What is scarcest for each: a pod that asks for nearly all CPUs of a node must come while there is an empty one,
 * however little memory it asks for. Nodes are compared as the scheduler does by itself, by what is left of both
 * (kubernetes.io, kube-scheduler's NodeResourcesFit, LeastAllocated).
 */
const shareWay: Way = {
  sizes: ({ cpu, memory }, largest) => [Math.max(cpu / largest.cpu, memory / largest.memory)],
  empty: ({ cpu, memory, whole }) => cpu / whole.cpu + memory / whole.memory,
};

/** The same with what pods fill of a node's own disk: few do, and those may need a whole one each. */
const diskWay: Way = {
  sizes: ({ scratch, ...share }, largest) => [
    scratch,
    ...shareWay.sizes({ scratch, ...share }, largest),
  ],
  empty: shareWay.empty,
};

function placedBy(
  way: Way,
  nodes: readonly NodeShape[],
  requests: readonly CapacityRequest[],
): CapacityFault[] {
  const rooms = nodes.map(emptyRoom);
  const faults: CapacityFault[] = [];
  for (const { request, share } of inOrder(way, requests, rooms)) {
    const candidates = rooms.filter(({ node }) => accepts(node, request.placement));
    const replicas = podsOf(request, candidates.length);
    for (let placed = 0; placed < replicas; placed += 1) {
      const room = emptiest(way, candidates, (one) => fits(one, share, request, candidates));
      if (room === undefined) {
        faults.push({
          workload: request.workload,
          request,
          pods: replicas - placed,
          message: noRoom({ ...request, replicas }, placed, candidates),
        });
        break;
      }
      place(room, share, request);
    }
  }
  return faults.sort((left, right) => left.workload.localeCompare(right.workload));
}

/** How many pods there are on so many nodes that take them. Nodes there must be: what runs on none is no use. */
const podsOf = ({ onEachNode = false, replicas }: CapacityRequest, nodes: number): number =>
  onEachNode ? Math.max(1, nodes) : replicas;

/** The first of the emptiest that will do. */
function emptiest(
  { empty }: Way,
  candidates: readonly Room[],
  willDo: (room: Room) => boolean,
): Room | undefined {
  let found: Room | undefined;
  let most = -1;
  for (const one of candidates) {
    const left = empty(one);
    if (left > most && willDo(one)) {
      [found, most] = [one, left];
    }
  }
  return found;
}

function emptyRoom(node: NodeShape): Room {
  const { cpu, memory, pods } = node.allocatable;
  const whole = {
    cpu: parseQuantity(cpu),
    memory: parseQuantity(memory),
    scratch: scratchOf(node) ?? Infinity,
  };
  return {
    node,
    whole,
    ...whole,
    pods,
    disks: node.disks ?? Infinity,
    ports: new Set(),
    placed: new Map(),
  };
}

/** Those with the fewest nodes to go to come first, then the largest; names break ties. */
function inOrder(
  { sizes }: Way,
  requests: readonly CapacityRequest[],
  rooms: readonly Room[],
): { readonly request: CapacityRequest; readonly share: Share }[] {
  const largest = {
    cpu: Math.max(...rooms.map(({ whole }) => whole.cpu)),
    memory: Math.max(...rooms.map(({ whole }) => whole.memory)),
    scratch: Math.max(...rooms.map(({ whole }) => whole.scratch)),
  };
  // Of each request once: there may be a thousand, and a sort compares each many times.
  return requests
    .map((request) => {
      const share = {
        cpu: parseQuantity(request.cpu),
        memory: parseQuantity(request.memory),
        scratch: scratchOf(request) ?? 0,
      };
      return {
        ...{ request, share, size: sizes(share, largest) },
        choices: rooms.filter(({ node }) => accepts(node, request.placement)).length,
      };
    })
    .sort(
      (left, right) =>
        left.choices - right.choices ||
        largerFirst(left.size, right.size) ||
        left.request.workload.localeCompare(right.request.workload),
    );
}

const largerFirst = (left: readonly number[], right: readonly number[]): number =>
  left.map((one, index) => (right[index] ?? 0) - one).find((difference) => difference !== 0) ?? 0;

function noRoom(request: CapacityRequest, placed: number, candidates: readonly Room[]): string {
  const selector = selectorOf(request.placement);
  const asked = `${request.replicas} × ${request.cpu} CPU and ${request.memory}`;
  const filled = scratchOf(request) ?? 0;
  if (candidates.length === 0) {
    const wanted = [writeSelector(selector), ...(request.placement.nodeAffinity ?? []).map(write)]
      .filter((part) => part !== "")
      .join(", ");
    return `asks for a node ${wanted === "" ? "without taints" : `with ${wanted}`} that tolerates it: no pool of fleet:cluster.pools has one; change placement or add a pool`;
  }
  const where = [...new Set(candidates.map(({ node }) => node.pool))].join(", ");
  const [largest] = [...candidates].sort(
    (left, right) =>
      parseQuantity(right.node.allocatable.memory) - parseQuantity(left.node.allocatable.memory),
  );
  if (candidates.every(({ disks }) => disks < disksOf(request))) {
    const most = Math.max(...candidates.map(({ node }) => node.disks ?? 0));
    return `asks for ${request.replicas} × ${disksOf(request)} disk, but only ${placed} of ${request.replicas} find room in pool ${where}: its cloud attaches ${most} disks to a node for pods, and all are taken; enlarge the pool in fleet:cluster.pools, or say in its disks how many there are`;
  }
  if (candidates.every(({ scratch }) => scratch < filled)) {
    const most = Math.max(...candidates.map(({ whole }) => whole.scratch));
    return `asks for ${request.replicas} × ${formatBytes(filled)} of a node's own disk, but only ${placed} of ${request.replicas} find room in pool ${where}: a node has ${formatBytes(most)} of it for pods; lower what they may write, enlarge the disk of the pool's nodes, or the pool in fleet:cluster.pools`;
  }
  const left = candidates.reduce(
    (sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }),
    { cpu: 0, memory: 0 },
  );
  return `asks for ${asked}, but only ${placed} of ${request.replicas} find room in pool ${where} (a node offers ${largest === undefined ? "nothing" : describeNode(largest.node)}; ${formatCpu(left.cpu)} CPU and ${formatBytes(left.memory)} are left in all): lower the requests or enlarge the pool in fleet:cluster.pools`;
}
