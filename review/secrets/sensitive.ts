/**
 * Which properties are secret, whatever the engine's marks say: the program may have lost a mark, and
 * what a refresh reads from the world never had one.
 */
import type { Path } from "../paths.ts";
import { remembered } from "../remember.ts";
import { isObject } from "../values.ts";

/** Inputs of providers that are no credentials. All others of them are taken for some. */
const openProviderInputs =
  /^(version|clusterIdentifier|cluster|context|namespace|region|zone|project|apiVersion|__internal|pluginDownloadURL|enable\w+|suppress\w+|disable\w+|skip\w+|delete\w+)$/;

/** Types that are a secret: of a cluster, of a part of one, of a swarm. */
export const secretTypes: ReadonlySet<string> = new Set([
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:SecretPatch",
  "docker:index/secret:Secret",
]);

/** Last words of names that hold a secret. */
const secretName =
  /(password|passwd|passphrase|root[-_]?pass|(secret|private|api|access|encryption|signing|session|master|hmac|cookie)[-_]?key([-_]?(base|pem|base64|b64))?|token|kubeconfig|credentials?|client[-_]?secret|seed[-_]?phrase|mnemonic)$/i;

/** Of variables and settings also these: of an object's own fields they name what holds one, as a volume's `secret` does. */
const secretSetting = /(secret|[-_]sk|^sk|[-_]pwd|^pwd|[-_]pass|^pass)$/i;

/**
 * Whether a property of a type of resource holds a secret by what it is called.
 *
 * @param inputs Of the resource: an environment variable's name stands beside its value.
 */
export function isSensitive(type: string, path: Path, inputs: unknown): boolean {
  const first = path[0] ?? "";
  if (type.startsWith("pulumi:providers:")) {
    return !openProviderInputs.test(String(first));
  }
  if (secretTypes.has(type)) {
    return (
      first === "data" ||
      first === "stringData" ||
      // kubectl keeps the whole object, data included, in an annotation.
      (first === "metadata" && path[1] === "annotations" && /last-applied/.test(String(path[2])))
    );
  }
  const last = lastKey(path);
  if (last === "value" && path.includes("env")) {
    return isSecretSetting(nameBeside(path, inputs));
  }
  if (last === undefined) {
    return false;
  }
  // One word alone is a variable's name, or the key of a file or setting.
  const isSetting = path.length === 1 || first === "data" || !type.startsWith("kubernetes:");
  return isSetting ? isSecretSetting(last) : isSecretName(last);
}

function lastKey(path: Path): string | undefined {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const segment = path[at];
    if (typeof segment === "string") {
      return segment;
    }
  }
  return undefined;
}

const isSecretName = remembered((name) => secretName.test(name));
const isSecretSetting = remembered((name) => secretName.test(name) || secretSetting.test(name));

/** `name` of the object whose `value` is at the path. */
function nameBeside(path: Path, inputs: unknown): string {
  let value = inputs;
  for (const segment of path.slice(0, -1)) {
    if (Array.isArray(value) && typeof segment === "number") {
      value = value[segment] as unknown;
    } else {
      value = isObject(value) ? value[String(segment)] : undefined;
    }
  }
  return isObject(value) && typeof value["name"] === "string" ? value["name"] : "";
}
