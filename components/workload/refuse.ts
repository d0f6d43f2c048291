import { groupLabel, workloadLabels } from "../base/labels.ts";
import type { WorkloadFault } from "./fault.ts";
import { workloadFaults } from "./faults.ts";
import { containersOf } from "./pod.ts";
import { probesOf } from "./probes.ts";
import type { WorkloadArgs } from "./types.ts";

/** What the pods may do on a node, without a word why. */
function securityFaults(args: WorkloadArgs): WorkloadFault[] {
  const { exception, user, privileged } = args.security;
  const hostAccess =
    privileged === true ||
    (args.hostPaths ?? []).length > 0 ||
    args.hostNetwork === true ||
    containersOf(args).some(
      ({ capabilities, ports }) =>
        (capabilities ?? []).some((capability) => capability !== "NET_BIND_SERVICE") ||
        (ports ?? []).some(({ hostPort }) => hostPort !== undefined),
    );
  return (exception ?? "").trim() === "" && (user === 0 || hostAccess)
    ? [
        {
          path: ["security"],
          message:
            "user 0, privileges, host ports, host paths, the host's network and capabilities need a named security.exception",
        },
      ]
    : [];
}

/** Without a check an update goes on as soon as a container has started, whether it works or not. */
function probeFaults({ kind, container }: WorkloadArgs): WorkloadFault[] {
  const { probes } = container;
  const path = ["container", "probes"];
  if (kind === "Job") {
    return [];
  }
  if (probes !== undefined && "none" in probes) {
    return probes.none.trim() === ""
      ? [{ path: [...path, "none"], message: "must say why there are no probes" }]
      : [];
  }
  return probesOf(probes).readiness === undefined
    ? [{ path, message: 'must have a readiness probe, or none: "<why it cannot have any>"' }]
    : [];
}

/** What is waited for is one pod's status: with more of them, or none, an update would never end. */
const waitFaults = ({
  kind,
  replicas = 1,
  autoscale,
  awaitExchange,
}: WorkloadArgs): WorkloadFault[] =>
  awaitExchange === true && (kind !== "Deployment" || replicas !== 1 || autoscale !== undefined)
    ? [{ path: ["awaitExchange"], message: "must not be said but of a Deployment of one pod" }]
    : [];

/** What a group has said already, said again. */
function groupFaults(args: WorkloadArgs): WorkloadFault[] {
  const { group, flows, rules, clusterRules, disruption } = args;
  if (group === undefined) {
    return [];
  }
  const said = {
    flows: flows.callers.length + flows.calls.length > 0,
    rules: rules !== undefined,
    clusterRules: clusterRules !== undefined,
    disruption: disruption !== undefined,
  };
  return Object.entries(said)
    .filter(([, isSaid]) => isSaid)
    .map(([field]) => ({
      path: [field],
      message: `must be said of the group ${group.name}, not of one of its workloads`,
    }));
}

/** A label that Services and policies find the pods by, given another value. */
function labelFaults(name: string, args: WorkloadArgs): WorkloadFault[] {
  const own = { ...workloadLabels(name, args.system), [groupLabel]: "" };
  return (["labels", "podLabels"] as const).flatMap((field) =>
    Object.keys(args[field] ?? {})
      .filter((key) => Object.hasOwn(own, key))
      .map((key) => ({ path: [field, key], message: "is Fleet's own label: leave it out" })),
  );
}

/**
 * Refuses what cannot work, whoever composed it so. What a stack's file can get wrong is found there
 * before, by the same rules ({@link workloadFaults}).
 *
 * @throws Error with every fault.
 */
export function refuseImpossible(name: string, args: WorkloadArgs): void {
  const faults = [
    ...securityFaults(args),
    ...probeFaults(args),
    ...labelFaults(name, args),
    ...groupFaults(args),
    ...waitFaults(args),
    ...workloadFaults(args),
  ];
  if (faults.length > 0) {
    const lines = faults.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(`Workload ${name}: ${lines.join("; ")}`);
  }
}
