/**
 * The machines that Google runs for the node pools of a sandbox, in the stand-in's account. Pure but for
 * the account: facts/clouds-gke-ingress-tls.md 1.2, 1.6 and 1.8.
 */
import { poolLabel, slotLabel } from "../../components/base/labels.ts";
import { nodeName } from "../nodes.ts";
import { addressType, instanceType, poolType } from "../standins/rules/gcp/common.ts";
import { zonesOf } from "../standins/rules/gcp/container.ts";
import { bag, bags, given, list, number, text } from "../standins/rules/rule.ts";
import { asText, type Properties } from "../standins/values.ts";
import { hashNumber, type CloudObject, type World } from "../standins/world.ts";

/** A node pool as Google has it. */
export interface Pool {
  readonly id: string;
  /** The pool's own name. */
  readonly name: string;
  readonly project: string;
  readonly zones: readonly string[];
  readonly machineType: string;
  readonly diskGb: number;
  /** Pods that a node takes at most. */
  readonly pods: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { key: string; value: string; effect: string }[];
  /** Whether pods log in by their service accounts: the metadata server answers them. */
  readonly hasIdentities: boolean;
  /** Fewest and most machines; the same where nothing scales. */
  readonly least: number;
  readonly most: number;
  /** Machines at birth. */
  readonly initial: number;
}

/** Google's spelling of what a taint does → Kubernetes'. */
const effects: Readonly<Record<string, string>> = {
  NO_SCHEDULE: "NoSchedule",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
  NO_EXECUTE: "NoExecute",
};

/** Every node pool there is. */
export function poolsOf(world: World): readonly Pool[] {
  return world.all(poolType).map((pool) => describe(pool));
}

function describe({ id, inputs, facts }: CloudObject): Pool {
  const node = bag(inputs, "nodeConfig");
  const zones = given(inputs, "nodeLocations")
    ? list(inputs, "nodeLocations").map(asText)
    : zonesOf(asText(facts["location"]));
  return {
    id,
    name: text(inputs, "name"),
    project: asText(facts["project"]),
    zones,
    machineType: text(node, "machineType", "e2-medium"),
    diskGb: number(node, "diskSizeGb", 100),
    pods: number(inputs, "maxPodsPerNode", 110),
    labels: Object.fromEntries(
      Object.entries(bag(node, "labels")).map(([key, value]) => [key, asText(value)]),
    ),
    taints: bags(node, "taints").map((taint) => ({
      key: text(taint, "key"),
      value: text(taint, "value"),
      effect: effects[text(taint, "effect")] ?? text(taint, "effect"),
    })),
    hasIdentities: text(bag(node, "workloadMetadataConfig"), "mode") === "GKE_METADATA",
    ...bounds(inputs, zones.length),
  };
}

/** Counts are per zone, but for those of the whole pool. */
function bounds(inputs: Properties, zones: number): Pick<Pool, "least" | "most" | "initial"> {
  const first = number(inputs, "initialNodeCount", 0) * zones;
  if (!given(inputs, "autoscaling")) {
    const fixed = number(inputs, "nodeCount", first / zones) * zones;
    return { least: fixed, most: fixed, initial: fixed };
  }
  const scaling = bag(inputs, "autoscaling");
  const least = number(scaling, "totalMinNodeCount", number(scaling, "minNodeCount", 0) * zones);
  const most = number(scaling, "totalMaxNodeCount", number(scaling, "maxNodeCount", 0) * zones);
  // The least number is looked at only when machines are taken away: a pool begins with what is said of its beginning.
  return { least, most, initial: Math.min(first, most) };
}

/** A machine under a node. */
export interface Machine {
  /** Name of the machine and of its node. */
  readonly name: string;
  /** As nodes name it: `gce://project/zone/name`. */
  readonly providerId: string;
  /** Id of its pool. */
  readonly pool: string;
  readonly project: string;
  readonly zone: string;
  /** Tells the machine from those that had its name before. */
  readonly number: number;
  /** Its address seen from outside. */
  readonly address: string;
  /** What it was made like: another pool's settings make another machine. */
  readonly shape: string;
}

/** Every machine there is. */
export function machinesOf(world: World): readonly Machine[] {
  return world.all(instanceType).map(({ inputs, facts }) => ({
    name: text(inputs, "name"),
    providerId: `gce://${text(inputs, "project")}/${text(inputs, "zone")}/${text(inputs, "name")}`,
    pool: text(inputs, "pool"),
    project: text(inputs, "project"),
    zone: text(inputs, "zone"),
    number: Number(facts["number"]),
    address: asText(facts["address"]),
    shape: text(inputs, "shape"),
  }));
}

/** Changes when the pool's settings change what its machines are. */
export const shapeOf = ({
  machineType,
  diskGb,
  pods,
  labels,
  taints,
  hasIdentities,
}: Pool): string =>
  hashNumber(
    JSON.stringify([machineType, diskGb, pods, labels, taints, hasIdentities]),
    2 ** 40,
  ).toString(16);

/** Name of a pool's n-th node: as every other node of a sandbox is named. */
export function machineName(stack: string, { labels, name }: Pool, index: number): string {
  const slot = labels[slotLabel];
  const pool = labels[poolLabel] ?? name;
  const first = nodeName(stack, { pool, index, slot: slot === undefined ? slot : Number(slot) });
  return slot === undefined || index === 0 ? first : `${first}-${index}`;
}

/** Makes a machine: with an address that none had. One of its name is exchanged. */
export function makeMachine(world: World, pool: Pool, name: string, zone: string): void {
  const id = `projects/${pool.project}/zones/${zone}/instances/${name}`;
  const birth = world.birth(`machine::${id}`);
  // While the one before is there: its address is not free yet.
  const address = world.address("gcp", `${id}|${birth}`);
  removeMachine(world, name);
  world.add({
    type: instanceType,
    id,
    urn: "",
    birth,
    inputs: { name, project: pool.project, zone, pool: pool.id, shape: shapeOf(pool) },
    facts: { address, number: 90_000_000 + hashNumber(`${id}|${birth}`, 9_000_000) },
  });
}

/** Takes a machine away; the reserved address that it had is free again. */
export function removeMachine(world: World, name: string): void {
  for (const machine of world.all(instanceType)) {
    if (machine.inputs["name"] === name) {
      world.remove(machine);
      release(world, machine.id);
    }
  }
}

/** Notes that a machine's reserved address is nobody's. */
function release(world: World, user: string): void {
  for (const address of world.all(addressType)) {
    if (address.facts["users"] === user) {
      world.change({ ...address, facts: { ...address.facts, users: "" } });
    }
  }
}

/** Gives a machine a reserved address instead of the one it has. */
export function assignAddress(world: World, name: string, address: CloudObject): void {
  const machine = world.all(instanceType).find(({ inputs }) => inputs["name"] === name);
  if (machine !== undefined) {
    release(world, machine.id);
    const given = asText(address.facts["address"]);
    world.change({ ...machine, facts: { ...machine.facts, address: given } });
    world.change({ ...address, facts: { ...address.facts, users: machine.id } });
  }
}
