/** Traefik as a kind of ingress controller. Pure. */
import { announces } from "../base/announce.ts";
import { flowsOf } from "../base/flows.ts";
import type { ApiRule, WorkloadArgs } from "../workload/types.ts";
import { exposedPods, publicPorts } from "./controller-pods.ts";
import { guardFiles, guardVolume } from "./guards.ts";
import { controllerFlows, type ControllerKind, type ControllerPods } from "./ingress-controller.ts";
import type { TraefikConfig } from "./ingress.schema.ts";
import {
  traefikArguments,
  traefikFiles,
  traefikFolder,
  traefikPorts,
} from "./traefik-arguments.ts";

/** A Traefik of this config. */
export function traefikKind(config: TraefikConfig): ControllerKind {
  return {
    token: "fleet:platform:Traefik",
    controller: "traefik.io/ingress-controller",
    ports: traefikPorts,
    workload: (pods) => traefikWorkload(config, pods),
  };
}

/**
 * Rights at the API (facts/clouds-gke-ingress-tls.md 4.2). Without `nodes` its cache never fills and
 * not one Ingress is served, silently.
 */
const traefikRules: readonly ApiRule[] = [
  {
    apiGroups: [""],
    resources: ["services", "secrets", "nodes"],
    verbs: ["get", "list", "watch"],
  },
  {
    apiGroups: ["discovery.k8s.io"],
    resources: ["endpointslices"],
    verbs: ["list", "watch"],
  },
  {
    apiGroups: ["networking.k8s.io"],
    resources: ["ingresses", "ingressclasses"],
    verbs: ["get", "list", "watch"],
  },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

/** Traefik's pods as a Workload. */
function traefikWorkload(config: TraefikConfig, pods: ControllerPods): WorkloadArgs {
  const { name, namespace } = pods;
  const people = guardFiles(pods.guards);
  const ping = { kind: "http", path: "/ping", port: "ping" } as const;
  return {
    kind: "Deployment",
    system: pods.system,
    namespace: pods.namespaceName,
    // The image's own user is root; Traefik's chart runs it as this one.
    ...exposedPods(config, 65_532),
    podAnnotations: announces(traefikPorts.metrics),
    container: {
      name: "traefik",
      image: config.image,
      args: traefikArguments(name, config, pods.endpoint),
      ports: [
        ...publicPorts(config, traefikPorts),
        { name: "ping", port: traefikPorts.ping },
        { name: "metrics", port: traefikPorts.metrics },
      ],
      probes: { readiness: { check: ping, periodSeconds: 5 }, liveness: { check: ping } },
      resources: config.resources,
      mounts: [
        { volume: "dynamic", path: traefikFolder },
        { volume: "tmp", path: "/tmp" },
        ...people.map(({ name: volume }) => ({ volume, path: guardVolume.path })),
      ],
    },
    files: [{ name: "dynamic", files: traefikFiles(config, pods.guards.hosts) }],
    ...(people.length === 0 ? {} : { secretFiles: people }),
    scratch: [{ name: "tmp" }],
    flows: flowsOf([...controllerFlows(name, namespace), ...pods.flows], name, namespace),
    clusterRules: traefikRules,
    terminationGraceSeconds: config.drainSeconds + 15,
    ...(pods.networkPolicy === undefined ? {} : { networkPolicy: pods.networkPolicy }),
  };
}
