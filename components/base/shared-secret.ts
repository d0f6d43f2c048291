/**
 * Secrets that servers of one deployment share with each other, and the words that programs are published
 * with in their place. Several servers start with those without a word (facts/fxa.md 10).
 */

/** Words that stand in the programs' own config, so that everybody knows them. */
const published: ReadonlySet<string> = new Set(
  [
    "megaz0rd",
    "supersecret",
    "changeme",
    "SSHH",
    "wibble",
    "YOU MUST CHANGE ME",
    "youmustchangethisfortheproductionenvironment",
    "define a real secret, please",
    "Correct_Horse_Battery_Staple_1",
    "INSERT_SECRET_KEY_HERE",
    "5up3rS3kr1t",
    // Of the clients 123done and 321done.
    "b93ef8a8f3e553a430d7e5b904c6132b2722633af9f03128029201d24a97f2a8",
    "a084f4c36501ea1eb2de33258421af97b2e67ffbe107d2812f4a14f3579900ef",
  ].map((word) => word.toLowerCase()),
);

/** Texts that stand where somebody was to write a secret. */
const placeholder =
  /^(?:(?:change|replace)[-_.]?me|(?:insert|your|example|todo|dummy|secret|password|test)[-_.])/i;

/**
 * Letters that need no quotes in a list with commas, in JSON and in a URL's query: servers are told such a
 * secret in all three.
 */
const shape = /^[A-Za-z0-9._~+/=-]{16,512}$/;

/** Why a text is no secret that servers may share, or undefined. Never repeats the text. */
export function sharedSecretFault(value: string): string | undefined {
  if (published.has(value.toLowerCase())) {
    return "must not be a word that the servers are published with: everybody knows it";
  }
  if (!shape.test(value)) {
    return "must be one word of 16 to 512 letters, digits and . _ ~ + / = -, e.g. of openssl rand -hex 32";
  }
  if (placeholder.test(value) || new Set(value).size < 6) {
    return "must be drawn by chance, e.g. by openssl rand -hex 32: it looks like a placeholder";
  }
  return undefined;
}

/**
 * Why a text is no secret of an OAuth client, or undefined. Never repeats the text. The auth-server reads it as 32 bytes
 * in hex and keeps their hash.
 */
export function clientSecretFault(value: string): string | undefined {
  const fault = sharedSecretFault(value);
  return fault === undefined && !/^[0-9a-f]{64}$/.test(value)
    ? "must be the secret of an OAuth client: 64 lower-case hex digits, e.g. of openssl rand -hex 32"
    : fault;
}
