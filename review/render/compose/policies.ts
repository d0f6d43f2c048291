/** What the policy packs say: what stops the change first, the rest further down. */
import type { PolicyEntry, StackReport } from "../../model.ts";
import type { Entry, List, Section } from "../document.ts";
import { importance } from "./importance.ts";
import { code, counted, labelled, limits, sentence, strong, textOf, words } from "./line.ts";

type Kept = List["lines"][number];

/** What is wrong here, then what the rule is for, which the engine puts in a first line. */
function messageOf(message: string): string {
  const [about = "", ...rest] = message.trim().split("\n");
  const here = rest.join(" ").trim();
  return here === "" ? about : `${here} (${about.replace(/\.$/, "")})`;
}

/** A rule that stops the change, at the resource that breaks it. */
function breachEntry(
  { policy, resource, message }: PolicyEntry,
  id: string,
  stacks: readonly string[],
): Entry {
  return {
    is: "entry",
    id,
    tone: "failure",
    title: resource === undefined ? [words("the stack as a whole")] : labelled(resource.label),
    stacks: stacks.map((stack) => textOf(stack, limits.name)),
    reasons: [{ rule: textOf(policy, limits.name), why: sentence(messageOf(message)) }],
    facts: [],
    details: [],
    importance: importance.breach,
  };
}

const entryLine = (
  { policy, resource, message, level }: PolicyEntry,
  stack: string | undefined,
  kept: number,
  before: string,
): Kept => ({
  line: [
    ...(stack === undefined ? [] : [code(stack)]),
    strong(`${before === "" ? level : before}:`),
    code(policy),
    ...(resource === undefined ? [] : labelled(resource.label)),
    words(`— ${messageOf(message)}`),
  ],
  importance: kept,
});

/** Broken rules that stop the change, and all else. */
export function policySections(
  stacks: readonly StackReport[],
): readonly [breaches: Section | undefined, rest: Section | undefined] {
  const several = stacks.length > 1;
  const lines = (
    of: (stack: StackReport) => readonly PolicyEntry[],
    kept: number,
    before = "",
  ): readonly Kept[] =>
    stacks.flatMap((stack) =>
      of(stack).map((entry) => entryLine(entry, several ? stack.stack : undefined, kept, before)),
    );
  const isMandatory = ({ level }: PolicyEntry): boolean => level === "mandatory";
  const breaches = stacks.flatMap(({ stack, policies }, at) =>
    policies.violations
      .filter(isMandatory)
      .map((entry, index) => breachEntry(entry, `breach-${at}-${index}`, several ? [stack] : [])),
  );
  const rest = [
    ...lines(
      ({ policies }) => policies.violations.filter((entry) => !isMandatory(entry)),
      importance.advice,
    ),
    ...lines(({ policies }) => policies.couldNotRun, importance.advice, "could not run"),
    ...lines(({ policies }) => policies.remediated, importance.said, "mended"),
  ];
  return [
    breaches.length === 0
      ? undefined
      : {
          id: "breaches",
          title: "Policy breaches",
          tone: "failure",
          count: breaches.length,
          note: "Rules of the policy pack that stop this change.",
          folded: false,
          blocks: breaches,
        },
    restSection(stacks, rest),
  ];
}

/** Which packs ran and how many rules passed, in words that count what could not run apart. */
function restSection(stacks: readonly StackReport[], rest: readonly Kept[]): Section | undefined {
  const ran = stacks.filter(({ policies }) => policies.packs.length > 0);
  const lines = ran.map(({ stack, policies }): Kept => {
    const { passed, violated, notRun, packs } = policies;
    const parts = [
      `${passed} passed`,
      `${violated.mandatory} broken`,
      ...(violated.advisory === 0 ? [] : [`${counted(violated.advisory, "piece")} of advice`]),
      `${notRun} could not run`,
    ];
    return {
      line: [
        ...(stacks.length > 1 ? [code(stack)] : []),
        words(`${parts.join(", ")}:`),
        ...packs.map(({ name, version }) => code(`${name} ${version}`)),
      ],
      importance: importance.advice,
    };
  });
  return lines.length + rest.length === 0
    ? undefined
    : {
        id: "policies",
        title: "Policies",
        tone: "plain",
        folded: rest.length === 0,
        blocks: [{ is: "list", lines: [...rest, ...lines] }],
      };
}
