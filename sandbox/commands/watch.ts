/** `make watch`: the rollouts of a sandbox, live. */
import { existsSync } from "node:fs";

import { fault } from "../fault.ts";
import { lockHolder } from "../lock.ts";
import { followCluster, type Following } from "../rollout/cluster.ts";
import { type Display, displayFor } from "../rollout/display.ts";
import { Ending, Stopwatch, type Verdict } from "../rollout/ending.ts";
import { rowsOf } from "../rollout/rows.ts";
import { requireRunning } from "../sandbox.ts";
import { type Command, makeLine } from "./command.ts";

/** Changes that come together are shown together. */
const togetherMilliseconds = 100;
/** How often the clock moves on where nothing changes. */
const clockMilliseconds = 1_000;

/** What a shell gives for a command that a signal ended. */
const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** The same for one whose reader has gone. */
const brokenPipeCode = 141;

/** How a watch ended. */
interface Ended {
  readonly code: number;
  /** What there is to say of it. Default: nothing, as of one that was interrupted. */
  readonly text?: string;
}

/**
 * Shows the rollouts until all have settled. Returns the exit code: 1 where one is stuck, or that of
 * what ended it.
 */
export async function watch(command: Command): Promise<number> {
  const { outer, place, say } = command;
  const goesOn = readFollow(command);
  const { api } = requireRunning(place);
  const over = new AbortController();
  const interruption = untilInterrupted();
  const verdict = Promise.withResolvers<Ended>();
  const looks = new Looks(() => {
    try {
      const end = look();
      if (end !== undefined && !goesOn) {
        verdict.resolve(end);
      }
    } catch (error) {
      verdict.reject(error);
    }
  });
  const cluster = followCluster(api, looks.soon, over.signal);
  const display = displayFor(process.stdout, outer, say);
  const look = looker(command, cluster, display);
  cluster.listed.then(looks.begin, verdict.reject);
  cluster.ended.catch(verdict.reject);
  let end: Ended;
  try {
    end = await Promise.race([verdict.promise, interruption.ended]);
  } finally {
    looks.end();
    over.abort();
    interruption.stop();
    api.close();
    display.end();
  }
  if (end.text !== undefined) {
    say(`watch: ${end.text}`);
  }
  return end.code;
}

/**
 * Shows a cluster as it is, and judges whether that was the last time.
 *
 * @returns To be called at each look. It throws where the sandbox has been taken away.
 */
function looker(
  { options, place }: Command,
  cluster: Following,
  display: Display,
): () => Verdict | undefined {
  const ending = new Ending();
  const stopwatch = new Stopwatch();
  const begun = Date.now();
  return () => {
    if (!existsSync(place.config)) {
      const again = makeLine("up", options);
      throw fault(`the sandbox of ${options.stack} has been taken away`, again);
    }
    const now = Date.now();
    const rows = rowsOf(cluster.snapshot(), now);
    const holder = lockHolder(place);
    const seconds = stopwatch.read(rows, now);
    const elapsed = (now - begun) / 1_000;
    display.show({ stack: options.stack, rows, seconds, elapsed, command: holder });
    return ending.decide(rows, holder !== undefined, now);
  };
}

/** Looks after each change, and as the clock moves on: from when it is told to begin until it is told to end. */
class Looks {
  readonly #look: () => void;
  readonly #clock: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #state: "waits" | "looks" | "ended" = "waits";

  constructor(look: () => void) {
    this.#look = look;
    this.#clock = setInterval(this.#now, clockMilliseconds);
  }

  /** Looks for the first time. Once ended it is too late: lists are over, too, when their watch is. */
  readonly begin = (): void => {
    if (this.#state === "waits") {
      this.#state = "looks";
      this.#now();
    }
  };

  /** Something has changed. */
  readonly soon = (): void => {
    this.#next ??= setTimeout(this.#now, togetherMilliseconds);
  };

  end(): void {
    this.#state = "ended";
    clearInterval(this.#clock);
    clearTimeout(this.#next);
  }

  readonly #now = (): void => {
    clearTimeout(this.#next);
    this.#next = undefined;
    if (this.#state === "looks") {
      this.#look();
    }
  };
}

function readFollow({ options }: Command): boolean {
  const { follow = "no" } = options;
  if (follow !== "yes" && follow !== "no") {
    throw fault(
      `FOLLOW must be yes or no (it is ${JSON.stringify(follow)})`,
      `${makeLine("watch", options)} FOLLOW=yes`,
    );
  }
  return follow === "yes";
}

/** Settles when a signal comes, or when nobody reads on. */
function untilInterrupted(): { readonly ended: Promise<Ended>; readonly stop: () => void } {
  const interrupted = Promise.withResolvers<Ended>();
  const handlers = Object.entries(signalCodes).map(([signal, code]) => ({
    signal,
    handle: (): void => {
      interrupted.resolve({ code });
    },
  }));
  const onBroken = (): void => {
    interrupted.resolve({ code: brokenPipeCode });
  };
  handlers.forEach(({ signal, handle }) => process.on(signal, handle));
  process.stdout.on("error", onBroken);
  return {
    ended: interrupted.promise,
    stop: () => {
      handlers.forEach(({ signal, handle }) => process.off(signal, handle));
      process.stdout.off("error", onBroken);
    },
  };
}
