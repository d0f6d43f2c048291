/**
 * What is kept longest where a form has to leave something out; greater is more. First what makes the
 * report unsafe to trust, then what changes, by risk, then how it changes, then what is only good to know.
 */
import type { RiskClass } from "../../model.ts";

/** Importance of whatever the page tells. */
export const importance = {
  notWhole: 1000,
  failure: 990,
  breach: 980,
  /** That something changes, and why that is a risk. */
  entry: { "data-loss": 970, downtime: 960, access: 950, rollout: 900, cosmetic: 600 },
  changedStack: 940,
  drift: 930,
  /** Which properties, and in which lines. */
  properties: { "data-loss": 920, downtime: 910, access: 890, rollout: 700, cosmetic: 300 },
  advice: 880,
  roll: 870,
  totals: 860,
  provenance: 850,
  texts: { "data-loss": 840, downtime: 830, access: 820, rollout: 650, cosmetic: 250 },
  unknowns: 800,
  outputs: 790,
  parity: 780,
  said: 500,
  /** Which resources a group is of. */
  members: 400,
  unchangedStack: 350,
} as const satisfies Record<string, number | Record<RiskClass, number>>;
