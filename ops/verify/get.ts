/** One GET request on a connection of its own: its status, where it sends on to, its certificate. */
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { type PeerCertificate, TLSSocket } from "node:tls";

import { type Address, type Network, noAnswer } from "./probe.ts";

/** What a host answers. */
export interface Answer {
  readonly status: number;
  /** Where it sends on to. */
  readonly location: string | undefined;
  /** Beginning of its body, as much as was asked for. */
  readonly text: string;
  /** Over HTTPS. */
  readonly presented?: Presented;
}

/** A certificate as a host presents it. */
export interface Presented {
  readonly certificate: PeerCertificate;
  /** What the handshake has against it: OpenSSL's code, or Node's. */
  readonly fault: string | undefined;
}

/** How many times as long as for a sign of life is waited for a whole head. */
const patience = 3;

/**
 * Asks a host. Its certificate is kept instead of refused, so that the answer is seen all the same.
 *
 * @param wanted Characters of the body that are of interest; the rest is not waited for.
 */
export function get(
  { scheme, host, port = 0 }: Address,
  path: string,
  network: Network,
  wanted = 0,
): Promise<Answer> {
  const options = {
    ...network.at(host, port),
    path,
    headers: { host, "user-agent": "fleet-verify" },
    // A connection that is resumed shows no certificate.
    agent: false as const,
    timeout: network.timeoutMilliseconds,
    // That one counts silence only: an answer that drips is none either.
    signal: AbortSignal.timeout(patience * network.timeoutMilliseconds),
  };
  const { authorities } = network;
  const secure = {
    ...options,
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    servername: host,
    rejectUnauthorized: false,
  };
  return new Promise((settle, fail) => {
    const onResponse = (response: IncomingMessage): void => {
      const { statusCode: status = 0, headers, socket } = response;
      const presented = socket instanceof TLSSocket ? presentedBy(socket) : undefined;
      let text = "";
      const end = (): void => {
        const certificate = presented === undefined ? {} : { presented };
        settle({ status, location: headers.location, text, ...certificate });
        // A body that never ends would keep the command from ending.
        response.destroy();
      };
      if (wanted === 0) {
        end();
        return;
      }
      response.setEncoding("utf8").on("error", fail).on("end", end);
      response.on("data", (part: string) => {
        text += part;
        if (text.length >= wanted) {
          end();
        }
      });
    };
    const call =
      scheme === "https" ? requestSecure(secure, onResponse) : requestPlain(options, onResponse);
    call.on("timeout", () => call.destroy(new Error(noAnswer)));
    call.on("error", (error) => {
      fail(error.name === "AbortError" ? new Error(noAnswer) : error);
    });
    call.end();
  });
}

function presentedBy(socket: TLSSocket): Presented {
  return {
    certificate: socket.getPeerCertificate(),
    // Typed as an error; at run time it is the code.
    fault: socket.authorized ? undefined : String(socket.authorizationError),
  };
}
