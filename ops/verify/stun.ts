/**
 * STUN binding requests (RFC 5389), with what visors need beside an answer: a second address, by which
 * they find out what kind of NAT they are behind (RFC 5780 7.4; facts/skywire.md 4.17).
 */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";

import { askDatagram, type Datagram } from "./datagram.ts";
import {
  type Address,
  connectionFault,
  type Finding,
  type Network,
  parseAddress,
} from "./probe.ts";

const cookie = 0x2112a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const headerLength = 20;

const attribute = {
  mappedAddress: 0x0001,
  changedAddress: 0x0005,
  xorMappedAddress: 0x0020,
  otherAddress: 0x802c,
} as const;

/** What a server answers to a binding request. Addresses are `address:port`. */
export interface Binding {
  /** Where we come from, as the server sees it. */
  readonly mapped: string | undefined;
  /** Its second address and port. */
  readonly other: string | undefined;
}

/**
 * A binding request.
 *
 * @param transaction Twelve bytes of chance.
 * @param fromOther Asks for an answer from the other address and port.
 */
function bindingQuestion(transaction: Buffer, fromOther = false): Buffer {
  // CHANGE-REQUEST, four bytes: change address and port.
  const wish = fromOther ? [0x0003_0004, 0x0000_0006] : [];
  const packet = Buffer.alloc(headerLength + wish.length * 4);
  packet.writeUInt16BE(bindingRequest, 0);
  packet.writeUInt16BE(wish.length * 4, 2);
  packet.writeUInt32BE(cookie, 4);
  transaction.copy(packet, 8);
  wish.forEach((word, index) => packet.writeUInt32BE(word, headerLength + index * 4));
  return packet;
}

/** Reads an answer; undefined for what is none of this question. */
function readBinding(packet: Buffer, transaction: Buffer): Binding | undefined {
  if (
    packet.length < headerLength ||
    packet.readUInt16BE(0) !== bindingSuccess ||
    packet.readUInt32BE(4) !== cookie ||
    !packet.subarray(8, headerLength).equals(transaction)
  ) {
    return undefined;
  }
  const found = new Map<number, Buffer>();
  for (let at = headerLength; at + 4 <= packet.length;) {
    const length = packet.readUInt16BE(at + 2);
    found.set(packet.readUInt16BE(at), packet.subarray(at + 4, at + 4 + length));
    // Values are padded to four bytes.
    at += 4 + Math.ceil(length / 4) * 4;
  }
  const xored = found.get(attribute.xorMappedAddress);
  return {
    mapped:
      xored === undefined
        ? readAddress(found.get(attribute.mappedAddress))
        : readAddress(unmask(xored, packet)),
    other: readAddress(found.get(attribute.otherAddress) ?? found.get(attribute.changedAddress)),
  };
}

/** The port is masked by half the cookie, the address by the cookie and the transaction. */
function unmask(value: Buffer, packet: Buffer): Buffer {
  const plain = Buffer.from(value);
  const mask = packet.subarray(4, headerLength);
  for (let index = 0; index < plain.length - 2; index += 1) {
    const key = index < 2 ? (mask[index] ?? 0) : (mask[index - 2] ?? 0);
    plain[index + 2] = (plain[index + 2] ?? 0) ^ key;
  }
  return plain;
}

function readAddress(value: Buffer | undefined): string | undefined {
  if (value === undefined || value.length < 8) {
    return undefined;
  }
  const port = value.readUInt16BE(2);
  if (value[1] === 1) {
    return `${value.subarray(4, 8).join(".")}:${port}`;
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    value.length < 20 ? "0" : value.readUInt16BE(4 + index * 2).toString(16),
  );
  return `[${groups.join(":")}]:${port}`;
}

/** Asks a STUN server as a visor does. */
export async function probeStun(address: Address, network: Network): Promise<Finding> {
  try {
    const { binding, datagram } = await bind(address, network, false);
    if (binding === undefined || datagram === undefined) {
      return { result: "fault", detail: "no answer: visors skip it" };
    }
    const { mapped = "nowhere", other } = binding;
    if (other === undefined) {
      return {
        result: "fault",
        detail: `sees us at ${mapped}, but names no second address: visors skip it`,
      };
    }
    // What a name led to is told by whoever answered.
    const first = isIP(address.host) === 0 ? datagram.from.address : address.host;
    return await probeSecond(address, { first, mapped, other, from: datagram.from }, network);
  } catch (error) {
    return { result: "fault", detail: connectionFault(error) };
  }
}

/**
 * The second address: asked for an answer from there, and, where none comes through, asked itself. Only
 * the first proves what visors need; a NAT before us keeps it away, and then nobody can tell from here.
 */
async function probeSecond(
  address: Address,
  {
    first,
    mapped,
    other,
    from,
  }: Readonly<Record<"first" | "mapped" | "other", string>> & Pick<Datagram, "from">,
  network: Network,
): Promise<Finding> {
  const second = parseAddress({ url: `stun:${other}` });
  if (second === undefined || second.host === first) {
    return {
      result: "fault",
      detail: `sees us at ${mapped}, but its second address is ${other}, the first one again: visors skip it`,
    };
  }
  const answered = (await bind(address, network, true).catch(() => undefined))?.datagram?.from;
  if (answered?.address === from.address && answered.port === from.port) {
    return {
      result: "fault",
      detail: `sees us at ${mapped}, but answers from its first address what was asked of its second: visors skip it`,
    };
  }
  if (answered !== undefined) {
    return {
      result: "ok",
      detail: `sees us at ${mapped}; answers from its second address too (${answered.address}:${answered.port})`,
    };
  }
  const asked = await bind(second, network, false).catch(() => undefined);
  return asked?.binding === undefined
    ? {
        result: "fault",
        detail: `sees us at ${mapped}, but nothing answers at ${other}, its second address: visors skip it`,
      }
    : {
        result: "unsure",
        detail: `sees us at ${mapped}; its second address ${other} answers, but not for the first (a NAT before us?)`,
      };
}

async function bind(
  address: Address,
  network: Network,
  fromOther: boolean,
): Promise<{ readonly binding?: Binding | undefined; readonly datagram?: Datagram }> {
  const transaction = randomBytes(12);
  const question = bindingQuestion(transaction, fromOther);
  const answers = (bytes: Buffer): boolean => readBinding(bytes, transaction) !== undefined;
  const datagram = await askDatagram(address, question, answers, network, fromOther);
  return datagram === undefined
    ? {}
    : { datagram, binding: readBinding(datagram.bytes, transaction) };
}
