/** Cloud Storage's API, asked with patience: a failure that passes is waited for. */
import { setTimeout as sleep } from "node:timers/promises";

import { CommandError } from "../../command.ts";
import { failureWait } from "../../forge/waits.ts";
import { reason } from "../../unanswered.ts";
import type { GoogleToken } from "./google-token.ts";
import { isPassing, type ObjectName, placeOf, refusal, StorageFault } from "./storage-answers.ts";

/** How the storage is asked. */
export interface StorageOptions {
  readonly token: GoogleToken;
  /** Address without a slash at its end. Default: Google's. Tests give a server of their own. */
  readonly api?: string;
  /** Bytes that are sent at a time, a multiple of 256 KiB. Default: 8 MiB. */
  readonly chunk?: number;
  /** Milliseconds without a byte after which a connection counts as broken. Default: two minutes. */
  readonly timeout?: number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  readonly now?: () => number;
  readonly say?: (line: string) => void;
}

/** Failures in a row without progress after which it gives up. */
export const mostTries = 5;

/** What is asked for: to read an object, or to write it. */
export type Access = "read" | "write";

/** A request, as `fetch` takes it. */
interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Why there is no answer that counts, and what the storage says of when to ask again. */
interface Failure {
  readonly why: string;
  readonly headers?: Headers;
}

/** The storage's API. */
export class StorageRequests {
  readonly api: string;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly timeout: number;
  readonly #options: StorageOptions;

  /** @throws StorageFault where the address is none that a token may go to. */
  constructor(options: StorageOptions) {
    this.#options = options;
    this.timeout = options.timeout ?? 120_000;
    this.api = (options.api ?? "https://storage.googleapis.com").replace(/\/+$/, "");
    const url = URL.parse(this.api);
    const isLoopback =
      url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    if (url === null || (url.protocol !== "https:" && !isLoopback)) {
      throw new StorageFault(`STORAGE_EMULATOR_HOST must be a server of this machine's`);
    }
  }

  /** Address of an object, or of what it holds. */
  objectUrl({ bucket, name }: ObjectName, query: string): string {
    const [inBucket, inPath] = [bucket, name].map((part) => encodeURIComponent(part));
    return `${this.api}/storage/v1/b/${inBucket ?? ""}/o/${inPath ?? ""}${query}`;
  }

  /**
   * An answer that is no failure which passes. A question may be asked again: it changes nothing.
   *
   * @throws StorageFault where none comes.
   */
  async ask(
    object: ObjectName,
    access: Access,
    url: string,
    request: Request = {},
  ): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#once(access, url, request);
      if (answer instanceof Response) {
        return answer;
      }
      await this.pause(object, tries, answer);
    }
  }

  async #once(access: Access, url: string, request: Request): Promise<Response | Failure> {
    try {
      const response = await fetch(url, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${await this.#options.token()}` },
        // A redirect would take the token elsewhere.
        redirect: "manual",
        signal: AbortSignal.timeout(this.timeout),
      });
      if (!isPassing(response.status)) {
        return response;
      }
      await response.body?.cancel();
      return { why: `answers ${response.status}`, headers: response.headers };
    } catch (error) {
      if (error instanceof CommandError) {
        throw error;
      }
      const what = access === "read" ? "does not answer" : "takes nothing";
      return { why: `${what} (${reason(error)})` };
    }
  }

  /**
   * Text of an answer.
   *
   * @throws StorageFault where it is a refusal.
   */
  async textOf(object: ObjectName, access: Access, response: Response): Promise<string> {
    const text = await response.text();
    if (response.status < 200 || response.status > 299) {
      throw refusal(object, access, response.status, text);
    }
    return text;
  }

  /**
   * Waits before the next try.
   *
   * @throws StorageFault where there were enough.
   */
  async pause(object: ObjectName, tries: number, { why, headers }: Failure): Promise<void> {
    if (tries >= mostTries) {
      throw new StorageFault(
        `${placeOf(object)}: the storage ${why}, ${tries} times: run it again later`,
      );
    }
    const { now = Date.now, say, wait = sleep } = this.#options;
    const milliseconds = Math.min(failureWait(headers, tries - 1, now()), 60_000);
    say?.(`${placeOf(object)}: ${why}; waiting ${Math.ceil(milliseconds / 1000)} s`);
    await wait(milliseconds);
  }
}
