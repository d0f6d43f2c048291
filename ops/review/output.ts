/** The report in its forms: four files, and a text for the terminal. */
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Report } from "../../review/model.ts";
import { renderHtml } from "../../review/render/html.ts";
import { renderJson } from "../../review/render/json.ts";
import { renderMarkdown } from "../../review/render/markdown.ts";
import { renderTerminal } from "../../review/render/terminal.ts";
import { writeWhole } from "../../sandbox/files.ts";

/** Names of the files, as pipelines know them. */
const fileNames = {
  markdown: "report.md",
  html: "report.html",
  text: "report.txt",
  json: "report.json",
  /** The verdict's exit code: make itself ends with 0 or 2. */
  code: "exit-code",
} as const;

/** Writes the files. Those of an earlier report go first: half a report must not pass for a whole one. */
export function writeReport(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true });
  Object.values(fileNames).forEach((name) => {
    rmSync(join(folder, name), { force: true });
  });
  writeWhole(join(folder, fileNames.markdown), renderMarkdown(report));
  writeWhole(join(folder, fileNames.html), renderHtml(report));
  writeWhole(join(folder, fileNames.text), renderTerminal(report));
  writeWhole(join(folder, fileNames.json), renderJson(report));
  writeWhole(join(folder, fileNames.code), `${report.verdict.exitCode}\n`);
}

/** Bytes of a step's summary: GitHub takes 1 MiB. */
const summaryBudget = 900_000;

/** On the page of a pipeline's run, where there is one: it takes far more than a comment. */
export function summarize(report: Report, environment: NodeJS.ProcessEnv): void {
  const path = environment["GITHUB_STEP_SUMMARY"] ?? "";
  if (path !== "") {
    appendFileSync(path, renderMarkdown(report, { budget: summaryBudget }));
  }
}

/** The text for whoever runs it. */
export function terminalText(report: Report, environment: NodeJS.ProcessEnv): string {
  const colour = process.stdout.isTTY && (environment["NO_COLOR"] ?? "") === "";
  return renderTerminal(report, { colour });
}
