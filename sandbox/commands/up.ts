/** `make up`: the stack on a real control plane here. */
import * as z from "zod";

import type { Api } from "../api.ts";
import { isReady } from "../cluster-contents.ts";
import { Engine } from "../engine.ts";
import { withLock } from "../lock.ts";
import { describeChanges } from "../progress.ts";
import { hasPendingOperations } from "../checkpoint.ts";
import { markUnfinished } from "../state.ts";
import { type Command, makeLine, shortPath } from "./command.ts";
import { open } from "./open.ts";
import { progressView, sayFailure, sayWarnings } from "./view.ts";

/** What a shell gives for a command that Ctrl-C ended. */
const interruptedCode = 130;

/** Brings the stack up. Returns the exit code. */
export function up(command: Command): Promise<number> {
  return withLock(command.place, "up", () => bringUp(command));
}

async function bringUp(command: Command): Promise<number> {
  const { options, outer, place, say } = command;
  const { sandbox } = await open(command);
  const engine = new Engine(place, outer);
  const refused = await engine.ensureStack();
  if (refused !== undefined) {
    say(`the engine made no stack:\n${refused.stderr}`);
    return refused.code;
  }
  const view = progressView(command);
  markUnfinished(place, true);
  const result = await engine.update(
    [
      ...["up", "--yes", "--skip-preview", "--parallel", "64"],
      ...(options.refresh ? ["--refresh"] : []),
    ],
    view,
  );
  view.end();
  // An engine that ended by itself has written its state; one that left work half-done has said so in it.
  markUnfinished(place, result.code !== 0 && hasPendingOperations(place));
  sayWarnings(command, result);
  if (result.code !== 0 && result.interrupted) {
    say(`up: stopped; ${makeLine("up", options)} goes on from there`);
    sandbox.api.close();
    return interruptedCode;
  }
  if (result.code !== 0) {
    sayFailure(command, "up", result);
    sandbox.api.close();
    return result.code;
  }
  const { changes, seconds } = result.outcome;
  say(`up: ${describeChanges(changes)} in ${seconds} s`);
  await sayWhereEverythingIs(command, sandbox.server, sandbox.api, engine);
  sandbox.api.close();
  return 0;
}

async function sayWhereEverythingIs(
  { options, place, say }: Command,
  server: string,
  api: Api,
  engine: Engine,
): Promise<void> {
  say("");
  say(`  API server  ${server}`);
  say(`  kubeconfig  ${shortPath(place.kubeconfig)}`);
  for (const line of await namespaceLines(api)) {
    say(line);
  }
  const outputs = await outputLines(engine, options.stack);
  if (outputs.length > 0) {
    say("");
    outputs.forEach(say);
  }
  say("");
  say(`  ${makeLine("preview", options)}    what a change would do`);
  say(`  ${makeLine("exec", options)} CMD='kubectl get pods -A'`);
  say(`  ${makeLine("shell", options)}      kubectl and pulumi of this sandbox at hand`);
  say(`  ${makeLine("down", options)}       take it all away`);
}

async function namespaceLines(api: Api): Promise<readonly string[]> {
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
      const live = own.filter((pod) => !done.includes(pod));
      const ready = live.filter(isReady).length;
      const completed = done.length === 0 ? "" : `, ${done.length} completed`;
      return `  namespace   ${name}: ${ready} of ${live.length} pods ready${completed}`;
    });
}

const Outputs = z.record(z.string(), z.unknown());

async function outputLines(engine: Engine, stack: string): Promise<readonly string[]> {
  const { code, stdout } = await engine.run(["stack", "output", "--json", "--stack", stack]);
  const outputs = code === 0 ? Outputs.safeParse(JSON.parse(stdout)) : undefined;
  return valueLines(outputs?.data ?? {}, "  ");
}

/** A value as lines: scalars beside their name, a list's entries on a line each where they fit. */
export function valueLines(value: unknown, indent: string): readonly string[] {
  if (!isNested(value)) {
    return [`${indent}${String(value)}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown) =>
      isNested(entry) && Object.values(entry).every((part) => !isNested(part))
        ? [`${indent}${Object.values(entry).map(String).join("  ")}`]
        : valueLines(entry, indent),
    );
  }
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    isNested(inner)
      ? [`${indent}${name}`, ...valueLines(inner, `${indent}  `)]
      : [`${indent}${name}: ${String(inner)}`],
  );
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
