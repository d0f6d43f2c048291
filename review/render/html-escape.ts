/** Text for HTML, in an element or a quoted attribute. It expects a visible line (visible.ts). */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that stays text. */
export const htmlText = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
