import { describe, expect, it } from "vitest";

import { displayFor } from "../../sandbox/rollout/display.ts";
import { plainLine, type Report } from "../../sandbox/rollout/lines.ts";
import type { Row } from "../../sandbox/rollout/rows.ts";
import type { Terminal } from "../../sandbox/rollout/screen.ts";
import { tableLines } from "../../sandbox/rollout/table.ts";
import { recordedRows, rowOf } from "./rollout-recording.ts";

const report = (rows: readonly Row[], more: Partial<Report> = {}): Report => ({
  ...{ stack: "voting", rows, seconds: new Map(), elapsed: 65 },
  ...more,
});
const texts = (rows: readonly Row[], columns: number, height: number) =>
  tableLines(report(rows), { columns, rows: height }).map(({ text }) => text);

describe("the table of rollouts", () => {
  it("shows each workload, and below one that rolls its revisions and what it waits for", () => {
    const rows = recordedRows("rolling");
    const vote = rowOf(rows, "vote");
    const lines = tableLines(report(rows, { seconds: new Map([[vote.uid, 12.7]]) }), {
      columns: 120,
      rows: 40,
    }).map(({ text }) => text);
    expect(lines[0]).toBe("voting  1:05  4 rolling, 2 settled");
    expect(lines[1]).toMatch(
      /^WORKLOAD +STATE +REVISION +UPDATED +AVAILABLE +LEAST +BUDGET +TIME$/,
    );
    const at = lines.findIndex((line) => line.startsWith("deployment/vote"));
    expect(lines[at]).toMatch(/^deployment\/vote +rolling +2 +0\/3 +3\/3 +3 +1 spare +0:12$/);
    expect(lines.slice(at + 1, at + 3)).toEqual([
      "    revision 2: 1 starting | revision 1: 3 ready",
      "    waits for 1 pod to become ready",
    ]);
  });

  it("says that a command is at work meanwhile", () => {
    const [first] = tableLines(report([], { command: "up" }), { columns: 80, rows: 24 });
    expect(first?.text).toBe("voting  1:05  no workload; make up is at work");
  });

  it.each([200, 80, 40, 12, 1])("never reaches the last of %i columns", (columns) => {
    const widest = Math.max(
      ...texts(recordedRows("stuck"), columns, 60).map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(Math.max(1, columns - 1));
  });

  it.each([
    [120, "STATE +REVISION +UPDATED +AVAILABLE +LEAST +BUDGET +TIME"],
    [80, "STATE +UPDATED +AVAILABLE +LEAST +BUDGET +TIME"],
    [62, "STATE +UPDATED +AVAILABLE +LEAST"],
    [46, "STATE +AVAILABLE"],
  ])("goes without the columns that matter least in %i columns", (columns, titles) => {
    const lines = texts(recordedRows("stuck"), columns, 40);
    expect(lines[1]).toMatch(new RegExp(`^WORKLOAD +${titles}$`));
    expect(lines.join("\n")).toMatch(/deployment\/nowhere +unplaceable .* ?0\/2/);
  });

  it("shows every one of many that roll, before the details of any", () => {
    const [row] = recordedRows("rolling").filter(({ name }) => name === "vote");
    const miners = Array.from({ length: 20 }, (_, index) => ({
      ...(row ?? rowOf([], "vote")),
      ...{ uid: `${index}`, name: `miner-${index}` },
    }));
    const rows = [...miners, ...recordedRows("settled")];
    const lines = texts(rows, 100, 24);
    expect(lines.filter((line) => line.includes("miner-"))).toHaveLength(20);
    expect(lines.join("\n")).not.toContain("waits for");
    expect(lines.at(-1)).toBe("... and 5 more");
    expect(
      texts(rows, 100, 80)
        .join("\n")
        .match(/waits for/g),
    ).toHaveLength(20);
  });

  it("is in letters that every terminal has", () => {
    const shown = [12, 40, 120].flatMap((columns) => texts(recordedRows("stuck"), columns, 16));
    expect(shown.filter((line) => !/^[ -~]*$/.test(line))).toEqual([]);
    expect(shown.join("\n")).toContain("...");
  });

  it.each([60, 24, 10, 4, 2])("never needs more than %i lines", (height) => {
    expect(texts(recordedRows("stuck"), 100, height).length).toBeLessThanOrEqual(height);
  });

  it("leaves out first what has settled, and says how much it leaves out", () => {
    const lines = texts(recordedRows("stuck"), 200, 12);
    expect(lines.join("\n")).toContain("deployment/nowhere");
    expect(lines.join("\n")).not.toContain("deployment/worker");
    expect(lines.at(-1)).toMatch(/^\.\.\. and \d+ more$/);
  });

  it("names the namespace where there are several", () => {
    const rows = recordedRows("settled");
    expect(texts(rows, 100, 40).join("\n")).not.toContain("trial");
    const both = rows.map((row, index) => (index === 0 ? { ...row, namespace: "other" } : row));
    expect(texts(both, 100, 40)[2]).toMatch(/^other daemonset\/agent/);
  });
});

describe("lines without a terminal", () => {
  const shown = (...reports: readonly Report[]) => {
    const lines: string[] = [];
    const display = displayFor({ isTTY: false } as unknown as Terminal, {}, (line) =>
      lines.push(line),
    );
    reports.forEach(display.show);
    display.end();
    return lines;
  };

  it("say what rolls at the beginning, then only what has changed", () => {
    const rolling = recordedRows("rolling");
    const later = rolling.map((row): Row =>
      row.name === "vote" ? { ...row, state: { kind: "settled", note: "" } } : row,
    );
    const lines = shown(
      report(rolling, { elapsed: 0 }),
      report(rolling, { elapsed: 1 }),
      report(later, { elapsed: 2 }),
    );
    expect(lines[0]).toBe("voting  0:00  4 rolling, 2 settled");
    expect(lines.slice(1).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "+0:00 trial daemonset/agent",
      "+0:00 trial statefulset/db",
      "+0:00 trial deployment/vote",
      "+0:00 trial deployment/worker",
      "+0:02 trial deployment/vote",
    ]);
    expect(lines.at(-1)).toContain("deployment/vote settled");
  });

  it("leave out what passes at once and what a budget does by itself, and never how it ends", () => {
    const rolling = recordedRows("rolling").filter(({ name }) => name === "vote");
    const waits = (waitsFor: string) =>
      rolling.map((row): Row => ({ ...row, state: { kind: "rolling", waitsFor } }));
    const spare = waits("b").map((row) => ({ ...row, budget: { needed: 2, spare: 9 } }));
    const lines = shown(
      report(waits("a"), { elapsed: 0 }),
      report(waits("passing"), { elapsed: 0.2 }),
      report(waits("b"), { elapsed: 0.6 }),
      report(spare, { elapsed: 5 }),
      report(waits("passing"), { elapsed: 5.2 }),
      report(waits("the end"), { elapsed: 5.3 }),
    );
    expect(lines.slice(1).map((line) => /^\S+ .*waits for ([\w ]+)/.exec(line)?.[1])).toEqual([
      ...["a", "b", "the end"],
    ]);
  });

  it("say what has been taken away", () => {
    const rows = recordedRows("settled");
    const left = rows.filter(({ name }) => name !== "vote");
    expect(shown(report(rows), report(left, { elapsed: 70 })).slice(1)).toEqual([
      "+1:10 trial deployment/vote gone",
    ]);
  });

  it("say now and then that nothing changes, or a reader that has gone would never be noticed", () => {
    const rows = recordedRows("settled");
    const times = [0, 20, 29, 30, 45, 61];
    const lines = shown(...times.map((elapsed) => report(rows, { elapsed })));
    expect(lines.map((line) => line.split("  ")[1])).toEqual(["0:00", "0:30", "1:01"]);
  });

  it("say availability against what the update and the budget ask for", () => {
    expect(plainLine(rowOf(recordedRows("rolling"), "vote"))).toBe(
      "trial deployment/vote rolling, waits for 1 pod to become ready; " +
        "revision 2: 1 starting | revision 1: 3 ready; 3 of 3 available, least 3; budget: 2 needed, 1 spare",
    );
  });

  it("are written to a terminal that can do no more", () => {
    const lines: string[] = [];
    const terminal = { isTTY: true } as unknown as Terminal;
    displayFor(terminal, { TERM: "dumb" }, (line) => lines.push(line)).show(report([]));
    expect(lines).toEqual(["voting  1:05  no workload"]);
  });
});
