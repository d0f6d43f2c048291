/** What follows from the changes, and what else is good to know. */
import type { Parity, Roll, StackReport } from "../../model.ts";
import type { Entry, Line, List, Section, Tone } from "../document.ts";
import { propertyDetail } from "./details.ts";
import { importance } from "./importance.ts";
import { change, code, counted, labelled, strong, words } from "./line.ts";

type Kept = List["lines"][number];

const list = (
  head: Pick<Section, "id" | "title" | "folded"> & { readonly note?: string },
  lines: readonly Kept[],
): Section | undefined =>
  lines.length === 0 ? undefined : { tone: "plain", ...head, blocks: [{ is: "list", lines }] };

/** The stack's name where there are several. */
const where = (stacks: readonly StackReport[], stack: string): Line =>
  stacks.length > 1 ? [code(stack)] : [];

const budgetTones: Readonly<Record<Roll["budget"]["state"], Tone>> = {
  kept: "good",
  broken: "downtime",
  none: "plain",
  unknown: "plain",
};

/** Workloads whose pods are made anew, in the order in which they are. */
export function rollSection(stacks: readonly StackReport[]): Section | undefined {
  const rows = stacks.flatMap(({ stack, ripple }) =>
    [...ripple]
      .sort((a, b) => a.wave - b.wave)
      .map((roll) => ({
        cells: [
          [words(`${roll.wave}`)],
          [...where(stacks, stack), ...labelled(roll.workload.label)],
          [words(roll.because.join("; "))],
          [words(roll.pace)],
          [words(roll.budget.line)],
        ],
        tone: budgetTones[roll.budget.state],
        importance: importance.roll,
      })),
  );
  return rows.length === 0
    ? undefined
    : {
        id: "rolls",
        title: "What rolls",
        tone: "plain",
        count: rows.length,
        note: "Workloads whose pods are made anew, in the order in which the engine gets to them.",
        folded: false,
        blocks: [
          {
            is: "table",
            head: ["order", "workload", "because", "how many at once", "budget"],
            numbers: [0],
            rows,
          },
        ],
      };
}

/** What the stacks ask of their clusters, where that changes. */
export function totalSection(stacks: readonly StackReport[]): Section | undefined {
  const lines = stacks.flatMap(({ stack, totals }): readonly Kept[] =>
    totals.lines.length === 0
      ? []
      : [
          ...totals.lines.map((line) => ({
            line: [...where(stacks, stack), change(line)],
            importance: importance.totals,
          })),
          ...totals.uncounted.map((what) => ({
            line: [...where(stacks, stack), words("not counted:"), words(what)],
            importance: importance.said,
          })),
        ],
  );
  return list({ id: "totals", title: "Asked of the cluster", folded: false }, lines);
}

/** Secrets that change, values that only the update will tell, and checks that could not run for them. */
export function unknownSection(stacks: readonly StackReport[]): Section | undefined {
  const lines = stacks.flatMap(({ stack, secrets, unknowns }): readonly Kept[] => {
    const kept = (line: Line): Kept => ({
      line: [...where(stacks, stack), ...line],
      importance: importance.unknowns,
    });
    const told = secrets.changed + secrets.unchanged + secrets.unknown;
    return [
      ...(told === 0
        ? []
        : [
            kept([
              words(
                `secrets: ${secrets.changed} changed, ${secrets.unchanged} unchanged, ${secrets.unknown} made only by the update`,
              ),
            ]),
          ]),
      ...unknowns.causes.map(({ why, count }) =>
        kept([words(counted(count, "value")), words(why)]),
      ),
      ...unknowns.checks.map((check) => kept([strong("not checked:"), words(check)])),
    ];
  });
  return list({ id: "unknowns", title: "Secrets and unknowns", folded: false }, lines);
}

/** Outputs that change. */
export function outputSection(stacks: readonly StackReport[]): Section | undefined {
  const blocks = stacks.flatMap(({ stack, outputs }, index): readonly Entry[] =>
    outputs.length === 0
      ? []
      : [
          {
            is: "entry",
            id: `outputs-${index}`,
            tone: "plain",
            title: [words("outputs of"), code(stack)],
            stacks: [],
            reasons: [],
            facts: [],
            details: propertyDetail({}, outputs, importance.outputs),
            importance: importance.outputs,
          },
        ],
  );
  return blocks.length === 0
    ? undefined
    : { id: "outputs", title: "Outputs", tone: "plain", folded: true, blocks };
}

/** How far stacks change alike. */
export function paritySection(parity: readonly Parity[]): Section | undefined {
  const kept = (line: Line): Kept => ({ line, importance: importance.parity });
  const lines = parity.flatMap((one) => [
    kept([strong(one.line)]),
    ...one.except.map(({ label, stacks, difference }) =>
      kept([...labelled(label), words("in"), ...stacks.map(code), words(difference)]),
    ),
    ...(one.exceptOmitted === 0
      ? []
      : [kept([words(`and ${counted(one.exceptOmitted, "more difference")}`)])]),
  ]);
  return list({ id: "parity", title: "Alike across stacks", folded: false }, lines);
}

/** Warnings and what else was said; errors stand at the top. */
export function saidSection(stacks: readonly StackReport[]): Section | undefined {
  const lines = stacks.flatMap(({ stack, diagnostics }) =>
    diagnostics
      .filter(({ severity }) => severity !== "error")
      .map(({ severity, resource, message, times }): Kept => ({
        line: [
          ...where(stacks, stack),
          strong(`${severity}:`),
          ...(resource === undefined ? [] : labelled(resource.label)),
          words(message),
          ...(times > 1 ? [words(`(${times} times)`)] : []),
        ],
        importance: importance.said,
      })),
  );
  return list({ id: "said", title: "Said by the engine and the program", folded: true }, lines);
}
