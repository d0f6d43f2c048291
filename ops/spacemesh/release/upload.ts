/**
 * An upload that goes on where a broken connection ended. Source: cloud.google.com/storage/docs/resumable-uploads,
 * «Performing resumable uploads».
 */
import type { FileHandle } from "node:fs/promises";

import { reason } from "../../unanswered.ts";
import {
  isPassing,
  type ObjectName,
  readResource,
  refusal,
  type StoredObject,
  StorageFault,
} from "./storage-answers.ts";
import type { StorageRequests } from "./storage-requests.ts";

/** What is written where. */
export interface UploadArgs {
  readonly object: ObjectName;
  readonly file: FileHandle;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes that are sent at a time. */
  readonly chunk: number;
}

/** What the storage says of a piece. */
interface PieceAnswer {
  readonly status: number;
  readonly range: string | null;
  readonly text: string;
}

/**
 * Begins an upload; its address lets in whoever has it, so nobody is told.
 *
 * @param over The version that it takes the place of; undefined where there must be none.
 */
export async function startUpload(
  requests: StorageRequests,
  { object, size }: UploadArgs,
  { metadata, over }: { over: StoredObject | undefined; metadata: object },
): Promise<string> {
  const query = new URLSearchParams({
    ...{ uploadType: "resumable", name: object.name },
    ifGenerationMatch: over?.generation ?? "0",
  });
  const url = `${requests.api}/upload/storage/v1/b/${encodeURIComponent(object.bucket)}/o?${query.toString()}`;
  const response = await requests.ask(object, "write", url, {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-upload-content-type": "application/zip",
      "x-upload-content-length": `${size}`,
    },
    body: JSON.stringify({ contentType: "application/zip", metadata }),
  });
  await requests.textOf(object, "write", response);
  const session = URL.parse(response.headers.get("location") ?? "");
  if (session === null || session.origin !== new URL(requests.api).origin) {
    throw new StorageFault("the storage's upload address is on another server: nothing was sent");
  }
  return session.href;
}

/** Sends what is missing, piece by piece; undefined where the storage knows the upload no longer. */
export async function sendFile(
  requests: StorageRequests,
  session: string,
  args: UploadArgs,
): Promise<StoredObject | undefined> {
  const { object, size } = args;
  // Unknown after a failure: it is asked how much has arrived.
  let had: number | undefined = 0;
  for (let tries = 0; ;) {
    const answer = await sendPiece(requests, session, args, had);
    if (typeof answer === "string" || isPassing(answer.status)) {
      tries += 1;
      const why = typeof answer === "string" ? answer : `answers ${answer.status}`;
      await requests.pause(object, tries, { why });
      had = undefined;
      continue;
    }
    if (answer.status !== 308) {
      return ended(object, answer);
    }
    const arrived = arrivedBytes(answer.range, size);
    if (had !== undefined && arrived <= had) {
      tries += 1;
      await requests.pause(object, tries, { why: "took nothing of what was sent" });
    } else if (had !== undefined) {
      tries = 0;
    }
    had = arrived;
  }
}

/** What is stored when nothing is missing; undefined where the storage knows the upload no longer. */
function ended(object: ObjectName, { status, text }: PieceAnswer): StoredObject | undefined {
  if (status === 404 || status === 410) {
    return undefined;
  }
  if (status !== 200 && status !== 201) {
    throw refusal(object, "write", status, text);
  }
  return readResource(object, text);
}

/** One piece, or the question how much has arrived; a text says why there is no answer. */
async function sendPiece(
  { timeout }: StorageRequests,
  session: string,
  { file, size, chunk }: UploadArgs,
  had: number | undefined,
): Promise<PieceAnswer | string> {
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
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    return { status: response.status, range: response.headers.get("range"), text };
  } catch (error) {
    return reason(error);
  }
}

/** Bytes that have arrived, by `Range: bytes=0-<last>`; nothing has where it says nothing. */
function arrivedBytes(range: string | null, size: number): number {
  const last = /^bytes=0-(\d+)$/.exec(range ?? "")?.[1];
  return last === undefined ? 0 : Math.min(Number(last) + 1, size);
}
