import type * as pulumi from "@pulumi/pulumi";

/**
 * What others can wait for.
 *
 * To depend on a whole component is to depend on each of its children: the engine writes every one
 * of them into the state of whatever depends on it. What is ready last is enough.
 */
export interface Awaitable {
  /** Resources after which it answers. */
  readonly ready: readonly pulumi.Resource[];
}
