import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { ComposeService } from "../../components/compose/compose.schema.ts";
import { KubernetesService } from "../../components/compose/kubernetes-service.ts";
import { type KubernetesContext, toWorkload } from "../../components/compose/kubernetes.ts";
import { workloadFaults } from "../../components/workload/faults.ts";
import { collect, find } from "../harness.ts";
import { inCluster, lecture, service, some, votingStack } from "./fixtures.ts";

const warn = vi.fn<typeof pulumi.log.warn>();

beforeEach(() => {
  warn.mockReset().mockResolvedValue();
  vi.spyOn(pulumi.log, "warn").mockImplementation(warn);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const program = (words: ComposeService, change: Partial<KubernetesContext> = {}) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "voting" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const { name, ...context } = inCluster({ stack: votingStack(words), ...change });
    return new KubernetesService(name, { ...context, service: words }, { parent });
  });

describe("KubernetesService", () => {
  it("makes the objects of one Workload below itself, with the explicit provider", async () => {
    const { urns, resources } = await program(service(lecture));
    const mine = urns.filter((urn) => urn.includes("KubernetesService"));
    expect(mine.map((urn) => urn.split("fleet:compose:KubernetesService")[1])).toEqual([
      "::worker",
      "$kubernetes:apps/v1:Deployment::worker",
      "$kubernetes:core/v1:Service::worker-service",
      "$kubernetes:core/v1:Service::workers-service",
      "$kubernetes:core/v1:ServiceAccount::worker-account",
      "$kubernetes:networking.k8s.io/v1:NetworkPolicy::worker-policy",
      "$kubernetes:policy/v1:PodDisruptionBudget::worker-budget",
    ]);
    for (const { provider, type } of resources.filter((one) =>
      one.type.startsWith("kubernetes:"),
    )) {
      expect(`${type} ${provider}`).toContain("pulumi:providers:kubernetes::cluster");
    }
  });

  it("tells each warning once, by the word's name", async () => {
    await program(some({ healthcheck: { disable: true }, restart_policy: { delay: "5s" } }));
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      "worker.restart_policy.delay: has no effect: kubelets wait 10s, 20s, 40s and so on up to 5m before they start a container again",
    ]);
  });

  it("keeps no secret in its own inputs or in a pod", async () => {
    const collected = await program(some({ secrets: ["db-password"] }), {
      secret: () => pulumi.secret("hunter2-hunter2"),
    });
    const held = collected.resources.filter((one) =>
      JSON.stringify(one.inputs).includes("hunter2-hunter2"),
    );
    expect(held.map(({ type }) => type)).toEqual(["kubernetes:core/v1:Secret"]);
    expect(find(collected, "fleet:compose:KubernetesService", "worker").inputs).toEqual({
      image: "docker.io/example/echo:v1",
      kind: "Deployment",
    });
  });

  it("waits in containers that Pod Security restricted lets run", async () => {
    const collected = await program(service(lecture));
    const { spec } = find(collected, "kubernetes:apps/v1:Deployment", "worker").inputs as {
      spec: { template: { spec: Record<string, unknown> } };
    };
    expect(spec.template.spec).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      automountServiceAccountToken: false,
      initContainers: [1, 2].map(() => ({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      })),
    });
  });
});

describe("a Workload from Swarm's words", () => {
  it("keeps brackets of commands and variables from the kubelet, and Swarm's templates literal", () => {
    const { args, warnings } = toWorkload(
      some({
        entrypoint: ["sh", "-c"],
        command: ["echo $(date)"],
        environment: { NODE: "{{.Node.Hostname}}", TIME: "$(date)", PORT: 80 },
        healthcheck: { disable: true },
      }),
      inCluster(),
    );
    expect(args.container).toMatchObject({
      command: ["sh", "-c"],
      args: ["echo $$(date)"],
      env: { NODE: "{{.Node.Hostname}}", TIME: "$$(date)", PORT: "80" },
    });
    expect(warnings).toEqual([
      {
        path: ["environment", "NODE"],
        message: "is taken literally: Kubernetes fills in no templates",
      },
    ]);
  });

  it("runs as the user it says, or as the stack's, and writes to its root unless it says not to", () => {
    expect(
      toWorkload(some({ user: "999:998", read_only: true }), inCluster()).args.security,
    ).toEqual({ user: 999, group: 998, writableRoot: false });
    expect(toWorkload(some(), inCluster()).args.security).toEqual({
      user: 10_001,
      writableRoot: true,
    });
  });

  it.each<[string, Record<string, unknown>, object]>([
    [
      "global",
      { deploy: { mode: "global" } },
      {
        kind: "DaemonSet",
        placement: {
          tolerations: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
        },
      },
    ],
    [
      "job",
      { deploy: { mode: "replicated-job", replicas: 3, restart_policy: { max_attempts: 2 } } },
      {
        kind: "Job",
        job: { completions: 3, parallelism: 3, restartPolicy: "OnFailure", backoffLimit: 2 },
      },
    ],
    [
      "disk",
      { volumes: ["data:/data"], deploy: { replicas: 2 } },
      { kind: "StatefulSet", replicas: 2, claims: [{ name: "data", size: "10Gi", perPod: true }] },
    ],
    [
      "device",
      {
        resources: {
          reservations: { devices: [{ capabilities: ["gpu"], driver: "nvidia", count: 1 }] },
        },
      },
      { container: { devices: { "nvidia.com/gpu": 1 } } },
    ],
    ["stop_grace_period", { stop_grace_period: "1m30s" }, { terminationGraceSeconds: 90 }],
    ["no time to stop", { stop_grace_period: "0s" }, { terminationGraceSeconds: 1 }],
  ])("%s: is a Workload without fault", (_, words, expected) => {
    const volumes = { data: { size: "10Gi", accessMode: "ReadWriteOnce" as const } };
    const stack = { services: {}, networks: {}, volumes, configs: {} };
    const { args } = toWorkload(some(words), inCluster({ stack }));
    expect(args).toMatchObject(expected);
    expect(workloadFaults(args)).toEqual([]);
  });

  it("asks for devices where the scheduler counts them", async () => {
    const devices = [{ capabilities: ["gpu"], driver: "nvidia", count: 2 }];
    const collected = await program(some({ resources: { reservations: { devices } } }));
    const { spec } = find(collected, "kubernetes:apps/v1:Deployment", "worker").inputs as {
      spec: { template: { spec: { containers: object[] } } };
    };
    expect(spec.template.spec.containers[0]).toMatchObject({
      resources: { limits: { "nvidia.com/gpu": "2" } },
    });
  });

  it("scales by the stack's word, and leaves a number said beside it to be refused", () => {
    const autoscale = { min: 2, max: 5, cpuPercent: 70 };
    const { args } = toWorkload(some(), inCluster({ autoscale }));
    expect(args).toMatchObject({ autoscale });
    expect(args).not.toHaveProperty("replicas");
    const both = toWorkload(some({ deploy: { replicas: 2 } }), inCluster({ autoscale })).args;
    expect(workloadFaults(both).map(({ path }) => path)).toEqual([["replicas"]]);
    const job = toWorkload(some({ deploy: { mode: "replicated-job" } }), inCluster({ autoscale }));
    expect(workloadFaults(job.args).map(({ path }) => path)).toEqual([["autoscale"]]);
  });

  it("takes the stack's own flows, deadline and time where it says them", () => {
    const to = { kind: "workload", name: "worker", namespace: "voting" } as const;
    const flow = { from: { kind: "internet" } as const, to, ports: [] };
    const { args } = toWorkload(
      some(),
      inCluster({ flows: [flow], progressDeadlineSeconds: 90, readyTimeout: "120s" }),
    );
    expect(args.flows).toEqual({ callers: [flow], calls: [] });
    expect(args.update).toMatchObject({ minReadySeconds: 5, progressDeadlineSeconds: 90 });
    expect(args.readyTimeout).toBe("120s");
  });

  it("is refused where two pods would write to one disk", () => {
    const volumes = { data: { size: "10Gi", accessMode: "ReadWriteOnce" as const } };
    const stack = { services: {}, networks: {}, volumes, configs: {} };
    const words = some({ volumes: ["data:/data"], update_config: { order: "start-first" } });
    expect(() => toWorkload(words, inCluster({ stack }))).toThrow(
      "service worker: update_config.order must be stop-first",
    );
  });

  it("is refused where the cluster cannot do it, whatever checked it before", () => {
    const manager = some({ placement: { constraints: ["node.role == manager"] } });
    expect(() => toWorkload(manager, inCluster())).toThrow(
      "service worker: placement.constraints.0 must go: a managed cluster runs nothing on its control plane",
    );
  });
});
