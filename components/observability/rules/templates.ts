/** Texts of alerts with labels and values in them: what Prometheus fills in, or stumbles over. */

/** Ways to write the value that a text may ask for. */
const ways = [
  "humanize",
  "humanize1024",
  "humanizeDuration",
  "humanizePercentage",
  "humanizeTimestamp",
  String.raw`printf "%\.\d+f"`,
];

const simple = new RegExp(
  String.raw`^\s*\$(?:value|labels\.([a-zA-Z_]\w*))\s*(?:\|\s*(?:${ways.join("|")})\s*)?$`,
);

/** What a text asks for, or what is wrong with it. */
export type TextUse =
  | { readonly ok: true; readonly labels: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * Reads a text of an alert. Prometheus knows a whole language there; just these two are taken, which it
 * cannot fail at: `{{ $labels.name }}` and `{{ $value }}`, either with `| humanize…` or `| printf "%.1f"`.
 */
export function textUse(text: string): TextUse {
  const rest = text.replaceAll(/\{\{[^{}]*\}\}/g, "");
  if (rest.includes("{{") || rest.includes("}}")) {
    return { ok: false, message: "has {{ or }} without the other" };
  }
  const uses = [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map(([whole, inside = ""]) => ({
    whole,
    found: simple.exec(inside),
  }));
  const wrong = uses.find(({ found }) => found === null);
  return wrong === undefined
    ? { ok: true, labels: uses.flatMap(({ found }) => found?.[1] ?? []) }
    : {
        ok: false,
        message: `says ${wrong.whole}, and may say {{ $labels.<name> }} or {{ $value }}, with | humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp or printf "%.1f"`,
      };
}

/** Labels that a legend of a dashboard names, `{{workload}}`. */
export const legendLabels = (legend: string): string[] =>
  [...legend.matchAll(/\{\{\s*([^{}\s]+)\s*\}\}/g)].map(([, label = ""]) => label);
