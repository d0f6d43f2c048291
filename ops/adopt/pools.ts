/**
 * Node pools of a cluster at Linode: which pool of the stack each one is. Pure.
 *
 * Pools have no names there; they are told apart by their labels, or by their size where just one has it. The
 * cluster's own resource deletes every pool that it does not declare and that has no tag `fleet`
 * (facts/clouds-linode-cloudflare-docker.md 1.1), nodes and all: so no pool without it gets past here.
 */
import { isDeepStrictEqual } from "node:util";

import * as z from "zod";

import { poolLabel, slotLabel } from "../../components/base/labels.ts";
import type { CloudThing } from "./clouds.ts";
import type { Decision } from "./decision.ts";
import type { Planned } from "./preview.ts";

const clusterType = "linode:index/lkeCluster:LkeCluster";
const poolType = "linode:index/lkeNodePool:LkeNodePool";

/** Tag of pools that are resources of their own: `externalPoolTags` of the cluster. */
const poolTag = "fleet";

const Labels = z.record(z.string(), z.string());

const Pool = z.looseObject({
  clusterId: z.union([z.string(), z.number()]).transform(String),
  type: z.string(),
  nodeCount: z.number(),
  labels: Labels.nullish().transform((labels) => labels ?? {}),
  taints: z.array(z.unknown()).nullish(),
  tags: z.array(z.string()).nullish(),
});
type Pool = z.infer<typeof Pool>;

interface LivePool extends Pool {
  readonly id: string;
}

interface WantedPool {
  readonly planned: Planned;
  readonly pool: Pool;
}

const Cluster = z.looseObject({
  label: z.string(),
  pools: z.array(z.looseObject({ type: z.string(), count: z.number().default(1) })).default([]),
});

/**
 * What becomes of the pools of a cluster that exists.
 *
 * @param taken What becomes of the other things: the cluster is among it where the state has it not yet.
 */
export function decidePools(
  creates: readonly Planned[],
  things: readonly CloudThing[],
  taken: readonly Decision[],
): readonly Decision[] {
  const wanted = creates
    .filter(({ type }) => type === poolType)
    .map((planned) => ({ planned, pool: Pool.parse(planned.inputs) }));
  const cluster = taken.find(({ planned }) => planned?.type === clusterType);
  const id = cluster?.id ?? wanted[0]?.pool.clusterId;
  const live = things
    .filter(({ type }) => type === poolType)
    .map((thing): LivePool => ({ ...Pool.parse(thing.inputs), id: thing.id }))
    .filter(({ clusterId }) => clusterId === id);
  if (id === undefined || (cluster === undefined && live.length === 0)) {
    return [];
  }
  const matched = match(wanted, live);
  const left = live.filter((pool) => ![...matched.values()].includes(pool));
  return [
    ...wanted.map((one) => decidePool(one, matched.get(one), left)),
    ...left.flatMap((pool) => decideLeft(pool, left, cluster?.planned)),
  ];
}

/** By what they say of themselves, then by their size where that leaves no choice. */
function match(
  wanted: readonly WantedPool[],
  live: readonly LivePool[],
): ReadonlyMap<WantedPool, LivePool> {
  const matched = new Map<WantedPool, LivePool>();
  for (const one of wanted) {
    const found = live.filter(({ labels }) => isOf(one.pool.labels, labels));
    if (found[0] !== undefined && found.length === 1) {
      matched.set(one, found[0]);
    }
  }
  const isLeft = (pool: LivePool): boolean => ![...matched.values()].includes(pool);
  for (const one of wanted.filter((other) => !matched.has(other))) {
    const { type } = one.pool;
    const rivals = wanted.filter((other) => !matched.has(other) && other.pool.type === type);
    const found = live.filter(
      (pool) => isLeft(pool) && pool.type === type && isTagged(pool) && !isNamed(pool),
    );
    if (found[0] !== undefined && found.length === 1 && rivals.length === 1) {
      matched.set(one, found[0]);
    }
  }
  return matched;
}

const isOf = (wanted: z.infer<typeof Labels>, live: z.infer<typeof Labels>): boolean =>
  [poolLabel, slotLabel].every((key) => wanted[key] === live[key]) && poolLabel in live;
const isNamed = ({ labels }: Pool): boolean => poolLabel in labels;
const isTagged = ({ tags }: Pool): boolean => tags?.includes(poolTag) === true;

function decidePool(
  { planned, pool }: WantedPool,
  live: LivePool | undefined,
  left: readonly LivePool[],
): Decision {
  const name = [pool.labels[poolLabel], pool.labels[slotLabel]].filter(Boolean).join(" slot ");
  if (live === undefined) {
    const labels = Object.entries(pool.labels).map(([key, value]) => `${key}: ${value}`);
    const candidates = left.filter(({ type }) => type === pool.type).map(({ id }) => id);
    return {
      verdict: "in the way",
      what: `LkeNodePool ${name}`,
      why: `${
        candidates.length === 0
          ? `the cluster has none that could be it: make one of ${pool.nodeCount} ${pool.type}, and give it`
          : `which of ${candidates.join(" and ")} it is cannot be told: give it`
      } the tag ${poolTag} and the labels {${labels.join(", ")}}`,
      planned,
    };
  }
  const common = { what: `LkeNodePool ${name} (${live.id})`, planned, id: live.id };
  const fault = poolFault(pool, live);
  if (fault !== undefined) {
    return { ...common, verdict: "in the way", why: fault };
  }
  const fields = (["labels", "taints"] as const).filter(
    (field) => !isDeepStrictEqual(plain(pool[field]), plain(live[field])),
  );
  return {
    ...common,
    verdict: "adopted",
    why:
      fields.length === 0
        ? "as it is"
        : `the next update changes its ${fields.join(" and ")}, and no node`,
  };
}

/** Marks of the engine's own, and none instead of an empty list, are no difference. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? [], (key, inner: unknown) =>
      key === "__defaults" ? undefined : inner,
    ),
  ) as unknown;

function poolFault(pool: Pool, live: LivePool): string | undefined {
  if (!isTagged(live)) {
    return `has no tag ${poolTag}: the cluster's next update would delete it with its nodes. Give it the tag at Linode`;
  }
  if (live.type !== pool.type) {
    return `its type is ${live.type}, the stack says ${pool.type}: another pool would take its place. Say in the stack file what there is`;
  }
  return live.nodeCount === pool.nodeCount
    ? undefined
    : `it has ${live.nodeCount} nodes, the stack says ${pool.nodeCount}. Say in the stack file what there is, and change it by an update of its own`;
}

/** Pools that are none of the stack's: one without the tag is the cluster's own. */
function decideLeft(
  pool: LivePool,
  left: readonly LivePool[],
  cluster: Planned | undefined,
): readonly Decision[] {
  const { id, type, nodeCount } = pool;
  const what = `LkeNodePool (${id}), ${nodeCount} × ${type}`;
  if (isTagged(pool)) {
    return [{ verdict: "untouched", what, why: "is not the stack's, and keeps its nodes" }];
  }
  // A cluster in state has what it declared; what came beside it later is not looked at here.
  const own = cluster === undefined ? undefined : Cluster.parse(cluster.inputs).pools[0];
  const [first] = left.filter(
    (other) => !isTagged(other) && other.type === own?.type && other.nodeCount === own.count,
  );
  return own === undefined || first === pool
    ? []
    : [
        {
          verdict: "in the way",
          what,
          why: `has no tag ${poolTag} and is not the cluster's own pool (${own.count} × ${own.type}): its next update would delete it with its nodes. Give it the tag at Linode, or say its size in fleet:cluster.base.type`,
        },
      ];
}
