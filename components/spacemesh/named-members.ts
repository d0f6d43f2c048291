/** Members that the file names for something of their own: they must be there. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import { accountFault } from "./accounts.ts";
import { type MembersPlan, minerName, pinnedCount } from "./members.ts";
import type { MinersConfig } from "./miner.schema.ts";
import type { NetworkSections } from "./network-rules.ts";
import { accountScheme, nodeTemplate } from "./node-template.ts";

/** Faults of `miners.leaving`, `miners.profiled` and `miners.imported`. */
export const namedMemberFaults = (
  sections: Pick<NetworkSections, "network" | "miners">,
  plan: MembersPlan,
): PlatformFault[] => [
  ...leavingFaults(sections.miners, plan),
  ...profiledFaults(sections.miners),
  ...importedFaults(sections),
];

/** Miners that are about to go: they are there still, and may go. */
function leavingFaults(
  { leaving, numbers }: MinersConfig,
  plan: Pick<MembersPlan, "bootstrap" | "bootnodes" | "gateways">,
): PlatformFault[] {
  const known = new Set(numbers);
  const last = Math.max(pinnedCount(plan), plan.gateways);
  // One mistake is one fault: a range may name a hundred of them.
  const gone = leaving.find((number) => !known.has(number));
  const needed = leaving.find((number) => known.has(number) && number <= last);
  const path = ["miners", "leaving"];
  return [
    ...(needed === undefined
      ? []
      : [
          {
            path,
            message: `must not name ${needed}: others have the address of ${minerName(needed)} in their config`,
          },
        ]),
    ...(gone === undefined
      ? []
      : [
          {
            path,
            message: `must be numbers of miners: there is no ${minerName(gone)}; what has gone is taken out here as well`,
          },
        ]),
  ];
}

/** Members that the profiler watches must be there: all that is said beside the default of 10 and 20. */
function profiledFaults({ profiled, numbers }: MinersConfig): PlatformFault[] {
  const known = new Set(numbers);
  const isDefault = profiled.length === 2 && profiled[0] === 10 && profiled[1] === 20;
  return isDefault
    ? []
    : profiled.flatMap((number, index) =>
        known.has(number)
          ? []
          : [
              {
                path: ["miners", "profiled", index],
                message: `must be the number of a miner: there is no ${minerName(number)}`,
              },
            ],
      );
}

/** Imported keys: of members that there are, accounts as the version writes them. */
function importedFaults({
  network,
  miners,
}: Pick<NetworkSections, "network" | "miners">): PlatformFault[] {
  const known = new Set(miners.numbers);
  const { version } = network.node;
  const scheme = accountScheme(version, nodeTemplate(network.node, network.extends?.config));
  return Object.entries(miners.imported).flatMap(([number, { coinbase }]) => {
    const path = ["miners", "imported", number];
    const fault = coinbase === undefined ? undefined : accountFault(coinbase, scheme);
    return [
      ...(known.has(Number(number))
        ? []
        : [{ path, message: `must be the number of a miner: there is no miner-${number}` }]),
      ...(fault === undefined ? [] : [{ path: [...path, "coinbase"], message: fault }]),
    ];
  });
}
