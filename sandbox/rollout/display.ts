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
/** States that pass sooner are left out of lines, which stay: a controller goes through several at once. */
const passingSeconds = 0.5;

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

/** What a line says of a workload, and by what it differs from the one before. */
interface Told {
  readonly row: Row;
  readonly line: string;
  readonly news: string;
}

function plain(say: (line: string) => void): Display {
  let told: ReadonlyMap<string, Told> | undefined;
  let toldAt = 0;
  let waiting: Report | undefined;
  const tell = (report: Report): void => {
    const { rows, elapsed } = report;
    const now = new Map(rows.map((row) => [row.uid, toldOf(row)]));
    // What has settled before the first look is no news.
    const news = [...now]
      .filter(([uid, { news }]) => told?.get(uid)?.news !== news)
      .filter(([, { row }]) => told !== undefined || row.state.kind !== "settled")
      .map(([, { line }]) => line);
    const gone = [...(told ?? [])]
      .filter(([uid]) => !now.has(uid))
      .map(([, { row }]) => `${nameIn(row)} gone`);
    const isFirst = told === undefined;
    told = now;
    if (isFirst || elapsed - toldAt >= quietSeconds) {
      toldAt = elapsed;
      say(summary(report));
    }
    for (const line of [...gone, ...news]) {
      toldAt = elapsed;
      say(`+${clock(elapsed)} ${line}`);
    }
  };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (report) => {
      waiting = report.elapsed - shownAt < passingSeconds ? report : undefined;
      if (waiting === undefined) {
        shownAt = report.elapsed;
        tell(report);
      }
    },
    end: () => {
      if (waiting !== undefined) {
        tell(waiting);
      }
    },
  };
}

function toldOf(row: Row): Told {
  // A budget moves with the pods that it counts: by itself it is no news.
  return { row, line: plainLine(row), news: plainLine({ ...row, budget: undefined }) };
}
