/** A number with what it counts: 1 pool, 3 pools, 2 FAULTS. */
export const counted = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : what === what.toUpperCase() ? "S" : "s"}`;
