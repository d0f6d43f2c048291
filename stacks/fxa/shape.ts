/** What follows from the config of a stack of Firefox Accounts and several steps need. Pure. */
import type { Flow } from "../../components/base/flows.ts";
import { contextOf, type Endpoint, type FxaContext } from "../../components/fxa/context.ts";
import { fxaFlows, statsdClients } from "../../components/fxa/flows.ts";
import {
  exporterNames,
  statsdPorts,
} from "../../components/observability/metrics/exporters-shape.ts";
import type { SystemCallers } from "../../components/observability/parts.ts";
import { type StackNamespace, surroundingFlows, surroundingNamespaces } from "../surroundings.ts";
import type { FxaStack } from "./schema.ts";

/** Where the servers send their StatsD, where the stack has an exporter. */
const statsdOf = ({ observability: { metrics } }: FxaStack): Endpoint | undefined =>
  metrics?.statsd === undefined
    ? undefined
    : { host: `${exporterNames.statsd}.${metrics.namespace}.svc`, port: statsdPorts.service };

/** What all environments are computed from. */
export const contextOfStack = (stack: FxaStack): FxaContext => contextOf(stack, statsdOf(stack));

/** Servers that tell of themselves, where they are there and what watches is there to be told. */
export const callersOf = (stack: FxaStack): SystemCallers => ({
  metrics: [],
  profiles: [],
  statsd:
    stack.only === undefined && statsdOf(stack) !== undefined
      ? statsdClients(contextOfStack(stack))
      : [],
});

/** Calls of what is there whatever is deployed: what watches, and who orders certificates. */
export const groundFlows = (stack: FxaStack): Flow[] => surroundingFlows(stack, callersOf(stack));

/** Every flow of the stack. */
export const flowsOfStack = (stack: FxaStack): Flow[] => [
  ...groundFlows(stack),
  ...fxaFlows(contextOfStack(stack), stack.ingress),
];

/** Every namespace. */
export const namespacesOf = (stack: FxaStack): StackNamespace[] => [
  ...(stack.only === undefined
    ? [{ part: "services", path: ["namespace"], name: stack.namespace }]
    : []),
  ...surroundingNamespaces(stack),
];
