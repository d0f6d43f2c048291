/** Orders of certificates that a stack makes itself, and what is told of them. */
import * as pulumi from "@pulumi/pulumi";

import type { CertManager } from "../components/platform/cert-manager.ts";
import type { DnsRecords } from "../components/platform/dns.ts";
import {
  type CertificateState,
  HostCertificates,
} from "../components/platform/host-certificates.ts";
import type { HttpHost } from "../components/platform/ingress.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";

/** Certificates that the stack orders itself: none where `ingress.tls` has them from elsewhere. */
export type Certificates = readonly HostCertificates[];

/** What is ordered, and by whom. */
export interface CertificateOrder {
  readonly system: string;
  readonly ingress: IngressConfig;
  readonly issuer: CertManager | undefined;
  readonly hosts: readonly HttpHost[];
  /** Hosts whose certificate is waited for. Default: none. */
  readonly awaited?: readonly string[];
  /**
   * Records of the hosts. A host that is asked for before there is one is not found for as long as its zone says, half an
   * hour at Cloudflare, by the cluster and by the authority (RFC 2308; shalb/cluster.dev#47).
   */
  readonly records: DnsRecords;
  /** Previews ask the cluster nothing. */
  readonly isUnread: boolean;
}

/** Orders the certificates of hosts. */
export function orderCertificates(
  name: string,
  { system, ingress, issuer, hosts, awaited = [], records, isUnread }: CertificateOrder,
  opts: { readonly provider: pulumi.ProviderResource },
): Certificates {
  return issuer === undefined || ingress.tls.kind !== "own-issuer" || hosts.length === 0
    ? []
    : [
        new HostCertificates(
          name,
          { hosts, awaited: [...awaited], ingress, issuer: issuer.issuer, system, isUnread },
          { ...opts, dependsOn: [...issuer.ready, ...records.ready] },
        ),
      ];
}

/** How many hosts there are and which of them lack a certificate, of all that were ordered. */
export const certificatesTold = (certificates: Certificates): pulumi.Output<CertificateState> =>
  pulumi.all(certificates.map(({ state }) => state)).apply((states) => ({
    hosts: states.reduce((sum, { hosts }) => sum + hosts, 0),
    missing: states.reduce((sum, { missing }) => sum + missing, 0),
    lacking: Object.assign({}, ...states.map(({ lacking }) => lacking)) as Record<string, string>,
  }));
