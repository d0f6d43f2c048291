/** Ports of mail that clouds keep shut. Pure. */
import type { FxaConfig } from "./fxa.schema.ts";

/** Where a cluster runs, as its config says: of one that exists already it is not known. */
type ClusterKind = "kubeconfig" | "lke" | "gke";

/**
 * Ports on which new machines reach no mail server on the internet, until the cloud's support opens them: Linode's of
 * accounts since November 2019 (its API's documentation, "Create a Linode"), Google's always (Compute Engine, "Sending
 * email").
 */
const shutPorts: Readonly<Record<ClusterKind, readonly number[]>> = {
  kubeconfig: [],
  lke: [25, 465, 587],
  gke: [25],
};

/** What works once somebody has asked the cloud, and not before: connections end after minutes, without a word. */
export function mailPortWarnings({ mail }: Pick<FxaConfig, "mail">, kind: ClusterKind): string[] {
  const { smtp } = mail;
  return smtp === undefined || smtp.addresses !== undefined || !shutPorts[kind].includes(smtp.port)
    ? []
    : [
        `fleet:mail.smtp.port: ${smtp.port} leads nowhere from new accounts of this cloud, so that no mail leaves and nobody can sign up: have its support open it, or take another port of the mail server, e.g. 2465 of Amazon's SES`,
      ];
}
