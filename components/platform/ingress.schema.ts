/** How HTTP reaches the cluster: controllers, which host goes through which, certificates. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DnsLabel, Hostname, Seconds, Slot } from "../base/scalars.ts";
import { Resources, Toleration } from "../workload/workload.schema.ts";

const Cidr = z.cidrv4("must be an IPv4 range, e.g. 192.168.255.0/24");

/**
 * Ports 80 and 443 of one slot's node, without any load balancer. The controller is exchanged by
 * stopping it first (a host port is held by one pod), a gap of seconds.
 */
export const HostPortsExposure = z.strictObject({
  kind: z.literal("host-ports"),
  /** The node that answers; hosts' records lead to its address. */
  slot: Slot,
});

/** Settings of the balancer that a cloud makes for a LoadBalancer Service. */
const LinodeBalancer = z.strictObject({
  /** New connections a second and client. 0 is unlimited; visors behind one NAT need many. */
  throttle: z.int().min(0).max(20).default(0),
  /** A balancer that exists already, kept when the Service goes. */
  nodeBalancerId: z.int().min(1).optional(),
});

/** A LoadBalancer Service: the cloud gives an address that outlives nodes. */
export const LoadBalancerExposure = z.strictObject({
  kind: z.literal("load-balancer"),
  /** Controller pods. */
  replicas: z.int().min(1).max(20).default(2),
  /**
   * The balancer puts the client's address in front of each connection. One switch for both ends:
   * the Service's annotation and the controller's trust (facts/skywire.md 6.3).
   */
  proxyProtocol: z
    .strictObject({
      version: z.enum(["v1", "v2"]).default("v2"),
      /** Where the balancer's connections come from. Default: Linode's range. */
      from: z.array(Cidr).min(1).default(["192.168.255.0/24"]),
    })
    .optional(),
  /** Typed terms of the balancer, for a cluster at Linode. */
  linode: LinodeBalancer.optional(),
});

/** How the controller is reached from outside. */
export const Exposure = z.discriminatedUnion("kind", [HostPortsExposure, LoadBalancerExposure]);
/** {@inheritDoc Exposure} */
export type Exposure = z.infer<typeof Exposure>;

/** Traefik v3, configured by its arguments and one file: no kinds of its own are needed. */
export const TraefikConfig = z.strictObject({
  kind: z.literal("traefik"),
  image: ImageReference.default("docker.io/library/traefik:v3.7.14"),
  exposure: Exposure,
  resources: Resources.prefault({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { memory: "512Mi" },
  }),
  /** Taints of the nodes that the controller puts up with. */
  tolerations: z.array(Toleration).default([]),
  /**
   * How long a client may take to send a whole request, body included. 0 is without end: streams
   * of many minutes need it.
   */
  readTimeoutSeconds: Seconds.default(60),
  /** Proxies whose X-Forwarded-* are believed. Default: nobody's. */
  trustedProxies: z.array(Cidr).default([]),
  /** How long running requests may go on when the controller stops. */
  drainSeconds: Seconds.default(20),
});
/** {@inheritDoc TraefikConfig} */
export type TraefikConfig = z.infer<typeof TraefikConfig>;

/** An ingress controller. */
export const ControllerConfig = z.discriminatedUnion("kind", [TraefikConfig]);
/** {@inheritDoc ControllerConfig} */
export type ControllerConfig = z.infer<typeof ControllerConfig>;

/** Where a host's certificate comes from. */
export const TlsConfig = z.discriminatedUnion("kind", [
  /** cert-manager orders one for each host. */
  z.strictObject({ kind: z.literal("cert-manager"), clusterIssuer: DnsLabel }),
  /** An existing Secret of type kubernetes.io/tls in the namespace of the hosts. */
  z.strictObject({ kind: z.literal("secret"), name: DnsLabel }),
  /** None: port 443 answers with the controller's self-made certificate. */
  z.strictObject({ kind: z.literal("none") }),
]);
/** {@inheritDoc TlsConfig} */
export type TlsConfig = z.infer<typeof TlsConfig>;

/** `fleet:ingress` of a stack file. */
export const IngressConfig = z
  .strictObject({
    /** Name → controller. The name is its class and the name of its pods. */
    controllers: z
      .record(DnsLabel, ControllerConfig)
      .refine((all) => Object.keys(all).length > 0, "must have at least one controller"),
    /** Controller of every host that `hosts` does not name. */
    default: DnsLabel,
    /** Host → controller: a host moves from one to the other by one word. */
    hosts: z.record(Hostname, DnsLabel).default({}),
    tls: TlsConfig,
    /** Namespace of the controllers. */
    namespace: DnsLabel.default("ingress"),
  })
  .superRefine((ingress, context) => {
    const names = Object.keys(ingress.controllers);
    const check = (name: string, path: string[]): void => {
      if (!names.includes(name)) {
        context.addIssue({
          code: "custom",
          path,
          message: `must be one of the controllers: ${names.join(", ")}`,
        });
      }
    };
    check(ingress.default, ["default"]);
    for (const [host, name] of Object.entries(ingress.hosts)) {
      check(name, ["hosts", host]);
    }
    const slots = new Map<number, string>();
    for (const [name, { exposure }] of Object.entries(ingress.controllers)) {
      if (exposure.kind === "host-ports") {
        const other = slots.get(exposure.slot);
        if (other !== undefined) {
          context.addIssue({
            code: "custom",
            path: ["controllers", name, "exposure", "slot"],
            message: `slot ${exposure.slot} already gives its ports 80 and 443 to ${other}`,
          });
        }
        slots.set(exposure.slot, name);
      }
    }
  });
/** {@inheritDoc IngressConfig} */
export type IngressConfig = z.infer<typeof IngressConfig>;

/** Name of the controller, which is its class, that serves a host. */
export function classOf(ingress: IngressConfig, host: string): string {
  return ingress.hosts[host] ?? ingress.default;
}
