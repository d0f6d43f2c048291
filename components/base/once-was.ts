/** A component that was of another type under the same name. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a component whose type a word of the stack file decides. The type is part of the URNs of all its
 * children: without this another word makes all of them anew under the names that the old ones have, which the API
 * server refuses half way through the update, after a preview that shows nothing of it.
 *
 * @param types What it may have been before.
 */
export const onceWas = (
  types: readonly string[],
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions => ({
  ...opts,
  aliases: types.map((type) => ({ type })),
});
