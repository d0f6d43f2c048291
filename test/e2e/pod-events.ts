/** What happens to the pods of a namespace, in order. */
import { spawn } from "node:child_process";
import { join } from "node:path";

import { toolPath } from "../judges/tools.ts";
import type { TestSandbox } from "./sandbox.ts";

/** A watch that is going on. */
export interface PodEvents {
  /** `ADDED redis-1`, `DELETED redis-1`, …; the pods that were there before come first, as added. */
  readonly lines: () => readonly string[];
  readonly end: () => void;
}

/** Watches until it is ended. */
export function watchPods(sandbox: Pick<TestSandbox, "folder">, namespace: string): PodEvents {
  const events = 'jsonpath={.type} {.object.metadata.name}{"\\n"}';
  const child = spawn(toolPath("kubectl"), [
    ...["--kubeconfig", join(sandbox.folder, "kubeconfig"), "--namespace", namespace],
    ...["get", "pods", "--watch", "--output-watch-events", "-o", events],
  ]);
  let text = "";
  child.stdout.on("data", (part: Buffer) => (text += part.toString()));
  return {
    lines: () => text.split("\n"),
    end: () => {
      child.kill();
    },
  };
}
