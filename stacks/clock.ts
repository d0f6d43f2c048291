/**
 * What of a stack file is right at one time and wrong at another. The loader alone looks at the clock, before
 * anything is touched: nothing of it enters a resource.
 */
import { genesisFault } from "../components/spacemesh/genesis.ts";
import type { Fault } from "./faults.ts";
import type { StackConfig } from "./stack.schema.ts";

/** Faults of a config at a moment. */
export function clockFaults(config: StackConfig, stack: string, now: Date): Fault[] {
  if (config.system !== "spacemesh") {
    return [];
  }
  const { genesis, phase } = config.network;
  const expected = genesis.time === undefined ? undefined : genesisFault(genesis.time, phase, now);
  return expected === undefined
    ? []
    : [{ path: "fleet:network.genesis.time", expected, mend: `make genesis STACK=${stack}` }];
}
