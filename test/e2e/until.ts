/** Waiting for objects of a sandbox's cluster. */
import { setTimeout as sleep } from "node:timers/promises";

import type { Api, KubeObject } from "../../sandbox/api.ts";

/** Waits for an object to be as expected, and gives it as it last was. */
export async function untilHolds(
  api: Api,
  path: string,
  holds: (object: KubeObject | undefined) => boolean,
): Promise<KubeObject | undefined> {
  const end = Date.now() + 300_000;
  let object = await api.find(path);
  while (!holds(object) && Date.now() < end) {
    await sleep(100);
    object = await api.find(path);
  }
  return object;
}

/** Whether an object is in a phase. */
export const phaseIs =
  (phase: string) =>
  (object: KubeObject | undefined): boolean =>
    object?.status?.["phase"] === phase;
