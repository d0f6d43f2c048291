/** The sandbox itself, without a stack in it: real control planes, killed, restarted, side by side. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

import type { Api, KubeObject } from "../../sandbox/api.ts";
import { controlPlaneHealth } from "../../sandbox/control-plane.ts";
import { Engine } from "../../sandbox/engine.ts";
import { writeWhole } from "../../sandbox/files.ts";
import { besideFile, type SandboxPlace, sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { type Plan, readPlan } from "../../sandbox/plan.ts";
import { controlPlaneProcesses, findProcess, listProcesses } from "../../sandbox/processes.ts";
import { openSandbox, removeSandbox, type Sandbox } from "../../sandbox/sandbox.ts";
import { readSecrets } from "../../sandbox/secrets.ts";
import { markUnfinished } from "../../sandbox/state.ts";
import { listeners } from "./listeners.ts";
import { phaseIs, untilHolds } from "./until.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-sandbox-"));
const place = sandboxPlace("test", { root });
const other = sandboxPlace("other", { root });
const said: string[] = [];

const planOf = ({ stack, ...rest }: SandboxPlace): Plan =>
  readPlan(stack, stackFile(sandboxPlace("test")), readSecrets({ ...rest }));

function start(where: SandboxPlace): Promise<Sandbox> {
  return openSandbox(where, planOf(where), process.env, (line) => said.push(line));
}

/** What `pulumi config --json` tells of one key. */
const Shown = z.object({
  "fleet:secrets": z.object({ secret: z.boolean(), objectValue: z.unknown() }),
});

let sandbox: Sandbox;
let api: Api;

beforeAll(async () => {
  const begun = performance.now();
  sandbox = await start(place);
  api = sandbox.api;
  const seconds = (performance.now() - begun) / 1_000;
  console.log(`sandbox start: ${seconds.toFixed(1)} s`);
  // The floor is 10 s on a quiet machine (bench/); here it only must not hang, which vitest's own limit tells.
});

afterAll(async () => {
  await removeSandbox(place);
  await removeSandbox(other);
  rmSync(root, { recursive: true, force: true });
});

const until = (
  path: string,
  holds: (object: KubeObject | undefined) => boolean,
): Promise<KubeObject | undefined> => untilHolds(api, path, holds);

const meta = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  metadata: { name, annotations },
});

const container = { name: "c", image: "registry.example/c:1" };

describe("a control plane on this machine", () => {
  it("has the stack's nodes, ready, with the sizes and addresses of its pools", async () => {
    const nodes = await api.list("/api/v1/nodes");
    expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual([
      "test-edge-slot-0",
      "test-edge-slot-1",
      "test-general-0",
      "test-general-1",
    ]);
    const edge = nodes.find(({ metadata }) => metadata.name === "test-edge-slot-1");
    expect(edge?.metadata.labels).toMatchObject({ "fleet/pool": "edge", "fleet/slot": "1" });
    expect(edge?.status?.["addresses"]).toContainEqual({
      type: "ExternalIP",
      address: "139.177.186.126",
    });
    expect(edge?.status?.["capacity"]).toMatchObject({ cpu: "2", memory: "4Gi" });
  });

  it.runIf(process.platform === "linux")("listens on loopback and nowhere else", () => {
    const pids = new Set(controlPlaneProcesses(place, listProcesses()).map(({ pid }) => pid));
    expect(pids.size).toBe(5);
    const found = listeners(pids);
    expect(found.length).toBeGreaterThanOrEqual(5);
    expect(found.filter((address) => address !== "tcp 0100007F")).toEqual([]);
  });

  it("gives the engine config that it can decrypt", async () => {
    const engine = new Engine(place, process.env);
    const kept = Object.fromEntries(readSecrets(place));
    expect(Object.keys(kept).length).toBeGreaterThan(5);
    expect(await engine.ensureStack()).toBeUndefined();
    const words = ["config", "--show-secrets", "--json", "--stack", "test"];
    const { stdout } = await engine.run([...words, "--config-file", place.config]);
    const { "fleet:secrets": secrets } = Shown.parse(JSON.parse(stdout));
    expect(secrets).toMatchObject({ secret: true, objectValue: kept });
    // The stack's own file must not gain the sandbox's salt.
    expect(readFileSync(stackFile(sandboxPlace("test")), "utf8")).not.toContain("encryptionsalt");
  });

  it("runs pods, binds a claim to its first pod, and completes jobs", async () => {
    await api.create("/api/v1/namespaces/default/persistentvolumeclaims", {
      ...meta("disk"),
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    const claim = "/api/v1/namespaces/default/persistentvolumeclaims/disk";
    expect((await until(claim, phaseIs("Pending")))?.status?.["phase"]).toBe("Pending");
    await api.create("/api/v1/namespaces/default/pods", {
      ...meta("with-disk"),
      spec: {
        initContainers: [{ ...container, name: "init" }],
        containers: [{ ...container, volumeMounts: [{ name: "d", mountPath: "/d" }] }],
        volumes: [{ name: "d", persistentVolumeClaim: { claimName: "disk" } }],
      },
    });
    await api.create("/apis/batch/v1/namespaces/default/jobs", {
      ...meta("job"),
      spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } },
    });
    const pods = "/api/v1/namespaces/default/pods";
    const pod = await until(`${pods}/with-disk`, phaseIs("Running"));
    expect(pod?.status).toMatchObject({
      phase: "Running",
      initContainerStatuses: [{ ready: true, state: { terminated: { exitCode: 0 } } }],
    });
    expect((await until(claim, phaseIs("Bound")))?.status?.["phase"]).toBe("Bound");
    const job = await until("/apis/batch/v1/namespaces/default/jobs/job", (object) =>
      Object.hasOwn(object?.status ?? {}, "completionTime"),
    );
    expect(job?.status).toMatchObject({ succeeded: 1 });
  });

  it("keeps a pod unready that says so, and gives a host-network pod its node's address", async () => {
    await api.create("/api/v1/namespaces/default/pods", {
      ...meta("never", { "sandbox.fleet/never-ready": "true" }),
      spec: {
        hostNetwork: true,
        nodeSelector: { "fleet/slot": "1" },
        tolerations: [{ key: "fleet/slot", operator: "Exists" }],
        containers: [container],
      },
    });
    const pod = await until("/api/v1/namespaces/default/pods/never", phaseIs("Running"));
    expect(pod?.status).toMatchObject({
      phase: "Running",
      podIP: "192.168.128.2",
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: "Ready", status: "False" }),
      ]) as unknown,
    });
  });

  it("gives each load balancer an address of its own, and an Ingress one", async () => {
    const addresses = new Set<string>();
    for (const name of ["lb-0", "lb-1", "lb-2"]) {
      await api.create("/api/v1/namespaces/default/services", {
        ...meta(name),
        spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
      });
      const service = await until(`/api/v1/namespaces/default/services/${name}`, (object) =>
        JSON.stringify(object?.status).includes("ip"),
      );
      const [, ip] = /"ip":"(198\.18\.\d+\.\d+)"/.exec(JSON.stringify(service?.status)) ?? [];
      addresses.add(ip ?? `${name} has none`);
    }
    expect(addresses.size).toBe(3);
    await api.create("/apis/networking.k8s.io/v1/namespaces/default/ingresses", {
      ...meta("ingress"),
      spec: { defaultBackend: { service: { name: "lb-0", port: { number: 80 } } } },
    });
    const path = "/apis/networking.k8s.io/v1/namespaces/default/ingresses/ingress";
    const ingress = await until(path, (object) => JSON.stringify(object?.status).includes("ip"));
    expect(ingress?.status).toMatchObject({ loadBalancer: { ingress: [{ ip: "198.19.255.1" }] } });
  });

  it("is a real judge of Pod Security", async () => {
    await api.create("/api/v1/namespaces", {
      metadata: {
        name: "restricted",
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      },
    });
    await until("/api/v1/namespaces/restricted/serviceaccounts/default", (o) => o !== undefined);
    const pod = { ...meta("p"), spec: { containers: [container] } };
    await expect(api.create("/api/v1/namespaces/restricted/pods", pod)).rejects.toThrow(
      /violates PodSecurity "restricted/,
    );
  });
});

describe("sandboxes side by side", () => {
  it("share nothing: ports, objects, processes", async () => {
    const second = await start(other);
    expect(second.server).not.toBe(sandbox.server);
    expect(await second.api.find("/api/v1/namespaces/default/services/lb-0")).toBeUndefined();
    expect(await second.api.find("/api/v1/nodes/test-general-0")).toBeUndefined();
    expect(await second.api.find("/api/v1/nodes/other-general-0")).toBeDefined();
    second.api.close();
    await removeSandbox(other);
    expect(existsSync(other.folder)).toBe(false);
    expect(controlPlaneProcesses(other, listProcesses())).toEqual([]);
    expect(controlPlaneHealth(place).missing).toEqual([]);
  });
});

describe("a sandbox whose processes were killed", () => {
  it.each(["kwok-controller", "kube-apiserver", "etcd"])(
    "stands again after the end of %s, with what it held",
    async (name) => {
      const victims = controlPlaneProcesses(place, listProcesses()).filter(({ command }) =>
        command.startsWith(join(place.cluster, "bin", name)),
      );
      expect(victims).toHaveLength(1);
      for (const { pid } of victims) {
        process.kill(pid, "SIGKILL");
        while (findProcess(pid) !== undefined) {
          await sleep(20);
        }
      }
      api.close();
      sandbox = await start(place);
      api = sandbox.api;
      expect([sandbox.start, controlPlaneHealth(place).missing]).toEqual(["restarted", []]);
      expect(said.at(-1)).toContain(`${name} had ended`);
      expect(await api.find("/api/v1/namespaces/default/services/lb-0")).toBeDefined();
    },
  );

  it("is started anew after an update that was killed half-way, its secrets kept, and its guests look what is left", async () => {
    const secrets = [...readSecrets(place)];
    writeWhole(besideFile(join(root, "guest")), `${place.stack}\n`);
    const guest = sandboxPlace("guest", { root });
    markUnfinished(place, true);
    api.close();
    sandbox = await start(place);
    api = sandbox.api;
    expect(sandbox.start).toBe("new");
    expect(await api.find("/api/v1/namespaces/default/services/lb-0")).toBeUndefined();
    expect([...readSecrets(place)]).toEqual(secrets);
    expect(existsSync(place.unfinished)).toBe(false);
    // The guest's state still has what went with the cluster.
    expect(existsSync(guest.cutShort)).toBe(true);
    rmSync(guest.folder, { recursive: true });
  });

  it("whose folder was removed under it leaves no process behind", async () => {
    rmSync(place.folder, { recursive: true, force: true });
    expect(controlPlaneProcesses(place, listProcesses())).toHaveLength(5);
    api.close();
    sandbox = await start(place);
    api = sandbox.api;
    expect(sandbox.start).toBe("new");
    expect(controlPlaneProcesses(place, listProcesses())).toHaveLength(5);
  });

  it("goes without a trace", async () => {
    api.close();
    await removeSandbox(place);
    expect(existsSync(place.folder)).toBe(false);
    expect(controlPlaneProcesses(place, listProcesses())).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });
});
