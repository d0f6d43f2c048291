/** Changes made by hand, one for each thing that rules tell apart. */
import { type Made, object, workload } from "../made.ts";

const replaced = ["create-replacement", "replace", "delete-replaced"] as const;

/** A claim, or the patch of one, that asks for a size. */
export const storage = (size: string) =>
  object({ spec: { resources: { requests: { storage: size } } } });

/** A change of these paths. */
export const update = (
  type: string,
  before: object,
  after: object,
  ...paths: readonly string[]
): Made => ({
  type,
  before: { ...before },
  after: { ...after },
  detail: Object.fromEntries(paths.map((path) => [path, "update"])),
});

/** Something that is deleted. */
export const gone = (type: string, before: object = object(), more: Partial<Made> = {}): Made => ({
  op: "delete",
  type,
  before: { ...before },
  ...more,
});

/** Something new. */
export const made = (type: string, after: object = object()): Made => ({
  op: "create",
  type,
  after: { ...after },
});

/** Something that is replaced because of these paths, the new one first. */
export const anew = (
  type: string,
  before: object,
  after: object,
  ...keys: readonly string[]
): Made => ({
  op: replaced,
  type,
  before: { ...before },
  after: { ...after },
  keys,
  detail: Object.fromEntries(keys.map((key) => [key, "update-replace"])),
});

/** Made anew in another region; a pool, which has none, for another reason. */
export const moved = (type: string, named: object): Made =>
  type.endsWith("NodePool")
    ? anew(type, { ...named, pods: 8 }, { ...named, pods: 9 }, "pods")
    : anew(type, { ...named, region: "a" }, { ...named, region: "b" }, "region");

/** A change that is of a label only. */
export const labelled = (type: string): Made =>
  update(
    type,
    { metadata: { name: "web", namespace: "shop", labels: { a: "1" } } },
    { metadata: { name: "web", namespace: "shop", labels: { a: "2" } } },
    "metadata.labels.a",
  );

export const sized = storage("10Gi");

/** A Service of one port, of a type. */
export const service = (type: string, port = 80) =>
  object({ spec: { type, selector: { app: "web" }, ports: [{ port }] } });

/** Another number of pods. */
export const replicas = (before: number, after: number, type = "Deployment", more = {}): Made =>
  update(
    type,
    workload({ replicas: before, ...more }),
    workload({ replicas: after, ...more }),
    "spec.replicas",
  );

/** Another image of its one container. */
export const image = (spec = {}, type = "Deployment"): Made =>
  update(
    type,
    workload(spec),
    workload(spec, { image: "shop/web:v2" }),
    "spec.template.spec.containers[0].image",
  );

/** Pods that read all of a ConfigMap as variables. */
export const reader: Made = {
  op: "same",
  type: "Deployment",
  before: workload({}, { envFrom: [{ configMapRef: { name: "web" } }] }),
};

/** Pods that read what is called web in this way. */
export const reads = (container: object, template: object = {}): Made => ({
  op: "same",
  type: "Deployment",
  before: workload({}, { ...container }, { ...template }),
});

/** A variable from a key of a ConfigMap or Secret. */
export const variable = (source: string, key: string, optional?: boolean) => ({
  env: [{ name: "A", valueFrom: { [source]: { name: "web", key, optional } } }],
});

/** A ConfigMap that had these keys, and has one of them no longer. */
export const keyless = (before: object, after: object = {}, ...paths: readonly string[]): Made =>
  update("ConfigMap", object({ data: before }), object({ data: after }), ...paths);

export const portless = keyless({ port: "1", host: "a" }, { host: "a" }, "data.port");

export const domain = "linode:index/domainRecord:DomainRecord";

export const pool = "linode:index/lkeNodePool:LkeNodePool";

export const balancer = "linode:index/nodeBalancer:NodeBalancer";

export const bucket = "gcp:storage/bucket:Bucket";

export const firewall = "linode:index/firewall:Firewall";

export const swarm = "docker:index/service:Service";

export const middlewares = "traefik.ingress.kubernetes.io/router.middlewares";

/** A change of annotations. */
export const annotated = (type: string, before: object, after: object): Made =>
  update(
    type,
    { metadata: { name: "web", namespace: "shop", annotations: before } },
    { metadata: { name: "web", namespace: "shop", annotations: after } },
    "metadata.annotations",
  );

export const file = "linode:index/objectStorageObject:ObjectStorageObject";

const containers = (...more: readonly object[]) =>
  object({ spec: { template: { spec: { containers: [{ name: "web" }, ...more] } } } });

/** A container that comes beside the first. */
export const added = (more: object): Made =>
  update("Deployment", containers(), containers(more), "spec.template.spec.containers[1]");

export const kubernetes = (type: string): string => `kubernetes:${type}`;

/** A Service with a balancer, which answers these ranges. */
export const balanced = (ranges: unknown, more: object = {}) =>
  object({ spec: { type: "LoadBalancer", loadBalancerSourceRanges: ranges, ...more } });

/** A change of what a Service with a balancer says of its addresses. */
export const addressed = (before: object, after: object): Made =>
  update("Service", balanced([], before), balanced([], after), "spec");

/** Settings of a controller, as text of its files or of single keys. */
export const settings = (before: object, after: object): Made =>
  update("ConfigMap", object({ data: before }), object({ data: after }), "data");

export const middleware = kubernetes("traefik.io/v1alpha1:Middleware");
