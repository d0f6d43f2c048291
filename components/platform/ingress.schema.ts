/** How HTTP reaches the cluster: controllers, which host goes through which, certificates. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import {
  Bytes,
  DataPolicy,
  DnsLabel,
  Hostname,
  Seconds,
  ServiceName,
  Slot,
} from "../base/scalars.ts";
import { reference, SecretReference } from "../base/secrets.ts";
import { isCovered } from "../base/tls-certificate.ts";
import { Resources, Toleration } from "../workload/workload.schema.ts";
import type { HostUse } from "./dns.schema.ts";
import type { PlatformFault } from "./fault.ts";
import { GoogleName } from "./google.schema.ts";

const Cidr = z.cidrv4("must be an IPv4 range, e.g. 192.168.255.0/24");

/**
 * Ports 80 and 443 of one slot's node, without any load balancer. The controller is exchanged by
 * stopping it first (a host port is held by one pod), a gap of seconds.
 */
const HostPortsExposure = z.strictObject({
  kind: z.literal("host-ports"),
  /** The node that answers; hosts' records lead to its address. */
  slot: Slot,
});

/**
 * A NodeBalancer of its own, made as a resource and bound to the controller's Service: it outlives the
 * Service, and there is just the one.
 */
const LinodeBalancer = z.strictObject({
  /** New connections a second and client. 0 is unlimited; visors behind one NAT need many. */
  throttle: z.int().min(0).max(20).default(0),
  /** Name at Linode, unique in the account. Default: the stack's and the controller's. */
  label: z
    .string()
    .regex(/^[A-Za-z0-9_-]{3,32}$/, "must be 3 to 32 letters, digits, dashes or underscores")
    .optional(),
  /**
   * A firewall of the account. It must be said here: one that is put on by other means is taken off,
   * and deleted, by the cluster's cloud controller.
   */
  firewallId: z.int().min(1).optional(),
  /** What happens to it, and so to its address, when it goes. Default: the stack's. */
  data: DataPolicy.optional(),
});

/**
 * The address of a balancer at Google: reserved and protected, it outlives Service and cluster. It is made
 * without this section, too.
 */
const GoogleBalancer = z.strictObject({
  /** Its name at Google, unique in project and region. Default: the cluster's and the controller's. */
  address: GoogleName.optional(),
  /** What happens to it when it goes. Default: the stack's. */
  data: DataPolicy.optional(),
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
  /** The same, for a cluster at Google. */
  google: GoogleBalancer.optional(),
});

/** How the controller is reached from outside. */
export const Exposure = z.discriminatedUnion("kind", [HostPortsExposure, LoadBalancerExposure]);
/** {@inheritDoc Exposure} */
export type Exposure = z.infer<typeof Exposure>;

/** What both kinds of controller take, so that a host moves from one to the other by one word. */
const terms = (image: string) => ({
  image: ImageReference.default(image),
  exposure: Exposure,
  resources: Resources.prefault({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { memory: "512Mi" },
  }),
  /** Taints of the nodes that the controller puts up with. */
  tolerations: z.array(Toleration).default([]),
  /**
   * How long a client may take to send its request: Traefik counts the whole of it, nginx the pause
   * between two parts. 0 is without end: streams of many minutes need it.
   */
  readTimeoutSeconds: Seconds.default(60),
  /** How long a service may take to begin its answer. 0 is without end. */
  answerTimeoutSeconds: Seconds.default(60),
  /** How long a pod may take to accept a connection. Default: the controller's own, 30 s or 60 s. */
  connectTimeoutSeconds: Seconds.min(1, "must be at least 1").optional(),
  /**
   * Largest body of a request. Default: any, passed on as it comes. Where it is bounded, a controller keeps a whole
   * body before it passes it on, so that pods wait for no slow client.
   */
  maximumBody: Bytes.optional(),
  /** Proxies whose X-Forwarded-* are believed. Default: nobody's. */
  trustedProxies: z.array(Cidr).default([]),
  /** How long running requests may go on when the controller stops. */
  drainSeconds: Seconds.default(20),
});

/** Traefik v3, configured by its arguments and one file: no kinds of its own are needed. */
export const TraefikConfig = z.strictObject({
  kind: z.literal("traefik"),
  ...terms("docker.io/library/traefik:v3.7.15"),
});
/** {@inheritDoc TraefikConfig} */
export type TraefikConfig = z.infer<typeof TraefikConfig>;

/** F5's NGINX Ingress Controller, without the kinds of its own. */
export const NginxConfig = z
  .strictObject({
    kind: z.literal("nginx"),
    ...terms("docker.io/nginx/nginx-ingress:5.5.4"),
  })
  .refine(
    ({ exposure, trustedProxies }) => !(usesProxyProtocol(exposure) && trustedProxies.length > 0),
    {
      path: ["trustedProxies"],
      message:
        "must be empty beside proxyProtocol: nginx takes the client's address from one place",
    },
  );
/** {@inheritDoc NginxConfig} */
export type NginxConfig = z.infer<typeof NginxConfig>;

/** Whether connections begin with the client's address. */
const usesProxyProtocol = (exposure: Exposure): boolean =>
  exposure.kind === "load-balancer" && exposure.proxyProtocol !== undefined;

/** An ingress controller. */
export const ControllerConfig = z.discriminatedUnion("kind", [TraefikConfig, NginxConfig]);
/** {@inheritDoc ControllerConfig} */
export type ControllerConfig = z.infer<typeof ControllerConfig>;

/** What a certificate may be for: a host, or all names one label below another. */
const CertificateName = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
    'must be a host or a wildcard, e.g. "*.spacemesh.io"',
  );

/** A certificate that was bought, or that somebody else renews. */
const ImportedCertificate = z
  .strictObject({
    kind: z.literal("certificate"),
    /** Entry of `fleet:secrets` with the certificate, those between it and its authority, and its key. */
    secret: reference("tls-pair").prefault("tls"),
    /** What it is for: every host of the stack must be among these, and they on the certificate. */
    hosts: z
      .array(CertificateName)
      .min(1, 'must list what the certificate is for, e.g. "*.spacemesh.io"'),
    /** Secret that is made of it in each namespace that has a host. */
    name: DnsLabel.default("tls"),
  })
  .transform(({ secret, ...tls }) => ({
    ...tls,
    secret: new SecretReference("tls-pair", secret.name, tls.hosts),
  }));

/** cert-manager orders one for each host, from an issuer that somebody else keeps. */
const OrderedCertificates = z.strictObject({
  kind: z.literal("cert-manager"),
  clusterIssuer: DnsLabel,
});

/** What every system may say of certificates. */
const tlsKinds = [
  OrderedCertificates,
  /**
   * An existing Secret of type kubernetes.io/tls. One name for all: it must stand in every namespace that
   * has a host, those of extras included, with a certificate for every host there.
   */
  z.strictObject({ kind: z.literal("secret"), name: DnsLabel }),
  ImportedCertificate,
  /** None: port 443 answers with the controller's self-made certificate. */
  z.strictObject({ kind: z.literal("none") }),
] as const;

/** Where a host's certificate comes from. */
const TlsConfig = z.discriminatedUnion("kind", tlsKinds);

/** The same in a stack that has `fleet:certificates`. */
const IssuingTlsConfig = z.discriminatedUnion("kind", [
  ...tlsKinds,
  /** From the stack's own issuer: Certificates are its resources, and it tells which are still missing. */
  z.strictObject({ kind: z.literal("own-issuer") }),
]);
/** {@inheritDoc IssuingTlsConfig} */
export type TlsConfig = z.infer<typeof IssuingTlsConfig>;

/** Ports and balancers are held by one controller each. */
function sharedFaults(controllers: Readonly<Record<string, ControllerConfig>>): PlatformFault[] {
  const seen = new Map<string, string>();
  return Object.entries(controllers).flatMap(([name, { exposure }]) => {
    const [held, path, message] =
      exposure.kind === "host-ports"
        ? ([`slot ${exposure.slot}`, ["slot"], "already gives its ports 80 and 443 to"] as const)
        : ([
            `balancer ${exposure.linode?.label ?? name}`,
            ["linode", "label"],
            "already stands before",
          ] as const);
    const other = seen.get(held);
    seen.set(held, other ?? name);
    return other === undefined
      ? []
      : [{ path: [name, "exposure", ...path], message: `${held} ${message} ${other}` }];
  });
}

const ingressSection = <Tls extends z.ZodType<TlsConfig>>(tls: Tls) =>
  z.strictObject({
    /** Name → controller. The name is its class and the name of its pods. */
    controllers: z
      .record(ServiceName, ControllerConfig)
      .refine((all) => Object.keys(all).length > 0, "must have at least one controller"),
    /** Controller of every host that `hosts` does not name. */
    default: DnsLabel,
    /** Host → controller: a host moves from one to the other by one word. */
    hosts: z.record(Hostname, DnsLabel).default({}),
    tls,
    /** Namespace of the controllers. */
    namespace: DnsLabel.default("ingress"),
  });

type IngressSection = z.infer<ReturnType<typeof ingressSection<z.ZodType<TlsConfig>>>>;

/** Rules across the fields of the section. */
function checkIngress(ingress: IngressSection, context: z.RefinementCtx): void {
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
  for (const { path, message } of sharedFaults(ingress.controllers)) {
    context.addIssue({ code: "custom", path: ["controllers", ...path], message });
  }
  for (const [name, { kind }] of Object.entries(ingress.controllers)) {
    if (kind === "nginx" && ingress.tls.kind === "none") {
      context.addIssue({
        code: "custom",
        path: ["tls", "kind"],
        message: `must be cert-manager, certificate or secret: without a certificate ${name}, an nginx, does not answer on 443 at all`,
      });
    }
  }
}

/** `fleet:ingress` of a stack file. */
export const IngressConfig = ingressSection(TlsConfig).superRefine(checkIngress);

/** The same of a stack that may have an issuer of its own. */
export const IssuingIngressConfig = ingressSection(IssuingTlsConfig).superRefine(checkIngress);
/** {@inheritDoc IssuingIngressConfig} */
export type IngressConfig = z.infer<typeof IssuingIngressConfig>;

/** A host with long streams, as rules know it. */
export interface StreamHost extends HostUse {
  readonly protocol: "http" | "grpc";
  readonly streamSeconds: number;
}

/** Times of a controller that a stream of gRPC must fit into; nginx has the other one of each host. */
const streamTimes = {
  // A client's stream is one request to its end.
  nginx: ["readTimeoutSeconds"],
  // A server sends nothing, no header either, until it has something to tell.
  traefik: ["readTimeoutSeconds", "answerTimeoutSeconds"],
} as const;

/**
 * Controllers that would cut a stream: how long requests and answers may take is theirs to say, not a
 * host's. And gRPC where nobody could call it: it is spoken over TLS.
 */
export const streamFaults = (
  hosts: readonly StreamHost[],
  ingress: IngressConfig,
): PlatformFault[] =>
  hosts.flatMap(({ path, host, protocol, streamSeconds }) => {
    if (protocol !== "grpc") {
      return [];
    }
    const name = classOf(ingress, host);
    const controller = ingress.controllers[name];
    const times = controller === undefined ? [] : streamTimes[controller.kind];
    return [
      ...(ingress.tls.kind === "none"
        ? [
            {
              path: [...path],
              message: `host ${host} speaks gRPC, which needs TLS: say fleet:ingress.tls`,
            },
          ]
        : []),
      ...times
        .filter((time) => {
          const seconds = controller?.[time] ?? 0;
          return seconds !== 0 && seconds < streamSeconds;
        })
        .map((time) => ({
          path: ["ingress", "controllers", name, time],
          message: `must be at least ${streamSeconds}, or 0 for no end: ${host} has streams of so long`,
        })),
    ];
  });

/** Hosts that the imported certificate is not for: browsers and gRPC clients would refuse them. */
export const certificateFaults = (
  hosts: readonly HostUse[],
  { tls }: Pick<IngressConfig, "tls">,
): PlatformFault[] =>
  tls.kind !== "certificate"
    ? []
    : hosts
        .filter(({ host }) => !isCovered(host, tls.hosts))
        .map(({ path, host }) => ({
          path,
          message: `host ${host} must be one that the certificate is for (${tls.hosts.join(", ")}): mend the name, or import a certificate for it and say so in fleet:ingress.tls.hosts`,
        }));

/** Name of the controller, which is its class, that serves a host. */
export function classOf(ingress: IngressConfig, host: string): string {
  return ingress.hosts[host] ?? ingress.default;
}
