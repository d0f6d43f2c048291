/** Shapes of the engine's events (sdk/go apitype/events.go), and what is kept of each. */
import * as z from "zod";

import type { PolicyMessage, PolicySummary, PropertyDiff, State, Step } from "./preview.ts";
import { remembered } from "./remember.ts";
import { isObject, type JsonObject, objectAt, shared } from "./values.ts";

const Text = z.string().default("");

type Maybe<T> = T | null | undefined;

/** A resource on one side of a step. */
interface StepState {
  readonly custom?: boolean;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs?: Maybe<JsonObject>;
  readonly outputs?: Maybe<JsonObject>;
}

/** What is read of a step. */
export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly old?: Maybe<StepState>;
  readonly new?: Maybe<StepState>;
  readonly keys?: Maybe<readonly string[]>;
  readonly diffs?: Maybe<readonly string[]>;
  readonly detailedDiff?: Maybe<Readonly<Record<string, { readonly diffKind: string }>>>;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): boolean => value === undefined || typeof value === "boolean";
const isNone = (value: unknown): boolean => value === undefined || value === null;
const isBag = (value: unknown): boolean => isNone(value) || isObject(value);
const isList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
const isTexts = (value: unknown): boolean => isNone(value) || isList(value);

function isState(value: unknown): boolean {
  return isObject(value)
    ? isFlag(value["custom"]) &&
        isFlag(value["protect"]) &&
        isFlag(value["retainOnDelete"]) &&
        isBag(value["inputs"]) &&
        isBag(value["outputs"])
    : isNone(value);
}

/** Keys of a comparison: what would be taken for its prototype is none of them. */
const pathsIn = (diff: object): readonly string[] =>
  Object.keys(diff).filter((path) => path !== "__proto__");

function isDiff(value: unknown): boolean {
  return isObject(value)
    ? pathsIn(value).every((path) => {
        const property = value[path];
        return isObject(property) && isText(property["diffKind"]);
      })
    : isNone(value);
}

/**
 * What is told of a step that begins, ends or fails; undefined for what is no such event. Nearly all of
 * a log are these: a schema would make each of them anew, and that takes longer than to look at it.
 */
export function stepIn(body: unknown): StepMetadata | undefined {
  const step = isObject(body) ? body["metadata"] : undefined;
  return isObject(step) &&
    isText(step["op"]) &&
    isText(step["urn"]) &&
    isText(step["type"]) &&
    isState(step["old"]) &&
    isState(step["new"]) &&
    isTexts(step["keys"]) &&
    isTexts(step["diffs"]) &&
    isDiff(step["detailedDiff"])
    ? (step as unknown as StepMetadata)
    : undefined;
}

/**
 * Which policies of a pack found nothing, and which did; undefined for what tells no such thing. There
 * are as many of these as resources.
 */
export function policySummaryIn(body: unknown): PolicySummary | undefined {
  if (!isObject(body)) {
    return undefined;
  }
  const { policyPackName: pack, policyPackVersion: version = "", passed = [], failed = [] } = body;
  return isText(pack) && isText(version) && isList(passed) && isList(failed)
    ? { pack, version, passed, failed }
    : undefined;
}

/** A policy that speaks up, or mends. */
export const PolicyEvent = z.object({
  resourceUrn: Text,
  message: Text,
  policyName: z.string(),
  policyPackName: z.string(),
  enforcementLevel: Text,
  severity: z.string().optional(),
});

/** Something that was said. */
export const DiagnosticEvent = z.object({
  urn: Text,
  message: z.string(),
  severity: z.string(),
  ephemeral: z.boolean().default(false),
});

/** The engine's last word. */
export const SummaryEvent = z.object({
  durationSeconds: z.number().default(0),
  resourceChanges: z.record(z.string(), z.number()).default({}),
  PolicyPacks: z
    .record(z.string(), z.string())
    .nullish()
    .transform((value) => value ?? {}),
  result: Text,
});

/** A step, without what no reader needs. What a refresh found is kept whole. */
export function stepOf(metadata: StepMetadata, isRefresh = false): Step {
  const { op, urn, type, old: before, new: after, keys, diffs, detailedDiff } = metadata;
  // Most of what a step shows is alike on both sides.
  const keep = (state: Maybe<StepState>, other?: State): State | undefined => {
    if (state === null || state === undefined) {
      return undefined;
    }
    const { protect = false, retainOnDelete = false } = state;
    const outputs = bagOf(state.outputs);
    return {
      protect,
      retainOnDelete,
      inputs: shared(bagOf(state.inputs), other?.inputs) as JsonObject,
      outputs: shared(
        isRefresh ? outputs : outputsWorthKeeping(type, outputs),
        other?.outputs,
      ) as JsonObject,
    };
  };
  const was = keep(before);
  return {
    urn,
    type,
    op,
    isCustom: (after ?? before)?.custom === true,
    before: was,
    after: keep(after, was),
    keys: keys ?? [],
    diffs: diffs ?? undefined,
    detail: detailOf(detailedDiff),
  };
}

function detailOf(diff: StepMetadata["detailedDiff"]): Step["detail"] {
  return diff === null || diff === undefined
    ? undefined
    : new Map(pathsIn(diff).map((path) => [path, diffOf(diff[path]?.diffKind ?? "")]));
}

/** What is in it: nothing where there is none, and never what would be taken for the object's prototype. */
export function bagOf(bag: JsonObject | null | undefined): JsonObject {
  if (bag === null || bag === undefined) {
    return {};
  }
  return Object.hasOwn(bag, "__proto__")
    ? Object.fromEntries(Object.entries(bag).filter(([key]) => key !== "__proto__"))
    : bag;
}

const diffOf = remembered((kind): PropertyDiff => {
  const word = kind.replace(/-replace$/, "");
  return {
    kind: word === "add" || word === "delete" ? word : "update",
    replaces: word !== kind,
  };
});

/**
 * Outputs tell which resource makes a value. An object of a cluster repeats its inputs in them, twice,
 * and who wrote each field: of these, what the cluster gives is kept.
 */
function outputsWorthKeeping(type: string, outputs: JsonObject): JsonObject {
  if (!type.startsWith("kubernetes:")) {
    return outputs;
  }
  const { clusterIP, loadBalancerIP } = objectAt(outputs, "spec");
  return { status: outputs["status"], spec: { clusterIP, loadBalancerIP } };
}

/** What a policy said. */
export function policyMessage(event: z.infer<typeof PolicyEvent>): PolicyMessage {
  return {
    pack: event.policyPackName,
    policy: event.policyName,
    level: event.enforcementLevel,
    severity: event.severity,
    urn: event.resourceUrn,
    text: plainText(event.message).trim(),
  };
}

/** The engine's colour marks, e.g. `<{%reset%}>`, taken out. */
export function plainText(text: string): string {
  return text.replace(/<\{%[^%]{0,40}%\}>/g, "");
}
