/** The table that `make bench` prints. */

/** One line: a figure, its bound, and what it was made of. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `×` for a ratio, `s` for seconds, `MB` for a million bytes. */
  readonly unit: "×" | "s" | "MB";
  /** The figure must not be above. One without a bound is only told. */
  readonly bound?: number;
  readonly detail: string;
}

/** Whether a figure keeps its bound. */
export const keeps = ({ value, bound }: Figure): boolean => bound === undefined || value <= bound;

/** Writes the figures under each other, one line each. */
export function writeTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.bound === undefined ? "    " : keeps(figure) ? "ok  " : "OVER",
    figure.name,
    `${figure.value.toFixed(2)} ${figure.unit}`,
    figure.bound === undefined ? "" : `≤ ${figure.bound} ${figure.unit}`,
    figure.detail,
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
