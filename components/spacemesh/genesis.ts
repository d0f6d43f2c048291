/**
 * Genesis: the moment at which a network's first layer begins. Fixed once, in the stack file; another
 * one is another network (facts/spacemesh.md 3.1, 12.2). Pure: the clock is the caller's.
 */

/** What is said of a time that is none. */
export const genesisTimeRule =
  "must be a time with its zone, in whole seconds, e.g. 2026-11-22T12:00:00Z: make genesis writes it";

const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/;

/** Whether a text is a time of genesis: RFC 3339, whole seconds, of the calendar. */
export function isGenesisTime(text: string): boolean {
  if (!shape.test(text)) {
    return false;
  }
  const zone = text.endsWith("Z") ? "Z" : text.slice(-6);
  const moment = new Date(`${text.slice(0, 19)}Z`);
  // A 30th of February is moved to March by Date: written out again it must be what was read.
  return (
    !Number.isNaN(moment.getTime()) &&
    moment.toISOString().startsWith(text.slice(0, 19)) &&
    (zone === "Z" || (Number(zone.slice(1, 3)) <= 14 && Number(zone.slice(4)) < 60))
  );
}

/** Genesis of a network that is made now: the delay lets its machines come up first. */
export function genesisTime(now: Date, delayMinutes: number): string {
  const moment = new Date(Math.ceil(now.getTime() / 1000) * 1000 + delayMinutes * 60_000);
  return moment.toISOString().replace(".000Z", "Z");
}

/** Where a network stands. */
export type NetworkPhase = "new" | "running" | "parked";

/**
 * Why the genesis of a network does not fit its phase, or undefined. What is new must lie ahead of
 * its genesis: nodes that start after it begin with layers that nobody made.
 */
export function genesisFault(time: string, phase: NetworkPhase, now: Date): string | undefined {
  return phase === "new" && isGenesisTime(time) && new Date(time) <= now
    ? `${time} is past, and the network is new: where no member has run yet, take time and activeSize out, and make genesis writes others; where some have, phase: running brings up the rest, for their disks know this time (docs/spacemesh.md, «A new network»)`
    : undefined;
}
