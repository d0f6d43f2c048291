/** What the engine is told of things that hold data, or an address that others have learnt. */
import type { DataPolicy } from "./scalars.ts";

/**
 * Options of such a thing. Protected, it cannot go in one step: `delete` has to be said, and brought up,
 * before what holds it may leave the file.
 *
 * Retained as well while it is protected: a `pulumi state unprotect` alone then still deletes nothing.
 */
export const keptAs = (
  policy: DataPolicy = "protect",
): { readonly protect: boolean; readonly retainOnDelete: boolean } => ({
  protect: policy === "protect",
  retainOnDelete: policy !== "delete",
});
