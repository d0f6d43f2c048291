// Version numbers as tools print them, and the ranges that tools.json accepts.

/** @typedef {{ numbers: [number, number, number], prerelease: string | undefined }} Version */
/** @typedef {{ atLeast: string, below: string }} Range */

/**
 * Parses `1.2`, `1.2.3` or `1.2.3-suffix`, with or without a leading `v`; build metadata (`+…`) is ignored.
 * @param {string} text
 * @returns {Version | undefined} undefined where the text is no version
 */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(
    text,
  );
  if (match === null) return undefined;
  return {
    numbers: [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)],
    prerelease: match[4],
  };
}

/**
 * @param {Version} left
 * @param {Version} right
 * @returns {number} negative, zero or positive, over the three numbers only
 */
export function compareVersions(left, right) {
  const [leftMajor, leftMinor, leftPatch] = left.numbers;
  const [rightMajor, rightMinor, rightPatch] = right.numbers;
  if (leftMajor !== rightMajor) return leftMajor - rightMajor;
  if (leftMinor !== rightMinor) return leftMinor - rightMinor;
  return leftPatch - rightPatch;
}

/**
 * Whether a released version lies in the range. A version with a suffix never does: `1.32.4-dispatcher` is not
 * kubectl but a program that chooses one, and a release candidate is not what the tests ran with.
 * @param {string} text
 * @param {Range} range
 * @returns {boolean}
 */
export function inRange(text, range) {
  const version = parseVersion(text);
  if (version === undefined || version.prerelease !== undefined) return false;
  return (
    compareVersions(version, mustParse(range.atLeast)) >= 0 &&
    compareVersions(version, mustParse(range.below)) < 0
  );
}

/**
 * @param {string} text
 * @param {string} minimum
 * @returns {boolean}
 */
export function isAtLeast(text, minimum) {
  const version = parseVersion(text);
  return version !== undefined && compareVersions(version, mustParse(minimum)) >= 0;
}

/**
 * @param {string} text
 * @returns {Version}
 */
function mustParse(text) {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`tools.json holds '${text}', which is no version`);
  return version;
}
