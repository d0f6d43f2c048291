/** How much of the tests goes on at once. */

/** Memory that a file of tests may need which brings up control planes, production's among them. */
const fileGibibytes = 4;

/** What a machine gives us: of a container's limits, not of the machine below it. */
export interface Machine {
  readonly cores: number;
  readonly bytes: number;
}

/** How many of each go side by side. */
export interface SideBySide {
  /** Parts of the run. */
  readonly parts: number;
  /** Files of tests that start programs of their own: one more than cores, as they wait for some of these. */
  readonly files: number;
}

/** As many as a machine keeps busy and can hold; no fewer than two cores want. */
export function sideBySide({ cores, bytes }: Machine): SideBySide {
  const held = Math.floor(bytes / 2 ** 30 / fileGibibytes);
  return {
    parts: Math.max(2, Math.floor(cores / 2)),
    files: Math.max(3, Math.min(cores + 1, held)),
  };
}
