/** Calls of a registry in the cluster, and what it asks of the nodes. Pure. */
import type { Flow } from "../base/flows.ts";
import type { CapacityRequest } from "./capacity.ts";
import { entryFlows } from "./controller-shape.ts";
import type { IngressConfig } from "./ingress.schema.ts";
import type { RegistryServerConfig } from "./registry-server.schema.ts";

/** Name of its pods, of its Service and of its host's objects. */
export const registryName = "registry";

/** Port of the pods and of the Service. */
export const registryPort = 5000;

/** Calls that the registry gets: from the controller of its host. */
export const registryFlows = (config: RegistryServerConfig, ingress: IngressConfig): Flow[] =>
  entryFlows(
    ingress,
    config.host,
    { kind: "workload", name: registryName, namespace: config.namespace },
    registryPort,
  );

/** What it asks of the nodes, for capacityFaults. */
export const registryRequests = ({ resources }: RegistryServerConfig): CapacityRequest[] => [
  {
    ...{ workload: registryName, replicas: 1, ...resources.requests },
    placement: { tolerations: [] },
    disks: 1,
  },
];
