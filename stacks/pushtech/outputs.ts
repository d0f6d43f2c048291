/** What a PushTech stack tells of itself. */
import { pagesOf } from "../../components/observability/shape.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import type { PushtechServer } from "../../components/pushtech/servers.ts";
import { publicHosts, systemHosts } from "./hosts.ts";
import type { PushtechStack } from "./schema.ts";
import { namespacesOf } from "./shape.ts";

/** A place that clients dial, see `make verify`. */
interface Endpoint {
  readonly name: string;
  readonly kind: "http" | "https";
  readonly url: string;
  /** Path that answers 200 while all is well. Default: any answer will do that is no error of the server's. */
  readonly verify?: string;
}

/**
 * Servers whose first page answers everybody (facts/pushtech.md 3.1). The tracker's does, too, and takes each
 * question for an event; it is dialled without a word of what it must answer.
 */
const answering: readonly PushtechServer[] = [
  "storage",
  "website",
  "imageserver",
  "notificationserver",
];

/** A host over HTTPS, and over HTTP: nothing redirects (facts/pushtech.md 7). */
const hostEndpoints = (
  name: string,
  host: string,
  { tls }: PushtechStack["ingress"],
  check: string | undefined,
): Endpoint[] => {
  const checked = check === undefined ? {} : { verify: check };
  return [
    { name, kind: "http", url: `http://${host}`, ...checked },
    ...(tls.kind === "none"
      ? []
      : [{ name, kind: "https", url: `https://${host}`, ...checked } as const]),
  ];
};

/** Every endpoint, in the order of the map. What only administrators reach is not asked from elsewhere. */
export const endpointsOf = (stack: PushtechStack): Endpoint[] => [
  ...(stack.only === undefined ? systemHosts(stack) : []).flatMap(({ name, server, host, admin }) =>
    hostEndpoints(
      name,
      host,
      stack.ingress,
      admin || !answering.includes(server) ? undefined : "/",
    ),
  ),
  ...pagesOf(stack.observability).flatMap(({ name, host, check }) =>
    hostEndpoints(name, host, stack.ingress, check),
  ),
];

/** What is told whatever is deployed: names, their records, namespaces. */
export function commonOutputs(
  stack: PushtechStack,
  records: DnsRecords,
): Readonly<Record<string, unknown>> {
  return {
    records: records.zoneLines,
    ...(records.notes === undefined ? {} : { nameServer: records.notes }),
    hosts: Object.fromEntries(publicHosts(stack).map(({ name, host }) => [name, host])),
    namespaces: Object.fromEntries(namespacesOf(stack).map(({ part, name }) => [part, name])),
    onFailure: stack.onFailure,
  };
}
