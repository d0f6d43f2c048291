import type * as k8s from "@pulumi/kubernetes";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { IngressClass } from "@pulumi/kubernetes/networking/v1/ingressClass.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { Flow } from "../base/flows.ts";
import { workloadLabel, workloadLabels } from "../base/labels.ts";
import { onceWas } from "../base/once-was.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { type BalancerPorts, healthPortStays } from "./balancer-ports.ts";
import { type BalancerCloud, balancerTarget, makeBalancer } from "./balancer.ts";
import type { DnsTarget } from "./dns-records.ts";
import { slotTarget } from "./dns-records.ts";
import type { Guards } from "./guards.ts";
import type { GuardedHost } from "./guards.schema.ts";
import type { ControllerConfig } from "./ingress.schema.ts";
import { acmeSolver } from "./namespace.ts";
import { givenAddresses } from "./pool.schema.ts";
import type { SlotPlace } from "./slots.ts";

/** What is written to the status of every Ingress: where its hosts are reached. */
export type StatusEndpoint =
  | { readonly kind: "ip"; readonly ip: string }
  | { readonly kind: "hostname"; readonly hostname: string }
  /** The address of this LoadBalancer Service, `namespace/name`. */
  | { readonly kind: "service"; readonly service: string };

/** What a {@link IngressController} needs beside its config. */
export interface IngressControllerArgs {
  readonly config: ControllerConfig;
  /** Its name, as the class and the pods carry it, is the component's. */
  readonly system: string;
  /** Name of the namespace, as flows and the published Service say it. */
  readonly namespace: string;
  /** The same from the namespace that was made: its objects wait for it, and go before it. */
  readonly namespaceName: pulumi.Input<string>;
  /** The slot of `exposure: host-ports`, found in the cluster's pools. */
  readonly place: SlotPlace | undefined;
  /** Where its balancer is made, or its address reserved; needed of `exposure.linode`. */
  readonly cloud: BalancerCloud | undefined;
  /** The stack's flows: a controller dials pods itself, on their own ports. */
  readonly flows: readonly Flow[];
  /** Those of its hosts that not everybody may call. */
  readonly guards: Guards;
  /** Ports of the nodes that its balancer dials. Default: Kubernetes chooses some. */
  readonly balancerPorts?: BalancerPorts | undefined;
  /** Default true. */
  readonly networkPolicy?: boolean;
}

/** What a kind's pods are made of. */
export interface ControllerPods extends Omit<IngressControllerArgs, "config" | "place" | "cloud"> {
  readonly name: string;
  readonly endpoint: StatusEndpoint;
  /** Name of the ConfigMap of {@link ControllerKind.settings}. */
  readonly settings: pulumi.Input<string> | undefined;
}

/** Types of the components, one for each kind. */
export const controllerTypes = ["fleet:platform:Traefik", "fleet:platform:Nginx"] as const;
/** {@inheritDoc controllerTypes} */
export type ControllerType = (typeof controllerTypes)[number];

/** What tells one kind of controller from the other. */
export interface ControllerKind {
  /** Type of the component. */
  readonly token: ControllerType;
  /** Name by which IngressClasses mean it. */
  readonly controller: string;
  /** Ports that its pods answer on. */
  readonly ports: { readonly web: number; readonly websecure: number; readonly metrics: number };
  /** A ConfigMap that the process reads from the API, given the way it is reached. */
  readonly settings?: (
    endpoint: StatusEndpoint,
    guards: readonly GuardedHost[],
  ) => Readonly<Record<string, string>>;
  /** Its pods as a Workload. Pure. */
  readonly workload: (pods: ControllerPods) => WorkloadArgs;
}

/** A controller of one ingress class, named like the component. */
export class IngressController extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Class for the Ingresses it serves. */
  readonly className: string;
  /** Where the hosts' records lead. Asked for lazily: a balancer's address comes late. */
  readonly targets: () => readonly DnsTarget[];

  constructor(
    name: string,
    kind: ControllerKind,
    args: IngressControllerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { config, system, namespaceName: namespace } = args;
    const entry = entryOf(name, args);
    super(
      kind.token,
      name,
      { image: config.image, exposure: config.exposure },
      onceWas(
        controllerTypes.filter((type) => type !== kind.token),
        opts,
      ),
    );
    const parent = { parent: this };
    const labels = workloadLabels(name, system);

    new IngressClass(
      `${name}-class`,
      { metadata: { name, labels }, spec: { controller: kind.controller } },
      // The API server lets nobody change it, and the provider does not know that: it would try, in the update, too.
      { ...parent, replaceOnChanges: ["spec.controller"], deleteBeforeReplace: true },
    );
    if (args.networkPolicy !== false) {
      const spec = entryPolicy(name, kind.ports);
      new NetworkPolicy(
        `${name}-entry`,
        { metadata: { name: `${name}-entry`, namespace, labels }, spec },
        parent,
      );
    }
    const balancer = balanced(name, args, labels, this);
    const settings =
      kind.settings === undefined
        ? undefined
        : // No fixed name: other content is another object, and exchanges the pods one by one.
          new ConfigMap(
            `${name}-settings`,
            {
              metadata: { namespace, labels },
              data: kind.settings(entry.endpoint, args.guards.hosts),
            },
            parent,
          );
    const pods = { ...args, name, endpoint: entry.endpoint, settings: settings?.metadata.name };
    const workload = makeWorkload(name, kind.workload(pods), parent);

    this.className = name;
    this.ready = [...workload.ready, ...(balancer === undefined ? [] : [balancer.service])];
    this.targets = () => balancer?.targets() ?? entry.targets;
    this.registerOutputs({ className: this.className });
  }
}

/** What the controller tells as the address of its hosts, and the records known before it runs. */
function entryOf(
  name: string,
  { config, namespace, place }: IngressControllerArgs,
): { endpoint: StatusEndpoint; targets: readonly DnsTarget[] } {
  if (config.exposure.kind === "load-balancer") {
    return { endpoint: { kind: "service", service: `${namespace}/${name}` }, targets: [] };
  }
  const [ip] = givenAddresses(place?.address);
  if (place?.address.kind === "dns") {
    const endpoint = { kind: "hostname", hostname: place.address.name } as const;
    return { endpoint, targets: [slotTarget(place)] };
  }
  if (place === undefined || ip === undefined) {
    throw new Error(
      `ingress controller ${name}: slot ${config.exposure.slot} has no address that stays: give it kind reserved or dns in fleet:cluster.pools`,
    );
  }
  return { endpoint: { kind: "ip", ip }, targets: [slotTarget(place)] };
}

/** The Service before the controller, where it has one, and where that leads. */
function balanced(
  name: string,
  { config: { exposure }, namespaceName: namespace, cloud, balancerPorts }: IngressControllerArgs,
  labels: Record<string, string>,
  parent: pulumi.Resource,
): { service: Service; targets: () => readonly DnsTarget[] } | undefined {
  if (exposure.kind !== "load-balancer") {
    return undefined;
  }
  const { ip, annotations } = makeBalancer(name, exposure, cloud, parent);
  const service = new Service(
    `${name}-balancer`,
    {
      metadata: { name, namespace, labels, annotations },
      spec: balancerSpec(name, balancerPorts),
    },
    { parent, ...(balancerPorts === undefined ? {} : healthPortStays) },
  );
  return {
    service,
    targets: () => [
      ip === undefined ? balancerTarget(name, service) : { key: name, type: "A", content: ip },
    ],
  };
}

/** Flows of the controller itself; those to the hosts' pods are the stack's. */
export function controllerFlows(name: string, namespace: string): Flow[] {
  return [{ from: { kind: "workload", name, namespace }, to: { kind: "api-server" }, ports: [] }];
}

/**
 * The front door: everybody may come in, from private addresses, too (balancers, nodes and the
 * cluster's own pods that dial a public name), and certificate helpers are reached wherever they run.
 */
function entryPolicy(
  name: string,
  { web, websecure }: ControllerKind["ports"],
): k8s.types.input.networking.v1.NetworkPolicySpec {
  return {
    podSelector: { matchLabels: { [workloadLabel]: name } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ ports: [web, websecure].map((port) => ({ port, protocol: "TCP" })) }],
    egress: [
      {
        to: [{ namespaceSelector: {}, podSelector: { matchLabels: { ...acmeSolver.labels } } }],
        ports: [{ port: acmeSolver.port, protocol: "TCP" }],
      },
    ],
  };
}

function balancerSpec(
  name: string,
  nodePorts: BalancerPorts | undefined,
): k8s.types.input.core.v1.ServiceSpec {
  const port = (port: number, targetPort: "web" | "websecure") => ({
    ...{ name: targetPort, port, targetPort, protocol: "TCP" },
    ...(nodePorts === undefined ? {} : { nodePort: nodePorts[targetPort] }),
  });
  return {
    type: "LoadBalancer",
    selector: { [workloadLabel]: name },
    // Keeps the client's address, and nodes without a pod are left out.
    externalTrafficPolicy: "Local",
    ...(nodePorts === undefined ? {} : { healthCheckNodePort: nodePorts.health }),
    ports: [port(80, "web"), port(443, "websecure")],
  };
}
