/** How nodes are watched. The gateway's own word on the address is judged elsewhere. */
import { describe, expect, it } from "vitest";

import { MinersConfig } from "../../components/spacemesh/miner.schema.ts";
import { profiledMiners, pushUrl, telemetryFaults } from "../../components/spacemesh/telemetry.ts";

describe("a node", () => {
  it("pushes to an address that names its workload", () => {
    expect(pushUrl("http://push-gateway.metrics.svc:9091", "net", "miner-7")).toBe(
      "http://push-gateway.metrics.svc:9091/metrics/job/spacemesh/namespace/net/workload/miner-7/via",
    );
  });
});

describe("the file", () => {
  const miners = (more: object) => MinersConfig.safeParse({ numbers: ["1-30"], ...more });

  it("has miners push, unless it says otherwise", () => {
    expect(miners({}).data?.metrics).toBe("push");
    expect(miners({ metrics: "pull" }).error?.issues[0]?.message).toBe(
      "must be push, scrape or both",
    );
  });

  it("has a gateway for what miners push, unless nothing is measured at all", () => {
    const [fault] = telemetryFaults("push", {});
    expect(fault?.path).toEqual(["miners", "metrics"]);
    expect(fault?.message).toContain("say observability.metrics.pushGateway: {}, or scrape here");
    expect(telemetryFaults("both", {})).toHaveLength(1);
    expect(telemetryFaults("push", { pushGateway: {} })).toEqual([]);
    expect(telemetryFaults("scrape", {})).toEqual([]);
    expect(telemetryFaults("push", undefined)).toEqual([]);
  });

  it("has miners 10 and 20 profiled, as far as there are such miners", () => {
    const { profiled = [] } = miners({}).data ?? {};
    expect(profiledMiners(profiled, [9, 10, 11])).toEqual([10]);
    expect(profiledMiners(profiled, [20, 10])).toEqual([10, 20]);
  });
});
