import { Address } from "@pulumi/gcp/compute/address.js";
import type * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { GoogleTerms } from "./google.schema.ts";

/** What a reserved address is called and for. */
export interface ReservedAddressArgs {
  readonly google: Pick<GoogleTerms, "project" | "region">;
  /** Its name at Google: unique in project and region, 63 characters at most. */
  readonly called: string;
  /** What happens to it when it goes. Default protect. */
  readonly data?: DataPolicy | undefined;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Reserves a regional address: it is the same whatever uses it, and before anything does.
 *
 * Others have learnt it, and one that went is somebody else's: it is protected as the stack's data. No input
 * of it but the labels may ever change, as each replaces it (facts/clouds-gke-ingress-tls.md 2.1).
 *
 * @param opts With the provider for Google.
 */
export const makeReservedAddress = (
  name: string,
  { google, called, data, labels }: ReservedAddressArgs,
  opts: pulumi.CustomResourceOptions,
): Address =>
  new Address(
    `${name}-address`,
    {
      name: called,
      project: google.project,
      region: google.region,
      addressType: "EXTERNAL",
      networkTier: "PREMIUM",
      ...(labels === undefined ? {} : { labels }),
    },
    { ...opts, ...keptAs(data) },
  );

/**
 * Annotations of a LoadBalancer Service that is reached by a reserved address. They must be there when it
 * is made: added later, they move nothing (facts/clouds-gke-ingress-tls.md 3).
 *
 * @param address Name of the address, from the one that was made: a name that is not there yet is passed over
 * in silence, and another address is taken.
 */
export const reservedBalancerAnnotations = (
  address: pulumi.Input<string>,
): Readonly<Record<string, pulumi.Input<string>>> => ({
  // Only the newer of Google's two controllers reads names of addresses.
  "cloud.google.com/l4-rbs": "enabled",
  "networking.gke.io/load-balancer-ip-addresses": address,
});
