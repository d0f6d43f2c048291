/** Rules of ConfigMaps and Secrets that lose what pods read of them: their name, or a key. */
import { kindOf } from "../identity.ts";
import { podSpec } from "../kubernetes/pods.ts";
import { type Reading, readingsOf } from "../kubernetes/readings.ts";
import { parsePath } from "../paths.ts";
import { several } from "../say.ts";
import { isObject, isSecret, type JsonObject, plaintextOf, textAt } from "../values.ts";
import { differing, isRenamed, type Rule, type Subject } from "./subject.ts";

const kinds = ["ConfigMap", "Secret"] as const;

/** What keeps pods from their next start. */
export const keyRules: readonly Rule[] = [
  {
    name: "config-deleted",
    kinds,
    on: ["delete", "replace"],
    see: (subject) => {
      const { workloads } = readBy(subject, ({ isNeeded }) => (isNeeded ? [""] : []));
      return goneFrom(subject) === "all" && workloads.length > 0
        ? `pods of ${workloads.join(", ")} read it and no longer start`
        : undefined;
    },
  },
  {
    name: "key-removed",
    kinds,
    on: differing,
    see: (subject) => {
      const gone = goneFrom(subject);
      const { workloads, words } = readBy(subject, ({ isNeeded, key }) =>
        gone !== "all" && isNeeded && key !== undefined && gone.has(key) ? [key] : [],
      );
      return workloads.length > 0
        ? `pods of ${workloads.join(", ")} read ${several(words)} of it by name and no longer start`
        : undefined;
    },
  },
];

/** What pods start without, and nothing says so. */
export const valueRules: readonly Rule[] = [
  {
    name: "values-removed",
    kinds,
    on: ["delete", ...differing],
    see: (subject) => {
      const gone = goneFrom(subject);
      const { workloads, words } = readBy(subject, (reading) =>
        gone === "all" ? withoutAll(reading) : without(reading, gone),
      );
      return workloads.length > 0
        ? `pods of ${workloads.join(", ")} start next without ${several(words)}, and nothing says so`
        : undefined;
    },
  },
];

const none: ReadonlySet<string> = new Set();

function without(
  { isNeeded, key, variableOf }: Reading,
  gone: ReadonlySet<string>,
): readonly string[] {
  if (variableOf !== undefined) {
    return [...gone].flatMap((each) => variableOf(each) ?? []);
  }
  return !isNeeded && key !== undefined && gone.has(key) ? [key] : [];
}

const withoutAll = ({ isNeeded, key }: Reading): readonly string[] =>
  isNeeded ? [] : [key ?? "all of it"];

/** Workloads with a reading of which there is something to say, and what that is of any of them, each once. */
function readBy(
  subject: Subject,
  say: (reading: Reading) => readonly string[],
): { readonly workloads: readonly string[]; readonly words: readonly string[] } {
  const { around, before, change } = subject;
  const kind = kindOf(change.type) ?? "";
  const name = textAt(before, "metadata", "name");
  const words = new Set<string>();
  const workloads = around.readersOf(kind, before).flatMap(({ type, inputs }) => {
    const said = readingsOf(podSpec(type, inputs))
      .filter((reading) => reading.kind === kind && reading.name === name)
      .flatMap(say);
    said.forEach((word) => words.add(word));
    return said.length > 0
      ? [`${kindOf(type) ?? ""} ${textAt(inputs, "metadata", "name") ?? ""}`]
      : [];
  });
  return { workloads, words: [...words] };
}

/** What is no longer there under its name. One that is kept in the world stays under it, whatever takes its place. */
function goneFrom(subject: Subject): ReadonlySet<string> | "all" {
  const { change } = subject;
  if (change.operation === "delete") {
    return "all";
  }
  if (isRenamed(subject)) {
    return change.before?.retainOnDelete === true ? none : "all";
  }
  return keysThatGo(subject);
}

const fields = ["data", "binaryData", "stringData"];

/** Keys that it had and no longer has. */
function keysThatGo({ after, before, change: { detail } }: Subject): ReadonlySet<string> {
  const [was, is] = [keysIn(before), keysIn(after)];
  if (was !== undefined && is !== undefined) {
    return new Set([...was].filter((key) => !is.has(key)));
  }
  // A Secret's keys are blinded with what is in them. The provider, which sees them, names each that goes.
  const named = (kind: string): readonly string[] =>
    [...(detail ?? [])].flatMap(([text, diff]) => {
      const [field, key, ...rest] = parsePath(text);
      const isKey = fields.includes(String(field)) && typeof key === "string" && rest.length === 0;
      return isKey && diff.kind === kind ? [key] : [];
    });
  const come = named("add");
  return new Set(named("delete").filter((key) => !come.includes(key)));
}

/** Its keys; undefined where they are not told. */
function keysIn(inputs: JsonObject): ReadonlySet<string> | undefined {
  const keys = new Set<string>();
  for (const field of fields) {
    const value = inputs[field];
    const open = isSecret(value) ? plaintextOf(value) : (value ?? {});
    if (!isObject(open)) {
      return undefined;
    }
    Object.keys(open).forEach((key) => keys.add(key));
  }
  return keys;
}
