/** The ingress map: every public host, what it leads to, and whom it is for. Pure. */
import { type PublicPage, pagesOf } from "../../components/observability/shape.ts";
import type { HostUse } from "../../components/platform/dns.schema.ts";
import { domainHosts, isOfDomain } from "../../components/platform/dns-records.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import { type PushtechServer, serverNames, servers } from "../../components/pushtech/servers.ts";
import type { PushtechStack } from "./schema.ts";

/** A host of the system. */
export interface PushtechHost extends HostUse {
  /** Of its Ingress; its certificate is in the Secret `<name>-tls`. */
  readonly name: string;
  readonly server: PushtechServer;
  /** For administrators: `fleet:adminHosts` says who gets in. */
  readonly admin: boolean;
}

/** What the map needs of a stack. */
type Named = Pick<PushtechStack, "domain" | "adminHosts">;

/** Names of the website beside `www`: those its pages fetch files from, and the bare domain. */
const websiteAliases: readonly (readonly [name: string, label: string])[] = [
  ["website-www1", "www1"],
  ["website-www2", "www2"],
  ["website-www3", "www3"],
  ["website-tld", ""],
];

const below = (domain: string, label: string): string =>
  label === "" ? domain : `${label}.${domain}`;

/** The hosts of the system, in the order of the map (facts/pushtech.md 7). All follow from the domain. */
export function systemHosts({ domain, adminHosts }: Named): PushtechHost[] {
  const own = serverNames.map((server) => ({
    name: server,
    server,
    host: below(domain, servers[server].subdomain),
    admin: servers[server].admin === true,
    path: ["domain"],
  }));
  const aliases = websiteAliases.map(([name, label]) => ({
    ...{ name, server: "website" as const, host: below(domain, label) },
    ...{ admin: false, path: ["domain"] },
  }));
  return [...own, ...aliases].filter(({ admin }) => !admin || adminHosts.kind !== "closed");
}

/** Every public host: the system's, its registry's and the pages of what watches it. */
export const publicHosts = (stack: PushtechStack): (HostUse & Pick<PublicPage, "name">)[] => [
  ...(stack.only === undefined
    ? [
        ...systemHosts(stack),
        ...(stack.registry === undefined
          ? []
          : [{ name: "registry", host: stack.registry.host, path: ["registry", "host"] }]),
      ]
    : []),
  ...pagesOf(stack.observability),
];

/**
 * Names that have records: the bare domain and its wildcard lead to the default controller, as in the original. A
 * host that another controller serves, or that lies elsewhere, has a record of its own, to which the wildcard gives
 * way.
 */
export function recordHosts(stack: PushtechStack): HostUse[] {
  const { domain, ingress } = stack;
  const hosts = publicHosts(stack);
  const own = hosts.filter(
    ({ host }) => !isOfDomain(domain, host) || classOf(ingress, host) !== ingress.default,
  );
  return [
    ...(own.length === hosts.length
      ? []
      : domainHosts(domain)
          // The bare domain may be served by another controller than its wildcard.
          .filter((host) => own.every((one) => one.host !== host))
          .map((host) => ({ host, path: ["domain"] }))),
    ...own,
  ];
}
