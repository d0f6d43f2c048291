/** One change made into what a report says of it. */
import { contentOf } from "./content.ts";
import { differencesOf } from "./differences.ts";
import { identify, itemId, kindOf } from "./identity.ts";
import { wordsOf } from "./kubernetes/words.ts";
import type { Item, SecretChange } from "./model.ts";
import type { Change } from "./operations.ts";
import { replacementOf } from "./replacement.ts";
import { judge } from "./risk/judge.ts";
import { say } from "./say.ts";
import type { Guard } from "./secrets/guard.ts";
import type { Surroundings } from "./surroundings.ts";
import { textDiff } from "./text/diff.ts";
import type { Causes } from "./unknowns.ts";
import { textAt } from "./values.ts";

/** What an item is made with. */
export interface Maker {
  readonly stack: string;
  readonly guard: Guard;
  readonly around: Surroundings;
  readonly causes: Causes;
  /** What the program calls the resources of the stack that change. */
  readonly names: ReadonlySet<string>;
  /** URN → what the engine said of it where it failed. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Names of words that a Secret's keys are told by. */
const secretWords: Readonly<Record<SecretChange["change"], string>> = {
  changed: "changes",
  unchanged: "stays",
  added: "is added",
  removed: "is removed",
  unknown: "may change: it is known only by the update",
};

/** Workloads that are named in a sentence. */
const named = 5;

/** Makes one item. */
export function itemOf(change: Change, maker: Maker): Item {
  const { stack, guard, around, causes, names, failures } = maker;
  const resource = identify(stack, change);
  const differences = differencesOf(change, guard);
  const replacement = replacementOf(change);
  const before = change.before?.inputs ?? {};
  const after = change.after?.inputs ?? {};
  const raw = differences.raw;
  const subject = { change, resource, differences: raw, replacement, before, after, around };
  const findings = judge(subject);
  const content = contentOf(change, names, guard.scrubber);
  const failure = failures.get(change.urn);
  return {
    id: itemId(stack, change.urn),
    resource,
    operation: change.operation,
    risk: findings[0]?.risk ?? "cosmetic",
    findings,
    words: [
      ...wordsOf(change, raw),
      ...secretLines(differences.secrets, change),
      ...stillReadBy(change, around),
    ],
    ...(replacement === undefined ? {} : { replacement }),
    changes: [...differences.changes],
    changesOmitted: differences.changesOmitted,
    ...(content === undefined ? {} : { content }),
    texts: differences.texts.map((pair) => textDiff(pair, guard.scrubber)),
    secrets: [...differences.secrets],
    unknowns: causes.unknownsOf(stack, change),
    groups: [],
    folded: false,
    ...(failure === undefined ? {} : { failure }),
  };
}

function secretLines(secrets: readonly SecretChange[], { operation }: Change): readonly string[] {
  return operation === "create" || operation === "delete"
    ? []
    : secrets.flatMap(({ path, change }) =>
        change === "unchanged" ? [] : [`secret ${path} ${secretWords[change]}`],
      );
}

/** Workloads that read a config object and do not roll with it: they see the change at their next start. */
function stillReadBy(change: Change, around: Surroundings): readonly string[] {
  const kind = kindOf(change.type);
  if ((kind !== "ConfigMap" && kind !== "Secret") || change.after === undefined) {
    return [];
  }
  if (change.operation === "create") {
    return [];
  }
  const readers = around.readersOf(kind, change.after.inputs).filter(({ urn }) => {
    const own = around.changeOf(urn);
    return own?.operation !== "create" && !around.rolls(urn);
  });
  const names = readers.slice(0, named).map(({ type, inputs }) => {
    return `${kindOf(type) ?? ""} ${say(textAt(inputs, "metadata", "name"))}`;
  });
  const more = readers.length > named ? ` and ${readers.length - named} more` : "";
  const verb = readers.length > 1 ? "which do not roll with it" : "which does not roll with it";
  return names.length === 0 ? [] : [`read by ${names.join(", ")}${more}, ${verb}`];
}
