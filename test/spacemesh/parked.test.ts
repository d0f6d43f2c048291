/**
 * The committed mini, parked and taken away, beside itself: what differs, resource by resource. Proves what
 * is asked of the engine; that it comes back as it was is test/e2e/spacemesh-operations.e2e.test.ts's.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { KubeconfigCluster } from "../../components/platform/cluster.schema.ts";
import { asRawConfig } from "../../stacks/raw.ts";
import { emptied } from "../../stacks/spacemesh/park.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { type Options, type Rendered, renderConfig, renderedOnce } from "../rendered.ts";

type Inputs = Readonly<Record<string, unknown>>;

/** Resources by type and name → what is asked of them, but for the stack's own. */
const askedOf = ({ collected }: Rendered<unknown>): ReadonlyMap<string, Inputs> =>
  new Map(
    collected.resources
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      .map(({ type, name, inputs }) => [`${type} ${name}`, inputs]),
  );

async function rendered(path: string, value: unknown): Promise<Rendered<unknown>> {
  const { config } = draftOf("spacemesh-mini");
  put(config, path, value);
  return renderConfig("spacemesh-mini", asRawConfig(config), true);
}

const changed = async (path: string, value: unknown): Promise<ReadonlyMap<string, Inputs>> =>
  askedOf(await rendered(path, value));

const poolType = "gcp:container/nodePool:NodePool";
const countType = "kubernetes:core/v1:ResourceQuota";
const isPool = ({ type }: Options): boolean => type === poolType;

/** The way to the cluster, by which every object in it is made. */
function clusterProvider({ options }: Rendered<unknown>): Options {
  const found = options.find(({ type }) => type === "pulumi:providers:kubernetes");
  if (found === undefined) {
    throw new Error("the stack has no way to its cluster");
  }
  return found;
}

let running: ReadonlyMap<string, Inputs>;
beforeAll(async () => {
  running = askedOf(await renderedOnce("spacemesh-mini"));
});

const counted = /^kubernetes:apps\/v1:(Deployment|StatefulSet) /;

describe("a parked network", () => {
  let stack: Rendered<unknown>;
  let parked: ReadonlyMap<string, Inputs>;
  beforeAll(async () => {
    stack = await rendered("fleet:network/phase", "parked");
    parked = askedOf(stack);
  });

  it("has every resource that it had", () => {
    expect([...parked.keys()].sort()).toEqual([...running.keys()].sort());
  });

  it("has machines until the last pod has ended: they go after whatever ends pods, and nothing waits for them", () => {
    const { options } = stack;
    const runners = options
      .filter(({ type }) => /:(Deployment|StatefulSet|CronJob)$/.test(type))
      .map(({ urn }) => urn);
    expect(runners.length).toBeGreaterThan(15);
    const [first, ...others] = options.filter(({ type }) => type === countType);
    expect(first?.dependencies).toEqual(expect.arrayContaining(runners));
    expect(others).toHaveLength(2);
    for (const { dependencies } of others) {
      expect(dependencies).toContain(first?.urn);
    }
    const pools = options.filter(isPool);
    expect(pools).toHaveLength(8);
    for (const { dependencies } of pools) {
      expect(dependencies).toEqual(
        expect.arrayContaining([first, ...others].map((one) => one?.urn)),
      );
    }
    const waiting = options.filter(({ dependencies }) =>
      dependencies.some((urn) => pools.some((pool) => pool.urn === urn)),
    );
    expect(waiting).toEqual([]);
  });

  it("waits for the number of pods that have not ended, which was counted before", () => {
    const name = `${countType} spacemesh-pods`;
    const waits = { annotations: { "pulumi.com/waitFor": "jsonpath={.status.used.pods}=0" } };
    expect(parked.get(name)).toMatchObject({ metadata: { namespace: "spacemesh", ...waits } });
    expect(running.get(name)).toMatchObject({ spec: { hard: { pods: "150k" } } });
    expect(running.get(name)?.["metadata"]).not.toHaveProperty("annotations");
    const counts = [...running.keys()].filter((one) => one.startsWith(countType));
    expect(counts.sort()).toEqual(
      ["logs", "spacemesh", "ws"].map((namespace) => `${countType} ${namespace}-pods`),
    );
  });

  it("waits for no pod of what it has not, nor where the machines are not its own", async () => {
    const { config } = await renderedOnce("spacemesh-mini");
    expect(emptied({ ...config, webServices: undefined, observability: {} })).toEqual([
      "spacemesh",
    ]);
    const cluster = KubeconfigCluster.parse({
      kind: "kubeconfig",
      context: "shared",
      pools: { default: { cpu: "16", memory: "64Gi", nodes: 2 } },
    });
    expect(emptied({ ...config, cluster })).toEqual([]);
  });

  it("has its machines before anything in the cluster when it runs again", async () => {
    const resumed = await renderedOnce("spacemesh-mini");
    const pools = resumed.options.filter(isPool);
    expect(clusterProvider(resumed).dependencies).toEqual(
      expect.arrayContaining(pools.map(({ urn }) => urn)),
    );
    for (const { dependencies } of pools) {
      expect(dependencies.filter((urn) => urn.includes("$kubernetes:"))).toEqual([]);
    }
  });

  it("differs in the numbers of pods and nodes, and in nothing else", () => {
    const different = [...parked].filter(
      ([name, inputs]) => JSON.stringify(inputs) !== JSON.stringify(running.get(name)),
    );
    const others = different
      .map(([name]) => name)
      .filter((name) => !counted.test(name) && !name.startsWith(countType));
    expect(others.filter((name) => !name.startsWith("gcp:container/nodePool:NodePool "))).toEqual(
      [],
    );
    const pods = different.filter(([name]) => counted.test(name));
    expect(pods.length).toBeGreaterThan(15);
    for (const [name, { spec }] of pods) {
      expect({ name, spec }).toEqual({
        name,
        spec: { ...(running.get(name)?.["spec"] as object), replicas: 0 },
      });
    }
  });

  it("has no node", () => {
    const pools = [...parked].filter(([name]) => name.startsWith("gcp:container/nodePool:"));
    expect(pools).toHaveLength(8);
    expect(
      pools.map(([, { nodeCount, initialNodeCount }]) => nodeCount ?? initialNodeCount),
    ).toEqual(pools.map(() => 0));
  });
});

describe("a network of which only what watches is left", () => {
  it("has what stores and shows its logs, the cluster and its addresses, and nothing of the network", async () => {
    const left = await changed("fleet:only", "observability");
    const names = [...left.keys()];
    expect(
      names.filter((name) => /spacemesh:(Network|WebServices|Miner|Poet)|miner-|poet-/.test(name)),
    ).toEqual([]);
    for (const kept of [
      "kubernetes:apps/v1:StatefulSet elasticsearch",
      "kubernetes:apps/v1:Deployment kibana",
    ]) {
      expect(left.get(kept)).toEqual(running.get(kept));
    }
    const addresses = names.filter((name) =>
      /^gcp:compute\/address:Address cluster-slot-/.test(name),
    );
    expect(addresses).toHaveLength(7);
  });
});
