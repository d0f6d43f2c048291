/** Processes of a sandbox that still run. */
import { listProcesses } from "../../sandbox/processes.ts";

/** Processes whose program or arguments lie in a folder, or that carry its mark. */
export function processesUnder(folder: string): readonly string[] {
  return listProcesses()
    .filter(({ command, mark }) => command.includes(folder) || mark === folder)
    .map(({ pid, command }) => `${pid} ${command}`);
}
