/** Keys on the dmsg network: what its discovery knows of each. Nothing here dials the network itself. */
import * as z from "zod";

import { get } from "./get.ts";
import { type Address, connectionFault, type Finding, type Network } from "./probe.ts";

/** An entry as the discovery tells it, a client's or a server's (github.com/skycoin/dmsg, pkg/disc/entry.go). */
const Entry = z.looseObject({
  static: z.string(),
  server: z.looseObject({ address: z.string() }).optional(),
});

/** Longer than any entry. */
const entryLength = 65_536;

/**
 * Asks the dmsg-discovery for an entry. Servers refresh theirs every minute; a client's stays until its
 * sessions change (facts/skywire.md 4.10, 4.11), so that an entry proves less of a client.
 *
 * @param server Of a dmsg-server: `host:port` that its entry must tell, as visors are sent there.
 */
export async function probeDmsg(
  { host: key }: Address,
  discovery: Address | undefined,
  network: Network,
  server?: string,
): Promise<Finding> {
  if (discovery === undefined) {
    return { result: "unsure", detail: "the stack publishes no dmsg-discovery to ask" };
  }
  try {
    const path = `/dmsg-discovery/entry/${key}`;
    const { status, text } = await get(discovery, path, network, entryLength);
    switch (status) {
      case 200:
        return judge(text, key, server);
      case 404:
        return {
          result: "fault",
          detail:
            server === undefined
              ? "not registered: it is on no dmsg-server"
              : "not registered: no visor is told of it",
        };
      default:
        return { result: "unsure", detail: `the dmsg-discovery answers ${status}` };
    }
  } catch (error) {
    return { result: "unsure", detail: `dmsg-discovery: ${connectionFault(error)}` };
  }
}

function judge(text: string, key: string, server: string | undefined): Finding {
  const entry = parseEntry(text);
  if (entry?.static !== key) {
    return { result: "unsure", detail: "the dmsg-discovery answers with something else" };
  }
  if (server === undefined) {
    return { result: "ok", detail: "registered at the dmsg-discovery" };
  }
  const told = entry.server?.address;
  if (told === server) {
    return { result: "ok", detail: `registered at the dmsg-discovery, at ${server}` };
  }
  return {
    result: "fault",
    detail:
      told === undefined
        ? "registered as a client, and is a dmsg-server"
        : `registered at ${told} instead of ${server}: visors are sent there`,
  };
}

function parseEntry(text: string): z.infer<typeof Entry> | undefined {
  try {
    return Entry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
