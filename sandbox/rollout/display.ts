/** Where a watch is shown: a terminal's other screen, or lines that say what has changed. */
import type { Environment } from "../tools.ts";
import { clock, nameIn, plainLine, type Report, summary } from "./lines.ts";
import type { Row } from "./rows.ts";
import { paint, Screen, type Terminal } from "./screen.ts";
import { tableLines } from "./table.ts";

/** Shows reports. */
export interface Display {
  readonly show: (report: Report) => void;
  /** Ends it; what it showed last stays readable. */
  readonly end: () => void;
}

/** How often a line is written where nothing changes: only so is a reader that has gone noticed. */
const quietSeconds = 30;

/** The display that fits where output goes. */
export function displayFor(
  out: Terminal,
  environment: Environment,
  say: (line: string) => void,
): Display {
  return out.isTTY && environment["TERM"] !== "dumb"
    ? terminal(out, (environment["NO_COLOR"] ?? "") === "", say)
    : plain(say);
}

function terminal(out: Terminal, colour: boolean, say: (line: string) => void): Display {
  const screen = new Screen(out, colour);
  let last: Report | undefined;
  const draw = (): void => {
    if (last !== undefined) {
      screen.show(tableLines(last, screen.size()));
    }
  };
  const redraw = (): void => {
    screen.refresh();
    draw();
  };
  const pause = (): void => {
    screen.close();
    process.kill(process.pid, "SIGSTOP");
  };
  out.on("resize", redraw);
  process.on("SIGTSTP", pause).on("SIGCONT", redraw);
  return {
    show: (report) => {
      last = report;
      draw();
    },
    end: () => {
      out.off("resize", redraw);
      process.off("SIGTSTP", pause).off("SIGCONT", redraw);
      screen.close();
      if (last !== undefined) {
        const { columns } = screen.size();
        const lines = tableLines(last, { columns, rows: Number.POSITIVE_INFINITY });
        lines.forEach((line) => {
          say(paint(line, colour));
        });
      }
    },
  };
}

function plain(say: (line: string) => void): Display {
  let shown: ReadonlyMap<string, { readonly row: Row; readonly line: string }> | undefined;
  let told = 0;
  return {
    show: (report) => {
      const { rows, elapsed } = report;
      const now = new Map(rows.map((row) => [row.uid, { row, line: plainLine(row) }]));
      // What has settled before the first look is no news.
      const news = rows
        .filter(({ state }) => shown !== undefined || state.kind !== "settled")
        .map(({ uid }) => ({ before: shown?.get(uid)?.line, line: now.get(uid)?.line ?? "" }))
        .filter(({ before, line }) => before !== line)
        .map(({ line }) => line);
      const gone = [...(shown ?? [])]
        .filter(([uid]) => !now.has(uid))
        .map(([, { row }]) => `${nameIn(row)} gone`);
      if (shown === undefined || elapsed - told >= quietSeconds) {
        told = elapsed;
        say(summary(report));
      }
      for (const line of [...gone, ...news]) {
        told = elapsed;
        say(`+${clock(elapsed)} ${line}`);
      }
      shown = now;
    },
    end: () => undefined,
  };
}
