import { describe, expect, it } from "vitest";

import type { MemberWatchers } from "../../components/spacemesh/member.ts";
import { probesOf } from "../../components/workload/probes.ts";
import { type Given, memberWorkloadOf, membersOf } from "./network-fixture.ts";

const few = { numbers: ["1-8"] };

/** Container of miner-8. */
const container = (miners: object, watchers?: MemberWatchers) =>
  memberWorkloadOf(8, { miners: { ...few, ...miners } }, watchers).container;

const service = (miners: object, watchers?: MemberWatchers) =>
  memberWorkloadOf(8, { miners: { ...few, ...miners } }, watchers).services;

const nodePorts = { ports: { public: { kind: "node-ports" } } };

describe("a member", () => {
  it("keeps its container when its program ends, and no check restarts it", () => {
    const { command, args, probes } = container({});
    expect(command?.[0]).toBe("/bin/sh");
    expect(args?.[0]).toBe("/bin/go-spacemesh");
    expect(probesOf(probes)).toEqual({
      readiness: {
        check: { kind: "tcp", port: "grpc" },
        periodSeconds: 10,
        timeoutSeconds: 5,
      },
    });
  });

  it("is started anew when it ends or hangs, where it is not kept", () => {
    const { command, probes } = container({ keepContainer: false });
    expect(command).toEqual(["/bin/go-spacemesh"]);
    expect(probesOf(probes).liveness?.check).toEqual({ kind: "tcp", port: "grpc" });
    // It may read its disk for long: nothing ends it in its first twenty minutes.
    expect(probesOf(probes).startup).toMatchObject({ periodSeconds: 10, failureThreshold: 120 });
  });

  it("is reached inside the cluster only, unless the file gives its APIs node ports", () => {
    expect(service({})).toEqual([
      { type: "ClusterIP", ports: [{ name: "grpc" }, { name: "json" }] },
    ]);
    expect(service(nodePorts)).toEqual([
      {
        type: "NodePort",
        ports: [
          { name: "grpc", nodePort: 30_008 },
          { name: "json", nodePort: 31_008 },
        ],
      },
    ]);
  });

  it("has no JSON port where the file turns it off", () => {
    expect(service({ jsonApi: false })).toEqual([{ type: "ClusterIP", ports: [{ name: "grpc" }] }]);
    expect(container({ jsonApi: false }).ports?.map(({ name }) => name)).toEqual(["p2p", "grpc"]);
  });

  it("never shows its profiles or metrics outside: its Service has its APIs alone", () => {
    const watchers = { prometheus: true, profiler: "http://pyroscope.profiles.svc:4040" };
    expect(container(nodePorts, watchers).ports?.map(({ name }) => name)).toContain("pprof");
    const [{ ports } = { ports: [] }] = service(nodePorts, watchers) ?? [];
    expect(ports.map(({ name }) => name)).toEqual(["grpc", "json"]);
  });

  it("pushes its metrics under its own name, or is read, or both", () => {
    const watchers = { prometheus: true, pushGateway: "http://push-gateway.metrics.svc:9091" };
    const told = (metrics: string) => {
      const { container: own, podAnnotations = {} } = memberWorkloadOf(
        8,
        { miners: { ...few, metrics } },
        watchers,
      );
      return {
        pushes: own.args?.find(
          (one) => typeof one === "string" && one.startsWith("--metrics-push="),
        ),
        port: podAnnotations["fleet/metrics-port"],
      };
    };
    const pushes = expect.stringMatching(
      /^--metrics-push=http:\/\/push-gateway\.metrics\.svc:9091\/.*\/namespace\/spacemesh\/workload\/miner-8\//,
    ) as unknown;
    expect(told("push")).toEqual({ pushes, port: undefined });
    expect(told("scrape")).toEqual({ pushes: undefined, port: "1010" });
    expect(told("both")).toEqual({ pushes, port: "1010" });
  });

  it("sends profiles only where the file lists it; 10 and 20 by default", () => {
    const profiler = "http://pyroscope.profiles.svc:4040";
    const senders = (miners: object): string[] =>
      membersOf({ miners })
        .filter(({ number }) =>
          memberWorkloadOf(
            number,
            { miners },
            { prometheus: false, profiler },
          ).container.args?.includes(`--profiler-url=${profiler}`),
        )
        .map(({ name }) => name);
    expect(senders({ numbers: ["1-20"] })).toEqual(["miner-10", "miner-20"]);
    expect(senders({ numbers: ["1-20"], profiled: [3] })).toEqual(["miner-3"]);
    expect(senders({ numbers: ["1-9"] })).toEqual([]);
  });

  it("traces Go's run time only where the file says so", () => {
    expect(container({ goDebug: true }).env).toEqual({
      GODEBUG: "gctrace=1,scavtrace=1,gcpacertrace=1",
    });
    expect(container({}).env).toEqual({});
  });

  it("runs once: its successor starts after it has stopped, with requests equal to limits", () => {
    const workload = memberWorkloadOf(8, { miners: few });
    expect(workload.update).toMatchObject({ strategy: "Recreate", minReadySeconds: 120 });
    // A pause that is longer than an exchange may take would fail every upgrade.
    const { minReadySeconds = 0, progressDeadlineSeconds = 0 } =
      memberWorkloadOf(8, { miners: { ...few, upgrade: { pauseSeconds: 3_600 } } }).update ?? {};
    expect(progressDeadlineSeconds - minReadySeconds).toBe(1_200);
    expect(workload.container.resources).toEqual({
      requests: { cpu: "1", memory: "2Gi" },
      limits: { cpu: "1", memory: "2Gi" },
    });
  });

  it("keeps its disk by the data policy: the stack's, or that of all such disks", () => {
    const kept = (given: Given) => memberWorkloadOf(8, given).claims?.[0]?.data;
    expect(kept({ miners: few })).toBe("protect");
    expect(kept({ miners: { ...few, disk: { data: "retain" } } })).toBe("retain");
  });

  it("lets its disk go where it is about to go itself, and nobody else's", () => {
    const miners = { numbers: ["1-9"], leaving: ["8"], disk: { data: "retain" } };
    const policies = membersOf({ miners }).map(
      ({ number }) => memberWorkloadOf(number, { miners }).claims?.[0]?.data,
    );
    expect(policies).toEqual([...Array.from({ length: 7 }, () => "retain"), "delete", "retain"]);
  });
});
