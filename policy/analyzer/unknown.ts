/** What an engine sends in place of a value that is not known yet. */
import { unknownText } from "../resource.ts";

/** What stands for a text. */
export const textMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One mark for each type of value. */
const marks: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  textMark,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** A text of an engine, as the rules read it: {@link unknownText} where it is a mark. */
export const readText = (text: string): string => (marks.has(text) ? unknownText : text);
