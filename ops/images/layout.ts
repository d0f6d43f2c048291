/** How a stack file is laid out: as people keep it, or as the engine's CLI leaves it. */
import { type Document, parseDocument } from "yaml";

/**
 * As the CLI (3.259) lays a whole file out whenever it writes a secret or a setting into it: lines of any length, no
 * blanks inside braces, no empty lines.
 */
const asTheCli = { lineWidth: 0, flowCollectionPadding: false } as const;

/**
 * The text of a document in the layout of the file that it was read from: whoever writes one value changes
 * its line alone. A file in neither layout gets that of the files here.
 *
 * @param read Text of the file as it was read.
 */
export async function laidOut(name: string, read: string, document: Document): Promise<string> {
  if (parseDocument(read, { merge: true }).toString(asTheCli) === read) {
    return document.toString(asTheCli);
  }
  return asHere(name, document.toString({ lineWidth: 0 }));
}

/** A text laid out as every file here is (.oxfmtrc.json). */
export async function asHere(name: string, text: string): Promise<string> {
  const { format } = await import("oxfmt");
  const { code } = await format(name, text, { printWidth: 100 });
  return code;
}
