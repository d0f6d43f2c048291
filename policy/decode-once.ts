/**
 * Spares the library its costliest work: @pulumi/policy decodes a resource anew for every rule that is
 * asked about it, which for thirty rules and the resources of `prod` is most of what the pack costs.
 *
 * Nobody but the library is meant to call what is replaced here: package.json pins its version, and
 * test/policy/decode-once.test.ts fails where another one works otherwise.
 */
import { createRequire } from "node:module";

/** What the engine's message says, as the library hands it to a rule. */
type Properties = Readonly<Record<string, unknown>>;

interface Library {
  /** @param proxySecrets Whether secrets keep their mark: as only a rule that mends a resource needs them. */
  deserializeProperties: (message: object, proxySecrets: boolean) => Properties;
}

/**
 * From now on each message is decoded once, and all rules read the same object: none may change it. No
 * rule of Fleet mends a resource, so what one would be given for that is not decoded at all.
 */
export function decodeOnce(): void {
  const library = createRequire(import.meta.url)("@pulumi/policy/deserialize.js") as Library;
  const decode = library.deserializeProperties;
  const decoded = new WeakMap<object, Properties>();
  library.deserializeProperties = (message, proxySecrets) => {
    if (proxySecrets) {
      return {};
    }
    const known = decoded.get(message) ?? decode(message, false);
    decoded.set(message, known);
    return known;
  };
}
