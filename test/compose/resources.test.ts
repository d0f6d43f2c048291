import { describe, expect, it } from "vitest";

import type { ComposeResources } from "../../components/compose/deploy.schema.ts";
import { toDevices, toResources, toSwarmResources } from "../../components/compose/resources.ts";
import { Resources } from "../../components/workload/workload.schema.ts";

const usual = { cpu: "20m", memory: "32Mi" };

const worker: ComposeResources = {
  limits: { cpus: "0.25", memory: "512M" },
  reservations: { cpus: "0.25", memory: "256M" },
};

const gpus = (word: "reservations" | "softLimit"): ComposeResources => ({
  [word]: { devices: [{ capabilities: ["gpu"], driver: "nvidia", count: 2 }] },
});

describe("resources on Kubernetes", () => {
  it("are the worker's limits and requests", () => {
    expect(toResources(worker, usual)).toEqual({
      requests: { cpu: "250m", memory: "256Mi" },
      limits: { cpu: "250m", memory: "512Mi" },
    });
  });

  it("are the same under the lecture's other name for reservations", () => {
    const { limits, reservations } = worker;
    expect(toResources({ limits, softLimit: reservations }, usual)).toEqual(
      toResources(worker, usual),
    );
  });

  it("limit nothing where nothing is limited, and request the usual", () => {
    expect(toResources({}, usual)).toEqual({ requests: usual, limits: {} });
  });

  // The API server refuses a pod that requests more than it may use.
  it.each([
    ["16M", "16Mi"],
    ["64M", "32Mi"],
  ])("never request more than a limit of %s", (memory, requested) => {
    const resources = toResources({ limits: { memory } }, usual);
    expect(resources.requests.memory).toBe(requested);
    expect(Resources.safeParse(resources).success).toBe(true);
  });

  it.each(["reservations", "softLimit"] as const)("count devices under %s", (word) => {
    expect(toDevices(gpus(word))).toEqual({ "nvidia.com/gpu": 2 });
    expect(toDevices({})).toEqual({});
  });
});

describe("resources on a Swarm", () => {
  it("are billionths of a processor, and bytes", () => {
    expect(toSwarmResources(worker)).toEqual({
      limits: { nanoCpus: 250_000_000, memoryBytes: 536_870_912 },
      reservation: { nanoCpus: 250_000_000, memoryBytes: 268_435_456 },
    });
  });

  it("are none where nothing is said", () => {
    expect(toSwarmResources({})).toEqual({});
  });

  it("count devices by the name nodes announce", () => {
    expect(toSwarmResources(gpus("reservations"))).toEqual({
      reservation: { genericResources: { discreteResourcesSpecs: ["NVIDIA-GPU=2"] } },
    });
  });
});
