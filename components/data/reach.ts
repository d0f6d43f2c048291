/** Whether programs get to a store outside the cluster. Pure. */
import { isIPv4 } from "node:net";

import { privateRanges } from "../base/flows.ts";
import { inRange } from "../base/ranges.ts";
import type { PlatformFault } from "../platform/fault.ts";

const privateAddress = (host: string): boolean =>
  isIPv4(host) && privateRanges.some((range) => inRange(host, range));

/** A server outside the cluster whose section may say where it stands. */
export interface OutsideServer {
  readonly host: string;
  readonly addresses?: readonly string[] | undefined;
}

/**
 * What its `addresses` name is all that is opened; without them public addresses are, as 'everywhere' would include
 * other tenants and the cloud's metadata server. A host that is a name is believed: what it leads to is known when it
 * is looked up.
 *
 * @param path Of the section.
 */
export function outsideFault(
  path: PlatformFault["path"],
  { host, addresses }: OutsideServer,
): PlatformFault[] {
  if (addresses === undefined) {
    return privateAddress(host)
      ? [
          {
            path: [...path, "host"],
            message: `${host} is a private address, which the network policies do not open by themselves: say addresses: ["${host}/32"] beside it, or the range of its subnets`,
          },
        ]
      : [];
  }
  return isIPv4(host) && !addresses.some((range) => inRange(host, range))
    ? [
        {
          path: [...path, "addresses"],
          message: `must hold ${host}, the host: the network policies open ${addresses.join(", ")} alone`,
        },
      ]
    : [];
}
