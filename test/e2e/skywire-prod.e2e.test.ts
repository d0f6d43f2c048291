/**
 * Skywire's production in its own shape, on a sandbox: production's file, production's pools.
 * Proves counts, placement and who holds which key; what happens to a running stack is proven with
 * test's (skywire-test.e2e.test.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { secretsIn } from "../evaluators/secrets.ts";
import { render, type Rendered } from "../rendered.ts";
import {
  endpointFaults,
  externalAddress,
  nodeFaults,
  placementFaults,
  podsByWorkload,
  workloadFaults,
} from "./cluster-state.ts";
import { nodesOf, type Node, type Pod } from "./live-objects.ts";
import { sandboxSecrets, settled, testSandbox, type TestSandbox } from "./sandbox.ts";

const servers = [1, 2, 3, 4, 5, 6].map((number) => `dmsg-server-${number}`);

describe("Skywire's production shape in a sandbox", () => {
  let rendered: Rendered;
  let sandbox: TestSandbox;
  let groups: ReadonlyMap<string, readonly Pod[]>;
  let nodes: ReadonlyMap<string, Node>;

  beforeAll(async () => {
    rendered = await render("prod");
    sandbox = testSandbox("prod");
    await sandbox.succeed("up");
    expect(await settled(() => workloadFaults(sandbox, rendered.world))).toEqual([]);
    groups = await podsByWorkload(sandbox);
    nodes = new Map((await nodesOf(sandbox)).map((node) => [node.metadata.name, node]));
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  const podsOf = (...workloads: string[]): readonly Pod[] =>
    workloads.flatMap((name) => groups.get(`skywire/${name}`) ?? []);
  const nodesUnder = (pods: readonly Pod[]): readonly string[] => [
    ...new Set(pods.map(({ spec }) => spec.nodeName ?? "")),
  ];

  /** Pods that get a secret of this value, in whatever Secret it stands. */
  async function holders(value: string): Promise<readonly Pod[]> {
    const secrets = new Map([["wanted", value]]);
    const names = (await sandbox.objects("secrets"))
      .filter((secret) => secretsIn(JSON.stringify(secret), secrets).length > 0)
      .map(({ metadata }) => metadata.name);
    return [...groups.values()]
      .flat()
      .filter(({ spec }) => names.some((name) => JSON.stringify(spec).includes(`"${name}"`)));
  }

  test("every Service has ready endpoints, and every ingress rule leads to some", async () => {
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
  });

  test("nodes are shaped like the pools, and pods stand where the stack says", async () => {
    expect(await nodeFaults(sandbox, rendered.config.cluster)).toEqual([]);
    expect(await placementFaults(sandbox, rendered.world)).toEqual([]);
  });

  test("the published number of each service runs", () => {
    expect(podsOf("dmsg-discovery", "dmsg-discovery-keyless")).toHaveLength(5);
    expect(podsOf("service-discovery", "service-discovery-keyless")).toHaveLength(2);
    for (const one of [
      ...servers,
      ...["address-resolver", "transport-discovery", "route-finder", "uptime-tracker"],
      ...["setup-node", "node-visualizer", "config-bootstrapper"],
    ]) {
      expect({ one, pods: podsOf(one).length }).toEqual({ one, pods: 1 });
    }
    expect(groups.get("skywire-network-monitor/network-monitor")).toHaveLength(1);
  });

  test("six dmsg-servers stand on six nodes, each on the address that visors have built in", () => {
    expect(nodesUnder(podsOf(...servers))).toHaveLength(6);
    const addresses = servers.map((name) => {
      const [node = ""] = nodesUnder(podsOf(name));
      const machine = nodes.get(node);
      return machine === undefined ? undefined : externalAddress(machine);
    });
    expect(addresses).toEqual([
      "139.162.44.14",
      "172.104.57.11",
      "139.177.189.68",
      "45.118.133.242",
      "192.53.114.142",
      "172.104.61.116",
    ]);
  });

  test("replicas without a key are spread over the nodes they have", () => {
    const keyless = podsOf("dmsg-discovery-keyless");
    expect(nodesUnder(keyless)).toHaveLength(keyless.length);
  });

  test("every key is held by exactly one pod", async () => {
    const secrets = sandboxSecrets(sandbox);
    const keys = [...secrets].filter(([, value]) => /^[0-9a-f]{64}$/.test(value));
    expect(keys.length).toBeGreaterThan(13);
    for (const [name, value] of keys) {
      const found = (await holders(value)).map(({ metadata }) => metadata.name);
      expect({ name, found, count: found.length }).toEqual({ name, found, count: 1 });
    }
  });

  test("one load balancer has an address; the address-resolver's node answers by itself", async () => {
    const services = await sandbox.objects("services");
    const balanced = services.filter((service) =>
      JSON.stringify(service["spec"]).includes('"type":"LoadBalancer"'),
    );
    expect(balanced).toHaveLength(1);
    expect(JSON.stringify(balanced[0]?.["status"])).toMatch(/"ip":"[\d.]+"/);
    expect(nodesUnder(podsOf("address-resolver"))).toEqual(
      nodesUnder(groups.get("ingress/edge") ?? []),
    );
  });
});
