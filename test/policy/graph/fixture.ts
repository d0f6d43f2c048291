/** A small world with every relation the evaluators look at: a web program that calls a store. */
import { worldOf, type World } from "../../../policy/graph/objects.ts";

const labels = (name: string): Record<string, string> => ({ "app.kubernetes.io/name": name });

const secure = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

/** A pod that is `restricted`. */
export const restrictedPod = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: "web",
      image: "docker.io/library/web:1",
      args: ["--store", "redis://store:6379", "--key", "$(KEY)"],
      env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "web-env", key: "web.KEY" } } }],
      ports: [{ name: "http", containerPort: 8080 }],
      readinessProbe: { httpGet: { port: "http" } },
      resources: {},
      volumeMounts: [{ name: "files", mountPath: "/etc/web" }],
      securityContext: secure,
    },
  ],
  volumes: [{ name: "files", configMap: { name: "web-files" } }],
  serviceAccountName: "web",
};

const storePod = {
  securityContext: restrictedPod.securityContext,
  containers: [
    {
      name: "store",
      image: "docker.io/library/redis:7",
      ports: [{ name: "redis", containerPort: 6379 }],
      resources: {},
      securityContext: secure,
    },
  ],
};

const deployment = (name: string, spec: object): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop" },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels(name) },
    template: { metadata: { labels: labels(name) }, spec },
  },
});

const service = (name: string, port: number, targetPort: string): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "shop" },
  spec: { selector: labels(name), ports: [{ name: targetPort, port, targetPort }] },
});

const policy = (name: string, ingress: object[], egress: object[]): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop" },
  spec: {
    podSelector: { matchLabels: labels(name) },
    policyTypes: ["Ingress", "Egress"],
    ingress,
    egress,
  },
});

const inShop = (name: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } },
  podSelector: { matchLabels: labels(name) },
});

const storePort = { port: 6379, protocol: "TCP" };

/** Objects of the world, for a test to change before it is sorted. */
export function shopObjects(): Record<string, object> {
  return {
    namespace: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    account: {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "web", namespace: "shop" },
    },
    files: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web-files", namespace: "shop" },
      data: { "web.conf": "listen 8080\nstore = store.shop.svc.cluster.local:6379\n" },
    },
    secret: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web-env", namespace: "shop" },
      stringData: { "web.KEY": "swordfish-swordfish" },
    },
    web: deployment("web", restrictedPod),
    store: deployment("store", storePod),
    webService: service("web", 80, "http"),
    storeService: service("store", 6379, "redis"),
    webPolicy: policy(
      "web",
      [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "192.168.0.0/16"] } }] }],
      [{ to: [inShop("store")], ports: [storePort] }],
    ),
    storePolicy: policy("store", [{ from: [inShop("web")], ports: [storePort] }], []),
    class: {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "door" },
      spec: { controller: "example.org/door" },
    },
    ingress: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "web", namespace: "shop" },
      spec: {
        ingressClassName: "door",
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
  };
}

/** The world, with objects exchanged (or, by undefined, left out). */
export function shop(changes: Readonly<Record<string, object | undefined>> = {}): World {
  const objects = { ...shopObjects(), ...changes };
  return worldOf(Object.values(objects).filter((object) => object !== undefined));
}

/** Pods of the world by their controller's name. */
export function podsOf(world: World, name: string): World["pods"][number] {
  const found = world.pods.find((pods) => pods.name === name);
  if (found === undefined) {
    throw new Error(`no pods ${name}`);
  }
  return found;
}
