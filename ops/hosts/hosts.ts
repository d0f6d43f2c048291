/** `hosts`: where everything of a stack is dialled, and which records its names need. */
import type { PublishedNetwork, StackOutputs } from "../outputs.ts";
import { parseRecords } from "../records.ts";
import { table } from "../table.ts";

/** The endpoints and records of a stack as two tables. Addresses come last: some are long. */
export function hostsReport({
  endpoints,
  network,
  records,
}: Pick<StackOutputs, "endpoints" | "network" | "records">): string {
  const { records: parsed, strange } = parseRecords(records);
  return [
    endpoints.length === 0
      ? "This stack publishes no endpoint."
      : table([
          ["ENDPOINT", "KIND", "ADDRESS"],
          ...endpoints.map(({ name, kind, url }) => [name, kind, url]),
        ]),
    "",
    records.length === 0
      ? "It needs no record."
      : table([
          ["RECORD", "TYPE", "SECONDS", "LEADS TO"],
          ...parsed.map(({ host, type, ttlSeconds, content, proxied }) => [
            host,
            type,
            `${ttlSeconds}`,
            proxied ? `${content}, behind Cloudflare's proxy` : content,
          ]),
          ...strange.map((line) => [line, "", "", ""]),
        ]),
    ...(network === undefined ? [] : ["", ...minerLines(network.miners)]),
  ].join("\n");
}

/**
 * Miners as the tools of old read them (facts/spacemesh.md 7.2): a line each, and all in one line as
 * spacemesh-watch takes them.
 */
function minerLines(miners: PublishedNetwork["miners"]): readonly string[] {
  return miners.length === 0
    ? ["No miner runs."]
    : [
        ...miners.map(({ grpc, name }) => `${name}:${grpc}`),
        miners.map(({ grpc, name }) => `${grpc}/${name}`).join(","),
      ];
}
