/**
 * `make bench`: speed and size against peers, side by side in one run, as one table.
 *
 * Everything happens in a sandbox of its own, in a temporary folder.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { sandboxEnvironment } from "../sandbox/environment.ts";
import { sandboxPlace, type SandboxPlace, stackFile } from "../sandbox/place.ts";
import { readPlan } from "../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../sandbox/sandbox.ts";
import { clone } from "../test/rendered.ts";
import { writeFlatTwin } from "./flat-twin.ts";
import { compare, run, timeOnce, type Times, type Work } from "./measure.ts";
import { emptyProgram, startProgram, writeProject } from "./projects.ts";
import { type Figure, keeps, writeTable } from "./table.ts";

const stack = "test";
const rounds = 5;

/** A project to run, with a state of its own. */
interface Project {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The sandbox's environment with a project's own state. */
function projectIn(place: SandboxPlace, folder: string, name: string): Project {
  const backend = join(place.folder, "bench", name);
  mkdirSync(backend, { recursive: true });
  const environment = {
    ...sandboxEnvironment(place, process.env),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_SKIP_CHECKPOINTS: "true",
  };
  initStack(place, environment);
  return { folder, environment };
}

/**
 * Makes the stack's state. `stack init` knows no --config-file and writes beside Pulumi.yaml, which
 * must never be the clone's: so it gets a folder of its own.
 */
function initStack(place: SandboxPlace, environment: NodeJS.ProcessEnv): void {
  const folder = mkdtempSync(join(place.folder, "init-"));
  copyFileSync(join(clone, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  copyFileSync(place.config, join(folder, `Pulumi.${stack}.yaml`));
  engine({ folder, environment }, ["stack", "init", stack, "--no-select"]);
}

/** Runs the engine and gives what it printed. */
function engine({ folder, environment }: Project, words: readonly string[]): string {
  return run({
    command: "pulumi",
    arguments: [...words, "--non-interactive"],
    folder,
    environment,
  });
}

const preview = ({ folder, environment }: Project): Work => ({
  command: "pulumi",
  arguments: ["preview", "--non-interactive", "--suppress-progress", "--parallel", "64"],
  folder,
  environment,
});

const ratio = (name: string, bound: number, times: { ours: Times; peer: Times }): Figure => ({
  name,
  value: times.ours.median / times.peer.median,
  unit: "×",
  bound,
  detail: `${seconds(times.ours)} against ${seconds(times.peer)}`,
});

const seconds = ({ minimum, median, maximum }: Times): string =>
  `${median.toFixed(2)} s (${minimum.toFixed(2)}–${maximum.toFixed(2)})`;

/** Bytes of the state as the backend keeps it: without the indentation of an export. */
function stateBytes(project: Project): number {
  const exported: unknown = JSON.parse(engine(project, ["stack", "export", "--stack", stack]));
  return Buffer.byteLength(JSON.stringify(exported));
}

/** Brings a project up, weighs its state, and takes it away again. */
function weigh(project: Project): number {
  const common = ["--stack", stack, "--yes", "--skip-preview", "--suppress-progress"];
  engine(project, ["up", ...common, "--parallel", "64"]);
  const bytes = stateBytes(project);
  engine(project, ["state", "unprotect", "--all", "--stack", stack, "--yes"]);
  engine(project, ["destroy", ...common, "--parallel", "64"]);
  return bytes;
}

async function figures(root: string): Promise<Figure[]> {
  const place = sandboxPlace(stack, { root });
  const plan = readPlan(stack, stackFile(place), new Map());
  const begun = process.hrtime.bigint();
  const sandbox = await openSandbox(place, plan, process.env, console.log);
  const start = Number(process.hrtime.bigint() - begun) / 1e9;
  try {
    const folder = join(place.folder, "bench-projects");
    writeProject(join(folder, "empty"), emptyProgram);
    writeProject(join(folder, "start"), startProgram);
    const count = await writeFlatTwin(stack, join(folder, "flat"));
    const empty = projectIn(place, join(folder, "empty"), "empty");
    const started = projectIn(place, join(folder, "start"), "start");
    const flat = projectIn(place, join(folder, "flat"), "flat");
    const fleet = projectIn(place, clone, "fleet");

    const starts = compare(preview(started), preview(empty), rounds);
    const previews = compare(preview(fleet), preview(flat), rounds);
    const bytes = { ours: weigh(fleet), peer: weigh(flat) };
    return [
      ratio("program start ÷ empty program", 1.2, starts),
      ratio(`preview of ${stack} ÷ flat program (${count} resources)`, 1.05, previews),
      {
        name: "state bytes ÷ flat program's",
        value: bytes.ours / bytes.peer,
        unit: "×",
        bound: 1.1,
        detail: `${bytes.ours} against ${bytes.peer}`,
      },
      {
        name: "sandbox start",
        value: start,
        unit: "s",
        bound: 10,
        detail: `control plane, ${plan.nodes.length} nodes`,
      },
    ];
  } finally {
    sandbox.api.close();
    await removeSandbox(place);
  }
}

/** `make check` on its own: nothing else may run beside it. */
function checkFigure(): Figure {
  const value = timeOnce({
    command: "make",
    arguments: ["check"],
    folder: clone,
    environment: process.env,
  });
  return {
    name: "make check",
    value,
    unit: "s",
    bound: 60,
    detail: "everything but judges and e2e",
  };
}

const root = mkdtempSync(join(tmpdir(), "fleet-bench-"));
try {
  const all = [...(await figures(root)), checkFigure()];
  console.log(writeTable(all));
  process.exitCode = all.every(keeps) ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
