/** What the engine says went wrong, where it was asked for JSON: the rest of that holds values. */
import * as z from "zod";

const Answer = z.looseObject({
  diagnostics: z
    .array(
      z.looseObject({
        severity: z.string(),
        urn: z.string().optional(),
        message: z.string(),
      }),
    )
    .default([]),
});

/**
 * Errors that an answer of the engine tells, each with the resource it is about; undefined for a text that is no such answer.
 *
 * @param printed What `pulumi … --json` printed.
 */
export function diagnosticsIn(printed: string): string | undefined {
  let answer: z.infer<typeof Answer>;
  try {
    answer = Answer.parse(JSON.parse(printed));
  } catch {
    return undefined;
  }
  return answer.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ urn, message }) => {
      const name = urn?.split("::").slice(2).join(" ") ?? "";
      return `${name === "" ? "" : `${name}: `}${message.trim()}`;
    })
    .join("\n");
}
