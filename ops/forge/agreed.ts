/**
 * Whether somebody's yes to a risk counts. GitHub lets whoever has the role «triage» set labels, without any right to
 * write (docs.github.com, «Repository roles for an organization»): a label alone would be a yes of somebody who may
 * change nothing himself.
 */
import * as z from "zod";

import { visible } from "../../review/render/visible.ts";
import { ForgeFault } from "./fault.ts";
import type { Forge } from "./forge.ts";

/** One of admin, write, read, none: «maintain» is told as write, and «triage» as read (docs.github.com/rest/collaborators). */
const Permission = z.object({ permission: z.string() });

/** Why the yes of a user counts for nothing; undefined where it counts. What the forge does not tell is no yes. */
export async function whyNoYes(forge: Forge, user: string): Promise<string | undefined> {
  const who = `the yes of ${visible(user)} counts for nothing`;
  try {
    const answer = await forge.get(`collaborators/${encodeURIComponent(user)}/permission`);
    const permission = Permission.safeParse(answer).data?.permission;
    if (permission === undefined) {
      return `${who}: the forge tells their rights in another form than it documents`;
    }
    return ["admin", "write"].includes(permission)
      ? undefined
      : `${who}: they may not write to ${forge.repository}, and so agree to no risk of its changes`;
  } catch (error) {
    if (error instanceof ForgeFault) {
      return `${who}, as nobody says what they may do (${error.message})`;
    }
    throw error;
  }
}
