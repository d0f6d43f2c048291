/**
 * The committed mini, parked and taken away, beside itself: what differs, resource by resource. Proves what
 * is asked of the engine; that it comes back as it was is test/e2e/spacemesh-operations.e2e.test.ts's.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { asRawConfig } from "../../stacks/raw.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { type Rendered, renderConfig, renderedOnce } from "../rendered.ts";

type Inputs = Readonly<Record<string, unknown>>;

/** Resources by type and name → what is asked of them, but for the stack's own. */
const askedOf = ({ collected }: Rendered<unknown>): ReadonlyMap<string, Inputs> =>
  new Map(
    collected.resources
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      .map(({ type, name, inputs }) => [`${type} ${name}`, inputs]),
  );

async function changed(path: string, value: unknown): Promise<ReadonlyMap<string, Inputs>> {
  const { config } = draftOf("spacemesh-mini");
  put(config, path, value);
  return askedOf(await renderConfig("spacemesh-mini", asRawConfig(config), true));
}

let running: ReadonlyMap<string, Inputs>;
beforeAll(async () => {
  running = askedOf(await renderedOnce("spacemesh-mini"));
});

const counted = /^kubernetes:apps\/v1:(Deployment|StatefulSet) /;

describe("a parked network", () => {
  let parked: ReadonlyMap<string, Inputs>;
  beforeAll(async () => {
    parked = await changed("fleet:network/phase", "parked");
  });

  it("has every resource that it had", () => {
    expect([...parked.keys()].sort()).toEqual([...running.keys()].sort());
  });

  it("differs in the numbers of pods and nodes, and in nothing else", () => {
    const different = [...parked].filter(
      ([name, inputs]) => JSON.stringify(inputs) !== JSON.stringify(running.get(name)),
    );
    const others = different.map(([name]) => name).filter((name) => !counted.test(name));
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
