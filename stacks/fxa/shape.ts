/** What follows from the config of a stack of Firefox Accounts and several steps need. Pure. */
import type { Flow } from "../../components/base/flows.ts";
import { contextOf, type Endpoint, type FxaContext } from "../../components/fxa/context.ts";
import { fxaFlows, statsdClients } from "../../components/fxa/flows.ts";
import {
  exporterNames,
  statsdPorts,
} from "../../components/observability/metrics/exporters-shape.ts";
import type { SystemCallers } from "../../components/observability/parts.ts";
import { observabilityFlows, partNamespaces } from "../../components/observability/shape.ts";
import { certManagerFlows } from "../../components/platform/cert-manager-shape.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
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
export const groundFlows = (stack: FxaStack): Flow[] => {
  const { observability, ingress, certificates } = stack;
  return [
    ...observabilityFlows(observability, ingress, callersOf(stack)),
    ...(certificates?.certManager.kind === "chart"
      ? certManagerFlows(certificates.certManager, ingress)
      : []),
  ];
};

/** Every flow of the stack. */
export const flowsOfStack = (stack: FxaStack): Flow[] => [
  ...groundFlows(stack),
  ...fxaFlows(contextOfStack(stack), stack.ingress),
];

/** A namespace of the stack, and where its file names it. */
interface StackNamespace {
  readonly path: PlatformFault["path"];
  readonly name: string;
  /** What it is called among the stack's outputs. */
  readonly part: string;
}

/** Every namespace. */
export const namespacesOf = ({
  namespace,
  ingress,
  certificates,
  observability,
  only,
}: FxaStack): StackNamespace[] => [
  ...(only === undefined ? [{ part: "services", path: ["namespace"], name: namespace }] : []),
  { part: "ingress", path: ["ingress", "namespace"], name: ingress.namespace },
  ...(certificates?.certManager.kind === "chart"
    ? [
        {
          part: "certManager",
          path: ["certificates", "certManager", "namespace"],
          name: certificates.certManager.namespace,
        },
      ]
    : []),
  ...partNamespaces(observability),
];
