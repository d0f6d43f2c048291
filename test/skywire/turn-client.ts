/** A client of STUN and TURN over UDP, as far as the judge of coturn needs one (RFC 8489, 8656, 5780). */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

const magic = 0x2112a442;

/** Kinds of requests; a success has bit 0x100, an error 0x110 beside it. */
export const requests = { binding: 0x0001, allocate: 0x0003, createPermission: 0x0008 } as const;

const attributes = {
  changeRequest: 0x0003,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorPeerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  otherAddress: 0x802c,
} as const;

type AttributeName = keyof typeof attributes;

/** What came back, and from where. */
export interface Answer {
  /** `address:port` that it came from. */
  readonly from: string;
  /** 0 for a success. */
  readonly error: number;
  readonly mapped: string | undefined;
  readonly other: string | undefined;
  readonly relayed: string | undefined;
  readonly realm: string | undefined;
  readonly nonce: string | undefined;
}

/** A login of TURN's long-term kind. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
}

const attribute = (name: AttributeName, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(attributes[name], 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
};

/** `CHANGE-REQUEST`: answer from another address and from another port. */
export const changeBoth = (): Buffer => attribute("changeRequest", Buffer.from([0, 0, 0, 6]));

/** `REQUESTED-TRANSPORT` by its protocol number. */
export const transport = (number: number): Buffer =>
  attribute("requestedTransport", Buffer.from([number, 0, 0, 0]));

/** `XOR-PEER-ADDRESS` of an IPv4 address, on any port. */
export function peer(address: string): Buffer {
  const value = Buffer.alloc(8);
  value.writeUInt8(1, 1);
  value.writeUInt16BE(4242 ^ (magic >>> 16), 2);
  address.split(".").forEach((part, index) => {
    value.writeUInt8(Number(part) ^ ((magic >>> (24 - 8 * index)) & 0xff), 4 + index);
  });
  return attribute("xorPeerAddress", value);
}

function address(value: Buffer | undefined, mask: number): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const port = value.readUInt16BE(2) ^ (mask >>> 16);
  const parts = [0, 1, 2, 3].map(
    (index) => value.readUInt8(4 + index) ^ ((mask >>> (24 - 8 * index)) & 0xff),
  );
  return `${parts.join(".")}:${port}`;
}

function message(type: number, body: Buffer, login?: Login): Buffer {
  const signed =
    login === undefined
      ? body
      : Buffer.concat([
          body,
          attribute("username", Buffer.from(login.user)),
          attribute("realm", Buffer.from(login.realm)),
          attribute("nonce", Buffer.from(login.nonce)),
        ]);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  // The length counts the signature, which is made over all before it.
  head.writeUInt16BE(signed.length + (login === undefined ? 0 : 24), 2);
  head.writeUInt32BE(magic, 4);
  const text = Buffer.concat([head, randomBytes(12), signed]);
  if (login === undefined) {
    return text;
  }
  const key = createHash("md5").update(`${login.user}:${login.realm}:${login.password}`).digest();
  const signature = createHmac("sha1", key).update(text).digest();
  return Buffer.concat([text, attribute("messageIntegrity", signature)]);
}

function readAnswer(text: Buffer, from: string): Answer {
  const values = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= text.length;) {
    const length = text.readUInt16BE(at + 2);
    values.set(text.readUInt16BE(at), text.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  const value = (name: AttributeName) => values.get(attributes[name]);
  const code = value("errorCode");
  return {
    from,
    error: code === undefined ? 0 : code.readUInt8(2) * 100 + code.readUInt8(3),
    mapped: address(value("xorMappedAddress"), magic),
    other: address(value("otherAddress"), 0),
    relayed: address(value("xorRelayedAddress"), magic),
    realm: value("realm")?.toString(),
    nonce: value("nonce")?.toString(),
  };
}

/** One client, with a port of its own. */
export class TurnClient {
  readonly #socket: Socket = createSocket("udp4");
  readonly #patience: number;

  /** @param patience Milliseconds in which an answer must come. */
  constructor(patience = 60_000) {
    this.#patience = patience;
  }

  /**
   * Sends a request and waits for its answer, wherever it comes from.
   *
   * @throws Error when its patience is over.
   */
  async ask(
    host: string,
    port: number,
    type: number,
    body: readonly Buffer[] = [],
    login?: Login,
  ): Promise<Answer> {
    const text = message(type, Buffer.concat(body), login);
    const answered = new Promise<Answer>((settle, fail) => {
      const timer = setTimeout(() => {
        this.#socket.off("message", read);
        fail(new Error(`${host}:${port} did not answer`));
      }, this.#patience);
      const read = (answer: Buffer, { address: sender, port: from }: RemoteInfo): void => {
        // Another number is that of a question before, whose answer came late.
        if (answer.subarray(8, 20).equals(text.subarray(8, 20))) {
          clearTimeout(timer);
          this.#socket.off("message", read);
          settle(readAnswer(answer, `${sender}:${from}`));
        }
      };
      this.#socket.on("message", read);
    });
    this.#socket.send(text, port, host);
    return answered;
  }

  /** Asks for a relay: first without a login, as clients do, for the realm and the nonce. */
  async allocate(
    host: string,
    port: number,
    user: string,
    password: string,
  ): Promise<{ readonly login: Login; readonly answer: Answer }> {
    const first = await this.ask(host, port, requests.allocate, [transport(17)]);
    const login = { user, password, realm: first.realm ?? "", nonce: first.nonce ?? "" };
    const answer = await this.ask(host, port, requests.allocate, [transport(17)], login);
    return { login, answer };
  }

  /** Gives its port up. */
  close(): void {
    this.#socket.close();
  }
}
