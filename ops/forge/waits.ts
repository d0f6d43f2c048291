/**
 * How long to wait before the forge is asked again. Sources: docs.github.com/rest, «Rate limits for the
 * REST API» and «Best practices»: `retry-after` first, then `x-ratelimit-reset` where nothing remains,
 * else a minute at least for a secondary limit; RFC 9110, 10.2.3.
 */

/** Of an answer, what a wait depends on. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** What it says, where it is no success. */
  readonly text: string;
}

/** A secondary limit that does not say how long it lasts. */
const secondaryMilliseconds = 60_000;

/**
 * Whether it says that it was asked too often: nothing was done then. Both 403 and 429 stand for that, and
 * 403 for a missing right as well.
 */
export function isLimited({ headers, status, text }: Answered): boolean {
  return (
    status === 429 ||
    (status === 403 &&
      (headers.has("retry-after") ||
        headers.get("x-ratelimit-remaining") === "0" ||
        /secondary rate limit|abuse detection|rate limit exceeded/i.test(text)))
  );
}

/** Milliseconds until a limit is over, as far as it says. */
export function limitWait(answer: Answered, tries: number, now: number): number {
  const { headers } = answer;
  const after = retryAfter(headers.get("retry-after"), now);
  if (after !== undefined) {
    return after;
  }
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (headers.get("x-ratelimit-remaining") === "0" && Number.isFinite(reset)) {
    // A second more: its clock and ours need not agree.
    return Math.max(1000, reset * 1000 - now + 1000);
  }
  return secondaryMilliseconds * 2 ** tries;
}

/** Milliseconds before a failure of the forge's own is tried again: 1, 2, 4, 8 … seconds, or what it says. */
export function failureWait(headers: Headers | undefined, tries: number, now: number): number {
  return retryAfter(headers?.get("retry-after") ?? null, now) ?? 1000 * 2 ** Math.min(tries, 6);
}

/** Seconds or a date; undefined for none, or for what is neither. */
function retryAfter(value: string | null, now: number): number | undefined {
  if (value === null) {
    return undefined;
  }
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
