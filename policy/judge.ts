/** Runs the rules over a stack, whoever asks: the pack, a test, or a look into a state. */
import * as z from "zod";

import type { Exception } from "./exceptions.ts";
import {
  type Finding,
  type Resource,
  type Stack,
  UnknownProperty,
  unknownText,
} from "./resource.ts";
import type { Rule } from "./rule.ts";
import { textsOf } from "./texts.ts";

/** What one rule makes of what it was shown. */
export interface Verdict {
  /** What it objects to, and no exception allows. */
  readonly findings: readonly Finding[];
  /** What it objects to and an exception allows. */
  readonly allowed: readonly { readonly finding: Finding; readonly exception: Exception }[];
  /** What it could not tell, as a value is unknown until the update. */
  readonly untold: readonly Finding[];
}

/** Tells a resource in exceptions and messages, e.g. `Deployment coturn-1`. */
export function labelOf(urn: string): string {
  const [, , type = "", ...name] = urn.split("::");
  return `${type.split(":").at(-1) ?? ""} ${name.join("::")}`;
}

/** What a rule for single resources makes of one. */
export function judgeResource(
  rule: Rule,
  resource: Resource,
  stack: string,
  exceptions: readonly Exception[],
): Verdict {
  if (rule.kind === "stack") {
    return { findings: [], allowed: [], untold: [] };
  }
  const { urn } = resource;
  return sorted(rule, stack, exceptions, [resource], () =>
    rule.check(resource, stack).map((message) => ({ urn, message })),
  );
}

/** What a rule makes of a whole stack. */
export function judgeStack(rule: Rule, stack: Stack, exceptions: readonly Exception[]): Verdict {
  if (rule.kind === "stack") {
    return sorted(rule, stack.name, exceptions, stack.resources, () => rule.check(stack));
  }
  const verdicts = stack.resources.map((resource) =>
    judgeResource(rule, resource, stack.name, exceptions),
  );
  return {
    findings: verdicts.flatMap(({ findings }) => findings),
    allowed: verdicts.flatMap(({ allowed }) => allowed),
    untold: verdicts.flatMap(({ untold }) => untold),
  };
}

function sorted(
  rule: Rule,
  stack: string,
  exceptions: readonly Exception[],
  resources: readonly Resource[],
  check: () => readonly Finding[],
): Verdict {
  let all: readonly Finding[];
  try {
    all = check();
  } catch (error) {
    // A field that should be a number and is not known yet cannot be read; nothing else may fail.
    const unknown = resources.find(hasUnknown);
    if (error instanceof UnknownProperty || unknown !== undefined) {
      const one =
        error instanceof UnknownProperty
          ? { urn: "", message: error.message }
          : { urn: unknown?.urn ?? "", message: unknownText };
      return { findings: [], allowed: [], untold: [one] };
    }
    if (!(error instanceof z.ZodError)) {
      throw error;
    }
    // An object that is not what its kind is: no rule can pass it.
    const [{ path, message } = { path: [], message: "" }] = error.issues;
    const urn = rule.kind === "resource" ? (resources[0]?.urn ?? "") : "";
    all = [{ urn, message: `cannot be read at ${path.join(".")}: ${message}` }];
  }
  const mine = exceptions.filter((one) => one.rule === rule.name && one.stacks.includes(stack));
  const findings: Finding[] = [];
  const allowed: { finding: Finding; exception: Exception }[] = [];
  const untold: Finding[] = [];
  for (const finding of all) {
    const exception = mine.find(
      ({ resources: named, only }) =>
        named.some((pattern) => isNamed(pattern, labelOf(finding.urn))) &&
        (only === undefined || only.test(finding.message)),
    );
    if (exception !== undefined) {
      allowed.push({ finding, exception });
    } else {
      (finding.message.includes(unknownText) ? untold : findings).push(finding);
    }
  }
  return { findings, allowed, untold };
}

/** Whether a pattern of an exception names a resource: `*` stands for any text. */
export function isNamed(pattern: string, label: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(label);
}

/** Whether a resource has values that a preview does not know. */
export const hasUnknown = ({ properties }: Resource): boolean =>
  textsOf(properties).some(({ text }) => text === unknownText);
