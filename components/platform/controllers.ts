import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { ClusterConfig } from "./cluster.schema.ts";
import { type DnsTarget, type RecordType, slotTarget } from "./dns-records.ts";
import type { BalancerCloud } from "./balancer.ts";
import type { Guards } from "./guards.ts";
import { IngressController, type ControllerKind } from "./ingress-controller.ts";
import { classOf, type ControllerConfig, type IngressConfig } from "./ingress.schema.ts";
import { Namespace } from "./namespace.ts";
import { slotPool, type SlotUse } from "./slots.ts";
import type { CapacityRequest } from "./capacity.ts";
import { nginxKind } from "./nginx.ts";
import { traefikKind } from "./traefik.ts";

/** What {@link IngressControllers} needs. */
export interface IngressControllersArgs {
  readonly config: IngressConfig;
  /** Pools, in which the slots of host ports are found. */
  readonly cluster: ClusterConfig;
  readonly system: string;
  /** Where their balancers are made; needed of `exposure.linode`. */
  readonly cloud?: BalancerCloud | undefined;
  /** The stack's flows: controllers dial pods themselves. */
  readonly flows: readonly Flow[];
  /** Hosts that not everybody may call. Default: none. */
  readonly guards?: Guards;
  /** Default true. */
  readonly networkPolicy?: boolean;
}

/** Every ingress controller of a stack, in a namespace of their own. */
export class IngressControllers extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  readonly #config: IngressConfig;
  readonly #controllers: ReadonlyMap<string, IngressController>;

  constructor(name: string, args: IngressControllersArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, networkPolicy = true, guards } = args;
    const controllers = Object.entries(config.controllers);
    super(
      "fleet:platform:IngressControllers",
      name,
      { controllers: controllers.map(([className]) => className) },
      opts,
    );
    const namespace = new Namespace(
      config.namespace,
      {
        system: args.system,
        // Pod Security allows host ports on no other level.
        podSecurity: usesHostPorts(config) ? "privileged" : "restricted",
        networkPolicy,
        // Nothing in it is worth keeping.
        data: "delete",
      },
      { parent: this },
    );
    this.#config = config;
    this.#controllers = new Map(
      controllers.map(([className, controller]) => {
        const { exposure } = controller;
        const place =
          exposure.kind === "host-ports" ? slotPool(args.cluster, exposure.slot) : undefined;
        const made = new IngressController(
          className,
          kindOf(controller),
          {
            config: controller,
            system: args.system,
            namespace: config.namespace,
            namespaceName: namespace.name,
            place,
            cloud: args.cloud,
            flows: args.flows,
            guards: guardsOf(guards, config, className),
            networkPolicy,
          },
          { parent: this, dependsOn: [...namespace.ready] },
        );
        return [className, made] as const;
      }),
    );
    this.ready = [...this.#controllers.values()].flatMap(({ ready }) => ready);
    this.registerOutputs({});
  }

  /** Where the records of a host lead: to the controller that serves it. */
  targets(host: string): readonly DnsTarget[] {
    const className = classOf(this.#config, host);
    const controller = this.#controllers.get(className);
    if (controller === undefined) {
      throw new Error(`host ${host}: fleet:ingress.controllers has no ${className}`);
    }
    return controller.targets();
  }
}

/** The guards of a controller: those of the hosts that it serves. */
const guardsOf = (
  guards: Guards | undefined,
  config: IngressConfig,
  className: string,
): Guards => ({
  hosts: guards?.hosts.filter(({ host }) => classOf(config, host) === className) ?? [],
  users: (reference) => {
    if (guards === undefined) {
      throw new Error(`ingress controller ${className} has no list of people`);
    }
    return guards.users(reference);
  },
});

/** A controller's kind with its config. */
function kindOf(config: ControllerConfig): ControllerKind {
  switch (config.kind) {
    case "traefik":
      return traefikKind(config);
    case "nginx":
      return nginxKind(config);
  }
}

const usesHostPorts = (config: IngressConfig): boolean =>
  Object.values(config.controllers).some(({ exposure }) => exposure.kind === "host-ports");

/** The controllers as ends of flows, with the pods' own ports. */
export function controllerPeers(
  config: IngressConfig,
): { readonly name: string; readonly peer: Peer; readonly ports: readonly number[] }[] {
  return Object.entries(config.controllers).map(([name, controller]) => {
    const { web, websecure } = kindOf(controller).ports;
    return {
      name,
      peer: { kind: "workload", name, namespace: config.namespace },
      ports: [web, websecure],
    };
  });
}

/** Calls to what stands behind a public host, of the controller that serves it. */
export const entryFlows = (config: IngressConfig, host: string, to: Peer, port: number): Flow[] =>
  Object.hasOwn(config.controllers, classOf(config, host))
    ? [
        {
          from: { kind: "workload", name: classOf(config, host), namespace: config.namespace },
          to,
          ports: [tcp(port)],
        },
      ]
    : [];

/** Where the controllers' metrics are read. */
export const controllerMetrics = (
  config: IngressConfig,
): { readonly peer: Peer; readonly port: number }[] =>
  Object.entries(config.controllers).map(([name, controller]) => ({
    peer: { kind: "workload", name, namespace: config.namespace },
    port: kindOf(controller).ports.metrics,
  }));

/**
 * Slots that controllers answer on, for slotFaults.
 *
 * @param path Place of the section in the config, e.g. `["ingress"]`.
 */
export function controllerSlots(
  config: IngressConfig,
  path: readonly (string | number)[],
): SlotUse[] {
  return Object.entries(config.controllers).flatMap(([name, { exposure }]) =>
    exposure.kind === "host-ports"
      ? [
          {
            path: [...path, "controllers", name, "exposure", "slot"],
            slot: exposure.slot,
            publishes: true,
          },
        ]
      : [],
  );
}

/** What the controllers ask of the nodes, for capacityFaults. */
export function controllerRequests(config: IngressConfig): CapacityRequest[] {
  return Object.entries(config.controllers).map(([workload, controller]) => {
    const { exposure, resources, tolerations } = controller;
    const onNode = exposure.kind === "host-ports";
    return {
      workload,
      // A rolling update has one pod more for a while.
      replicas: onNode ? 1 : exposure.replicas + 1,
      ...resources.requests,
      placement: onNode ? { slot: exposure.slot, tolerations } : { tolerations },
      ...(onNode
        ? { hostPorts: [80, 443].map((port) => ({ port, protocol: "TCP" as const })) }
        : {}),
    };
  });
}

/**
 * Kind of the record that will lead to a host, for aliasFaults.
 *
 * @returns undefined where no record can: slotFaults tells why.
 */
export function recordTypeOf(
  config: IngressConfig,
  cluster: ClusterConfig,
  host: string,
): RecordType | undefined {
  const exposure = config.controllers[classOf(config, host)]?.exposure;
  if (exposure?.kind !== "host-ports") {
    return exposure === undefined ? undefined : "A";
  }
  const place = slotPool(cluster, exposure.slot);
  return place === undefined || place.address.kind === "ephemeral"
    ? undefined
    : slotTarget(place).type;
}
