import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { type Flow, flowsOf } from "../base/flows.ts";
import { workloadLabel, workloadLabels } from "../base/labels.ts";
import type { ApiRule, ContainerPort, WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { balancerAnnotations, balancerTarget } from "./balancer.ts";
import type { DnsTarget } from "./dns-records.ts";
import { slotTarget } from "./dns-records.ts";
import type { TraefikConfig } from "./ingress.schema.ts";
import { acmeSolver } from "./namespace.ts";
import type { SlotPlace } from "./slots.ts";
import {
  type StatusEndpoint,
  traefikArguments,
  traefikFiles,
  traefikFolder,
  traefikPorts,
} from "./traefik-arguments.ts";

/** What a {@link Traefik} needs beside its config. */
export interface TraefikArgs {
  readonly config: TraefikConfig;
  /** Its name, as the class and the pods carry it, is the component's. */
  readonly system: string;
  /** Name of the namespace, as flows and the published Service say it. */
  readonly namespace: string;
  /** The same from the namespace that was made: its objects wait for it, and go before it. */
  readonly namespaceName: pulumi.Input<string>;
  /** The slot of `exposure: host-ports`, found in the cluster's pools. */
  readonly place: SlotPlace | undefined;
  /** The stack's flows: Traefik dials pods itself, on their own ports. */
  readonly flows: readonly Flow[];
  /** Default true. */
  readonly networkPolicy?: boolean;
}

/** Traefik as the controller of one ingress class, named like the component. */
export class Traefik extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Class for the Ingresses it serves. */
  readonly className: string;
  /** Where the hosts' records lead. Asked for lazily: a balancer's address comes late. */
  readonly targets: () => readonly DnsTarget[];

  constructor(name: string, args: TraefikArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, namespaceName: namespace } = args;
    const entry = entryOf(name, args);
    super("fleet:platform:Traefik", name, { image: config.image, exposure: config.exposure }, opts);
    const parent = { parent: this };
    const labels = workloadLabels(name, args.system);

    new k8s.networking.v1.IngressClass(
      `${name}-class`,
      { metadata: { name, labels }, spec: { controller: "traefik.io/ingress-controller" } },
      parent,
    );
    if (args.networkPolicy !== false) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-entry`,
        { metadata: { name: `${name}-entry`, namespace, labels }, spec: entryPolicy(name) },
        parent,
      );
    }
    const balancer =
      config.exposure.kind === "load-balancer"
        ? new k8s.core.v1.Service(
            `${name}-balancer`,
            {
              metadata: {
                name,
                namespace,
                labels,
                annotations: balancerAnnotations(config.exposure),
              },
              spec: balancerSpec(name),
            },
            parent,
          )
        : undefined;
    const workload = makeWorkload(name, traefikWorkload(name, args, entry.endpoint), parent);

    this.className = name;
    this.ready = [...workload.ready, ...(balancer === undefined ? [] : [balancer])];
    this.targets = () =>
      balancer === undefined ? entry.targets : [balancerTarget(name, balancer)];
    this.registerOutputs({ className: this.className });
  }
}

/** What Traefik tells as the address of its hosts, and the records known before it runs. */
function entryOf(
  name: string,
  { config, namespace, place }: TraefikArgs,
): { endpoint: StatusEndpoint; targets: readonly DnsTarget[] } {
  if (config.exposure.kind === "load-balancer") {
    return { endpoint: { kind: "service", service: `${namespace}/${name}` }, targets: [] };
  }
  if (place === undefined || place.address.kind === "ephemeral") {
    throw new Error(
      `ingress controller ${name}: slot ${config.exposure.slot} has no address that stays: give it kind reserved or dns in fleet:cluster.pools`,
    );
  }
  const endpoint: StatusEndpoint =
    place.address.kind === "reserved"
      ? { kind: "ip", ip: place.address.ip }
      : { kind: "hostname", hostname: place.address.name };
  return { endpoint, targets: [slotTarget(place)] };
}

/**
 * Rights at the API (facts/clouds-gke-ingress-tls.md 4.2). Without `nodes` its cache never fills and
 * not one Ingress is served, silently.
 */
export const traefikRules: readonly ApiRule[] = [
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

/** Traefik's pods as a Workload. Pure. */
export function traefikWorkload(
  name: string,
  args: TraefikArgs,
  endpoint: StatusEndpoint,
): WorkloadArgs {
  const { config, namespace } = args;
  const ping = { kind: "http", path: "/ping", port: "ping" } as const;
  return {
    kind: "Deployment",
    system: args.system,
    namespace: args.namespaceName,
    ...exposed(config),
    container: {
      name: "traefik",
      image: config.image,
      args: traefikArguments(name, config, endpoint),
      ports: containerPorts(config),
      probes: { readiness: { check: ping, periodSeconds: 5 }, liveness: { check: ping } },
      resources: config.resources,
      mounts: [
        { volume: "dynamic", path: traefikFolder },
        { volume: "tmp", path: "/tmp" },
      ],
    },
    files: [{ name: "dynamic", files: traefikFiles() }],
    scratch: [{ name: "tmp" }],
    flows: flowsOf([...controllerFlows(name, namespace), ...args.flows], name, namespace),
    clusterRules: traefikRules,
    terminationGraceSeconds: config.drainSeconds + 15,
    ...(args.networkPolicy === undefined ? {} : { networkPolicy: args.networkPolicy }),
  };
}

/** What the way to the pods decides: how many there are, where, and how they are exchanged. */
function exposed(
  config: TraefikConfig,
): Pick<WorkloadArgs, "replicas" | "update" | "placement" | "security"> {
  const { exposure, tolerations } = config;
  // The image's own user is root; Traefik's chart runs it as this one.
  const user = 65_532;
  if (exposure.kind === "host-ports") {
    return {
      replicas: 1,
      // The node's ports are held by one pod: a second would wait for ever.
      update: { strategy: "Recreate" },
      placement: { slot: exposure.slot, tolerations },
      security: { user, exception: "host ports 80 and 443: there is no load balancer" },
    };
  }
  return {
    replicas: exposure.replicas,
    update: { strategy: "RollingUpdate", maxSurge: 1, maxUnavailable: 0 },
    placement: { spread: "preferred", tolerations },
    security: { user },
  };
}

function containerPorts({ exposure }: TraefikConfig): ContainerPort[] {
  const onNode = exposure.kind === "host-ports";
  return [
    { name: "web", port: traefikPorts.web, ...(onNode ? { hostPort: 80 } : {}) },
    { name: "websecure", port: traefikPorts.websecure, ...(onNode ? { hostPort: 443 } : {}) },
    { name: "ping", port: traefikPorts.ping },
    { name: "metrics", port: traefikPorts.metrics },
  ];
}

/** Flows of the controller itself; those to the hosts' pods are the stack's. */
export function controllerFlows(name: string, namespace: string): Flow[] {
  return [{ from: { kind: "workload", name, namespace }, to: { kind: "api-server" }, ports: [] }];
}

/**
 * The front door: everybody may come in, from private addresses, too (balancers, nodes and the
 * cluster's own pods that dial a public name), and certificate helpers are reached wherever they run.
 */
function entryPolicy(name: string): k8s.types.input.networking.v1.NetworkPolicySpec {
  return {
    podSelector: { matchLabels: { [workloadLabel]: name } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        ports: [traefikPorts.web, traefikPorts.websecure].map((port) => ({
          port,
          protocol: "TCP",
        })),
      },
    ],
    egress: [
      {
        to: [{ namespaceSelector: {}, podSelector: { matchLabels: { ...acmeSolver.labels } } }],
        ports: [{ port: acmeSolver.port, protocol: "TCP" }],
      },
    ],
  };
}

function balancerSpec(name: string): k8s.types.input.core.v1.ServiceSpec {
  return {
    type: "LoadBalancer",
    selector: { [workloadLabel]: name },
    // Keeps the client's address, and nodes without a pod are left out.
    externalTrafficPolicy: "Local",
    ports: [
      { name: "web", port: 80, targetPort: "web", protocol: "TCP" },
      { name: "websecure", port: 443, targetPort: "websecure", protocol: "TCP" },
    ],
  };
}
