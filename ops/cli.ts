/**
 * Day-two commands. Each loads what it needs when it runs: lint runs at every check and needs neither
 * the engine's SDK nor a schema.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { SandboxError } from "../sandbox/fault.ts";
import { CommandError, readStackName, readTarget } from "./command.ts";
import { readStackFile } from "./stack-file.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const text = { type: "string" } as const;
const options = {
  ...{ stack: text, target: text, name: text, from: text, new: text, import: text },
  ...{ yes: text, file: text, base: text, out: text, reviewed: text },
  ...{ for: text, branch: text, pull: text, commit: text, agreed: text },
  ...{ endpoint: text, "env-file": text, "docker-login": text },
};

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
    case "doctor":
      return runDoctor(values);
    case "hosts":
      return runHosts(values);
    case "preflight":
      return runPreflightCommand(values);
    case "images":
      return runImages(values);
    case "adopt":
      return runAdopt(values);
    case "verify":
      return runVerify(values);
    case "live-up":
      return runLiveUp(values);
    case "review":
      return runReview(values, values.target ?? "sandbox", { drift: true, change: true });
    case "diff":
      return runDiff(values);
    case "live-preview":
      return runReview(values, "live", { drift: true, change: true });
    case "live-drift":
      return runReview(values, "live", { drift: true, change: false });
    case "policy":
      return runPolicyCommand(values);
    case "tasks":
    case "live-tools":
    case "live-login":
    case "live-logout":
      return runPipelineCommand(command, values);
    case "join-reports":
    case "comment":
    case "merged":
    case "alarm":
      return runForgeCommand(command, values);
    case "genesis":
    case "list":
    case "rewards":
    case "network-release":
    case "from-spacecraft":
      return runSpacemeshCommand(command, values);
    case "new-stack": {
      const { newStack } = await import("./new-stack.ts");
      const name = readStackName("NAME", values.name);
      console.log(newStack(root, name, readStackName("FROM", values.from)));
      return 0;
    }
    case "lint-stacks": {
      const { lintStacks } = await import("./lint-stacks.ts");
      const findings = lintStacks(root);
      console.log([...findings, `${findings.length} findings in stack files`].join("\n"));
      return findings.length === 0 ? 0 : 1;
    }
    default:
      throw new CommandError(
        "commands: keys, doctor, hosts, images, preflight, adopt, verify, review, diff, live-preview, live-drift, live-up, policy, tasks, live-tools, live-login, live-logout, join-reports, comment, merged, alarm, genesis, list, rewards, network-release, from-spacecraft, new-stack, lint-stacks",
      );
  }
}

type Values = Partial<Record<keyof typeof options, string>>;

async function runKeys(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const { runKeysCommand } = await import("./keys/run.ts");
  const { report, complete } = await runKeysCommand(root, file, target, values);
  console.log(report);
  return complete ? 0 : 1;
}

async function runDoctor(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const { runDoctor: diagnose } = await import("./doctor/run.ts");
  const { text: report, code } = await diagnose(root, file, target);
  console.log(report);
  return code;
}

async function runHosts(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const { stack } = readStackFile(root, readStackName("STACK", values.stack));
  const { readOutputs } = await import("./outputs.ts");
  const { hostsReport } = await import("./hosts/hosts.ts");
  console.log(hostsReport(await readOutputs(root, stack, target)));
  return 0;
}

async function runImages(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const command = await import("./images/run.ts");
  return command.runImages(root, file, target);
}

async function runPreflightCommand(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const { runPreflight } = await import("./preflight/run.ts");
  const { text: report, code } = await runPreflight(root, file, target);
  console.log(report);
  return code;
}

async function runVerify(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const { stack } = readStackFile(root, readStackName("STACK", values.stack));
  const command = await import("./verify/run.ts");
  return command.runVerify(root, stack, target);
}

async function runAdopt(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const isAgreed = readAgreement(values.yes);
  const command = await import("./adopt/run.ts");
  return command.runAdopt({ root, file, target, isAgreed, path: values.file });
}

async function runPolicyCommand(values: Values): Promise<number> {
  const target = readTarget(values.target);
  const { stack } = readStackFile(root, readStackName("STACK", values.stack));
  const { runPolicy } = await import("./policy/run.ts");
  const { text: report, kept } = await runPolicy(root, stack, target);
  console.log(report);
  return kept ? 0 : 1;
}

async function runLiveUp(values: Values): Promise<number> {
  const file = readStackFile(root, readStackName("STACK", values.stack));
  const isAgreed = readAgreement(values.yes);
  const { liveUp } = await import("./live-up.ts");
  return liveUp(root, file, { isAgreed, reviewed: values.reviewed });
}

async function runReview(
  { base, out, stack }: Values,
  target: string,
  asked: { readonly drift: boolean; readonly change: boolean },
): Promise<number> {
  const { review } = await import("./review/command.ts");
  return review({
    ...asked,
    ...{ root, base, out, environment: process.env },
    stack: stack === "all" ? stack : readStackName("STACK", stack),
    target: readTarget(target),
  });
}

async function runDiff({ base, out, stack }: Values): Promise<number> {
  const { diff } = await import("./diff/command.ts");
  const { text: told, summary } = await diff({
    ...{ root, base, out, environment: process.env, stack: readStackName("STACK", stack) },
    say: (line) => process.stderr.write(`${line}\n`),
  });
  // The diff alone goes to standard output: it may be handed to another tool.
  process.stdout.write(told === "" ? "" : `${told}\n`);
  process.stderr.write(`${summary}\n`);
  return 0;
}

/** What a pipeline's job does round the others: docs/live.md, Pipelines. */
async function runPipelineCommand(
  command: "tasks" | "live-tools" | "live-login" | "live-logout",
  values: Values,
): Promise<number> {
  switch (command) {
    case "tasks": {
      const { giveOutput, readOccasion, readStacks, tasksFor } =
        await import("./pipeline/stacks.ts");
      const { branch = "", for: occasion, stack } = values;
      const { isTestStack } = await import("./review/drifted.ts");
      const isTest = (one: string): boolean => isTestStack(root, one);
      const asked = { occasion: readOccasion(occasion), branch, only: stack, isTest };
      giveOutput({ tasks: JSON.stringify(tasksFor(readStacks(root), asked)) }, process.env);
      return 0;
    }
    case "live-tools": {
      const { installLiveTools } = await import("./pipeline/tools.ts");
      console.log(installLiveTools(root, process.env));
      return 0;
    }
    case "live-login": {
      const { logIn } = await import("./pipeline/login.ts");
      console.log(logIn(readStackFile(root, readStackName("STACK", values.stack)), process.env));
      return 0;
    }
    case "live-logout": {
      const { logOut } = await import("./pipeline/login.ts");
      const left = logOut(process.env);
      if (left !== undefined) {
        console.log(left);
      }
      return 0;
    }
  }
}

/** What talks to the forge, or passes reports from job to job. */
async function runForgeCommand(
  command: "join-reports" | "comment" | "merged" | "alarm",
  values: Values,
): Promise<number> {
  const forge = await import("./forge/run.ts");
  switch (command) {
    case "join-reports":
      return forge.runJoin(root, values, process.env);
    case "comment":
      return forge.runComment(values, process.env);
    case "merged":
      return forge.runMerged(values, process.env);
    case "alarm":
      return forge.runAlarm(readStackName("STACK", values.stack), values.from, process.env);
  }
}

/** What the commands of Spacemesh's tool of old have become, as far as they are no change of the config. */
async function runSpacemeshCommand(
  command: "genesis" | "list" | "rewards" | "network-release" | "from-spacecraft",
  values: Values,
): Promise<number> {
  if (command === "from-spacecraft") {
    const name = readStackName("NAME", values.name);
    if (values.from === undefined) {
      throw new CommandError("FROM must be the config file of go-spacecraft");
    }
    const { fromSpacecraft } = await import("./spacemesh/from-spacecraft/command.ts");
    console.log(await fromSpacecraft({ root, name, from: values.from, environment: process.env }));
    return 0;
  }
  const run = await import("./spacemesh/run.ts");
  if (command === "list") {
    return run.runList(root, readTarget(values.target));
  }
  const target = command === "genesis" ? undefined : readTarget(values.target);
  const file = readStackFile(root, readStackName("STACK", values.stack));
  switch (command) {
    case "genesis":
      return run.runGenesis(root, file);
    case "rewards":
      return run.runRewards(root, file, readTarget(target), values.endpoint);
    case "network-release":
      return run.runNetworkRelease(file, readTarget(target), process.env);
  }
}

/** Whether what will change was agreed to beforehand. */
function readAgreement(yes: string | undefined): boolean {
  if (yes !== undefined && yes !== "yes") {
    throw new CommandError(`YES must be yes (it is ${JSON.stringify(yes)})`);
  }
  return yes === "yes";
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected =
      error instanceof CommandError ||
      error instanceof SandboxError ||
      // What parseArgs says of an unknown option.
      (error instanceof TypeError && "code" in error);
    console.error(expected ? error.message : error);
    process.exitCode = 1;
  },
);
