/** What the servers that tests play have in common: a port of loopback, a beginning and an end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of a test, on a port that was free. */
export abstract class LocalServer {
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** Answers a request, or lets it wait. */
  protected abstract answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> | void;

  async start(): Promise<void> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
  }

  /** Ends it, and every connection that is open. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((settle) => this.#server.close(settle));
  }

  /** `127.0.0.1:port`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }
}

/** All that a request brings. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
