/** What the way to a controller's pods decides, whatever its kind: how many, where, how exchanged. Pure. */
import type { ContainerPort, WorkloadArgs } from "../workload/types.ts";
import type { ControllerConfig } from "./ingress.schema.ts";

/**
 * Pods of a controller by its exposure.
 *
 * @param user User of the image's processes.
 */
export function exposedPods(
  { exposure, tolerations }: Pick<ControllerConfig, "exposure" | "tolerations">,
  user: number,
): Pick<WorkloadArgs, "replicas" | "update" | "placement" | "security"> {
  if (exposure.kind === "host-ports") {
    return {
      replicas: 1,
      // The node's ports are held by one pod: a second would wait for ever.
      update: { strategy: "Recreate" },
      placement: { slot: exposure.slot, tolerations },
      security: { user, exception: "host ports 80 and 443: there is no load balancer" },
    };
  }
  return {
    replicas: exposure.replicas,
    update: { strategy: "RollingUpdate", maxSurge: 1, maxUnavailable: 0 },
    placement: { spread: "preferred", tolerations },
    security: { user },
  };
}

/** The two ports that the world dials, on the node itself where there is no balancer. */
export function publicPorts(
  { exposure }: Pick<ControllerConfig, "exposure">,
  { web, websecure }: { readonly web: number; readonly websecure: number },
): ContainerPort[] {
  const onNode = exposure.kind === "host-ports";
  return [
    { name: "web", port: web, ...(onNode ? { hostPort: 80 } : {}) },
    { name: "websecure", port: websecure, ...(onNode ? { hostPort: 443 } : {}) },
  ];
}
