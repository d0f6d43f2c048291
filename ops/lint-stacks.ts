/** `lint-stacks`: what no stack file may hold when it is committed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CommandError } from "./command.ts";
import { type Finding, plainTextSecrets } from "./plain-text.ts";
import { sharedHosts } from "./shared-hosts.ts";
import { parseStackFile, type StackFile, stackFileNames, stackNamed } from "./stack-file.ts";

/** Everything in one stack file that must not be committed. */
export function stackFileFindings(text: string): readonly Finding[] {
  return [...plainTextSecrets(text), ...sandboxFindings(text)].sort((a, b) => a.line - b.line);
}

/** `fleet:sandbox` belongs to the file that the sandbox generates for itself. */
function sandboxFindings(text: string): Finding[] {
  return text.split("\n").flatMap((line, index) =>
    /^\s*["']?fleet:sandbox["']?\s*:/.test(line)
      ? [
          {
            line: index + 1,
            fault: "fleet:sandbox is written by make up into a file of its own: remove the line",
          },
        ]
      : [],
  );
}

/** A file that is YAML. Of another one the lines above say what they can, and its preview the rest. */
function readable(name: string, text: string): StackFile[] {
  try {
    return [parseStackFile(stackNamed(name), text)];
  } catch (error) {
    if (error instanceof CommandError) {
      return [];
    }
    throw error;
  }
}

interface Looked {
  readonly findings: readonly string[];
  readonly files: readonly StackFile[];
}

function look(root: string, name: string): Looked {
  let text: string;
  try {
    text = readFileSync(join(root, name), "utf8");
  } catch (error) {
    // A folder, a link that leads nowhere, a file of somebody else's: the others are looked at all the same.
    return {
      findings: [
        `${name}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
      ],
      files: [],
    };
  }
  const findings = stackFileFindings(text).map(({ line, fault }) => `${name}:${line}: ${fault}`);
  return { findings, files: name === projectFile ? [] : readable(name, text) };
}

const projectFile = "Pulumi.yaml";

/** Looks through every stack file of a clone, and at what they say together. */
export function lintStacks(root: string): readonly string[] {
  const looked = [projectFile, ...stackFileNames(root)].map((name) => look(root, name));
  return [
    ...looked.flatMap(({ findings }) => findings),
    ...sharedHosts(looked.flatMap(({ files }) => files)),
  ];
}
