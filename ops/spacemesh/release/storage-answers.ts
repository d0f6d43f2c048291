/** What Cloud Storage answers, and what is said of it. */
import * as z from "zod";

import { CommandError } from "../../command.ts";

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

/** Where an object is, as its owners write it. */
export const placeOf = ({ bucket, name }: ObjectName): string => `gs://${bucket}/${name}`;

const Resource = z.object({
  generation: z.string().regex(/^\d+$/),
  size: z.string().regex(/^\d+$/),
  crc32c: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
});

/** Whether an answer is a failure that passes. */
export const isPassing = (status: number): boolean =>
  status === 408 || status === 429 || status >= 500;

/**
 * Reads what the storage tells of an object.
 *
 * @throws StorageFault where it has another form than is documented.
 */
export function readResource(object: ObjectName, text: string): StoredObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = Resource.safeParse(value);
  if (!parsed.success) {
    throw new StorageFault(
      `${placeOf(object)}: the storage's answer has another form than it documents`,
    );
  }
  return { ...parsed.data, size: Number(parsed.data.size) };
}

/** What a refusal means, and what would mend it. */
export function refusal(
  object: ObjectName,
  how: "read" | "write",
  status: number,
  text: string,
): StorageFault {
  const what = placeOf(object);
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

/** The storage's own words, as far as a terminal may show them. */
function said(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    const message = typeof error?.message === "string" ? error.message : "";
    return message === "" ? "" : `: ${message.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200)}`;
  } catch {
    return "";
  }
}
