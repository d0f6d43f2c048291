/** A cluster's rollouts as they are at this moment, kept in line by the API server's own watch. */
import type { Api, KubeObject } from "../api.ts";
import { follow } from "./mirror.ts";
import { kinds, type Snapshot } from "./objects.ts";

/** A cluster that is being followed. */
export interface Following {
  /** Everything there is now. */
  readonly snapshot: () => Snapshot;
  /** Settles when every kind has been listed once: before that a snapshot has holes. */
  readonly listed: Promise<void>;
  /** Settles when told to stop; fails where the API server stays out of reach. */
  readonly ended: Promise<void>;
}

/**
 * Follows a cluster until told to stop.
 *
 * @param onChange Called at each change, any number of times.
 */
export function followCluster(
  api: Pick<Api, "listing" | "lines">,
  onChange: () => void,
  signal: AbortSignal,
): Following {
  const kept = Object.keys(kinds).map((name) => {
    const kind = name as keyof typeof kinds;
    const objects = new Map<string, unknown>();
    const listed = Promise.withResolvers<undefined>();
    const put = (object: KubeObject): void => {
      const parsed = kinds[kind].shape.parse(object);
      objects.set(parsed.metadata.uid, parsed);
    };
    const ended = follow(
      api,
      kinds[kind].path,
      {
        replace: (all) => {
          objects.clear();
          all.forEach(put);
          listed.resolve(undefined);
          onChange();
        },
        put: (object) => {
          put(object);
          onChange();
        },
        remove: (uid) => {
          objects.delete(uid);
          onChange();
        },
      },
      signal,
    );
    // Whoever waits for the list learns of a server that cannot be reached.
    return { kind, objects, ended, listed: Promise.race([listed.promise, ended]) };
  });
  const ended = Promise.all(kept.map((one) => one.ended)).then(() => undefined);
  const listed = Promise.all(kept.map((one) => one.listed)).then(() => undefined);
  // Each is awaited by someone or by nobody; a fault must not end the process either way.
  ended.catch(() => undefined);
  listed.catch(() => undefined);
  return {
    snapshot: () =>
      Object.fromEntries(
        kept.map(({ kind, objects }) => [kind, [...objects.values()]]),
      ) as unknown as Snapshot,
    listed,
    ended,
  };
}
