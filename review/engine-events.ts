/** Shapes of the engine's events (sdk/go apitype/events.go), and what is kept of each. */
import * as z from "zod";

import type { PolicyMessage, PropertyDiff, State, Step } from "./preview.ts";
import { isObject, type JsonObject, objectAt, shared } from "./values.ts";

const Text = z.string().default("");
/** An object, or none: taken as it stands, for it may have any keys, and a log has thousands of them. */
const Bag = z.custom<JsonObject>(isObject).nullish();
const Texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? undefined);

const StepState = z.object({
  protect: z.boolean().default(false),
  retainOnDelete: z.boolean().default(false),
  inputs: Bag,
  outputs: Bag,
});

/** A step that begins, ends or fails. Most of a log are these: their parser is made into code. */
export const StepEvent = z.compile(
  z.object({
    metadata: z.object({
      op: z.string(),
      urn: z.string(),
      type: z.string(),
      old: StepState.nullish(),
      new: StepState.nullish(),
      keys: Texts,
      diffs: Texts,
      detailedDiff: z.record(z.string(), z.object({ diffKind: z.string() })).nullish(),
    }),
  }),
);

/** A policy that speaks up, or mends. */
export const PolicyEvent = z.object({
  resourceUrn: Text,
  message: Text,
  policyName: z.string(),
  policyPackName: z.string(),
  enforcementLevel: Text,
  severity: z.string().optional(),
});

/** Which policies of a pack found nothing, and which did. */
export const PolicySummaryEvent = z.object({
  policyPackName: z.string(),
  policyPackVersion: Text,
  passed: z.array(z.string()).default([]),
  failed: z.array(z.string()).default([]),
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

/** What is read of a step. */
export type StepMetadata = z.infer<typeof StepEvent>["metadata"];

/** A step, without what no reader needs. What a refresh found is kept whole. */
export function stepOf(metadata: StepMetadata, isRefresh = false): Step {
  const { op, urn, type, old: before, new: after, keys, diffs, detailedDiff } = metadata;
  // Most of what a step shows is alike on both sides.
  const keep = (
    state: z.infer<typeof StepState> | null | undefined,
    other?: State,
  ): State | undefined => {
    if (state === null || state === undefined) {
      return undefined;
    }
    const { protect, retainOnDelete } = state;
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
    before: was,
    after: keep(after, was),
    keys: keys ?? [],
    diffs,
    detail:
      detailedDiff === null || detailedDiff === undefined
        ? undefined
        : new Map(
            Object.entries(detailedDiff).map(([path, { diffKind }]) => [path, diffOf(diffKind)]),
          ),
  };
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

function diffOf(kind: string): PropertyDiff {
  const word = kind.replace(/-replace$/, "");
  return {
    kind: word === "add" || word === "delete" ? word : "update",
    replaces: word !== kind,
  };
}

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
