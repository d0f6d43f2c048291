/** Nodes of a real control plane: recycled, reshaped, taken away, with what runs on them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import type { Api } from "../../sandbox/api.ts";
import { recycleNode, syncNodes, waitForNodes } from "../../sandbox/cluster-contents.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { phaseIs, untilHolds } from "./until.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-nodes-"));
const place = sandboxPlace("test", { root });

/** What these tests look at. */
const Status = z.object({
  addresses: z.array(z.object({ type: z.string(), address: z.string() })),
  capacity: z.record(z.string(), z.string()),
});

let api: Api;
let nodes: readonly NodeShape[] = [];
let machines = 100;

beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  ({ nodes } = plan);
  ({ api } = await openSandbox(place, plan, process.env, () => undefined));
});

afterAll(async () => {
  api.close();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

async function statusOf(name: string): Promise<z.infer<typeof Status>> {
  return Status.parse((await api.find(`/api/v1/nodes/${name}`))?.status);
}

async function addresses(name: string): Promise<readonly string[]> {
  const status = await statusOf(name);
  return status.addresses.flatMap(({ type, address }) => (type === "ExternalIP" ? [address] : []));
}

/** Runs a pod on one node, whatever that node keeps away. */
async function runOn(pod: string, node: string): Promise<string> {
  await api.create("/api/v1/namespaces/default/pods", {
    metadata: { name: pod },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": node },
      tolerations: [{ operator: "Exists" }],
      containers: [{ name: "c", image: "registry.example/c:1" }],
    },
  });
  const path = `/api/v1/namespaces/default/pods/${pod}`;
  expect((await untilHolds(api, path, phaseIs("Running")))?.status?.["phase"]).toBe("Running");
  return path;
}

describe("a node that is recycled", () => {
  it("comes back as another machine, with another address and without its pods", async () => {
    const pod = await runOn("on-general", "test-general-0");
    const before = await addresses("test-general-0");
    machines = await recycleNode(api, { stack: "test", nodes, machines }, "test-general-0");
    expect(await addresses("test-general-0")).not.toEqual(before);
    expect(await untilHolds(api, pod, (object) => object === undefined)).toBeUndefined();
    await runOn("on-general-again", "test-general-0");
  });

  it("loses a reserved address that nothing but an operator assigns", async () => {
    expect(await addresses("test-edge-slot-1")).toContain("139.177.186.126");
    machines = await recycleNode(api, { stack: "test", nodes, machines }, "test-edge-slot-1");
    expect(await addresses("test-edge-slot-1")).toHaveLength(1);
    expect(await addresses("test-edge-slot-1")).not.toContain("139.177.186.126");
  });

  it("must be one of the stack's", async () => {
    const recycling = recycleNode(api, { stack: "test", nodes, machines }, "test-general-7");
    await expect(recycling).rejects.toThrow(/have no node test-general-7\n.*test-general-0/);
  });
});

describe("pools that change", () => {
  it("change their nodes: another size makes them anew, a surplus one goes with its pods", async () => {
    const pod = await runOn("on-surplus", "test-general-1");
    const edge = await addresses("test-edge-slot-0");
    const changed = nodes
      .filter(({ pool, index }) => pool !== "general" || index === 0)
      .map((node) =>
        node.pool === "general" ? { ...node, capacity: { ...node.capacity, cpu: "8" } } : node,
      );
    machines = await syncNodes(api, { stack: "test", nodes: changed, machines });
    await waitForNodes(api, ["test-general-0"]);
    expect((await statusOf("test-general-0")).capacity).toMatchObject({ cpu: "8" });
    expect(await api.find("/api/v1/nodes/test-general-1")).toBeUndefined();
    expect(await untilHolds(api, pod, (object) => object === undefined)).toBeUndefined();
    expect(await addresses("test-edge-slot-0")).toEqual(edge);
  });

  it("that say the same change nothing", async () => {
    machines = await syncNodes(api, { stack: "test", nodes, machines });
    expect(await syncNodes(api, { stack: "test", nodes, machines })).toBe(machines);
  });
});
