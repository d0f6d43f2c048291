/** A service behind a controller, that notes what reaches it and speaks WebSocket. On loopback. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A request as a service got it. */
export interface Arrived {
  /** Header lines, names in lower case, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBytes: number;
  /** Number of its connection. */
  readonly connection: number;
}

/** All values of a header. */
export const valuesOf = (arrived: Arrived | undefined, header: string): readonly string[] =>
  (arrived?.headers ?? []).flatMap(([name, value]) => (name === header ? [value] : []));

/**
 * The client as Skywire's services see it: True-Client-IP, else X-Real-IP, else the first entry of
 * X-Forwarded-For's first line (facts/skywire.md 2.1).
 */
export const clientOf = (arrived: Arrived | undefined): string | undefined =>
  ["true-client-ip", "x-real-ip", "x-forwarded-for"]
    .flatMap((header) => valuesOf(arrived, header).slice(0, 1))
    .map((value) => value.split(",")[0]?.trim())[0];

/** What a WebSocket server makes of a client's key (RFC 6455, 4.2.2). */
export const acceptOf = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** The service. It answers `served by <name>`, and a WebSocket's first message with the same. */
export class EdgeService {
  readonly arrived: Arrived[] = [];
  readonly #server: Server;
  readonly #numbers = new WeakMap<object, number>();
  #connections = 0;

  constructor(name = "the service") {
    this.#server = createServer((request, response) => {
      void bytesOf(request).then(
        (bodyBytes) => {
          this.#note(request, bodyBytes);
          response.end(`served by ${name}`);
        },
        // Whoever hangs up within a body has made no request.
        () => undefined,
      );
    });
    // Who is connected hangs up: a connection that ends here in that very moment would be an answer of 502.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", (socket) => {
      this.#connections += 1;
      this.#numbers.set(socket, this.#connections);
    });
    this.#server.on("upgrade", (request, socket) => {
      this.#note(request, 0);
      shakeHands(request, socket);
    });
  }

  #note(request: IncomingMessage, bodyBytes: number): void {
    const headers = request.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 0 ? [[name.toLowerCase(), all[index + 1] ?? ""] as const] : [],
    );
    this.arrived.push({ headers, bodyBytes, connection: this.#numbers.get(request.socket) ?? 0 });
  }

  /** Connections so far, of requests that are not whole, too. */
  get connections(): number {
    return this.#connections;
  }

  /** @returns Its port. */
  async open(): Promise<number> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function bytesOf(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
  }
  return bytes;
}

/** Agrees to a WebSocket and sends back the first short message; to anything else it ends the connection. */
function shakeHands({ headers }: IncomingMessage, socket: Duplex): void {
  const key = headers["sec-websocket-key"];
  if (headers.upgrade !== "websocket" || key === undefined) {
    socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  socket.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${acceptOf(key)}`,
      "\r\n",
    ].join("\r\n"),
  );
  socket.on("error", () => socket.destroy());
  socket.on("data", (frame: Buffer) => {
    const mask = frame.subarray(2, 6);
    const text = frame.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    socket.end(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
}
