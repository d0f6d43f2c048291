/** `doctor` from the command line: the file and this machine first, then whatever can be reached. */
import { CommandError, type Target } from "../command.ts";
import { examine, reportChecks } from "../doctor.ts";
import { officialEnvironment } from "../keys/pulumi.ts";
import { withScratch } from "../scratch.ts";
import { readSections } from "../sections.ts";
import type { StackFile } from "../stack-file.ts";
import { type Machine, machineOf, thisMachine } from "../tools.ts";
import { type Check, codeOf } from "./check.ts";
import { reachOf } from "./reach.ts";
import { packagesCheck, wantedPackages } from "./version-checks.ts";
import { worldChecks } from "./world-checks.ts";

/** What `doctor` found, and the exit code that goes with it ({@link codeOf}). */
export interface Diagnosis {
  readonly text: string;
  readonly code: 0 | 1 | 2;
}

/** Runs every check, whatever any of them finds. */
export async function runDoctor(root: string, file: StackFile, target: Target): Promise<Diagnosis> {
  const machine = target === "live" ? officialMachine(root) : thisMachine;
  const cli = /v(\d\S*)/.exec(machine.output("pulumi", ["version"]) ?? "")?.[1];
  const checks = [
    ...examine(root, file, target, machine),
    packagesCheck(root),
    ...(await withScratch({ of: "doctor" }, (scratch) =>
      reached({ root, file, target, scratch, cli }),
    )),
  ];
  return { text: reportChecks(file, checks), code: codeOf(checks) };
}

/** What a live stack may use of this machine: what Fleet built for the sandbox is none of it. */
function officialMachine(root: string): Machine {
  try {
    return machineOf(officialEnvironment({ root, environment: process.env }));
  } catch (error) {
    if (error instanceof CommandError) {
      // A sandbox's shell: the backend's check says so.
      return thisMachine;
    }
    throw error;
  }
}

interface Reaching {
  readonly root: string;
  readonly file: StackFile;
  readonly target: Target;
  readonly scratch: string;
  /** Version of the CLI that is here. */
  readonly cli: string | undefined;
}

async function reached({ root, file, target, scratch, cli }: Reaching): Promise<Check[]> {
  const { stack } = file;
  const reach = reachOf(root, stack, target, scratch);
  if (reach === undefined) {
    return [{ name: "sandbox", detail: `none: make up STACK=${stack} makes one`, faults: [] }];
  }
  const parsed = readSections(file);
  return worldChecks({
    ...{ root, file, reach, config: parsed.ok ? parsed.value : undefined },
    state: {
      ...{ stack, refresh: reach.refresh, packages: wantedPackages(root) },
      // A sandbox has a passphrase of its own, whatever the stack's file says.
      provider: target === "live" ? encryptionOf(file) : undefined,
      cli,
    },
  });
}

/** What the stack file says its secrets are encrypted with: the kind, without the key's name. */
function encryptionOf({ settings }: StackFile): string | undefined {
  const { secretsprovider: provider, encryptionsalt: salt } = settings;
  if (typeof provider === "string" && provider !== "passphrase" && provider !== "default") {
    return provider.split(":")[0] ?? provider;
  }
  return provider === "passphrase" || salt !== undefined ? "passphrase" : undefined;
}
