/** What happens to the pods of a namespace, in order. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { toolPath } from "../judges/tools.ts";
import { settled, type TestSandbox } from "./sandbox.ts";

/** A watch that is going on. */
export interface PodEvents {
  /** `ADDED redis-1`, `DELETED redis-1`, …; the pods that were there before come first, as added. */
  readonly lines: () => readonly string[];
  /** Ends it once it has told of all that is there now, and of each that is gone. */
  readonly end: () => Promise<void>;
}

/** Watches a namespace with pods until it is ended. */
export async function watchPods(
  sandbox: Pick<TestSandbox, "folder" | "objects">,
  namespace: string,
): Promise<PodEvents> {
  const events = 'jsonpath={.type} {.object.metadata.name}{"\\n"}';
  const child = spawn(toolPath("kubectl"), [
    ...["--kubeconfig", join(sandbox.folder, "kubeconfig"), "--namespace", namespace],
    ...["get", "pods", "--watch", "--output-watch-events", "-o", events],
  ]);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const lines = (): string[] => text.split("\n");
  // Who begins before it looks would do unseen.
  await once(child.stdout, "data");

  /** Pods that it has not told of yet, there or gone. */
  const untold = async (): Promise<string[]> => {
    const there = (await sandbox.objects("pods"))
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(({ metadata }) => metadata.name);
    const last = new Map(lines().map((line) => [line.split(" ")[1] ?? "", line.split(" ")[0]]));
    last.delete("");
    const told = [...last].filter(([, type]) => type !== "DELETED").map(([name]) => name);
    return [
      ...there.filter((name) => !told.includes(name)),
      ...told.filter((name) => !there.includes(name)),
    ];
  };
  return {
    lines,
    end: async () => {
      const left = await settled(untold);
      child.kill();
      if (left.length > 0) {
        throw new Error(`the watch does not tell of ${left.join(", ")}`);
      }
    },
  };
}
