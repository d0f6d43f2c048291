import { describe, expect, it } from "vitest";

import { find } from "../harness.ts";
import { containerOf, deploymentOf, type Given, makeNetwork } from "./network-fixture.ts";

const serviceOf = async (given: Given, name: string): Promise<Record<string, unknown>> =>
  find(await makeNetwork(given), "kubernetes:core/v1:Service", `${name}-service`).inputs[
    "spec"
  ] as Record<string, unknown>;

const few = { numbers: ["1-8"] };

describe("a member", () => {
  it("keeps its container when its program ends, and no check restarts it", async () => {
    const kept = containerOf(await makeNetwork({ miners: few }), "miner-8");
    expect(kept.command[0]).toBe("/bin/sh");
    expect(kept.args[0]).toBe("/bin/go-spacemesh");
    expect(kept).not.toHaveProperty("livenessProbe");
    expect(kept).not.toHaveProperty("startupProbe");
    expect(kept.readinessProbe).toMatchObject({ tcpSocket: { port: "grpc" } });
  });

  it("is started anew when it ends or hangs, where it is not kept", async () => {
    const made = await makeNetwork({ miners: { ...few, keepContainer: false } });
    expect(containerOf(made, "miner-8").command).toEqual(["/bin/go-spacemesh"]);
    expect(containerOf(made, "miner-8").livenessProbe).toMatchObject({
      tcpSocket: { port: "grpc" },
    });
    const { spec } = find(made, "kubernetes:policy/v1:PodDisruptionBudget", "network").inputs;
    expect(spec).toMatchObject({ unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });

  it("is reached inside the cluster only, unless the file gives its APIs node ports", async () => {
    expect(await serviceOf({ miners: few }, "miner-8")).toMatchObject({
      type: "ClusterIP",
      ports: [
        { name: "grpc", port: 6000 },
        { name: "json", port: 7000 },
      ],
    });
    const ports = { public: { kind: "node-ports" } };
    expect(await serviceOf({ miners: { ...few, ports } }, "miner-8")).toMatchObject({
      type: "NodePort",
      ports: [
        { name: "grpc", port: 6000, nodePort: 30_008 },
        { name: "json", port: 7000, nodePort: 31_008 },
      ],
    });
  });

  it("has no JSON port where the file turns it off", async () => {
    const given = { miners: { ...few, jsonApi: false } };
    const { ports } = await serviceOf(given, "miner-8");
    expect(ports).toEqual([{ name: "grpc", port: 6000, protocol: "TCP", targetPort: "grpc" }]);
    const { ports: own } = containerOf(await makeNetwork(given), "miner-8");
    expect(own.map(({ name }) => name)).toEqual(["p2p", "grpc"]);
  });

  it("never shows its profiles or metrics outside: its Service has its APIs alone", async () => {
    const { resources } = await makeNetwork(
      { miners: { ...few, ports: { public: { kind: "node-ports" } } } },
      { watchers: { prometheus: true, profiler: "http://pyroscope.profiles.svc:4040" } },
    );
    const names = resources
      .filter(({ type, name }) => type.endsWith(":Service") && name.startsWith("miner-"))
      .flatMap(({ inputs }) => (inputs["spec"] as { ports: { name: string }[] }).ports)
      .map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(["grpc", "json"]));
  });

  it("pushes its metrics under its own name, or is read, or both", async () => {
    const watchers = { prometheus: true, pushGateway: "http://push-gateway.metrics.svc:9091" };
    const made = async (metrics: string) => {
      const network = await makeNetwork({ miners: { ...few, metrics } }, { watchers });
      const { annotations } = deploymentOf(network, "miner-8").template.metadata;
      return {
        pushes: containerOf(network, "miner-8").args.find((one) =>
          one.startsWith("--metrics-push="),
        ),
        port: annotations["fleet/metrics-port"],
      };
    };
    const pushes = expect.stringMatching(
      /^--metrics-push=http:\/\/push-gateway\.metrics\.svc:9091\/.*\/namespace\/spacemesh\/workload\/miner-8\//,
    ) as unknown;
    expect(await made("push")).toEqual({ pushes, port: undefined });
    expect(await made("scrape")).toEqual({ pushes: undefined, port: "1010" });
    expect(await made("both")).toEqual({ pushes, port: "1010" });
  });

  it("sends profiles only where the file lists it; 10 and 20 by default", async () => {
    const profiler = "http://pyroscope.profiles.svc:4040";
    const sent = async (miners: object): Promise<string[]> => {
      const made = await makeNetwork({ miners }, { watchers: { prometheus: false, profiler } });
      return made.resources
        .filter(({ type, name }) => type.endsWith(":Deployment") && name.startsWith("miner-"))
        .filter(({ name }) => containerOf(made, name).args.includes(`--profiler-url=${profiler}`))
        .map(({ name }) => name)
        .sort();
    };
    expect(await sent({ numbers: ["1-20"] })).toEqual(["miner-10", "miner-20"]);
    expect(await sent({ numbers: ["1-20"], profiled: [3] })).toEqual(["miner-3"]);
    expect(await sent({ numbers: ["1-9"] })).toEqual([]);
  });

  it("traces Go's run time only where the file says so", async () => {
    const made = await makeNetwork({ miners: { ...few, goDebug: true } });
    expect(containerOf(made, "miner-8").env).toEqual([
      { name: "GODEBUG", value: "gctrace=1,scavtrace=1,gcpacertrace=1" },
    ]);
    expect(containerOf(await makeNetwork({ miners: few }), "miner-8")).not.toHaveProperty("env");
  });

  it("runs once: its successor starts after it has stopped, with requests equal to limits", async () => {
    const made = await makeNetwork({ miners: few });
    expect(deploymentOf(made, "miner-8")).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
      minReadySeconds: 120,
    });
    expect(containerOf(made, "miner-8")).toMatchObject({
      resources: {
        requests: { cpu: "1", memory: "2Gi" },
        limits: { cpu: "1", memory: "2Gi" },
      },
    });
  });

  it("keeps its disk by the data policy: the stack's, or that of all such disks", async () => {
    const kept = async (given: Given, over?: { readonly data: "retain" }) => {
      const { options } = await makeNetwork(given, over);
      const { protect, retainOnDelete } = options.find(({ name }) => name === "miner-8-data") ?? {};
      return { protect, retainOnDelete };
    };
    expect(await kept({ miners: few })).toEqual({ protect: true, retainOnDelete: true });
    expect(await kept({ miners: few }, { data: "retain" })).toEqual({
      protect: false,
      retainOnDelete: true,
    });
    expect(await kept({ miners: { ...few, disk: { data: "delete" } } })).toEqual({
      protect: false,
      retainOnDelete: false,
    });
  });

  it("lets its disk go where it is about to go itself, and nobody else's", async () => {
    const { options } = await makeNetwork({ miners: { numbers: ["1-9"], leaving: [8] } });
    const claims = options.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    expect(claims.filter(({ protect }) => !protect).map(({ name }) => name)).toEqual([
      "miner-8-data",
    ]);
  });
});
