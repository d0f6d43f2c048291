/** Addresses on the dmsg network: whether its discovery knows the key. Nothing here dials the network itself. */
import { get } from "./get.ts";
import { type Address, connectionFault, type Finding, type Network } from "./probe.ts";

/**
 * Asks the dmsg-discovery for an entry. Servers refresh theirs every minute; a client's stays until its
 * sessions change (facts/skywire.md 4.10, 4.11), so that an entry proves less of a client.
 */
export async function probeDmsg(
  { host: key }: Address,
  discovery: Address | undefined,
  network: Network,
): Promise<Finding> {
  if (discovery === undefined) {
    return { result: "unsure", detail: "the stack publishes no dmsg-discovery to ask" };
  }
  try {
    const { status } = await get(discovery, `/dmsg-discovery/entry/${key}`, network);
    switch (status) {
      case 200:
        return { result: "ok", detail: "registered at the dmsg-discovery" };
      case 404:
        return { result: "fault", detail: "not registered: it is on no dmsg-server" };
      default:
        return { result: "unsure", detail: `the dmsg-discovery answers ${status}` };
    }
  } catch (error) {
    return { result: "unsure", detail: `dmsg-discovery: ${connectionFault(error)}` };
  }
}
