/** One comment under a pull request or an issue, found by what it begins with, and kept up to date. */
import * as z from "zod";

import { ForgeFault, UncertainFault } from "./fault.ts";
import type { Forge } from "./forge.ts";

/** What is to stand there. */
export interface Wanted {
  /** Number of the pull request or issue. */
  readonly number: number;
  /** How every comment of its kind begins: a hidden line. */
  readonly marker: string;
  readonly body: string;
  /** Whose comments may be changed. Nobody else's are, whatever they begin with. */
  readonly user: string;
  /** Nothing to tell: what is there is brought up to date, and where there is none, none is made. */
  readonly quiet: boolean;
}

/** What was done. */
export type Placed = "made" | "updated" | "unchanged" | "none";

/** Characters that the forge takes. */
const mostCharacters = 65_536;

/** Times that it is looked again whether a comment has come to be. */
const mostLooks = 4;

const Comment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});
type Comment = z.infer<typeof Comment>;

/**
 * Puts it there.
 *
 * @throws ForgeFault with what the forge says.
 */
export async function placeComment(forge: Forge, wanted: Wanted): Promise<Placed> {
  const { body } = wanted;
  if (body.length > mostCharacters) {
    throw new ForgeFault(
      `a comment of ${body.length} characters: the forge takes ${mostCharacters} at most`,
    );
  }
  for (let look = 1; ; look += 1) {
    try {
      return await placeOnce(forge, wanted);
    } catch (error) {
      // It may have been made although nobody said so, and one that was found may be gone: look again.
      const isGone = error instanceof ForgeFault && error.status === 404 && look === 1;
      if ((!(error instanceof UncertainFault) && !isGone) || look === mostLooks) {
        throw error;
      }
    }
  }
}

async function placeOnce(forge: Forge, wanted: Wanted): Promise<Placed> {
  const { body, number, quiet } = wanted;
  const [first, ...others] = await ownComments(forge, wanted);
  // Two runs at a time, or an answer that got lost, have left more than one: the oldest stays where it is linked to.
  for (const { id } of others) {
    await forge.change("DELETE", `issues/comments/${id}`).catch(unlessGone);
  }
  if (first === undefined) {
    if (quiet) {
      return "none";
    }
    await forge.change("POST", `issues/${number}/comments`, { body });
    return "made";
  }
  if (saysTheSame(first.body ?? "", body)) {
    return "unchanged";
  }
  await forge.change("PATCH", `issues/comments/${first.id}`, { body });
  return "updated";
}

/** Oldest first. */
async function ownComments(
  forge: Forge,
  { marker, number, user }: Wanted,
): Promise<readonly Comment[]> {
  const found: Comment[] = [];
  for await (const entry of forge.list(`issues/${number}/comments`)) {
    const parsed = Comment.safeParse(entry);
    if (!parsed.success) {
      throw new ForgeFault(`a comment of ${number} has another form than the forge documents`);
    }
    const { body, user: author } = parsed.data;
    if (author?.login === user && body?.startsWith(marker) === true) {
      found.push(parsed.data);
    }
  }
  return found.sort((left, right) => left.id - right.id);
}

/**
 * Whether there is anything new to read. The time at which a report was made is not; what somebody else has
 * edited is.
 */
function saysTheSame(left: string, right: string): boolean {
  const timeless = (text: string): string =>
    text
      .replaceAll("\r\n", "\n")
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "")
      .trim();
  return timeless(left) === timeless(right);
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ForgeFault && error.status === 404)) {
    throw error;
  }
}
