/** What a stack of Firefox Accounts tells of itself. */
import { publicPages } from "../../components/fxa/pages.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { pagesOf } from "../../components/observability/shape.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import {
  type CheckedHost,
  type Endpoint,
  hostOutput,
  namespaceOutput,
  recordOutputs,
} from "../outputs.ts";
import { publicHosts } from "./hosts.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack, namespacesOf } from "./shape.ts";

const endpoint = ({ name, host, check }: CheckedHost): Endpoint => ({
  ...{ name, kind: "https", url: `https://${host}` },
  ...(check === undefined ? {} : { verify: check }),
});

/** Every endpoint, in the order of the hosts. There is no http: the controllers send it here. */
export const endpointsOf = (stack: FxaStack): Endpoint[] => [
  ...(stack.only === undefined ? publicPages(contextOfStack(stack)) : []).map(
    ({ name, host, program }) => {
      const { readiness } = traitsOf(program);
      return endpoint({ name, host, check: readiness === "tcp" ? undefined : readiness.path });
    },
  ),
  ...pagesOf(stack.observability).map(endpoint),
];

/** What is told whatever is deployed: names, their records, namespaces. */
export function commonOutputs(
  stack: FxaStack,
  records: DnsRecords,
): Readonly<Record<string, unknown>> {
  return {
    ...recordOutputs(records),
    hosts: hostOutput(publicHosts(stack)),
    namespaces: namespaceOutput(namespacesOf(stack)),
    onFailure: stack.onFailure,
  };
}
