/** `verify`: dials every endpoint that a stack publishes, and asks for every record. */
import type { PublishedEndpoint, StackOutputs } from "../outputs.ts";
import { inParallel } from "../parallel.ts";
import { parseRecords } from "../records.ts";
import { table } from "../table.ts";
import { probeDmsg } from "./dmsg.ts";
import { probeNameServer, probeRecords, type RecordSet, recordSets } from "./dns.ts";
import { probeHttp } from "./http.ts";
import { probeKcp } from "./kcp.ts";
import { type Address, type Finding, type Network, parseAddress } from "./probe.ts";
import { probeStun } from "./stun.ts";
import { probeTcp } from "./tcp.ts";

/** What was found of one endpoint or record. */
export interface Verified extends Finding {
  readonly name: string;
  readonly kind: string;
  readonly where: string;
}

/** Dialled at a time: enough to be done in seconds, too few to look like an attack. */
const atATime = 16;

/** Dials everything of a stack. */
export function verifyAll(
  { endpoints, records }: StackOutputs,
  network: Network,
): Promise<readonly Verified[]> {
  const { records: parsed, strange } = parseRecords(records);
  const asks = [
    ...endpoints.map((endpoint) => () => verifyEndpoint(endpoint, endpoints, network)),
    ...recordSets(parsed).map((set) => () => verifyRecords(set, network)),
    ...strange.map((line) => () => Promise.resolve(unread(line))),
  ];
  return inParallel(asks, atATime, (ask) => ask());
}

async function verifyEndpoint(
  endpoint: PublishedEndpoint,
  all: readonly PublishedEndpoint[],
  network: Network,
): Promise<Verified> {
  const { name, kind, url, verify } = endpoint;
  const address = parseAddress(endpoint);
  const finding: Finding =
    address === undefined
      ? { result: "fault", detail: "is no address that this version can read" }
      : await probe(address, {
          check: verify,
          discovery: addressOf(all, "dmsg-discovery", "http"),
          tcp: addressOf(all, name, "tcp"),
          network,
        });
  return { name, kind, where: url, ...finding };
}

/** Where a stack publishes something of a kind. */
function addressOf(
  all: readonly PublishedEndpoint[],
  name: string,
  kind: string,
): Address | undefined {
  const found = all.find((one) => one.name === name && one.kind === kind);
  return found && parseAddress(found);
}

interface Around {
  readonly check: string | undefined;
  readonly discovery: Address | undefined;
  /** Where what has this name is dialled over TCP: of dmsg-servers alone. */
  readonly tcp: Address | undefined;
  readonly network: Network;
}

/** By the scheme, which says how a place is dialled; a kind may have several. */
function probe(address: Address, { check, discovery, tcp, network }: Around): Promise<Finding> {
  switch (address.scheme) {
    case "http":
    case "https":
      return probeHttp(address, check, network);
    case "tcp":
      return probeTcp(address, network);
    case "udp":
      return probeKcp(address, network);
    case "stun":
      return probeStun(address, network);
    case "dns":
      return probeNameServer(address, network);
    case "dmsg":
      return probeDmsg(address, discovery, network, tcp && `${tcp.host}:${tcp.port ?? ""}`);
    default:
      return Promise.resolve({ result: "unsure", detail: "this version has no probe for it" });
  }
}

async function verifyRecords(set: RecordSet, network: Network): Promise<Verified> {
  return { name: set.host, kind: "record", where: set.type, ...(await probeRecords(set, network)) };
}

const unread = (line: string): Verified => ({
  ...{ name: line, kind: "record", where: "" },
  ...{ result: "fault", detail: "is no line of a zone that this version can read" },
});

const words = { ok: "ok", unsure: "unsure", fault: "FAULT" } as const;

/** The findings as a table, faults first, and a sum. */
export function verifyReport(found: readonly Verified[]): string {
  const order = ["fault", "unsure", "ok"] as const;
  const sorted = order.flatMap((wanted) => found.filter(({ result }) => result === wanted));
  const sum = order
    .map((wanted) => [found.filter(({ result }) => result === wanted).length, wanted] as const)
    .filter(([number]) => number > 0)
    .map(([number, wanted]) => `${number} ${words[wanted]}`);
  return [
    table([
      ["RESULT", "NAME", "KIND", "WHERE", "FOUND"],
      ...sorted.map(({ result, name, kind, where, detail }) => [
        words[result],
        name,
        kind,
        where.length > 60 ? `${where.slice(0, 57)}…` : where,
        detail,
      ]),
    ]),
    "",
    found.length === 0 ? "There is nothing to dial." : `${sum.join(", ")}.`,
  ].join("\n");
}
