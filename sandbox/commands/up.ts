/** `make up`: the stack on a real control plane here. */
import * as z from "zod";

import { interruptedCode, updateOrRollBack } from "../../release/run.ts";
import type { Attempt, Source } from "../../release/target.ts";
import type { Api, KubeObject } from "../api.ts";
import { placeBeside } from "../beside.ts";
import { putInForce, readBehaviours, unheard } from "../behave.ts";
import { readDeployment } from "../checkpoint.ts";
import { isReady } from "../cluster-contents.ts";
import { Engine } from "../engine.ts";
import { withLock } from "../lock.ts";
import { readPatience } from "../rollout/update-watch.ts";
import { type Command, makeLine, shortPath, stopped } from "./command.ts";
import { open } from "./open.ts";
import { sandboxTarget } from "./release.ts";
import { tellingOfAnyStop } from "./stops.ts";
import { update } from "./update.ts";
import { sayNoStack } from "./view.ts";

/** Brings the stack up. Returns the exit code. */
export function up(command: Command): Promise<number> {
  const { options, place } = command;
  return withLock(place, "up", () =>
    tellingOfAnyStop(command, stopped("up", options), () =>
      bringUp({ ...command, place: placeBeside(place, options.beside) }),
    ),
  );
}

async function bringUp(command: Command): Promise<number> {
  const { options, outer, place, say } = command;
  const patience = readPatience(options.patience);
  const behaviours = readBehaviours(options.behave);
  const { sandbox, plan } = await open(command);
  await putInForce(sandbox.api, behaviours);
  const engine = new Engine(place, outer);
  const refused = await engine.ensureStack();
  if (refused !== undefined) {
    return sayNoStack(command, "up", refused);
  }
  const run = (source: Source): Promise<Attempt> => update(command, sandbox, source, patience);
  const code =
    plan.onFailure === "rollback"
      ? await updateOrRollBack(sandboxTarget(command, sandbox, run))
      : await updateOrPause(command, run);
  for (const name of await unheard(sandbox.api, behaviours)) {
    say(`warning: BEHAVE: no pod of ${name} was made: it is misspelt, or runs since before`);
  }
  if (code === 0) {
    await sayWhereEverythingIs(command, sandbox.server, sandbox.api);
  }
  sandbox.api.close();
  return code;
}

async function updateOrPause(
  { options, place, say }: Command,
  run: (source: Source) => Promise<Attempt>,
): Promise<number> {
  const { code, interrupted } = await run({
    folder: place.clone,
    config: place.config,
    release: undefined,
    goingBack: false,
  });
  if (interrupted) {
    say(stopped("up", options));
    return interruptedCode;
  }
  return code;
}

async function sayWhereEverythingIs(
  { options, place, say }: Command,
  server: string,
  api: Api,
): Promise<void> {
  say("");
  say(`  API server  ${server}`);
  say(`  kubeconfig  ${shortPath(place.kubeconfig)}`);
  for (const line of await namespaceLines(api)) {
    say(line);
  }
  const outputs = outputLines(readDeployment(place));
  if (outputs.length > 0) {
    say("");
    outputs.forEach(say);
  }
  say("");
  say(`  ${makeLine("preview", options)}    what a change would do`);
  say(`  ${makeLine("watch", options)}      rollouts, as they go`);
  say(`  ${makeLine("exec", options)} CMD='kubectl get pods -A'`);
  say(`  ${makeLine("shell", options)}      kubectl and pulumi of this sandbox at hand`);
  say(`  ${makeLine("down", options)}       take it all away`);
}

/** How many pods of each namespace are ready. One that a Job has at work is nobody's server: a backup, by the clock. */
export async function namespaceLines(api: Pick<Api, "list">): Promise<readonly string[]> {
  const [namespaces, pods] = await Promise.all([
    api.list("/api/v1/namespaces"),
    api.list("/api/v1/pods"),
  ]);
  return namespaces
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== "default" && !name.startsWith("kube-"))
    .sort()
    .map((name) => {
      const own = pods.filter(({ metadata }) => metadata.namespace === name);
      const done = own.filter(({ status }) => status?.["phase"] === "Succeeded");
      const live = own.filter((pod) => !done.includes(pod) && !isAtWork(pod));
      const ready = live.filter(isReady).length;
      const completed = done.length === 0 ? "" : `, ${done.length} completed`;
      return `  namespace   ${name}: ${ready} of ${live.length} pods ready${completed}`;
    });
}

/** Whether a pod does a Job's work: it is not ready before it begins, and not once it is done. */
const isAtWork = ({ metadata, status }: KubeObject): boolean =>
  metadata.labels?.["batch.kubernetes.io/job-name"] !== undefined && status?.["phase"] !== "Failed";

const State = z.object({
  resources: z
    .array(z.object({ type: z.string(), outputs: z.record(z.string(), z.unknown()).optional() }))
    .default([]),
});

/** How the engine writes a value that is not plain JSON. Of outputs, these are secrets. */
const signature = "4dabf18193072939515e22adb298388d";

/**
 * The stack's outputs, secrets covered. The engine would say the same, a second later.
 *
 * @param deployment The state as its backend has it.
 */
export function outputLines(deployment: unknown): readonly string[] {
  const { data: state } = State.safeParse(deployment);
  const { outputs = {} } =
    state?.resources.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
  // The release is the runner's own: it says which one runs where that matters.
  const own = Object.entries(outputs).filter(([name]) => name !== "release");
  return valueLines(Object.fromEntries(own), "  ");
}

/** A value as lines: scalars beside their name, a list's entries on a line each where they fit. */
export function valueLines(value: unknown, indent: string): readonly string[] {
  if (!isNested(value)) {
    return [`${indent}${shown(value)}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown) =>
      isNested(entry) && Object.values(entry).every((part) => !isNested(part))
        ? [`${indent}${Object.values(entry).map(shown).join("  ")}`]
        : valueLines(entry, indent),
    );
  }
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (!isNested(inner)) {
      return [`${indent}${name}: ${shown(inner)}`];
    }
    const lines = valueLines(inner, `${indent}  `);
    return lines.length === 0 ? [`${indent}${name}: none`] : [`${indent}${name}`, ...lines];
  });
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(signature in value);
}

const shown = (value: unknown): string =>
  typeof value === "object" && value !== null ? "[secret]" : String(value);
