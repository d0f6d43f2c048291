/** Rules about the names that members of a Skywire stack are given in its file. */
import type { PlatformFault } from "../../components/platform/fault.ts";
import {
  addressResolverUdpService,
  uptimePrivateService,
} from "../../components/skywire/addresses.ts";
import { workloadNameFaults } from "../rules.ts";
import { daemonsOf } from "./daemon-shape.ts";
import { stackWorkloads } from "./requests.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";

type Rule = (stack: SkywireStack) => PlatformFault[];

const workloadNames: Rule = (stack) => workloadNameFaults(stackWorkloads(stack));

/** Members of the services' namespace whose names are the file's, with their places. */
const namedMembers = (stack: SkywireStack): (readonly [PlatformFault["path"], string])[] => [
  ...dmsgServersOf(stack).map(
    ({ name }) => [["services", "dmsg-servers", "members", name], name] as const,
  ),
  ...Object.keys(stack.services["setup-nodes"]).map(
    (name) => [["services", "setup-nodes", name], name] as const,
  ),
  ...daemonsOf(stack).map(({ name }) => [["services", "daemons", name], name] as const),
];

const backupEnd = /-backup$/;

/**
 * Names of Services and restores that no workload has: an object of a name that is taken would be written over by the
 * other one's, and nothing would tell.
 */
const takenNames: Rule = (stack) => {
  const backups = stackWorkloads(stack).flatMap(({ namespace, request: { workload } }) =>
    namespace === stack.namespaces.services && backupEnd.test(workload) ? [workload] : [],
  );
  const taken = new Map([
    [addressResolverUdpService, "a Service of the address-resolver"],
    [uptimePrivateService, "a Service of the uptime-tracker"],
    ...backups.map((name) => [name.replace(backupEnd, "-restore"), "a restore"] as const),
  ]);
  return namedMembers(stack).flatMap(([path, name]) => {
    const owner = taken.get(name);
    return owner === undefined
      ? []
      : [{ path, message: `is the name of ${owner}: give the member another one` }];
  });
};

/**
 * Daemons and services are told apart by their names alone among the stack's keys, whatever their
 * namespaces. Two in one namespace are told by workloadNameFaults.
 */
const daemonNames: Rule = (stack) => {
  const workloads = stackWorkloads(stack);
  return daemonsOf(stack).flatMap(({ name }) => {
    const path = ["services", "daemons", name];
    const own = workloads.find((one) => one.path.join("/") === path.join("/"));
    const other = workloads.find(
      (one) =>
        one.path[0] === "services" &&
        one.request.workload === name &&
        one.namespace !== own?.namespace,
    );
    return other === undefined
      ? []
      : [
          {
            path,
            message: `is the name of fleet:${other.path.join(".")}, too: give the daemon another one`,
          },
        ];
  });
};

/** Faults of names that are taken. */
export const nameFaults: Rule = (stack) => [
  ...workloadNames(stack),
  ...takenNames(stack),
  ...daemonNames(stack),
];
