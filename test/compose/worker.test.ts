/** The lecture's worker with its very values (facts/deployment-concepts.md 2), in both layouts. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { KubernetesService } from "../../components/compose/kubernetes-service.ts";
import { toWorkload } from "../../components/compose/kubernetes.ts";
import { toSwarm } from "../../components/compose/swarm.ts";
import { workloadFaults } from "../../components/workload/faults.ts";
import { collect, find } from "../harness.ts";
import { inCluster, lecture, nested, onSwarm, service, texts, votingStack } from "./fixtures.ts";

beforeEach(() => {
  vi.spyOn(pulumi.log, "warn").mockResolvedValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const image = "gaiadocker/example-voting-app-worker:latest";

/** Warnings stand where the word does. */
const beside = { lecture: "", nested: "deploy." };

describe.each([
  ["the lecture's layout", lecture, beside.lecture],
  ["compose's layout", nested, beside.nested],
])("the worker in %s", (_, text, prefix) => {
  const worker = service(text);
  const stack = votingStack(worker);

  it("is this Workload", () => {
    const { args, warnings } = toWorkload(worker, inCluster({ stack }));
    const peer = (name: string) => ({ kind: "workload", name, namespace: "voting" });
    const wait = (name: string, port: string) => ({
      name: `wait-for-${name}`,
      image: "docker.io/library/busybox:1.37.0",
      command: ["sh", "-c", 'until nc -z -w 2 "$0" "$1"; do sleep 1; done', name, port],
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
    });
    expect(args).toEqual({
      kind: "Deployment",
      system: "voting",
      namespace: "voting",
      container: {
        name: "worker",
        image,
        probes: { none: "its service has no healthcheck" },
        resources: {
          requests: { cpu: "250m", memory: "256Mi" },
          limits: { cpu: "250m", memory: "512Mi" },
        },
      },
      initContainers: [wait("db", "5432"), wait("redis", "6379")],
      replicas: 2,
      update: {
        strategy: "RollingUpdate",
        maxSurge: 0,
        maxUnavailable: 1,
        minReadySeconds: 60,
        progressDeadlineSeconds: 600,
      },
      await: false,
      placement: {
        nodeAffinity: [
          { key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist", values: [] },
        ],
      },
      security: { user: 10_001, writableRoot: true },
      flows: {
        callers: [
          { from: peer("db"), to: peer("worker"), ports: [] },
          { from: peer("redis"), to: peer("worker"), ports: [] },
        ],
        calls: [
          { from: peer("worker"), to: peer("db"), ports: [{ port: 5_432, protocol: "TCP" }] },
          { from: peer("worker"), to: peer("redis"), ports: [{ port: 6_379, protocol: "TCP" }] },
        ],
      },
      services: [
        { name: "worker", type: "Headless", ports: [] },
        { name: "workers", type: "Headless", ports: [] },
      ],
      terminationGraceSeconds: 10,
      labels: { APP: "VOTING" },
    });
    expect(texts(warnings)).toEqual([
      `${prefix}restart_policy.condition has no effect: a container that ends well is started again too (a one-off is mode: replicated-job)`,
      `${prefix}restart_policy.delay has no effect: kubelets wait 10s, 20s, 40s and so on up to 5m before they start a container again`,
      `${prefix}restart_policy.max_attempts has no effect: a container that keeps failing is started again for ever; put an alert on restarts`,
      `${prefix}restart_policy.window has no effect: restarts are not counted; what starts badly is caught by minReadySeconds`,
      `${prefix}update_config.max_failure_ratio has no effect: failures are not counted, and an update stalls at the first pods that do not get ready`,
      `${prefix}update_config.failure_action makes the run neither wait nor fail, but the update stalls as long as new pods do not get ready`,
      "healthcheck is missing: a container that hangs is not restarted, and a pod counts as ready once it runs (a HEALTHCHECK of the image, which Swarm would use, counts for nothing)",
    ]);
    expect(workloadFaults(args)).toEqual([]);
  });

  it("is this Swarm service", () => {
    const { spec, warnings } = toSwarm(worker, onSwarm());
    const ofStack = { label: "com.docker.stack.namespace", value: "voting" };
    expect(spec).toEqual({
      name: "voting_worker",
      labels: [ofStack, { label: "APP", value: "VOTING" }],
      mode: { replicated: { replicas: 2 } },
      endpointSpec: { mode: "vip" },
      updateConfig: {
        parallelism: 1,
        delay: "10s",
        failureAction: "continue",
        monitor: "1m",
        maxFailureRatio: "0.3",
        order: "stop-first",
      },
      rollbackConfig: {
        parallelism: 1,
        delay: "0s",
        failureAction: "pause",
        monitor: "5s",
        maxFailureRatio: "0.0",
        order: "stop-first",
      },
      taskSpec: {
        containerSpec: { image, labels: [ofStack], stopGracePeriod: "10s" },
        resources: {
          limits: { nanoCpus: 250_000_000, memoryBytes: 536_870_912 },
          reservation: { nanoCpus: 250_000_000, memoryBytes: 268_435_456 },
        },
        restartPolicy: { condition: "on-failure", delay: "5s", maxAttempts: 3, window: "2m" },
        placement: { constraints: ["node.role == worker"] },
        networksAdvanceds: [{ id: "voteapp-id", aliases: ["worker", "workers"] }],
      },
    });
    expect(texts(warnings)).toEqual([
      expect.stringContaining("image is kept by its digest when the service is made"),
      "depends_on is the order in which services are made: a task that starts later waits for none",
    ]);
  });

  it("is this Deployment, whose label no pod carries", async () => {
    const collected = await collect(() => {
      const provider = new k8s.Provider("cluster", { context: "voting" });
      const { name, ...context } = inCluster({ stack });
      return new KubernetesService(name, { ...context, service: worker }, { provider });
    });
    const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", "worker");
    const own = {
      "app.kubernetes.io/name": "worker",
      "app.kubernetes.io/part-of": "voting",
      "app.kubernetes.io/managed-by": "fleet",
    };
    expect(inputs).toMatchObject({
      metadata: {
        name: "worker",
        namespace: "voting",
        labels: { ...own, APP: "VOTING" },
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        replicas: 2,
        minReadySeconds: 60,
        progressDeadlineSeconds: 600,
        strategy: {
          type: "RollingUpdate",
          rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
        },
        template: {
          spec: {
            terminationGracePeriodSeconds: 10,
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [
                    {
                      matchExpressions: [
                        {
                          key: "node-role.kubernetes.io/control-plane",
                          operator: "DoesNotExist",
                        },
                      ],
                    },
                  ],
                },
              },
            },
            containers: [
              {
                name: "worker",
                image,
                resources: {
                  requests: { cpu: "250m", memory: "256Mi" },
                  limits: { cpu: "250m", memory: "512Mi" },
                },
              },
            ],
          },
        },
      },
    });
    const { spec } = inputs as { spec: { template: { metadata: { labels: object } } } };
    expect(spec.template.metadata.labels).toEqual(own);
    for (const name of ["worker", "workers"]) {
      const made = find(collected, "kubernetes:core/v1:Service", `${name}-service`).inputs;
      expect(made).toMatchObject({
        metadata: { name, labels: { ...own, APP: "VOTING" } },
        spec: { clusterIP: "None", selector: { "app.kubernetes.io/name": "worker" } },
      });
    }
  });
});
