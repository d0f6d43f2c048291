/**
 * Rounds of PoETs. A PoET of `v0.1` makes one after the other, the first ending with the network's
 * first layer; from `v0.2` on they follow the network's epochs, and nodes are told the same calendar.
 *
 * Source: facts/spacemesh.md 2.4; PoET's and the node's flags at v0.2.0 and v0.2.18.
 */
import { parseDuration, writeDuration } from "./durations.ts";
import { type JsonObject, valueAt } from "./json.ts";
import type { NetworkTimes } from "./node-template.ts";

/** Rounds of one PoET, in seconds. */
export interface PoetCalendar {
  /** From an epoch's begin to the begin of its round. */
  readonly phaseShift: number;
  /** Between a round's end and the next one's begin. */
  readonly cycleGap: number;
  /** From a round's end until its proof must have reached the nodes. */
  readonly gracePeriod: number;
}

/**
 * Calendar of a PoET.
 *
 * The config's `poet` section says it; without, a round begins in the middle of an epoch, with a
 * tenth of it between rounds and half of that to spread a proof: our own defaults, the program's are
 * for epochs of 30 seconds.
 *
 * @param index 0 for the first PoET.
 * @param shiftSeconds How much later than the one before it each PoET is.
 */
export function poetCalendar(
  template: JsonObject,
  { epochSeconds }: Pick<NetworkTimes, "epochSeconds">,
  index: number,
  shiftSeconds: number,
): PoetCalendar {
  const seconds = (key: string): number | undefined => {
    const value = valueAt(template, ["poet", key]);
    return typeof value === "string" ? parseDuration(value) : undefined;
  };
  const cycleGap = seconds("cycle-gap") ?? Math.max(1, Math.floor(epochSeconds / 10));
  return {
    phaseShift: (seconds("phase-shift") ?? Math.floor(epochSeconds / 2)) + index * shiftSeconds,
    cycleGap,
    gracePeriod: seconds("grace-period") ?? Math.floor(cycleGap / 2),
  };
}

/** A calendar in a node's config. */
export const poetSection = (calendar: PoetCalendar): JsonObject => ({
  "phase-shift": writeDuration(calendar.phaseShift),
  "cycle-gap": writeDuration(calendar.cycleGap),
  "grace-period": writeDuration(calendar.gracePeriod),
});
