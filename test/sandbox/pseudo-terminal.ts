/** Programs under a pseudo terminal, and what is to be seen there. */
import { spawn } from "node:child_process";

/** What a program left on a terminal. */
export interface TerminalRun {
  readonly code: number | null;
  /** Everything that was written, control sequences included. */
  readonly output: string;
}

/**
 * Runs a program under a pseudo terminal of a size, by script(1): BSD's or that of util-linux.
 *
 * @param type Gets what was written so far, and gives what is typed next, if anything.
 */
export function runInTerminal(
  words: readonly string[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
  environment: Readonly<Record<string, string | undefined>> = {},
  type: (output: string) => string | undefined = () => undefined,
): Promise<TerminalRun> {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const command = `stty cols ${columns} rows ${rows}; exec ${quoted}`;
  const script =
    process.platform === "linux"
      ? ["-qec", command, "/dev/null"]
      : ["-q", "/dev/null", "/bin/sh", "-c", command];
  return new Promise((settle, fail) => {
    const child = spawn("script", script, {
      // The terminal is this one, whatever the shell of whoever runs the tests has: a pipeline's is dumb.
      env: { ...process.env, NO_COLOR: "", ...environment, TERM: "xterm-256color" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      output += part;
      const typed = type(output);
      if (typed !== undefined) {
        child.stdin.write(typed);
      }
    });
    child.stdin.on("error", () => undefined);
    child.on("error", fail);
    child.on("close", (code) => {
      settle({ code, output });
    });
  });
}

/** A terminal as far as the watch uses one. Whatever else is written to it is a fault. */
export class Emulator {
  readonly #columns: number;
  readonly #rows: number;
  #lines: string[] = [];
  #row = 0;
  #column = 0;
  /** Whether the other screen is shown. */
  other = false;
  cursor = true;
  /** Every picture that was complete on the other screen. */
  readonly frames: (readonly string[])[] = [];
  /** Lines that went out at the top, or cells that went out at the side. */
  overflow = 0;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  take(output: string): void {
    for (const [text, sequence] of output.matchAll(/\u001b\[([?\d;]*[A-Za-z])|[^\u001b]/g)) {
      if (sequence === undefined) {
        this.#write(text);
      } else {
        this.#obey(sequence);
      }
    }
  }

  #write(character: string): void {
    if (character === "\r") {
      this.#column = 0;
    } else if (character === "\n") {
      this.#row += 1;
      this.overflow += this.other && this.#row >= this.#rows ? 1 : 0;
    } else {
      this.overflow += this.other && this.#column >= this.#columns ? 1 : 0;
      const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
      this.#lines[this.#row] =
        line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column += 1;
    }
  }

  #obey(sequence: string): void {
    if (sequence === "H") {
      [this.#row, this.#column] = [0, 0];
    } else if (sequence === "K") {
      this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
    } else if (sequence === "J") {
      this.#lines.length = this.#row + 1;
    } else if (sequence === "?1049h" || sequence === "?1049l") {
      this.other = sequence.endsWith("h");
      this.#lines = [];
    } else if (sequence === "?25h" || sequence === "?25l") {
      this.cursor = sequence.endsWith("h");
    } else if (sequence === "?2026l") {
      this.frames.push([...this.#lines]);
    } else if (sequence !== "?2026h" && !sequence.endsWith("m")) {
      throw new Error(`no sequence that a watch writes: ${sequence}`);
    }
  }
}
