/** Faults of the file's mappings of StatsD beside those that a system brings. Pure. */
import type { PlatformFault } from "../../platform/fault.ts";
import type { ObservedSystem } from "../rules/types.ts";
import type { StatsdConfig, StatsdMapping } from "./statsd.schema.ts";

/** Whether one takes names of the other: of different types, both are asked. */
const takes = (own: StatsdMapping, other: StatsdMapping): boolean =>
  own.match === other.match && (own.type === undefined || own.type === other.type);

/**
 * Mappings that would take away what the alerts of a system read, or add to it. The file's go first, and the exporter
 * drops samples of a metric that is of another type than before: either way alerts would be blind.
 *
 * @returns Faults with paths below `metrics`.
 */
export const statsdFaults = (
  config: StatsdConfig | undefined,
  systems: readonly ObservedSystem[],
): PlatformFault[] =>
  (config?.mappings ?? []).flatMap((own, index) =>
    systems.flatMap(({ name: system, statsd = [] }) => [
      ...(statsd.some((other) => takes(own, other))
        ? [
            {
              path: ["statsd", "mappings", index, "match"],
              message: `is mapped by ${system} itself, whose alerts read it: leave it out`,
            },
          ]
        : []),
      ...(statsd.some(({ name }) => name !== undefined && name === own.name)
        ? [
            {
              path: ["statsd", "mappings", index, "name"],
              message: `is a metric of ${system}: name it otherwise`,
            },
          ]
        : []),
    ]),
  );
