// @ts-nocheck: a program as somebody would write it, run by the engine alone.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import * as linode from "@pulumi/linode";

const { after, shrink = false } = JSON.parse(readFileSync("wish.json", "utf8"));
const isProd = pulumi.getStack() === "prod";
const pick = (before, later) => (after ? later : before);
const config = new pulumi.Config();
const provider = new k8s.Provider("cluster", {
  kubeconfig: readFileSync(process.env.KUBECONFIG, "utf8"),
  clusterIdentifier: "shop",
});
const cloud = new linode.Provider("linode", { token: process.env.LINODE_TOKEN });
const labels = (name) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/version": pick("1.4.0", "1.5.0"),
});
const meta = (name) => ({ name, namespace: "shop", labels: labels(name) });
const skip = { "pulumi.com/skipAwait": "true" };

class Shop extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("fleet:shop:Shop", name, {}, opts);
    this.registerOutputs();
  }
}
const shop = new Shop("shop", {});
const child = { provider, parent: shop };

const ns = new k8s.core.v1.Namespace(
  "shop",
  { metadata: { name: "shop", labels: { stage: pick("old", "new") } } },
  child,
);
const inNs = { ...child, dependsOn: ns };

new k8s.core.v1.ConfigMap(
  "settings",
  {
    metadata: { name: "settings", namespace: "shop", labels: labels("settings") },
    data: {
      "shop.yaml": pick(
        "# Shop\nlisten: 8080\nlimits:\n  carts: 100\n  users: 20\nlog: info\n",
        "# Shop\nlog: info\nlisten: 8080\nlimits:\n  users: 20\n  carts: 250\n",
      ),
      "dashboard.json": pick(
        '{"title":"Shop","panels":[{"id":1,"expr":"up"}],"refresh":"30s"}',
        '{"refresh":"30s","title":"Shop","panels":[{"id":1,"expr":"up"},{"id":2,"expr":"rate(carts[5m])"}]}',
      ),
      motd: pick("Welcome\n", "Welcome\n</details><script>alert(1)</script> @team ```\n"),
      "order.json": pick('{"a":1,"b":2}', '{"b":2,"a":1}'),
    },
  },
  inNs,
);
const generated = new k8s.core.v1.ConfigMap(
  "nginx",
  {
    metadata: { namespace: "shop" },
    data: { "nginx.conf": pick("worker_processes 1;\n", "worker_processes 4;\n") },
  },
  inNs,
);
new k8s.core.v1.Secret(
  "login",
  {
    metadata: meta("login"),
    stringData: { password: config.requireSecret("password"), user: "shop" },
  },
  inNs,
);
new k8s.core.v1.Secret(
  "token",
  {
    metadata: { name: "token", namespace: "shop" },
    stringData: { token: config.requireSecret("token") },
  },
  inNs,
);

const pod = (name, image, more = {}) => ({
  metadata: {
    labels: { app: name },
    ...(more.annotations ? { annotations: more.annotations } : {}),
  },
  spec: {
    containers: [
      {
        name,
        image,
        env: [{ name: "LEVEL", value: pick("info", "debug") }],
        resources: more.resources ?? {
          requests: { cpu: "100m", memory: "128Mi" },
          limits: { memory: "256Mi" },
        },
        ...(more.mounts ? { volumeMounts: more.mounts } : {}),
      },
    ],
    ...(more.volumes ? { volumes: more.volumes } : {}),
  },
});
new k8s.apps.v1.Deployment(
  "web",
  {
    metadata: { ...meta("web"), annotations: skip },
    spec: {
      replicas: isProd ? 4 : pick(3, 2),
      selector: { matchLabels: { app: "web" } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: pod(
        "web",
        pick(
          "registry.example.org/shop/web:v1.3.2",
          "registry.example.org/shop/web:v1.3.3@sha256:" + "ab".repeat(32),
        ),
        {
          resources: {
            requests: { cpu: pick("250m", "500m"), memory: "256Mi" },
            limits: { memory: pick("512Mi", "1Gi") },
          },
          mounts: [{ name: "nginx", mountPath: "/etc/nginx" }],
          volumes: [{ name: "nginx", configMap: { name: generated.metadata.name } }],
        },
      ),
    },
  },
  inNs,
);
new k8s.policy.v1.PodDisruptionBudget(
  "web",
  {
    metadata: meta("web"),
    spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } } },
  },
  inNs,
);
// A selector is immutable: a Deployment of a fixed name is deleted first.
new k8s.apps.v1.Deployment(
  "worker",
  {
    metadata: { ...meta("worker"), annotations: skip },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: pick("worker", "worker2") } },
      template: pod(pick("worker", "worker2"), "registry.example.org/shop/worker:v1", {
        annotations: { "fleet/config": pick("aaaa", "bbbb") },
      }),
    },
  },
  inNs,
);
new k8s.apps.v1.StatefulSet(
  "store",
  {
    metadata: { ...meta("store"), annotations: skip },
    spec: {
      serviceName: "store",
      replicas: 2,
      selector: { matchLabels: { app: "store" } },
      template: pod("store", "postgres:16"),
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: pick("20Gi", "30Gi") } },
          },
        },
      ],
    },
  },
  inNs,
);
new k8s.core.v1.PersistentVolumeClaim(
  "uploads",
  {
    metadata: { ...meta("uploads"), annotations: skip },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: shrink ? "5Gi" : "10Gi" } },
    },
  },
  inNs,
);
new k8s.core.v1.PersistentVolumeClaim(
  "archive",
  {
    metadata: { ...meta("archive"), annotations: skip },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: pick("10Gi", "5Gi") } },
      storageClassName: pick("block", "fast"),
    },
  },
  inNs,
);
new k8s.core.v1.Service(
  "web",
  {
    metadata: { ...meta("web"), annotations: skip },
    spec: {
      type: pick("ClusterIP", "LoadBalancer"),
      selector: { app: "web" },
      ports: [{ name: "http", port: 80, targetPort: 8080 }],
    },
  },
  inNs,
);
new k8s.networking.v1.NetworkPolicy(
  "web",
  {
    metadata: meta("web"),
    spec: {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Ingress"],
      ingress: pick([{ from: [{ podSelector: {} }] }], [{}]),
    },
  },
  inNs,
);
new k8s.rbac.v1.Role(
  "reader",
  {
    metadata: meta("reader"),
    rules: [
      {
        apiGroups: [""],
        resources: pick(["configmaps"], ["configmaps", "secrets"]),
        verbs: ["get", "list"],
      },
    ],
  },
  inNs,
);
new k8s.networking.v1.Ingress(
  "web",
  {
    metadata: { ...meta("web"), annotations: skip },
    spec: {
      rules: [
        {
          host: pick("shop.example.org", "www.shop.example.org"),
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "web", port: { name: "http" } } },
              },
            ],
          },
        },
      ],
    },
  },
  inNs,
);
new k8s.batch.v1.CronJob(
  "nightly",
  {
    metadata: meta("nightly"),
    spec: {
      schedule: pick("0 3 * * *", "0 4 * * *"),
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: "Never",
              containers: [{ name: "nightly", image: "registry.example.org/shop/nightly:v1" }],
            },
          },
        },
      },
    },
  },
  inNs,
);
for (let index = 0; index < 24; index += 1) {
  new k8s.core.v1.ConfigMap(
    `page-${index}`,
    { metadata: meta(`page-${index}`), data: { page: `${index}` } },
    inNs,
  );
}
if (!after) {
  new k8s.core.v1.PersistentVolumeClaim(
    "old-data",
    {
      metadata: { ...meta("old-data"), annotations: skip },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "50Gi" } } },
    },
    inNs,
  );
  new k8s.core.v1.ConfigMap(
    "old-settings",
    { metadata: meta("old-settings"), data: { a: "b" } },
    inNs,
  );
} else {
  new k8s.apps.v1.Deployment(
    "cart",
    {
      metadata: { ...meta("cart"), annotations: skip },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "cart" } },
        template: pod("cart", "registry.example.org/shop/cart:v1"),
      },
    },
    inNs,
  );
}
const zone = new linode.Domain(
  "zone",
  { domain: "example.org", type: "master", soaEmail: "dns@example.org" },
  { provider: cloud, parent: shop },
);
const balancer = new linode.NodeBalancer(
  "balancer",
  { region: pick("eu-central", "eu-west"), label: "shop" },
  { provider: cloud, parent: shop },
);
new linode.DomainRecord(
  "www",
  {
    domainId: zone.id.apply(Number),
    name: "www",
    recordType: "A",
    target: pick("192.0.2.1", "192.0.2.2"),
    ttlSec: 300,
  },
  { provider: cloud, parent: shop },
);
new linode.DomainRecord(
  "lb",
  {
    domainId: zone.id.apply(Number),
    name: "lb",
    recordType: "A",
    target: balancer.ipv4,
    ttlSec: 300,
  },
  { provider: cloud, parent: shop },
);
export const address = balancer.ipv4;
export const version = pick("1.4.0", "1.5.0");
