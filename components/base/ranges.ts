/** Ranges of IPv4 addresses, written as `10.20.0.0/16`. */

/** An address as a number. @throws Error of what is none. */
function ipv4(text: string): number {
  const parts = text.split(".").map(Number);
  if (
    parts.length !== 4 ||
    parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)
  ) {
    throw new Error(`${text} is no IPv4 address`);
  }
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

const sizeOf = (range: string): number => 2 ** (32 - Number(range.split("/")[1] ?? "32"));

/** Whether an address lies in a range. */
export function inRange(ip: string, range: string): boolean {
  const [base = ""] = range.split("/");
  return Math.floor(ipv4(ip) / sizeOf(range)) === Math.floor(ipv4(base) / sizeOf(range));
}

/** Whether two ranges have an address in common: then the smaller one lies in the larger one. */
export function overlap(one: string, other: string): boolean {
  const [small, large] = sizeOf(one) <= sizeOf(other) ? [one, other] : [other, one];
  return inRange(small.split("/")[0] ?? "", large);
}

/** The first address of the range that a text means, with its length: `10.20.3.4/16` is `10.20.0.0/16`. */
export function wholeRange(range: string): string {
  const [base = "", length = "32"] = range.split("/");
  const first = Math.floor(ipv4(base) / sizeOf(range)) * sizeOf(range);
  const dotted = [3, 2, 1, 0].map((place) => Math.floor(first / 256 ** place) % 256).join(".");
  return `${dotted}/${length}`;
}
