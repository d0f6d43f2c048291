/** A client of a controller, from 127.0.0.2, that sends just the bytes it is told to. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { acceptOf } from "./edge-service.ts";

/** A PROXY header of version 2 for a TCP connection over IPv4. */
export function proxyHeader(from: string): Buffer {
  const address = (text: string): number[] => text.split(".").map(Number);
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  const head = [...signature, 0x21, 0x11, 0x00, 0x0c];
  return Buffer.from([...head, ...address(from), ...address("192.0.2.1"), 0x30, 0x39, 0x00, 0x50]);
}

/** What a client may say of itself, and no service may hear: all of it has 192.0.2. or `forged` in it. */
export const spoofed: Readonly<Record<string, string>> = {
  "True-Client-IP": "192.0.2.66",
  "X-Real-IP": "192.0.2.66",
  "X-Forwarded-For": "192.0.2.66, 192.0.2.67",
  "X-Forwarded-Proto": "forged",
  "X-Forwarded-Host": "192.0.2.66",
  "X-Forwarded-Port": "forged",
  "X-Client-IP": "192.0.2.66",
  "X-Cluster-Client-IP": "192.0.2.66",
  "X-Original-Forwarded-For": "192.0.2.66",
  Forwarded: "for=192.0.2.66;proto=forged",
  // Some programs read these as if they were written with dashes.
  X_Forwarded_For: "192.0.2.66",
  "X.Real.Ip": "192.0.2.66",
};

/** What is sent. */
export interface Request {
  readonly port: number;
  readonly host: string;
  /** As it is written on the wire. Default `/`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent before it: a PROXY header. */
  readonly before?: Uint8Array | string;
}

/** What came back. */
export interface Answer {
  /** 0 where the connection was ended without one. */
  readonly status: number;
  readonly text: string;
}

const head = (
  method: string,
  host: string,
  headers: Readonly<Record<string, string>>,
  path = "/",
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "\r\n",
  ].join("\r\n");

/** Opens a connection; nothing is said of one that is ended from the other side. */
function open(port: number, fail: (error: Error) => void): Socket {
  const socket = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    // What is refused is often not read to its end.
    if (error.code !== "ECONNRESET" && error.code !== "EPIPE") {
      fail(error);
    }
  });
  return socket;
}

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);

/** Sends a request and waits for its answer. */
export function send({
  port,
  host,
  path,
  headers = {},
  body = "",
  before = "",
}: Request): Promise<Answer> {
  return new Promise((settle, fail) => {
    const socket = open(port, fail);
    let text = "";
    socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
    socket.on("close", () => {
      settle({ status: statusOf(text), text });
    });
    const own = { Connection: "close", "Content-Length": `${Buffer.byteLength(body)}` };
    // In one piece: whoever refuses its beginning may have hung up before a second one.
    const request = head("POST", host, { ...own, ...headers }, path) + body;
    socket.write(Buffer.concat([Buffer.from(before), Buffer.from(request)]));
  });
}

/** What came back over TLS. */
export interface SecureAnswer extends Answer {
  /** Whose certificate was shown. */
  readonly certificateOf: string;
}

/** Sends a request over TLS, after the PROXY header, and believes whatever certificate there is. */
export function sendSecurely({
  port,
  host,
  headers = {},
  before = "",
}: Request): Promise<SecureAnswer> {
  return new Promise((settle, fail) => {
    const socket = open(port, fail);
    socket.write(before);
    const secure = connectTls({ socket, servername: host, rejectUnauthorized: false });
    let text = "";
    let certificateOf = "";
    secure.on("secureConnect", () => {
      certificateOf = [secure.getPeerCertificate().subject.CN].flat().join();
      secure.write(head("GET", host, { Connection: "close", ...headers }));
    });
    secure.on("data", (part: Buffer) => (text += part.toString("latin1")));
    secure.on("error", fail);
    secure.on("close", () => {
      settle({ status: statusOf(text), text, certificateOf });
    });
  });
}

/** A WebSocket as far as it came. */
export interface Handshake {
  readonly status: number;
  /** Whether the server's answer was made of our key. */
  readonly accepted: boolean;
  /** What came back to our message. */
  readonly echo: string;
}

const key = Buffer.from("sixteen bytes it").toString("base64");
const message = "from a visor";

/** Our message as a client must frame it: masked. */
function frame(): Buffer {
  const mask = [1, 2, 3, 4];
  const text = Buffer.from(message).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, ...mask]), text]);
}

/** Asks for a WebSocket, sends a message once it is agreed to, and waits until the connection ends. */
export function webSocket({ port, host, headers = {}, before = "" }: Request): Promise<Handshake> {
  return new Promise((settle, fail) => {
    const socket = open(port, fail);
    let text = "";
    let rest = Buffer.alloc(0);
    socket.on("data", (part: Buffer) => {
      rest = Buffer.concat([rest, part]);
      const end = rest.indexOf("\r\n\r\n");
      // A head may come in parts.
      if (text !== "" || end < 0) {
        return;
      }
      text = rest.subarray(0, end).toString("latin1");
      rest = rest.subarray(end + 4);
      if (statusOf(text) === 101) {
        socket.write(frame());
      } else {
        socket.end();
      }
    });
    socket.on("close", () => {
      const accepted = text
        .toLowerCase()
        .includes(`sec-websocket-accept: ${acceptOf(key)}`.toLowerCase());
      settle({ status: statusOf(text), accepted, echo: rest.subarray(2).toString("latin1") });
    });
    socket.write(before);
    socket.write(
      head("GET", host, {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        ...headers,
      }),
    );
  });
}

/** A WebSocket that came the whole way there and back. */
export const opened: Handshake = { status: 101, accepted: true, echo: message };
