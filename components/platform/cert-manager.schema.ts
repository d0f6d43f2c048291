/** Where certificates come from that the stack orders itself: cert-manager, and the account at the authority. */
import * as z from "zod";

import { DnsLabel } from "../base/scalars.ts";

/** Release that the program is tested with. */
export const certManagerVersion = "v1.21.2";

/** cert-manager by its official chart, in a namespace of its own. One stack of a cluster has it. */
const ChartCertManager = z.strictObject({
  kind: z.literal("chart"),
  /** Of the chart and its images. */
  version: z
    .string()
    .regex(/^v\d+\.\d+\.\d+$/, "must be a release of cert-manager, e.g. v1.21.2")
    .default(certManagerVersion),
  /** Where the chart is: a registry's address, or a folder beside the program. */
  source: z
    .string()
    .min(1, "must be where the chart is")
    .default("oci://quay.io/jetstack/charts/cert-manager"),
  namespace: DnsLabel.default("cert-manager"),
});
/** {@inheritDoc ChartCertManager} */
export type ChartCertManager = z.infer<typeof ChartCertManager>;

/** cert-manager that somebody else installed, or another stack of the same cluster. */
const GivenCertManager = z.strictObject({ kind: z.literal("preinstalled") });

/** The account at Let's Encrypt, and how it proves that hosts are ours: over HTTP. */
const IssuerConfig = z.strictObject({
  /** Of the account. Let's Encrypt has written to nobody of certificates that run out since June 2025: alerts tell that. */
  email: z.email("must be a mail address, e.g. ops@example.org"),
  /** `staging` issues what no browser trusts, and as often as asked for. */
  acme: z.enum(["staging", "production"], { message: "must be staging or production" }),
  /**
   * Name of the ClusterIssuer, one in the whole cluster. Default: the system's with the authority's, so
   * that a change of `acme` orders every certificate anew.
   */
  name: DnsLabel.optional(),
});

/** `fleet:certificates` of a stack file. */
export const CertificatesConfig = z.strictObject({
  certManager: z.discriminatedUnion("kind", [ChartCertManager, GivenCertManager], {
    error: "must be chart or preinstalled",
  }),
  issuer: IssuerConfig,
});
/** {@inheritDoc CertificatesConfig} */
export type CertificatesConfig = z.infer<typeof CertificatesConfig>;

/** Where accounts are registered and certificates ordered. */
export const acmeServers = {
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
  production: "https://acme-v02.api.letsencrypt.org/directory",
} as const;

/** Name of the stack's ClusterIssuer. */
export const issuerName = ({ issuer }: CertificatesConfig, system: string): string =>
  issuer.name ?? `${system}-letsencrypt-${issuer.acme}`;
