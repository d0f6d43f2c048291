/**
 * A stack's resources as the rules see them, wherever they were read: from the engine that runs the
 * pack, from a stack rendered in a test, or from an exported state.
 */
import type { NodeShape } from "../components/platform/cluster.schema.ts";
import type { Network } from "./graph/networks.ts";

/** One resource. */
export interface Resource {
  /** E.g. `urn:pulumi:prod::fleet::kubernetes:apps/v1:Deployment::skywire-vpn`. */
  readonly urn: string;
  /** Type token, e.g. `kubernetes:core/v1:Secret`; `fleet:<room>:<Class>` for components. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /**
   * What it is made with; once it is made, what the provider says it became.
   *
   * Secrets stand here in the clear: no finding may quote a value that could be one. What a preview
   * does not know yet stands as {@link unknownText}.
   */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Parent's URN; empty for the stack itself. */
  readonly parent: string;
  /** Its provider; undefined for what has none: components, and the stack itself. */
  readonly provider: Provider | undefined;
  readonly protect: boolean;
  /** Undefined where it is not told: the engine keeps it from policy packs. */
  readonly retainOnDelete: boolean | undefined;
  /** Paths of inputs that are somebody else's. */
  readonly ignoreChanges: readonly string[];
}

/** The provider of a resource. */
export interface Provider {
  /** E.g. `pulumi:providers:kubernetes`. */
  readonly type: string;
  /** Logical name; the engine's own begin with `default`. */
  readonly name: string;
}

/** All resources of a stack. */
export interface Stack {
  /** E.g. `prod`. */
  readonly name: string;
  readonly resources: readonly Resource[];
  /** Secret's name → its value, as far as whoever runs the rules knows them. */
  readonly secrets: ReadonlyMap<string, string>;
  /**
   * Nodes that its config promises (`clusterNodes` of `fleet:cluster`). Where they are left out, what
   * rules say of room on nodes counts as "could not be told".
   */
  readonly nodes?: readonly NodeShape[] | undefined;
  /** Network of its cluster (`networkOf` of `fleet:cluster`); left out where nobody knows it: any. */
  readonly network?: Network | undefined;
}

/** Something a rule objects to. */
export interface Finding {
  /** Resource it is about; empty for the whole stack. */
  readonly urn: string;
  /** What is wrong with it, in words that need no look at the rule. Never a secret's value. */
  readonly message: string;
}

/**
 * Stands for a value that a preview does not know yet.
 *
 * A finding that quotes it says nothing: whoever runs the rules counts it as "could not be told".
 */
export const unknownText = "«unknown until the update»";

/** Thrown by a rule that cannot say anything without a value that is unknown yet. */
export class UnknownProperty extends Error {
  /**
   * @param path Where the value is missing, e.g. `spec.ports[0].port`.
   * @param why What is said of it. Default: that the update makes it.
   */
  constructor(path: string, why = "is unknown until the update") {
    super(`${path} ${why}`);
    this.name = "UnknownProperty";
  }
}
