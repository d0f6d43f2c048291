/**
 * One command at a time changes a sandbox, or puts a live stack's last good release back.
 */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";

import { fault } from "./fault.ts";
import { lockText, makeLock, removeDead } from "./lock-link.ts";
import type { SandboxPlace } from "./place.ts";
import { findProcess } from "./processes.ts";

/** What a lock is for. */
export interface Lockable {
  /** Path of the lock. */
  readonly lock: string;
  readonly stack: string;
  /** In words. Default: the stack's sandbox. */
  readonly what?: string;
}

const Holder = z.object({ pid: z.int(), started: z.string(), command: z.string() });
type Holder = z.infer<typeof Holder>;

/**
 * Does work while holding a lock. A lock whose holder was killed is taken over.
 *
 * @param name The command, for whoever finds the lock held.
 * @throws SandboxError where another command holds it.
 */
export async function withLock<Result>(
  place: Lockable,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  take(place, name);
  const free = (): void => {
    rmSync(place.lock, { force: true });
  };
  // A command that is stopped ends where it stands.
  process.on("exit", free);
  try {
    return await work();
  } finally {
    process.off("exit", free);
    free();
  }
}

/** The command that is at work on the sandbox, if any. */
export function lockHolder({ lock }: Pick<SandboxPlace, "lock">): string | undefined {
  const holder = readHolder(lockText(lock));
  return holder !== undefined && isAlive(holder) ? holder.command : undefined;
}

function take(place: Lockable, name: string): void {
  mkdirSync(dirname(place.lock), { recursive: true });
  const own = { pid: process.pid, started: findProcess(process.pid)?.started ?? "", command: name };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (makeLock(place.lock, JSON.stringify(own))) {
      return;
    }
    const text = lockText(place.lock);
    const holder = readHolder(text);
    if (holder !== undefined && isAlive(holder)) {
      throw fault(
        `make ${holder.command} (process ${holder.pid}) is at work on ${place.what ?? `the sandbox of ${place.stack}`}`,
        "wait for it, or end it with Ctrl-C",
      );
    }
    removeDead(place.lock, text);
  }
  throw fault(`the lock ${place.lock} cannot be taken`, "try again");
}

function isAlive({ pid, started }: Holder): boolean {
  return findProcess(pid)?.started === started;
}

function readHolder(text: string | undefined): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
