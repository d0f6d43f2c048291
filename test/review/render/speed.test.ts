/** That forms take as long as their report is large, and no longer; bench/ has the figures. */
import { expect, it } from "vitest";

import { RiskClass, type Report } from "../../../review/model.ts";
import { renderHtml } from "../../../review/render/html.ts";
import { renderJson } from "../../../review/render/json.ts";
import { renderMarkdown } from "../../../review/render/markdown.ts";
import { renderTerminal } from "../../../review/render/terminal.ts";
import { bytesOf } from "../../../review/render/visible.ts";
import { item, quietStack, sample } from "./sample.ts";

/** A stack in which so many resources change, each in its own way. */
function report(size: number): Report {
  const risks = RiskClass.options;
  const items = Array.from({ length: size }, (_, index) =>
    item(`Deployment skywire/größe-${index}`, risks[index % risks.length] ?? "cosmetic", {
      id: `i${index}`,
      words: [`replicas ${index} -> ${index + 1}`, "image a/b: v1.3.2 -> v1.3.3 (digest pinned)"],
      changes: ["spec.replicas", 'metadata.labels["app"]', "spec.template.spec"].map((path) => ({
        path,
        before: { is: "text", text: `${index}` },
        after: { is: "text", text: `${index + 1}` },
        replaces: false,
      })),
    }),
  );
  return { ...sample, stacks: [{ ...quietStack("prod"), outcome: "changed", items }] };
}

/** Milliseconds of this thread for all four forms, the least of some tries: what else the machine does counts little. */
function timeOf(size: number): number {
  const tries = Array.from({ length: 4 }, () => {
    const made = report(size);
    const start = process.threadCpuUsage();
    expect(bytesOf(renderMarkdown(made))).toBeLessThanOrEqual(60_000);
    expect(renderHtml(made).length).toBeGreaterThan(size * 500);
    expect(renderTerminal(made).length).toBeGreaterThan(size * 300);
    expect(renderJson(made).length).toBeGreaterThan(size * 500);
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...tries);
}

it("takes eight times as long for eight times as much, not sixty-four times", () => {
  timeOf(250);
  expect(timeOf(2_000) / timeOf(250)).toBeLessThan(24);
});
