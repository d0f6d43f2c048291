/**
 * `genesis`: fixes once when a network begins, and with how many miners. Both stand in every node's config, so
 * they are written into the stack file and never counted anew (facts/spacemesh.md 3.1, 12.2).
 */
import { genesisTime } from "../../components/spacemesh/genesis.ts";
import { MinersConfig } from "../../components/spacemesh/miner.schema.ts";
import { NetworkConfig } from "../../components/spacemesh/network.schema.ts";
import { nodeProfiles } from "../../components/spacemesh/node-profiles.ts";
import { CommandError } from "../command.ts";
import { withValues } from "../images/write.ts";
import { parseSections } from "../sections.ts";
import { parseStackFile, type StackFile } from "../stack-file.ts";

/** A stack file with its genesis. */
export interface FixedGenesis {
  /** The whole file. */
  readonly text: string;
  readonly time: string;
  /** Miners at genesis; undefined where this version of the node is not told. */
  readonly activeSize: number | undefined;
}

/**
 * The stack file with a genesis `delayMinutes` from now, and `phase: new`; all else stays as it stands.
 *
 * @throws CommandError where it has one already, has none to have, or does not stand with it.
 */
export async function fixGenesis(file: StackFile, now: Date): Promise<FixedGenesis> {
  const { name, stack } = file;
  if (file.config["fleet:system"] !== "spacemesh") {
    throw new CommandError(`${name} is no Spacemesh network's: it has no genesis`);
  }
  // The whole file does not stand yet: a time is missing in it.
  const network = NetworkConfig.safeParse(file.config["fleet:network"]);
  const miners = MinersConfig.safeParse(file.config["fleet:miners"]);
  if (!network.success || !miners.success) {
    throw new CommandError(
      `${name}: fleet:network or fleet:miners has other faults: make doctor STACK=${stack} TARGET=sandbox tells them`,
    );
  }
  const { bootstrap, genesis, node, phase } = network.data;
  if (!bootstrap) {
    throw new CommandError(
      `${name} joins another network (bootstrap: false), whose genesis is its own, too`,
    );
  }
  if (genesis.time !== undefined) {
    throw new CommandError(
      `${name} has its genesis, ${genesis.time}, and was not touched: another one is another network. ` +
        "To begin one, its disks must go first: docs/spacemesh.md, «A network begins anew»",
    );
  }
  if (phase === "parked") {
    throw new CommandError(`${name} is parked without ever having begun: say phase: new first`);
  }
  const time = genesisTime(now, genesis.delayMinutes);
  const activeSize = nodeProfiles[node.version].hasActiveSize
    ? (genesis.activeSize ?? miners.data.numbers.length)
    : undefined;
  const text = await withValues(file, [
    { path: ["fleet:network", "phase"], value: "new" },
    { path: ["fleet:network", "genesis", "time"], value: time },
    ...(activeSize === undefined
      ? []
      : [{ path: ["fleet:network", "genesis", "activeSize"], value: activeSize }]),
  ]);
  // Whatever else is wrong is told now, and not when the minutes are running.
  parseSections(parseStackFile(stack, text));
  return { text, time, activeSize };
}
