/** How something changes, as lines of a difference. */
import type {
  PropertyChange,
  Reference,
  SecretChange,
  TextDiff,
  Unknown,
  Value,
} from "../../model.ts";
import type { Detail, DiffLine } from "../document.ts";
import { lineOf } from "../visible.ts";
import { code, counted, limits, words } from "./line.ts";

const path = (text: string): string => lineOf(text, limits.name);

/** A value on its side of a difference; nothing where that side has none. */
function side(sign: "+" | "-", name: string, value: Value): readonly DiffLine[] {
  switch (value.is) {
    case "absent":
      return [];
    case "text": {
      const more = value.of === undefined ? "" : ` … (${value.of} characters)`;
      return [{ sign, text: `${path(name)}: ${lineOf(value.text, limits.value)}${more}` }];
    }
    case "secret":
      return [{ sign, text: `${path(name)}: a secret` }];
    case "unknown":
      return [{ sign, text: `${path(name)}: not known yet` }];
  }
}

/** Both sides of a property, unless they are told elsewhere, and whether it forces a replacement. */
function both(change: PropertyChange, isElsewhere: boolean): readonly DiffLine[] {
  const { before, after } = change;
  const forces: readonly DiffLine[] = change.replaces
    ? [{ sign: "!", text: `${path(change.path)} forces the replacement` }]
    : [];
  return isElsewhere
    ? forces
    : [...forces, ...side("-", change.path, before), ...side("+", change.path, after)];
}

const secretWords: Readonly<Record<SecretChange["change"], string>> = {
  changed: "secret, changed",
  unchanged: "secret, unchanged",
  added: "secret, added",
  removed: "secret, removed",
  unknown: "secret, made only by the update",
};

/** What of a resource or a group has properties. */
interface Propertied {
  readonly changesOmitted?: number;
  readonly secrets?: readonly SecretChange[];
  readonly unknowns?: readonly Unknown[];
  readonly texts?: readonly TextDiff[];
}

/** Properties, secrets by their names, and why a value is not known; nothing where there is none. */
export function propertyDetail(
  of: Propertied,
  changes: readonly PropertyChange[],
  importance: number,
): readonly Detail[] {
  const secrets = of.secrets ?? [];
  const unknowns = of.unknowns ?? [];
  const omitted = of.changesOmitted ?? 0;
  // What has a list of its own is told there.
  const elsewhere = new Set([...secrets, ...unknowns, ...(of.texts ?? [])].map((one) => one.path));
  const shown = changes.filter((change) => change.replaces || !elsewhere.has(change.path));
  const lines: readonly DiffLine[] = [
    ...shown.flatMap((change) => both(change, elsewhere.has(change.path))),
    ...secrets.map(({ path: name, change }): DiffLine => ({
      sign: "!",
      text: `${path(name)}: ${secretWords[change]}`,
    })),
    ...unknowns.map(({ path: name, why }): DiffLine => ({
      sign: "!",
      text: `${path(name)}: ${lineOf(why, limits.value)}`,
    })),
    ...(omitted === 0
      ? []
      : [{ sign: "!", text: `and ${counted(omitted, "property", "properties")} more` } as const]),
  ];
  const title = [
    shown.length + omitted === 0
      ? undefined
      : counted(shown.length + omitted, "property", "properties"),
    secrets.length === 0 ? undefined : counted(secrets.length, "secret"),
    unknowns.length === 0 ? undefined : counted(unknowns.length, "unknown"),
  ].filter((part) => part !== undefined);
  return lines.length === 0 ? [] : [{ title: [words(title.join(", "))], lines, importance }];
}

const formats: Readonly<Record<TextDiff["format"], string>> = {
  json: "JSON",
  yaml: "YAML",
  text: "text",
};

const signs = { same: " ", added: "+", removed: "-" } as const;

/** A text, line by line. */
export function textDetail(text: TextDiff, importance: number): Detail {
  const hunks = text.hunks.flatMap((hunk): readonly DiffLine[] => [
    {
      sign: "@",
      text: `-${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines}`,
    },
    ...hunk.lines.map(({ is, text: line }) => ({
      sign: signs[is],
      text: lineOf(line, limits.value),
    })),
  ]);
  const omitted: readonly DiffLine[] =
    text.omitted === 0
      ? []
      : [{ sign: "!", text: `and ${counted(text.omitted, "line")} more that differ` }];
  const note: readonly DiffLine[] =
    text.note === undefined ? [] : [{ sign: "!", text: lineOf(text.note, limits.sentence) }];
  return {
    title: [
      code(text.path),
      words(`as ${formats[text.format]}: ${text.added} added, ${text.removed} removed`),
    ],
    lines: [...note, ...hunks, ...omitted],
    importance,
  };
}

/** Which resources a group is of. */
export function memberDetail(
  members: readonly Reference[],
  several: boolean,
  importance: number,
): Detail {
  return {
    title: [words(counted(members.length, "resource"))],
    lines: members.map(({ label, stack }) => ({
      sign: " ",
      text: several ? `${path(label)} in ${path(stack)}` : path(label),
    })),
    importance,
  };
}
