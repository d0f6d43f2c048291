/**
 * What Google does by itself in a sandbox: machines and nodes of pools, reserved addresses on nodes and
 * before Services, the log-in. On the stand-in's account and a cluster of a few objects.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import type { KubeObject } from "../../sandbox/api.ts";
import { addressesAnnotation, giveServiceAddresses } from "../../sandbox/google/balancers.ts";
import { giveAddresses } from "../../sandbox/google/kubeip.ts";
import { machinesOf } from "../../sandbox/google/machines.ts";
import { exchangeMachine, PoolKeeper } from "../../sandbox/google/pools.ts";
import { credentialOf } from "../../sandbox/standins/gke-login.ts";
import {
  accountType,
  addressType,
  clusterType,
  poolType,
} from "../../sandbox/standins/rules/gcp/common.ts";
import { putOutside } from "../../sandbox/standins/seeds.ts";
import { Store } from "../../sandbox/standins/store.ts";
import { asText, type Properties } from "../../sandbox/standins/values.ts";
import { ClusterInMemory } from "./cluster-in-memory.ts";

const project = "sandbox-project";
const zone = "us-central1-b";
const region = "us-central1";

let folder: string;
let store: Store;
let cluster: ClusterInMemory;
let keeper: PoolKeeper;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fleet-google-"));
  store = new Store(folder);
  cluster = new ClusterInMemory();
  keeper = new PoolKeeper(cluster.api, store, "mini", 0);
  await put(clusterType, "c", {
    ...{ name: "mininet", location: zone, initialNodeCount: 1 },
    workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const put = (type: string, name: string, inputs: Properties) =>
  putOutside(folder, "gcp", type, name, inputs, { project, region });

const pool = (name: string, inputs: Properties, node: Properties = {}) =>
  put(poolType, name, {
    ...{ name, cluster: "mininet", location: zone },
    ...inputs,
    nodeConfig: {
      machineType: "e2-standard-4",
      labels: { "fleet/pool": name },
      workloadMetadataConfig: { mode: "GKE_METADATA" },
      ...node,
    },
  });

const slotPool = () =>
  pool(
    "boot-slot-3",
    { nodeCount: 1 },
    {
      labels: { "fleet/pool": "boot", "fleet/slot": "3" },
      taints: [{ key: "fleet/address", value: "pending", effect: "NO_SCHEDULE" }],
    },
  );

const change = (id: string, inputs: Properties) =>
  store.change("gcp", {}, (world) => {
    const known = world.need(poolType, id);
    world.change({ ...known, inputs: { ...known.inputs, ...inputs } });
  });

const nodes = (): readonly string[] =>
  cluster.under("/api/v1/nodes").map(({ metadata }) => metadata.name);

const node = (name: string): KubeObject | undefined => cluster.objects.get(`/api/v1/nodes/${name}`);

const externalOf = (name: string): unknown =>
  (node(name)?.status?.["addresses"] as { type: string; address: string }[])
    .filter(({ type }) => type === "ExternalIP")
    .map(({ address }) => address);

/** A pod that no node had room for. */
const waiting = (name: string, cpu: string): KubeObject => ({
  metadata: { name, namespace: "spacemesh", uid: name },
  spec: { containers: [{ resources: { requests: { cpu, memory: "1Gi" } } }] },
  status: {
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }],
  },
});

/** A pod that runs on a node. */
const running = (name: string, on: string, owner = "ReplicaSet"): KubeObject => ({
  metadata: {
    ...{ name, namespace: "spacemesh" },
    ...{ ownerReferences: [{ kind: owner }] },
  },
  spec: { nodeName: on, containers: [] },
  status: { phase: "Running" },
});

describe("the machines of node pools", () => {
  it("are as many as the pool says, and their nodes have its labels, taints and size", async () => {
    await pool("default", { nodeCount: 2 });
    await slotPool();
    await keeper.keep();
    expect(nodes()).toEqual(["mini-default-0", "mini-default-1", "mini-boot-slot-3"]);
    const slot = node("mini-boot-slot-3");
    expect(slot?.metadata.labels).toMatchObject({
      "fleet/slot": "3",
      "cloud.google.com/gke-nodepool": "boot-slot-3",
      "topology.kubernetes.io/zone": zone,
      "topology.kubernetes.io/region": region,
    });
    expect(slot?.spec?.["taints"]).toEqual([
      { key: "fleet/address", value: "pending", effect: "NoSchedule" },
    ]);
    expect(slot?.spec?.["providerID"]).toBe(`gce://${project}/${zone}/mini-boot-slot-3`);
    expect(slot?.status?.["capacity"]).toMatchObject({ cpu: "4", memory: "16384Mi" });
    // Each has an address of its own, and its own place in the cluster's network.
    const seen = nodes().map((name) => JSON.stringify(node(name)?.status?.["addresses"]));
    expect(new Set(seen).size).toBe(3);
  });

  it("go when the pool says none, or is gone, with what ran on them", async () => {
    const { id } = await pool("default", { nodeCount: 2 });
    await slotPool();
    await keeper.keep();
    cluster.put("/api/v1/pods", running("web", "mini-default-1"));
    await change(id, { nodeCount: 0 });
    await keeper.keep();
    expect(nodes()).toEqual(["mini-boot-slot-3"]);
    expect(cluster.under("/api/v1/pods")).toEqual([]);
    await store.change("gcp", {}, (world) => {
      world.all(poolType).forEach((one) => {
        world.remove(one);
      });
    });
    await keeper.keep();
    expect(nodes()).toEqual([]);
    expect(machinesOf(store.look("gcp"))).toEqual([]);
  });

  it("are others when the pool's machine type is another, and stay when only its bounds are", async () => {
    const { id } = await pool("default", {
      initialNodeCount: 1,
      autoscaling: { minNodeCount: 1, maxNodeCount: 3 },
    });
    await keeper.keep();
    const [before] = machinesOf(store.look("gcp"));
    await change(id, { autoscaling: { minNodeCount: 1, maxNodeCount: 9 } });
    await keeper.keep();
    expect(machinesOf(store.look("gcp"))).toEqual([before]);
    await change(id, { nodeConfig: { machineType: "e2-standard-8" } });
    await keeper.keep();
    const [after] = machinesOf(store.look("gcp"));
    expect(after?.number).not.toBe(before?.number);
    expect(node("mini-default-0")?.status?.["capacity"]).toMatchObject({ cpu: "8" });
  });

  it("are more where pods find no room, never above the most, and fewer when nothing needs them", async () => {
    await pool("default", {
      initialNodeCount: 1,
      autoscaling: { minNodeCount: 1, maxNodeCount: 3 },
    });
    await keeper.keep();
    expect(nodes()).toHaveLength(1);
    // Three times 2 CPUs on nodes that have less than 4: two more nodes for what waits.
    cluster.put("/api/v1/pods", waiting("a", "2"), waiting("b", "2"), waiting("c", "2"));
    await keeper.keep();
    expect(nodes()).toHaveLength(3);
    await keeper.keep();
    expect(nodes()).toHaveLength(3);
    cluster.objects.clear();
    await keeper.keep();
    cluster.put(
      "/api/v1/pods",
      running("a", "mini-default-1"),
      running("shipper", "mini-default-2", "DaemonSet"),
    );
    await keeper.rest();
    // One is the least, and it is busy.
    expect(nodes()).toEqual(["mini-default-1"]);
  });

  it("are none at the beginning where none is said, whatever the least: pods without room bring them", async () => {
    const { id } = await pool("default", { autoscaling: { minNodeCount: 2, maxNodeCount: 5 } });
    await keeper.keep();
    expect(nodes()).toEqual([]);
    cluster.put("/api/v1/pods", waiting("a", "2"));
    await keeper.keep();
    expect(nodes()).toHaveLength(1);
    // As when a network is taken up again: the least number alone brings nothing either.
    await change(id, { autoscaling: { minNodeCount: 3, maxNodeCount: 5 } });
    cluster.objects.forEach((_, path) => {
      if (path.includes("/pods")) {
        cluster.objects.delete(path);
      }
    });
    await keeper.keep();
    expect(nodes()).toHaveLength(1);
  });

  it("are not more for a pod that is larger than a node, or wants another", async () => {
    await pool("default", {
      initialNodeCount: 1,
      autoscaling: { minNodeCount: 1, maxNodeCount: 3 },
    });
    await keeper.keep();
    const elsewhere = waiting("b", "1");
    cluster.put("/api/v1/pods", waiting("a", "40"), {
      ...elsewhere,
      spec: { ...elsewhere.spec, nodeSelector: { "fleet/pool": "other" } },
    });
    await keeper.keep();
    expect(nodes()).toHaveLength(1);
  });
});

const permissions = [
  "compute.addresses.get",
  "compute.addresses.list",
  "compute.addresses.use",
  "compute.instances.addAccessConfig",
  "compute.instances.deleteAccessConfig",
  "compute.instances.get",
  "compute.projects.get",
  "compute.subnetworks.useExternalIp",
  "compute.zoneOperations.get",
];
const reservedIp = "203.0.113.9";
const email = `keeper@${project}.iam.gserviceaccount.com`;

interface Flaws {
  readonly filter?: string;
  readonly member?: string;
  readonly permissions?: readonly string[];
  readonly rights?: readonly string[];
}

/** A slot's node with kubeip's pod on it, and all that it needs, but for what a test takes away. */
async function agentOnSlot(flaws: Flaws = {}): Promise<void> {
  await slotPool();
  await keeper.keep();
  await put(addressType, "slot-3", {
    ...{ name: "mininet-slot-3", region, address: reservedIp },
    labels: { "fleet-cluster": "mininet", "fleet-slot": "3" },
  });
  const account = await put(accountType, "keeper", { accountId: "keeper" });
  await put("gcp:projects/iAMCustomRole:IAMCustomRole", "role", {
    ...{ roleId: "keeper", title: "keeper", permissions: flaws.permissions ?? permissions },
  });
  await put("gcp:projects/iAMMember:IAMMember", "may", {
    ...{ project, role: `projects/${project}/roles/keeper`, member: `serviceAccount:${email}` },
  });
  await put("gcp:serviceaccount/iAMMember:IAMMember", "is", {
    serviceAccountId: account.id,
    role: "roles/iam.workloadIdentityUser",
    member: flaws.member ?? `serviceAccount:${project}.svc.id.goog[keeper/keeper]`,
  });
  cluster.rights = flaws.rights ?? [
    ...["get nodes", "patch nodes", "create leases", "get leases", "delete leases"],
  ];
  const env = [
    { name: "FILTER", value: flaws.filter ?? "labels.fleet-cluster=mininet;labels.fleet-slot=3" },
    { name: "TAINT_KEY", value: "fleet/address" },
    { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
  ];
  const containers = [{ name: "agent", image: "docker.io/doitintl/kubeip-agent:2.2.0", env }];
  const labels = { app: "keeper" };
  cluster.put("/apis/apps/v1/daemonsets", {
    metadata: { name: "keeper", namespace: "keeper" },
    spec: { selector: { matchLabels: labels }, template: { spec: { containers } } },
  });
  cluster.put("/api/v1/pods", {
    metadata: { name: "keeper-x", namespace: "keeper", labels },
    spec: { nodeName: "mini-boot-slot-3", serviceAccountName: "keeper", containers },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  });
  cluster.put("/api/v1/serviceaccounts", {
    metadata: {
      ...{ name: "keeper", namespace: "keeper" },
      annotations: { "iam.gke.io/gcp-service-account": email },
    },
  });
}

describe("kubeip's pod on a slot's node", () => {
  it("gives it the slot's address instead of its own, and takes the taint off", async () => {
    await agentOnSlot();
    const before = externalOf("mini-boot-slot-3");
    await giveAddresses(cluster.api, store);
    expect(externalOf("mini-boot-slot-3")).toEqual([reservedIp]);
    expect(before).not.toEqual([reservedIp]);
    expect(node("mini-boot-slot-3")?.spec?.["taints"]).toEqual([]);
    expect(usersOf("mininet-slot-3")).toContain("instances/mini-boot-slot-3");
  });

  it("gives it again to the machine that comes in the node's place, which has another before", async () => {
    await agentOnSlot();
    await giveAddresses(cluster.api, store);
    expect(await exchangeMachine(store, "mini-boot-slot-3")).toBe(true);
    // Its pod went with the machine: nothing gives the new one the address yet.
    const pod = cluster.objects.get("/api/v1/namespaces/keeper/pods/keeper-x");
    await keeper.keep();
    await giveAddresses(cluster.api, store);
    expect(externalOf("mini-boot-slot-3")).not.toEqual([reservedIp]);
    expect(node("mini-boot-slot-3")?.spec?.["taints"]).toHaveLength(1);
    expect(usersOf("mininet-slot-3")).toBe("");
    cluster.put("/api/v1/pods", pod as KubeObject);
    await giveAddresses(cluster.api, store);
    expect(externalOf("mini-boot-slot-3")).toEqual([reservedIp]);
  });

  it.each<[string, Flaws]>([
    ["a filter that no address has", { filter: "labels.fleet-slot=4" }],
    ["a filter that nobody can read", { filter: "labels.fleet-slot:3*" }],
    ["no right at Google", { permissions: permissions.slice(1) }],
    ["an account that is another's", { member: `serviceAccount:${project}.svc.id.goog[a/b]` }],
    ["no right in the cluster", { rights: ["get nodes", "patch nodes", "get leases"] }],
    [
      "no right to take the taint off",
      { rights: ["get nodes", "create leases", "get leases", "delete leases"] },
    ],
  ])("leaves the node as it was born with %s", async (_, flaws) => {
    await agentOnSlot(flaws);
    const before = externalOf("mini-boot-slot-3");
    await giveAddresses(cluster.api, store);
    expect(externalOf("mini-boot-slot-3")).toEqual(before);
    expect(node("mini-boot-slot-3")?.spec?.["taints"]).toHaveLength(1);
  });
});

const usersOf = (name: string): string =>
  asText(
    store
      .look("gcp")
      .all(addressType)
      .find(({ inputs }) => inputs["name"] === name)?.facts["users"],
  );

const service = (annotations: Readonly<Record<string, string>>): KubeObject => ({
  metadata: { name: "poet-0", namespace: "spacemesh", uid: "u", annotations },
  spec: { type: "LoadBalancer" },
});

const rbs = { "cloud.google.com/l4-rbs": "enabled" };

describe("a Service that names reserved addresses", () => {
  const path = "/api/v1/services";
  const statusOf = (): unknown =>
    cluster.objects.get("/api/v1/namespaces/spacemesh/services/poet-0")?.status;
  const give = async (one: KubeObject): Promise<void> => {
    cluster.put(path, one);
    await giveServiceAddresses(store, cluster.api, [one]);
  };

  beforeEach(async () => {
    await put(addressType, "poet", { name: "mininet-poet", region, address: reservedIp });
  });

  it("gets the address, which is then in use until the Service is gone", async () => {
    await give(service({ ...rbs, [addressesAnnotation]: "mininet-poet" }));
    expect(statusOf()).toEqual({ loadBalancer: { ingress: [{ ip: reservedIp, ipMode: "VIP" }] } });
    expect(usersOf("mininet-poet")).toBe("forwardingRules/spacemesh/poet-0");
    await giveServiceAddresses(store, cluster.api, []);
    expect(usersOf("mininet-poet")).toBe("");
  });

  it.each([
    ["a name that nobody reserved", { ...rbs, [addressesAnnotation]: "mininet-poets" }],
    ["the controller that reads no names", { [addressesAnnotation]: "mininet-poet" }],
    [
      "another network tier",
      {
        ...rbs,
        "cloud.google.com/network-tier": "Standard",
        [addressesAnnotation]: "mininet-poet",
      },
    ],
  ])("silently gets another address with %s", async (_, annotations) => {
    await give(service(annotations));
    expect(JSON.stringify(statusOf())).toMatch(/"ip":"198\.51\.100\.\d+"/);
    expect(usersOf("mininet-poet")).toBe("");
  });
});

describe("the log-in to a cluster at Google", () => {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");

  it("answers the certificate of the sandbox's own control plane", () => {
    const user = { "client-certificate-data": base64("cert"), "client-key-data": base64("key") };
    const { status } = credentialOf(stringify({ users: [{ name: "sandbox", user }] }));
    expect(status).toEqual({ clientCertificateData: "cert", clientKeyData: "key" });
  });

  it("says so where there is none", () => {
    expect(() => credentialOf(stringify({ users: [] }))).toThrow(/make down, then make up/);
  });
});
