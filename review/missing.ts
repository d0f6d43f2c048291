/** What a stack's part of the report does not tell, and why. */
import { isStoppedByPolicy } from "./ending.ts";
import type { Missing } from "./model.ts";
import { readUrn } from "./identity.ts";
import type { Change } from "./operations.ts";
import type { StackPreview } from "./preview.ts";
import type { StackInput } from "./report.ts";

/** Everything that is missing, what could hide a change first. */
export function missingOf(
  { stack, missing = [], failure, preview: given }: StackInput,
  preview: StackPreview,
  changes: readonly Change[],
  broken: readonly string[],
): Missing[] {
  const found: Missing[] = [...missing];
  const tell = (what: string, why: string, hides: boolean): void => {
    found.push({ stack, what, why, hides });
  };
  if (given === undefined) {
    tell("the whole preview", failure ?? "it never began", true);
    return found;
  }
  if (!isStoppedByPolicy(preview)) {
    tellEnd(preview, tell);
  }
  tellFaults(preview, tell);
  const unfinished = changes.filter(({ isDone }) => !isDone);
  if (unfinished.length > 0) {
    const names = unfinished.slice(0, 5).map(({ urn }) => readUrn(urn).name);
    const more = unfinished.length > 5 ? ` and ${unfinished.length - 5} more` : "";
    tell(
      `the end of ${unfinished.length} step${unfinished.length === 1 ? "" : "s"}: ${names.join(", ")}${more}`,
      "the engine began them and did not end them",
      true,
    );
  }
  if (broken.length > 0) {
    tell(
      `what changes in ${broken.map((urn) => readUrn(urn).name).join(", ")}`,
      "their properties could not be compared",
      true,
    );
  }
  if (Object.keys(preview.packs).length === 0 && preview.policySummaries.length === 0) {
    tell("the policies' verdict", "the preview ran without a policy pack", false);
  }
  return found.sort((left, right) => Number(right.hides) - Number(left.hides));
}

type Tell = (what: string, why: string, hides: boolean) => void;

function tellEnd({ summary, messages }: StackPreview, tell: Tell): void {
  if (summary === undefined) {
    tell("whatever comes after the last event", "the log ends without the engine's summary", true);
  } else if (summary.result !== "" && summary.result !== "succeeded") {
    tell("resources that the preview did not come to", `the preview ${summary.result}`, true);
  } else if (messages.some(({ severity }) => severity === "error")) {
    tell("resources that the preview did not come to", "errors were reported", true);
  }
}

function tellFaults({ faults, steps, summary }: StackPreview, tell: Tell): void {
  const { unreadable, cut, unknownKinds } = faults;
  if (unreadable > 0) {
    tell(
      `${unreadable} event${unreadable === 1 ? "" : "s"} of the log`,
      "they could not be read: each may be a change",
      true,
    );
  }
  if (cut) {
    tell("the last event of the log", "it ends in its middle: the engine was stopped", true);
  }
  const kinds = Object.entries(unknownKinds);
  if (kinds.length > 0) {
    const names = kinds.map(([kind, count]) => `${kind} (${count})`).join(", ");
    tell(`events of a kind that this version does not know: ${names}`, "a newer engine", false);
  }
  if (summary !== undefined && summary.changes > 0 && steps.length === 0 && unreadable === 0) {
    tell(`${summary.changes} changes that the engine counted`, "the log has no step of them", true);
  }
}
