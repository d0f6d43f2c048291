/** Rules across the parts of `fleet:observability`, and between them and the stack they watch. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
import { partNamespaces } from "./shape.ts";
import { profilesFaults } from "./profiles/shape.ts";

/** What of the whole stack the rules look at. */
export interface WatchedStack {
  /** Whether nothing else is deployed. */
  readonly alone: boolean;
  /** Every workload, as `namespace/name`. */
  readonly workloads: readonly string[];
}

/** Faults below a place of the file. */
const below = (place: readonly string[], faults: readonly PlatformFault[]): PlatformFault[] =>
  faults.map(({ path, message }) => ({ path: [...place, ...path], message }));

/** Every fault across the parts. */
export function observabilityFaults(
  config: ObservabilityConfig,
  { alone, workloads }: WatchedStack,
): PlatformFault[] {
  const { profiles } = config;
  return [
    ...(alone && partNamespaces(config).length === 0
      ? [{ path: ["only"], message: "needs a part of fleet:observability: nothing would be left" }]
      : []),
    ...(profiles === undefined
      ? []
      : below(["observability", "profiles"], profilesFaults(profiles, workloads))),
  ];
}
