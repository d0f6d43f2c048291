/** A terminal that shows lines in place. Whatever ends the program, it gives the terminal back as it was. */
import { writeSync } from "node:fs";
import type { WriteStream } from "node:tty";

import type { Line, Size, Tone } from "./table.ts";

const escape = "\u001b[";
/** The other screen, so that the scrollback stays as it was; no cursor that flickers about. */
const enter = `${escape}?1049h${escape}?25l`;
const leave = `${escape}?25h${escape}?1049l`;
/** A terminal that knows it shows all that stands between at once. */
const [begin, finish] = [`${escape}?2026h`, `${escape}?2026l`];
const [home, endOfLine, endOfScreen] = [`${escape}H`, `${escape}K`, `${escape}J`];

const colours: Readonly<Record<Tone, string>> = {
  strong: "1",
  plain: "",
  quiet: "2",
  good: "32",
  busy: "33",
  bad: "31",
};

/** Standard output where it is a terminal. */
export type Terminal = WriteStream & { readonly fd: number };

/** The other screen of a terminal. */
export class Screen {
  readonly #out: Terminal;
  readonly #colour: boolean;
  #shown = "";
  #open = false;

  constructor(out: Terminal, colour: boolean) {
    this.#out = out;
    this.#colour = colour;
    this.#enter();
  }

  /** Room there is. A terminal without a size gets the classic one. */
  size(): Size {
    return { columns: this.#out.columns || 80, rows: this.#out.rows || 24 };
  }

  /** Shows lines, in one write. Those that are shown already are not written again. */
  show(lines: readonly Line[]): void {
    const text = lines.map((line) => `${paint(line, this.#colour)}${endOfLine}`).join("\r\n");
    // A terminal that is held (Ctrl-S) takes nothing: what is old by then need not wait there.
    if (this.#open && text !== this.#shown && !this.#out.writableNeedDrain) {
      this.#shown = text;
      this.#out.write(`${begin}${home}${text}${endOfScreen}${finish}`);
    }
  }

  /** After the terminal has changed its size, or was somebody else's. */
  refresh(): void {
    this.#shown = "";
    this.#enter();
  }

  /** Gives the terminal back; at once, because the process may be ending. */
  readonly close = (): void => {
    process.off("exit", this.close);
    if (this.#open) {
      this.#open = false;
      try {
        writeSync(this.#out.fd, leave);
      } catch {
        // The terminal is gone: there is nothing to give back.
      }
    }
  };

  #enter(): void {
    if (!this.#open) {
      this.#open = true;
      process.on("exit", this.close);
      this.#out.write(enter);
    }
  }
}

/** A line with its colour. */
export function paint({ text, tone }: Line, colour: boolean): string {
  const code = colours[tone];
  return colour && code !== "" ? `${escape}${code}m${text}${escape}0m` : text;
}
