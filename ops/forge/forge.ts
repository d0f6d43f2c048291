/**
 * The forge's REST API as far as the pipelines need it: pages of a list, and changes that are sent once.
 *
 * What fails for a while is tried again: no answer, a status from 500, and a limit of how often it may be
 * asked, as long as it says. What may have been done is not simply sent again: see {@link UncertainFault}.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { visible } from "../../review/render/visible.ts";
import { reason } from "../unanswered.ts";
import { ForgeFault, UncertainFault } from "./fault.ts";
import { type Answered, failureWait, isLimited, limitWait } from "./waits.ts";

/** Where the forge is, and in whose name it is asked. */
export interface ForgeOptions {
  /** Address of the API without a slash at its end: `https://api.github.com`. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  /** Milliseconds that all waits together may take. Default: ten minutes. */
  readonly patience?: number;
  /** Milliseconds that one answer may take. Default: half a minute. */
  readonly timeout?: number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  readonly now?: () => number;
  /** Told what is waited for. */
  readonly say?: (line: string) => void;
}

/** How a change is asked for. */
export type ChangeMethod = "POST" | "PATCH" | "DELETE";

/** Tries of a request that fails; limits have their own, by patience. */
const mostTries = 5;

/** Pages of a list: 100 entries each. A list that is longer does not end. */
const mostPages = 500;

interface Asked {
  readonly method: "GET" | ChangeMethod;
  readonly url: string;
  readonly body?: unknown;
}

/** One repository of a forge. */
export class Forge {
  readonly repository: string;
  readonly #options: ForgeOptions;
  #waited = 0;

  /** @throws ForgeFault where the address or the name of the repository is none. */
  constructor(options: ForgeOptions) {
    if (!/^[A-Za-z\d][\w.-]*\/[\w][\w.-]*$/.test(options.repository)) {
      throw new ForgeFault(
        `GITHUB_REPOSITORY must be owner/name (it is ${JSON.stringify(options.repository)})`,
      );
    }
    const url = URL.parse(options.api);
    const isLoopback =
      url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    if (url === null || (url.protocol !== "https:" && !isLoopback)) {
      throw new ForgeFault(
        `GITHUB_API_URL must begin with https:// (it is ${JSON.stringify(options.api)}): a token goes there`,
      );
    }
    this.repository = options.repository;
    this.#options = options;
  }

  /** One thing. @throws ForgeFault */
  async get(path: string): Promise<unknown> {
    return parse(await this.#ask({ method: "GET", url: this.#url(path) }), path);
  }

  /**
   * Every entry of a list, over all its pages.
   *
   * @param entries What a page holds, where it is no array itself.
   * @throws ForgeFault
   */
  async *list(path: string, entries: (page: unknown) => unknown = (page) => page): AsyncGenerator {
    let url: string | undefined = this.#url(`${path}${path.includes("?") ? "&" : "?"}per_page=100`);
    for (let page = 0; url !== undefined; page += 1) {
      if (page === mostPages) {
        throw new ForgeFault(`${path}: the list did not end after ${mostPages} pages`);
      }
      const answer: Answered = await this.#ask({ method: "GET", url });
      const list = entries(parse(answer, path));
      if (!Array.isArray(list)) {
        throw new ForgeFault(`${path}: the forge's answer is no list`);
      }
      yield* list;
      url = this.#next(answer.headers.get("link"));
    }
  }

  /**
   * A change.
   *
   * @throws UncertainFault where a POST had no answer, or a failure of the forge's own: it may have been done.
   * @throws ForgeFault
   */
  async change(method: ChangeMethod, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.#ask({ method, url: this.#url(path), body });
    return answer.text === "" ? undefined : parse(answer, path);
  }

  #url(path: string): string {
    return `${this.#options.api.replace(/\/+$/, "")}/repos/${this.repository}/${path}`;
  }

  /** The next page, by RFC 8288. The token goes to the forge alone. */
  #next(link: string | null): string | undefined {
    const next = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? "")?.[1];
    if (next === undefined) {
      return undefined;
    }
    if (URL.parse(next)?.origin !== new URL(this.#options.api).origin) {
      throw new ForgeFault("the forge's next page is on another server: it is not asked");
    }
    return next;
  }

  /** A successful answer. */
  async #ask(asked: Asked): Promise<Answered> {
    const now = this.#options.now ?? Date.now;
    for (let tries = 0, limits = 0; ;) {
      const answer = await this.#send(asked);
      if (!(answer instanceof ForgeFault)) {
        if (answer.status >= 200 && answer.status < 300) {
          return answer;
        }
        if (isLimited(answer)) {
          await this.#pause(limitWait(answer, limits, now()), "limits how often it may be asked");
          limits += 1;
          continue;
        }
      }
      const isPassing =
        answer instanceof ForgeFault || answer.status >= 500 || answer.status === 408;
      if (!isPassing) {
        throw refusal(asked, answer, this.repository);
      }
      tries += 1;
      const fault = answer instanceof ForgeFault ? answer : refusal(asked, answer, this.repository);
      if (tries >= mostTries) {
        throw fault;
      }
      const headers = answer instanceof ForgeFault ? undefined : answer.headers;
      await this.#pause(failureWait(headers, tries - 1, now()), `fails (${fault.message})`);
      if (asked.method === "POST") {
        throw new UncertainFault(fault.message, fault.status);
      }
    }
  }

  async #send({ body, method, url }: Asked): Promise<Answered | ForgeFault> {
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.#options.token}`,
          "user-agent": "fleet",
          "x-github-api-version": "2022-11-28",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect would take the token elsewhere.
        redirect: "manual",
        signal: AbortSignal.timeout(this.#options.timeout ?? 30_000),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      return new ForgeFault(`${new URL(url).host} does not answer (${reason(error)})`);
    }
  }

  async #pause(milliseconds: number, why: string): Promise<void> {
    const { patience = 600_000, say, wait = sleep } = this.#options;
    if (this.#waited + milliseconds > patience) {
      const left = Math.round((patience - this.#waited) / 1000);
      throw new ForgeFault(
        `the forge ${why}: it wants ${Math.ceil(milliseconds / 1000)} s, and ${left} s are left of our patience; run it again later`,
      );
    }
    this.#waited += milliseconds;
    say?.(`the forge: ${why}; waiting ${Math.ceil(milliseconds / 1000)} s`);
    await wait(milliseconds);
  }
}

function parse({ text }: Answered, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ForgeFault(`${path}: the forge's answer is no JSON`);
  }
}

function refusal(
  { method, url }: Asked,
  { status, text }: Answered,
  repository: string,
): ForgeFault {
  const what = `${method} ${new URL(url).pathname}`;
  const said = visible(messageOf(text)).slice(0, 300);
  return new ForgeFault(
    `${what}: ${status}${said === "" ? "" : ` ${said}`}${hint(status, repository)}`,
    status,
  );
}

/** What the forge says of a refusal. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    // A proxy's page is no message.
    return "";
  }
}

function hint(status: number, repository: string): string {
  switch (status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return `; has ${repository} moved? The token goes to no other address`;
    case 401:
      return "; the token is none, or is over";
    case 403:
      return "; the token lacks a right (the job's permissions), or the conversation is locked";
    case 404:
      return `; it is not there, or the token may not read ${repository}`;
    default:
      return status >= 500 ? "; a failure of the forge's own: see its status page" : "";
  }
}
