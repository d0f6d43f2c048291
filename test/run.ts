/**
 * `make test`: everything, in order, stopping nowhere.
 *
 * What `make check` runs (format, lint, types, unit and golden tests) and the judges go side by
 * side; the sandbox end to end then has the machine to itself. Progress is told as it comes; the
 * last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { listProcesses } from "../sandbox/processes.ts";
import { type PartResult, totals, writePart, writeSummary } from "./runner/result.ts";
import { sideBySide } from "./runner/side-by-side.ts";
import { countVitest } from "./runner/vitest.ts";

const clone = join(import.meta.dirname, "..");
const packages = join(clone, "node_modules");
const scratch = mkdtempSync(join(tmpdir(), "fleet-test-"));
// Programs that refuse to be root run as another user, in folders of their own in there.
chmodSync(scratch, 0o711);

const atATime = sideBySide({
  cores: availableParallelism(),
  bytes: Math.min(totalmem(), process.constrainedMemory() || Infinity),
});
/** A part that takes longer hangs. The end to end part takes a quarter of an hour, on a slow machine several times that. */
const limitMinutes = 150;
/** How often running parts are named where nothing else is printed. */
const heartbeatSeconds = 20;
/** Lines of a crashed program's output that are shown. */
const tailLines = 60;

interface Part {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
  /** Print its output as it comes. */
  readonly follow: boolean;
  /** Counted from vitest's report; otherwise the whole is one unit. */
  readonly vitest: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

const vitestPart = (name: string, projects: readonly string[], reporter: string): Part => ({
  name,
  program: "vitest/vitest.mjs",
  arguments: [
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    ...[`--reporter=${reporter}`, "--reporter=json"],
    `--outputFile.json=${reportOf(name)}`,
  ],
  follow: true,
  vitest: true,
});

const unitPart = (name: string, program: string, ...words: string[]): Part => ({
  name,
  program,
  arguments: words,
  follow: false,
  vitest: false,
});

const manyFiles = (part: Part): Part => ({
  ...part,
  arguments: [...part.arguments, `--maxWorkers=${atATime.files}`],
});

// The judges first: they wait for servers of theirs while the others compute.
const together: readonly Part[] = [
  manyFiles(vitestPart("judges", ["judges"], "verbose")),
  unitPart("lint and types", "oxlint/bin/oxlint"),
  vitestPart("unit and golden", ["unit", "thorough", "programs"], "default"),
  unitPart("format", "oxfmt/bin/oxfmt", "--check"),
];

// Its sandboxes lie in our folder, so that we find what a killed run leaves.
const alone: readonly Part[] = [
  {
    ...manyFiles(vitestPart("end to end", ["e2e"], "verbose")),
    environment: { TMPDIR: scratch },
  },
];

/** Set by Ctrl-C: what has not begun is not begun any more, and counts as failed. */
let stopped = false;
const running = new Map<string, { readonly since: number; readonly end: () => void }>();

function reportOf(name: string): string {
  return join(scratch, `${name.replaceAll(" ", "-")}.json`);
}

/** Runs a part's program to its end. */
function runProgram(part: Part): Promise<{ code: number | undefined; output: string }> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [join(packages, part.program), ...part.arguments], {
      cwd: clone,
      env: { ...process.env, CI: "true", NO_COLOR: "1", FORCE_COLOR: "0", ...part.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        if (part.follow && line.trim() !== "") {
          console.log(`[${part.name}] ${line}`);
        }
      });
    }
    const limit = setTimeout(() => {
      lines.push(`ended after ${limitMinutes} minutes`);
      child.kill("SIGKILL");
    }, limitMinutes * 60_000);
    running.set(part.name, { since: Date.now(), end: () => child.kill("SIGTERM") });
    const finish = (code: number | undefined): void => {
      clearTimeout(limit);
      running.delete(part.name);
      settle({ code, output: lines.slice(-tailLines).join("\n") });
    };
    child.on("error", (error) => {
      lines.push(error.message);
      finish(undefined);
    });
    child.on("close", (code) => {
      finish(code ?? undefined);
    });
  });
}

async function runPart(part: Part): Promise<PartResult> {
  if (stopped) {
    const failures = [{ name: part.program, message: "was not run: stopped before" }];
    return { name: part.name, seconds: 0, passed: 0, failed: 1, skipped: 0, failures };
  }
  const start = Date.now();
  const { code, output } = await runProgram(part);
  const seconds = (Date.now() - start) / 1000;
  const report = reportOf(part.name);
  const result: PartResult = part.vitest
    ? countVitest(part.name, seconds, {
        code,
        output,
        report: existsSync(report) ? readFileSync(report, "utf8") : undefined,
      })
    : {
        name: part.name,
        seconds,
        passed: code === 0 ? 1 : 0,
        failed: code === 0 ? 0 : 1,
        skipped: 0,
        failures:
          code === 0
            ? []
            : [{ name: part.program, message: output === "" ? "it said nothing" : output }],
      };
  console.log(writePart(result));
  return result;
}

/** Runs parts, so many side by side; results come in the order of the parts. */
async function runParts(parts: readonly Part[], workers: number): Promise<PartResult[]> {
  const results: PartResult[] = [];
  const waiting = [...parts.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, part] = next;
      results[index] = await runPart(part);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}

/** Ends what tests left running, which only a killed run does, and removes our folder. */
function cleanUp(): void {
  for (const { pid } of listProcesses().filter(({ command }) => command.includes(scratch))) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

const heartbeat = setInterval(() => {
  const names = [...running].map(
    ([name, { since }]) => `${name} (${Math.round((Date.now() - since) / 1000)} s)`,
  );
  console.log(`… running: ${names.join(", ")}`);
}, heartbeatSeconds * 1000);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopped = true;
    for (const { end } of running.values()) {
      end();
    }
  });
}

const results = [...(await runParts(together, atATime.parts)), ...(await runParts(alone, 1))];
clearInterval(heartbeat);
cleanUp();
console.log(writeSummary(results));
process.exitCode = totals(results).failed === 0 ? 0 : 1;
