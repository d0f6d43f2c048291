/** Factors of the suffixes of a Kubernetes quantity. */
export const quantityFactors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Reads a Kubernetes quantity into its base unit: cores, or bytes.
 *
 * @returns NaN when the text is no quantity, so that every comparison with it is false.
 */
export function parseQuantity(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text);
  const factor = quantityFactors[match?.[2] ?? "?"];
  return match === null || factor === undefined ? Number.NaN : Number(match[1]) * factor;
}

/** Writes bytes the way an operator reads them: the largest binary unit that stays exact enough. */
export function formatBytes(bytes: number): string {
  for (const unit of ["Ti", "Gi", "Mi", "Ki"]) {
    const amount = bytes / (quantityFactors[unit] ?? 1);
    if (amount >= 1) {
      return `${Number(amount.toFixed(2))}${unit}`;
    }
  }
  return `${bytes}`;
}

/** Writes cores in milli-cores below one core, else in cores. */
export function formatCpu(cores: number): string {
  return cores < 1 ? `${Math.round(cores * 1000)}m` : `${Number(cores.toFixed(3))}`;
}
