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
import { placeableRequests as pushtechRequests } from "../../stacks/pushtech/requests.ts";
import { placeableRequests as skywireRequests } from "../../stacks/skywire/requests.ts";
import { placeableRequests as spacemeshRequests } from "../../stacks/spacemesh/requests.ts";
import { placeableRequests as votingRequests } from "../../stacks/voting/rules.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";
import { largeStacks, renderedOnce, stacks } from "../rendered.ts";

/** What each system counts, and of how many workloads at the least. */
function countedOf(config: StackConfig): { readonly requests: CapacityRequest[]; least: number } {
  switch (config.system) {
    case "skywire":
      return { requests: skywireRequests(config), least: 20 };
    case "pushtech":
      return { requests: pushtechRequests(config), least: 20 };
    case "fxa":
      return { requests: fxaRequests(config), least: 15 };
    case "spacemesh":
      return { requests: spacemeshRequests(config), least: 8 };
    case "voting":
      return { requests: config.target === "kubernetes" ? votingRequests(config) : [], least: 5 };
    case "spacemesh-discovery":
      return { requests: [], least: 0 };
  }
}

/** `make check` has no time for the larger ones: they are another project's of vitest.config.ts. */
const chosen = process.env["FLEET_TEST_STACKS"] === "large" ? largeStacks : stacks;

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

describe.each(chosen)("what %s asks of its nodes", (stack) => {
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
    const { requests, least } = countedOf(config);
    const asked = added(
      requests.map(({ workload, replicas, cpu, memory, scratch = "0" }) => [
        workload,
        {
          pods: daemons.has(workload) ? 1 : replicas,
          cpu: parseQuantity(cpu),
          memory: parseQuantity(memory),
          scratch: parseQuantity(scratch),
        },
      ]),
    );
    const uncounted = [...made.keys()].filter((name) => !asked.has(name));
    expect(
      uncounted.map((name) => `${name}: placeableRequests of stacks/${config.system} lacks it`),
    ).toEqual([]);
    // A chart's pods are rendered by the provider alone.
    const known = [...made.keys()].map((name) => [name, asked.get(name)] as const);
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(made));
    expect(made.size).toBeGreaterThanOrEqual(least);
  });
});
