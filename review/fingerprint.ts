/** A hash of what would be done: alike for alike changes, whenever and wherever they are previewed. */
import { createHash } from "node:crypto";

import type { Change } from "./operations.ts";
import { formatPath, parsePath } from "./paths.ts";
import { masked } from "./secrets/mask.ts";
import { canonical, lookUp } from "./values.ts";

/**
 * SHA-256 over all changes, hex, in the order of their URNs. Secrets are in it by whether the engine
 * says that they change: what they become is bound elsewhere, under a key.
 */
export function fingerprintOf(changes: readonly Change[], outputs: unknown): string {
  const hash = createHash("sha256");
  const sorted = [...changes].sort((left, right) => (left.urn < right.urn ? -1 : 1));
  for (const change of sorted) {
    hash.update(`${canonical(contentOf(change))}\n`);
  }
  return hash.update(canonical(outputs)).digest("hex");
}

function contentOf({
  urn,
  type,
  operation,
  before,
  after,
  keys,
  detail,
  deletesFirst,
}: Change): unknown {
  const paths = Array.from(detail ?? [], ([text, { kind }]) => {
    const path = parsePath(text);
    const left = lookUp(before?.inputs, path);
    const right = lookUp(after?.inputs, path);
    return [
      formatPath(path),
      kind,
      masked(left, right, type, path),
      masked(right, left, type, path),
    ];
  });
  paths.sort((left, right) => (String(left[0]) < String(right[0]) ? -1 : 1));
  const isWhole = operation === "create" || paths.length === 0;
  const whole = isWhole ? masked(after?.inputs, before?.inputs, type) : null;
  const kept = [after?.protect ?? false, after?.retainOnDelete ?? false];
  return [urn, operation, deletesFirst, [...keys].sort(), paths, whole, kept];
}

/** One hash over several. */
export function joinFingerprints(fingerprints: readonly (readonly [string, string])[]): string {
  const lines = fingerprints.map(([stack, fingerprint]) => `${stack} ${fingerprint}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}
