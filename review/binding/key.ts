/**
 * The key of a stack: whoever has the stack's secrets has it, and nobody else. It never leaves the
 * process; only digests under it stand in a report.
 */
import { createHmac, scryptSync } from "node:crypto";

/** A key to digest secrets under. */
export interface StackKey {
  /** Tells this key from another one, and nothing about it. */
  readonly id: string;
  /** HMAC-SHA-256 of a text, hex. */
  readonly digest: (text: string) => string;
}

/**
 * The key that a stack's own secrets make. Scrypt, because a report is public and a stack may have weak
 * passwords only: each guess then costs a tenth of a second and 32 MiB.
 *
 * @param material What is secret: a variable of the pipeline, or the stack's secrets in a fixed order.
 * @returns Undefined where there is nothing secret to make it of.
 */
export function stackKey(stack: string, material: string): StackKey | undefined {
  if (material === "") {
    return undefined;
  }
  const key = scryptSync(material, `fleet review ${stack}`, 32, { N: 2 ** 15, maxmem: 2 ** 26 });
  const digest = (text: string): string => createHmac("sha256", key).update(text).digest("hex");
  return { id: digest("fleet review: which key").slice(0, 16), digest };
}
