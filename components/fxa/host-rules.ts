/** Public hosts that cannot be (facts/fxa.md 7). Pure. */
import { parseQuantity } from "../base/quantity.ts";
import { isCovered } from "../base/tls-certificate.ts";
import type { PlatformFault } from "../platform/fault.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import type { FxaContext } from "./context.ts";
import { hostPath, hostTable } from "./hosts.ts";
import { fewestBodyBytes, publicPages } from "./pages.ts";
import { isInternalName, publicFault } from "./urls.ts";

/** Characters that a name of DNS may have. */
const mostLetters = 253;

/** Hosts that no browser finds, and two of one name. */
export function hostFaults(context: FxaContext): PlatformFault[] {
  const { config } = context;
  if (isInternalName(config.domain)) {
    return [{ path: ["domain"], message: publicFault(config.domain) ?? "must be a public domain" }];
  }
  const longest = Object.values(context.hosts).reduce((long, host) =>
    host.length > long.length ? host : long,
  );
  if (longest.length > mostLetters && !Object.values(config.hosts).includes(longest)) {
    return [
      {
        path: ["domain"],
        message: `must be shorter: ${longest.split(".")[0] ?? ""}'s host below it would have ${longest.length} characters, and DNS takes ${mostLetters}`,
      },
    ];
  }
  const owners = new Map<string, string>();
  // All of them: what is off today has its name in the settings of others all the same.
  return Object.entries(context.hosts).flatMap(([name, host]) => {
    const path = hostPath(name as keyof typeof context.hosts, config.hosts);
    const message = publicFault(host);
    const owner = owners.get(host);
    owners.set(host, owner ?? name);
    return [
      ...(message === undefined ? [] : [{ path, message }]),
      ...(owner === undefined
        ? []
        : [{ path, message: `host ${host} is that of ${owner} already: give each its own` }]),
    ];
  });
}

/**
 * Hosts that the stack's certificate is not for. A wildcard covers one label: *.example.org is for
 * accounts.example.org, and not for api.accounts.example.org.
 */
export function coverFaults(
  context: FxaContext,
  { tls }: Pick<IngressConfig, "tls">,
): PlatformFault[] {
  if (tls.kind !== "certificate") {
    return [];
  }
  const { domain, hosts } = context.config;
  const flat = hostTable(domain, { ...hosts, names: "flat" });
  return publicPages(context)
    .filter(({ host }) => !isCovered(host, tls.hosts))
    .map(({ name, host, path }) => ({
      path,
      message: `host ${host} must be one that the certificate is for (${tls.hosts.join(", ")}): ${
        hosts.names === "nested" && isCovered(flat[name], tls.hosts)
          ? `say fleet:hosts.names: flat, which makes it ${flat[name]}, or have cert-manager order one for each host`
          : "import one that is, and say so in fleet:ingress.tls.hosts, or have cert-manager order one for each host"
      }`,
    }));
}

/** Without TLS there are no accounts: browsers keep their keys and scripts from pages without it. */
export const tlsFaults = ({ tls }: Pick<IngressConfig, "tls">): PlatformFault[] =>
  tls.kind === "none"
    ? [
        {
          path: ["ingress", "tls", "kind"],
          message:
            "must be cert-manager, certificate or secret: every public address of Firefox Accounts is https",
        },
      ]
    : [];

/** Controllers that would refuse a picture which the profile-server takes. */
export const bodyFaults = ({ controllers }: Pick<IngressConfig, "controllers">): PlatformFault[] =>
  Object.entries(controllers).flatMap(([name, { maximumBody }]) =>
    maximumBody !== undefined && parseQuantity(maximumBody) <= fewestBodyBytes
      ? [
          {
            path: ["ingress", "controllers", name, "maximumBody"],
            message: `must be above 2Mi: users send pictures of so much`,
          },
        ]
      : [],
  );
