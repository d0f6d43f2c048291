/** `lint-stacks`: what no stack file may hold when it is committed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Finding, plainTextSecrets } from "./plain-text.ts";
import { stackFileNames } from "./stack-file.ts";

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

/** Looks through every stack file of a clone. */
export function lintStacks(root: string): readonly string[] {
  return ["Pulumi.yaml", ...stackFileNames(root)].flatMap((name) =>
    stackFileFindings(readFileSync(join(root, name), "utf8")).map(
      ({ line, fault }) => `${name}:${line}: ${fault}`,
    ),
  );
}
