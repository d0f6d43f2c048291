/** What a PushTech stack tells of itself. */
import { pagesOf } from "../../components/observability/shape.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import type { PushtechServer } from "../../components/pushtech/servers.ts";
import {
  type Endpoint,
  hostEndpoint,
  hostOutput,
  namespaceOutput,
  recordOutputs,
} from "../outputs.ts";
import { publicHosts, systemHosts } from "./hosts.ts";
import type { PushtechStack } from "./schema.ts";
import { namespacesOf } from "./shape.ts";

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

/**
 * Every endpoint, in the order of the map: whoever comes without TLS is sent to it, where there is some (guardsOf). What
 * only administrators reach is not asked from elsewhere.
 */
export const endpointsOf = ({ ingress, ...stack }: PushtechStack): Endpoint[] => [
  ...(stack.only === undefined ? systemHosts(stack) : []).map(({ name, server, host, admin }) =>
    hostEndpoint(ingress, {
      ...{ name, host },
      check: admin || !answering.includes(server) ? undefined : "/",
    }),
  ),
  ...pagesOf(stack.observability).map((page) => hostEndpoint(ingress, page)),
];

/** What is told whatever is deployed: names, their records, namespaces. */
export function commonOutputs(
  stack: PushtechStack,
  records: DnsRecords,
): Readonly<Record<string, unknown>> {
  return {
    ...recordOutputs(records),
    hosts: hostOutput(publicHosts(stack)),
    namespaces: namespaceOutput(namespacesOf(stack)),
    onFailure: stack.onFailure,
  };
}
