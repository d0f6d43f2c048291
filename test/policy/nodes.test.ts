/**
 * The nodes that rules over a stack count on: those of its file, and where that says `size: auto` as many as
 * the program asks the cloud for. Proves what the pack is told under the engine, which hands it the same
 * resources; that a scheduler finds the nodes enough is test/e2e's.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { ClusterConfig, type NodeShape } from "../../components/platform/cluster.schema.ts";
import { requestsFit } from "../../policy/graph/rules.ts";
import { judgeStack } from "../../policy/judge.ts";
import { clusterOfFile, nodesOf } from "../../policy/nodes.ts";
import type { Resource, Stack } from "../../policy/resource.ts";
import { stackWith } from "../../policy/run.ts";
import { gkeInput } from "../platform/gke-fixtures.ts";
import { clone, renderedOnce } from "../rendered.ts";
import { stackOf } from "./stack-resources.ts";

const google = "gcp:container/nodePool:NodePool";
const linode = "linode:index/lkeNodePool:LkeNodePool";

const resource = (type: string, properties: object): Resource => ({
  urn: `urn:pulumi:mini::fleet::${type}::pool`,
  type,
  name: "pool",
  properties: { ...properties },
  parent: "",
  provider: undefined,
  protect: false,
  retainOnDelete: undefined,
  ignoreChanges: [],
});

const labels = { "fleet/pool": "default" };
const cluster = ClusterConfig.parse({
  ...gkeInput,
  pools: { ...gkeInput.pools, default: { type: "e2-standard-4", size: "auto" } },
});

/** How many nodes of the pool `default` there are; undefined where that could not be told. */
const counted = (nodes: readonly NodeShape[] | undefined): number | undefined =>
  nodes?.filter(({ pool }) => pool === "default").length;

describe("the nodes of a stack", () => {
  it("are those of its file, whatever was made, where it says how many", () => {
    const fixed = ClusterConfig.parse(gkeInput);
    const made = [resource(google, { nodeConfig: { labels }, nodeCount: 50 })];
    expect(counted(nodesOf(fixed, made))).toBe(2);
    expect(nodesOf(undefined, made)).toBeUndefined();
  });

  it.each([
    ["a fixed number", { nodeConfig: { labels }, nodeCount: 4 }, 4],
    [
      "what a pool may grow to, a node for each pod at most",
      {
        nodeConfig: { labels },
        autoscaling: { minNodeCount: 4, maxNodeCount: 1000 },
        nodeCount: 9,
      },
      5,
    ],
    [
      "what a pool may grow to, its bound at most",
      { nodeConfig: { labels }, autoscaling: { minNodeCount: 4, maxNodeCount: 4 } },
      4,
    ],
    [
      "none of a parked network: nothing can be told",
      { nodeConfig: { labels }, nodeCount: 0 },
      undefined,
    ],
    [
      "none of the pool of a slot",
      { nodeConfig: { labels: { ...labels, "fleet/slot": "0" } }, nodeCount: 1 },
      undefined,
    ],
    ["none of what is not known yet", { nodeConfig: "unknown" }, undefined],
  ])(
    "are as many as the program asks for, where the file leaves that to it: %s",
    (_, made, count) => {
      expect(counted(nodesOf(cluster, [resource(google, made)]))).toBe(count);
    },
  );

  it("are as many as it asks Linode for", () => {
    expect(counted(nodesOf(cluster, [resource(linode, { labels, nodeCount: 3 })]))).toBe(3);
    expect(counted(nodesOf(cluster, []))).toBeUndefined();
  });
});

describe("requests-fit over a network with size: auto", () => {
  let mini: Stack;
  beforeAll(async () => {
    mini = stackOf("spacemesh-mini", await renderedOnce("spacemesh-mini"));
  });

  /** The rule over the stack as the engine hands it over: its file is the committed one. */
  const judged = (resources: readonly Resource[]) =>
    judgeStack(
      requestsFit,
      stackWith(
        resources.map((one) => ({
          ...one,
          urn: one.urn.replace("urn:pulumi:test::", "urn:pulumi:spacemesh-mini::"),
        })),
      ),
      [],
    );

  it("judges it, by the pools that its program makes", () => {
    expect(clusterOfFile("spacemesh-mini", clone)).toMatchObject({
      pools: { default: { size: "auto" } },
    });
    expect(judged(mini.resources)).toMatchObject({ findings: [], untold: [] });
  });

  it("finds the pod that no node of it can take", () => {
    const spoilt = mini.resources.map((one) =>
      one.name === "miner-9" && one.type.endsWith(":Deployment")
        ? { ...one, properties: withRequest(one.properties, "20") }
        : one,
    );
    const { findings } = judged(spoilt);
    expect(findings.map(({ message }) => message).join()).toMatch(
      /miner-9: .*0 of 1 pods at once find room.*each takes 20 CPU/,
    );
  });
});

/** A Deployment whose pods ask for so many CPUs. */
function withRequest(
  properties: Readonly<Record<string, unknown>>,
  cpu: string,
): Record<string, unknown> {
  const copy = structuredClone(properties) as {
    spec: { template: { spec: { containers: { resources: { requests: { cpu: string } } }[] } } };
  };
  for (const { resources } of copy.spec.template.spec.containers) {
    resources.requests.cpu = cpu;
  }
  return copy;
}
