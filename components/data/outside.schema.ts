/** Where a server outside the cluster stands that programs dial, for their network policies. */
import * as z from "zod";

import { overlap, wholeRange } from "../base/ranges.ts";
import { Port } from "../base/scalars.ts";
import { StoreHost } from "./storage.schema.ts";

/** The machine itself, what hands out the cloud's credentials to it, and what nobody can be dialled by. */
const nobodys = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];

const fewestBits = 8;

const Range = z
  .cidrv4({
    error: "must be a range of IPv4 addresses, e.g. 10.20.0.0/16; of one address: 10.20.0.7/32",
    // What comes next counts with its numbers.
    abort: true,
  })
  .superRefine((range, context) => {
    const fault = (message: string): void => {
      context.addIssue({ code: "custom", message });
    };
    if (Number(range.split("/")[1]) < fewestBits) {
      fault(
        `must be a /${fewestBits} or smaller: the policies are to open the server, not the world`,
      );
    } else if (wholeRange(range) !== range) {
      fault(`must begin with its first address: ${wholeRange(range)}, or of one address a /32`);
    } else if (nobodys.some((one) => overlap(one, range))) {
      fault("must be addresses that a server can have: these are the machine's own, or nobody's");
    }
  });

/**
 * `addresses` of a server outside: ranges that the network policies let its callers out to, and no others. A managed
 * store in the cloud's private network (RDS, ElastiCache) has its subnets here: a policy knows addresses, and no
 * names. Left out, it is on the internet, of which private ranges are no part.
 */
export const OutsideAddresses = z
  .array(Range)
  .min(1, "must list a range, or be left out: then it is on the internet")
  .max(16, "must be at most 16: name the subnets' common range")
  .refine((all) => new Set(all).size === all.length, "must list each range once")
  .optional();
/** {@inheritDoc OutsideAddresses} */
export type OutsideAddresses = z.infer<typeof OutsideAddresses>;

/**
 * What every store that somebody else runs says of itself.
 *
 * @param port Its default.
 */
export const outsideStore = (port: number) => ({
  kind: z.literal("external"),
  host: StoreHost,
  port: Port.default(port),
  /** Where it stands, where that is not the internet: the subnets of a managed one, e.g. [10.20.0.0/16]. */
  addresses: OutsideAddresses,
});
