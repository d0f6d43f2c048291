/** What a preview said, as its event log tells it. */
import type { JsonObject } from "./values.ts";

/** A resource before or after a step. */
export interface State {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Inputs with the engine's marks of secrets and unknowns. */
  readonly inputs: JsonObject;
  /** Only what a reader needs: see {@link EventReader}. */
  readonly outputs: JsonObject;
}

/** How the engine's comparison names one property. */
export interface PropertyDiff {
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** One step of the engine. */
export interface Step {
  readonly urn: string;
  readonly type: string;
  /** The engine's word, e.g. `create-replacement`. */
  readonly op: string;
  /** Whether a provider makes it; what is not is a component, pure structure of the program. */
  readonly isCustom: boolean;
  readonly before: State | undefined;
  readonly after: State | undefined;
  /** Properties that force a replacement. */
  readonly keys: readonly string[];
  /** Top-level properties that differ; undefined where the provider does not say. */
  readonly diffs: readonly string[] | undefined;
  /** Path → difference; undefined where the provider does not say. */
  readonly detail: ReadonlyMap<string, PropertyDiff> | undefined;
}

/** Something that was said. */
export interface Message {
  readonly severity: "error" | "warning" | "info";
  /** Empty where it is about no resource. */
  readonly urn: string;
  readonly text: string;
}

/** A policy that spoke up. */
export interface PolicyMessage {
  readonly pack: string;
  readonly policy: string;
  readonly level: string;
  readonly severity: string | undefined;
  readonly urn: string;
  readonly text: string;
}

/** One pack over one resource, or over the stack: which of its policies found nothing, and which did. */
export interface PolicySummary {
  readonly pack: string;
  readonly version: string;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** Why and how far a log could not be read. */
export interface ReadFaults {
  /** Lines that are no event. */
  readonly unreadable: number;
  /** Whether the last line ends in its middle: the writer was stopped. */
  readonly cut: boolean;
  /** Events of kinds that this version does not know → how many. */
  readonly unknownKinds: Readonly<Record<string, number>>;
}

/** A whole event log, read. */
export interface StackPreview {
  /** In the engine's order; those of `same` only where something else is told by them. */
  readonly steps: readonly Step[];
  /** `op urn` of the steps that were begun, and those that came to their end. */
  readonly begun: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
  /** URNs of resources that stay as they are. */
  readonly same: ReadonlySet<string>;
  /** Outputs of the stack; undefined where the program did not come to them. */
  readonly outputs: { readonly before: JsonObject; readonly after: JsonObject } | undefined;
  /** Type of a package's provider → its version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly messages: readonly Message[];
  readonly policyMessages: readonly PolicyMessage[];
  readonly policySummaries: readonly PolicySummary[];
  readonly remediations: readonly PolicyMessage[];
  /** Name → version of the packs that ran. */
  readonly packs: Readonly<Record<string, string>>;
  /** The engine's own last word; undefined where it came to none. */
  readonly summary:
    | { readonly result: string; readonly seconds: number; readonly changes: number }
    | undefined;
  readonly faults: ReadFaults;
}
