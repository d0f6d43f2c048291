import { describe, expect, it } from "vitest";

import { networkRequests } from "../../components/spacemesh/requests.ts";
import { WatchConfig } from "../../components/spacemesh/watch.schema.ts";
import { type Given, makeNetwork, membersOf, sectionsOf } from "./network-fixture.ts";

const requests = (given: Given, watch?: WatchConfig) =>
  networkRequests(sectionsOf(given), membersOf(given), watch).map(({ request }) => request);

describe("what a network asks of its nodes", () => {
  it("counts all pods: pinned ones on their slots, miners and PoETs wherever there is room", () => {
    const asked = requests(
      { miners: { numbers: ["1-10"] }, poets: { count: 2 } },
      WatchConfig.parse({ slack: { token: "slack", channel: "C024BE91L" } }),
    );
    expect(asked.map(({ workload, replicas }) => `${workload} ${replicas}`)).toEqual([
      "miner-1 1",
      "miner-2 1",
      "miner-3 1",
      "miner-4 1",
      "miner-5 1",
      "miner-6 1",
      "miner-7 1",
      "miner 3",
      "poet 2",
      "spacemesh-watch 1",
    ]);
    expect(asked[3]).toMatchObject({
      cpu: "1",
      memory: "2Gi",
      placement: { slot: 3, tolerations: [{ key: "fleet/slot" }] },
      hostPorts: [{ port: 5004, protocol: "TCP" }],
    });
  });

  it("is as long for a thousand miners as for ten", () => {
    expect(requests({ miners: { numbers: ["1-1000"] } })).toHaveLength(9);
  });

  it("asks for as much as the pods do", async () => {
    const given = { miners: { resources: half }, poets: { count: 3 } };
    const { resources } = await makeNetwork(given);
    const pods = resources.filter(({ type }) => type.endsWith(":Deployment"));
    const asked = requests(given);
    expect(asked.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(pods.length);
    for (const { workload, cpu, memory } of asked.filter(({ workload: one }) => one !== "poet")) {
      expect({ workload, cpu, memory }).toEqual({ workload, ...half.requests });
    }
  });

  it("asks for nothing where there are only bootnodes but them and PoETs", () => {
    expect(
      requests({ miners: { numbers: ["1-7"] } }).map(({ workload }) => workload),
    ).not.toContain("miner");
  });
});

const half = {
  requests: { cpu: "500m", memory: "1Gi" },
  limits: { cpu: "500m", memory: "1Gi" },
};
