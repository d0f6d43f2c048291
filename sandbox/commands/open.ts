/** The first half of `up` and `preview`: a checked stack file and a sandbox that stands. */
import { stackFile } from "../place.ts";
import { type Plan, readPlan } from "../plan.ts";
import { openSandbox, type Sandbox } from "../sandbox.ts";
import { lendOutputs } from "../references.ts";
import { readSecrets } from "../secrets.ts";
import { type Command, makeLine } from "./command.ts";
import { tellingOfStops } from "./stops.ts";

/** Checks the stack file, then makes its sandbox stand. A faulty file touches nothing. */
export async function open(command: Command): Promise<{ readonly sandbox: Sandbox; plan: Plan }> {
  const { options, outer, place, say } = command;
  const plan = readPlan(options.stack, stackFile(place, options.file), readSecrets(place));
  const begun = Date.now();
  const told = `stopped before anything was changed; ${makeLine("up", options)} goes on from there`;
  const sandbox = await tellingOfStops(command, told, () => openSandbox(place, plan, outer, say));
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
  lendOutputs(place, plan.references);
  const nodes = `${plan.nodes.length} nodes`;
  const words = {
    new: `control plane${plan.isGoogle ? "" : ` and ${nodes}`} started in ${seconds} s`,
    restarted: `control plane started again in ${seconds} s`,
    running: `control plane runs${plan.isGoogle ? "" : `, ${nodes}`}`,
  };
  say(`sandbox of ${options.stack}: ${words[sandbox.start]} (${sandbox.server})`);
  return { sandbox, plan };
}
