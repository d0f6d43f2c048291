/** Servers on this machine for verify to dial: each speaks its protocol as far as verify asks. */
import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from "node:dgram";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";

import { freePorts } from "../data/programs.ts";

/** A server at work. */
export interface Running {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const local = "127.0.0.1";

async function listen(server: Server, port = 0): Promise<Running> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket.on("close", () => open.delete(socket)));
  });
  await new Promise<void>((settle) => server.listen(port, local, settle));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((settle) => {
        server.close(() => {
          settle();
        });
        open.forEach((socket) => socket.destroy());
      }),
  };
}

/** A web server. */
export const httpServer = (answer: RequestListener): Promise<Running> => listen(createHttp(answer));

/** A web server with a certificate. */
export const httpsServer = (
  certificate: { readonly cert: string; readonly key: string },
  answer: RequestListener,
): Promise<Running> => listen(createHttps(certificate, answer));

/** Takes connections; where nothing is said of them it is silent, as a dmsg-server is. */
export const tcpServer = (
  onConnection?: (socket: Socket) => void,
  port?: number,
): Promise<Running> =>
  listen(
    createTcp((socket) => {
      socket.on("error", () => undefined);
      onConnection?.(socket);
    }),
    port,
  );

/** Answers datagrams; without an answer it stays silent. */
export async function udpServer(
  answer: (question: Buffer, reply: (bytes: Buffer) => void) => void,
  port = 0,
): Promise<Running> {
  const socket = createSocket("udp4");
  socket.on("message", (question, from) => {
    answer(question, (bytes) => {
      socket.send(bytes, from.port, from.address);
    });
  });
  await bound(socket, local, port);
  return { port: socket.address().port, stop: () => closed(socket) };
}

function bound(socket: DatagramSocket, address: string, port = 0): Promise<void> {
  return new Promise((settle, fail) => {
    socket.once("error", fail);
    socket.bind(port, address, settle);
  });
}

const closed = (socket: DatagramSocket): Promise<void> =>
  new Promise((settle) =>
    socket.close(() => {
      settle();
    }),
  );

/** How a STUN server under test behaves. */
export interface StunOptions {
  /** Names its second address, as a server on two addresses does. */
  readonly other: boolean;
  /** Answers in the way of RFC 3489: MAPPED-ADDRESS and CHANGED-ADDRESS. */
  readonly classic?: boolean;
  /** When its second address answers. Default: also what the first one was asked, if it does not answer that itself. */
  readonly second?: "for the first" | "when asked" | "never" | "as the first";
  /** Host that it names as its second address. Default: this machine. */
  readonly otherHost?: string;
}

/** A STUN server at work; its second address has a port of its own. */
export interface RunningStun extends Running {
  readonly secondPort: number;
}

const bytesOf = (address: string): number[] => address.split(".").map(Number);

function addressAttribute(type: number, address: string, port: number, mask = false): Buffer {
  const cookie = [0x21, 0x12, 0xa4, 0x42];
  const value = [port >> 8, port & 0xff, ...bytesOf(address)].map((byte, index) =>
    mask ? byte ^ (cookie[index < 2 ? index : index - 2] ?? 0) : byte,
  );
  return Buffer.from([type >> 8, type & 0xff, 0, 8, 0, 1, ...value]);
}

/** A STUN server with a second port for its second address: not every machine has two of its own. */
export async function stunServer({
  other,
  classic = false,
  second: answers = "for the first",
  otherHost = local,
}: StunOptions): Promise<RunningStun> {
  const [first, second] = [createSocket("udp4"), createSocket("udp4")];
  await Promise.all([bound(first, local), bound(second, local)]);
  const answer = (question: Buffer, from: RemoteInfo): Buffer => {
    const attributes = Buffer.concat([
      // A text whose length is no multiple of four: what follows it must be found all the same.
      Buffer.from([0x80, 0x22, 0, 5, ...Buffer.from("Tests"), 0, 0, 0]),
      classic
        ? addressAttribute(0x0001, from.address, from.port)
        : addressAttribute(0x0020, from.address, from.port, true),
      ...(other
        ? [addressAttribute(classic ? 0x0005 : 0x802c, otherHost, second.address().port)]
        : []),
    ]);
    const head = Buffer.alloc(20);
    head.writeUInt16BE(0x0101, 0);
    head.writeUInt16BE(attributes.length, 2);
    question.copy(head, 4, 4, 20);
    return Buffer.concat([head, attributes]);
  };
  first.on("message", (question, from) => {
    const wantsOther = question.length > 20 && question.readUInt16BE(20) === 3;
    if (!wantsOther || answers === "as the first") {
      first.send(answer(question, from), from.port, from.address);
    } else if (answers === "for the first") {
      second.send(answer(question, from), from.port, from.address);
    }
  });
  second.on("message", (question, from) => {
    if (answers !== "never") {
      second.send(answer(question, from), from.port, from.address);
    }
  });
  const stop = async (): Promise<void> => {
    await Promise.all([closed(first), closed(second)]);
  };
  return { port: first.address().port, secondPort: second.address().port, stop };
}

/** What a name server says: name and type → contents, IPv6 in all its digits, or a code of refusal. */
export type ZoneTable = Readonly<Record<string, readonly string[] | number>>;

const typeNumbers: Readonly<Record<number, string>> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  16: "TXT",
  28: "AAAA",
};

/**
 * A name server with one table, e.g. `{"ar.skywire.dev A": ["192.0.2.1"]}`. Names it has not do not exist. Over TCP its port
 * is nobody's.
 */
export async function nameServer(table: ZoneTable): Promise<Running> {
  const [port = 0] = await freePorts(1);
  return udpServer((question, reply) => {
    reply(answerTo(question, table));
  }, port);
}

function answerTo(question: Buffer, table: ZoneTable): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  const name = labels.join(".").toLowerCase();
  const type = typeNumbers[question.readUInt16BE(at + 1)] ?? "?";
  const found = table[`${name} ${type}`];
  const exists = Object.keys(table).some((key) => key.startsWith(`${name} `));
  const contents = typeof found === "object" ? found : [];
  const code = typeof found === "number" ? found : exists ? 0 : 3;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8400 | code, 2);
  [1, contents.length, 0, 0].forEach((count, index) => head.writeUInt16BE(count, 4 + index * 2));
  const records = contents.map((content) => {
    const data = recordData(type, content);
    const record = Buffer.from([0xc0, 0x0c, 0, 0, 0, 1, 0, 0, 0, 60, 0, data.length]);
    record.writeUInt16BE(question.readUInt16BE(at + 1), 2);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, question.subarray(12, end), ...records]);
}

const wireName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function recordData(type: string, content: string): Buffer {
  switch (type) {
    case "A":
      return Buffer.from(bytesOf(content));
    case "AAAA":
      return Buffer.from(content.replaceAll(":", ""), "hex");
    case "TXT":
      return Buffer.from([content.length, ...Buffer.from(content)]);
    case "SOA": {
      const numbers = Buffer.alloc(20);
      numbers.writeUInt32BE(Number(content), 0);
      return Buffer.concat([
        wireName("ns1.skycoin.com"),
        wireName("hostmaster.skycoin.com"),
        numbers,
      ]);
    }
    default:
      return wireName(content);
  }
}
