/**
 * The address-resolver's UDP port, which speaks KCP (facts/skywire.md 4.2).
 *
 * A visor's real handshake needs its key. What KCP tells anybody is how much room its window has:
 * command 83 asks, 84 tells (github.com/skywind3000/kcp, ikcp.h). The Go library of the service answers
 * that, tried with github.com/xtaci/kcp-go 5.4.20 without encryption and error correction; the service
 * then waits for a handshake on the session that the question made, and drops it.
 */
import { randomBytes } from "node:crypto";

import { askDatagram } from "./datagram.ts";
import { type Address, connectionFault, type Finding, type Network } from "./probe.ts";

const header = 24;
const askWindow = 83;
const tellWindow = 84;

/** A segment without content that asks for the window. All numbers are little-endian. */
function windowQuestion(conversation: number): Buffer {
  const segment = Buffer.alloc(header);
  segment.writeUInt32LE(conversation, 0);
  segment.writeUInt8(askWindow, 4);
  segment.writeUInt16LE(128, 6);
  return segment;
}

/** Asks; silence is no fault, as it is what a filter, a lost packet and another protocol look like. */
export async function probeKcp(address: Address, network: Network): Promise<Finding> {
  const conversation = randomBytes(4).readUInt32LE();
  const isAnswer = (bytes: Buffer): boolean =>
    bytes.length >= header &&
    bytes.readUInt32LE(0) === conversation &&
    bytes.readUInt8(4) === tellWindow;
  try {
    const answer = await askDatagram(address, windowQuestion(conversation), isAnswer, network);
    return answer === undefined
      ? {
          result: "unsure",
          detail:
            "no answer, not refused: filtered, lost, or silent to strangers; a visor's log tells",
        }
      : { result: "ok", detail: "answers KCP" };
  } catch (error) {
    return { result: "fault", detail: connectionFault(error) };
  }
}
