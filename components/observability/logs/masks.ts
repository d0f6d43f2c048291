/**
 * What secrets look like in a line of a log, and what is left of them. Programs print them: a
 * dmsg-server and a setup-node print their whole config (facts/skywire.md 2).
 *
 * One list for both shippers. Filebeat's script is ECMAScript 5 upon Go's expressions, Vector's are
 * Rust's: so neither look-around nor back references, and counted repeats stay below 1,000. What is
 * left of a JSON line is a JSON line still, so that it can be taken apart after it was masked.
 */

/** What stands where a secret stood. */
export const masked = "***";

/** An expression, without regard to case, and what a match becomes. */
export interface Mask {
  readonly name: string;
  /** In the words that ECMAScript, Go and Rust share. */
  readonly pattern: string;
  /** `$1` is the first group. */
  readonly replacement: string;
  /** Lower-case texts of which a line must have one to match: far quicker looked for. Empty: none known. */
  readonly hints: readonly string[];
  /** Applies only where the family masks hex keys. */
  readonly hexKeys?: true;
}

/** How names of secrets end, the short ones only as whole words. */
const secretWords =
  "secret|sec(?:ret)?[-_ ]?key|priv(?:ate)?[-_ ]?key|pass(?:word|wd|phrase)|(?:\\b|_)(?:sk|pass|pwd|seed)|token|(?:api|access|encryption|signing)[-_]?key|mnemonic|credentials?";

/** Whether a member of a JSON object holds a secret, whatever its value looks like. */
export const secretName = `(?:${secretWords}|authorization|cookie)$`;

/** Lower-case texts of which every such name has one. */
export const secretHints: readonly string[] = [
  "sec",
  "priv",
  "pass",
  "pwd",
  "token",
  "key",
  "seed",
  "mnemonic",
  "sk",
  "credential",
  "authorization",
  "cookie",
];

/** Every mask, in the order they are applied. */
export const masks: readonly Mask[] = [
  {
    name: "private key in PEM",
    pattern:
      '-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-"]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?',
    replacement: masked,
    hints: ["private key"],
  },
  {
    // A key in PEM that is printed line by line: each but the last has 64 characters, or 76.
    name: "line of base64 and nothing else",
    pattern: "^\\s*[A-Za-z0-9+/]{60,76}={0,2}\\s*$",
    replacement: masked,
    hints: [],
  },
  {
    name: "password in a URL",
    pattern: "([a-z][a-z0-9+.-]{0,30}://[^\\s/@:\"'\\\\]{0,256}):[^\\s/@\"'\\\\]+@",
    replacement: `$1:${masked}@`,
    hints: ["://"],
  },
  {
    name: "header",
    pattern:
      "((?:authorization|cookie)[\"'\\\\]*\\s*[:=]\\s*[\"'\\\\]*\\[?[\"'\\\\]*)[^\"'\\\\\\[\\]\\s][^\"'\\\\\\[\\]]*",
    replacement: `$1${masked}`,
    hints: ["authorization", "cookie"],
  },
  {
    name: "bearer",
    pattern: "\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{8,}",
    replacement: `$1 ${masked}`,
    hints: ["bearer", "basic"],
  },
  {
    name: "access token by its beginning",
    pattern:
      "\\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\\w{20,}|glpat-[\\w-]{15,}|dckr_(?:pat|oat)_[\\w-]{15,}|pul-[0-9a-f]{20,}|AKIA[0-9A-Z]{16}|xox[abeprs]-[\\w-]{10,}|AGE-SECRET-KEY-1\\w{20,}|\\d{8,10}:AA[\\w-]{30,}|eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}(?:\\.[\\w-]*)?)",
    replacement: masked,
    hints: ["gh", "glpat-", "dckr_", "pul-", "akia", "xox", "age-secret", ":aa", "eyj"],
  },
  {
    // Also within text of JSON that is itself a member of JSON, whose quotes have backslashes.
    name: "value in quotes with backslashes",
    pattern: `((?:${secretWords})["'\\\\]*\\s*[:=]\\s*\\\\+["'])(?:[^"'\\\\]|\\\\[^"'])+`,
    replacement: `$1${masked}`,
    hints: secretHints,
  },
  {
    name: "value in double quotes",
    pattern: `((?:${secretWords})["']?\\s*[:=]\\s*")(?:[^"\\\\]|\\\\.)+`,
    replacement: `$1${masked}`,
    hints: secretHints,
  },
  {
    name: "value in single quotes",
    pattern: `((?:${secretWords})["']?\\s*[:=]\\s*')[^'"]+`,
    replacement: `$1${masked}`,
    hints: secretHints,
  },
  {
    name: "number or flat list in JSON",
    pattern: `((?:${secretWords})"\\s*:\\s*)(?:-?[0-9][0-9.eE+-]*|\\[[^\\[\\]{}]*\\])`,
    replacement: `$1"${masked}"`,
    hints: secretHints,
  },
  {
    name: "value without quotes",
    pattern: `((?:${secretWords})\\s*[:=]\\s*)[^\\s"'\\\\,;&(){}\\[\\]]+`,
    replacement: `$1${masked}`,
    hints: secretHints,
  },
  {
    name: "value of a flag",
    pattern:
      "(--?(?:[a-z0-9-]*-)?(?:sk|secret|password|passwd|token|api-key|seckey|secret-key) )[^\\s\"'\\\\]+",
    replacement: `$1${masked}`,
    hints: ["-"],
  },
  {
    // Not a digest, and not part of a public key, which has 66 digits.
    name: "hex key",
    pattern: "(^|[^0-9A-Za-z:]|[^6]:)(?:0x)?[0-9a-f]{64}(?:[0-9a-f]{64})?\\b",
    replacement: `$1${masked}`,
    hints: [],
    hexKeys: true,
  },
];
