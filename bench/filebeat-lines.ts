/**
 * What Filebeat's script takes of a core: a whole Filebeat that reads lines from a file and writes them
 * out, with the processors that are deployed, against the same with none.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { lineProcessors } from "../components/observability/filebeat/filebeat-files.ts";
import { scriptContents } from "../components/observability/filebeat/script.ts";
import { LogFamilies } from "../components/observability/logs/families.ts";
import { toolPath } from "../test/judges/tools.ts";
import { lines } from "./lines.ts";
import { summarise, timeOnce } from "./measure.ts";
import type { Figure } from "./table.ts";

const families = LogFamilies.parse({ skywire: { namespaces: ["skywire"], retention: "7d" } });

const rounds = 5_000;

/** Reads a file to its end and stops; of one core. */
const config = (folder: string, processors: readonly object[]): string =>
  stringify({
    filebeat: {
      inputs: [
        {
          type: "log",
          paths: [join(folder, "lines.log")],
          close_eof: true,
          fields_under_root: true,
          fields: { family: "skywire", namespace: "skywire", pod: "sd-0" },
        },
      ],
    },
    processors: [...processors],
    output: { file: { path: join(folder, "out"), filename: "lines", rotate_every_kb: 1_000_000 } },
    logging: { level: "error", metrics: { enabled: false } },
    max_procs: 1,
  });

/** Seconds of one run that begins with nothing read. */
async function seconds(folder: string, name: string): Promise<number> {
  const data = join(folder, "data");
  for (const earlier of [data, join(folder, "out")]) {
    rmSync(earlier, { recursive: true, force: true });
  }
  const taken = await timeOnce({
    command: toolPath("filebeat"),
    arguments: ["-e", "--once", "-c", join(folder, name), "--path.data", data],
    folder,
    environment: { ...process.env, NODE_NAME: "node-1" },
  });
  const written = readdirSync(join(folder, "out"))
    .map((file) => readFileSync(join(folder, "out", file), "utf8").split("\n").length - 1)
    .reduce((sum, count) => sum + count, 0);
  if (written !== rounds * lines.length) {
    throw new Error(`Filebeat wrote ${written} lines of ${rounds * lines.length}`);
  }
  return taken;
}

const perSecond = (time: number): string =>
  Math.round((rounds * lines.length) / time).toLocaleString("en");

/** Throughput of a Filebeat with the script. */
export async function filebeatFigures(root: string): Promise<Figure[]> {
  const folder = join(root, "filebeat");
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, "lines.log"), `${lines.join("\n")}\n`.repeat(rounds));
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  };
  for (const [name, text] of Object.entries(scriptContents(families))) write(name, text);
  write("ours.yml", config(folder, lineProcessors({ config: folder })));
  write("nothing.yml", config(folder, []));
  const taken: [ours: number, nothing: number][] = [];
  for (let run = 0; run < 5; run += 1) {
    taken.push([await seconds(folder, "ours.yml"), await seconds(folder, "nothing.yml")]);
  }
  const ours = summarise(taken.map(([mine]) => mine)).median;
  const nothing = summarise(taken.map(([, floor]) => floor)).median;
  return [
    {
      name: "lines: Filebeat's script",
      value: summarise(taken.map(([mine, floor]) => mine / floor)).median,
      unit: "×",
      bound: 12,
      detail: `${perSecond(ours)} lines a second on one core with start and end, ${perSecond(nothing)} where nothing is done to them`,
    },
  ];
}
