/**
 * The objects under a path as they are at this moment: a list once, then each change as the API server
 * reports it. A connection that ends is taken up where it ended, so that no change is missed.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { type Api, ApiError, type KubeObject } from "../api.ts";
import { fault, SandboxError } from "../fault.ts";

/** The server ends a watch after this time; we go on from the last version. */
const watchSeconds = 50;
/** A watch that is silent for longer than the server lets it live has lost its connection. */
const idleSeconds = watchSeconds + 10;
/** For how long an API server may be out of reach: restarting one takes less. */
const defaultPatienceMilliseconds = 10_000;

/** What a watch reports. */
interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject & { readonly code?: number; readonly message?: string };
}

/** What becomes of changes. Objects are told apart by their uid. */
export interface Mirror {
  /** Everything there is: what was known before is void. */
  readonly replace: (objects: readonly KubeObject[]) => void;
  readonly put: (object: KubeObject) => void;
  readonly remove: (uid: string) => void;
}

/**
 * Follows the objects under a path until told to stop.
 *
 * @throws SandboxError where the API server stays out of reach.
 */
export async function follow(
  api: Pick<Api, "listing" | "lines">,
  path: string,
  mirror: Mirror,
  signal: AbortSignal,
  patienceMilliseconds = defaultPatienceMilliseconds,
): Promise<void> {
  let version: string | undefined;
  let failingSince: number | undefined;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const listing = await api.listing(path);
        mirror.replace(listing.items);
        version = listing.resourceVersion;
      }
      const lines = await api.lines(watchPath(path, version), idleSeconds, signal);
      failingSince = undefined;
      for await (const line of lines) {
        version = take(JSON.parse(line) as WatchEvent, mirror);
      }
    } catch (error) {
      if (!isOutage(error)) {
        throw error;
      }
      failingSince ??= Date.now();
      if (isTooOld(error)) {
        version = undefined;
      } else if (!isAborted(signal) && Date.now() - failingSince > patienceMilliseconds) {
        const text = error instanceof Error ? error.message : String(error);
        throw fault(`the API server is out of reach: ${text}`, "make up starts it again");
      }
      await sleep(250, undefined, { signal }).catch(() => undefined);
    }
  }
}

function watchPath(path: string, version: string): string {
  const query = new URLSearchParams({
    watch: "1",
    resourceVersion: version,
    allowWatchBookmarks: "true",
    timeoutSeconds: `${watchSeconds}`,
  });
  return `${path}?${query.toString()}`;
}

/** Returns the version to go on from. */
function take({ type, object }: WatchEvent, mirror: Mirror): string | undefined {
  const { resourceVersion, uid } = object.metadata;
  if (type === "ERROR") {
    throw new ApiError(object.code ?? 500, object.message ?? "the watch ended with a fault");
  }
  if (type === "DELETED") {
    mirror.remove(uid ?? "");
  } else if (type !== "BOOKMARK") {
    mirror.put(object);
  }
  return resourceVersion;
}

/** Whether the server has forgotten the version that was asked for: then only a list helps. */
function isTooOld(error: unknown): boolean {
  return error instanceof ApiError && error.status === 410;
}

/** Whether it is the connection's or the server's fault; any other is this program's own. */
function isOutage(error: unknown): boolean {
  return error instanceof SandboxError || (error instanceof Error && "code" in error);
}

/** A call, because the compiler takes a signal that was open once to be open for ever. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
