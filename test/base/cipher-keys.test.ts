import { createPublicKey, generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "vitest";

import { isHalfOf, makeRsaKey, rsaPublicHalf } from "../../components/base/cipher-keys.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import { secretFault, SecretReference } from "../../components/base/secrets.ts";
import { throwAwayRsaKey } from "../rsa-key.ts";

const pemIn = (text: string): string => Buffer.from(text, "base64").toString();
const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");

describe("RSA keys of an environment file", () => {
  it("are right in either form of PEM, and as they are made", () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    for (const type of ["pkcs1", "pkcs8"] as const) {
      const pem = pair.privateKey.export({ type, format: "pem" });
      expect(secretFault("rsa-key", base64(pem))).toBeUndefined();
    }
    expect(secretFault("rsa-key", makeRsaKey())).toBeUndefined();
  });

  // Two entries could differ, and the website would lock its customers' data up with one and fail with the other.
  it("give their public half: nobody has to keep the two alike", () => {
    const half = rsaPublicHalf(throwAwayRsaKey);
    expect(pemIn(half)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(isHalfOf(half, throwAwayRsaKey)).toBe(true);
    const older = createPublicKey(pemIn(half)).export({ type: "pkcs1", format: "pem" });
    expect(isHalfOf(base64(older), throwAwayRsaKey)).toBe(true);
    expect(isHalfOf(rsaPublicHalf(makeRsaKey()), throwAwayRsaKey)).toBe(false);
    expect(isHalfOf("bm8ga2V5", throwAwayRsaKey)).toBe(false);
    const store = new SecretStore(new Map([["rsa", throwAwayRsaKey]]));
    expect(store.rsaPublicKey(new SecretReference("rsa-key", "rsa"))).toBe(half);
  });

  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const locked = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  it.each([
    ["PEM itself", pemIn(throwAwayRsaKey), /base64 in one line/],
    ["base64 of anything else", base64("no key at all"), /base64 in one line/],
    ["its public half", rsaPublicHalf(throwAwayRsaKey), /private key/],
    ["half of the text", throwAwayRsaKey.slice(0, 900), /base64 in one line/],
    ["a key of 1024 bits", base64(small.export({ type: "pkcs8", format: "pem" })), /it has 1024/],
    ["a key of a curve", base64(curve.export({ type: "pkcs8", format: "pem" })), /RSA private key/],
    [
      "a key with a password",
      base64(
        locked.export({ type: "pkcs8", format: "pem", cipher: "aes-128-cbc", passphrase: "x" }),
      ),
      /without a password/,
    ],
  ])("refuse %s, without repeating it", (_, text, says) => {
    const fault = secretFault("rsa-key", text);
    expect(fault).toMatch(says);
    expect(fault).not.toContain(text.slice(0, 40));
    expect(() => rsaPublicHalf(text)).toThrow(says);
  });
});

describe("AES keys of an environment file", () => {
  it.each(["AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODw"])("may be %s", (text) => {
    expect(secretFault("cipher-key", text)).toBeUndefined();
    expect(secretFault("cipher-start", text)).toBeUndefined();
  });

  it.each([
    ["of 15 bytes", "AAECAwQFBgcICQoLDA0O"],
    ["of 32 bytes", base64(Buffer.alloc(32, 7))],
    ["in hex", "000102030405060708090a0b0c0d0e0f"],
    ["with a line's end", "AAECAwQFBgcICQoLDA0ODw==\n"],
    ["empty", ""],
  ])("are refused %s", (_, text) => {
    expect(secretFault("cipher-key", text)).toMatch(/base64 of 16 bytes/);
  });
});

describe("users of basic authentication", () => {
  it.each(["push:tech", "", " admin", "ünser", "-x"])("are refused as %j", (user) => {
    expect(secretFault("login-user", user)).toMatch(/must be a user's name/);
  });

  it("have passwords with any character that a header can hold", () => {
    expect(secretFault("login-password", "p@ss:w/rd#$'\"")).toBeUndefined();
    expect(secretFault("login-password", "seven77")).toMatch(/8 to 256/);
    expect(secretFault("login-password", "two words here")).toMatch(/without spaces/);
  });
});
