/** Which workloads roll because of a change, in what order, how fast, and what their budget says. */
import { identify, kindOf, referTo } from "./identity.ts";
import { paceOf, share } from "./kubernetes/pace.ts";
import { configReferences, isServing, podSpec, replicasOf } from "./kubernetes/pods.ts";
import type { Roll } from "./model.ts";
import { type Change, differsAt } from "./operations.ts";
import { namespaceOf, type Standing, type Surroundings } from "./surroundings.ts";
import type { Dependencies } from "./unknowns.ts";
import { isEqual, isObject, isUnknown, lookUp, textAt } from "./values.ts";

/** Every workload whose pods are made anew. */
export function rollsOf(
  stack: string,
  changes: readonly Change[],
  around: Surroundings,
  dependencies: Dependencies = new Map(),
): Roll[] {
  const rolling = changes.filter(isRolling);
  const waves = wavesOf(rolling, dependencies);
  const config = changedConfig(changes);
  return rolling
    .map((change) => rollOf(stack, change, around, waves.get(change.urn) ?? 1, config))
    .sort(
      (left, right) => left.wave - right.wave || (left.workload.urn < right.workload.urn ? -1 : 1),
    );
}

function isRolling(change: Change): boolean {
  const { type, operation, before, after } = change;
  if (!isServing(type) || before === undefined || after === undefined) {
    return false;
  }
  return (
    operation === "replace" || (operation === "update" && differsAt(change, ["spec", "template"]))
  );
}

function rollOf(
  stack: string,
  change: Change,
  around: Surroundings,
  wave: number,
  config: ReadonlyMap<string, string>,
): Roll {
  const inputs = change.after?.inputs ?? {};
  const isAnew = change.operation === "replace";
  const pace = paceOf(change.type, inputs);
  const replicas = replicasOf(change.type, inputs);
  const missing = isAnew ? (change.deletesFirst ? replicas : 0) : pace.missing;
  return {
    workload: referTo(identify(stack, change)),
    because: causesOf(change, config),
    wave,
    ...(replicas === undefined ? {} : { replicas }),
    pace: isAnew ? anew(change) : pace.line,
    ...(missing === undefined ? {} : { missing }),
    budget: budgetLine(around.budgetOf(change.type, inputs), replicas, missing),
  };
}

function anew({ deletesFirst }: Change): string {
  return deletesFirst ? "all at once: the old ones stop first" : "all at once, beside the old ones";
}

/** Config objects that change under the name that pods read them by: key → as people name them. */
function changedConfig(changes: readonly Change[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const change of changes) {
    const { type, operation, before, after } = change;
    const kind = kindOf(type);
    if (kind !== "ConfigMap" && kind !== "Secret") {
      continue;
    }
    const isTouched =
      operation === "create" ||
      operation === "replace" ||
      ["data", "stringData", "binaryData"].some((field) => differsAt(change, [field]));
    for (const inputs of isTouched ? [before?.inputs, after?.inputs] : []) {
      const name = textAt(inputs, "metadata", "name");
      if (name !== undefined) {
        found.set(`${kind} ${namespaceOf(inputs)}/${name}`, `${kind} ${name}`);
      }
    }
  }
  return found;
}

/** What makes it roll, in few words. */
function causesOf(change: Change, config: ReadonlyMap<string, string>): string[] {
  const { type, operation } = change;
  const [before, after] = [change.before?.inputs ?? {}, change.after?.inputs ?? {}];
  if (operation === "replace") {
    return ["it is replaced"];
  }
  const causes: string[] = [];
  const [left, right] = [podSpec(type, before), podSpec(type, after)];
  const parts = new Set<string>();
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  for (const key of keys) {
    if (isEqual(left?.[key], right?.[key])) {
      continue;
    }
    for (const word of /ontainers$/.test(key) ? containerParts(left?.[key], right?.[key]) : [key]) {
      parts.add(word);
    }
  }
  causes.push(...parts);
  const at = ["spec", "template", "metadata"];
  if (!isEqual(lookUp(before, [...at, "labels"]), lookUp(after, [...at, "labels"]))) {
    causes.push("pod labels");
  }
  if (!isEqual(lookUp(before, [...at, "annotations"]), lookUp(after, [...at, "annotations"]))) {
    causes.push("pod annotations");
  }
  const read = configReferences(right).map(
    ({ kind, name }) => config.get(`${kind} ${namespaceOf(after)}/${name}`) ?? "",
  );
  const changed = [...new Set(read)].filter((name) => name !== "");
  return [...(causes.length > 0 ? causes : partsNamed(change)), ...changed];
}

/** Parts of its pods that the provider names: secrets in them look alike on both sides. */
function partsNamed({ detail }: Change): readonly string[] {
  const parts = Array.from(detail?.keys() ?? [], (text) => {
    const [list = "", part = list] =
      /^spec\.template\.spec\.(\w+)(?:\[\d+\]\.(\w+))?/.exec(text)?.slice(1) ?? [];
    return /ontainers$/.test(list) ? (words[part] ?? part) : list;
  });
  return [...new Set(parts)].filter((part) => part !== "");
}

/** Properties of containers that differ, e.g. `image`. */
function containerParts(before: unknown, after: unknown): readonly string[] {
  const byName = (list: unknown): ReadonlyMap<string, object> =>
    new Map(
      (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((each) =>
        isObject(each) ? [[textAt(each, "name") ?? "", each] as const] : [],
      ),
    );
  const [left, right] = [byName(before), byName(after)];
  const parts = new Set<string>();
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [old, now] = [left.get(name), right.get(name)];
    if (!isObject(old) || !isObject(now)) {
      parts.add("containers");
      continue;
    }
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (!isEqual(old[key], now[key])) {
        parts.add(words[key] ?? key);
      }
    }
  }
  return [...parts];
}

const words: Readonly<Record<string, string>> = { env: "environment", envFrom: "environment" };

/** Those that wait for others come after them; without dependencies all come together. */
function wavesOf(
  rolling: readonly Change[],
  dependencies: Dependencies,
): ReadonlyMap<string, number> {
  const isRoll = new Set(rolling.map(({ urn }) => urn));
  const waves = new Map<string, number>();
  const under = new Set<string>();
  const depth = (urn: string): number => {
    const known = waves.get(urn);
    if (known !== undefined || under.has(urn)) {
      return known ?? 0;
    }
    under.add(urn);
    const asked = Object.values(dependencies.get(urn) ?? {}).flat();
    const deepest = Math.max(0, ...[...new Set(asked)].map(depth));
    under.delete(urn);
    const wave = deepest + (isRoll.has(urn) ? 1 : 0);
    waves.set(urn, wave);
    return wave;
  };
  return new Map(rolling.map(({ urn }) => [urn, depth(urn)]));
}

function budgetLine(
  budget: Standing | undefined,
  replicas: number | undefined,
  missing: number | undefined,
): Roll["budget"] {
  if (budget === undefined) {
    return { state: "none", line: "no budget" };
  }
  const name = textAt(budget.inputs, "metadata", "name") ?? "";
  const [minimum, maximum] = ["minAvailable", "maxUnavailable"].map((field) =>
    lookUp(budget.inputs, ["spec", field]),
  );
  if (replicas === undefined || missing === undefined || isUnknown(minimum) || isUnknown(maximum)) {
    return { state: "unknown", line: `budget ${name}: not known before the update` };
  }
  const least =
    minimum === undefined
      ? replicas - (share(maximum, replicas, Math.ceil) ?? 0)
      : (share(minimum, replicas, Math.ceil) ?? 0);
  const left = replicas - missing;
  const line = `budget ${name}: ${left} of ${replicas} stay, ${least} must`;
  return { state: left >= least ? "kept" : "broken", line };
}
