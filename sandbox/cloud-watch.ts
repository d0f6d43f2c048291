/** What the clouds do by themselves while a sandbox is at work: they look at its cluster again and again. */
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Api } from "./api.ts";
import { giveServiceAddresses } from "./google/balancers.ts";
import { giveAddresses } from "./google/kubeip.ts";
import { PoolKeeper } from "./google/pools.ts";
import { issueCertificates } from "./issuing.ts";
import { bindBalancers } from "./linode/balancers.ts";
import { lookAfterNodes } from "./linode/keeper.ts";
import { Store } from "./standins/store.ts";

/** How often the clouds look, in milliseconds. */
const pause = 400;

/** Clouds at work. */
export interface CloudWatch {
  /** Lets them finish what there is to do, then stops them. */
  readonly end: () => Promise<void>;
}

/** The clouds of one sandbox. */
export class Clouds {
  readonly #api: Api;
  readonly #store: Store;
  readonly #pools: PoolKeeper;

  /** @param folder The sandbox's, named after its stack. */
  constructor(api: Api, folder: string) {
    this.#api = api;
    this.#store = new Store(folder);
    this.#pools = new PoolKeeper(api, this.#store, basename(folder));
  }

  /** One look at everything. */
  async attend(): Promise<void> {
    await this.#pools.keep();
    // A Service of another type is none of theirs, and there may be a thousand.
    const services = await this.#api.list(
      "/api/v1/services?fieldSelector=spec.type%3DLoadBalancer",
    );
    await bindBalancers(this.#api, this.#store, services);
    await giveServiceAddresses(this.#store, this.#api, services);
    await lookAfterNodes(this.#api, this.#store);
    await giveAddresses(this.#api, this.#store);
    await issueCertificates(this.#api);
  }

  /** What happens when nothing has happened for a while. */
  async rest(): Promise<void> {
    await this.#pools.rest();
  }
}

/**
 * Attends to a cluster until it is told to end.
 *
 * @param folder The sandbox's.
 */
export function watchCloud(api: Api, folder: string): CloudWatch {
  const clouds = new Clouds(api, folder);
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // An object that went between two questions is looked for again.
      await clouds.attend().catch(() => undefined);
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const working = work();
  return {
    end: async () => {
      stop.abort();
      await working;
      // As above; what is wrong twice is told.
      await clouds.attend().catch(() => clouds.attend());
      await clouds.rest();
    },
  };
}
