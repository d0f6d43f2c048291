/** The page of a report: its verdict, its stacks, and what there is to say of them in the order of risk. */
import { type Report, RiskClass, type StackReport } from "../../model.ts";
import type { Entry, Line, Page, Section, Table, Tone } from "../document.ts";
import { entriesOf, itemEntry } from "./entries.ts";
import { importance } from "./importance.ts";
import { anchor, code, limits, strong, textOf, words } from "./line.ts";
import { policySections } from "./policies.ts";
import { madeLine, provenanceSection } from "./provenance.ts";
import {
  outputSection,
  paritySection,
  rollSection,
  saidSection,
  totalSection,
  unknownSection,
} from "./rest.ts";
import { stopSection } from "./stops.ts";

/** Titles of the classes of risk, and what each means. */
export const riskTitles: Readonly<Record<RiskClass, readonly [title: string, note: string]>> = {
  "data-loss": ["Data loss", "What is stored, or an address that others know, may be gone."],
  downtime: ["Downtime", "Something stops serving while this is applied, or from then on."],
  access: ["Access", "Who may reach or do what changes."],
  rollout: ["Rollout", "Pods are made anew, or what they run with changes."],
  cosmetic: ["Cosmetic", "Nothing that runs is touched."],
};

const made = new WeakMap<Report, Page>();

/** The page of a report: made once, however many forms are written of it. */
export function pageOf(report: Report): Page {
  const page = made.get(report) ?? makePage(report);
  made.set(report, page);
  return page;
}

function makePage(report: Report): Page {
  const { stacks, verdict } = report;
  const [breaches, policies] = policySections(stacks);
  const sections = [
    stopSection(report),
    breaches,
    ...RiskClass.options.map((risk) => riskSection(report, risk)),
    rollSection(stacks),
    totalSection(stacks),
    driftSection(report),
    policies,
    unknownSection(stacks),
    outputSection(stacks),
    paritySection(report.parity),
    saidSection(stacks),
    provenanceSection(report),
  ];
  return {
    verdict: textOf(verdict.line, limits.sentence),
    tone: toneOf(report),
    made: madeLine(report),
    ...(stacks.length > 1 ? { stacks: stackTable(stacks) } : {}),
    sections: sections.filter((section) => section !== undefined),
    ...(report.provenance.url === undefined
      ? {}
      : { url: textOf(report.provenance.url, limits.sentence) }),
  };
}

function toneOf({ verdict }: Report): Tone {
  return verdict.exitCode === 1 ? "failure" : (verdict.risk ?? "good");
}

function riskSection(report: Report, risk: RiskClass): Section | undefined {
  const blocks = entriesOf(report.stacks, report.groups, risk);
  const [title, note] = riskTitles[risk];
  const resources = report.stacks.flatMap(({ items }) =>
    items.filter((item) => item.risk === risk),
  );
  return blocks.length === 0
    ? undefined
    : {
        id: risk,
        title,
        tone: risk,
        // Those that a group tells are counted, too.
        count: Math.max(resources.length, blocks.length),
        note,
        folded: risk === "cosmetic",
        blocks,
      };
}

/** One row a stack; one in which nothing happens is one word. */
function stackTable(stacks: readonly StackReport[]): Table {
  return {
    is: "table",
    head: ["stack", "outcome", "create", "update", "replace", "delete", "policies", "drift"],
    numbers: [2, 3, 4, 5],
    rows: stacks.map((stack) => ({
      cells: stackCells(stack),
      tone: stackTone(stack),
      importance:
        stack.outcome === "unchanged" ? importance.unchangedStack : importance.changedStack,
    })),
  };
}

function stackCells(stack: StackReport): readonly Line[] {
  const { counts, outcome, policies, drift } = stack;
  const name: Line = [code(stack.stack)];
  if (isQuiet(stack)) {
    return [name, [words("unchanged")], [], [], [], [], [], []];
  }
  const what = stack.risk === undefined ? outcome : riskTitles[stack.risk][0].toLowerCase();
  return [
    name,
    [strong(outcome === "failed" ? "failed" : what)],
    ...[counts.create, counts.update, counts.replace, counts.delete].map((count) => [
      words(`${count}`),
    ]),
    [words(policies.line.replace(/^policies /, ""))],
    [words(drift.state === "drifted" ? `${drift.items.length} drifted` : driftWords[drift.state])],
  ];
}

const driftWords = { none: "none", "not-asked": "not asked", failed: "not known" } as const;

/** Nothing changes, nothing is amiss. */
const isQuiet = ({ outcome, policies, drift, missing }: StackReport): boolean =>
  outcome === "unchanged" &&
  policies.violated.mandatory === 0 &&
  (drift.state === "none" || drift.state === "not-asked") &&
  missing.length === 0;

function stackTone(stack: StackReport): Tone {
  return stack.outcome === "failed" ? "failure" : (stack.risk ?? "plain");
}

/** What the world has become by itself: it is not what the change under review does. */
function driftSection({ stacks, groups }: Report): Section | undefined {
  const told = new Map(groups.map((group) => [group.id, group]));
  const several = stacks.length > 1;
  const blocks = stacks.flatMap((stack) => {
    const entries = stack.drift.items.map((item): Entry => ({
      ...itemEntry(item, told, several),
      id: anchor(`drift-${item.id}`),
      importance: importance.drift,
    }));
    const line: Line = [...(several ? [code(stack.stack)] : []), words(stack.drift.line)];
    return stack.drift.state === "drifted" || stack.drift.state === "failed"
      ? [{ is: "list", lines: [{ line, importance: importance.drift }] } as const, ...entries]
      : [];
  });
  return blocks.length === 0
    ? undefined
    : {
        id: "drift",
        title: "Drift",
        tone: "plain",
        count: stacks.reduce((sum, { drift }) => sum + drift.items.length, 0),
        note: "What has changed in the world without the program: not part of this change.",
        folded: false,
        blocks,
      };
}
