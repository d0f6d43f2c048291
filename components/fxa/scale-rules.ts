/** How often a program may run (facts/fxa.md 9). Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import { budgetFault } from "../workload/workload.schema.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, placeOf, runningPrograms } from "./environment.ts";
import type { Program } from "./roles.ts";
import { traitsOf } from "./servers.ts";

/** Servers that make their own tables when they start, unless they are told not to. */
const makers: ReadonlySet<Program> = new Set(["auth-server", "profile-server"]);

/**
 * Whether a server's pods would make its tables at once: nothing there locks. With an autoscaler a Deployment begins
 * with one pod, and is awaited before it has the autoscaler (workload.ts); updates exchange pods one by one.
 */
const racesForTables = ({ config: { servers } }: FxaContext, program: Program): boolean =>
  makers.has(program) && servers[program as "auth-server" | "profile-server"].settings.createSchema;

function programFaults(context: FxaContext, program: Program): PlatformFault[] {
  const { replicas, autoscale, parallelSafe, disruption } = optionsOf(context, program);
  const fault = (field: string, message: string): PlatformFault => ({
    path: [...placeOf(program), field],
    message,
  });
  const many = autoscale === undefined ? "replicas" : "autoscale";
  const most = autoscale?.max ?? replicas ?? 1;
  const { scales } = traitsOf(program);
  if (autoscale !== undefined && replicas !== undefined) {
    return [
      fault(
        "replicas",
        "must not stand beside autoscale, whose number each update would undo: say autoscale.min instead",
      ),
    ];
  }
  if (scales !== true && (most > 1 || autoscale !== undefined)) {
    return [fault(many, `must be left out, or be one pod: ${scales}`.replace(/ \(\d+\)$/, ""))];
  }
  if (scales === true && most > 1 && !parallelSafe) {
    return [
      fault(
        many,
        "must not ask for more than one pod without parallelSafe: true, the word that somebody has seen two of them work",
      ),
    ];
  }
  if (autoscale === undefined && most > 1 && racesForTables(context, program)) {
    return [
      fault(
        "replicas",
        `must be left out for autoscale: { min: ${most}, max: ${most} }, or more: so many first pods would make its tables at once, and an autoscaler is there only when the first one is ready; or say settings.createSchema: false`,
      ),
    ];
  }
  const budget = budgetFault(autoscale?.min ?? replicas ?? 1, disruption);
  return budget === undefined ? [] : [fault("disruption", budget)];
}

/** Numbers of pods that cannot be. */
export const scaleFaults = (context: FxaContext): PlatformFault[] =>
  runningPrograms(context).flatMap((program) => programFaults(context, program));
