/** What the stack file of Firefox Accounts may say. */
import * as z from "zod";

import { fxaSections } from "../../components/fxa/fxa.schema.ts";
import { autoSizes } from "../../components/platform/auto-size.ts";
import { CertificatesConfig } from "../../components/platform/cert-manager.schema.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { DnsConfig } from "../../components/platform/dns.schema.ts";
import { refuseFaults } from "../../components/platform/fault.ts";
import { IssuingIngressConfig } from "../../components/platform/ingress.schema.ts";
import { keepingSections, watchingSections } from "../sections.ts";
import { FxaImages } from "./images.ts";
import { placeableRequests } from "./requests.ts";
import { findFaults } from "./rules.ts";

/** Sections of the file, before the rules across them. */
export const fxaStackSections = z.strictObject({
  system: z.literal("fxa"),
  cluster: ClusterConfig,
  dns: DnsConfig,
  ingress: IssuingIngressConfig,
  /** The stack's own issuer, where `ingress.tls` says so. */
  certificates: CertificatesConfig.optional(),
  images: FxaImages,
  ...fxaSections,
  // What the servers send by UDP, its metrics.statsd takes.
  ...watchingSections,
  ...keepingSections,
});
/** Sections of a stack file of Firefox Accounts, with all defaults in place. */
export type FxaStack = z.infer<typeof fxaStackSections>;

/** Config of a stack of Firefox Accounts: everything but its secrets. */
export const FxaStack = fxaStackSections
  .superRefine(autoSizes(placeableRequests))
  .superRefine(refuseFaults(findFaults));
