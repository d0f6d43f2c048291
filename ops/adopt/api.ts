/** A cloud's API, read only: page by page, at the pace that it allows. Its token is in no message. */
import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { CommandError } from "../command.ts";

const Thing = z.looseObject({ id: z.union([z.number(), z.string()]).optional() });
/** Something that an API lists. */
export type Thing = z.infer<typeof Thing>;

/** What an API says of a page. */
export interface Page {
  readonly things: readonly Thing[];
  /** How many there are. */
  readonly pages: number;
}

/** How an API is asked, and how it answers. */
export interface ApiTerms {
  readonly name: string;
  readonly url: string;
  readonly token: string | undefined;
  /** Variable that holds the token. */
  readonly variable: string;
  /** Query of a page. */
  readonly query: (page: number) => string;
  /** Throws for an answer of another shape. */
  readonly read: (answer: unknown) => Page;
  /** Seconds before the first of the attempts that follow a busy answer without a word when to come again; doubled each time. */
  readonly pause?: number;
}

const LinodePage = z.looseObject({ data: z.array(Thing), pages: z.number() });

/** Linode's terms. Most that a page holds: 500 (techdocs.akamai.com/linode-api, pagination). */
export const linodeTerms = {
  query: (page: number) => `page=${page}&page_size=500`,
  read: (answer: unknown): Page => {
    const { data, pages } = LinodePage.parse(answer);
    return { things: data, pages };
  },
} as const;

const CloudflarePage = z.looseObject({
  result: z.array(Thing),
  result_info: z.looseObject({ total_pages: z.number() }),
});

/** Cloudflare's. */
export const cloudflareTerms = {
  query: (page: number) => `page=${page}&per_page=100`,
  read: (answer: unknown): Page => {
    const { result, result_info: info } = CloudflarePage.parse(answer);
    return { things: result, pages: info.total_pages };
  },
} as const;

const attempts = 5;
/** Longer waits than this are for a person to decide on. */
const longestWait = 60;

/** An API that answers page by page. */
export class Api {
  readonly #terms: ApiTerms;

  constructor(terms: ApiTerms) {
    this.#terms = terms;
  }

  /**
   * All things of a list.
   *
   * @throws CommandError where the API cannot be asked, refuses, or answers what is no list.
   */
  async all(path: string): Promise<readonly Thing[]> {
    const { query, read, name } = this.#terms;
    const things: Thing[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await this.get(`${path}?${query(page)}`);
      try {
        const { things: more, pages: count } = read(answer);
        things.push(...more);
        pages = count;
      } catch {
        throw new CommandError(`${name} answers ${path} with what is no list`);
      }
    }
    return things;
  }

  /**
   * One answer. An API that is busy is asked again, when it says.
   *
   * @throws CommandError where the API cannot be asked, or refuses.
   */
  async get(path: string): Promise<unknown> {
    const { name, variable } = this.#terms;
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#ask(path);
      const { ok, status } = response;
      if (ok) {
        return response.json().catch(() => {
          throw new CommandError(
            `${name} answers ${path.split("?")[0] ?? ""} with what is no JSON`,
          );
        });
      }
      const isBusy = status === 429 || status >= 500;
      const wait = this.#waitOf(response, attempt);
      if (!isBusy || attempt === attempts || wait > longestWait) {
        const refused = status === 401 || status === 403;
        throw new CommandError(
          `${name} answers ${status} to ${path.split("?")[0] ?? ""}${
            refused ? `: ${variable} may not read it` : isBusy ? ": ask again later" : ""
          }`,
        );
      }
      await sleep(wait * 1000);
    }
  }

  async #ask(path: string): Promise<Response> {
    const { name, url, token, variable } = this.#terms;
    if (token === undefined) {
      throw new CommandError(`${variable} is not set: adopt asks ${name} what there is`);
    }
    try {
      return await fetch(`${url}/${path}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(20_000),
      });
    } catch {
      // Its own words may repeat the header, where the token is malformed.
      throw new CommandError(`${name} cannot be reached at ${new URL(url).host}`);
    }
  }

  /** Seconds. `Retry-After` is a number of them, or a date. */
  #waitOf({ headers }: Response, attempt: number): number {
    const told = headers.get("retry-after");
    const pause = (this.#terms.pause ?? 1) * 2 ** (attempt - 1);
    if (told === null) {
      return pause;
    }
    const seconds = Number(told);
    const left = Number.isNaN(seconds) ? (Date.parse(told) - Date.now()) / 1000 : seconds;
    return Number.isNaN(left) ? pause : Math.max(left, 0);
  }
}
