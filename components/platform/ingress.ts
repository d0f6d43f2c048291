import type * as k8s from "@pulumi/kubernetes";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import type * as pulumi from "@pulumi/pulumi";

import { systemLabel } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { guardName } from "./guards.ts";
import type { GuardedHost } from "./guards.schema.ts";
import { classOf, type IngressConfig, type TlsConfig } from "./ingress.schema.ts";

type IngressSpec = k8s.types.input.networking.v1.IngressSpec;

/** What pods speak behind a host: gRPC is HTTP/2, without TLS inside the cluster. */
export type BackendProtocol = "http" | "grpc";

/**
 * Annotations of the Service before pods that speak a protocol. Traefik takes its word for all ports of the
 * Service: what speaks both has a Service for each. nginx is told by the Ingress.
 */
export const backendAnnotations = (protocol: BackendProtocol): Record<string, string> =>
  protocol === "grpc" ? { "traefik.ingress.kubernetes.io/service.serversscheme": "h2c" } : {};

/** What an {@link HttpHost} needs. */
export interface HttpHostArgs {
  /** Public name. */
  readonly host: string;
  readonly system: string;
  readonly namespace: pulumi.Input<string>;
  /** Service the whole host leads to. */
  readonly serviceName: string;
  /** Port of the Service, not of the pods. */
  readonly servicePort: number;
  /** What the pods speak. Default http. The Service carries {@link backendAnnotations}. */
  readonly protocol?: BackendProtocol;
  /**
   * How long a stream or WebSocket may be silent; `streamFaults` finds controllers that cut it earlier.
   * Default: as the controller's config says.
   */
  readonly streamSeconds?: number;
  /** Largest body of a request, whatever the controller's config says of its other hosts. nginx' alone. */
  readonly maximumBody?: "any";
  /** Where it is said which controller serves it, and with which certificate. */
  readonly ingress: IngressConfig;
  /** The guarded hosts of the stack, as the controllers got them. Default: none is. */
  readonly guards?: readonly GuardedHost[];
}

/**
 * A public host that leads to one Service, over HTTP and over HTTPS. Without a guard there is no redirect: visors
 * post signed bodies to `http://` and do not follow one (facts/skywire.md 9, point 7).
 *
 * There must be one for each host: of two, a controller serves the older or mixes both.
 */
export class HttpHost extends Ingress implements Awaitable {
  /** The host itself: it is awaited until the controller tells an address, so that a class which nobody serves is found here. */
  readonly ready: readonly pulumi.Resource[];

  readonly host: string;

  /** Name of the object, and of what belongs to it: its certificate, its Secret with `-tls` behind it. */
  readonly objectName: string;

  constructor(name: string, args: HttpHostArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      `${name}-ingress`,
      {
        metadata: {
          name,
          namespace: args.namespace,
          labels: { [systemLabel]: args.system },
          annotations: {
            ...hostAnnotations(args),
            ...streamAnnotations(args),
            ...guardAnnotations(args),
            ...(args.maximumBody === undefined ? {} : { "nginx.org/client-max-body-size": "0" }),
          },
        },
        spec: ingressSpec(name, args),
      },
      opts,
    );
    this.host = args.host;
    this.objectName = name;
    this.ready = [this];
  }
}

/** The rules were cert-manager's last, then: without it the next change of ours is a conflict. */
const patchForce = { "pulumi.com/patchForce": "true" };

/**
 * Annotations that the host's certificate needs.
 *
 * None for the controller: Traefik serves every Ingress on both entry points. Its annotation
 * router.tls would switch TLS on for both, and port 80 would answer 404.
 */
export function hostAnnotations(
  args: Pick<HttpHostArgs, "host" | "ingress" | "guards">,
): Record<string, string> {
  const { tls } = args.ingress;
  if (tls.kind === "own-issuer") {
    // The Certificate says how it is proved; its path may come into the rules all the same.
    return patchForce;
  }
  return tls.kind !== "cert-manager"
    ? {}
    : { "cert-manager.io/cluster-issuer": tls.clusterIssuer, ...proofAnnotations(args) };
}

/**
 * How the authority's question gets to the helper, where the issuer proves hosts over HTTP: by a path in the host's own
 * Ingress for the time being. One of the helper's own would have the class that the issuer names, while the host is
 * reached through its own controller; and nginx refuses a second one for a host.
 *
 * Traefik's guard stands before every path of an Ingress and would stop the authority, too: there the helper gets one
 * of its own, of the host's class (cert-manager's annotation on Ingresses, older than any release in use).
 */
function proofAnnotations({
  host,
  ingress,
  guards = [],
}: Pick<HttpHostArgs, "host" | "ingress" | "guards">): Record<string, string> {
  const className = classOf(ingress, host);
  const isStopped = guards.some(
    ({ host: guarded, guard }) => guarded === host && guard.kind !== "tls",
  );
  return isStopped && ingress.controllers[className]?.kind === "traefik"
    ? { "acme.cert-manager.io/http01-ingress-class": className }
    : { "acme.cert-manager.io/http01-edit-in-place": "true", ...patchForce };
}

/** Annotation by which Traefik puts the guard before a host. nginx has it in its settings. */
export function guardAnnotations({
  host,
  guards = [],
}: Pick<HttpHostArgs, "host" | "guards">): Record<string, string> {
  return guards.some((guarded) => guarded.host === host)
    ? { "traefik.ingress.kubernetes.io/router.middlewares": `${guardName(host)}@file` }
    : {};
}

/**
 * Annotations that nginx needs of a host that is not plain HTTP of short answers, whichever controller
 * serves it now: it moves to another by one word. Traefik has such times for all its hosts alike.
 */
export function streamAnnotations({
  serviceName,
  protocol,
  streamSeconds,
}: Pick<HttpHostArgs, "serviceName" | "protocol" | "streamSeconds">): Record<string, string> {
  return {
    ...(protocol === "grpc" ? { "nginx.org/grpc-services": serviceName } : {}),
    ...(streamSeconds === undefined
      ? {}
      : {
          "nginx.org/proxy-read-timeout": `${streamSeconds}s`,
          "nginx.org/proxy-send-timeout": `${streamSeconds}s`,
        }),
  };
}

/** Rule and certificate of one host. */
export function ingressSpec(
  name: string,
  args: Pick<HttpHostArgs, "host" | "serviceName" | "servicePort" | "ingress">,
): IngressSpec {
  const { host, ingress } = args;
  const secretName = tlsSecret(name, ingress.tls);
  return {
    ingressClassName: classOf(ingress, host),
    ...(secretName === undefined ? {} : { tls: [{ hosts: [host], secretName }] }),
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path: "/",
              pathType: "Prefix",
              backend: { service: { name: args.serviceName, port: { number: args.servicePort } } },
            },
          ],
        },
      },
    ],
  };
}

/** Each Ingress needs a Secret of its own from cert-manager: two would fight over one. */
function tlsSecret(name: string, tls: TlsConfig): string | undefined {
  switch (tls.kind) {
    case "cert-manager":
    case "own-issuer":
      return `${name}-tls`;
    case "certificate":
    case "secret":
      return tls.name;
    case "none":
      return undefined;
  }
}
