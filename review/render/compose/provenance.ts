/** Where the report comes from, so that a reader can tell whether it is stale and make it again. */
import type { Report, StackReport } from "../../model.ts";
import type { Line, List, Section } from "../document.ts";
import { importance } from "./importance.ts";
import { code, strong, words } from "./line.ts";

type Kept = List["lines"][number];

const kept = (line: Line): Kept => ({ line, importance: importance.provenance });

/** In one line: of which commit, against which, and when. */
export function madeLine({ provenance }: Report): Line {
  const { commit, dirty, base, time } = provenance;
  const of: Line =
    commit === undefined
      ? []
      : [
          words("commit"),
          code(commit.slice(0, 10)),
          ...(dirty === true ? [words("and changes that are in none")] : []),
        ];
  return [
    ...of,
    ...(base === undefined ? [] : [words("against"), code(base)]),
    words(minute(time)),
  ];
}

/** `2026-11-21 19:16 UTC`; a time that is not written so stands as it is. */
const minute = (time: string): string =>
  time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$/, "$1 $2 UTC");

/** The section; it is always there. */
export function provenanceSection(report: Report): Section {
  const { commit, dirty, base, time } = report.provenance;
  const lines: readonly Kept[] = [
    ...(commit === undefined
      ? []
      : [
          kept([
            words("commit"),
            code(commit),
            ...(dirty === true ? [words("and changes that are in no commit")] : []),
            ...(base === undefined ? [] : [words("against"), code(base)]),
          ]),
        ]),
    kept([words("made at"), code(time)]),
    kept([words("fingerprint"), code(report.fingerprint)]),
    ...report.stacks.flatMap((stack) => stackLines(stack, report.stacks.length > 1)),
  ];
  return {
    id: "provenance",
    title: "Where this comes from",
    tone: "plain",
    folded: true,
    blocks: [{ is: "list", lines }],
  };
}

function stackLines({ stack, provenance, fingerprint }: StackReport, several: boolean): Kept[] {
  const { versions, engine, state, reproduce, target } = provenance;
  const plugins = Object.entries(versions).map(([name, version]) => code(`${name} ${version}`));
  const line: Line = [
    strong(stack),
    ...(target === undefined ? [] : [words(`against ${target};`)]),
    ...(state === undefined
      ? []
      : [
          words(state.serial === undefined ? "state" : `state ${state.serial},`),
          code(state.hash.slice(0, 12)),
          words(`of ${state.resources} resources;`),
        ]),
    ...(engine === undefined ? [] : [words("engine"), code(engine)]),
    ...(plugins.length === 0 ? [] : [words("plug-ins"), ...plugins]),
    ...(several ? [words("fingerprint"), code(fingerprint.slice(0, 12))] : []),
  ];
  return [
    kept(line),
    ...(reproduce === undefined
      ? []
      : [kept([strong(stack), words("is previewed again by"), code(reproduce)])]),
  ];
}
