/** The cloud's own hands on a cluster: what is done there by nobody's command, while one is under way. */
import { setTimeout as sleep } from "node:timers/promises";

import type { Api } from "../api.ts";
import { Store } from "../standins/store.ts";
import { bindBalancers } from "./balancers.ts";
import { lookAfterNodes } from "./keeper.ts";

/** How often the cloud looks, in milliseconds. */
const pause = 400;

/** A cloud at work. */
export interface CloudWatch {
  /** Lets it finish what there is to do, then stops it. */
  readonly end: () => Promise<void>;
}

/** One look at everything. */
export async function attend(api: Api, folder: string): Promise<void> {
  const store = new Store(folder);
  await bindBalancers(api, store);
  await lookAfterNodes(api, store);
}

/**
 * Attends to a cluster until it is told to end.
 *
 * @param folder The sandbox's.
 */
export function watchCloud(api: Api, folder: string): CloudWatch {
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // An object that went between two questions is looked for again.
      await attend(api, folder).catch(() => undefined);
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const working = work();
  return {
    end: async () => {
      stop.abort();
      await working;
      await attend(api, folder);
    },
  };
}
