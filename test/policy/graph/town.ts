/** A whole small stack in which every rule of policy/graph has something to say, and nothing to object to. */
import type { NodeShape } from "../../../components/platform/cluster.schema.ts";
import type { Network } from "../../../policy/graph/networks.ts";
import type { Resource, Stack } from "../../../policy/resource.ts";
import { shopObjects } from "./fixture.ts";

/** An object as a component would write it, open to changes by a test. */
export type Loose = Record<string, unknown>;

const nameLookups = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "node-local-dns" } },
    },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

const pods = (namespace: string, name: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
});

/** A network policy that lets in and out what it is told, and name look-ups. */
export const policy = (
  namespace: string,
  name: string,
  ingress: readonly object[],
  egress: readonly object[],
): Loose => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec: {
    podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
    policyTypes: ["Ingress", "Egress"],
    ingress,
    egress: [nameLookups, ...egress],
  },
});

/** One container that listens on some ports. */
export const pod = (name: string, ports: Readonly<Record<string, number>>, more: object = {}) => ({
  containers: [
    {
      name,
      image: `docker.io/library/${name}:1`,
      ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort })),
      resources: { requests: { cpu: "500m", memory: "512Mi" } },
      ...more,
    },
  ],
});

/** A controller of one workload's pods. */
export const controller = (
  kind: "Deployment" | "StatefulSet" | "DaemonSet",
  namespace: string,
  name: string,
  spec: object,
  more: object = {},
  annotations: object = {},
): Loose => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, namespace },
  spec: {
    ...(kind === "DaemonSet" ? {} : { replicas: 1 }),
    selector: { matchLabels: { "app.kubernetes.io/name": name } },
    template: {
      metadata: { labels: { "app.kubernetes.io/name": name }, annotations },
      spec,
    },
    ...more,
  },
});

/** Objects of the town: the shop, with an ingress controller, Prometheus and a webhook beside it. */
export function townObjects(): Record<string, Loose> {
  const doorPort = { from: [pods("doors", "door")], ports: [{ port: 8080, protocol: "TCP" }] };
  const metrics = [{ port: 9100, protocol: "TCP" }];
  return {
    ...(shopObjects() as Record<string, Loose>),
    webPolicy: policy(
      "shop",
      "web",
      [doorPort],
      [{ to: [pods("shop", "store")], ports: [{ port: 6379, protocol: "TCP" }] }],
    ),
    storePolicy: policy(
      "shop",
      "store",
      [
        { from: [pods("shop", "web")], ports: [{ port: 6379, protocol: "TCP" }] },
        { from: [pods("doors", "eyes")], ports: metrics },
      ],
      [],
    ),
    store: controller(
      "Deployment",
      "shop",
      "store",
      pod("store", { redis: 6379, metrics: 9100 }),
      { replicas: 2 },
      { "fleet/metrics-port": "9100" },
    ),
    storeBudget: {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "store", namespace: "shop" },
      spec: { minAvailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": "store" } } },
    },
    doors: { apiVersion: "v1", kind: "Namespace", metadata: { name: "doors" } },
    class: {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "door" },
      spec: { controller: "example.org/door" },
    },
    ingress: {
      ...(shopObjects()["ingress"] as Loose),
      spec: {
        ingressClassName: "door",
        tls: [{ hosts: ["shop.example"], secretName: "shop-tls" }],
        rules: [
          {
            host: "shop.example",
            http: {
              paths: [{ path: "/", backend: { service: { name: "web", port: { name: "http" } } } }],
            },
          },
        ],
      },
    },
    certificate: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "shop-tls", namespace: "shop" },
      data: { "tls.crt": "", "tls.key": "" },
    },
    door: controller("Deployment", "doors", "door", {
      serviceAccountName: "door",
      ...pod("door", { web: 8000, hook: 9443 }, { args: ["--providers.ingressclass=door"] }),
    }),
    doorAccount: {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "door", namespace: "doors" },
    },
    doorRole: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "door" },
      rules: [],
    },
    doorBinding: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "door" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "door" },
      subjects: [{ kind: "ServiceAccount", name: "door", namespace: "doors" }],
    },
    doorPolicy: policy(
      "doors",
      "door",
      // Everybody, nodes among them: to Cilium no range has one.
      [{}],
      [
        { to: [pods("shop", "web")], ports: [{ port: 8080, protocol: "TCP" }] },
        { ports: [{ port: 6443, protocol: "TCP" }] },
      ],
    ),
    doorService: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "door", namespace: "doors" },
      spec: {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        selector: { "app.kubernetes.io/name": "door" },
        ports: [
          { name: "web", port: 80, targetPort: "web" },
          { name: "hook", port: 443, targetPort: "hook" },
        ],
      },
    },
    hook: {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "door" },
      webhooks: [
        { name: "a.b.c", clientConfig: { service: { name: "door", namespace: "doors" } } },
      ],
    },
    eyes: controller("Deployment", "doors", "eyes", {
      serviceAccountName: "eyes",
      ...pod(
        "eyes",
        { http: 9090 },
        { volumeMounts: [{ name: "config", mountPath: "/etc/eyes" }] },
      ),
      volumes: [{ name: "config", configMap: { name: "eyes" } }],
    }),
    eyesConfig: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "eyes", namespace: "doors" },
      data: {
        "prometheus.yml":
          "scrape_configs:\n  - kubernetes_sd_configs:\n      - role: pod\n        namespaces: { names: [shop] }\n  - kubernetes_sd_configs:\n      - role: node\n",
      },
    },
    eyesAccount: {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "eyes", namespace: "doors" },
    },
    eyesRole: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "eyes" },
      rules: [{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }],
    },
    eyesBinding: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "eyes" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "eyes" },
      subjects: [{ kind: "ServiceAccount", name: "eyes", namespace: "doors" }],
    },
    eyesPolicy: policy(
      "doors",
      "eyes",
      [],
      [
        { to: [pods("shop", "store")], ports: metrics },
        {
          ports: [
            { port: 6443, protocol: "TCP" },
            { port: 10_250, protocol: "TCP" },
          ],
        },
      ],
    ),
    cellar: controller(
      "StatefulSet",
      "shop",
      "cellar",
      pod("cellar", { nfs: 2049, mountd: 20_048 }),
    ),
    cellarPolicy: policy(
      "shop",
      "cellar",
      [
        {
          ports: [
            { port: 2049, protocol: "TCP" },
            { port: 20_048, protocol: "TCP" },
          ],
        },
      ],
      [],
    ),
    cellarService: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "cellar", namespace: "shop" },
      spec: {
        selector: { "app.kubernetes.io/name": "cellar" },
        ports: [
          { name: "nfs", port: 2049, targetPort: "nfs" },
          { name: "mountd", port: 20_048, targetPort: "mountd" },
        ],
      },
    },
    barrels: {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "barrels" },
      spec: {
        nfs: { server: "10.96.0.77", path: "/" },
        mountOptions: ["nfsvers=3", "port=2049", "mountport=20048"],
      },
    },
    watch: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: { name: "door", namespace: "doors" },
      spec: { selector: {}, endpoints: [{ port: "web" }] },
    },
    keeper: controller("DaemonSet", "doors", "keeper", {
      hostNetwork: true,
      ...pod("keeper", {}),
    }),
  };
}

const node = (index: number): NodeShape => ({
  pool: "general",
  index,
  slot: undefined,
  address: undefined,
  labels: { "fleet/pool": "general", "kubernetes.io/os": "linux" },
  taints: [],
  capacity: { cpu: "4", memory: "8Gi", pods: 110 },
  allocatable: { cpu: "3", memory: "6Gi", pods: 100 },
});

/** Two nodes alike. */
export const twoNodes: readonly NodeShape[] = [node(0), node(1)];

/** Objects as resources of a stack. */
export function stackOf(
  objects: Readonly<Record<string, Loose | undefined>>,
  nodes: readonly NodeShape[] | undefined = twoNodes,
): Stack {
  const resources = Object.entries(objects).flatMap(([name, object]): Resource[] => {
    if (object === undefined) {
      return [];
    }
    const version = String(object["apiVersion"]);
    const type = `kubernetes:${version === "v1" ? "core/v1" : version}:${String(object["kind"])}`;
    return [
      {
        urn: `urn:pulumi:town::fleet::${type}::${name}`,
        type,
        name,
        properties: object,
        parent: "",
        provider: undefined,
        protect: false,
        retainOnDelete: undefined,
        ignoreChanges: [],
      },
    ];
  });
  return { name: "town", resources, secrets: new Map(), nodes };
}

/** The town with objects exchanged, added or, by undefined, left out. */
export const town = (
  changes: Readonly<Record<string, Loose | undefined>> = {},
  nodes: readonly NodeShape[] | undefined = twoNodes,
): Stack => stackOf({ ...townObjects(), ...changes }, nodes);

/** A stack on a network of its own. */
export const onNetwork = (stack: Stack, network: Network): Stack => ({ ...stack, network });
