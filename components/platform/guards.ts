/** How each kind of controller checks the callers of guarded hosts. Pure. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretReference } from "../base/secrets.ts";
import type { SecretFileSet } from "../workload/types.ts";
import type { Guard, GuardedHost } from "./guards.schema.ts";

/** The guarded hosts of a stack, with the way to their lists of people. */
export interface Guards {
  readonly hosts: readonly GuardedHost[];
  /** Lines `name:hash`, marked secret. */
  readonly users: (reference: SecretReference<"htpasswd">) => pulumi.Output<string>;
}

/** Name of a host's guard: of Traefik's middleware, and of the file of its people. */
export const guardName = (host: string): string => `guard-${host.replaceAll(".", "-")}`;

/** Volume of the lists of people, and the folder it is seen in. */
export const guardVolume = { name: "guards", path: "/etc/fleet-guards" } as const;

const usersFile = (host: string): string => `${guardVolume.path}/${guardName(host)}`;

type Login = Extract<Guard, { readonly kind: "login" }>;
type Networks = Extract<Guard, { readonly kind: "networks" }>;

const withLogin = (hosts: readonly GuardedHost[]): { host: string; guard: Login }[] =>
  hosts.flatMap(({ host, guard }) => (guard.kind === "login" ? [{ host, guard }] : []));

const fromNetworks = (hosts: readonly GuardedHost[]): { host: string; guard: Networks }[] =>
  hosts.flatMap(({ host, guard }) => (guard.kind === "networks" ? [{ host, guard }] : []));

const byTls = (hosts: readonly GuardedHost[]): readonly string[] =>
  hosts.flatMap(({ host, guard, byTls: first }) =>
    guard.kind === "tls" || first === true ? [host] : [],
  );

/** The lists of people as files of the controller's pods: none where nobody logs in. */
export function guardFiles({ hosts, users }: Guards): SecretFileSet[] {
  const files = withLogin(hosts).map(
    ({ host, guard }) => [guardName(host), users(guard.users)] as const,
  );
  return files.length === 0 ? [] : [{ name: guardVolume.name, files: Object.fromEntries(files) }];
}

/**
 * Guards as Traefik's middlewares. Hosts name theirs; one that is missing shuts its host.
 *
 * @param trustedProxies Whose word on the caller's address counts. A caller that comes past them is refused:
 *   its own words on it are dropped before.
 */
export const traefikGuards = (
  hosts: readonly GuardedHost[],
  trustedProxies: readonly string[],
): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  Object.fromEntries(
    hosts.flatMap(({ host, guard, byTls: first }) => {
      const name = guardName(host);
      const own = traefikMiddleware(host, guard, trustedProxies);
      const [tls, then] = [`${name}-tls`, `${name}-then`];
      return first === true && guard.kind !== "tls"
        ? [
            // In this order: a password is asked for by TLS alone.
            [name, { chain: { middlewares: [tls, then] } }],
            [tls, toTls],
            [then, own],
          ]
        : [[name, own]];
    }),
  );

/** An authority that asks for its proof goes along, whatever certificate it meets there. */
const toTls = { redirectScheme: { scheme: "https", permanent: true } } as const;

function traefikMiddleware(
  host: string,
  guard: Guard,
  trustedProxies: readonly string[],
): Readonly<Record<string, unknown>> {
  switch (guard.kind) {
    case "login":
      return { basicAuth: { usersFile: usersFile(host), realm: host } };
    case "networks":
      return {
        ipAllowList: {
          sourceRange: guard.from,
          ...(trustedProxies.length === 0 ? {} : { ipStrategy: { excludedIPs: trustedProxies } }),
        },
      };
    case "tls":
      return toTls;
  }
}

/** Directives of an nginx, at the top of everything and at the top of every host's location. */
export interface NginxGuards {
  readonly http: readonly string[];
  readonly location: readonly string[];
}

/**
 * Guards as nginx' directives, which ask for the host themselves: what is in force for a host does not
 * depend on what its Ingress says. The address is the one that the settings take for the caller's.
 *
 * The authority asks for its proof from anywhere, and by plain HTTP where a host has no certificate yet: nginx then
 * shuts its port for TLS. Only the very path of a proof is let through, compared
 * as it was sent: nginx hands it on so, and a program behind could read `%2e%2e` otherwise than nginx.
 */
export function nginxGuards(hosts: readonly GuardedHost[]): NginxGuards {
  if (hosts.length === 0) {
    return { http: [], location: [] };
  }
  const networks = fromNetworks(hosts);
  const logins = withLogin(hosts);
  const shut = byTls(hosts);
  return {
    http: [
      String.raw`map $request_uri $fleet_proof { default no; "~^/\.well-known/acme-challenge/[A-Za-z0-9_-]+$" yes; }`,
      ...networks.flatMap(({ host, guard }, index) => [
        `geo $fleet_known_${index} { default no; ${guard.from.map((network) => `${network} yes;`).join(" ")} }`,
        `map "$server_name $fleet_known_${index} $fleet_proof" $fleet_refused_${index} { default ""; "${host} no no" 1; }`,
      ]),
      ...(logins.length === 0
        ? []
        : [
            `map "$server_name $fleet_proof" $fleet_realm { default off; ${logins.map(({ host }) => `"${host} no" ${host};`).join(" ")} }`,
            `map $server_name $fleet_people { default ""; ${logins.map(({ host }) => `${host} ${usersFile(host)};`).join(" ")} }`,
          ]),
      ...(shut.length === 0
        ? []
        : [
            `map "$server_name $scheme $fleet_proof" $fleet_by_tls { default ""; ${shut.map((host) => `"${host} http no" 1;`).join(" ")} }`,
          ]),
    ],
    location: [
      // 308 keeps a request's method and body, which 301 may lose.
      ...(shut.length === 0
        ? []
        : ["if ($fleet_by_tls) { return 308 https://$server_name$request_uri; }"]),
      ...networks.map((_, index) => `if ($fleet_refused_${index}) { return 403; }`),
      ...(logins.length === 0
        ? []
        : ["auth_basic $fleet_realm;", "auth_basic_user_file $fleet_people;"]),
    ],
  };
}
