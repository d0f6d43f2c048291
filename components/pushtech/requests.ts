/** What the programs ask of the nodes. Pure. */
import { formatBytes, formatCpu, parseQuantity } from "../base/quantity.ts";
import type { CapacityRequest } from "../platform/capacity.ts";
import type { Resources } from "../workload/workload.schema.ts";
import { type ProgramName, programNames } from "./programs.ts";
import type { PushtechServices } from "./services.schema.ts";

/** Place below `fleet:services`, and what is asked for. */
export interface ProgramRequest {
  readonly path: readonly [ProgramName];
  readonly request: CapacityRequest;
}

/** What all containers of a pod ask for together. */
function together(resources: readonly Resources[]): { cpu: string; memory: string } {
  const sum = (of: "cpu" | "memory"): number =>
    resources.reduce((total, { requests }) => total + parseQuantity(requests[of]), 0);
  return { cpu: formatCpu(sum("cpu")), memory: formatBytes(sum("memory")) };
}

/** What each program asks for; a rolling update has one pod more for a while. */
export function programRequests(services: PushtechServices): ProgramRequest[] {
  return programNames.map((name) => {
    const { replicas, strategy, placement, resources } = services[name];
    const beside =
      name === "tracker"
        ? [services.tracker.kafkastore.resources, services.tracker.redis.resources]
        : [];
    return {
      path: [name],
      request: {
        workload: name,
        replicas: replicas === 0 || strategy === "Recreate" ? replicas : replicas + 1,
        ...together([resources, ...beside]),
        placement,
      },
    };
  });
}
