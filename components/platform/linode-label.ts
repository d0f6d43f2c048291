import { createHash } from "node:crypto";

/** Characters that a label of a firewall or a balancer may have. */
const longest = 32;

/**
 * Label, at Linode, of what has none in the file: the stack's name and its own; a letter or digit at both ends, no two
 * dashes in a row. What had to be changed ends in a mark of the whole: Linode takes no label twice in an account, where
 * another stack may begin alike.
 */
export function linodeLabel(stack: string, name: string): string {
  const whole = `${stack}-${name}`;
  if (whole.length <= longest && !whole.includes("--")) {
    return whole;
  }
  const mark = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  const kept = name.slice(0, longest - mark.length - 1);
  const before = stack.slice(0, Math.max(0, longest - mark.length - kept.length - 2));
  return `${before}-${kept}-${mark}`.replaceAll(/-+/g, "-").replace(/^-/, "");
}
