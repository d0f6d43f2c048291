/** The report as JSON: schemas/review.schema.json says what is where. */
import type { Report } from "../model.ts";

/** What JSON lets stand in a string, and a terminal or an editor would obey. */
const unsafe = /[\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]/gu;

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;

/** Writes it, in printable characters only. */
export const renderJson = (report: Report): string =>
  `${JSON.stringify(report, null, 2).replaceAll(unsafe, (character) =>
    Array.from({ length: character.length }, (_, index) => unit(character.charCodeAt(index))).join(
      "",
    ),
  )}\n`;
