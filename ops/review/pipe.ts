/** What a program writes to a path, without it ever lying on a disk. */
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";

/** A named pipe in a folder of the owner's. */
export interface Pipe {
  /** What the program is told to write to. */
  readonly path: string;
  /** All that was written; call it when the program has ended. */
  readonly end: () => Promise<string>;
}

/**
 * Opens a pipe.
 *
 * @param folder Readable by the owner alone; removed by whoever made it.
 * @returns Undefined where this system makes no named pipes.
 */
export function openPipe(folder: string, name: string): Pipe | undefined {
  const path = join(folder, name);
  try {
    execFileSync("mkfifo", ["-m", "600", path], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  // Opened for reading first, a pipe can be opened for writing at once; and as long as this side holds it
  // open for writing, one that nobody wrote to has not ended.
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const holding = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const parts: Buffer[] = [];
  const socket = new Socket({ fd: reading, readable: true, writable: false });
  const ended = new Promise<void>((settle) => {
    socket.on("close", () => {
      settle();
    });
  });
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => socket.destroy());
  return {
    path,
    end: async () => {
      closeSync(holding);
      await ended;
      return Buffer.concat(parts).toString("utf8");
    },
  };
}
