/**
 * Watches over an update of the engine: what the scheduler cannot place is said while it still runs, and
 * an update that is stuck is ended.
 */
import type { Api } from "../api.ts";
import type { UpdateView } from "../engine.ts";
import { fault } from "../fault.ts";
import { Alarm, stuckTexts } from "./alarm.ts";
import { followCluster } from "./cluster.ts";
import { type Row, rowsOf } from "./rows.ts";

/** How long an update may wait for nothing but what is stuck. The engine alone waits ten minutes and more. */
const defaultPatienceSeconds = 20;

/**
 * Reads PATIENCE: seconds, 0 for ever.
 *
 * @throws SandboxError for anything else.
 */
export function readPatience(text?: string): number {
  if (text !== undefined && !/^\d{1,5}$/.test(text)) {
    throw fault(
      `PATIENCE must be seconds, 0 to wait for ever (it is ${JSON.stringify(text)})`,
      `leave it out for ${defaultPatienceSeconds} s`,
    );
  }
  return text === undefined ? defaultPatienceSeconds : Number(text);
}

/** A watch over one update. */
export interface UpdateWatch {
  /** For the engine, instead of the one that was given. */
  readonly view: UpdateView;
  /** The rollouts at this moment. */
  readonly rows: () => readonly Row[];
  /** Ends the watch. Gives what is stuck at this moment, one text for each reason. */
  readonly end: () => readonly string[];
}

/**
 * Begins to watch.
 *
 * @param view What is shown of the update; a line that begins with "  !" is shown at once.
 * @param patienceSeconds After how long without any movement the update is ended; 0 never does.
 */
export function watchUpdate(api: Api, view: UpdateView, patienceSeconds: number): UpdateWatch {
  const alarm = new Alarm(patienceSeconds, Date.now());
  const over = new AbortController();
  const stop = new AbortController();
  const cluster = followCluster(api, () => undefined, over.signal);
  let listed = false;
  cluster.listed.then(
    () => (listed = true),
    // The engine will say itself that the API server is out of reach.
    () => undefined,
  );
  let status = "";
  let atWork: readonly string[] = [];
  const rows = (): readonly Row[] => rowsOf(cluster.snapshot(), Date.now());
  const look = (): void => {
    if (!listed || stop.signal.aborted) {
      return;
    }
    const { lines, hopeless } = alarm.look(rows(), atWork, Date.now());
    lines.forEach((line) => view.onStep?.(line));
    if (hopeless) {
      view.onStep?.(
        `  ! ending the update: for ${patienceSeconds} s it has waited for nothing but what cannot be placed or has stalled`,
      );
      stop.abort();
    }
  };
  const timer = setInterval(look, 500);
  return {
    view: {
      ...view,
      stop: stop.signal,
      onStep: (line) => {
        alarm.moved(Date.now());
        view.onStep?.(line);
      },
      onStatus: (line, objects) => {
        atWork = objects;
        if (line !== status) {
          status = line;
          alarm.moved(Date.now());
        }
        view.onStatus?.(line, objects);
      },
    },
    rows,
    end: () => {
      clearInterval(timer);
      over.abort();
      return stuckTexts(rows());
    },
  };
}
