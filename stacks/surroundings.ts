/** What stands around a system: the ways in, who orders certificates, what watches. Pure. */
import type { Flow } from "../components/base/flows.ts";
import type { ObservabilityConfig } from "../components/observability/observability.schema.ts";
import type { SystemCallers } from "../components/observability/parts.ts";
import {
  observabilityFlows,
  observabilityWorkloads,
  partNamespaces,
} from "../components/observability/shape.ts";
import {
  certManagerFlows,
  certManagerRequests,
} from "../components/platform/cert-manager-shape.ts";
import type { CertificatesConfig } from "../components/platform/cert-manager.schema.ts";
import type { ClusterConfig } from "../components/platform/cluster.schema.ts";
import { controllerRequests } from "../components/platform/controller-shape.ts";
import type { PlatformFault } from "../components/platform/fault.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import type { StackWorkload } from "./requests.ts";

/** Its sections. */
export interface SurroundingSections {
  readonly ingress: IngressConfig;
  readonly certificates?: CertificatesConfig | undefined;
  readonly observability: ObservabilityConfig;
  readonly cluster: ClusterConfig;
}

/** A namespace of a stack, and where its file names it. */
export interface StackNamespace {
  readonly path: PlatformFault["path"];
  readonly name: string;
  /** What it is called among the stack's outputs. */
  readonly part: string;
}

/** Its workloads. */
export function surroundingWorkloads({
  ingress,
  certificates,
  observability,
  cluster,
}: SurroundingSections): StackWorkload[] {
  const { certManager } = certificates ?? {};
  return [
    ...controllerRequests(ingress).map((request) => ({
      path: ["ingress", "controllers", request.workload],
      namespace: ingress.namespace,
      request,
    })),
    ...(certificates !== undefined && certManager?.kind === "chart"
      ? certManagerRequests(certificates).map((request) => ({
          path: ["certificates", "certManager"],
          namespace: certManager.namespace,
          request,
        }))
      : []),
    ...observabilityWorkloads(observability, cluster),
  ];
}

/** Its namespaces. */
export const surroundingNamespaces = ({
  ingress,
  certificates,
  observability,
}: Omit<SurroundingSections, "cluster">): StackNamespace[] => [
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

/**
 * Its calls, which are there whatever is deployed.
 *
 * @param callers Programs of the system that tell of themselves. Default: none does.
 */
export const surroundingFlows = (
  { ingress, certificates, observability }: Omit<SurroundingSections, "cluster">,
  callers?: SystemCallers,
): Flow[] => [
  ...observabilityFlows(observability, ingress, callers),
  ...(certificates?.certManager.kind === "chart"
    ? certManagerFlows(certificates.certManager, ingress)
    : []),
];
