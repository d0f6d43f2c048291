/**
 * Objects of Cloud Storage through its JSON API: looked up, read and written, each write under the condition
 * that the object is still the one that was looked at. An upload goes on where a broken connection ended; an
 * object is there as a whole or not at all. Sources: cloud.google.com/storage/docs/json_api,
 * «Resumable uploads», «Request preconditions» and «Retry strategy».
 */
import { createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { reason } from "../../unanswered.ts";
import { crc32cOfFile } from "./crc32c.ts";
import {
  type ObjectName,
  placeOf,
  readResource,
  refusal,
  type StoredObject,
  StorageFault,
} from "./storage-answers.ts";
import { mostTries, type StorageOptions, StorageRequests } from "./storage-requests.ts";
import { sendFile, startUpload } from "./upload.ts";

/** Address of an object for everybody. */
export const publicUrl = ({ bucket, name }: ObjectName): string =>
  `https://storage.googleapis.com/${bucket}/${name}`;

/** Cloud Storage. */
export class Storage {
  readonly #requests: StorageRequests;
  readonly #chunk: number;

  /** @throws StorageFault where the address is none that a token may go to. */
  constructor(options: StorageOptions) {
    this.#requests = new StorageRequests(options);
    this.#chunk = options.chunk ?? 8 * 2 ** 20;
  }

  /** What is there now; undefined for nothing. @throws StorageFault */
  async look(object: ObjectName): Promise<StoredObject | undefined> {
    const response = await this.#requests.ask(object, "read", this.#requests.objectUrl(object, ""));
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    return readResource(object, await this.#requests.textOf(object, "read", response));
  }

  /**
   * A small object's text.
   *
   * @throws StorageFault where it is not there, or larger than a mebibyte.
   */
  async text(object: ObjectName): Promise<string> {
    const found = await this.look(object);
    if (found === undefined) {
      throw new StorageFault(`${placeOf(object)} is not there`);
    }
    if (found.size > 2 ** 20) {
      throw new StorageFault(`${placeOf(object)} is larger than 1 MiB`);
    }
    const url = this.#requests.objectUrl(object, `?alt=media&generation=${found.generation}`);
    const response = await this.#requests.ask(object, "read", url);
    return this.#requests.textOf(object, "read", response);
  }

  /**
   * Reads one version of an object into a file, on and on where the connection breaks.
   *
   * @throws StorageFault where it fails, or what came is not what the storage says it holds.
   */
  async download(object: ObjectName, found: StoredObject, path: string): Promise<void> {
    const url = this.#requests.objectUrl(object, `?alt=media&generation=${found.generation}`);
    for (let tries = 0, had = 0; had < found.size;) {
      const flags = had === 0 ? "w" : "a";
      try {
        const rest = had === 0 ? {} : { headers: { range: `bytes=${had}-` } };
        const response = await this.#requests.ask(object, "read", url, rest);
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
        await this.#requests.pause(object, tries, {
          why: `the connection broke (${reason(error)})`,
        });
        continue;
      }
      had = (await stat(path)).size;
      tries += 1;
      if (had < found.size && tries >= mostTries) {
        throw new StorageFault(`${placeOf(object)} ends before its end`);
      }
    }
    if ((await crc32cOfFile(path)) !== found.crc32c) {
      throw new StorageFault(
        `${placeOf(object)}: what came is not what the storage says it holds: run it again`,
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
        const args = { object, file, size, chunk: this.#chunk };
        const session = await startUpload(this.#requests, args, given);
        const stored = await sendFile(this.#requests, session, args);
        if (stored !== undefined) {
          if (stored.crc32c !== expected || stored.size !== size) {
            throw new StorageFault(
              `${placeOf(object)}: the storage holds something else than what was sent: run it again`,
            );
          }
          return stored;
        }
        if (starts === mostTries) {
          throw new StorageFault(
            `${placeOf(object)}: the storage forgot the upload ${starts} times`,
          );
        }
      }
    } finally {
      await file.close();
    }
  }
}
