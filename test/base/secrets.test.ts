import { createECDH } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { derivePublicKey, generateSecretKey, secretKeyFault } from "../../components/base/keys.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import {
  generateSecret,
  reference,
  secretFault,
  type SecretKind,
  SecretReference,
} from "../../components/base/secrets.ts";

const kinds: readonly SecretKind[] = [
  "key-pair",
  "password",
  "token",
  "docker-login",
  "url",
  "tls-pair",
  "login-user",
  "login-password",
  "cookie-secret",
  "pepper",
  "cipher-key",
  "cipher-start",
  "vendor-key",
  "htpasswd",
];

describe("key pairs", () => {
  // Known answer: the generator of secp256k1 is the public half of the secret key 1.
  it("derives the public half that every other implementation derives", () => {
    expect(derivePublicKey(`${"0".repeat(63)}1`)).toBe(
      "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    );
  });

  it.each([
    ["too short", "ab"],
    ["upper case", "A".repeat(64)],
    ["zero, which is outside the group", "0".repeat(64)],
    ["above the group's order", "f".repeat(64)],
  ])("refuses a secret key that is %s, without repeating it", (_, key) => {
    expect(secretKeyFault(key)).toMatch(/must be a secret key/);
    expect(() => derivePublicKey(key)).toThrow(/must be a secret key/);
    expect(secretKeyFault(key)).not.toContain(key);
  });

  it("makes keys that differ and are valid", () => {
    const keys = Array.from({ length: 20 }, generateSecretKey);
    expect(new Set(keys).size).toBe(20);
    expect(keys.map(secretKeyFault)).toEqual(keys.map(() => undefined));
  });
});

/** Whether OpenSSL takes a text as a secret key. */
const isTaken = (key: string): boolean => {
  try {
    createECDH("secp256k1").setPrivateKey(key, "hex");
    return true;
  } catch {
    return false;
  }
};

describe("the secret keys there are", () => {
  const edge = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd03641";
  const around = Array.from(
    { length: 256 },
    (_, last) => `${edge}${last.toString(16).padStart(2, "0")}`,
  );

  it("are those that OpenSSL takes, to the last one", () => {
    const taken = around.filter(isTaken);
    expect(taken).toHaveLength(0x41);
    expect(around.filter((key) => secretKeyFault(key) === undefined)).toEqual(taken);
  });
});

describe("SecretStore", () => {
  const store = new SecretStore(
    new Map([
      ["node", `${"0".repeat(63)}1`],
      ["database", "correct-horse-battery"],
    ]),
  );

  it("keeps the public half readable and marks the other one secret", async () => {
    const pair = store.keyPair(new SecretReference("key-pair", "node"));
    expect(pair.publicKey).toMatch(/^0279be/);
    expect(await pulumi.isSecret(pair.secretKey)).toBe(true);
  });

  it("marks every value secret", async () => {
    const value = store.value(new SecretReference("password", "database"));
    expect(await pulumi.isSecret(value)).toBe(true);
  });

  it("names a missing entry and the command that lists what is missing", () => {
    expect(() => store.value(new SecretReference("password", "absent"))).toThrow(
      /no entry absent.*make keys/,
    );
  });
});

describe("references", () => {
  it("hold a name and a kind, never a value: they travel through component inputs", () => {
    expect(reference("key-pair").parse("dmsg-server-1")).toEqual(
      new SecretReference("key-pair", "dmsg-server-1"),
    );
  });

  it("refuse what is no name, such as a key pasted in its place by mistake", () => {
    expect(reference("key-pair").safeParse("a".repeat(66)).success).toBe(false);
    expect(reference("password").safeParse("Correct Horse").success).toBe(false);
  });
});

describe("secret values", () => {
  it.each(kinds)("accept what is generated for the kind %s", (kind) => {
    for (let round = 0; round < 50; round += 1) {
      expect(secretFault(kind, generateSecret(kind))).toBeUndefined();
    }
  });

  it.each(kinds)("never repeat a refused value of the kind %s", (kind) => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (value) => {
        expect(secretFault(kind, value) ?? "").not.toContain(value);
      }),
    );
  });

  it.each(["https://hooks.slack.com/services/T0/B0/xyz", "https://nosnch.in/c2354d53d2?m=%20"])(
    "accept the address %s",
    (address) => {
      expect(secretFault("url", address)).toBeUndefined();
    },
  );

  // What it says is a secret: it must not travel in the clear, nor be half an address.
  it.each([
    "http://example.com/abcdef",
    "example.com/abc",
    "https://",
    "https://a b.example.com/x",
  ])("refuse the address %s", (address) => {
    expect(secretFault("url", address)).toMatch(/must be an https URL/);
  });

  it.each([
    ["login-password", 8, 256],
    ["cookie-secret", 32, 1024],
    ["pepper", 32, 1024],
    ["vendor-key", 2, 4096],
    ["shared-secret", 16, 512],
  ] as const)("of the kind %s have %i to %i characters", (kind, least, most) => {
    const long = (length: number) => "aB3-xY_9".repeat(600).slice(0, length);
    const isTaken = (length: number) => secretFault(kind, long(length)) === undefined;
    expect([least - 1, least, most, most + 1].map(isTaken)).toEqual([false, true, true, false]);
  });

  it("are none that servers share, where so few characters differ that nobody drew them", () => {
    expect(secretFault("shared-secret", "abcde".repeat(8))).toMatch(/looks like a placeholder/);
    expect(secretFault("shared-secret", "abcdef".repeat(8))).toBeUndefined();
  });

  it("of a client are 32 bytes in hex, and none that programs are published with", () => {
    const client = (value: string) => secretFault("client-secret", value);
    expect(client("0123456789abcdef".repeat(4))).toBeUndefined();
    expect(client("0123456789abcdef".repeat(3))).toMatch(/64 lower-case hex digits/);
    expect(client("b93ef8a8f3e553a430d7e5b904c6132b2722633af9f03128029201d24a97f2a8")).toMatch(
      /published with/,
    );
  });

  // A colon or slash would end the password early inside redis:// and postgres:// addresses.
  it.each([
    "short",
    "with space in it..",
    "with/slash/in/it/",
    "with:colon:in:it:",
    "quote'quote'quote",
  ])("refuse the password %s", (password) => {
    expect(secretFault("password", password)).toMatch(/must be a password/);
  });
});
