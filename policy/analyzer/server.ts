/**
 * Serves the pack without the vendor's library, which for a process of a few seconds costs more than the
 * rules do: it loads the whole SDK, and takes every message apart three times. Nor by a library of gRPC, which
 * takes as long to load as all rules: of gRPC an engine uses what stands here.
 */
import http2 from "node:http2";

import type { Answer } from "./answers.ts";

/** Before each message: a byte that tells whether it is compressed, and the message's length in four. */
const prefix = 5;

/** Codes of gRPC (google.rpc.Code). */
const [ok, unknown, unimplemented] = [0, 2, 12];

/** What a sender may have under way before it is told to go on: all resources of a stack are one message. */
const windowBytes = 2 ** 30;

/**
 * Serves calls on a free loopback port, and gives that port.
 *
 * @param answers What is answered, by the calls' names. What one throws ends the engine's run, with its stack.
 */
export async function serve(answers: Readonly<Record<string, Answer>>): Promise<number> {
  const server = http2.createServer({ settings: { initialWindowSize: windowBytes } });
  server.on("session", (session) => {
    session.setLocalWindowSize(windowBytes);
    // An engine that ends breaks its connection off: nothing is lost by that.
    session.on("error", () => {
      session.destroy();
    });
  });
  server.on("stream", (stream, { ":path": path = "" }) => {
    stream.on("error", () => {
      stream.destroy();
    });
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      const answer = answers[path.replace("/pulumirpc.Analyzer/", "")];
      respond(stream, () => answer?.(messageIn(Buffer.concat(parts))));
    });
  });
  return new Promise((settle, fail) => {
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      settle(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
  });
}

/** The one message of a request. */
function messageIn(body: Buffer): Uint8Array {
  if (body.length < prefix || body[0] !== 0 || body.readUInt32BE(1) !== body.length - prefix) {
    throw new Error("a request is not one message without compression");
  }
  return body.subarray(prefix);
}

/** Gives an answer, or says why there is none; undefined is that of a call that nobody knows. */
function respond(stream: http2.ServerHttp2Stream, answer: () => Uint8Array | undefined): void {
  let message: Uint8Array | undefined;
  try {
    message = answer();
  } catch (error) {
    end(stream, unknown, error instanceof Error ? (error.stack ?? error.message) : String(error));
    return;
  }
  if (message === undefined) {
    end(stream, unimplemented, "the pack knows no such call");
    return;
  }
  const head = Buffer.alloc(prefix);
  head.writeUInt32BE(message.length, 1);
  end(stream, ok, "", Buffer.concat([head, message]));
}

/** Ends a call: with a message if it went well, and in any case with how it went. */
function end(stream: http2.ServerHttp2Stream, code: number, why: string, message?: Buffer): void {
  if (stream.destroyed) {
    return;
  }
  const status = { "grpc-status": code, "grpc-message": encodeURIComponent(why) };
  const headers = { ":status": 200, "content-type": "application/grpc" };
  if (message === undefined) {
    stream.respond({ ...headers, ...status }, { endStream: true });
    return;
  }
  stream.on("wantTrailers", () => {
    stream.sendTrailers(status);
  });
  stream.respond(headers, { waitForTrailers: true });
  stream.end(message);
}
