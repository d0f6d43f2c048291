/** Day-two commands: `keys`, `doctor`, `new-stack`, `lint-stacks`. */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { ConfigError } from "../stacks/config.ts";
import { CommandError, readStackName, readTarget } from "./command.ts";
import { examine, reportChecks } from "./doctor.ts";
import { keys } from "./keys/command.ts";
import { readImport } from "./keys/import.ts";
import { liveVault } from "./keys/live.ts";
import { livePulumi } from "./keys/pulumi.ts";
import { sandboxVault } from "./keys/sandbox.ts";
import { lintStacks } from "./lint-stacks.ts";
import { newStack } from "./new-stack.ts";
import { readStackFile } from "./stack-file.ts";
import { thisMachine } from "./tools.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const text = { type: "string" } as const;
const options = { stack: text, target: text, name: text, from: text, new: text, import: text };

/** The exit code: 0 when all is well. */
async function main(words: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...words],
    options,
    allowPositionals: true,
  });
  const [command, ...further] = positionals;
  if (further.length > 0) {
    throw new CommandError(`${String(command)} takes options only, not ${further.join(" ")}`);
  }
  switch (command) {
    case "keys":
      return runKeys(values);
    case "doctor": {
      const target = readTarget(values.target);
      const file = readStackFile(root, readStackName("STACK", values.stack));
      const checks = examine(root, file, target, thisMachine);
      console.log(reportChecks(file, checks));
      return checks.every(({ faults }) => faults.length === 0) ? 0 : 1;
    }
    case "new-stack": {
      const name = readStackName("NAME", values.name);
      console.log(newStack(root, name, readStackName("FROM", values.from)));
      return 0;
    }
    case "lint-stacks": {
      const findings = lintStacks(root);
      console.log([...findings, `${findings.length} findings in stack files`].join("\n"));
      return findings.length === 0 ? 0 : 1;
    }
    default:
      throw new CommandError("commands: keys, doctor, new-stack, lint-stacks");
  }
}

async function runKeys(values: Partial<Record<keyof typeof options, string>>): Promise<number> {
  const target = readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const vault =
    target === "live"
      ? liveVault(file, livePulumi({ root, environment: process.env }))
      : sandboxVault(root, file.stack);
  const { report, complete } = await keys({
    file,
    target,
    vault,
    ...(values.new === undefined ? {} : { make: values.new }),
    ...(values.import === undefined ? {} : { imported: readImport(values.import) }),
  });
  console.log(report);
  return complete ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected =
      error instanceof CommandError ||
      error instanceof ConfigError ||
      // What parseArgs says of an unknown option.
      (error instanceof TypeError && "code" in error);
    console.error(expected ? error.message : error);
    process.exitCode = 1;
  },
);
