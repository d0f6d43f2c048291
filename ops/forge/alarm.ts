/** Drift that nobody may have made: an issue for each stack, open as long as there is some. */
import * as z from "zod";

import type { Report } from "../../review/model.ts";
import { renderMarkdown } from "../../review/render/markdown.ts";
import { ForgeFault, UncertainFault } from "./fault.ts";
import type { Forge } from "./forge.ts";

/** What was done to the issue. */
export type Alarmed = "opened" | "updated" | "unchanged" | "closed" | "none";

const Issue = z.object({
  number: z.int().positive(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
  pull_request: z.unknown().optional(),
});

const ownMarker = (stack: string): string => `<!-- fleet-drift ${stack} -->\n`;

/** Times that it is looked again whether an issue has come to be. */
const mostLooks = 4;

/**
 * Opens, brings up to date or closes the issue of a stack.
 *
 * @param user Whose issues may be changed.
 * @throws ForgeFault
 */
export async function raiseAlarm(
  forge: Forge,
  { report, stack, user }: { report: Report; stack: string; user: string },
): Promise<Alarmed> {
  for (let look = 1; ; look += 1) {
    try {
      return await raiseOnce(forge, report, stack, user);
    } catch (error) {
      if (!(error instanceof UncertainFault) || look === mostLooks) {
        throw error;
      }
    }
  }
}

async function raiseOnce(
  forge: Forge,
  report: Report,
  stack: string,
  user: string,
): Promise<Alarmed> {
  const marker = ownMarker(stack);
  const open = await openIssue(forge, marker, user);
  if (report.verdict.exitCode === 0) {
    if (open === undefined) {
      return "none";
    }
    await forge.change("PATCH", `issues/${open.number}`, {
      ...{ state: "closed", state_reason: "completed", body: marker + renderMarkdown(report) },
    });
    return "closed";
  }
  const body = marker + renderMarkdown(report);
  const title = `${stack} is not what the program made it`;
  if (open === undefined) {
    await forge.change("POST", "issues", { title, body });
    return "opened";
  }
  // The second line holds a digest of all that it says but the time.
  if (secondLine(open.body ?? "") === secondLine(body)) {
    return "unchanged";
  }
  await forge.change("PATCH", `issues/${open.number}`, { body });
  return "updated";
}

async function openIssue(
  forge: Forge,
  marker: string,
  user: string,
): Promise<z.infer<typeof Issue> | undefined> {
  const query = new URLSearchParams({ state: "open", creator: user });
  for await (const entry of forge.list(`issues?${query.toString()}`)) {
    const parsed = Issue.safeParse(entry);
    if (!parsed.success) {
      throw new ForgeFault("an issue has another form than the forge documents");
    }
    const { body, pull_request: pull, user: author } = parsed.data;
    const isOwn = author?.login === user && pull === undefined;
    if (isOwn && (body ?? "").replaceAll("\r\n", "\n").startsWith(marker)) {
      return parsed.data;
    }
  }
  return undefined;
}

const secondLine = (text: string): string => text.split(/\r?\n/)[1] ?? "";
