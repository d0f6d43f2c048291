/** The report of the prepared change set, from logs that the real engine wrote. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { readEvents } from "../../../review/events.ts";
import type { Report } from "../../../review/model.ts";
import { buildReport } from "../../../review/report.ts";
import { logFile, type Logs, previews } from "./record.ts";

/** The recorded logs. */
export function recorded(): Logs {
  const [unchanged = "", changed = ""] = previews.map((preview) =>
    gunzipSync(readFileSync(logFile(preview))).toString("utf8"),
  );
  return { unchanged, changed };
}

/** The report that is made of them: one stack that changes, and one that does not. */
export function preparedReport(logs: Logs): Report {
  return buildReport(
    [
      {
        stack: "prod",
        preview: readEvents(logs.changed),
        provenance: {
          engine: "3.259.0",
          state: { serial: "41", hash: "5c".repeat(32), resources: 66 },
          reproduce: "make review STACK=prod BASE=master",
          target: "state",
        },
      },
      { stack: "test", preview: readEvents(logs.unchanged), provenance: { target: "state" } },
    ],
    {
      commit: "4f2c1e9a7b3d5f60718293a4b5c6d7e8f9a0b1c2",
      base: "master",
      time: "2026-11-21T19:16:47Z",
      url: "https://ci.example/runs/7/report.html",
    },
    { key: Buffer.alloc(32, 7) },
  );
}
