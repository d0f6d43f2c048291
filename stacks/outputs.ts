/** What stacks of several systems tell of themselves alike. */
import type { DnsRecords } from "../components/platform/dns.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";

/** A place that clients dial. `make hosts` lists them, `make verify` dials them. */
export interface Endpoint<Url = string> {
  readonly name: string;
  /**
   * `dmsg` is a key on the dmsg network, all others are on the internet. `stun` is told to visors
   * whoever runs the server.
   */
  readonly kind: "http" | "https" | "udp" | "tcp" | "stun" | "dns" | "dmsg";
  /** Where; its scheme is the kind. `stun:host:port` is RFC 7064's, `dns://server/zone` RFC 4501's. */
  readonly url: Url;
  /**
   * Of HTTP: path that `make verify` asks, which answers 200 while all is well. Default: any answer will
   * do that is no error of the server's. Outputs are told in the order of their names: after the URL.
   */
  readonly verify?: string;
}

/** A public host by its name, and the path that tells its health. */
export interface CheckedHost {
  readonly name: string;
  readonly host: string;
  /** Default: any answer will do. */
  readonly check?: string | undefined;
}

/** A public host over HTTP, which redirects nowhere, and over HTTPS where it has a certificate. */
export function hostEndpoints(
  { tls }: Pick<IngressConfig, "tls">,
  { name, host, check }: CheckedHost,
): Endpoint[] {
  const checked = check === undefined ? {} : { verify: check };
  return [
    { name, kind: "http", url: `http://${host}`, ...checked },
    ...(tls.kind === "none"
      ? []
      : [{ name, kind: "https", url: `https://${host}`, ...checked } as const]),
  ];
}

/** A public host by whichever of both is its first: HTTPS, where it has a certificate. */
export const hostEndpoint = (
  { tls }: Pick<IngressConfig, "tls">,
  { name, host, check }: CheckedHost,
): Endpoint => {
  const kind = tls.kind === "none" ? "http" : "https";
  return {
    name,
    kind,
    url: `${kind}://${host}`,
    ...(check === undefined ? {} : { verify: check }),
  };
};

/** The records that the hosts need, and what our own name servers need of others. */
export const recordOutputs = ({ zoneLines, notes }: DnsRecords): Record<string, unknown> => ({
  records: zoneLines,
  ...(notes === undefined ? {} : { nameServer: notes }),
});

/** Hosts by their names. */
export const hostOutput = (
  hosts: readonly Pick<CheckedHost, "name" | "host">[],
): Record<string, string> => Object.fromEntries(hosts.map(({ name, host }) => [name, host]));

/** Namespaces by what they are for. */
export const namespaceOutput = (
  namespaces: readonly { readonly part: string; readonly name: string }[],
): Record<string, string> => Object.fromEntries(namespaces.map(({ part, name }) => [part, name]));
