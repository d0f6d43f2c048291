/** The engine's own lock on a stack of the sandbox's backend. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

import { fault } from "./fault.ts";
import { findProcess } from "./processes.ts";

const Lock = z.object({ pid: z.int() });

/**
 * Looks for a lock.
 *
 * @returns Whether there is one that a killed engine left.
 * @throws SandboxError where its engine still runs: an update by hand in `make shell`, say.
 */
export function findLock(backend: string): "none" | "abandoned" {
  const folder = join(backend, ".pulumi", "locks");
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
        file.endsWith(".json"),
      )
    : [];
  for (const file of files) {
    const pid = holder(join(folder, file));
    const found = pid === undefined ? undefined : findProcess(pid);
    // After a restart of the machine the number may be anybody's, of a program in a folder of that name, say.
    if (found !== undefined && /(^|\/)pulumi( |$)/.test(found.command)) {
      throw fault(
        `another update works on this sandbox: ${found.command} (process ${found.pid})`,
        "wait for it, or end it with Ctrl-C where it was started",
      );
    }
  }
  return files.length === 0 ? "none" : "abandoned";
}

function holder(path: string): number | undefined {
  try {
    return Lock.parse(JSON.parse(readFileSync(path, "utf8"))).pid;
  } catch {
    return undefined;
  }
}
