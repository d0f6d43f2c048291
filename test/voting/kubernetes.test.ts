/** The voting application in a cluster: what its words come to, said directly. */
import { beforeAll, describe, expect, it } from "vitest";

import { describePods, type PodSet } from "../../policy/graph/objects.ts";
import { allows } from "../../policy/graph/policies.ts";
import { put } from "../config/stack-fixture.ts";
import { find, type Registered } from "../harness.ts";
import { type Rendered } from "../rendered.ts";
import { renderVoting } from "./stack.ts";

let rendered: Rendered<unknown>;
beforeAll(async () => {
  rendered = await renderVoting();
});

const pods = (name: string): PodSet => {
  const found = rendered.world.pods.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`no pods ${name} among ${rendered.world.pods.map(describePods).join(", ")}`);
  }
  return found;
};

const deployment = (name: string, from = rendered): Registered =>
  find(from.collected, "kubernetes:apps/v1:Deployment", name);

describe("a service with a disk", () => {
  it("is awaited for as long as a cloud may take to make the disk, attach it, and pull the image", () => {
    const awaited = rendered.options
      .filter(({ type }) => type === "kubernetes:apps/v1:StatefulSet")
      .map(({ name, customTimeouts: { create, update } }) => [
        name,
        ...[create, update].map((time) => Number.parseInt(time, 10) >= 240),
      ]);
    expect(awaited.sort()).toEqual([
      ["db", true, true],
      ["registry", true, true],
    ]);
  });
});

const dependencies = [
  ["vote", "redis", 6379],
  ["worker", "redis", 6379],
  ["worker", "db", 5432],
  ["result", "db", 5432],
] as const;

describe("the voting application in a cluster", () => {
  // Issue 4, word by word; facts/deployment-concepts.md 2.
  it("has the worker as the lecture has it", () => {
    const { inputs } = deployment("worker");
    expect(inputs).toMatchObject({
      metadata: {
        labels: { APP: "VOTING" },
        // failure_action: continue. The run waits for nothing.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        replicas: 2,
        minReadySeconds: 60,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      },
    });
    const { spec, labels } = pods("worker");
    expect(labels).not.toHaveProperty("APP");
    expect(spec.containers[0]).toMatchObject({
      image: "docker.io/gaiadocker/example-voting-app-worker:latest",
      resources: {
        requests: { cpu: "250m", memory: "256Mi" },
        limits: { cpu: "250m", memory: "512Mi" },
      },
    });
    expect(JSON.stringify(spec["affinity"])).toContain(
      '"key":"node-role.kubernetes.io/control-plane","operator":"DoesNotExist"',
    );
    const names = rendered.world.services
      .filter((service) => service.spec.selector?.["app.kubernetes.io/name"] === "worker")
      .map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(["worker", "workers"]);
  });

  it.each(dependencies)(
    "lets %s call %s on %i, not the other way, and no stranger",
    (from, to, port) => {
      const call = (caller: string, callee: string): boolean =>
        allows(rendered.world, {
          from: { kind: "pods", pods: pods(caller) },
          to: { kind: "pods", pods: pods(callee) },
          port,
          protocol: "TCP",
        });
      expect(call(from, to)).toBe(true);
      expect(call(to, from)).toBe(false);
      expect(call("registry", to)).toBe(false);
    },
  );

  it("waits in each pod for what it depends on, at the very port that answers", () => {
    for (const [from, to, port] of dependencies) {
      const waits = (pods(from).spec.initContainers ?? []).map(({ command }) => command?.slice(-2));
      expect(waits).toContainEqual([to, `${port}`]);
    }
  });

  it("listens on port 80 as a user who is not root: the pod's network lets it", () => {
    for (const name of ["vote", "result"]) {
      const { securityContext } = pods(name).spec;
      expect(securityContext?.runAsUser).not.toBe(0);
      expect(securityContext?.sysctls).toEqual([
        { name: "net.ipv4.ip_unprivileged_port_start", value: "80" },
      ]);
    }
    expect(pods("redis").spec.securityContext?.sysctls).toBeUndefined();
  });

  it("keeps the database's password in a file, and the database on a disk of its own", () => {
    const { spec, claimTemplates } = pods("db");
    expect(claimTemplates).toEqual(["db-data"]);
    const [container] = spec.containers;
    const password = container?.env?.find(({ name }) => name === "POSTGRES_PASSWORD_FILE");
    const mount = container?.volumeMounts?.find(({ name }) => name === "secrets");
    expect(password?.value).toBe(`${mount?.mountPath ?? ""}/postgres-password`);
  });

  // Its port is published by a Swarm's nodes; in a cluster nobody names a host for it.
  it("has a registry on port 5000, inside, with a disk of its own", () => {
    const { inputs } = find(rendered.collected, "kubernetes:core/v1:Service", "registry-service");
    expect(inputs).toMatchObject({
      metadata: { name: "registry" },
      spec: { type: "ClusterIP", ports: [{ port: 5000 }] },
    });
    const { spec, claimTemplates } = pods("registry");
    expect(claimTemplates).toEqual(["registry-data"]);
    expect(spec.containers[0]?.image).toMatch(/^docker\.io\/library\/registry:2\./);
  });

  it("follows the load where an autoscaler says so, and writes no number of pods then", async () => {
    const scaled = await renderVoting(({ config }) => {
      put(config, "fleet:services/vote/deploy/replicas", undefined);
      put(config, "fleet:autoscale", { vote: { min: 2, max: 6 } });
    });
    expect(deployment("vote", scaled).inputs["spec"]).not.toHaveProperty("replicas");
    const type = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
    expect(find(scaled.collected, type, "vote-autoscaler").inputs).toMatchObject({
      spec: { minReplicas: 2, maxReplicas: 6 },
    });
  });

  it("exchanges all pods regardless of failures only where the stack file asks for it", async () => {
    const regardless = await renderVoting(({ config }) => {
      put(config, "fleet:update/replaceRegardless", true);
    });
    const strategyOf = (from: Rendered<unknown>): unknown =>
      (deployment("worker", from).inputs["spec"] as { strategy: unknown }).strategy;
    const rolling = (maxUnavailable: number | string) => ({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable, maxSurge: 0 },
    });
    expect(strategyOf(rendered)).toEqual(rolling(1));
    expect(strategyOf(regardless)).toEqual(rolling("100%"));
  });

  it("leads each host to the port that its service publishes, as the container has it", () => {
    const backends = rendered.world.ingresses.map(({ spec }) =>
      spec.rules.map(({ host, http }) => [
        host,
        ...http.paths.map(
          ({ backend: { service } }) => `${service.name}:${service.port.number ?? ""}`,
        ),
      ]),
    );
    expect(backends).toEqual([
      [["vote.example.org", "vote:80"]],
      [["result.example.org", "result:80"]],
    ]);
  });
});
