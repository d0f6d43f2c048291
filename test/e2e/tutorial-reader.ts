/** A reader of the tutorial: types what it says into a clone of its own, and compares what is printed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "vitest";

import {
  edited,
  missingPassages,
  type Step,
  tutorialFile,
  tutorialSections,
} from "../docs/tutorial.ts";
import { lockHolder } from "../../sandbox/lock.ts";
import { type SandboxPlace, sandboxPlace } from "../../sandbox/place.ts";
import { type Finished, run } from "../judges/tools.ts";
import { clone } from "../rendered.ts";
import { Emulator, runInTerminal } from "../sandbox/pseudo-terminal.ts";
import type { TestSandbox } from "./sandbox.ts";

type Typed = Extract<Step, { kind: "command" }>;

/** Room of the reader's terminal. */
const size = { columns: 110, rows: 40 };

/** Waiting that proves nothing more by being longer: the file's words → the test's. */
const shorter: readonly (readonly [string, string])[] = [
  ["monitor: 60s", "monitor: 6s"],
  ["progressDeadlineSeconds: 90", "progressDeadlineSeconds: 12"],
];

const shortened = (text: string): string =>
  shorter.reduce((all, [from, to]) => all.replace(from, to), text);

const identity = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "reader"],
    [`GIT_${who}_EMAIL`, "reader@localhost"],
  ]),
);

/** Follows the tutorial section by section. */
export class TutorialReader {
  readonly #folder = mkdtempSync(join(tmpdir(), "fleet-tutorial-"));
  readonly #root: string;
  readonly #place: SandboxPlace;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #left = tutorialSections();

  /** @param sandbox Where the commands make theirs. */
  constructor({ folder }: TestSandbox) {
    this.#root = dirname(folder);
    this.#place = sandboxPlace(basename(folder), { root: this.#root });
    this.#environment = {
      ...process.env,
      ...identity,
      FLEET_SANDBOX_ROOT: this.#root,
      PATIENCE: "2",
    };
  }

  /** Makes the clone: what is committed there is the tree as it stands here. */
  async prepare(): Promise<void> {
    const left = [".git", ".sandbox", "node_modules"].map((name) => join(clone, name));
    cpSync(clone, this.#folder, { recursive: true, filter: (path) => !left.includes(path) });
    symlinkSync(join(clone, "node_modules"), join(this.#folder, "node_modules"));
    this.#write(shortened);
    await this.#type({
      kind: "command",
      line: "git init --quiet --initial-branch=main",
      prints: [],
    });
    writeFileSync(join(this.#folder, ".git", "info", "exclude"), "node_modules\n");
    await this.#type({ kind: "command", line: "git add --all", prints: [] });
    await this.#type({ kind: "command", line: "git commit --quiet --message all", prints: [] });
  }

  /** Titles of the sections that have not been followed. */
  get left(): readonly string[] {
    return this.#left.map(({ title }) => title);
  }

  /** Does what the next section says. Gives everything that was printed. */
  async follow(title: string): Promise<string> {
    const [section, ...left] = this.#left;
    expect(section?.title).toBe(title);
    this.#left = left;
    const printed: string[] = [];
    const steps = section?.steps ?? [];
    for (const [index, step] of steps.entries()) {
      const next = steps[index + 1];
      if (step.kind === "edit") {
        const [before, after] = [shortened(step.before), shortened(step.after)];
        this.#write((text) => edited(text, { ...step, before, after }));
      } else if (!isWatch(step)) {
        const [text] = await Promise.all([
          this.#type(step),
          next !== undefined && isWatch(next) ? this.#watch(next) : undefined,
        ]);
        printed.push(text);
      }
    }
    return printed.join("\n");
  }

  /** Folder of the reader's clone. */
  get clone(): string {
    return this.#folder;
  }

  /** Types a line that the tutorial does not have. Both streams are in `stdout`. */
  async try(line: string): Promise<Finished> {
    const options = { cwd: this.#folder, env: this.#environment };
    return run("/bin/sh", ["-c", `{ ${line}\n} 2>&1`], options);
  }

  /** Does something while the tutorial's file is another one; then it is again as it was. */
  async meanwhile<T>(change: (text: string) => string, work: () => Promise<T>): Promise<T> {
    const path = join(this.#folder, tutorialFile);
    const former = readFileSync(path, "utf8");
    this.#write(change);
    try {
      return await work();
    } finally {
      writeFileSync(path, former);
    }
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(change: (text: string) => string): void {
    const path = join(this.#folder, tutorialFile);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }

  async #type({ line, prints }: Typed): Promise<string> {
    const { code, stdout } = await this.try(line);
    const fails = prints.flat().some((shown) => /^up failed:|nothing was touched/.test(shown));
    expect(code === 0, `${line}\n${stdout}`).toBe(!fails);
    this.#expectPrinted(line, prints, [stdout]);
    return stdout;
  }

  /** The second terminal: some picture must have been as shown. */
  async #watch({ line, prints }: Typed): Promise<void> {
    // Too early, nothing is rolling, and the watch ends at once.
    const end = Date.now() + 300_000;
    while (lockHolder(this.#place) === undefined && Date.now() < end) {
      await sleep(50);
    }
    const words = ["make", "--no-print-directory", "-C", this.#folder, ...line.split(" ").slice(1)];
    const { output } = await runInTerminal(words, size, this.#environment);
    const emulator = new Emulator(size.columns, size.rows);
    emulator.take(output);
    const pictures = [...emulator.frames.map((lines) => lines.join("\n")), output];
    this.#expectPrinted(line, prints, pictures);
  }

  /** @param texts One of them must have all that is shown. */
  #expectPrinted(line: string, prints: Typed["prints"], texts: readonly string[]): void {
    const found = texts.map((text) =>
      missingPassages(prints, text.replaceAll(this.#root, ".sandbox")),
    );
    const best = found.toSorted((one, other) => one.length - other.length)[0];
    expect(best, `${line} has printed:\n${texts.at(-1) ?? ""}`).toEqual([]);
  }
}

const isWatch = (step: Step): step is Typed =>
  step.kind === "command" && step.line.startsWith("make watch");
