/**
 * Who says how many pods there are: a stack that hands its number over to an autoscaler loses no pod
 * by it, nor by the updates after, and gets its number back when it says one again.
 *
 * No metrics are measured in the sandbox: the autoscaler keeps to its bounds and else does nothing,
 * and the tests scale in its stead, by the same door.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

import {
  type RolloutCluster,
  rolloutCluster,
  type RolloutStack,
  type WantedWorkload,
} from "./rollout-project.ts";
import { atVersion, cluster as pools, deployment, workload } from "./rollout-wanted.ts";
import { untilHolds } from "./until.ts";

const namespace = "scaled";
const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;

const Deployment = z.looseObject({
  spec: z.looseObject({ replicas: z.int() }),
  status: z.looseObject({ readyReplicas: z.int().default(0) }),
});

let cluster: RolloutCluster;
let stack: RolloutStack;

beforeAll(async () => {
  cluster = await rolloutCluster(pools);
  stack = await cluster.stack("scaled");
});

afterAll(async () => {
  await cluster.dispose();
});

interface Pods {
  readonly wanted: number;
  readonly ready: number;
}

async function numbers(): Promise<Pods> {
  const { spec, status } = Deployment.parse(await cluster.api.find(path));
  return { wanted: spec.replicas, ready: status.readyReplicas };
}

const untilReady = async (pods: number): Promise<Pods> => {
  await untilHolds(cluster.api, path, (found) => found?.status?.["readyReplicas"] === pods);
  return numbers();
};

const autoscaled = (min: number, max: number): WantedWorkload =>
  workload("Deployment", "1", { autoscale: { min, max, cpuPercent: 70 } });

const up = (web: WantedWorkload): Promise<void> => stack.up({ namespace, workloads: { web } });

/** Fewest pods wanted and ready at any sampled moment of a run. */
async function fewest(ended: Promise<void>): Promise<Pods> {
  const seen: Pods[] = [];
  do {
    seen.push(await numbers());
  } while (await Promise.race([ended.then(() => false), sleep(20, true)]));
  return {
    wanted: Math.min(...seen.map(({ wanted }) => wanted)),
    ready: Math.min(...seen.map(({ ready }) => ready)),
  };
}

describe("the number of pods", () => {
  it("is handed over to an autoscaler without losing one", async () => {
    await up(deployment(3));
    expect(await numbers()).toEqual({ wanted: 3, ready: 3 });
    expect(await fewest(up(autoscaled(2, 6)))).toEqual({ wanted: 3, ready: 3 });
  });

  it("is the autoscaler's through every update", async () => {
    await cluster.api.patch(`${path}/scale`, { spec: { replicas: 5 } });
    expect(await untilReady(5)).toEqual({ wanted: 5, ready: 5 });
    expect(await fewest(up(atVersion("2", autoscaled(2, 6))))).toEqual({ wanted: 5, ready: 5 });
  });

  it("follows the autoscaler's bounds", async () => {
    await up(atVersion("2", autoscaled(6, 9)));
    expect(await untilReady(6)).toEqual({ wanted: 6, ready: 6 });
  });

  it("is the stack's again when the stack says one, and stays it", async () => {
    // Within the autoscaler's bounds: it goes at the end of the run, and until then keeps to them.
    // The provider waits for pods of another template, and for no others: of a number alone it is soon done.
    await up(atVersion("2", deployment(7)));
    expect(await untilReady(7)).toEqual({ wanted: 7, ready: 7 });
    await up(atVersion("2", deployment(4)));
    expect(await untilReady(4)).toEqual({ wanted: 4, ready: 4 });
  });

  it("is the stack's again after somebody scaled by hand", async () => {
    await cluster.api.patch(`${path}/scale`, { spec: { replicas: 1 } });
    await up(atVersion("3", deployment(4)));
    expect(await untilReady(4)).toEqual({ wanted: 4, ready: 4 });
  });
});
