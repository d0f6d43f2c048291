/** What a rule is tried with. */
import type { Resource } from "../../../policy/resource.ts";

/** Cases of one rule. */
export interface Cases {
  /** Name of the stack they are judged in. Default: `shop`, which is not production's. */
  readonly stack?: string;
  /** Title → resources that the rule has nothing against. */
  readonly pass: Readonly<Record<string, readonly Resource[]>>;
  /** Title → resources, and what the rule says of them: a part of one finding each. */
  readonly fail: Readonly<Record<string, readonly [resources: readonly Resource[], says: string]>>;
}
