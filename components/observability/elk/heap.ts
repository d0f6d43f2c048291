/** How much of its memory a Java program takes for its objects. Pure. */
import { formatBytes, parseQuantity } from "../../base/quantity.ts";

const mebibyte = 2 ** 20;

/** Above this a Java program needs twice the room for each of its references. */
const most = 31 * 2 ** 30;

/** Below this Elasticsearch does not come up. */
const least = 256 * mebibyte;

/**
 * Heap of a member, in MiB: what is said, or half of the limit, and 31 GiB at most. The other half is
 * for its buffers and the file cache, which searches live on.
 */
export const heapMebibytes = (limit: string, heap?: string): number =>
  Math.floor(
    (heap === undefined ? Math.min(parseQuantity(limit) / 2, most) : parseQuantity(heap)) /
      mebibyte,
  );

/** Why a heap cannot be, or undefined. */
export function heapFault(limit: string, heap: string): string | undefined {
  const bytes = parseQuantity(heap);
  const half = parseQuantity(limit) / 2;
  if (bytes > parseQuantity(limit)) {
    return `must not be above the limit of ${limit} (resources.limits.memory), let alone beside what is not heap: at most ${formatBytes(Math.min(half, most))}`;
  }
  if (bytes > half) {
    return `must be at most half of the limit of ${limit} (resources.limits.memory): buffers and file cache need the rest; say ${formatBytes(Math.min(half, most))} or raise the limit`;
  }
  if (bytes > most) {
    return "must be at most 31Gi: above it every reference takes twice the room";
  }
  return bytes < least
    ? "must be at least 256Mi: Elasticsearch does not come up with less"
    : undefined;
}
