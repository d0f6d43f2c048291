/** `hosts`: where everything of a stack is dialled, and which records its names need. */
import type { StackOutputs } from "../outputs.ts";
import { parseRecords } from "../records.ts";
import { table } from "../table.ts";

/** The endpoints and records of a stack as two tables. Addresses come last: some are long. */
export function hostsReport({ endpoints, records }: StackOutputs): string {
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
          ...parsed.map(({ host, type, ttlSeconds, content }) => [
            host,
            type,
            `${ttlSeconds}`,
            content,
          ]),
          ...strange.map((line) => [line, "", "", ""]),
        ]),
  ].join("\n");
}
