/**
 * Runs a workflow file on this machine: its jobs in their order, its steps as a pipeline would, with the
 * environment that the file says. A `run:` line is run by a shell as it stands. Actions are stood in for: a
 * check-out is the clone as the test has left it, artifacts lie in a folder.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { parse } from "yaml";

import { type Finished, run } from "../judges/tools.ts";
import { type Contexts, evaluate, holdsIf, textOf } from "./workflow-expression.ts";

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly "continue-on-error"?: boolean;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly strategy?: { readonly matrix: { readonly task: unknown } };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

/** What happens, and where. */
export interface Occasion {
  /** Folder of the clone. */
  readonly clone: string;
  /** The machine's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The context of that name. */
  readonly github: Contexts;
  readonly inputs?: Contexts;
  readonly vars: Readonly<Record<string, string>>;
  /** Environment of a job → its secrets; none where it has no environment. */
  readonly secrets: (environment: string | undefined) => Readonly<Record<string, string>>;
  /** Folder of all runs' artifacts. */
  readonly artifacts: string;
  /** Number of the run. */
  readonly run: number;
}

/** What a step came to. */
export interface StepResult extends Finished {
  readonly job: string;
  readonly name: string;
}

/** What a run came to. */
export interface WorkflowResult {
  /** Job → `success`, `failure` or `skipped`; a job of a matrix by its task's stack as well: `stack test`. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Steps that were run by a shell, in their order. */
  readonly steps: readonly StepResult[];
  /** All that was printed and put on the run's page. */
  readonly printed: string;
}

/** Runs it. */
export async function runWorkflow(path: string, occasion: Occasion): Promise<WorkflowResult> {
  const { jobs } = parse(readFileSync(path, "utf8")) as {
    readonly jobs: Readonly<Record<string, Job>>;
  };
  const runner = new Runner(occasion);
  for (const [name, job] of Object.entries(jobs)) {
    await runner.job(name, job);
  }
  return runner.end();
}

class Runner {
  readonly #occasion: Occasion;
  readonly #results: Record<string, string> = {};
  readonly #needs: Record<string, { result: string; outputs: Record<string, string> }> = {};
  readonly #steps: StepResult[] = [];
  #printed = "";

  constructor(occasion: Occasion) {
    this.#occasion = occasion;
  }

  end(): WorkflowResult {
    return { jobs: this.#results, steps: this.#steps, printed: this.#printed };
  }

  async job(name: string, job: Job): Promise<void> {
    const needed = [job.needs ?? []].flat();
    const needs = Object.fromEntries(needed.map((one) => [one, this.#needs[one]]));
    const contexts = { ...this.#base(), needs };
    const failed = needed.some((one) => this.#needs[one]?.result !== "success");
    if (!holdsIf(job.if, contexts, { failed })) {
      this.#results[name] = "skipped";
      this.#needs[name] = { result: "skipped", outputs: {} };
      return;
    }
    const tasks =
      job.strategy === undefined ? [undefined] : evaluate(job.strategy.matrix.task, contexts);
    const outputs: Record<string, string> = {};
    let result = "success";
    for (const task of tasks as readonly ({ readonly stack: string } | undefined)[]) {
      const label = task === undefined ? name : `${name} ${task.stack}`;
      const one = await this.#single(label, job, { ...contexts, matrix: { task } }, outputs);
      this.#results[label] = one;
      result = one === "failure" ? one : result;
    }
    this.#results[name] = result;
    this.#needs[name] = { result, outputs };
  }

  #base(): Contexts {
    const { github, inputs = {}, vars } = this.#occasion;
    return { github: { ...github, token: "a-token", run_id: this.#occasion.run }, inputs, vars };
  }

  /** One job, on a machine of its own. */
  async #single(
    label: string,
    job: Job,
    outer: Contexts,
    outputs: Record<string, string>,
  ): Promise<string> {
    const temporary = mkdtempSync(join(tmpdir(), "fleet-runner-"));
    rmSync(join(this.#occasion.clone, ".review"), { recursive: true, force: true });
    const environment = evaluate(job.environment, outer) as string | undefined;
    const steps: Record<string, { outputs: Record<string, string> }> = {};
    const contexts = { ...outer, secrets: this.#occasion.secrets(environment), steps };
    const env = valuesOf(job.env ?? {}, contexts);
    let failed = false;
    try {
      for (const step of job.steps) {
        const here = { ...contexts, env, runner: { temp: temporary } };
        if (!holdsIf(step.if, here, { failed })) {
          continue;
        }
        const given = { ...env, ...valuesOf(step.env ?? {}, here) };
        const isWell =
          step.uses === undefined
            ? await this.#shell(label, step, given, temporary, steps)
            : this.#action(step, here, temporary);
        failed ||= !isWell && step["continue-on-error"] !== true;
      }
      Object.assign(outputs, valuesOf(job.outputs ?? {}, contexts));
      const logins = ["kubeconfig", "google.json"];
      const left = readdirSync(temporary).filter((name) => logins.includes(name));
      if (left.length > 0) {
        throw new Error(`${label} leaves ${left.join(", ")} behind`);
      }
      return failed ? "failure" : "success";
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  async #shell(
    job: string,
    { id, name = "", run: line = "" }: Step,
    env: Readonly<Record<string, string>>,
    temporary: string,
    steps: Record<string, { outputs: Record<string, string> }>,
  ): Promise<boolean> {
    const { clone, environment } = this.#occasion;
    const files = {
      GITHUB_OUTPUT: join(temporary, `output-${this.#steps.length}`),
      GITHUB_STEP_SUMMARY: join(temporary, `summary-${this.#steps.length}`),
    };
    const finished = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], {
      cwd: clone,
      env: { ...environment, CI: "true", ...files, ...env },
    });
    const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
    this.#steps.push({ ...finished, job, name });
    this.#printed += finished.stdout + finished.stderr + read(files.GITHUB_STEP_SUMMARY);
    if (id !== undefined) {
      const pairs = read(files.GITHUB_OUTPUT)
        .split("\n")
        .filter((one) => one.includes("="))
        .map((one): [string, string] => [
          one.slice(0, one.indexOf("=")),
          one.slice(one.indexOf("=") + 1),
        ]);
      steps[id] = { outputs: Object.fromEntries(pairs) };
    }
    return finished.code === 0;
  }

  /** Whether a stand-in did well. */
  #action({ uses = "", with: given = {} }: Step, contexts: Contexts, temporary: string): boolean {
    const values = valuesOf(given, { ...contexts, runner: { temp: temporary } });
    const [action] = uses.split("@");
    switch (action) {
      case "actions/checkout":
      case "actions/setup-node":
        return true;
      case "actions/upload-artifact":
        return this.#upload(values);
      case "actions/download-artifact":
        return this.#download(values);
      default:
        throw new Error(`no stand-in for ${uses}`);
    }
  }

  #upload(values: Readonly<Record<string, string>>): boolean {
    const { clone, artifacts, run: id } = this.#occasion;
    const { name = "", path = "" } = values;
    const target = join(artifacts, `${id}`, name);
    const files = path
      .split("\n")
      .map((one) => join(clone, one.trim()))
      .filter((one) => one !== join(clone, "") && existsSync(one));
    if (files.length > 0) {
      mkdirSync(target, { recursive: true });
      files.forEach((file) => {
        cpSync(file, join(target, basename(file)));
      });
    }
    return files.length > 0 || values["if-no-files-found"] !== "error";
  }

  #download(values: Readonly<Record<string, string>>): boolean {
    const { artifacts, run: own } = this.#occasion;
    const { name, path = "", pattern } = values;
    const from = join(artifacts, values["run-id"] ?? `${own}`);
    mkdirSync(path, { recursive: true });
    if (name !== undefined) {
      const isThere = existsSync(join(from, name));
      if (isThere) {
        cpSync(join(from, name), path, { recursive: true });
      }
      return isThere;
    }
    const begin = (pattern ?? "").replace(/\*$/, "");
    const found = existsSync(from) ? readdirSync(from).filter((one) => one.startsWith(begin)) : [];
    found.forEach((one) => {
      // What is found alone gets no folder of its own, in the releases since v5.
      cpSync(join(from, one), found.length === 1 ? path : join(path, one), { recursive: true });
    });
    return true;
  }
}

/** Every value with its expressions put in, as a text. */
function valuesOf(
  values: Readonly<Record<string, unknown>>,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, textOf(evaluate(value, contexts))]),
  );
}
