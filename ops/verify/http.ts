/** Hosts over HTTP and HTTPS: that each answers by itself, and with a certificate that visitors accept. */
import type { PeerCertificate } from "node:tls";

import { type Answer, get } from "./get.ts";
import { type Address, connectionFault, type Finding, type Network } from "./probe.ts";

/** cert-manager renews a month ahead: with less left than this, renewing has failed. */
const renewalDays = 14;

/**
 * Asks a host.
 *
 * @param check Path that answers 200 while all is well; without one any answer will do that is no error
 * of the server's, but for 404: controllers and programs say it in the same words.
 */
export async function probeHttp(
  address: Address,
  check: string | undefined,
  network: Network,
): Promise<Finding> {
  const path = check ?? (address.path === "" ? "/" : address.path);
  let answer: Answer;
  try {
    answer = await get(address, path, network);
  } catch (error) {
    return { result: "fault", detail: connectionFault(error) };
  }
  const found = judge(address, answer, path, check !== undefined);
  if (answer.presented === undefined) {
    return found;
  }
  const { certificate, fault } = answer.presented;
  const judged = judgeCertificate(certificate, fault, network.now);
  return {
    result: judged.result === "fault" ? "fault" : found.result,
    detail: `${found.detail}; ${judged.detail}`,
  };
}

function judge(
  { scheme }: Address,
  { status, location }: Answer,
  path: string,
  isCheck: boolean,
): Finding {
  if (location?.startsWith("https:") === true && scheme === "http") {
    return {
      result: "fault",
      detail: `${status}, sent on to https: visors post signed bodies to http and follow nothing`,
    };
  }
  if (status >= 500) {
    return { result: "fault", detail: `${status} at ${path}: ${serverFault(status)}` };
  }
  if (status === 404 && !isCheck) {
    return {
      result: "unsure",
      detail: `404 at ${path}: no controller serves this host, or its program has nothing there`,
    };
  }
  if (isCheck && status !== 200) {
    return { result: "fault", detail: `${status} at ${path} instead of 200` };
  }
  return { result: "ok", detail: `${status} at ${path}` };
}

function serverFault(status: number): string {
  return [502, 503, 504].includes(status)
    ? "the controller has nobody behind this host"
    : "the program has a fault";
}

/**
 * What a visitor thinks of a certificate.
 *
 * @param fault What the handshake found: OpenSSL's code or Node's.
 */
export function judgeCertificate(
  { issuer, valid_to: until, subject }: Pick<PeerCertificate, "issuer" | "valid_to" | "subject">,
  fault: string | undefined,
  now: Date,
): Finding {
  const days = Math.floor((Date.parse(until) - now.getTime()) / 86_400_000);
  const from = name(issuer.O) ?? name(issuer.CN) ?? "nobody";
  if (fault !== undefined) {
    return { result: "fault", detail: certificateFault(fault, name(subject.CN) ?? "", from, days) };
  }
  return days < renewalDays
    ? {
        result: "fault",
        detail: `certificate of ${from} ends in ${days} days: renewing has failed`,
      }
    : { result: "ok", detail: `certificate of ${from} for ${days} days` };
}

function certificateFault(fault: string, subject: string, from: string, days: number): string {
  switch (fault) {
    case "CERT_HAS_EXPIRED":
      return `certificate of ${from} ended ${-days} days ago`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `certificate is for another host (${subject})`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `certificate is signed by nobody that visitors know (${subject}): the controller's own, while none was issued?`;
    default:
      return `certificate is refused: ${fault}`;
  }
}

/** A certificate may say a field several times. */
function name(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? field[0] : field;
}
