/**
 * Whether the nodes have room for what the pods request, DaemonSets' first.
 *
 * Placed as a scheduler would: those with the fewest nodes to go to first, then the largest, each on
 * the emptiest node. The program checks its config the same way before it makes anything
 * (components/platform/capacity.ts); this looks at the objects that came of it.
 */
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { formatBytes, formatCpu, parseQuantity } from "../../components/base/quantity.ts";
import { isUnsaid } from "../../components/base/selectors.ts";
import { UnknownProperty, unknownText } from "../resource.ts";
import type { Fault } from "./graph.ts";
import { eligible, isChosen, loneliness, nodePorts, tolerated } from "./nodes.ts";
import {
  type Container,
  describePods,
  namespaceOf,
  type PodSet,
  shareOf,
  type World,
} from "./objects.ts";

interface Amount {
  readonly cpu: number;
  readonly memory: number;
  /** Bytes of a node's own disk. */
  readonly scratch: number;
}

/** What one pod takes of a node that others cannot have. */
interface Taken extends Amount {
  /** Disks attached to the node. */
  readonly disks: number;
}

interface Room {
  readonly node: NodeShape;
  /** What it has for pods; the numbers below are what is left of that. */
  readonly whole: Amount;
  cpu: number;
  memory: number;
  /** Infinite where the file does not say how much there is. */
  scratch: number;
  pods: number;
  /** Infinite where the file does not say how many there are. */
  disks: number;
  readonly ports: Set<string>;
  readonly lonely: Set<PodSet>;
  readonly placed: Map<PodSet, number>;
}

/**
 * Where nothing is requested, the API server fills in what the limit says.
 *
 * @throws UnknownProperty where an amount is still to be told: what finds room beside it, nobody knows then.
 */
function requested({ name, resources: { requests, limits } }: Container): Amount {
  const of = (resource: "cpu" | "memory" | "ephemeral-storage"): number => {
    const amount = requests?.[resource] ?? limits?.[resource] ?? "0";
    if (amount === unknownText) {
      throw new UnknownProperty(`${resource} of the container ${name}`);
    }
    return parseQuantity(amount);
  };
  return { cpu: of("cpu"), memory: of("memory"), scratch: of("ephemeral-storage") };
}

/**
 * What a pod requests for all its containers, whatever they say; where it says only a limit and they say nothing, the API
 * server fills that in (KEP 2837; kubernetes/kubernetes, pkg/apis/core/v1/defaults.go, defaultPodRequests).
 */
function wholeOf(
  { containers, initContainers = [], resources }: PodSet["spec"],
  resource: "cpu" | "memory",
): number | undefined {
  const isSaid = [...containers, ...initContainers].some(
    ({ resources: { limits, requests } }) =>
      (requests?.[resource] ?? limits?.[resource]) !== undefined,
  );
  const amount =
    resources?.requests?.[resource] ?? (isSaid ? undefined : resources?.limits?.[resource]);
  if (amount === unknownText) {
    throw new UnknownProperty(`${resource} of a pod`);
  }
  return amount === undefined ? undefined : parseQuantity(amount);
}

const sum = (amounts: readonly Amount[]): Amount => ({
  cpu: amounts.reduce((total, { cpu }) => total + cpu, 0),
  memory: amounts.reduce((total, { memory }) => total + memory, 0),
  scratch: amounts.reduce((total, { scratch }) => total + scratch, 0),
});

/** What one pod takes of a node: its containers together, or its hungriest step before they start. */
export function podRequests({ spec }: PodSet): Amount {
  const starting = spec.initContainers ?? [];
  const runsOn = ({ restartPolicy }: Container): boolean => restartPolicy === "Always";
  const running = sum([...spec.containers, ...starting.filter(runsOn)].map(requested));
  // Beside a step run those sidecars alone that were started before it (KEP 753).
  const steps = starting.flatMap((container, index) =>
    runsOn(container)
      ? []
      : [sum([container, ...starting.slice(0, index).filter(runsOn)].map(requested))],
  );
  return {
    cpu: wholeOf(spec, "cpu") ?? Math.max(running.cpu, ...steps.map(({ cpu }) => cpu)),
    memory:
      wholeOf(spec, "memory") ?? Math.max(running.memory, ...steps.map(({ memory }) => memory)),
    scratch: Math.max(running.scratch, ...steps.map(({ scratch }) => scratch)),
  };
}

/** Claims that many pods may mount at a time: no disk of one node. */
const sharedClaims = ({ objects }: World): ReadonlySet<string> =>
  new Set(
    objects
      .filter(
        ({ kind, spec }) =>
          kind === "PersistentVolumeClaim" &&
          ((spec as { accessModes?: readonly string[] } | undefined)?.accessModes ?? []).some(
            (mode) => mode.endsWith("Many"),
          ),
      )
      .map((claim) => `${namespaceOf(claim)}/${claim.metadata.name}`),
  );

/**
 * Disks that a pod holds as long as it runs. What comes and goes, as a backup does, takes turns, and needs a spare one
 * that nobody counts.
 */
function disksOf({ kind, namespace, claimTemplates, spec }: PodSet, shared: ReadonlySet<string>) {
  return kind === "CronJob" || kind === "Job"
    ? 0
    : claimTemplates.length +
        (spec.volumes ?? []).filter(
          ({ persistentVolumeClaim: claim }) =>
            claim !== undefined && !shared.has(`${namespace}/${claim.claimName}`),
        ).length;
}

/** Pods at once: while they are exchanged, the surplus included. */
function atOnce({ kind, suspended, replicas, update }: PodSet): number {
  return suspended
    ? 0
    : replicas + (kind === "Deployment" ? shareOf(update.maxSurge, replicas, true) : 0);
}

type Spread = NonNullable<PodSet["spec"]["topologySpreadConstraints"]>[number];

/**
 * Where a node lies, to a spread; undefined where it has no such label, as then it takes none of the pods. Each node has a
 * name of its own; in what zone it is, where no pool says so, nobody knows.
 */
const domainOf = (room: Room, { topologyKey }: Spread): unknown =>
  room.node.labels[topologyKey] ?? (isUnsaid(room.node.labels, topologyKey) ? room : undefined);

/**
 * Whether a node counts to a spread. One whose taint keeps the pods out does, as one that never has any, unless taints
 * are to be honoured (the API's `nodeTaintsPolicy`).
 */
const counts = ({ node }: Room, spec: PodSet["spec"], spread: Spread): boolean =>
  (spread.nodeAffinityPolicy === "Ignore" || isChosen(node, spec)) &&
  (spread.nodeTaintsPolicy !== "Honor" || tolerated(node, spec));

/** Whether one more pod on a node keeps to every spread that is no mere wish. */
function liesEvenly(room: Room, pods: PodSet, rooms: readonly Room[]): boolean {
  const hard = (pods.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
  );
  return hard.every((spread) => {
    const placed = new Map<unknown, number>();
    for (const one of rooms.filter((each) => counts(each, pods.spec, spread))) {
      const domain = domainOf(one, spread);
      placed.set(domain, (placed.get(domain) ?? 0) + (one.placed.get(pods) ?? 0));
    }
    placed.delete(undefined);
    const here = placed.get(domainOf(room, spread));
    // Where there are fewer domains than there should be, those that are missing count as empty.
    const fewest = placed.size < (spread.minDomains ?? 1) ? 0 : Math.min(...placed.values());
    return here !== undefined && here + 1 - fewest <= spread.maxSkew;
  });
}

function fits(room: Room, pods: PodSet, amount: Taken, rooms: readonly Room[]): boolean {
  return (
    room.cpu + 1e-9 >= amount.cpu &&
    room.memory >= amount.memory &&
    room.scratch >= amount.scratch &&
    room.pods >= 1 &&
    room.disks >= amount.disks &&
    !nodePorts(pods).some((port) => room.ports.has(port)) &&
    !room.lonely.has(pods) &&
    liesEvenly(room, pods, rooms)
  );
}

function place(room: Room, pods: PodSet, amount: Taken): void {
  room.cpu -= amount.cpu;
  room.memory -= amount.memory;
  room.scratch -= amount.scratch;
  room.pods -= 1;
  room.disks -= amount.disks;
  room.placed.set(pods, (room.placed.get(pods) ?? 0) + 1);
  for (const port of nodePorts(pods)) {
    room.ports.add(port);
  }
  if (loneliness(pods) !== undefined) {
    room.lonely.add(pods);
  }
}

function emptyRoom(node: NodeShape): Room {
  const { cpu, memory, pods } = node.allocatable;
  const scratch = node.scratch === undefined ? Infinity : parseQuantity(node.scratch);
  const whole = { cpu: parseQuantity(cpu), memory: parseQuantity(memory), scratch };
  return {
    node,
    whole,
    ...whole,
    pods,
    disks: node.disks ?? Infinity,
    ports: new Set(),
    lonely: new Set(),
    placed: new Map(),
  };
}

function write({ cpu, memory, scratch, disks }: Taken, rooms: readonly Room[]): string {
  const counts = (of: "disks" | "scratch"): boolean => rooms.some((room) => room[of] !== Infinity);
  const attached = disks > 0 && counts("disks") ? [`${disks} disk${disks === 1 ? "" : "s"}`] : [];
  const filled =
    scratch > 0 && counts("scratch") ? [`${formatBytes(scratch)} of the node's own disk`] : [];
  const first = [`${formatCpu(cpu)} CPU`, ...attached, ...filled].join(", ");
  return `${first} and ${formatBytes(memory)}`;
}

/** What is large, and what is empty. */
interface Way {
  /** Of a pod: the first number that differs counts. */
  readonly sizes: (amount: Amount, largest: Amount) => readonly number[];
  /** Of a node. */
  readonly empty: (room: Room) => number;
}

/** By what is scarcest for each, as pods may ask for much of one thing and little of the other. */
const byShare: Way = {
  sizes: ({ cpu, memory }, largest) => [Math.max(cpu / largest.cpu, memory / largest.memory)],
  empty: ({ cpu, memory, whole }) => cpu / whole.cpu + memory / whole.memory,
};

/** By memory; by share; and the same with those first that fill a node's own disk, which are few. */
const ways: readonly Way[] = [
  { sizes: ({ cpu, memory }) => [memory, cpu], empty: ({ memory }) => memory },
  byShare,
  {
    sizes: (amount, largest) => [amount.scratch, ...byShare.sizes(amount, largest)],
    empty: byShare.empty,
  },
];

/** Pods that find no room on the nodes that their stack promises, whichever way they are placed. */
export function capacityFaults(world: World, nodes: readonly NodeShape[]): readonly Fault[] {
  let fewest: readonly Fault[] | undefined;
  for (const way of ways) {
    const faults = placedBy(way, world, nodes);
    fewest = fewest === undefined || faults.length < fewest.length ? faults : fewest;
    if (fewest.length === 0) {
      break;
    }
  }
  return fewest ?? [];
}

function placedBy(way: Way, world: World, nodes: readonly NodeShape[]): readonly Fault[] {
  const rooms = nodes.map(emptyRoom);
  const faults: Fault[] = [];
  const open = (pods: PodSet): Room[] => rooms.filter(({ node }) => eligible(node, pods.spec));
  const shared = sharedClaims(world);
  const takenBy = (pods: PodSet): Taken => ({
    ...podRequests(pods),
    disks: disksOf(pods, shared),
  });
  for (const pods of world.pods.filter(({ kind }) => kind === "DaemonSet")) {
    const amount = takenBy(pods);
    // Where the new pod of a node is started before the old one stops, each node has two for a while.
    const surplus = shareOf(pods.update.maxSurge, nodes.length, true) > 0;
    for (const room of open(pods)) {
      const missing = ["one", ...(surplus ? ["one more, as an update needs it"] : [])].find(() => {
        const found = fits(room, pods, amount, [room]);
        if (found) {
          place(room, pods, amount);
        }
        return !found;
      });
      if (missing !== undefined) {
        const message = `${describePods(pods)}: each pod takes ${write(amount, rooms)}, and a node of the pool ${room.node.pool} has no room for ${missing}`;
        faults.push({ about: pods, message });
      }
    }
  }
  for (const pods of inOrder(way, world, rooms, open)) {
    const amount = takenBy(pods);
    const candidates = open(pods);
    const wanted = atOnce(pods);
    for (let placed = 0; placed < wanted; placed += 1) {
      const room = emptiest(
        way,
        candidates.filter((one) => fits(one, pods, amount, rooms)),
      );
      if (room === undefined) {
        const pools = [...new Set(candidates.map(({ node }) => node.pool))].join(", ");
        const where = pools === "" ? "no node takes them" : `on the nodes of ${pools}`;
        const message = `${describePods(pods)}: ${placed} of ${wanted} pods at once find room, ${where}; each takes ${write(amount, candidates)}`;
        faults.push({ about: pods, message });
        break;
      }
      place(room, pods, amount);
    }
  }
  return faults;
}

/** The emptiest; the first of several. */
const emptiest = ({ empty }: Way, rooms: readonly Room[]): Room | undefined =>
  rooms.reduce<Room | undefined>(
    (found, room) => (found === undefined || empty(room) > empty(found) ? room : found),
    undefined,
  );

/** Those with the fewest nodes to go to come first, then the largest; names break ties. */
function inOrder(
  { sizes }: Way,
  world: World,
  rooms: readonly Room[],
  open: (pods: PodSet) => readonly Room[],
): readonly PodSet[] {
  const largest = {
    cpu: Math.max(...rooms.map(({ whole }) => whole.cpu)),
    memory: Math.max(...rooms.map(({ whole }) => whole.memory)),
    scratch: Math.max(...rooms.map(({ whole }) => whole.scratch)),
  };
  return world.pods
    .filter(({ kind }) => kind !== "DaemonSet")
    .map((pods) => ({
      pods,
      choices: open(pods).length,
      size: sizes(podRequests(pods), largest),
    }))
    .sort(
      (left, right) =>
        left.choices - right.choices ||
        largerFirst(left.size, right.size) ||
        describePods(left.pods).localeCompare(describePods(right.pods)),
    )
    .map(({ pods }) => pods);
}

const largerFirst = (left: readonly number[], right: readonly number[]): number =>
  left.map((one, index) => (right[index] ?? 0) - one).find((difference) => difference !== 0) ?? 0;
