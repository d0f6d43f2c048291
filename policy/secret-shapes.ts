/** What secrets look like, wherever they are written: in stack files, in resources, in a state. */

/** Shapes that no public value has. */
export const shapes: readonly {
  /** Nothing of it reaches over the end of a line. */
  readonly pattern: RegExp;
  /** Length of the shortest text that has it. */
  readonly least: number;
  readonly what: string;
  /** Whether a checksum has the same shape. */
  readonly likeChecksum?: boolean;
}[] = [
  {
    // Not a digest, and not part of a public key (66 digits).
    pattern: /(?<!sha256:)(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{64}(?![0-9A-Za-z])/,
    least: 64,
    what: "looks like a secret key (64 hex digits)",
    likeChecksum: true,
  },
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY/,
    least: 22,
    what: "looks like a private key in PEM",
  },
  {
    // Bounded repeats: without them a line of 100,000 letters takes seconds.
    pattern: /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:"]{0,256}:[^\s/@"]{1,1024}@/i,
    least: 7,
    what: "has a password in a URL",
  },
  {
    pattern:
      /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|dckr_(?:pat|oat)_[\w-]{15,}|pul-[0-9a-f]{20,}|AKIA[0-9A-Z]{16}|xox[abeprs]-[\w-]{10,}|AGE-SECRET-KEY-1\w{20,}|\d{8,10}:AA[\w-]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)/,
    least: 15,
    what: "looks like an access token",
  },
];

/**
 * What a text looks like that no public value does.
 *
 * @param trimmed The text without its checksums. It is only asked for where a shape is found that those have, too: most
 * texts have none.
 */
export const shapesIn = (text: string, trimmed: (text: string) => string): readonly string[] =>
  shapes
    .filter(
      ({ pattern, least, likeChecksum = false }) =>
        text.length >= least &&
        pattern.test(text) &&
        (!likeChecksum || pattern.test(trimmed(text))),
    )
    .map(({ what }) => what);

/** Names of what holds a secret. */
export const suspiciousKey =
  /pass(?:word|wd|phrase)?$|secret(?:[-_]?key)?$|token$|api[-_]?key$|private[-_]?key$|credentials?$|^sk$|[-_]sk$/i;

/**
 * Whether a text is drawn by chance rather than written by a person: it goes from one class of
 * characters to another again and again. Addresses, paths and names made of words do not.
 */
export function looksRandom(text: string): boolean {
  if (text.length < 8 || /\s|^[./]|:\/\//.test(text)) {
    return false;
  }
  const words = text.split(/[-_.]/);
  return words.reduce((sum, word) => sum + switches(word), 0) >= 3;
}

/** How often a word goes from one class of characters to another. */
function switches(word: string): number {
  return (word.match(/[a-z]+|[A-Z]+|\d+|[^a-zA-Z\d]+/g) ?? []).length - 1;
}
