import { createPrivateKey, createPublicKey, createSign, createVerify } from "node:crypto";

import { describe, expect, it } from "vitest";

import { sharedSecretFault } from "../../components/base/shared-secret.ts";
import { generateSecret, secretFault, type SecretKind } from "../../components/base/secrets.ts";
import { publicWebKey } from "../../components/base/web-keys.ts";
import { throwAwayGoogleKey, throwAwayVapidKeys, throwAwayWebKey } from "../web-keys.ts";

const kinds: readonly SecretKind[] = [
  "shared-secret",
  "client-secret",
  "web-key",
  "vapid-keys",
  "google-key",
];
const webKey = JSON.parse(throwAwayWebKey) as Record<string, string>;
const vapid = JSON.parse(throwAwayVapidKeys) as Record<string, string>;
const google = JSON.parse(throwAwayGoogleKey) as Record<string, string>;

/** The modulus of another key. */
function modulus(): string {
  const key = JSON.parse(generateSecret("web-key")) as Record<string, string>;
  return key["n"] ?? "";
}

/** The public half of another pair. */
function other(pair: Record<string, string>): string {
  const keys = JSON.parse(generateSecret("vapid-keys")) as Record<string, string>;
  return keys["publicKey"] ?? pair["privateKey"] ?? "";
}

describe("secrets of web servers", () => {
  it.each(kinds)("makes a %s that it takes itself, never the same twice", (kind) => {
    const [first, second] = [generateSecret(kind), generateSecret(kind)];
    expect([secretFault(kind, first), secretFault(kind, second)]).toEqual([undefined, undefined]);
    expect(first).not.toBe(second);
  });

  it.each<readonly [string, SecretKind, string, RegExp]>([
    ["no JSON", "web-key", "-----BEGIN", /JSON Web Key/],
    ["a list", "web-key", "[]", /JSON Web Key/],
    ["a public half", "web-key", publicWebKey(throwAwayWebKey), /JSON Web Key/],
    ["a key without a name", "web-key", JSON.stringify({ ...webKey, kid: "" }), /must have a kid/],
    [
      "a key with a field of its own",
      "web-key",
      JSON.stringify({ ...webKey, ext: true }),
      /no field but/,
    ],
    [
      "a key for another purpose",
      "web-key",
      JSON.stringify({ ...webKey, use: "enc" }),
      /signatures/,
    ],
    [
      "the published secret of a demo",
      "client-secret",
      "b93ef8a8f3e553a430d7e5b904c6132b2722633af9f03128029201d24a97f2a8",
      /published/,
    ],
    ["a client's secret that is no hex", "client-secret", "value-of-a-client", /64 lower-case hex/],
    ["numbers of two keys", "web-key", JSON.stringify({ ...webKey, n: modulus() }), /of one key/],
    ["one half", "vapid-keys", JSON.stringify({ privateKey: vapid["privateKey"] }), /32 and 65/],
    [
      "halves of two keys",
      "vapid-keys",
      JSON.stringify({ ...vapid, publicKey: other(vapid) }),
      /two halves of one key/,
    ],
    [
      "a user's key file",
      "google-key",
      JSON.stringify({ ...google, type: "x" }),
      /service account/,
    ],
    [
      "a key that is none",
      "google-key",
      JSON.stringify({ ...google, private_key: "-----BEGIN PRIVATE KEY-----" }),
      /service account/,
    ],
  ])("refuses %s as a %s, without repeating it", (_, kind, value, message) => {
    const fault = secretFault(kind, value);
    expect(fault).toMatch(message);
    expect(fault).not.toContain(value);
  });

  it("takes the public half from the private one: what the one signs, the other verifies", () => {
    const open = JSON.parse(publicWebKey(throwAwayWebKey)) as Record<string, string>;
    expect(Object.keys(open).sort()).toEqual(["e", "kid", "kty", "n"]);
    const signature = createSign("sha256")
      .update("token")
      .sign(createPrivateKey({ key: webKey, format: "jwk" }));
    const verified = createVerify("sha256")
      .update("token")
      .verify(createPublicKey({ key: open, format: "jwk" }), signature);
    expect(verified).toBe(true);
  });

  it("makes push keys by which a service that knows the public half alone knows its sender", () => {
    const told = JSON.parse(generateSecret("vapid-keys")) as Record<string, string>;
    // What is sent along as `k`: a point, uncompressed (RFC 8292).
    const point = Buffer.from(told["publicKey"] ?? "", "base64url");
    const open = {
      kty: "EC",
      crv: "P-256",
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    };
    expect(point[0]).toBe(4);
    const own = createPrivateKey({ key: { ...open, d: told["privateKey"] ?? "" }, format: "jwk" });
    const claims = '{"aud":"https://push.example.net","sub":"mailto:push@example.org"}';
    const signature = createSign("sha256")
      .update(claims)
      .sign({ key: own, dsaEncoding: "ieee-p1363" });
    const verifies = (text: string): boolean =>
      createVerify("sha256")
        .update(text)
        .verify(
          { key: createPublicKey({ key: open, format: "jwk" }), dsaEncoding: "ieee-p1363" },
          signature,
        );
    expect([verifies(claims), verifies(`${claims} `)]).toEqual([true, false]);
  });
});

describe("what servers share", () => {
  // Words that the programs are published with (facts/fxa.md 4.1, 6 and 10): several start with them.
  it.each([
    "megaz0rd",
    "supersecret",
    "changeme",
    "CHANGEME",
    "YOU MUST CHANGE ME",
    "Correct_Horse_Battery_Staple_1",
    "youmustchangethisfortheproductionenvironment",
    "define a real secret, please",
  ])("refuses the published word %s, without repeating it", (word) => {
    const fault = sharedSecretFault(word);
    expect(fault).toMatch(/published with/);
    expect(fault).not.toContain(word);
  });

  it.each([
    ["short", "a1b2c3d4e5f6a7b", /16 to 512/],
    ["with a comma, which would be two in a list", "a1b2c3d4e5f6a7b8,c9d0", /16 to 512/],
    ["with a quote, which would end a text of JSON", 'a1b2c3d4e5f6a7b8"c9d0', /16 to 512/],
    ["of two lines", "a1b2c3d4e5f6a7b8\nc9d0e1f2", /16 to 512/],
    ["that is a placeholder", "change-me-before-production", /drawn by chance/],
    ["that is one letter over and over", "aaaaaaaaaaaaaaaaaaaa", /drawn by chance/],
  ])("refuses a secret %s", (_, value, message) => {
    expect(sharedSecretFault(value)).toMatch(message);
  });
});
