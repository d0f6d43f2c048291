/** What a stack asks of its cluster before and after: CPU, memory, storage, pods. */
import { identify, isPatch, kindOf } from "../identity.ts";
import type { Amounts, Totals } from "../model.ts";
import type { Standing, Surroundings } from "../surroundings.ts";
import { isUnknown, type JsonObject, listAt, lookUp, objectAt, textAt } from "../values.ts";
import { formatBytes, formatCpu } from "../../components/base/quantity.ts";
import { containersOf, podSpec, replicasOf } from "./pods.ts";
import { percent, readQuantity } from "./quantities.ts";

type Sums = { -readonly [Name in keyof Amounts]: number };

const none = (): Sums => ({
  cpuRequests: 0,
  cpuLimits: 0,
  memoryRequests: 0,
  memoryLimits: 0,
  storage: 0,
  pods: 0,
});

/** Why something is not counted → labels of what is not. */
type Uncounted = Map<string, string[]>;

/** Sums both sides up. */
export function totalsOf(stack: string, around: Surroundings): Totals {
  const uncounted: Uncounted = new Map();
  const [before, after] = [
    sum(stack, around.before, new Map()),
    sum(stack, around.after, uncounted),
  ];
  return {
    before,
    after,
    uncounted: [...uncounted].map(([why, [first = "", ...others]]) =>
      others.length === 0 ? `${first}: ${why}` : `${first} and ${others.length} more: ${why}`,
    ),
    lines: linesOf(before, after),
  };
}

function sum(stack: string, standing: readonly Standing[], uncounted: Uncounted): Amounts {
  const sums = none();
  const sized = new Set(
    standing.filter(({ type }) => isPatch(type)).map(({ inputs }) => keyOf(inputs)),
  );
  for (const each of standing) {
    const { urn, type, inputs } = each;
    const tell = (why: string): void => {
      const state = { protect: false, retainOnDelete: false, inputs, outputs: {} };
      const { label } = identify(stack, { urn, type, before: undefined, after: state });
      const known = uncounted.get(why) ?? [];
      if (!known.includes(label)) {
        uncounted.set(why, [...known, label]);
      }
    };
    addPods(sums, each, tell);
    addStorage(sums, each, sized, tell);
  }
  // What is added in another order differs in its last digits: nobody asks for less than a micro-core.
  const whole = (cores: number): number => Math.round(cores * 1e6) / 1e6;
  return { ...sums, cpuRequests: whole(sums.cpuRequests), cpuLimits: whole(sums.cpuLimits) };
}

function addPods(sums: Sums, { type, inputs }: Standing, tell: (why: string) => void): void {
  const spec = podSpec(type, inputs);
  const kind = kindOf(type);
  if (spec === undefined) {
    return;
  }
  if (isPatch(type)) {
    tell("what it sets on pods of another one");
    return;
  }
  if (kind === "CronJob" && objectAt(inputs, "spec")["suspend"] === true) {
    return;
  }
  if (kind === "DaemonSet" || kind === "CronJob") {
    tell(kind === "DaemonSet" ? "a pod on each node" : "pods now and then");
    return;
  }
  const replicas = replicasOf(type, inputs);
  if (replicas === undefined) {
    tell("its number of pods is not known yet");
    return;
  }
  sums.pods += replicas;
  for (const [name, side, resource] of measured) {
    const read = (value: unknown): number => {
      if (isUnknown(value)) {
        tell(`${resource} ${side} not known yet`);
      }
      return readQuantity(value) ?? 0;
    };
    const whole = saidOfPod(spec, side, resource);
    const each =
      whole === undefined
        ? askedFor(spec, (container) => read(saidOf(container, side, resource)))
        : read(whole);
    sums[name] += each * replicas;
  }
}

type Side = "requests" | "limits";

/** What is said of a container: where nothing is requested, the API server fills in what its limit says. */
function saidOf(container: unknown, side: Side, resource: string): unknown {
  const said = objectAt(container, "resources", side)[resource];
  return (
    said ?? (side === "requests" ? objectAt(container, "resources", "limits")[resource] : said)
  );
}

/**
 * What a pod says for all its containers, from Kubernetes 1.34 on, whatever they say themselves; undefined where they do.
 * Of a pod that limits them only, that is the request of containers of which none says anything (defaultPodRequests).
 */
function saidOfPod(spec: JsonObject, side: Side, resource: string): unknown {
  const said = objectAt(spec, "resources", side)[resource];
  const isSaid = [...containersOf(spec).values()].some(
    (container) => saidOf(container, side, resource) !== undefined,
  );
  return said ?? (isSaid ? undefined : saidOf(spec, side, resource));
}

/** Of one resource for one pod: those that run before the others run one by one, beside those of them that stay. */
function askedFor(spec: JsonObject, amountOf: (container: unknown) => number): number {
  let [most, staying] = [0, 0];
  for (const container of listAt(spec, "initContainers")) {
    const amount = amountOf(container);
    most = Math.max(most, staying + amount);
    staying += textAt(container, "restartPolicy") === "Always" ? amount : 0;
  }
  const main = listAt(spec, "containers").reduce<number>(
    (total, container) => total + amountOf(container),
    0,
  );
  return Math.max(most, staying + main);
}

const measured = [
  ["cpuRequests", "requests", "cpu"],
  ["cpuLimits", "limits", "cpu"],
  ["memoryRequests", "requests", "memory"],
  ["memoryLimits", "limits", "memory"],
] as const;

/** Namespace and name of an object, or of what it makes for a pod. */
function keyOf(inputs: JsonObject, made: (name: string) => string = (name) => name): string {
  const [namespace = "", name = ""] = ["namespace", "name"].map((word) =>
    textAt(inputs, "metadata", word),
  );
  return `${namespace}/${made(name)}`;
}

/** @param sized Disks of pods whose size is said of themselves: what their template says of it is the first one. */
function addStorage(
  sums: Sums,
  { type, inputs }: Standing,
  sized: ReadonlySet<string>,
  tell: (why: string) => void,
): void {
  const kind = kindOf(type);
  const path = ["spec", "resources", "requests", "storage"];
  const add = (value: unknown, times: number): void => {
    const amount = readQuantity(value);
    if (amount === undefined) {
      tell("its storage is not known yet");
    } else {
      sums.storage += amount * times;
    }
  };
  if (kind === "PersistentVolumeClaim") {
    add(lookUp(inputs, path), 1);
  }
  for (const claim of kind === "StatefulSet"
    ? listAt(inputs, "spec", "volumeClaimTemplates")
    : []) {
    const disk = textAt(claim, "metadata", "name") ?? "";
    const pods = Array.from({ length: replicasOf(type, inputs) ?? 1 }, (_, pod) => pod);
    const unsized = pods.filter(
      (pod) => !sized.has(keyOf(inputs, (name) => `${disk}-${name}-${pod}`)),
    );
    if (unsized.length > 0) {
      add(lookUp(claim, path), unsized.length);
    }
  }
}

function linesOf(before: Amounts, after: Amounts): string[] {
  const lines = [
    ["CPU requests", before.cpuRequests, after.cpuRequests, formatCpu],
    ["CPU limits", before.cpuLimits, after.cpuLimits, formatCpu],
    ["memory requests", before.memoryRequests, after.memoryRequests, formatBytes],
    ["memory limits", before.memoryLimits, after.memoryLimits, formatBytes],
    ["storage", before.storage, after.storage, formatBytes],
    ["pods", before.pods, after.pods, String],
  ] as const;
  return lines.flatMap(([name, was, is, write]) => {
    // Sums of fractions differ in their last digits.
    if (Math.abs(was - is) < 1e-6) {
      return [];
    }
    const change = percent(was, is);
    return [`${name} ${write(was)} -> ${write(is)}${change === "" ? "" : ` (${change})`}`];
  });
}
