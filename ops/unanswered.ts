/** Questions that got no answer. */

/** Why a question failed: fetch wraps what happened: «fetch failed» alone helps nobody. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (error.name === "TimeoutError") {
    return "no answer in time";
  }
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
