import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Tail } from "../../sandbox/tail.ts";

let folder: string;
let tail: Tail;
const path = () => join(folder, "log");
const write = (part: string | Buffer) => {
  appendFileSync(path(), part);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-tail-"));
  tail = new Tail(path());
});

afterEach(() => {
  tail.close();
  rmSync(folder, { recursive: true });
});

function read(): string[] {
  const lines: string[] = [];
  tail.read((line) => lines.push(line));
  return lines;
}

describe("a file that is read while it is written", () => {
  it("may not be there yet", () => {
    expect(read()).toEqual([]);
    write("a\n");
    expect(read()).toEqual(["a"]);
  });

  it("hands over each line once, and none before it is whole", () => {
    write("a\nb\n\nc");
    expect(read()).toEqual(["a", "b", ""]);
    write("d");
    expect(read()).toEqual([]);
    write("\ne\n");
    expect(read()).toEqual(["cd", "e"]);
    expect(read()).toEqual([]);
  });

  it("keeps a character whole whose bytes come one by one", () => {
    const bytes = Buffer.from("a🦊\n");
    const lines = [...bytes].flatMap((byte) => {
      write(Buffer.from([byte]));
      return read();
    });
    expect(lines).toEqual(["a🦊"]);
  });

  it("reads lines longer than what is read at once", () => {
    const long = "ü".repeat(200_000);
    write(`${long}\nb\n`);
    expect(read()).toEqual([long, "b"]);
  });
});
