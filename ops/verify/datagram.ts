/** One question over UDP, asked again while nobody answers, as packets may be lost. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { lookup } from "node:dns/promises";

import type { Address, Network } from "./probe.ts";

/** An answer, and who gave it. */
export interface Datagram {
  readonly bytes: Buffer;
  readonly from: RemoteInfo;
}

const attempts = 3;

/**
 * Asks until an answer fits.
 *
 * @param answers Whether a packet answers this question: anybody may send to an open port.
 * @param anyone Take answers from other addresses, too; then a refusal cannot be heard.
 * @returns The answer, or undefined when nobody gave one.
 * @throws Error of the system: `ECONNREFUSED` where the host says that nothing listens.
 */
export async function askDatagram(
  { host, port = 0 }: Address,
  question: Buffer,
  answers: (bytes: Buffer) => boolean,
  network: Network,
  anyone = false,
): Promise<Datagram | undefined> {
  const to = network.at(host, port);
  const { address, family } = await lookup(to.host);
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  return new Promise<Datagram | undefined>((settle, fail) => {
    let sent = 0;
    const send = (): void => {
      if (sent === attempts) {
        settle(undefined);
        return;
      }
      sent += 1;
      if (anyone) {
        socket.send(question, to.port, address);
      } else {
        socket.send(question);
      }
    };
    const timer = setInterval(send, network.timeoutMilliseconds / attempts);
    socket.on("message", (bytes, from) => {
      if (answers(bytes)) {
        settle({ bytes, from });
      }
    });
    socket.on("error", fail);
    socket.on("close", () => {
      clearInterval(timer);
    });
    if (anyone) {
      send();
    } else {
      // Connected: only so does the system tell of a refusal.
      socket.connect(to.port, address, send);
    }
  }).finally(() => {
    socket.close();
  });
}
