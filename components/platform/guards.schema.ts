/** Who may call hosts that are for administrators: networks, people who log in, or nobody at all. */
import * as z from "zod";

import { reference, type SecretReference } from "../base/secrets.ts";

/** A network that callers come from. All of them together would be no check. */
const Network = z
  .union([z.cidrv4(), z.cidrv6()], {
    error: "must be a network, e.g. 198.51.100.0/24 or 2001:db8::/48",
  })
  .refine(
    (network) => !network.endsWith("/0"),
    "must not be everybody: name the networks that administrators come from",
  );

/** Only callers from these networks, by the address that the controller takes for theirs. */
const FromNetworks = z.strictObject({
  kind: z.literal("networks"),
  from: z
    .array(Network)
    .min(1, 'must name at least one network, or say "kind: closed"')
    .refine((all) => new Set(all).size === all.length, "must not name a network twice"),
});

/**
 * Only callers with a name and a password (HTTP Basic). What stands behind the host is shown the same
 * ones: a program that asks for a login of its own must know them, too, or nobody gets past both.
 */
const WithLogin = z.strictObject({
  kind: z.literal("login"),
  /** Entry of `fleet:secrets` with a line `name:hash` for each person, as htpasswd -nB writes it. */
  users: reference("htpasswd"),
});

/** No such host: what is behind it is reached from inside the cluster, or by kubectl port-forward. */
const Closed = z.strictObject({ kind: z.literal("closed") });

/** `fleet:adminHosts`: without a default, so that nobody opens them unknowingly. */
export const AdminHostsConfig = z.discriminatedUnion("kind", [FromNetworks, WithLogin, Closed], {
  error: "must say who may call the hosts of administrators: networks, login or closed",
});
/** {@inheritDoc AdminHostsConfig} */
export type AdminHostsConfig = z.infer<typeof AdminHostsConfig>;

/** What a controller checks before a host. */
export type Guard =
  | { readonly kind: "networks"; readonly from: readonly string[] }
  | { readonly kind: "login"; readonly users: SecretReference<"htpasswd"> }
  /** Everybody, by TLS alone: who comes without is sent there, and shown nothing. */
  | { readonly kind: "tls" };

/** A host with its guard, of which it has one. */
export interface GuardedHost {
  readonly host: string;
  readonly guard: Guard;
  /** Whether whoever comes by HTTP is sent to TLS before anything is asked of him. Default: only by that very guard. */
  readonly byTls?: boolean;
}

/** Hosts that browsers enter passwords at: nobody on the way may read, or write, what they are shown. */
export const tlsAlone = (hosts: readonly string[]): readonly GuardedHost[] =>
  hosts.map((host) => ({ host, guard: { kind: "tls" } }));

/** The hosts of administrators with what is checked before them: none where they are closed. */
export const guardedHosts = (
  config: AdminHostsConfig,
  hosts: readonly string[],
): readonly GuardedHost[] =>
  config.kind === "closed" ? [] : hosts.map((host) => ({ host, guard: config }));
