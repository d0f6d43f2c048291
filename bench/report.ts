/** What a report costs: event logs of 1,000 and 10,000 steps made into the comment of a pull request. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { frugal } from "../tools/lib/commands.mjs";
import { clone } from "../test/rendered.ts";
import { recorded } from "../test/review/prepared/report.ts";
import { run, summarise } from "./measure.ts";
import type { Taken } from "./report-child.ts";
import type { Figure } from "./table.ts";

/** Begins every event of a step. */
const step = /^\{"sequence":\d+,"timestamp":\d+,"(resourcePreEvent|resOutputsEvent)"/;

/**
 * A log of at least so many steps: the prepared change set as the engine wrote it, over and over, every
 * time of resources of other names. A third of the steps changes nothing, and of eleven one replaces.
 */
function logOfSteps(steps: number, recording: string): string {
  const lines = recording.trimEnd().split("\n");
  const isRepeated = (line: string): boolean =>
    step.test(line) && !line.includes('"type":"pulumi:pulumi:Stack"');
  const repeated = lines.filter(isRepeated);
  const once = repeated.filter((line) => line.includes('"resourcePreEvent"')).length;
  const [first = "", ...rest] = lines.filter((line) => !isRepeated(line));
  const rounds = Array.from({ length: Math.ceil(steps / once) }, (_, round) =>
    repeated.map((line) => renamed(line, round)),
  );
  return `${[first, ...rounds.flat(), ...rest].join("\n")}\n`;
}

const renamed = (line: string, round: number): string =>
  line
    .replaceAll(/urn:pulumi:[^"]*/g, (urn) => `${urn}-${round}`)
    .replaceAll(/"name":"([^"]+)"/g, `"name":"$1-${round}"`);

/**
 * Figures of the report.
 *
 * @param root Folder for the logs.
 * @param rounds How often each is made, each time by a new process: compiling the code is in the times.
 */
export async function reportFigures(root: string, rounds = 5): Promise<Figure[]> {
  const { changed } = recorded();
  const [small, large] = [1_000, 10_000].map((steps) => {
    const file = join(root, `${steps}.jsonl`);
    writeFileSync(file, logOfSteps(steps, changed));
    return { file, taken: [] as Taken[] };
  });
  if (small === undefined || large === undefined) {
    throw new Error("two logs were written");
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { file, taken } of [small, large]) {
      taken.push(await makeReport(file));
    }
  }
  const median = ({ taken }: typeof small, of: (one: Taken) => number): number =>
    summarise(taken.map(of)).median;
  const seconds = (of: typeof small): number => median(of, (one) => one.seconds);
  const processor = (of: typeof small): number => median(of, (one) => one.processorSeconds);
  const detail = (of: typeof small): string =>
    `${of.taken[0]?.changes ?? 0} changes; ${processor(of).toFixed(2)} s of the processor`;
  return [
    {
      name: "report of 1,000 steps",
      value: seconds(small),
      unit: "s",
      bound: 0.1,
      detail: detail(small),
    },
    {
      name: "report of 10,000 steps",
      value: seconds(large),
      unit: "s",
      bound: 1,
      detail: detail(large),
    },
    {
      // Linear is ten; what a process does once makes it less.
      name: "report of 10,000 steps ÷ 1,000 steps",
      value: processor(large) / processor(small),
      unit: "×",
      bound: 10,
      detail: "time of the processor",
    },
    {
      name: "memory for a report of 10,000 steps",
      value: median(large, (one) => one.peakBytes / 1e6),
      unit: "MB",
      bound: 150,
      detail: "most that the whole process ever had resident, Node and modules included",
    },
  ];
}

async function makeReport(file: string): Promise<Taken> {
  const printed = await run({
    command: process.execPath,
    // As `make review` starts Node.
    arguments: [...frugal, join(clone, "bench", "report-child.ts"), file],
    folder: clone,
    environment: process.env,
  });
  return JSON.parse(printed) as Taken;
}
