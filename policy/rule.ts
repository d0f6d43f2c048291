/** What a rule is. */
import type { Finding, Resource, Stack } from "./resource.ts";

/** What every rule says of itself. */
interface About {
  /** E.g. `images-pinned`: names it in findings, exceptions and docs/policy.md. */
  readonly name: string;
  /** `mandatory` stops the update; `advisory` only says so. */
  readonly level: "mandatory" | "advisory";
  /** What goes wrong without it, in one sentence. */
  readonly protects: string;
}

/** A rule that looks at one resource at a time, before it is changed. */
export interface ResourceRule extends About {
  readonly kind: "resource";
  /**
   * What is wrong with a resource; empty where nothing is, or where it is none of the rule's business.
   *
   * @param stack Name of the resource's stack.
   */
  readonly check: (resource: Resource, stack: string) => readonly string[];
}

/** A rule that needs all resources of a stack together, at the end of a preview or an update. */
export interface StackRule extends About {
  readonly kind: "stack";
  readonly check: (stack: Stack) => readonly Finding[];
}

/** A rule. */
export type Rule = ResourceRule | StackRule;
