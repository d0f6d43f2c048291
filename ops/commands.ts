/**
 * Every day-two command by its name. Each reads its words before it does anything, and loads what it needs when it
 * runs: lint runs at every check and needs neither the engine's SDK nor a schema.
 */
import { allStacks, CommandError, readStackName, readTarget, type Target } from "./command.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";

const text = { type: "string" } as const;

/** Every option that any command takes. */
export const options = {
  ...{ stack: text, target: text, name: text, from: text, new: text, import: text },
  ...{ yes: text, file: text, base: text, out: text, reviewed: text },
  ...{ for: text, branch: text, pull: text, commit: text, agreed: text },
  ...{ endpoint: text, "environment-file": text, "docker-login": text },
};

/** What the options of a call say. */
type Values = Partial<Record<keyof typeof options, string>>;

/** Runs a command in a clone and gives the exit code: 0 when all is well. */
type Command = (values: Values, root: string) => number | Promise<number>;

const stackOf = ({ stack }: Values): string => readStackName("STACK", stack);

const fileOf = (values: Values, root: string): StackFile => readStackFile(root, stackOf(values));

/** A stack's file, and in which of the two worlds it is looked at. */
function placeOf(values: Values, root: string): { readonly file: StackFile; target: Target } {
  const target = readTarget(values.target);
  return { file: fileOf(values, root), target };
}

/** Whether what will change was agreed to beforehand. */
function readAgreement({ yes }: Values): boolean {
  if (yes !== undefined && yes !== "yes") {
    throw new CommandError(`YES must be yes (it is ${JSON.stringify(yes)})`);
  }
  return yes === "yes";
}

/** Prints a report, and gives the exit code that goes with it. */
function tell(report: string, code: number): number {
  console.log(report);
  return code;
}

/** What is done to one stack. */
const stackCommands: Readonly<Record<string, Command>> = {
  keys: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { runKeysCommand } = await import("./keys/run.ts");
    const { report, complete } = await runKeysCommand(root, file, target, values);
    return tell(report, complete ? 0 : 1);
  },
  doctor: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { runDoctor } = await import("./doctor/run.ts");
    const { text: report, code } = await runDoctor(root, file, target);
    return tell(report, code);
  },
  hosts: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { readOutputs } = await import("./outputs.ts");
    const { hostsReport } = await import("./hosts/hosts.ts");
    return tell(hostsReport(await readOutputs(root, file.stack, target)), 0);
  },
  images: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { runImages } = await import("./images/run.ts");
    return runImages(root, file, target);
  },
  preflight: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { runPreflight } = await import("./preflight/run.ts");
    const { text: report, code } = await runPreflight(root, file, target);
    return tell(report, code);
  },
  adopt: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const isAgreed = readAgreement(values);
    const { runAdopt } = await import("./adopt/run.ts");
    return runAdopt({ root, file, target, isAgreed, path: values.file });
  },
  verify: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { runVerify } = await import("./verify/run.ts");
    return runVerify(root, file.stack, target);
  },
  policy: async (values, root) => {
    const { file, target } = placeOf(values, root);
    const { runPolicy } = await import("./policy/run.ts");
    const { text: report, kept } = await runPolicy(root, file.stack, target);
    return tell(report, kept ? 0 : 1);
  },
  "live-up": async (values, root) => {
    const file = fileOf(values, root);
    const isAgreed = readAgreement(values);
    const { liveUp } = await import("./live-up.ts");
    return liveUp(root, file, { isAgreed, reviewed: values.reviewed });
  },
};

/** A review of a stack, or of all. */
const reviewing =
  (
    targetOf: (values: Values) => string | undefined,
    asked: { readonly drift: boolean; readonly change: boolean },
  ): Command =>
  async (values, root) => {
    const { base, out, stack } = values;
    const { review } = await import("./review/command.ts");
    return review({
      ...asked,
      ...{ root, base, out, environment: process.env },
      stack: stack === allStacks ? stack : stackOf(values),
      target: readTarget(targetOf(values)),
    });
  };

/** What would change. */
const reviewCommands: Readonly<Record<string, Command>> = {
  review: reviewing(({ target = "sandbox" }) => target, { drift: true, change: true }),
  diff: async (values, root) => {
    const { base, out } = values;
    const { diff } = await import("./diff/command.ts");
    const { text: told, summary } = await diff({
      ...{ root, base, out, environment: process.env, stack: stackOf(values) },
      say: (line) => process.stderr.write(`${line}\n`),
    });
    // The diff alone goes to standard output: it may be handed to another tool.
    process.stdout.write(told === "" ? "" : `${told}\n`);
    process.stderr.write(`${summary}\n`);
    return 0;
  },
  "live-preview": reviewing(() => "live", { drift: true, change: true }),
  "live-drift": reviewing(() => "live", { drift: true, change: false }),
};

/** What a pipeline's job does round the others: docs/live.md, Pipelines. */
const pipelineCommands: Readonly<Record<string, Command>> = {
  tasks: async ({ branch = "", for: occasion, stack }, root) => {
    const { giveOutput, readOccasion, readStacks, tasksFor } = await import("./pipeline/stacks.ts");
    const { isTestStack } = await import("./review/drifted.ts");
    const isTest = (one: string): boolean => isTestStack(root, one);
    const asked = { occasion: readOccasion(occasion), branch, only: stack, isTest };
    giveOutput({ tasks: JSON.stringify(tasksFor(readStacks(root), asked)) }, process.env);
    return 0;
  },
  "live-tools": async (_values, root) => {
    const { installLiveTools } = await import("./pipeline/tools.ts");
    return tell(installLiveTools(root, process.env), 0);
  },
  "live-login": async (values, root) => {
    const { logIn } = await import("./pipeline/login.ts");
    return tell(logIn(fileOf(values, root), process.env), 0);
  },
  "live-logout": async () => {
    const { logOut } = await import("./pipeline/login.ts");
    const left = logOut(process.env);
    return left === undefined ? 0 : tell(left, 0);
  },
};

/** What talks to the forge, or passes reports from job to job. */
const forgeCommands: Readonly<Record<string, Command>> = {
  "join-reports": async (values, root) => {
    const { runJoin } = await import("./forge/run.ts");
    return runJoin(root, values, process.env);
  },
  comment: async (values) => {
    const { runComment } = await import("./forge/run.ts");
    return runComment(values, process.env);
  },
  merged: async (values) => {
    const { runMerged } = await import("./forge/run.ts");
    return runMerged(values, process.env);
  },
  alarm: async (values) => {
    const { runAlarm } = await import("./forge/run.ts");
    return runAlarm(stackOf(values), values.from, process.env);
  },
};

/** What the commands of Spacemesh's tool of old have become, as far as they are no change of the config. */
const spacemeshCommands: Readonly<Record<string, Command>> = {
  genesis: async (values, root) => {
    const { runGenesis } = await import("./spacemesh/run.ts");
    return runGenesis(root, fileOf(values, root));
  },
  list: async ({ target }, root) => {
    const { runList } = await import("./spacemesh/run.ts");
    return runList(root, readTarget(target));
  },
  rewards: async (values, root) => {
    const { runRewards } = await import("./spacemesh/run.ts");
    const { file, target } = placeOf(values, root);
    return runRewards(root, file, target, values.endpoint);
  },
  "network-release": async (values, root) => {
    const { runNetworkRelease } = await import("./spacemesh/run.ts");
    const { file, target } = placeOf(values, root);
    return runNetworkRelease(file, target, process.env);
  },
  "from-spacecraft": async ({ name, from }, root) => {
    const stack = readStackName("NAME", name);
    if (from === undefined) {
      throw new CommandError("FROM must be the config file of go-spacecraft");
    }
    const { fromSpacecraft } = await import("./spacemesh/from-spacecraft/command.ts");
    return tell(await fromSpacecraft({ root, name: stack, from, environment: process.env }), 0);
  },
};

/** What is done to stack files alone. */
const fileCommands: Readonly<Record<string, Command>> = {
  "new-stack": async ({ name, from }, root) => {
    const { newStack } = await import("./new-stack.ts");
    if (name === undefined || from === undefined) {
      throw new CommandError("say both names: make new-stack NAME=mine FROM=test");
    }
    const stack = readStackName("NAME", name);
    return tell(newStack(root, stack, readStackName("FROM", from)), 0);
  },
  "lint-stacks": async (_values, root) => {
    const { lintStacks } = await import("./lint-stacks.ts");
    const findings = lintStacks(root);
    const report = [...findings, `${findings.length} findings in stack files`].join("\n");
    return tell(report, findings.length === 0 ? 0 : 1);
  },
};

/** Every command by its name. A map: no name of an object's own is one. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [
    stackCommands,
    reviewCommands,
    pipelineCommands,
    forgeCommands,
    spacemeshCommands,
    fileCommands,
  ].flatMap((group) => Object.entries(group)),
);
