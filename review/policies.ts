/** What the policy packs said, counted: passed, broken, and not asked because a value was unknown. */
import { referToUrn } from "./identity.ts";
import type { Policies, PolicyEntry } from "./model.ts";
import type { PolicyMessage, StackPreview } from "./preview.ts";

/** How the SDK says that a rule met an unknown value (@pulumi/policy server.js). */
const unasked = /^can't run (stack )?policy .* during preview/;

/** Counts what one preview's packs said. */
export function policiesOf(stack: string, preview: StackPreview): Policies {
  const said = inOrder(preview.policyMessages).map((message) => ({
    entry: entryOf(stack, message),
    isUnasked: unasked.test(message.text),
  }));
  const violations = said.flatMap(({ entry, isUnasked }) => (isUnasked ? [] : [entry]));
  const couldNotRun = said.flatMap(({ entry, isUnasked }) => (isUnasked ? [entry] : []));
  const key = ({ pack, policy }: { pack: string; policy: string }): string => `${pack}\0${policy}`;
  const mandatory = new Set(violations.filter(({ level }) => level === "mandatory").map(key));
  const broken = new Set(violations.map(key));
  const blind = new Set(couldNotRun.map(key).filter((each) => !broken.has(each)));
  const known = new Set<string>();
  for (const { pack, passed, failed } of preview.policySummaries) {
    for (const policy of [...passed, ...failed]) {
      known.add(key({ pack, policy }));
    }
  }
  const passed = [...known].filter((each) => !broken.has(each) && !blind.has(each)).length;
  const counts = { mandatory: mandatory.size, advisory: broken.size - mandatory.size };
  return {
    packs: Object.entries(preview.packs).map(([name, version]) => ({ name, version })),
    passed,
    violated: counts,
    notRun: blind.size,
    violations: violations.sort(byLevel),
    couldNotRun,
    remediated: inOrder(preview.remediations).map((message) => entryOf(stack, message)),
    line: lineOf(
      Object.keys(preview.packs).length > 0 || said.length > 0,
      passed,
      counts,
      blind.size,
    ),
  };
}

/** By policy and resource: the engine tells them in an order that is another one at every run. */
function inOrder(messages: readonly PolicyMessage[]): readonly PolicyMessage[] {
  const name = ({ policy, urn, text }: PolicyMessage): string => [policy, urn, text].join("\0");
  return [...messages].sort((left, right) => (name(left) < name(right) ? -1 : 1));
}

function lineOf(
  hasRun: boolean,
  passed: number,
  { mandatory, advisory }: Policies["violated"],
  notRun: number,
): string {
  if (!hasRun) {
    return "policies not asked";
  }
  const all = passed + mandatory + advisory + notRun;
  return [
    `policies ${passed}/${all}`,
    ...(mandatory > 0 ? [`${mandatory} broken`] : []),
    ...(advisory > 0 ? [`${advisory} advised against`] : []),
    ...(notRun > 0 ? [`${notRun} could not run`] : []),
  ].join(", ");
}

function entryOf(stack: string, message: PolicyMessage): PolicyEntry {
  const { pack, policy, severity, urn, text } = message;
  return {
    pack,
    policy,
    level: levelOf(message.level),
    ...(severity === undefined || severity === "" ? {} : { severity }),
    ...(urn === "" ? {} : { resource: referToUrn(stack, urn) }),
    message: text,
  };
}

function levelOf(level: string): PolicyEntry["level"] {
  switch (level) {
    case "mandatory":
    case "remediate":
    case "disabled":
      return level;
    default:
      // The engine says "warning" for what a pack calls advisory.
      return "advisory";
  }
}

function byLevel(left: PolicyEntry, right: PolicyEntry): number {
  return Number(right.level === "mandatory") - Number(left.level === "mandatory");
}
