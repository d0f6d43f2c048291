/** What the engine, a provider or the program said, each thing once. */
import { isStoppedByPolicy } from "./ending.ts";
import { referToUrn } from "./identity.ts";
import type { Diagnostic } from "./model.ts";
import type { StackPreview } from "./preview.ts";

/** Things said that are listed. */
const listed = 200;

/** Characters of one of them. */
const longest = 4_000;

/** What says nothing of the change: which plugin was found where (see sandbox/events.ts). */
const noise =
  /using pulumi-(resource|language|analyzer)-\S+ from \$PATH|is expected to have version/;

const order = ["error", "warning", "info"] as const;

/** Errors first. */
export function diagnosticsOf(
  stack: string,
  preview: StackPreview,
  failure: string | undefined,
): Diagnostic[] {
  // That a policy stops the change is told by the policy.
  const isStopped = isStoppedByPolicy(preview);
  const said = preview.messages.filter(
    ({ severity, text }) => !noise.test(text) && !(isStopped && severity === "error"),
  );
  const own =
    failure === undefined || isStopped
      ? []
      : [{ severity: "error" as const, urn: "", text: failure }];
  const groups = Map.groupBy([...own, ...said], ({ severity, urn, text }) =>
    JSON.stringify([severity, urn, text]),
  );
  return [...groups.values()]
    .flatMap((all) => {
      const [first] = all;
      return first === undefined
        ? []
        : [
            {
              severity: first.severity,
              ...(first.urn === "" ? {} : { resource: referToUrn(stack, first.urn) }),
              message: shorten(first.text),
              times: all.length,
            },
          ];
    })
    .sort((left, right) => {
      const bySeverity = order.indexOf(left.severity) - order.indexOf(right.severity);
      // Of errors the first is often the cause of the others; the rest comes in any order.
      const byText = left.severity === "error" ? 0 : left.message < right.message ? -1 : 1;
      return bySeverity === 0 ? byText : bySeverity;
    })
    .slice(0, listed);
}

/** URN → the first thing that was said of it as an error. */
export function failuresOf({ messages }: StackPreview): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { severity, urn, text } of messages) {
    if (severity === "error" && urn !== "" && !found.has(urn)) {
      found.set(urn, shorten(text));
    }
  }
  return found;
}

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`;
}
