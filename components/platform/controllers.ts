import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { Flow } from "../base/flows.ts";
import type { ClusterConfig } from "./cluster.schema.ts";
import type { DnsTarget } from "./dns-records.ts";
import type { BalancerPorts } from "./balancer-ports.ts";
import type { BalancerCloud } from "./balancer.ts";
import type { Guards } from "./guards.ts";
import { IngressController, type ControllerKind } from "./ingress-controller.ts";
import { classOf, type ControllerConfig, type IngressConfig } from "./ingress.schema.ts";
import { Namespace } from "./namespace.ts";
import { slotPool } from "./slots.ts";
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
  /** Controller → ports of the nodes that its balancer dials. Default: Kubernetes chooses some. */
  readonly balancerPorts?: ReadonlyMap<string, BalancerPorts> | undefined;
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
            balancerPorts: args.balancerPorts?.get(className),
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
