/**
 * Production as it may stand before Fleet comes: made by hand and by old scripts, with names, labels and rules of
 * their own. On the real API server by kubectl, and in the clouds' stand-ins.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseDocument } from "yaml";

import { putOutside } from "../../sandbox/standins/seeds.ts";
import {
  balancerType,
  bucketType,
  clusterType,
  deviceType,
  firewallType,
  poolType,
} from "../../sandbox/standins/rules/linode/types.ts";
import { Store } from "../../sandbox/standins/store.ts";
import type { CloudObject, World } from "../../sandbox/standins/world.ts";
import { clone } from "../rendered.ts";
import type { TestSandbox } from "./sandbox.ts";

type Inputs = Parameters<typeof putOutside>[4];

const region = "ap-south";
const label = "skycoin-prod";

/** Label that the cloud controller gave the second balancer: nobody chose it. */
const foundLabel = "ccm-0a1b2c3d4e5f";

/** Number of our own name server at Linode. */
export const nameServerId = 1_721_051;

/**
 * Production's own file as it would be written for what exists: on Linode's Kubernetes, with the second balancer by
 * the label it has, and with the name server taken over.
 */
export function productionFile(): string {
  const document = parseDocument(readFileSync(join(clone, "Pulumi.prod.yaml"), "utf8"));
  const set = (path: string, value: unknown): void => {
    document.setIn(["config", ...path.split("/")], value);
  };
  set("fleet:cluster/kind", "lke");
  document.deleteIn(["config", "fleet:cluster", "context"]);
  set("fleet:cluster/label", label);
  set("fleet:cluster/version", "1.34");
  set("fleet:cluster/pools/general/type", "g6-standard-4");
  for (const pool of ["edge", "dmsg", "coturn"]) {
    set(`fleet:cluster/pools/${pool}/type`, "g6-standard-2");
    const taint = { key: "fleet/slot", value: "true", effect: "NoSchedule" };
    set(`fleet:cluster/pools/${pool}/taints`, [taint]);
  }
  set("fleet:dns/machine", {
    kind: "adopted",
    linodeId: nameServerId,
    label: "ns1",
    region,
    software: "bind9",
  });
  set("fleet:ingress/controllers/nginx/exposure/linode/label", foundLabel);
  return document.toString();
}

const object = (kind: string, name: string, namespace?: string, spec?: object) => ({
  apiVersion: { Deployment: "apps/v1", StatefulSet: "apps/v1" }[kind] ?? "v1",
  kind,
  metadata: {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { team: "skywire", "old-script": "deploy-prod.sh" },
  },
  ...(spec === undefined ? {} : { spec }),
});

const podSpec = (claim?: string) => ({
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65_532,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: "old",
      image: "docker.io/example/old:1",
      env: [{ name: "PASSWORD", value: oldPassword }],
      resources: { requests: { cpu: "20m", memory: "32Mi" } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      ...(claim === undefined ? {} : { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
    },
  ],
  ...(claim === undefined
    ? {}
    : { volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }] }),
});

/** Stands in the open in every old pod: it may get into no state, file or output. */
export const oldPassword = "old-scripts-password";

/** What runs, as an old script wrote it: its own labels, its own container. */
const runs = (
  kind: "Deployment" | "StatefulSet",
  name: string,
  replicas: number,
  { labels = { app: name }, claim }: { labels?: Record<string, string>; claim?: string } = {},
) =>
  object(kind, name, "skywire", {
    replicas,
    selector: { matchLabels: labels },
    ...(kind === "StatefulSet" ? { serviceName: name } : {}),
    template: { metadata: { labels }, spec: podSpec(claim) },
  });

/** A claim of a class that keeps its disk. */
const claim = (name: string, size: string) =>
  object("PersistentVolumeClaim", name, "skywire", {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "linode-block-storage-retain",
    resources: { requests: { storage: size } },
  });

const service = (name: string, port: object, more: object = {}, namespace = "skywire") =>
  object("Service", name, namespace, { selector: { app: name }, ports: [port], ...more });

/** Objects of the cluster. */
export const byHand = (balancer: CloudObject) => [
  ...["skywire", "ingress", "coturn"].map((name) => object("Namespace", name)),
  claim("postgres-data", "40Gi"),
  claim("uptime-tracker-daily-data", "20Gi"),
  service("postgres", { port: 5432 }),
  service(
    "dmsg-server-1",
    { port: 8080, targetPort: 8080, nodePort: 30_081 },
    { type: "NodePort" },
  ),
  service(
    "address-resolver-udp",
    { port: 30_178, protocol: "UDP", nodePort: 30_178 },
    { type: "NodePort" },
  ),
  withAnnotation(
    service(
      "traefik",
      // None of the stack's, as chance would have it but once in a thousand times.
      { name: "http", port: 80, nodePort: 31_000 },
      // So it has a port for looks at its health that it was made with, and that nobody can change.
      { type: "LoadBalancer", externalTrafficPolicy: "Local", healthCheckNodePort: 31_001 },
      "ingress",
    ),
    balancer.id,
  ),
  runs("StatefulSet", "postgres", 1, { claim: "postgres-data" }),
  // Keyed: never two at a time.
  runs("Deployment", "dmsg-server-1", 1),
  runs("Deployment", "uptime-tracker", 1, { claim: "uptime-tracker-daily-data" }),
  // With the labels that Fleet selects by.
  runs("Deployment", "route-finder", 1, { labels: { "app.kubernetes.io/name": "route-finder" } }),
  // Keyless: old and new side by side.
  runs("Deployment", "dmsg-discovery-keyless", 4),
  runs("Deployment", "config-bootstrapper", 2),
  // Of nobody's stack.
  runs("Deployment", "reward-bot", 1),
];

const withAnnotation = (made: ReturnType<typeof object>, id: string) => ({
  ...made,
  metadata: {
    ...made.metadata,
    annotations: { "service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id": id },
  },
});

/** What stands at Linode; gives the balancer before Traefik. The name server is there by the sandbox' own seed. */
export async function fillLinode({ folder }: TestSandbox): Promise<CloudObject> {
  const put = (type: string, name: string, inputs: Inputs): Promise<CloudObject> =>
    putOutside(folder, "linode", type, name, inputs);
  const balancer = await put(balancerType, "traefik", { label: "prod-traefik", region });
  await put(balancerType, "nginx", { label: foundLabel, region });
  const ssh = { label: "ssh", action: "ACCEPT", protocol: "TCP", ports: "22" };
  const firewall = await put(firewallType, "nodes", {
    label: "prod-nodes",
    inboundPolicy: "DROP",
    outboundPolicy: "ACCEPT",
    inbounds: [{ ...ssh, ipv4s: ["198.51.100.0/24"] }],
  });
  await put(deviceType, "old", { firewallId: Number(firewall.id), entityId: nameServerId });
  await put(bucketType, "zones", { label: "skycoin-zones", region });
  const cluster = await put(clusterType, "cluster", {
    label,
    region,
    k8sVersion: "1.34",
    pools: [{ type: "g6-standard-1", count: 1 }],
  });
  for (const { name, ...inputs } of pools) {
    const more = { clusterId: Number(cluster.id), tags: ["fleet"] };
    await put(poolType, name, { ...inputs, ...more });
  }
  return balancer;
}

const slots = { edge: [0], dmsg: [1, 2, 3, 4, 5, 6], coturn: [7, 8] };

/** The general pool has no labels of ours, and is the only one of its size; each slot's pool says whose it is. */
const pools = [
  { name: "general", type: "g6-standard-4", nodeCount: 6 },
  ...Object.entries(slots).flatMap(([pool, numbers]) =>
    numbers.map((slot) => ({
      name: `${pool}-${slot}`,
      type: "g6-standard-2",
      nodeCount: 1,
      labels: { "fleet/pool": pool, "fleet/slot": `${slot}` },
    })),
  ),
];

/** Objects that are in the way of the stack, each by what kubectl is told to mend it. */
export const obstacles = [
  { made: claim("redis-dmsg-discovery-data", "5Gi"), mended: "delete" },
  { made: claim("redis-address-resolver-data", "500Gi"), mended: "delete" },
  {
    made: service(
      "old-dmsg",
      { port: 8080, nodePort: 30_085 },
      { type: "NodePort" },
      "kube-public",
    ),
    mended: "delete",
  },
  { made: runs("Deployment", "old-postgres", 1, { claim: "postgres-data" }), mended: "scale" },
] as const;

/** An object that another stack's program applies. */
export const another = object("Service", "whitelist", "whitelist", { ports: [{ port: 80 }] });

/** Things at Linode that are in the way; gives what takes them out of it. */
export async function messLinode({ folder }: TestSandbox): Promise<() => Promise<void>> {
  const store = new Store(folder);
  const change = (work: (world: World) => void): Promise<void> => store.change("linode", {}, work);
  const find = (world: World, type: string, is: (inputs: Inputs) => boolean): CloudObject => {
    const found = world.all(type).find(({ inputs }) => is(inputs));
    if (found === undefined) {
      throw new Error(`there is no such ${type}`);
    }
    return found;
  };
  const isZones = (inputs: Inputs): boolean => inputs["label"] === "skycoin-zones";
  const isSlot6 = ({ labels }: Inputs): boolean =>
    JSON.stringify(labels ?? {}).includes('"fleet/slot":"6"');
  const bucketAt = (place: string) => (world: World) => {
    const bucket = find(world, bucketType, isZones);
    world.remove(bucket);
    const inputs = { ...bucket.inputs, region: place };
    world.add({ ...bucket, id: `${place}:skycoin-zones`, inputs });
  };
  const tagged = (tags: readonly string[]) => (world: World) => {
    const pool = find(world, poolType, isSlot6);
    world.change({ ...pool, inputs: { ...pool.inputs, tags } });
  };
  await change((world) => {
    const firewall = find(world, firewallType, () => true);
    world.add({ ...firewall, id: "99" });
    bucketAt("eu-central")(world);
    tagged([])(world);
  });
  return () =>
    change((world) => {
      world.remove({ type: firewallType, id: "99" });
      bucketAt(region)(world);
      tagged(["fleet"])(world);
    });
}
