import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

import { systemLabel } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { HttpHost } from "./ingress.ts";
import { classOf, type IngressConfig } from "./ingress.schema.ts";

/** What {@link HostCertificates} needs. */
export interface HostCertificatesArgs {
  /** Name of the ClusterIssuer. */
  readonly issuer: string;
  readonly ingress: IngressConfig;
  readonly system: string;
  /** All hosts of the stack. */
  readonly hosts: readonly HttpHost[];
  /** Hosts whose certificate the run waits for: something that runs later needs it. Default: none. */
  readonly awaited?: readonly string[];
  /** Ask the cluster nothing. Default false. */
  readonly isUnread?: boolean;
}

/** Which hosts of a stack have their certificate. */
export interface CertificateState {
  readonly hosts: number;
  /** How many of them have none yet. */
  readonly missing: number;
  /** Host → what is said of its certificate. */
  readonly lacking: Readonly<Record<string, string>>;
}

/**
 * A certificate for each host, ordered from the stack's issuer.
 *
 * They come minutes later, when records have spread and the authority has looked: no run waits for
 * them. Each run reads what became of them instead, so that a preview tells it, too.
 */
export class HostCertificates extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** As the cluster says in this run; unknown in a preview before they are ordered. */
  readonly state: pulumi.Output<CertificateState>;

  readonly #certificates: ReadonlyMap<string, pulumi.Resource>;

  constructor(name: string, args: HostCertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hosts, isUnread = false } = args;
    super("fleet:platform:HostCertificates", name, { hosts: hosts.length }, opts);
    const ordered = hosts.map((host) => [host, this.#order(host, args)] as const);
    this.ready = ordered.map(([, certificate]) => certificate);
    this.#certificates = new Map(ordered.map(([{ host }, certificate]) => [host, certificate]));
    const read = ordered.map(([{ host, objectName }, certificate]) => ({
      host,
      status: isUnread
        ? undefined
        : new ReadCertificate(`${objectName}-certificate-state`, certificate.id, { parent: this })
            .status,
    }));
    this.state = pulumi.output(read).apply(certificateState);
    this.registerOutputs({ state: this.state });
  }

  /** The certificate of a host, for what needs it. */
  of(host: string): pulumi.Resource {
    const certificate = this.#certificates.get(host);
    if (certificate === undefined) {
      throw new Error(`no certificate is ordered for ${host}`);
    }
    return certificate;
  }

  #order(host: HttpHost, args: HostCertificatesArgs): CustomResource {
    const { issuer, ingress, system, awaited = [] } = args;
    const name = host.objectName;
    return new CustomResource(
      `${name}-certificate`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: {
          name,
          namespace: host.metadata.namespace,
          labels: { [systemLabel]: system },
          annotations: {
            ...challengeAnnotations(host, ingress),
            ...(awaited.includes(host.host) ? { "pulumi.com/waitFor": "condition=Ready" } : {}),
          },
        },
        spec: {
          secretName: `${name}-tls`,
          dnsNames: [host.host],
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: issuer },
        },
      },
      { parent: this, dependsOn: [host] },
    );
  }
}

/** A Certificate as the cluster has it now. Only read: it never belongs to the engine. */
class ReadCertificate extends pulumi.CustomResource {
  declare readonly status: pulumi.Output<unknown>;

  constructor(name: string, id: pulumi.Output<string>, opts: pulumi.CustomResourceOptions) {
    // Of what is read only the named properties come back.
    const properties = { apiVersion: undefined, kind: undefined, status: undefined };
    super("kubernetes:cert-manager.io/v1:Certificate", name, properties, { ...opts, id });
  }
}

/**
 * How the authority's question reaches cert-manager's helper. nginx refuses a second Ingress for a host, so
 * that the helper's path comes into the host's own for the time being; Traefik takes one beside it, which
 * the guard before a host of administrators does not stop.
 */
export function challengeAnnotations(
  { host, objectName }: Pick<HttpHost, "host" | "objectName">,
  ingress: IngressConfig,
): Record<string, string> {
  const className = classOf(ingress, host);
  return ingress.controllers[className]?.kind === "nginx"
    ? { "acme.cert-manager.io/http01-override-ingress-name": objectName }
    : { "acme.cert-manager.io/http01-override-ingress-ingressclassname": className };
}

const Status = z.object({
  conditions: z
    .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
    .optional(),
});

/** What the read objects say all together. Pure. */
export function certificateState(
  read: readonly { readonly host: string; readonly status: unknown }[],
): CertificateState {
  const lacking = read.flatMap(({ host, status }) => {
    const conditions = Status.safeParse(status).data?.conditions ?? [];
    const ready = conditions.find(({ type }) => type === "Ready");
    return ready?.status === "True"
      ? []
      : [[host, ready?.message ?? "ordered; nothing is known of it yet"] as const];
  });
  return { hosts: read.length, missing: lacking.length, lacking: Object.fromEntries(lacking) };
}
