/**
 * The Skywire components as the engine sees them: exact children, their parents and provider, and
 * what of their inputs breaks silently. Points are those of facts/skywire.md 9.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";

import { derivePublicKey } from "../../components/base/keys.ts";
import { AddressResolver } from "../../components/skywire/address-resolver.ts";
import { ConfigBootstrapper } from "../../components/skywire/config-bootstrapper.ts";
import { DiscoveryService } from "../../components/skywire/discovery-service.ts";
import { DmsgServer } from "../../components/skywire/dmsg-server.ts";
import { NetworkMonitor } from "../../components/skywire/network-monitor.ts";
import { NodeVisualizer } from "../../components/skywire/node-visualizer.ts";
import { ProgramOptions } from "../../components/skywire/options.schema.ts";
import type { Surroundings } from "../../components/workload/surroundings.ts";
import { SetupNode } from "../../components/skywire/setup-node.ts";
import { type Collected, collect, find } from "../harness.ts";
import { visorUrls } from "./visor-urls.ts";

const secretKey = "1".repeat(64);
const key = { publicKey: derivePublicKey(secretKey), secretKey: pulumi.secret(secretKey) };

const options = ProgramOptions.parse({});

const around: Surroundings = {
  namespace: "skywire",
  namespaceName: "skywire",
  flows: [],
  networkPolicy: true,
  data: "retain",
};

const image = (name: string) => ({
  reference: `docker.io/skycoinpro/${name}:test`,
  pullSecrets: ["skycoinpro-registry"],
});

const dmsgDiscoveryUrl = "http://dmsg-discovery.skywire.svc:9090";
const redisUrl = "redis://redis.skywire.svc:6379";
const redisPassword = pulumi.secret("redis-password-of-the-test");

/** What the tests read of an object. */
interface Rendered {
  readonly metadata: Record<string, unknown>;
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: { readonly type: string };
    readonly template: {
      readonly metadata: Record<string, Record<string, string>>;
      readonly spec: {
        readonly containers: readonly Record<string, unknown>[];
        readonly initContainers?: readonly Record<string, unknown>[];
        readonly nodeSelector?: Record<string, string>;
        readonly terminationGracePeriodSeconds: number;
        readonly imagePullSecrets: readonly { readonly name: string }[];
        readonly volumes?: readonly Record<string, unknown>[];
      };
    };
  };
}

const deployment = (collected: Collected, name: string): Rendered =>
  find(collected, "kubernetes:apps/v1:Deployment", name).inputs as unknown as Rendered;

const podOf = (collected: Collected, name: string) =>
  deployment(collected, name).spec.template.spec;

function containerOf(collected: Collected, name: string): Record<string, unknown> {
  const [container] = podOf(collected, name).containers;
  if (container === undefined) {
    throw new Error(`${name} has no container`);
  }
  return container;
}

const serviceSpec = (collected: Collected, name: string) =>
  find(collected, "kubernetes:core/v1:Service", name).inputs["spec"] as Record<string, unknown>;

/** Signature by which the SDK marks a secret among the inputs it hands over. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/** Content of a Secret, which must have arrived marked as secret. */
function secretData(collected: Collected, name: string): Record<string, string> {
  const { inputs } = find(collected, "kubernetes:core/v1:Secret", name);
  const data = inputs["stringData"] as Record<string, unknown>;
  expect(data, `${name} is not marked secret`).toHaveProperty(secretSignature);
  return data["value"] as Record<string, string>;
}

/** Objects of a run as `type name`, without the parents' names. */
const objects = (collected: Collected): string[] =>
  collected.resources
    .filter(({ custom }) => custom)
    .map(({ type, name }) => `${type.replace("kubernetes:", "")} ${name}`)
    .sort();

/** Makes a component under a provider of its own, as every stack does. */
const under = async (
  make: (opts: pulumi.ComponentResourceOptions) => unknown,
): Promise<Collected> =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { kubeconfig: "" });
    return make({ provider });
  });

const notProvider = ({ type }: { readonly type: string }): boolean =>
  !type.startsWith("pulumi:providers:");

function expectOwnProvider(collected: Collected): void {
  for (const resource of collected.resources.filter(({ custom }) => custom).filter(notProvider)) {
    expect(resource.provider, resource.name).toContain("::cluster::");
  }
}

/** Every object is the component's own child. */
function expectParents(collected: Collected, type: string): void {
  const urnOf = (token: string, name: string): string =>
    collected.urns.find((one) => one.endsWith(`${token}::${name}`)) ?? "";
  for (const { name, type: token } of collected.resources.filter(notProvider)) {
    if (token !== type) {
      expect(urnOf(token, name), name).toContain(`::${type}$`);
    }
  }
}

describe("dmsg-discovery with five replicas", () => {
  let collected: Collected;
  beforeAll(async () => {
    collected = await under(
      (opts) =>
        new DiscoveryService(
          "dmsg-discovery",
          {
            ...around,
            command: {
              service: "dmsg-discovery",
              redisUrl,
              whitelistKeys: [],
              testEnvironment: false,
            },
            image: image("dmsg-discovery"),
            key,
            options,
            replicas: 5,
            disruption: { maxUnavailable: 1 },
            redisPassword,
          },
          opts,
        ),
    );
  });

  it("is two workloads behind one Service", () => {
    expect(objects(collected)).toEqual([
      "apps/v1:Deployment dmsg-discovery",
      "apps/v1:Deployment dmsg-discovery-keyless",
      "core/v1:Secret dmsg-discovery-env",
      "core/v1:Secret dmsg-discovery-keyless-env",
      "core/v1:Service dmsg-discovery-service",
      "core/v1:ServiceAccount dmsg-discovery-account",
      "core/v1:ServiceAccount dmsg-discovery-keyless-account",
      "networking.k8s.io/v1:NetworkPolicy dmsg-discovery-keyless-policy",
      "networking.k8s.io/v1:NetworkPolicy dmsg-discovery-policy",
      "policy/v1:PodDisruptionBudget dmsg-discovery-budget",
      "policy/v1:PodDisruptionBudget dmsg-discovery-keyless-budget",
      "pulumi:providers:kubernetes cluster",
    ]);
  });

  it("has everything below itself and through the stack's provider", () => {
    expectParents(collected, "fleet:skywire:DiscoveryService");
    expectOwnProvider(collected);
  });

  it("carries the key in one pod, which is stopped before its successor starts (point 2)", () => {
    const { replicas, strategy } = deployment(collected, "dmsg-discovery").spec;
    expect({ replicas, strategy }).toEqual({ replicas: 1, strategy: { type: "Recreate" } });
    expect(secretData(collected, "dmsg-discovery-env")).toEqual({
      "dmsg-discovery.SK": secretKey,
      "dmsg-discovery.REDIS_PASSWORD": "redis-password-of-the-test",
    });
  });

  it("has no trace of the key in the other four, which roll without a gap (point 2)", () => {
    const { replicas, strategy } = deployment(collected, "dmsg-discovery-keyless").spec;
    expect(replicas).toBe(4);
    expect(strategy).toMatchObject({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    expect(Object.keys(secretData(collected, "dmsg-discovery-keyless-env"))).toEqual([
      "dmsg-discovery-keyless.REDIS_PASSWORD",
    ]);
  });

  it("goes on answering while controllers still send a pod requests that is to go", () => {
    // Told to stop the program is gone at once, and its image may have no shell that could wait.
    const farewells = ["dmsg-discovery", "dmsg-discovery-keyless"].map(
      (name) => containerOf(collected, name)["lifecycle"],
    );
    const farewell = { preStop: { sleep: { seconds: 5 } } };
    expect(farewells).toEqual([farewell, farewell]);
    expect(podOf(collected, "dmsg-discovery").terminationGracePeriodSeconds).toBeGreaterThan(5);
  });

  it("finds both by a label of their own", () => {
    expect(serviceSpec(collected, "dmsg-discovery-service")).toEqual({
      type: "ClusterIP",
      selector: { "fleet/service": "dmsg-discovery" },
      ports: [{ name: "http", port: 9090, targetPort: "http", protocol: "TCP" }],
    });
    for (const name of ["dmsg-discovery", "dmsg-discovery-keyless"]) {
      const { labels } = deployment(collected, name).spec.template.metadata;
      expect(labels).toMatchObject({ "fleet/service": "dmsg-discovery" });
    }
  });

  it("never shows the key in a command line or environment", () => {
    for (const name of ["dmsg-discovery", "dmsg-discovery-keyless"]) {
      expect(JSON.stringify(containerOf(collected, name))).not.toContain(secretKey);
    }
  });

  it("pulls with a login, always, as the tag moves (points 17, 18)", () => {
    expect(podOf(collected, "dmsg-discovery").imagePullSecrets).toEqual([
      { name: "skycoinpro-registry" },
    ]);
    expect(containerOf(collected, "dmsg-discovery")["imagePullPolicy"]).toBe("Always");
  });

  it("says where its metrics are", () => {
    const { annotations } = deployment(collected, "dmsg-discovery").spec.template.metadata;
    expect(annotations).toMatchObject({
      "fleet/metrics-port": "2121",
      "fleet/metrics-path": "/metrics",
    });
  });
});

describe("uptime-tracker", () => {
  let collected: Collected;
  beforeAll(async () => {
    collected = await under(
      (opts) =>
        new DiscoveryService(
          "uptime-tracker",
          {
            ...around,
            command: {
              service: "uptime-tracker",
              redisUrl,
              postgres: { host: "postgres.skywire.svc", port: 5432 },
              dmsgDiscoveryUrl,
              dailyDataPath: "/var/lib/skywire-ut/daily-data",
              dailyDataCutoffDays: 7,
            },
            image: image("uptime-tracker"),
            key,
            options,
            redisPassword,
            database: { user: "ut", database: "ut", password: pulumi.secret("password-of-ut-db") },
            dailyData: { size: "10Gi", storageClass: "linode-block-storage-retain" },
          },
          opts,
        ),
    );
  });

  it("goes when it is told to: nobody answers in its place", () => {
    expect(containerOf(collected, "uptime-tracker")).not.toHaveProperty("lifecycle");
  });

  it("keeps its daily files on a disk (point 12)", () => {
    const claim = find(
      collected,
      "kubernetes:core/v1:PersistentVolumeClaim",
      "uptime-tracker-daily-data",
    );
    expect(claim.inputs["spec"]).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "10Gi" } },
      storageClassName: "linode-block-storage-retain",
    });
    expect(containerOf(collected, "uptime-tracker")["volumeMounts"]).toEqual([
      { name: "daily-data", mountPath: "/var/lib/skywire-ut/daily-data" },
    ]);
  });

  it("has its private API behind a Service that no host leads to (point 12)", () => {
    expect(serviceSpec(collected, "uptime-tracker-service")["ports"]).toEqual([
      { name: "http", port: 9096, targetPort: "http", protocol: "TCP" },
    ]);
    const inner = serviceSpec(collected, "uptime-tracker-private-service");
    expect(inner).toMatchObject({
      type: "ClusterIP",
      ports: [{ name: "private", port: 9086, targetPort: "private", protocol: "TCP" }],
    });
  });

  it("gets user and database as variables and the password by reference (point 24)", () => {
    const env = containerOf(collected, "uptime-tracker")["env"] as Record<string, unknown>[];
    expect(env.filter((one) => one["value"] !== undefined)).toEqual([
      { name: "PG_USER", value: "ut" },
      { name: "PG_DATABASE", value: "ut" },
    ]);
    expect(env.filter((one) => one["valueFrom"] !== undefined).map((one) => one["name"])).toEqual([
      "SK",
      "REDIS_PASSWORD",
      "PG_PASSWORD",
    ]);
  });
});

describe("dmsg-server", () => {
  let collected: Collected;
  beforeAll(async () => {
    collected = await under(
      (opts) =>
        new DmsgServer(
          "dmsg-server-1",
          {
            ...around,
            image: image("dmsg-server"),
            key,
            discoveryUrl: dmsgDiscoveryUrl,
            server: {
              ...options,
              host: "dmsg.server1.skywire.dev",
              nodePort: 30_081,
              slot: 3,
              maxSessions: 2048,
            },
          },
          opts,
        ),
    );
  });

  it("is a workload of its own, with key, address, port and node (point 1)", () => {
    const { replicas, strategy } = deployment(collected, "dmsg-server-1").spec;
    expect({ replicas: replicas ?? 1, strategy }).toEqual({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
    expect(podOf(collected, "dmsg-server-1").nodeSelector).toEqual({ "fleet/slot": "3" });
    expectParents(collected, "fleet:skywire:DmsgServer");
    expectOwnProvider(collected);
  });

  it("announces exactly the address it answers on, from a Secret whose name ends in .json (14)", () => {
    const files = secretData(collected, "dmsg-server-1-config");
    const file = JSON.parse(files["config.json"] ?? "") as Record<string, unknown>;
    expect(file).toMatchObject({
      public_address: "dmsg.server1.skywire.dev:30081",
      public_key: key.publicKey,
      secret_key: secretKey,
      discovery: dmsgDiscoveryUrl,
    });
    expect(containerOf(collected, "dmsg-server-1")["args"]).toEqual([
      "start",
      "/etc/dmsg-server/config.json",
      "--metrics",
      ":2121",
    ]);
  });

  it("is dialled on its node's port and keeps the clients' addresses (points 3, 6)", () => {
    expect(serviceSpec(collected, "dmsg-server-1-service")).toMatchObject({
      type: "NodePort",
      externalTrafficPolicy: "Local",
      ports: [{ name: "dmsg", port: 8081, nodePort: 30_081, protocol: "TCP" }],
    });
  });

  it("is checked on its health port, never on the dmsg port (point 23)", () => {
    const container = containerOf(collected, "dmsg-server-1");
    for (const probe of ["readinessProbe", "livenessProbe", "startupProbe"]) {
      expect(container[probe]).toMatchObject({ httpGet: { path: "/health", port: "health" } });
    }
    expect(container["ports"]).toContainEqual({
      name: "health",
      containerPort: 8082,
      protocol: "TCP",
    });
  });

  it("keeps its log out of log stores, as the program writes its key there (point 25)", () => {
    const { annotations } = deployment(collected, "dmsg-server-1").spec.template.metadata;
    expect(annotations).toMatchObject({ "fleet/logs": "drop" });
  });

  it("shows its key nowhere but in the Secret", () => {
    const visible = collected.resources.filter(({ type }) => !type.endsWith(":Secret"));
    expect(JSON.stringify(visible)).not.toContain(secretKey);
  });
});

describe("address-resolver", () => {
  let collected: Collected;
  beforeAll(async () => {
    collected = await under(
      (opts) =>
        new AddressResolver(
          "address-resolver",
          {
            ...around,
            command: {
              service: "address-resolver",
              redisUrl,
              dmsgDiscoveryUrl,
              whitelistKeys: [],
              testEnvironment: true,
            },
            image: image("address-resolver"),
            key,
            redisPassword,
            resolver: { ...options, replicas: 1, slot: 0, udpPort: 30_178 },
          },
          opts,
        ),
    );
  });

  it("is one pod on its slot, never two at once (point 5)", () => {
    const { replicas, strategy } = deployment(collected, "address-resolver").spec;
    expect({ replicas: replicas ?? 1, strategy }).toEqual({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
    expect(podOf(collected, "address-resolver").nodeSelector).toEqual({ "fleet/slot": "0" });
  });

  it("is dialled over UDP on 30178, not on 9093, with the clients' addresses (points 4, 6)", () => {
    expect(serviceSpec(collected, "address-resolver-udp-service")).toMatchObject({
      type: "NodePort",
      externalTrafficPolicy: "Local",
      ports: [
        {
          name: "sudph",
          port: 30_178,
          nodePort: 30_178,
          targetPort: "sudph",
          protocol: "UDP",
        },
      ],
    });
    expect(containerOf(collected, "address-resolver")["ports"]).toEqual([
      { name: "http", containerPort: 9093, protocol: "TCP" },
      { name: "sudph", containerPort: 9093, protocol: "UDP" },
      { name: "metrics", containerPort: 2121, protocol: "TCP" },
    ]);
  });

  it("is dialled over HTTP behind an inner Service", () => {
    expect(serviceSpec(collected, "address-resolver-service")).toMatchObject({
      type: "ClusterIP",
      ports: [{ name: "http", port: 9093, protocol: "TCP" }],
    });
  });
});

describe("setup-node", () => {
  let collected: Collected;
  beforeAll(async () => {
    collected = await under(
      (opts) =>
        new SetupNode(
          "setup-node",
          {
            ...around,
            image: image("setup-node"),
            key,
            dmsgDiscoveryUrl,
            transportDiscoveryUrl: "http://transport-discovery.skywire.svc:9091",
            node: { ...options, replicas: 1, sessions: 1 },
          },
          opts,
        ),
    );
  });

  it("keeps its log out of log stores, as the program writes its key there (point 25)", () => {
    const { annotations } = deployment(collected, "setup-node").spec.template.metadata;
    expect(annotations).toMatchObject({ "fleet/logs": "drop" });
  });

  it("has no Service: it listens on the dmsg network only (4.9)", () => {
    expect(objects(collected).filter((one) => one.includes("core/v1:Service "))).toEqual([]);
  });

  it("is ready when its metrics answer, and has minutes to get there (point 23)", () => {
    const container = containerOf(collected, "setup-node");
    expect(container["readinessProbe"]).toMatchObject({
      httpGet: { path: "/metrics", port: "metrics" },
    });
    const startup = container["startupProbe"] as Record<string, number>;
    const allowance = (startup["periodSeconds"] ?? 0) * (startup["failureThreshold"] ?? 0);
    expect(allowance).toBeGreaterThanOrEqual(300);
    expect(allowance).toBeLessThan(600);
  });

  it("runs on its own file, not on the image's with its known keys (point 15)", () => {
    const container = containerOf(collected, "setup-node");
    expect(container["args"]).toEqual(["/etc/setup-node/config.json", "--metrics", ":2121"]);
    expect(container["volumeMounts"]).toEqual([
      { name: "config", mountPath: "/etc/setup-node", readOnly: true },
    ]);
  });
});

describe("network-monitor", () => {
  let collected: Collected;
  beforeAll(async () => {
    collected = await under(
      (opts) =>
        new NetworkMonitor(
          "network-monitor",
          {
            ...around,
            namespace: "skywire-network-monitor",
            namespaceName: "skywire-network-monitor",
            image: image("network-monitor"),
            key,
            redisUrl,
            redisPassword,
            urls: visorUrls,
            setupNodes: [key.publicKey],
            stunServers: ["192.0.2.1:3478"],
            monitor: { ...options, replicas: 1, alsoWhitelisted: [] },
          },
          opts,
        ),
    );
  });

  it("gets a config that it may write: a read-only one is fatal (point 13)", () => {
    const [copy] = podOf(collected, "network-monitor").initContainers ?? [];
    const [shell, flag, script] = copy?.["command"] as string[];
    expect([shell, flag]).toEqual(["sh", "-c"]);
    const root = mkdtempSync(join(tmpdir(), "network-monitor-"));
    const [seed, state] = ["/etc/network-monitor", "/var/lib/network-monitor"];
    const here = (folder: string) => join(root, folder);
    [seed, state].forEach((folder) => mkdirSync(here(folder), { recursive: true }));
    writeFileSync(here(`${seed}/config.json`), "{}", { mode: 0o440 });
    const moved = [seed, state].reduce(
      (text, path) => text.replaceAll(path, here(path)),
      script ?? "",
    );
    execFileSync("sh", ["-c", moved]);
    // No capability is left that would let root write past a mode without w.
    expect(statSync(here(`${state}/config.json`)).mode & 0o777).toBe(0o600);
    expect(statSync(here(`${state}/local/transport_logs`)).mode & 0o777).toBe(0o700);
    rmSync(root, { recursive: true });
    const container = containerOf(collected, "network-monitor");
    expect(container["workingDir"]).toBe(state);
    expect(container["volumeMounts"]).toContainEqual({
      name: "state",
      mountPath: "/var/lib/network-monitor",
    });
    expect(container["args"]).toContain("/var/lib/network-monitor/config.json");
    expect(podOf(collected, "network-monitor").volumes).toContainEqual({
      name: "state",
      emptyDir: { sizeLimit: "128Mi", medium: "Memory" },
    });
  });

  it("has the network device and the one capability that takes, and says so (point 13)", () => {
    const container = containerOf(collected, "network-monitor");
    expect(container["securityContext"]).toMatchObject({
      capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] },
    });
    expect(podOf(collected, "network-monitor").volumes).toContainEqual({
      name: "tun",
      hostPath: { path: "/dev/net/tun", type: "CharDevice" },
    });
    const { annotations } = deployment(collected, "network-monitor").spec.template.metadata;
    expect(annotations?.["fleet/security-exception"]).toContain("/dev/net/tun");
  });

  it("has time to close its transports (2.7)", () => {
    expect(
      podOf(collected, "network-monitor").terminationGracePeriodSeconds,
    ).toBeGreaterThanOrEqual(45);
  });

  it("stands alone: nobody dials it", () => {
    expect(objects(collected).filter((one) => one.includes("core/v1:Service "))).toEqual([]);
  });
});

describe("node-visualizer", () => {
  it("is checked on /map, as it has no /health, and may write its cache (point 23, 4.4)", async () => {
    const collected = await under(
      (opts) =>
        new NodeVisualizer(
          "node-visualizer",
          {
            ...around,
            image: image("node-visualizer"),
            uptimePrivateUrl: "http://uptime-tracker-private.skywire.svc:9086",
            transportDiscoveryUrl: "http://transport-discovery.skywire.svc:9091",
            visualizer: { ...options, replicas: 1 },
          },
          opts,
        ),
    );
    const container = containerOf(collected, "node-visualizer");
    expect(container["readinessProbe"]).toMatchObject({ httpGet: { path: "/map", port: "http" } });
    expect(container["volumeMounts"]).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
    // Its successor is there, and whoever still asks this one is answered.
    expect(container["lifecycle"]).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(container["env"]).toEqual([
      { name: "UT_URL", value: "http://uptime-tracker-private.skywire.svc:9086/visor-ips" },
      { name: "TPD_URL", value: "http://transport-discovery.skywire.svc:9091/all-transports" },
    ]);
    expectParents(collected, "fleet:skywire:NodeVisualizer");
  });
});

describe("config-bootstrapper", () => {
  it("serves its own file for its own domain, and has no metrics (points 9, 15)", async () => {
    const collected = await under(
      (opts) =>
        new ConfigBootstrapper(
          "config-bootstrapper",
          {
            ...around,
            image: image("config-bootstrapper"),
            domain: "skywire.dev",
            file: { setupNodes: [key.publicKey], stunServers: ["192.0.2.1:3478"] },
            bootstrapper: { ...options, replicas: 1, enabled: true },
          },
          opts,
        ),
    );
    const map = find(collected, "kubernetes:core/v1:ConfigMap", "config-bootstrapper-config");
    const files = map.inputs["data"] as Record<string, string>;
    expect(JSON.parse(files["config.json"] ?? "")).toMatchObject({ setup_nodes: [key.publicKey] });
    const { annotations } = deployment(collected, "config-bootstrapper").spec.template.metadata;
    expect(annotations).not.toHaveProperty("fleet/metrics-port");
    expectOwnProvider(collected);
  });
});
