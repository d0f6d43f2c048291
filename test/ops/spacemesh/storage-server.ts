/**
 * Cloud Storage on this machine: the part of its JSON API that a release uses, as strict as it is documented:
 * log-in, preconditions, generations, uploads in pieces whose last is shorter and whose others are multiples
 * of 256 KiB, and objects that are there as a whole or not at all.
 */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { bodyOf, LocalServer } from "../../local-server.ts";

/** One object. */
export interface HeldObject {
  readonly generation: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Base64 of its CRC-32C. */
  readonly crc32c: string;
}

/** What it does instead; once for each entry. */
export interface StorageMishap {
  /** Beginning of `METHOD /path?query`; of an upload's pieces `PUT <bucket>/<object>`. */
  readonly on: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Breaks the connection, and does nothing. */
  readonly breakOff?: boolean;
  /** Does all it was asked for, and breaks the connection before it says so. */
  readonly loseAnswer?: boolean;
  /** Of a read: breaks the connection after so many bytes. Of a piece: keeps only so many bytes of it. */
  readonly bytes?: number;
  /** Forgets the upload. */
  readonly forget?: boolean;
}

interface Session {
  readonly bucket: string;
  readonly name: string;
  readonly match: string | undefined;
  readonly size: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  bytes: Buffer;
  done?: HeldObject;
}

const quarterMebibyte = 256 * 1024;

/** A storage under test. */
export class StorageServer extends LocalServer {
  /** `<bucket>/<name>` → object. */
  readonly objects = new Map<string, HeldObject>();
  readonly buckets = new Set<string>();
  readonly mishaps: StorageMishap[] = [];
  /** Requests as they came, without the addresses of uploads. */
  readonly asked: string[] = [];
  token = "a-storage-token";
  /** Called before an upload ends: somebody else may write meanwhile. */
  beforeEnd: (() => void) | undefined;
  readonly #sessions = new Map<string, Session>();
  #generations = 1_700_000_000_000_000;

  /** Puts an object there, as somebody else would. */
  put(
    place: string,
    bytes: Buffer | string,
    metadata: Readonly<Record<string, string>> = {},
  ): void {
    const [bucket = ""] = place.split("/");
    this.buckets.add(bucket);
    this.objects.set(place, this.#made(Buffer.from(bytes), "application/zip", metadata));
  }

  /** Pieces that were sent, and uploads that were begun. */
  get writes(): readonly string[] {
    return this.asked.filter((line) => !line.startsWith("GET "));
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? "", this.url);
    const id = url.searchParams.get("upload_id");
    const session = id === null ? undefined : this.#sessions.get(id);
    const line =
      id === null
        ? `${request.method ?? ""} ${url.pathname}${url.search}`
        : `PUT ${session === undefined ? "forgotten" : `${session.bucket}/${session.name}`} ${request.headers["content-range"] ?? ""}`;
    this.asked.push(line);
    const place = this.mishaps.findIndex(({ on }) => line.startsWith(on));
    const [mishap] = place < 0 ? [] : this.mishaps.splice(place, 1);
    if (mishap?.breakOff === true) {
      response.destroy();
      return;
    }
    if (mishap?.forget === true && id !== null) {
      this.#sessions.delete(id);
      this.#refuse(response, 410, "gone");
      return;
    }
    if (mishap?.status !== undefined) {
      this.#refuse(response, mishap.status, "as the test wants it", mishap.headers);
      return;
    }
    // The address of an upload lets in by itself.
    if (id === null && request.headers.authorization !== `Bearer ${this.token}`) {
      this.#refuse(response, 401, "Invalid Credentials");
      return;
    }
    if (id !== null) {
      this.#piece(response, request, session, body, mishap);
    } else if (request.method === "POST") {
      this.#begin(response, request, url, body);
    } else {
      this.#read(response, request, url, mishap);
    }
  }

  #read(
    response: ServerResponse,
    request: IncomingMessage,
    url: URL,
    mishap: StorageMishap | undefined,
  ): void {
    const [, bucket = "", object = ""] =
      /^\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/.exec(url.pathname) ?? [];
    const held = this.objects.get(`${decodeURIComponent(bucket)}/${decodeURIComponent(object)}`);
    const generation = url.searchParams.get("generation");
    if (held === undefined || (generation !== null && generation !== held.generation)) {
      this.#refuse(response, 404, "No such object");
      return;
    }
    if (url.searchParams.get("alt") !== "media") {
      this.#resource(response, 200, held);
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const bytes = held.bytes.subarray(from);
    response.writeHead(from === 0 ? 200 : 206, { "content-length": bytes.length });
    if (mishap?.bytes !== undefined) {
      response.write(bytes.subarray(0, mishap.bytes), () => response.destroy());
      return;
    }
    response.end(bytes);
  }

  #begin(response: ServerResponse, request: IncomingMessage, url: URL, body: Buffer): void {
    const [, bucket = ""] = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname) ?? [];
    const name = url.searchParams.get("name");
    const size = Number(request.headers["x-upload-content-length"] ?? Number.NaN);
    if (url.searchParams.get("uploadType") !== "resumable" || name === null || Number.isNaN(size)) {
      this.#refuse(response, 400, "Required");
      return;
    }
    if (!this.buckets.has(bucket)) {
      this.#refuse(response, 404, "The specified bucket does not exist.");
      return;
    }
    const match = url.searchParams.get("ifGenerationMatch") ?? undefined;
    if (!this.#isMatch(`${bucket}/${name}`, match)) {
      this.#refuse(response, 412, "conditionNotMet");
      return;
    }
    const given = JSON.parse(body.toString("utf8")) as {
      contentType: string;
      metadata?: Record<string, string>;
    };
    const id = randomBytes(12).toString("hex");
    this.#sessions.set(id, {
      ...{ bucket, name, match, size, bytes: Buffer.alloc(0) },
      ...{ contentType: given.contentType, metadata: given.metadata ?? {} },
    });
    response.writeHead(200, {
      location: `${this.url}/upload/storage/v1/b/${bucket}/o?upload_id=${id}`,
    });
    response.end();
  }

  #piece(
    response: ServerResponse,
    request: IncomingMessage,
    session: Session | undefined,
    body: Buffer,
    mishap: StorageMishap | undefined,
  ): void {
    if (session === undefined) {
      this.#refuse(response, 404, "no such upload");
      return;
    }
    const range = request.headers["content-range"] ?? "";
    const [, from, to, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(range) ?? [];
    if (Number(total) !== session.size) {
      this.#refuse(response, 400, `another size: ${range}`);
      return;
    }
    if (session.done !== undefined) {
      this.#resource(response, 200, session.done);
      return;
    }
    if (from !== undefined) {
      const [first, last] = [Number(from), Number(to)];
      const isLast = last + 1 === session.size;
      if (first !== session.bytes.length || body.length !== last - first + 1) {
        this.#refuse(response, 400, `not where it ended: ${range}`);
        return;
      }
      if (!isLast && body.length % quarterMebibyte !== 0) {
        this.#refuse(response, 400, `a piece of ${body.length} bytes`);
        return;
      }
      session.bytes = Buffer.concat([
        session.bytes,
        body.subarray(0, mishap?.bytes ?? body.length),
      ]);
    }
    if (session.bytes.length < session.size) {
      const had = session.bytes.length;
      response.writeHead(308, had === 0 ? {} : { range: `bytes=0-${had - 1}` });
      response.end();
      return;
    }
    this.#end(response, session, mishap?.loseAnswer === true);
  }

  #end(response: ServerResponse, session: Session, isAnswerLost: boolean): void {
    this.beforeEnd?.();
    const place = `${session.bucket}/${session.name}`;
    if (!this.#isMatch(place, session.match)) {
      this.#refuse(response, 412, "conditionNotMet");
      return;
    }
    const { bytes, contentType, metadata } = session;
    session.done = this.#made(bytes, contentType, metadata);
    this.objects.set(place, session.done);
    if (isAnswerLost) {
      response.destroy();
    } else {
      this.#resource(response, 200, session.done);
    }
  }

  #made(bytes: Buffer, contentType: string, metadata: HeldObject["metadata"]): HeldObject {
    const generation = `${(this.#generations += 1)}`;
    return { generation, bytes, contentType, metadata, crc32c: castagnoli(bytes) };
  }

  #isMatch(place: string, match: string | undefined): boolean {
    return match === undefined || (this.objects.get(place)?.generation ?? "0") === match;
  }

  #resource(response: ServerResponse, status: number, held: HeldObject): void {
    response.writeHead(status, { "content-type": "application/json" });
    const { bytes, contentType, crc32c, generation, metadata } = held;
    response.end(
      JSON.stringify({
        ...{ kind: "storage#object", generation, size: `${bytes.length}`, contentType, metadata },
        ...{ crc32c, md5Hash: createHash("md5").update(bytes).digest("base64") },
      }),
    );
  }

  #refuse(
    response: ServerResponse,
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error: { code: status, message } }));
  }
}

/** Bit by bit, from the highest: another way than the program's, which goes by a table. */
function castagnoli(bytes: Buffer): string {
  const reversed = (value: number, bits: number): number => {
    let result = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      result = result * 2 + ((value >>> bit) & 1);
    }
    return result >>> 0;
  };
  let value = 0xffffffff;
  for (const byte of bytes) {
    value = (value ^ (reversed(byte, 8) << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit += 1) {
      value = ((value & 0x80000000) === 0 ? value << 1 : (value << 1) ^ 0x1edc6f41) >>> 0;
    }
  }
  const text = Buffer.alloc(4);
  text.writeUInt32BE((reversed(value, 32) ^ 0xffffffff) >>> 0);
  return text.toString("base64");
}
