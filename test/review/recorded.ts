/** Logs of previews under the real engine: recordings/README.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { readEvents } from "../../review/events.ts";
import type { Report } from "../../review/model.ts";
import type { StackPreview } from "../../review/preview.ts";
import { buildReport, type ReportOptions, type StackInput } from "../../review/report.ts";

/** Text of a recorded log. */
export function recordedLog(name: string): string {
  return gunzipSync(
    readFileSync(join(import.meta.dirname, "recordings", `${name}.jsonl.gz`)),
  ).toString();
}

/** A recorded log, read. */
export function recorded(name: string): StackPreview {
  return readEvents(recordedLog(name));
}

/** A report of these previews, made at a fixed time. */
export function reportOf(previews: readonly StackInput[], options: ReportOptions = {}): Report {
  return buildReport(previews, { time: "2026-11-21T20:00:00Z" }, options);
}
