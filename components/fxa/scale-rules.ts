/** How often a program may run (facts/fxa.md 9). Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import { budgetFault } from "../workload/workload.schema.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, runningPrograms } from "./environment.ts";
import type { Program } from "./roles.ts";
import { traitsOf } from "./servers.ts";

function programFaults(context: FxaContext, program: Program): PlatformFault[] {
  const { replicas, autoscale, parallelSafe, disruption } = optionsOf(context, program);
  const place = program === "mozilla-sync" ? ["sync"] : ["servers", program];
  const fault = (field: string, message: string): PlatformFault => ({
    path: [...place, field],
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
  const budget = budgetFault(autoscale?.min ?? replicas ?? 1, disruption);
  return budget === undefined ? [] : [fault("disruption", budget)];
}

/** Numbers of pods that cannot be. */
export const scaleFaults = (context: FxaContext): PlatformFault[] =>
  runningPrograms(context).flatMap((program) => programFaults(context, program));
