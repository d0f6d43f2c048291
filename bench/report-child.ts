/**
 * One report, made in a process of its own: `node bench/report-child.ts LOG`. Prints what it took as
 * JSON, see {@link Taken}.
 */
import { readEventLog } from "../review/events.ts";
import { buildReport } from "../review/report.ts";
import { renderMarkdown } from "../review/render/markdown.ts";

/** What a report took. */
export interface Taken {
  /** From opening the event log to the last byte of the comment in Markdown; the process has just begun. */
  readonly seconds: number;
  /** Of the processor, by all threads of the process: compiling and collecting garbage are in it. */
  readonly processorSeconds: number;
  /** The most memory that the process ever had resident, Node and all modules included. */
  readonly peakBytes: number;
  readonly changes: number;
}

const [log = ""] = process.argv.slice(2);
const [start, used] = [performance.now(), process.cpuUsage()];
const report = buildReport([{ stack: "prod", preview: readEventLog(log) }], {
  time: "2026-11-21T20:00:00Z",
});
const text = renderMarkdown(report);
const { user, system } = process.cpuUsage(used);
const [stack] = report.stacks;
if (stack === undefined || stack.missing.some(({ hides }) => hides) || stack.items.length === 0) {
  throw new Error(`the report of ${log} is not whole: ${text.slice(0, 500)}`);
}
const taken: Taken = {
  seconds: (performance.now() - start) / 1000,
  processorSeconds: (user + system) / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  changes: stack.items.length,
};
console.log(JSON.stringify(taken));
