/**
 * What a stack's config is counted by, against what its rendered pods ask of the nodes: what is counted too low is found
 * when a pod of an update waits for ever, what is counted too high is refused though it would fit.
 */
import { describe, expect, it } from "vitest";

import { workloadLabel } from "../../components/base/labels.ts";
import { parseQuantity } from "../../components/base/quantity.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { roundedUp } from "../../components/workload/share.ts";
import { podRequests } from "../../policy/graph/capacity.ts";
import type { PodSet } from "../../policy/graph/objects.ts";
import { placeableRequests as fxaRequests } from "../../stacks/fxa/requests.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { placeableRequests as pushtechRequests } from "../../stacks/pushtech/requests.ts";
import type { PushtechStack } from "../../stacks/pushtech/schema.ts";
import { placeableRequests as skywireRequests } from "../../stacks/skywire/requests.ts";
import type { SkywireStack } from "../../stacks/skywire/schema.ts";
import { placeableRequests as spacemeshRequests } from "../../stacks/spacemesh/requests.ts";
import type { SpacemeshStack } from "../../stacks/spacemesh/schema.ts";
import { placeableRequests as votingRequests } from "../../stacks/voting/rules.ts";
import type { VotingOnKubernetes } from "../../stacks/voting/schema.ts";
import { type AnyStack, renderedOnce } from "../rendered.ts";

const cases: readonly (readonly [AnyStack, (config: unknown) => CapacityRequest[], number])[] = [
  ["test", (config) => skywireRequests(config as SkywireStack), 20],
  ["prod", (config) => skywireRequests(config as SkywireStack), 40],
  ["pushtech-staging", (config) => pushtechRequests(config as PushtechStack), 20],
  ["fxa-production", (config) => fxaRequests(config as FxaStack), 15],
  ["voting", (config) => votingRequests(config as VotingOnKubernetes), 5],
  ["spacemesh-mini", (config) => spacemeshRequests(config as SpacemeshStack), 8],
];

/** Miners are asked for together, where they may be anywhere, and so are PoETs: each of them counts. */
const together = (workload: string): string => workload.replace(/^(miner|poet)-\d+$/, "$1");

/** What all pods of a workload take at once. */
interface Taken {
  readonly pods: number;
  readonly cpu: number;
  readonly memory: number;
  readonly scratch: number;
}

const quantity = (value: number, digits = 0): number => Number(value.toFixed(digits));

function added(all: readonly (readonly [string, Taken])[]): Map<string, Taken> {
  const sums = new Map<string, Taken>();
  for (const [workload, { pods, cpu, memory, scratch }] of all) {
    const name = together(workload);
    const sum = sums.get(name) ?? { pods: 0, cpu: 0, memory: 0, scratch: 0 };
    sums.set(name, {
      pods: sum.pods + pods,
      cpu: quantity(sum.cpu + cpu * pods, 3),
      memory: quantity(sum.memory + memory * pods),
      scratch: quantity(sum.scratch + scratch * pods),
    });
  }
  return sums;
}

/** Pods at once, those of an update among them. A DaemonSet's are the nodes' to say: one is compared. */
const atOnce = ({ kind, replicas, update }: PodSet): number =>
  kind === "Deployment" ? replicas + roundedUp(update.maxSurge, replicas) : replicas;

/** Those that stay: what comes and goes takes turns. */
const staying = ({ kind }: PodSet): boolean => kind !== "CronJob" && kind !== "Job";

describe.each(cases)("what %s asks of its nodes", (stack, requestsOf, least) => {
  it("is counted as its pods ask it, while they are exchanged, too", async () => {
    const { world, config } = await renderedOnce(stack);
    const daemons = new Set(
      world.pods.flatMap(({ kind, name }) => (kind === "DaemonSet" ? [name] : [])),
    );
    const made = added(
      world.pods.filter(staying).map((set) => {
        const pods = daemons.has(set.name) ? 1 : atOnce(set);
        return [set.labels[workloadLabel] ?? set.name, { pods, ...podRequests(set) }];
      }),
    );
    const asked = added(
      requestsOf(config).map(({ workload, replicas, cpu, memory, scratch = "0" }) => [
        workload,
        {
          pods: daemons.has(workload) ? 1 : replicas,
          cpu: parseQuantity(cpu),
          memory: parseQuantity(memory),
          scratch: parseQuantity(scratch),
        },
      ]),
    );
    // A chart's pods are rendered by the provider alone.
    const known = [...made.keys()].map((name) => [name, asked.get(name)] as const);
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(made));
    expect(made.size).toBeGreaterThanOrEqual(least);
  });
});
