/**
 * Objects of Cloud Storage through its JSON API: looked up, read and written, each write under the condition
 * that the object is still the one that was looked at. An upload goes on where a broken connection ended; an
 * object is there as a whole or not at all. Sources: cloud.google.com/storage/docs/json_api,
 * «Resumable uploads», «Request preconditions» and «Retry strategy».
 */
import { createWriteStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { CommandError } from "../../command.ts";
import { failureWait } from "../../forge/waits.ts";
import { reason } from "../../unanswered.ts";
import { crc32cOfFile } from "./crc32c.ts";
import type { GoogleToken } from "./google-token.ts";

/** One version of an object. */
export interface StoredObject {
  /** Changes whenever the object is written. */
  readonly generation: string;
  /** Bytes. */
  readonly size: number;
  /** Base64 of its CRC-32C. */
  readonly crc32c: string;
  /** What its writer noted. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where an object is, or is to be. */
export interface ObjectName {
  readonly bucket: string;
  readonly name: string;
}

/** A refusal or a failure of the storage's. Its text holds no token. */
export class StorageFault extends CommandError {}

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

const Resource = z.object({
  generation: z.string().regex(/^\d+$/),
  size: z.string().regex(/^\d+$/),
  crc32c: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
});

/** Failures in a row without progress after which it gives up. */
const mostTries = 5;

/** Address of an object for everybody. */
export const publicUrl = ({ bucket, name }: ObjectName): string =>
  `https://storage.googleapis.com/${bucket}/${name}`;

/** Cloud Storage. */
export class Storage {
  readonly #options: StorageOptions;
  readonly #api: string;

  /** @throws StorageFault where the address is none that a token may go to. */
  constructor(options: StorageOptions) {
    this.#options = options;
    this.#api = (options.api ?? "https://storage.googleapis.com").replace(/\/+$/, "");
    const url = URL.parse(this.#api);
    const isLoopback =
      url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    if (url === null || (url.protocol !== "https:" && !isLoopback)) {
      throw new StorageFault(`STORAGE_EMULATOR_HOST must be a server of this machine's`);
    }
  }

  /** What is there now; undefined for nothing. @throws StorageFault */
  async look(object: ObjectName): Promise<StoredObject | undefined> {
    const response = await this.#ask(object, "read", this.#objectUrl(object, ""), {});
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    return readResource(object, await this.#success(object, "read", response));
  }

  /**
   * A small object's text.
   *
   * @throws StorageFault where it is not there, or larger than a mebibyte.
   */
  async text(object: ObjectName): Promise<string> {
    const found = await this.look(object);
    if (found === undefined) {
      throw new StorageFault(`gs://${object.bucket}/${object.name} is not there`);
    }
    if (found.size > 2 ** 20) {
      throw new StorageFault(`gs://${object.bucket}/${object.name} is larger than 1 MiB`);
    }
    const url = this.#objectUrl(object, `?alt=media&generation=${found.generation}`);
    const response = await this.#ask(object, "read", url, {});
    return this.#success(object, "read", response);
  }

  /**
   * Reads one version of an object into a file, on and on where the connection breaks.
   *
   * @throws StorageFault where it fails, or what came is not what the storage says it holds.
   */
  async download(object: ObjectName, found: StoredObject, path: string): Promise<void> {
    const url = this.#objectUrl(object, `?alt=media&generation=${found.generation}`);
    for (let tries = 0, had = 0; had < found.size;) {
      const flags = had === 0 ? "w" : "a";
      try {
        const headers = had === 0 ? undefined : { range: `bytes=${had}-` };
        const response = await this.#ask(
          object,
          "read",
          url,
          headers === undefined ? {} : { headers },
        );
        if (response.status !== (had === 0 ? 200 : 206) || response.body === null) {
          throw refusal(object, "read", response.status, await response.text());
        }
        await pipeline(Readable.fromWeb(response.body), createWriteStream(path, { flags }));
      } catch (error) {
        if (error instanceof StorageFault) {
          throw error;
        }
        const now = (await stat(path).catch(() => ({ size: 0 }))).size;
        tries = now > had ? 1 : tries + 1;
        had = now;
        await this.#pause(object, tries, `the connection broke (${reason(error)})`);
        continue;
      }
      had = (await stat(path)).size;
      tries += 1;
      if (had < found.size && tries >= mostTries) {
        throw new StorageFault(`gs://${object.bucket}/${object.name} ends before its end`);
      }
    }
    if ((await crc32cOfFile(path)) !== found.crc32c) {
      throw new StorageFault(
        `gs://${object.bucket}/${object.name}: what came is not what the storage says it holds: run it again`,
      );
    }
  }

  /**
   * Writes a file as an object.
   *
   * @param over The version that it takes the place of; undefined where there must be none.
   * @throws StorageFault where somebody else has written it meanwhile, too.
   */
  async upload(
    object: ObjectName,
    path: string,
    given: { over: StoredObject | undefined; metadata: Readonly<Record<string, string>> },
  ): Promise<StoredObject> {
    const expected = await crc32cOfFile(path);
    const file = await open(path);
    try {
      const { size } = await file.stat();
      for (let starts = 1; ; starts += 1) {
        const session = await this.#start(object, size, given);
        const stored = await this.#send(object, session, file, size);
        if (stored !== undefined) {
          if (stored.crc32c !== expected || stored.size !== size) {
            throw new StorageFault(
              `gs://${object.bucket}/${object.name}: the storage holds something else than what was sent: run it again`,
            );
          }
          return stored;
        }
        if (starts === mostTries) {
          throw new StorageFault(
            `gs://${object.bucket}/${object.name}: the storage forgot the upload ${starts} times`,
          );
        }
      }
    } finally {
      await file.close();
    }
  }

  /** Begins an upload; its address lets in whoever has it, so nobody is told. */
  async #start(
    object: ObjectName,
    size: number,
    { metadata, over }: { over: StoredObject | undefined; metadata: object },
  ): Promise<string> {
    const query = new URLSearchParams({
      ...{ uploadType: "resumable", name: object.name },
      ifGenerationMatch: over?.generation ?? "0",
    });
    const url = `${this.#api}/upload/storage/v1/b/${encodeURIComponent(object.bucket)}/o?${query.toString()}`;
    const response = await this.#ask(object, "write", url, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "x-upload-content-type": "application/zip",
        "x-upload-content-length": `${size}`,
      },
      body: JSON.stringify({ contentType: "application/zip", metadata }),
    });
    await this.#success(object, "write", response);
    const session = URL.parse(response.headers.get("location") ?? "");
    if (session === null || session.origin !== new URL(this.#api).origin) {
      throw new StorageFault("the storage's upload address is on another server: nothing was sent");
    }
    return session.href;
  }

  /** Sends what is missing, piece by piece; undefined where the storage knows the upload no longer. */
  async #send(
    object: ObjectName,
    session: string,
    file: FileHandle,
    size: number,
  ): Promise<StoredObject | undefined> {
    const chunk = this.#options.chunk ?? 8 * 2 ** 20;
    // Unknown after a failure: it is asked how much has arrived.
    let had: number | undefined = 0;
    for (let tries = 0; ;) {
      const answer = await this.#put(session, file, { size, chunk, had });
      if (typeof answer === "string" || isPassing(answer.status)) {
        tries += 1;
        const why = typeof answer === "string" ? answer : `answers ${answer.status}`;
        await this.#pause(object, tries, why);
        had = undefined;
        continue;
      }
      if (answer.status === 404 || answer.status === 410) {
        return undefined;
      }
      if (answer.status !== 308) {
        if (answer.status !== 200 && answer.status !== 201) {
          throw refusal(object, "write", answer.status, answer.text);
        }
        return readResource(object, answer.text);
      }
      const arrived = arrivedBytes(answer.range, size);
      if (had !== undefined && arrived <= had) {
        tries += 1;
        await this.#pause(object, tries, "took nothing of what was sent");
      } else if (had !== undefined) {
        tries = 0;
      }
      had = arrived;
    }
  }

  /** One piece, or the question how much has arrived; a text says why there is no answer. */
  async #put(
    session: string,
    file: FileHandle,
    { chunk, had, size }: { chunk: number; had: number | undefined; size: number },
  ): Promise<{ status: number; range: string | null; text: string } | string> {
    const length = had === undefined ? 0 : Math.min(chunk, size - had);
    const bytes = Buffer.alloc(length);
    if (had !== undefined) {
      const { bytesRead } = await file.read(bytes, 0, length, had);
      if (bytesRead < length) {
        throw new StorageFault("the file that is uploaded has become shorter meanwhile");
      }
    }
    const range =
      had === undefined || length === 0
        ? `bytes */${size}`
        : `bytes ${had}-${had + length - 1}/${size}`;
    try {
      const response = await fetch(session, {
        method: "PUT",
        headers: { "content-range": range },
        body: bytes,
        redirect: "manual",
        signal: AbortSignal.timeout(this.#options.timeout ?? 120_000),
      });
      const text = await response.text();
      return { status: response.status, range: response.headers.get("range"), text };
    } catch (error) {
      return reason(error);
    }
  }

  /** An answer that is no failure which passes. A question may be asked again: it changes nothing. */
  async #ask(
    object: ObjectName,
    how: "read" | "write",
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      let why: string;
      try {
        const response = await fetch(url, {
          ...init,
          headers: { ...init.headers, authorization: `Bearer ${await this.#options.token()}` },
          // A redirect would take the token elsewhere.
          redirect: "manual",
          signal: AbortSignal.timeout(this.#options.timeout ?? 120_000),
        });
        if (!isPassing(response.status)) {
          return response;
        }
        why = `answers ${response.status}`;
        const wait = response.headers;
        await response.body?.cancel();
        await this.#pause(object, tries, why, wait);
        continue;
      } catch (error) {
        if (error instanceof CommandError) {
          throw error;
        }
        why = reason(error);
      }
      await this.#pause(
        object,
        tries,
        `${how === "read" ? "does not answer" : "takes nothing"} (${why})`,
      );
    }
  }

  async #success(object: ObjectName, how: "read" | "write", response: Response): Promise<string> {
    const text = await response.text();
    if (response.status < 200 || response.status > 299) {
      throw refusal(object, how, response.status, text);
    }
    return text;
  }

  async #pause(object: ObjectName, tries: number, why: string, headers?: Headers): Promise<void> {
    if (tries >= mostTries) {
      throw new StorageFault(
        `gs://${object.bucket}/${object.name}: the storage ${why}, ${tries} times: run it again later`,
      );
    }
    const { now = Date.now, say, wait = sleep } = this.#options;
    const milliseconds = Math.min(failureWait(headers, tries - 1, now()), 60_000);
    say?.(
      `gs://${object.bucket}/${object.name}: ${why}; waiting ${Math.ceil(milliseconds / 1000)} s`,
    );
    await wait(milliseconds);
  }

  #objectUrl({ bucket, name }: ObjectName, query: string): string {
    const [inBucket, inPath] = [bucket, name].map((part) => encodeURIComponent(part));
    return `${this.#api}/storage/v1/b/${inBucket ?? ""}/o/${inPath ?? ""}${query}`;
  }
}

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Bytes that have arrived, by `Range: bytes=0-<last>`; nothing has where it says nothing. */
function arrivedBytes(range: string | null, size: number): number {
  const last = /^bytes=0-(\d+)$/.exec(range ?? "")?.[1];
  return last === undefined ? 0 : Math.min(Number(last) + 1, size);
}

function readResource(object: ObjectName, text: string): StoredObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = Resource.safeParse(value);
  if (!parsed.success) {
    throw new StorageFault(
      `gs://${object.bucket}/${object.name}: the storage's answer has another form than it documents`,
    );
  }
  return { ...parsed.data, size: Number(parsed.data.size) };
}

function refusal(
  object: ObjectName,
  how: "read" | "write",
  status: number,
  text: string,
): StorageFault {
  const what = `gs://${object.bucket}/${object.name}`;
  switch (status) {
    case 401:
      return new StorageFault(`${what}: the log-in is none, or is over (401)`);
    case 403:
      return new StorageFault(
        `${what}: the log-in may not ${how} it (403): it needs the role roles/storage.object${how === "read" ? "Viewer" : "User"} there`,
      );
    case 404:
      return new StorageFault(
        `${what}: there is no such ${how === "read" ? "object" : "bucket"} (404)`,
      );
    case 412:
      return new StorageFault(
        `${what}: somebody else has written it meanwhile (412), and it was not touched: run it again`,
      );
    default:
      return new StorageFault(`${what}: the storage answers ${status}${said(text)}`);
  }
}

function said(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    const message = typeof error?.message === "string" ? error.message : "";
    return message === "" ? "" : `: ${message.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200)}`;
  } catch {
    return "";
  }
}
