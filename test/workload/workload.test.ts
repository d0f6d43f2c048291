import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { type Flow, flowsOf, tcp } from "../../components/base/flows.ts";
import type { Container, WorkloadArgs } from "../../components/workload/types.ts";
import { collect, find } from "../harness.ts";
import { LoneWorkload } from "./lone-workload.ts";
import { unchecked } from "./workload-fixture.ts";

const table: readonly Flow[] = [
  {
    from: { kind: "internet" },
    to: { kind: "workload", name: "echo", namespace: "demo" },
    ports: [tcp(8080)],
  },
  {
    from: { kind: "workload", name: "echo", namespace: "demo" },
    to: { kind: "workload", name: "store", namespace: "demo" },
    ports: [tcp(6379)],
  },
];

const args = (): WorkloadArgs => ({
  kind: "Deployment",
  system: "demo",
  namespace: "demo",
  container: {
    name: "echo",
    image: "docker.io/example/echo:v1",
    args: ["--key", "$(KEY)"],
    secretEnv: { KEY: pulumi.secret("hunter2") },
    ports: [{ name: "http", port: 8080 }],
    probes: { readiness: { check: { kind: "http", path: "/health", port: "http" } } },
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    mounts: [{ volume: "config", path: "/etc/echo" }],
  },
  files: [{ name: "config", files: { "echo.json": "{}" } }],
  security: { user: 10_001 },
  flows: flowsOf(table, "echo", "demo"),
  services: [{ ports: [{ name: "http", port: 80 }] }],
});

/** A second container. */
const beside: Container = { ...unchecked, name: "beside", ports: [], probes: { none: "a test" } };

const program = (change: Partial<WorkloadArgs> = {}) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    return new LoneWorkload("echo", { ...args(), ...change }, { provider });
  });

/** Shape of the pieces of a pod that the tests look at. */
interface Pod {
  readonly spec: {
    readonly containers: readonly Record<string, unknown>[];
    readonly [key: string]: unknown;
  };
}

const podOf = (inputs: Record<string, unknown>): Pod =>
  (inputs["spec"] as { template: Pod }).template;

describe("Workload", () => {
  it("registers exactly its objects, below its parent", async () => {
    const { urns } = await program();
    const mine = urns.flatMap((urn) => urn.split("demo:test:LoneWorkload")[1] ?? []);
    expect(mine).toEqual([
      "$kubernetes:apps/v1:Deployment::echo",
      "$kubernetes:core/v1:ConfigMap::echo-config",
      "$kubernetes:core/v1:Secret::echo-env",
      "$kubernetes:core/v1:Service::echo-service",
      "$kubernetes:core/v1:ServiceAccount::echo-account",
      "$kubernetes:networking.k8s.io/v1:NetworkPolicy::echo-policy",
      "$kubernetes:policy/v1:PodDisruptionBudget::echo-budget",
      "::echo",
    ]);
  });

  // A resource that falls back to the default provider lands in whatever cluster the shell names.
  it("gives every object the explicit provider", async () => {
    const { resources } = await program();
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.length).toBe(7);
    for (const { provider } of objects) {
      expect(provider).toContain("pulumi:providers:kubernetes::cluster");
    }
  });

  it("never puts a secret into the pod, and hands it over by reference", async () => {
    const collected = await program();
    const deployment = find(collected, "kubernetes:apps/v1:Deployment", "echo");
    expect(JSON.stringify(deployment.inputs)).not.toContain("hunter2");
    expect(podOf(deployment.inputs).spec.containers[0]).toMatchObject({
      args: ["--key", "$(KEY)"],
      env: [
        { name: "KEY", valueFrom: { secretKeyRef: { name: "echo-env-auto", key: "echo.KEY" } } },
      ],
    });
  });

  it("leaves names of configuration to the engine, so that changed content rolls the pods", async () => {
    const collected = await program();
    const config = find(collected, "kubernetes:core/v1:ConfigMap", "echo-config");
    expect(config.inputs["metadata"]).not.toHaveProperty("name");
    const pod = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    expect(pod.spec["volumes"]).toEqual([
      { name: "config", configMap: { name: "echo-config-auto" } },
    ]);
  });

  it("satisfies Pod Security restricted, takes no token and no service links", async () => {
    const collected = await program();
    const pod = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    expect(pod.spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod.spec.containers[0]).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      },
    });
  });

  it.each<[string, WorkloadArgs["security"]["writableRoot"], boolean, string | undefined]>([
    ["nothing said", undefined, true, undefined],
    ["a root to be written without bounds", true, false, undefined],
    ["a root to be written up to a size", { sizeLimit: "1Gi" }, false, "1Gi"],
  ])("keeps what is written off its neighbours' disk: %s", async (_, writableRoot, only, size) => {
    const collected = await program({
      security: { user: 10_001, ...(writableRoot === undefined ? {} : { writableRoot }) },
    });
    const pod = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    const [container] = pod.spec.containers;
    const disk = size === undefined ? {} : { "ephemeral-storage": size };
    expect(container).toMatchObject({ securityContext: { readOnlyRootFilesystem: only } });
    expect(container?.["resources"]).toEqual({
      requests: { cpu: "100m", memory: "64Mi", ...disk },
      limits: { memory: "128Mi", ...disk },
    });
  });

  it("asks its node for the room of folders that it fills, once for the pod and bounding nothing", async () => {
    const collected = await program({
      sidecars: [{ ...args().container, name: "beside", probes: { none: "a test" }, ports: [] }],
      scratch: [
        { name: "state", sizeLimit: "20Gi", requested: true },
        { name: "tables", sizeLimit: "1536Ki", requested: true },
        { name: "usual", requested: true },
        { name: "told", memory: true, sizeLimit: "1Gi", requested: true },
        { name: "small", sizeLimit: "1Gi" },
      ],
    });
    const pod = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    const disks = (which: "requests" | "limits") =>
      pod.spec.containers.map(
        ({ resources }) =>
          (resources as Record<string, Record<string, string>>)[which]?.["ephemeral-storage"],
      );
    // 20Gi, one and a half Mi rounded up with the 64 of a folder that says no size.
    expect(disks("requests")).toEqual([`${20 * 1024 + 66}Mi`, undefined]);
    expect(disks("limits")).toEqual([undefined, undefined]);
  });

  it("asks for no more than the bound of what it writes beside its volumes, which counts them in", async () => {
    const collected = await program({
      security: { user: 10_001, writableRoot: { sizeLimit: "1Gi" } },
      scratch: [{ name: "state", sizeLimit: "20Gi", requested: true }],
    });
    const pod = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    expect(pod.spec.containers[0]?.["resources"]).toMatchObject({
      requests: { "ephemeral-storage": "1Gi" },
      limits: { "ephemeral-storage": "1Gi" },
    });
  });

  it("allows just the flows of the table, and name look-ups", async () => {
    const collected = await program();
    const policy = find(collected, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "echo-policy");
    expect(policy.inputs["spec"]).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ ipBlock: { cidr: "0.0.0.0/0" } }],
          ports: [{ port: 8080, protocol: "TCP" }],
        },
      ],
      egress: [
        { ports: [{ port: 53 }, { port: 53 }] },
        {
          to: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "store" } } }],
          ports: [{ port: 6379, protocol: "TCP" }],
        },
      ],
    });
  });

  it("pins a member to its slot and nothing else", async () => {
    const collected = await program({ placement: { slot: 2 } });
    const pod = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    expect(pod.spec["nodeSelector"]).toEqual({ "fleet/slot": "2" });
    expect(pod.spec).not.toHaveProperty("topologySpreadConstraints");
  });

  it("asks the registry again for a moving tag, and trusts a digest", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const container = { ...args().container, image: `docker.io/example/echo:v1@${digest}` };
    const moving = podOf(find(await program(), "kubernetes:apps/v1:Deployment", "echo").inputs);
    const pinned = podOf(
      find(await program({ container }), "kubernetes:apps/v1:Deployment", "echo").inputs,
    );
    expect(moving.spec.containers[0]?.["imagePullPolicy"]).toBe("Always");
    expect(pinned.spec.containers[0]?.["imagePullPolicy"]).toBe("IfNotPresent");
  });

  it("is pulled as the whole Workload says, init containers and side-cars included", async () => {
    const collected = await program({
      pullPolicy: "IfNotPresent",
      initContainers: [{ ...unchecked, name: "before" }],
      sidecars: [
        { ...unchecked, name: "beside" },
        { ...unchecked, name: "own", pullPolicy: "Always" },
      ],
    });
    const { spec } = podOf(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs);
    const before = spec["initContainers"] as Record<string, unknown>[];
    const policies = [...before, ...spec.containers].map(
      (container) => container["imagePullPolicy"],
    );
    expect(policies).toEqual(["IfNotPresent", "IfNotPresent", "IfNotPresent", "Always"]);
  });

  it("keeps disks by default: protected, and retained when they go", async () => {
    const collected = await program({
      claims: [{ name: "data", size: "10Gi" }],
      update: { strategy: "Recreate" },
    });
    const claim = find(collected, "kubernetes:core/v1:PersistentVolumeClaim", "echo-data");
    expect(claim.inputs).toMatchObject({
      metadata: { name: "echo-data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
    });
  });

  it("mounts disks that others have made, and makes none", async () => {
    const collected = await program({ givenClaims: [{ name: "shared", claim: "images" }] });
    expect(collected.resources.filter(({ type }) => type.includes("VolumeClaim"))).toEqual([]);
    expect(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs).toMatchObject({
      spec: {
        template: {
          spec: {
            volumes: expect.arrayContaining([
              { name: "shared", persistentVolumeClaim: { claimName: "images" } },
            ]) as unknown,
          },
        },
      },
    });
  });

  it.each<[string, Partial<WorkloadArgs>, RegExp]>([
    ["root", { security: { user: 0 } }, /named security.exception/],
    ["root without a word", { security: { user: 0, exception: " " } }, /named security.exception/],
    ["privileges", { security: { user: 1, privileged: true } }, /named security.exception/],
    [
      "a folder of the node",
      { hostPaths: [{ name: "logs", path: "/var/log", type: "Directory" }] },
      /named security.exception/,
    ],
    [
      "a port of the node, of what stands beside",
      {
        sidecars: [{ ...beside, ports: [{ name: "metrics", port: 9100, hostPort: 9100 }] }, beside],
        update: { maxSurge: 0, maxUnavailable: 1 },
      },
      /named security.exception/,
    ],
    [
      "a capability, beside one that any program may have",
      { sidecars: [{ ...beside, capabilities: ["NET_BIND_SERVICE", "NET_ADMIN"] }] },
      /named security.exception/,
    ],
    [
      "a rolling update that fights for a disk",
      { claims: [{ name: "d", size: "1Gi" }] },
      /Recreate/,
    ],
    [
      "two pods on one disk",
      { kind: "StatefulSet", replicas: 2, claims: [{ name: "d", size: "1Gi" }] },
      /set perPod/,
    ],
    ["a wait for the one pod of two", { awaitExchange: true, replicas: 2 }, /awaitExchange: must/],
    ["a wait for the one pod of none", { awaitExchange: true, replicas: 0 }, /awaitExchange: must/],
    [
      "a wait for the one pod of as many as it takes",
      { awaitExchange: true, autoscale: { min: 1, max: 2, cpuPercent: 70 } },
      /awaitExchange: must/,
    ],
    [
      "a wait for the one pod of a StatefulSet, which counts them otherwise",
      { kind: "StatefulSet", awaitExchange: true },
      /awaitExchange: must/,
    ],
    [
      "what stays up without a check",
      { container: unchecked },
      /container.probes: must have a readiness probe/,
    ],
    [
      "what is checked for life alone: an update would not wait for it",
      {
        container: { ...unchecked, probes: { liveness: { check: { kind: "tcp", port: "http" } } } },
      },
      /container.probes: must have a readiness probe/,
    ],
    [
      "no checks without a reason",
      { container: { ...unchecked, probes: { none: " " } } },
      /container.probes.none: must say why/,
    ],
    [
      "another value of a label that pods are found by",
      { podLabels: { "app.kubernetes.io/name": "other" } },
      /podLabels.app.kubernetes.io\/name: is Fleet's own label/,
    ],
    [
      "the same of the controller",
      { labels: { "app.kubernetes.io/part-of": "other" } },
      /labels.app.kubernetes.io\/part-of: is Fleet's own label/,
    ],
    [
      "several things at once, and tells them all",
      { replicas: 2, autoscale: { min: 1, max: 2, cpuPercent: 70 }, security: { user: 0 } },
      /^Workload echo: security: .*; replicas: must not stand beside autoscale/,
    ],
  ])("refuses %s", async (_, change, message) => {
    await expect(program(change)).rejects.toThrow(message);
  });

  it.each<[string, Partial<WorkloadArgs>]>([
    ["low ports alone", { sidecars: [{ ...beside, capabilities: ["NET_BIND_SERVICE"] }] }],
    ["no folders of the node", { hostPaths: [] }],
    [
      "what has a reason",
      {
        hostPaths: [{ name: "logs", path: "/var/log", type: "Directory" }],
        security: { user: 0, exception: "reads the node's logs" },
      },
    ],
  ])("takes %s", async (_, change) => {
    const collected = await program(change);
    expect(find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs).toBeDefined();
  });

  it("refuses a Service on a port that no container has", async () => {
    await expect(program({ services: [{ ports: [{ name: "grpc" }] }] })).rejects.toThrow(
      "Service echo: no container of echo has a port grpc",
    );
  });
});
