/** Whether programs get to a store outside the cluster. Pure. */
import { isIPv4 } from "node:net";

import type { PlatformFault } from "../platform/fault.ts";

const privateAddress = (host: string): boolean =>
  isIPv4(host) &&
  /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    host,
  );

/**
 * A policy lets programs out to public addresses only: 'everywhere' would include other tenants and
 * the cloud's metadata server.
 */
export const unreachableFault = (path: PlatformFault["path"], host: string): PlatformFault[] =>
  privateAddress(host)
    ? [
        {
          path,
          message: `${host} is a private address, which the network policies do not open: use a public one or set fleet:networkPolicy: "off"`,
        },
      ]
    : [];
