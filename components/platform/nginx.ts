/** F5's NGINX Ingress Controller as a kind of ingress controller, without the kinds of its own. Pure. */
import { announces } from "../base/announce.ts";
import { flowsOf } from "../base/flows.ts";
import type { ApiRule, Container, WorkloadArgs } from "../workload/types.ts";
import { exposedPods, publicPorts } from "./controller-pods.ts";
import { guardFiles, guardVolume } from "./guards.ts";
import { controllerFlows, type ControllerKind, type ControllerPods } from "./ingress-controller.ts";
import type { NginxConfig } from "./ingress.schema.ts";
import { nginxPorts } from "./nginx-ports.ts";
import { nginxArguments, nginxSettings } from "./nginx-settings.ts";
import { seedCommand, templatePath } from "./nginx-template.ts";

/** An nginx of this config. */
export function nginxKind(config: NginxConfig): ControllerKind {
  return {
    token: "fleet:platform:Nginx",
    controller: "nginx.org/ingress-controller",
    ports: nginxPorts,
    settings: (endpoint, guards) => nginxSettings(config, endpoint, guards),
    workload: (pods) => nginxWorkload(config, pods),
  };
}

/**
 * Rights in the whole cluster: what F5's chart grants where nothing but Ingresses is watched, without its
 * rights to write Services, which serve features of the paid edition.
 */
const nginxRules: readonly ApiRule[] = [
  {
    apiGroups: [""],
    resources: ["configmaps", "namespaces", "pods", "secrets", "services"],
    verbs: ["get", "list", "watch"],
  },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "list"] },
  {
    apiGroups: ["discovery.k8s.io"],
    resources: ["endpointslices"],
    verbs: ["get", "list", "watch"],
  },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: ["get", "list"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

/** Rights beside itself: its replicas elect the one that writes addresses; it notes its version on its pod. */
const nginxOwnRules: readonly ApiRule[] = [
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["get", "list", "watch", "create", "update"],
  },
  { apiGroups: [""], resources: ["pods"], verbs: ["update"] },
];

/** Folders it writes to: its root is read-only. */
const folders = {
  etc: "/etc/nginx",
  cache: "/var/cache/nginx",
  lib: "/var/lib/nginx",
  state: "/var/lib/nginx/state",
  log: "/var/log/nginx",
} as const;

/** How long a pod that stops takes new connections, before it ends those that it has. */
const acceptSeconds = 5;

/** nginx' pods as a Workload. */
function nginxWorkload(config: NginxConfig, pods: ControllerPods): WorkloadArgs {
  const { name, namespace, settings } = pods;
  const people = guardFiles(pods.guards);
  const ready = { kind: "http", path: "/nginx-ready", port: "ready" } as const;
  if (settings === undefined) {
    throw new Error(`ingress controller ${name} has no ConfigMap to read`);
  }
  return {
    kind: "Deployment",
    system: pods.system,
    namespace: pods.namespaceName,
    // The user that the image's files belong to.
    ...exposedPods(config, 101),
    podAnnotations: announces(nginxPorts.metrics),
    initContainers: [seed(config)],
    container: {
      name: "nginx",
      image: config.image,
      args: nginxArguments(name, pods.endpoint, { settings, template: templatePath(folders.etc) }),
      fieldEnv: { POD_NAMESPACE: "metadata.namespace", POD_NAME: "metadata.name" },
      ports: [
        ...publicPorts(config, nginxPorts),
        { name: "ready", port: nginxPorts.ready },
        { name: "metrics", port: nginxPorts.metrics },
      ],
      // The controller's own process answers, from when every Ingress there is has been written and loaded.
      probes: {
        startup: { check: ready, periodSeconds: 2, failureThreshold: 60 },
        readiness: { check: ready, periodSeconds: 5 },
        liveness: { check: ready },
      },
      resources: config.resources,
      mounts: [
        ...Object.entries(folders).map(([volume, path]) => ({ volume, path })),
        ...people.map(({ name: volume }) => ({ volume, path: guardVolume.path })),
      ],
      // Both programs carry this right as a file capability: without it they may not even be started.
      capabilities: ["NET_BIND_SERVICE"],
      // New connections go to other pods meanwhile, where the node has one; a balancer that only tries
      // whether the port answers cannot know before (docs/skywire.md, "The way in").
      preStop: ["/bin/sleep", `${acceptSeconds}`],
    },
    ...(people.length === 0 ? {} : { secretFiles: people }),
    scratch: Object.keys(folders).map((volume) => ({ name: volume, sizeLimit: "256Mi" })),
    flows: flowsOf([...controllerFlows(name, namespace), ...pods.flows], name, namespace),
    clusterRules: nginxRules,
    rules: nginxOwnRules,
    // nginx itself would wait for as long as its connections may be: see `replacedSeconds`.
    terminationGraceSeconds: Math.max(15, acceptSeconds + config.drainSeconds),
    ...(pods.networkPolicy === undefined ? {} : { networkPolicy: pods.networkPolicy }),
  };
}

/** Copies the image's own configuration to where it may be written, and its template with it. */
function seed({ image, resources }: NginxConfig): Container {
  return {
    name: "seed",
    image,
    command: seedCommand({ from: folders.etc, to: "/seed" }),
    resources,
    mounts: [{ volume: "etc", path: "/seed" }],
  };
}
