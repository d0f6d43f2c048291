/** What a stack of Firefox Accounts tells of itself. */
import { publicPages } from "../../components/fxa/pages.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { pagesOf } from "../../components/observability/shape.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import { publicHosts } from "./hosts.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack, namespacesOf } from "./shape.ts";

/** A place that clients dial, see `make verify`. */
interface Endpoint {
  readonly name: string;
  readonly kind: "https";
  readonly url: string;
  /** Path that answers 200 while all is well. Default: any answer will do that is no error of the server's. */
  readonly verify?: string;
}

const endpoint = (name: string, host: string, verify: string | undefined): Endpoint => ({
  ...{ name, kind: "https", url: `https://${host}` },
  ...(verify === undefined ? {} : { verify }),
});

/** Every endpoint, in the order of the hosts. There is no http: the controllers send it here. */
export const endpointsOf = (stack: FxaStack): Endpoint[] => [
  ...(stack.only === undefined ? publicPages(contextOfStack(stack)) : []).map(
    ({ name, host, program }) => {
      const { readiness } = traitsOf(program);
      return endpoint(name, host, readiness === "tcp" ? undefined : readiness.path);
    },
  ),
  ...pagesOf(stack.observability).map(({ name, host, check }) => endpoint(name, host, check)),
];

/** What is told whatever is deployed: names, their records, namespaces. */
export function commonOutputs(
  stack: FxaStack,
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
