/** What PushTech's programs ask of the nodes. Pure. */
import { formatBytes, formatCpu, parseQuantity } from "../../components/base/quantity.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { type ProgramName, programs } from "../../components/pushtech/programs.ts";
import type { PushtechServices } from "../../components/pushtech/services.schema.ts";
import type { Resources } from "../../components/workload/workload.schema.ts";

/** Containers of a program's pod that run side by side. */
function containersOf(name: ProgramName, services: PushtechServices): readonly Resources[] {
  const { tracker } = services;
  return name === "tracker"
    ? [tracker.resources, tracker.kafkastore.resources, tracker.redis.resources]
    : [services[name].resources];
}

const sum = (resources: readonly Resources[], what: "cpu" | "memory"): number =>
  resources.reduce((all, { requests }) => all + parseQuantity(requests[what]), 0);

/** Bytes as they are counted: what is written for people is rounded, and 1500Mi would be counted as 1.46Gi. */
function exactBytes(bytes: number): string {
  const rounded = formatBytes(bytes);
  return parseQuantity(rounded) === bytes ? rounded : `${bytes / 2 ** 20}Mi`;
}

/** What a program asks for, with the pod that a rolling update has more for a while. */
export function programRequest(name: ProgramName, services: PushtechServices): CapacityRequest {
  const { replicas, strategy, placement } = services[name];
  const containers = containersOf(name, services);
  const surges = strategy === "RollingUpdate" && programs[name].single === undefined;
  return {
    workload: name,
    replicas: replicas > 0 && surges ? replicas + 1 : replicas,
    cpu: formatCpu(sum(containers, "cpu")),
    memory: exactBytes(sum(containers, "memory")),
    placement,
  };
}
