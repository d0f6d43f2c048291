/** The programs that a line goes through. Pure. */
import type { LogFamilies } from "../../logs/families.ts";
import { access } from "./access.ts";
import { json } from "./json.ts";
import { asText, clean, cut, mask } from "./text.ts";
import { literal } from "./words.ts";
import { whose } from "./whose.ts";

/** Name of a file → program, in the order they run in, as one. */
export const linePrograms = (families: LogFamilies): Readonly<Record<string, string>> => ({
  "cut.vrl": cut,
  "clean.vrl": clean,
  "mask.vrl": mask(families),
  "json.vrl": json,
  "text.vrl": `if !is_json {\n${asText}}\n`,
  "access.vrl": access,
});

/**
 * What is left of a line that the programs failed at: whose it was. Its text may hold a secret, and so
 * may what Vector says of the failure.
 */
export const fault = `\
del(.text)
del(.metadata)
.line = "fault"
`;

/** Gives the time of a line the name that a service looks for. */
export const timeAs = (field: string): string => `.${literal(field)} = del(."@timestamp")\n`;

export { whose };
