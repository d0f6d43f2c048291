/** What exists in a cluster, asked of kubectl: it knows every way of logging in that operators have. */
import { spawn } from "node:child_process";

import * as z from "zod";

import { CommandError } from "../command.ts";
import { inParallel } from "../parallel.ts";
import { companionKinds } from "./companions.ts";
import { kindWord, LiveObject, type WantedObject } from "./kubernetes.ts";

/** Runs kubectl against the stack's cluster, and gives what it printed. */
export type Kubectl = (words: readonly string[], input?: string) => Promise<string>;

/** kubectl with settings that lead to one cluster, never to the current context. */
export function kubectlWith(
  program: string,
  settings: readonly string[],
  environment: NodeJS.ProcessEnv,
): Kubectl {
  return (words, input = "") =>
    new Promise((settle, fail) => {
      const child = spawn(program, [...settings, ...words], {
        env: environment,
        stdio: ["pipe", "pipe", "pipe"],
      });
      let out = "";
      let complaint = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
      child.on("error", () => {
        fail(new CommandError("kubectl is not on PATH: adopt asks it what the cluster has"));
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
      child.on("close", (code) => {
        if (code === 0) {
          settle(out);
        } else {
          fail(new CommandError(`kubectl ${words.slice(0, 2).join(" ")}: ${complaint.trim()}`));
        }
      });
    });
}

const List = z.object({ items: z.array(LiveObject) });

/** Of Secrets only who they are: their content is nobody's business here. */
const namesOnly =
  'jsonpath={range .items[*]}{"{\\"namespace\\":\\""}{.metadata.namespace}{"\\",\\"name\\":\\""}{.metadata.name}{"\\"}\\n"}{end}';

/**
 * Every object of the kinds that a stack has, and of those that others may have beside it.
 *
 * @throws CommandError where the cluster cannot be asked. A kind that it does not know has no objects.
 */
export async function readObjects(
  kubectl: Kubectl,
  wanted: readonly WantedObject[],
): Promise<readonly LiveObject[]> {
  const kinds = [...new Set([...wanted.map(kindWord), ...companionKinds])];
  const lists = await inParallel(kinds, 6, (kind) => readKind(kubectl, kind));
  return lists.flat();
}

async function readKind(kubectl: Kubectl, kind: string): Promise<readonly LiveObject[]> {
  const isSecret = kind === "Secret.v1.";
  let text: string;
  try {
    text = await kubectl([
      ...["get", kind, "--all-namespaces"],
      ...(isSecret ? ["-o", namesOnly] : ["-o", "json", "--show-managed-fields"]),
    ]);
  } catch (error) {
    if (error instanceof CommandError && /doesn't have a resource type/.test(error.message)) {
      return [];
    }
    throw error;
  }
  return isSecret
    ? text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) =>
          LiveObject.parse({
            ...{ apiVersion: "v1", kind: "Secret" },
            metadata: JSON.parse(line) as unknown,
          }),
        )
    : List.parse(JSON.parse(text)).items;
}
