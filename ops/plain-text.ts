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

import { looksRandom, shapes, suspiciousKey } from "../policy/secret-shapes.ts";
import { isMap, secureText } from "./stack-file.ts";

/** A place in a file that must not be committed. */
export interface Finding {
  /** Line of the file, from 1. */
  readonly line: number;
  /** What is wrong there, and the mend. Never the text itself. */
  readonly fault: string;
}

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
