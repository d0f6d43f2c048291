/**
 * Keys as web servers keep them: JSON Web Keys (RFC 7517), the pair that push services know a sender by
 * (VAPID, RFC 8292), and the key file of an account at Google.
 *
 * A public half is never given beside its private one: it is taken from it here, so that the two cannot
 * belong to different keys.
 */
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

type Json = Readonly<Record<string, unknown>>;

/** An object of a JSON text; undefined for any other text. */
function objectOf(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Fields of a private RSA key, all of which the signing libraries want. */
const privateFields = ["d", "p", "q", "dp", "dq", "qi"] as const;

/** All fields that a key may have: the servers refuse one with others. */
const knownFields = ["kty", "kid", "n", "e", ...privateFields, "alg", "use", "fxa-createdAt"];

/** Bits below which a signature is no longer worth anything. */
const fewestBits = 2_048;

/** What a key signs to show that its numbers belong together. */
const probe = Buffer.from("fleet");

const webKeyShape =
  'must be a private RSA key as a JSON Web Key of 2048 bits or more: {"kty":"RSA","kid":…,"n":…,"e":…,"d":…,"p":…,"q":…,"dp":…,"dq":…,"qi":…}';

/** Why a text is no private RSA key in JSON, or undefined. Never repeats the text. */
export function webKeyFault(text: string): string | undefined {
  const key = objectOf(text);
  if (
    key?.["kty"] !== "RSA" ||
    ![...privateFields, "n", "e"].every((field) => isText(key[field]))
  ) {
    return webKeyShape;
  }
  if (!isText(key["kid"])) {
    return "must have a kid, by which whoever verifies finds the key: a date and a number will do";
  }
  if (
    Object.keys(key).some((field) => !knownFields.includes(field)) ||
    (key["alg"] ?? "RS256") !== "RS256" ||
    (key["use"] ?? "sig") !== "sig"
  ) {
    return `must have no field but ${knownFields.join(", ")}, and be for RS256 and signatures: the servers refuse others`;
  }
  try {
    const own = createPrivateKey({ key, format: "jwk" });
    if ((own.asymmetricKeyDetails?.modulusLength ?? 0) < fewestBits) {
      return webKeyShape;
    }
    const open = createPublicKey({
      key: { kty: "RSA", n: String(key["n"]), e: String(key["e"]) },
      format: "jwk",
    });
    // Read is not yet right: OpenSSL takes the numbers as they stand.
    return verify("sha256", probe, open, sign("sha256", probe, own))
      ? undefined
      : "must hold the numbers of one key: what it signs, its own public half does not verify";
  } catch {
    // The parser's message may quote what it could not read.
    return webKeyShape;
  }
}

/**
 * The public half of such a key, as JSON: what may be read by anyone.
 *
 * @throws Error when the text is no such key; without the text.
 */
export function publicWebKey(text: string): string {
  const fault = webKeyFault(text);
  const key = objectOf(text);
  if (fault !== undefined || key === undefined) {
    throw new Error(`the key ${fault ?? webKeyShape}`);
  }
  const hidden: readonly string[] = privateFields;
  return JSON.stringify(
    Object.fromEntries(Object.entries(key).filter(([field]) => !hidden.includes(field))),
  );
}

/** Makes such a key. Its kid is the hash of its public half: two keys never share one. */
export function makeWebKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: fewestBits });
  const key = privateKey.export({ format: "jwk" });
  const kid = createHash("sha256")
    .update(key.n ?? "")
    .digest("hex")
    .slice(0, 32);
  return JSON.stringify({ kty: "RSA", kid, ...key });
}

/** Why a text is no pair of push keys, or undefined. Never repeats the text. */
export function vapidFault(text: string): string | undefined {
  const shape =
    'must be the keys that push services know the sender by: {"privateKey":…,"publicKey":…}, base64url of 32 and 65 bytes';
  const pair = objectOf(text);
  const { privateKey, publicKey } = pair ?? {};
  if (!isText(privateKey) || !isText(publicKey)) {
    return shape;
  }
  const [own, told] = [privateKey, publicKey].map((half) => Buffer.from(half, "base64url"));
  if (own?.length !== 32 || told?.length !== 65) {
    return shape;
  }
  try {
    const curve = createECDH("prime256v1");
    curve.setPrivateKey(own);
    return curve.getPublicKey().equals(told)
      ? undefined
      : "must hold two halves of one key: publicKey is not that of privateKey";
  } catch {
    return shape;
  }
}

/** Makes such a pair. */
export function makeVapidKeys(): string {
  const curve = createECDH("prime256v1");
  const publicKey = curve.generateKeys().toString("base64url");
  // A number with leading zeros is given in fewer bytes.
  const own = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32);
  return JSON.stringify({ privateKey: own.toString("base64url"), publicKey });
}

/** Why a text is no key file of an account at Google, or undefined. Never repeats the text. */
export function googleKeyFault(text: string): string | undefined {
  const shape =
    'must be the key file of a service account at Google: {"type":"service_account","project_id":…,"client_email":…,"private_key":…}';
  const file = objectOf(text);
  if (file?.["type"] !== "service_account") {
    return shape;
  }
  const { project_id: project, client_email: email, private_key: key } = file;
  if (!isText(project) || !isText(email) || !email.includes("@") || !isText(key)) {
    return shape;
  }
  try {
    createPrivateKey(key);
    return undefined;
  } catch {
    return shape;
  }
}

/** Makes a file that has the shape of one and opens nothing: no such account exists. */
export function makeGoogleKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: fewestBits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return JSON.stringify({
    type: "service_account",
    project_id: "sandbox",
    private_key_id: randomBytes(20).toString("hex"),
    private_key: privateKey,
    client_email: "sandbox@sandbox.invalid",
  });
}
