/** `make watch`: the rollouts of a sandbox, live. */
import { existsSync } from "node:fs";

import { fault } from "../fault.ts";
import { lockHolder } from "../lock.ts";
import { followCluster } from "../rollout/cluster.ts";
import { displayFor } from "../rollout/display.ts";
import { Ending, Stopwatch } from "../rollout/ending.ts";
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

/**
 * Shows the rollouts until all have settled. Returns the exit code: 1 where one is stuck, or that of
 * what ended it.
 */
export async function watch(command: Command): Promise<number> {
  const { options, outer, place, say } = command;
  const goesOn = readFollow(command);
  const { api } = requireRunning(place);
  const over = new AbortController();
  const interruption = untilInterrupted();
  const verdict = Promise.withResolvers<number>();
  let next: NodeJS.Timeout | undefined;
  const cluster = followCluster(
    api,
    () => {
      next ??= setTimeout(look, togetherMilliseconds);
    },
    over.signal,
  );
  const display = displayFor(process.stdout, outer, say);
  const ending = new Ending();
  const stopwatch = new Stopwatch();
  const begun = Date.now();
  let listed = false;
  let conclusion: string | undefined;
  const look = (): void => {
    clearTimeout(next);
    next = undefined;
    if (!listed || over.signal.aborted) {
      return;
    }
    if (!existsSync(place.config)) {
      const again = makeLine("up", options);
      verdict.reject(fault(`the sandbox of ${options.stack} has been taken away`, again));
      return;
    }
    const now = Date.now();
    const rows = rowsOf(cluster.snapshot(), now);
    const holder = lockHolder(place);
    const seconds = stopwatch.read(rows, now);
    const elapsed = (now - begun) / 1_000;
    display.show({ stack: options.stack, rows, seconds, elapsed, command: holder });
    const end = ending.decide(rows, holder !== undefined, now);
    if (end !== undefined && !goesOn) {
      conclusion = end.text;
      verdict.resolve(end.code);
    }
  };
  const timer = setInterval(look, clockMilliseconds);
  cluster.listed.then(() => {
    listed = true;
    look();
  }, verdict.reject);
  cluster.ended.catch(verdict.reject);
  try {
    return await Promise.race([verdict.promise, interruption.code]);
  } finally {
    clearInterval(timer);
    clearTimeout(next);
    over.abort();
    interruption.stop();
    api.close();
    display.end();
    if (conclusion !== undefined) {
      say(`watch: ${conclusion}`);
    }
  }
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

/** Settles with the exit code when a signal comes, or when nobody reads on. */
function untilInterrupted(): { readonly code: Promise<number>; readonly stop: () => void } {
  const interrupted = Promise.withResolvers<number>();
  const handlers = Object.entries(signalCodes).map(([signal, code]) => ({
    signal,
    handle: (): void => {
      interrupted.resolve(code);
    },
  }));
  const onBroken = (): void => {
    interrupted.resolve(brokenPipeCode);
  };
  handlers.forEach(({ signal, handle }) => process.on(signal, handle));
  process.stdout.on("error", onBroken);
  return {
    code: interrupted.promise,
    stop: () => {
      handlers.forEach(({ signal, handle }) => process.off(signal, handle));
      process.stdout.off("error", onBroken);
    },
  };
}
