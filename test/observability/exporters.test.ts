/** Push gateway, kube-state-metrics, node exporter: what their pods are told and may do. */
import { describe, expect, it } from "vitest";

import { type Flow, flowsOf, kubeletPort, type Peer, tcp } from "../../components/base/flows.ts";
import {
  exporterFaults,
  exporterFlows,
  exporterNames,
  exporterRequests,
  exporterSections,
  type ExportersConfig,
} from "../../components/observability/metrics/exporters-shape.ts";
import {
  KubeStateConfig,
  NodesConfig,
  PushGatewayConfig,
} from "../../components/observability/metrics/exporters.schema.ts";
import {
  kubeStateArguments,
  kubeStateWorkload,
} from "../../components/observability/metrics/kube-state.ts";
import {
  nodeExporterArguments,
  nodeExporterWorkload,
} from "../../components/observability/metrics/node-exporter.ts";
import {
  pushGatewayArguments,
  pushGatewayWorkload,
} from "../../components/observability/metrics/push-gateway.ts";
import { StatsdConfig } from "../../components/observability/metrics/statsd.schema.ts";
import { kubernetesContainer } from "../../components/workload/container.ts";
import { networkPolicySpec } from "../../components/workload/policy.ts";
import { refuseImpossible } from "../../components/workload/refuse.ts";

const around = {
  system: "skywire",
  namespace: "metrics",
  namespaceName: "metrics",
  flows: [],
  networkPolicy: true,
  data: "protect",
} as const;

const all: ExportersConfig = {
  namespace: "metrics",
  pushGateway: PushGatewayConfig.parse({}),
  kubeState: KubeStateConfig.parse({}),
  nodes: NodesConfig.parse({}),
  statsd: StatsdConfig.parse({}),
};

const peer = (name: string, namespace = "metrics"): Peer => ({
  kind: "workload",
  name,
  namespace,
});

const neighbours = {
  scrapers: [peer("prometheus")],
  pushers: [peer("batch", "shop")],
  statsdClients: [peer("web", "shop")],
};

/** Flows as lines: who calls whom on which ports. */
const lines = (config: ExportersConfig): string[] =>
  exporterFlows(config, neighbours).map(({ from, to, ports }) => {
    const name = (end: Peer): string => (end.kind === "workload" ? end.name : end.kind);
    const numbers = ports.map(({ port, protocol }) => `${protocol} ${port}`).join(", ");
    return `${name(from)} -> ${name(to)} ${numbers}`.trim();
  });

describe("flows of the exporters", () => {
  it("let in whoever reads them, and of all others only those that push and send", () => {
    expect(lines(all)).toEqual([
      "prometheus -> push-gateway TCP 9091",
      "prometheus -> kube-state-metrics TCP 8080",
      "prometheus -> node-exporter TCP 9100",
      "prometheus -> statsd TCP 9102",
      "batch -> push-gateway TCP 9091",
      "web -> statsd UDP 9125",
      "kube-state-metrics -> api-server",
    ]);
  });

  it("let in workloads that the file names", () => {
    const pushGateway = PushGatewayConfig.parse({ pushers: { nightly: { namespace: "ours" } } });
    const statsd = StatsdConfig.parse({ clients: { bot: { namespace: "ours" } } });
    expect(lines({ namespace: "metrics", pushGateway, statsd })).toEqual(
      expect.arrayContaining(["nightly -> push-gateway TCP 9091", "bot -> statsd UDP 9125"]),
    );
  });

  it("are refused where the file names workloads that the stack has not", () => {
    const pushGateway = PushGatewayConfig.parse({
      pushers: { nightly: { namespace: "ours" }, bot: { namespace: "metrics" } },
    });
    const statsd = StatsdConfig.parse({ clients: { bot: { namespace: "ours" } } });
    const found = exporterFaults({ namespace: "metrics", pushGateway, statsd }, ["ours/bot"]);
    expect(found.map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual([
      "pushGateway.pushers.nightly: is the name of no workload of this stack",
      "pushGateway.pushers.bot.namespace: must be ours: bot is there",
    ]);
  });

  it("speak of no exporter that the stack has not", () => {
    const { kubeState } = all;
    expect(lines({ namespace: "metrics" })).toEqual([]);
    expect(lines({ namespace: "metrics", kubeState })).toEqual([
      "prometheus -> kube-state-metrics TCP 8080",
      "kube-state-metrics -> api-server",
    ]);
  });
});

describe("requests of the exporters", () => {
  it("ask one node each, and the node exporter every node, whatever taint it has", () => {
    const tolerations = [{ key: "coturn" }];
    const found = exporterRequests(all, { count: 7, tolerations });
    expect(found.map(({ section, request }) => [section, request.replicas])).toEqual([
      ["pushGateway", 1],
      ["kubeState", 1],
      ["statsd", 1],
      ["nodes", 7],
    ]);
    expect(found.at(-1)?.request).toMatchObject({
      workload: "node-exporter",
      cpu: "25m",
      placement: { tolerations, podAntiAffinity: "required" },
    });
  });

  it("cover every exporter that there is", () => {
    const sections = exporterRequests(all, { count: 1, tolerations: [] }).map(
      ({ section }) => section,
    );
    expect(sections.sort()).toEqual(exporterSections(all).sort());
  });
});

describe("the push gateway", () => {
  const workload = pushGatewayWorkload(exporterNames.pushGateway, {
    ...around,
    config: PushGatewayConfig.parse({}),
  });

  it("keeps what was pushed on a disk of its own, which one pod writes", () => {
    expect(workload.claims).toEqual([{ name: "data", size: "1Gi" }]);
    expect(workload.container.mounts).toEqual([{ volume: "data", path: "/pushgateway" }]);
    expect(workload.container.args).toContain("--persistence.file=/pushgateway/metrics");
    expect(workload.update?.strategy).toBe("Recreate");
    expect(workload.data).toBe("protect");
  });

  it("lets nobody end it or wipe it by its API", () => {
    expect(pushGatewayArguments("/data").join(" ")).not.toMatch(
      /enable-admin-api|enable-lifecycle/,
    );
  });

  it("says that its series have labels of their own: those of whoever pushed", () => {
    expect(workload.podAnnotations).toEqual({
      "fleet/metrics-port": "9091",
      "fleet/metrics-labels": "own",
    });
  });
});

describe("kube-state-metrics", () => {
  const workload = kubeStateWorkload(exporterNames.kubeState, {
    ...around,
    config: KubeStateConfig.parse({}),
  });
  const rules = (workload.clusterRules ?? []).filter((rule) => "resources" in rule);

  it("may find objects, and change or read out none", () => {
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["list", "watch"]));
    const kinds = rules.flatMap(({ resources }) => resources);
    expect(kinds).not.toContain("secrets");
    expect(kinds).not.toContain("configmaps");
    expect(kinds.join()).not.toContain("*");
  });

  it("is told to look at just what it may find", () => {
    const word = kubeStateArguments().find((one) => one.startsWith("--resources="));
    const told = word?.replace("--resources=", "").split(",");
    expect(told?.sort()).toEqual(rules.flatMap(({ resources }) => resources).sort());
  });

  it("tells everything once: two at a time would double every sum", () => {
    expect(workload.replicas ?? 1).toBe(1);
    expect(workload.update?.strategy).toBe("Recreate");
  });

  it("is not started again because the API server is away", () => {
    const { probes } = workload.container;
    expect(probes).toMatchObject({ liveness: { check: { path: "/healthz" } } });
  });
});

describe("the node exporter", () => {
  const workload = nodeExporterWorkload(exporterNames.nodes, {
    ...around,
    config: NodesConfig.parse({}),
    tolerations: [{ key: "coturn" }],
  });

  it("sees the node's folders and changes none", () => {
    expect(workload.hostPaths?.map(({ path }) => path)).toEqual(["/", "/proc", "/sys"]);
    expect(workload.container.mounts?.every(({ readOnly }) => readOnly === true)).toBe(true);
    expect(workload.container.capabilities).toBeUndefined();
    expect(workload.security).toMatchObject({
      user: 65_534,
      exception: expect.any(String) as string,
    });
  });

  it("sees a disk that is mounted after its pod has started", () => {
    const { volumeMounts } = kubernetesContainer(workload.container, workload, undefined);
    expect(volumeMounts).toContainEqual({
      name: "root",
      mountPath: "/host/root",
      readOnly: true,
      mountPropagation: "HostToContainer",
    });
  });

  it("stays out of the nodes' network, and tells nothing that would be its pod's own", () => {
    expect(workload.hostNetwork).toBeUndefined();
    const words = nodeExporterArguments().join(" ");
    expect(words).toContain("--collector.disable-defaults");
    expect(words).not.toMatch(/--collector\.(netdev|netclass|netstat|sockstat|conntrack|uname)\b/);
  });

  it("runs on every node, and is exchanged on a quarter of them at a time", () => {
    expect(workload.kind).toBe("DaemonSet");
    expect(workload.placement?.tolerations).toEqual([{ key: "coturn" }]);
    expect(workload.update).toEqual({ maxUnavailable: "25%" });
  });
});

describe("every exporter", () => {
  it.each([
    [
      "push gateway",
      () => pushGatewayWorkload("a", { ...around, config: PushGatewayConfig.parse({}) }),
    ],
    [
      "kube-state-metrics",
      () => kubeStateWorkload("a", { ...around, config: KubeStateConfig.parse({}) }),
    ],
    [
      "node exporter",
      () =>
        nodeExporterWorkload("a", { ...around, config: NodesConfig.parse({}), tolerations: [] }),
    ],
  ])("is a Workload that can work: %s", (_, make) => {
    expect(() => {
      refuseImpossible("a", make());
    }).not.toThrow();
  });
});

describe("a flow to the nodes", () => {
  const prometheus = peer("prometheus");
  const table = [{ from: prometheus, to: { kind: "nodes" } as const, ports: [tcp(kubeletPort)] }];

  it("lets out to their kubelets, wherever they are, and to nothing else there", () => {
    const { egress } = networkPolicySpec("prometheus", flowsOf(table, "prometheus", "metrics"));
    // No range of addresses: to Cilium none has a node in it, and each kubelet would be out of reach.
    expect(egress).toContainEqual({ ports: [{ port: 10_250, protocol: "TCP" }] });
  });

  it("lets in what comes from any of them, as a node port's calls and the kubelets' mounts do", () => {
    const mounts = [{ from: { kind: "nodes" } as const, to: prometheus, ports: [tcp(2049)] }];
    const { ingress } = networkPolicySpec("prometheus", flowsOf(mounts, "prometheus", "metrics"));
    expect(ingress).toEqual([{ ports: [{ port: 2049, protocol: "TCP" }] }]);
  });

  const made = (table: readonly Flow[]) => () =>
    networkPolicySpec("prometheus", flowsOf(table, "prometheus", "metrics"));

  it.each(["nodes", "api-server"] as const)(
    "is refused without ports: from %s comes all",
    (kind) => {
      expect(made([{ from: { kind }, to: prometheus, ports: [] }])).toThrow("must say its ports");
    },
  );

  it("is refused without ports: it would let out to everything", () => {
    expect(made([{ from: prometheus, to: { kind: "nodes" }, ports: [] }])).toThrow(
      "must say its ports",
    );
  });

  it("has the API server's ports by itself, on nodes, too, and only those", () => {
    const { egress } = made([{ from: prometheus, to: { kind: "api-server" }, ports: [] }])();
    expect(egress).toContainEqual({
      ports: [443, 6443].map((port) => ({ port, protocol: "TCP" })),
    });
  });
});
