/** The draft of a release in the forge: one a version, changed as long as it is a draft, never afterwards. */
import * as z from "zod";

import { CommandError } from "../../command.ts";
import { ForgeFault, UncertainFault } from "../../forge/fault.ts";
import type { Forge } from "../../forge/forge.ts";
import { visible } from "../../../review/render/visible.ts";

/** What the release is to say. */
export interface WantedRelease {
  /** Version of the builds. */
  readonly tag: string;
  /** Name of the network, in capitals. */
  readonly name: string;
  readonly body: string;
}

/** What the forge has for a tag. */
export type FoundRelease =
  | { readonly state: "none" }
  | { readonly state: "draft" | "published"; readonly id: number; readonly body: string };

const Release = z.object({
  id: z.int(),
  tag_name: z.string(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean(),
  html_url: z.string(),
});
type Release = z.infer<typeof Release>;

/** Times that it is looked again whether a draft has come to be. */
const mostLooks = 4;

/**
 * The release of a tag. Drafts are in the list only, and only for whoever may write.
 *
 * @throws CommandError where the tag is another network's, or has several releases.
 */
export async function findRelease(
  forge: Forge,
  { name, tag }: Pick<WantedRelease, "name" | "tag">,
): Promise<FoundRelease> {
  const found: Release[] = [];
  for await (const entry of forge.list("releases")) {
    const release = parse(entry);
    if (release.tag_name === tag) {
      found.push(release);
    }
  }
  const [first, second] = found;
  if (second !== undefined) {
    throw new CommandError(
      `${forge.repository} has ${found.length} releases for ${tag}: delete all but one by hand`,
    );
  }
  if (first === undefined) {
    return { state: "none" };
  }
  if (first.name !== name) {
    throw new CommandError(
      `${forge.repository} has ${tag} for ${JSON.stringify(visible(first.name ?? ""))}: a version is one network's`,
    );
  }
  const body = (first.body ?? "").replaceAll("\r\n", "\n");
  return { state: first.draft ? "draft" : "published", id: first.id, body };
}

/**
 * Makes the draft, or brings it up to date.
 *
 * @returns What was done.
 * @throws CommandError where it was published meanwhile.
 */
export async function placeDraft(
  forge: Forge,
  wanted: WantedRelease,
): Promise<"made" | "updated" | "unchanged"> {
  for (let look = 1; ; look += 1) {
    try {
      return await placeOnce(forge, wanted);
    } catch (error) {
      // It may have been made although nobody said so: look again, and make no second one.
      if (!(error instanceof UncertainFault) || look === mostLooks) {
        throw error;
      }
    }
  }
}

async function placeOnce(
  forge: Forge,
  wanted: WantedRelease,
): Promise<"made" | "updated" | "unchanged"> {
  const { body, name, tag } = wanted;
  const found = await findRelease(forge, wanted);
  if (found.state === "none") {
    const made = parse(
      await forge.change("POST", "releases", {
        ...{ tag_name: tag, name, body, draft: true, prerelease: true },
      }),
    );
    if (!made.draft) {
      throw new ForgeFault(`${forge.repository} has published ${tag} instead of drafting it`);
    }
    return "made";
  }
  if (found.body === body) {
    return "unchanged";
  }
  if (found.state === "published") {
    throw new CommandError(publishedFault(forge, tag));
  }
  await forge.change("PATCH", `releases/${found.id}`, { body, draft: true, prerelease: true });
  return "updated";
}

/** What is said where something would change that people have already. */
export const publishedFault = ({ repository }: Forge, tag: string): string =>
  `${repository} has published ${tag} already, and it would change: what is published stays; release another version`;

function parse(value: unknown): Release {
  const parsed = Release.safeParse(value);
  if (!parsed.success) {
    throw new ForgeFault("a release has another form than the forge documents");
  }
  return parsed.data;
}
