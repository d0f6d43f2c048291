/** Processes of this machine, as `ps` tells them. */
import { execFileSync } from "node:child_process";

/** Processes whose command line names a folder: id and command. */
export function processesUnder(folder: string): readonly string[] {
  return execFileSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(folder));
}
