import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { tableLines } from "../../sandbox/rollout/table.ts";
import { Emulator, runInTerminal } from "./pseudo-terminal.ts";
import { recordedRows } from "./rollout-recording.ts";

const size = { columns: 100, rows: 30 };

/** The table as a terminal of that size shows it. */
const table = (name: Parameters<typeof recordedRows>[0], elapsed: number, room = size) =>
  tableLines({ stack: "voting", rows: recordedRows(name), seconds: new Map(), elapsed }, room).map(
    ({ text }) => text,
  );

async function watched(word: string, environment = {}) {
  const words = [process.execPath, join(import.meta.dirname, "rollout-program.ts"), word];
  const { code, output } = await runInTerminal(words, size, environment);
  const terminal = new Emulator(size.columns, size.rows);
  terminal.take(output);
  return { code, output, terminal };
}

describe("a watch on a terminal", () => {
  it("draws each picture in place, once, and never scrolls or clears the screen", async () => {
    const { code, output, terminal } = await watched("end");
    expect(terminal.frames).toEqual([
      table("rolling", 1),
      table("rolling", 2),
      table("settled", 3),
    ]);
    expect(terminal.overflow).toBe(0);
    expect(output).not.toContain("\u001b[2J");
    expect(code).toBe(0);
  });

  it("gives the terminal back and leaves the last picture to be read there", async () => {
    const { output, terminal } = await watched("end", { NO_COLOR: "1" });
    expect(terminal).toMatchObject({ other: false, cursor: true });
    const after = output.slice(output.lastIndexOf("\u001b[?1049l") + "\u001b[?1049l".length);
    expect(after.trim().split("\r\n")).toEqual(table("settled", 3));
  });

  it.each([
    ["crash", 1],
    ["exit", 3],
  ])("gives the terminal back where the program ends by %s", async (word, expected) => {
    const { code, output, terminal } = await watched(word);
    expect(terminal).toMatchObject({ other: false, cursor: true });
    expect(code).toBe(expected);
    // What the other screen showed is lost: a fault must be said after it.
    expect(output.lastIndexOf("planted")).not.toBeLessThan(
      word === "crash" ? output.lastIndexOf("\u001b[?1049l") : -1,
    );
  });

  it("draws anew, to fit, when the terminal changes its size", async () => {
    const { terminal } = await watched("resize");
    const smaller = { columns: 50, rows: 9 };
    expect(terminal.frames).toContainEqual(table("rolling", 2, smaller));
    expect(terminal.frames.at(-1)).toEqual(table("settled", 3, smaller));
  });

  it("colours states, unless asked not to", async () => {
    expect((await watched("end")).output).toContain("\u001b[33m");
    expect((await watched("end", { NO_COLOR: "1" })).output).not.toMatch(/\[\d+m/);
  });
});
