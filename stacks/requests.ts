/** What several systems' stacks ask of the nodes alike. Pure. */
import type { ObservabilityConfig } from "../components/observability/observability.schema.ts";
import { observabilityWorkloads } from "../components/observability/shape.ts";
import type { CapacityRequest } from "../components/platform/capacity.ts";
import { certManagerRequests } from "../components/platform/cert-manager-shape.ts";
import type { CertificatesConfig } from "../components/platform/cert-manager.schema.ts";
import type { ClusterConfig } from "../components/platform/cluster.schema.ts";
import { controllerRequests } from "../components/platform/controller-shape.ts";
import type { PlatformFault } from "../components/platform/fault.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import { slotPool } from "../components/platform/slots.ts";

/** A workload of a stack, and what it asks of the nodes. */
export interface StackWorkload {
  /** Place in the config that describes it. */
  readonly path: PlatformFault["path"];
  readonly namespace: string;
  readonly request: CapacityRequest;
}

/** Sections of what stands around a system. */
export interface SurroundingSections {
  readonly ingress: IngressConfig;
  readonly certificates?: CertificatesConfig | undefined;
  readonly observability: ObservabilityConfig;
  readonly cluster: ClusterConfig;
}

/** What stands around a system: the way in, who orders its certificates, what watches. */
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

/** Those that may find a place. A slot that does not exist is told by `pinnedFaults` (rules.ts). */
export const placeable = (
  cluster: ClusterConfig,
  workloads: readonly StackWorkload[],
): StackWorkload[] =>
  workloads.filter(
    ({ request: { placement } }) =>
      placement.slot === undefined || slotPool(cluster, placement.slot) !== undefined,
  );
