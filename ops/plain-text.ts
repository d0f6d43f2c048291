/**
 * Plain-text secrets in stack files. They are committed, and what was committed once is public for
 * ever to whoever reads the history.
 *
 * No finding repeats what it found.
 */
import {
  type Document,
  isCollection,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from "yaml";

import { isMap, secureText } from "./stack-file.ts";

/** A place in a file that must not be committed. */
export interface Finding {
  /** Line of the file, from 1. */
  readonly line: number;
  /** What is wrong there, and the mend. Never the text itself. */
  readonly fault: string;
}

/** Shapes that no public value of a stack file has. */
const shapes: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    // Not a digest, and not part of a public key (66 digits).
    pattern: /(?<!sha256:)(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{64}(?![0-9A-Za-z])/,
    what: "looks like a secret key (64 hex digits)",
  },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY/, what: "looks like a private key in PEM" },
  {
    // Bounded repeats: without them a line of 100,000 letters takes seconds.
    pattern: /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:]{0,256}:[^\s/@]{1,1024}@/i,
    what: "has a password in a URL",
  },
  {
    pattern:
      /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|dckr_(?:pat|oat)_[\w-]{15,}|pul-[0-9a-f]{20,}|AKIA[0-9A-Z]{16}|xox[abeprs]-[\w-]{10,}|AGE-SECRET-KEY-1\w{20,}|\d{8,10}:AA[\w-]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)/,
    what: "looks like an access token",
  },
];

const suspiciousKey =
  /pass(?:word|wd|phrase)?$|secret(?:[-_]?key)?$|token$|api[-_]?key$|private[-_]?key$|credentials?$|^sk$|[-_]sk$/i;

const mend =
  "move it to fleet:secrets with: pulumi config set --secret --path fleet:secrets.<name>";

/** Every plain-text secret of a stack file, in the order of its lines. */
export function plainTextSecrets(text: string): readonly Finding[] {
  const findings = [...shapeFindings(text), ...structureFindings(text)];
  const lines = new Map<number, Finding>();
  for (const finding of findings.sort((a, b) => a.line - b.line)) {
    lines.set(finding.line, lines.get(finding.line) ?? finding);
  }
  return [...lines.values()];
}

/** Line by line, comments included: a key that was commented out is published all the same. */
function shapeFindings(text: string): Finding[] {
  return text.split("\n").flatMap((line, index) => {
    if (/^(?:encryptionsalt|encryptedkey|secretsprovider)\s*:/.test(line)) {
      return [];
    }
    const readable = line.replaceAll(
      /(["']?secure["']?\s*:\s*)(["']?)([A-Za-z0-9+/=:]+)\2/g,
      (all, key: string, _quote: string, value: string) => (isCiphertext(value) ? key : all),
    );
    return shapes
      .filter(({ pattern }) => pattern.test(readable))
      .slice(0, 1)
      .map(({ what }) => ({ line: index + 1, fault: `${what}: ${mend}` }));
  });
}

/** By the keys of the map. A file that is no YAML has no structure; its lines were read above. */
function structureFindings(text: string): Finding[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter, merge: true });
  const findings = secretsFindings(document, lineCounter);
  visit(document, {
    Pair(_, pair, ancestors) {
      const name = keyOf(pair);
      const [top, section] = ancestors.filter((one) => isPair(one)).map(keyOf);
      if (top !== "config" || name === "fleet:secrets" || section === "fleet:secrets") {
        return undefined;
      }
      const value: unknown = isCollection(pair.value)
        ? pair.value.toJS(document)
        : scalarOf(pair.value);
      const line = lineOf(pair.key, lineCounter);
      if (secureText(value) !== undefined) {
        findings.push({
          line,
          fault: `${name} is encrypted in place: ${mend}, and refer to it by its name`,
        });
      } else if (suspiciousKey.test(name) && typeof value === "string" && looksRandom(value)) {
        findings.push({ line, fault: `${name} looks like a plain-text secret: ${mend}` });
      }
      return undefined;
    },
  });
  return findings;
}

/** Entries of `fleet:secrets`, wherever an anchor may have put their text. */
function secretsFindings(document: Document.Parsed, lineCounter: LineCounter): Finding[] {
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    return [];
  }
  const config = isMap(content) ? content["config"] : undefined;
  const secrets = isMap(config) ? config["fleet:secrets"] : undefined;
  return Object.entries(isMap(secrets) ? secrets : {}).flatMap(([name, value]) => {
    const fault = entryFault(value);
    const node: unknown = document.getIn(["config", "fleet:secrets", name], true);
    return fault === undefined
      ? []
      : [{ line: lineOf(node, lineCounter), fault: `fleet:secrets.${name} ${fault}` }];
  });
}

function keyOf(pair: Pair): string {
  return String(scalarOf(pair.key));
}

function scalarOf(node: unknown): unknown {
  return isScalar(node) ? node.value : undefined;
}

function lineOf(node: unknown, lineCounter: LineCounter): number {
  const offset = isNode(node) ? node.range?.[0] : undefined;
  return offset === undefined ? 1 : lineCounter.linePos(offset).line;
}

function entryFault(value: unknown): string | undefined {
  const secure = secureText(value);
  if (secure === undefined) {
    return `is plain text, not {secure: …}: take it out, make a new value (this one is published once the file is) and set it with: pulumi config set --secret --path`;
  }
  return isCiphertext(secure)
    ? undefined
    : "says secure, but its text is not encrypted: only the engine writes secure values, with pulumi config set --secret --path";
}

/** What the engine's encrypters write: nonce and ciphertext in base64, or the service's blob. */
export function isCiphertext(text: string): boolean {
  return (
    /^v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/]{20,}={0,2}$/.test(text) ||
    /^AAAB[A-Za-z0-9+/]{40,}={0,2}$/.test(text)
  );
}

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
