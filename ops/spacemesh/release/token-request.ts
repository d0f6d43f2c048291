/** One question to a service that gives out tokens. No token, and nothing of what is sent, is part of a message. */
import type * as z from "zod";

import { CommandError } from "../../command.ts";
import { reason } from "../../unanswered.ts";

/** What is asked, and how the answer must look. */
export interface TokenQuestion<Answer> {
  readonly url: string;
  /** Field of the log-in's file that the address stands in. */
  readonly field: string;
  readonly init: Omit<RequestInit, "redirect" | "signal">;
  readonly answer: z.ZodType<Answer>;
  /** Whether the answer is looked at as it comes. Default: it is JSON. */
  readonly isText?: boolean;
  /** What a refusal may come of. */
  readonly hint: string;
}

/**
 * Asks.
 *
 * @throws CommandError where nobody answers, or refuses, or says something else.
 */
export async function askForToken<Answer>({
  url,
  field,
  init,
  answer,
  isText = false,
  hint,
}: TokenQuestion<Answer>): Promise<Answer> {
  const { host } = safeUrl(url, field);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
    });
    text = await response.text();
  } catch (error) {
    throw new CommandError(`${host} gives no token (${reason(error)})`);
  }
  const given = answer.safeParse(isText ? text : jsonOf(text));
  if (!response.ok || !given.success) {
    throw new CommandError(
      `${host} refuses the log-in of GOOGLE_APPLICATION_CREDENTIALS (${response.status}): ${hint}`,
    );
  }
  return given.data;
}

/** An address to which a secret may be sent. */
export function safeUrl(text: string, field: string): URL {
  const url = URL.parse(text);
  const isLoopback = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url === null || (url.protocol !== "https:" && !isLoopback)) {
    throw new CommandError(
      `GOOGLE_APPLICATION_CREDENTIALS: the file's ${field} must begin with https://`,
    );
  }
  return url;
}

/** What a text says; undefined where it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
