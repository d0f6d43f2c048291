/** Content that tries to be something else than text, and reports made of it. */
import fc from "fast-check";

import type { Report } from "../../../review/model.ts";

/** What has broken reports elsewhere, or was made to. */
const tricks = [
  "</pre><script>alert(1)</script>",
  "</summary></details><img src=x onerror=alert(1)>",
  "<!-- fleet-review 0 -->",
  "-->",
  "<details>",
  "<a href=//x>",
  "```",
  "``````",
  "~~~",
  "`",
  "``a``",
  "\\`",
  "$`x`$",
  "$$x$$",
  "@team",
  "@org/team",
  "a@b.example",
  "mailto:a@b.example",
  "#1",
  "owner/repo#1",
  "GH-1",
  "4f2c1e9a7b3d5f60718293a4b5c6d7e8f9a0b1c2",
  "owner/repo@4f2c1e9a7b3d5f60718293a4b5c6d7e8f9a0b1c2",
  "http://a.example",
  "HTTPS://a.example",
  "www.a.example",
  "ftp://a.example",
  "[a](http://b)",
  "![a](//b)",
  "[a][b]",
  "[^1]",
  "[^1]: note",
  "[b]: //x",
  "[ ] todo",
  "# heading",
  "## heading ##",
  "===",
  "---",
  "***",
  "- item",
  "+",
  "1. item",
  "1)",
  "> quote",
  "> [!NOTE]",
  "| a | b |",
  "a|b",
  "\\|",
  "|--|--|",
  "*a*",
  "__a__",
  "~~a~~",
  ":tada:",
  "/close",
  "&lt;b&gt;",
  "&#64;team",
  "&",
  "\n\n# heading\n\n",
  "\r\n```\r\n",
  "\t",
  "    code",
  "\u001b[31mred\u001b[0m",
  "\u001b]8;;http://x\u0007link\u001b]8;;\u0007",
  "\u009b31m",
  "\u0000",
  "\u0008\u0008\u0008",
  "\r",
  "\u202eevil",
  "\u2066",
  "\u200b",
  "\u2028",
  "\ud83d",
  "\udc00",
  "👩‍👩‍👧‍👦",
  "é",
  "\u0338",
  "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306",
  "\u{e0041}",
  "",
  " ",
  "%s%n",
  "${x}",
  "javascript:alert(1)",
  "' onmouseover='x",
  '" onmouseover="x',
  "]]>",
  "<?x?>",
  "<![CDATA[",
];

/** Any text, with a liking for tricks and for joining them. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...tricks) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
      { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom(" ", "\n", "a", "x ", "`", "|", "<", "\\") },
    ),
    { maxLength: 5 },
  )
  .map((texts) => texts.join(""));

/** Keys whose values the model restricts: they are no content. */
const restricted: ReadonlySet<string> = new Set([
  "id",
  "groups",
  "risk",
  "risky",
  "is",
  "operation",
  "outcome",
  "change",
  "order",
  "format",
  "level",
  "severity",
  "fingerprint",
]);

/** Of these some values are restricted and others are not: those that are stay. */
const states: ReadonlySet<string> = new Set([
  "kept",
  "broken",
  "none",
  "unknown",
  "drifted",
  "not-asked",
  "failed",
]);

/** The report with each text that is content put through `replace`. */
export function withTexts(report: Report, replace: () => string): Report {
  // The same property has the same path wherever it is told, and no two have one.
  const paths = new Map<string, string>();
  const pathFor = (path: string): string => {
    const known = paths.get(path) ?? `${replace()} ${paths.size}`;
    paths.set(path, known);
    return known;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === "string" && key === "path") {
      return pathFor(value);
    }
    if (typeof value === "string") {
      return key === "state" && states.has(value) ? value : replace();
    }
    if (Array.isArray(value)) {
      return value.map((one) => walk(one, key));
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => {
        if (restricted.has(name)) {
          return [name, one];
        }
        // What a property is called is content where the program chose it.
        return name === "versions" ? [name, { [replace()]: replace() }] : [name, walk(one, name)];
      }),
    );
  };
  return walk(report, "") as Report;
}

/** Reports shaped like another, with content that is hostile all through. */
export const hostileReport = (report: Report): fc.Arbitrary<Report> =>
  fc.array(hostileText, { minLength: 7, maxLength: 7 }).map((texts) => {
    let next = 0;
    return withTexts(report, () => texts[next++ % texts.length] ?? "");
  });
