/** What nodes are told of those who watch them. The gateway's own word on the address is judged elsewhere. */
import { describe, expect, it } from "vitest";

import { MinersConfig } from "../../components/spacemesh/miner.schema.ts";
import {
  metricsOf,
  profiledMiners,
  telemetryFaults,
} from "../../components/spacemesh/telemetry.ts";

const gateway = "http://push-gateway.metrics.svc:9091";
const pushUrl = `${gateway}/metrics/job/spacemesh/namespace/net/workload/miner-7/via`;

describe("a node", () => {
  it.each([
    ["push", { pushUrl }],
    ["scrape", {}],
    ["both", { pushUrl }],
  ] as const)("whose metrics are taken by %s is told so", (path, expected) => {
    expect(metricsOf(path, gateway, "net", "miner-7")).toEqual(expected);
  });

  it("is never told to push to nobody", () => {
    expect(() => metricsOf("push", undefined, "net", "miner-7")).toThrow(
      "miner-7 pushes its metrics, and the stack has no push gateway",
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
