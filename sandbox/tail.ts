/** Reads a file while another program writes it. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";

const partBytes = 64 * 1024;
const lineBreak = 0x0a;

/** Whole lines of a file as they come. What stands after the last line break is none yet. */
export class Tail {
  readonly #path: string;
  /** Used for every look: most find nothing, and a new one each time costs more than all reading. */
  readonly #part = Buffer.allocUnsafe(partBytes);
  #file: number | undefined;
  /** The line that is not whole yet: as bytes, since a part may end inside a character. */
  #begun: Buffer[] = [];

  /** @param path Need not be there yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Hands over the lines that were written since the last time. */
  read(onLine: (line: string) => void): void {
    if (this.#file === undefined && existsSync(this.#path)) {
      this.#file = openSync(this.#path, "r");
    }
    if (this.#file === undefined) {
      return;
    }
    for (;;) {
      const count = readSync(this.#file, this.#part, 0, partBytes, null);
      if (count === 0) {
        return;
      }
      this.#take(this.#part.subarray(0, count), onLine);
    }
  }

  /** Lets go of the file. */
  close(): void {
    if (this.#file !== undefined) {
      closeSync(this.#file);
      this.#file = undefined;
    }
  }

  #take(part: Buffer, onLine: (line: string) => void): void {
    let start = 0;
    for (let end = part.indexOf(lineBreak); end >= 0; end = part.indexOf(lineBreak, start)) {
      const line = Buffer.concat([...this.#begun, part.subarray(start, end)]);
      this.#begun = [];
      start = end + 1;
      onLine(line.toString("utf8"));
    }
    if (start < part.length) {
      this.#begun.push(Buffer.from(part.subarray(start)));
    }
  }
}
