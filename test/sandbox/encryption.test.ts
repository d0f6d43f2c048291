import { describe, expect, it } from "vitest";

import { decrypt, encrypt, passphraseKey } from "../../sandbox/encryption.ts";

/** Written by `pulumi config set --secret` of engine 3.259.0 under the passphrase "fixed vector". */
const vector = {
  passphrase: "fixed vector",
  salt: "v1:rF83AlV+RNU=:v1:Q7aPp2m4Neny4uQv:RnTOnYiSuDK3ahyg2ZZaZ1paom0MVA==",
  value: "v1:D99VhFObCuw1aurm:YwWnEhJOZx7oWXbboNugaG8uK2adzK3dS5niGOGJnwtAB3nFDw==",
  text: "the engine wrote this",
};

describe("passphrase encryption", () => {
  it("reads what the engine wrote", async () => {
    const { key } = await passphraseKey(vector.passphrase, vector.salt);
    expect(decrypt(key, vector.value)).toBe(vector.text);
  });

  it("takes a new salt that the same passphrase opens again, and no other", async () => {
    const { key, saltLine } = await passphraseKey("one");
    expect(saltLine).toMatch(/^v1:[\w+/]{11}=:v1:[\w+/]{16}:[\w+/]{30}==$/);
    const again = await passphraseKey("one", saltLine);
    expect(again.key.equals(key)).toBe(true);
    await expect(passphraseKey("two", saltLine)).rejects.toThrow(/another key/);
  });

  it("gives back any text, and another cipher text each time", async () => {
    const { key } = await passphraseKey(vector.passphrase, vector.salt);
    for (const text of ["", "ключ", 'a"b\n{"c": 1}', "x".repeat(5_000)]) {
      expect(decrypt(key, encrypt(key, text))).toBe(text);
    }
    expect(encrypt(key, "same")).not.toBe(encrypt(key, "same"));
  });

  it("refuses what was tampered with, without a word of it", async () => {
    const { key } = await passphraseKey(vector.passphrase, vector.salt);
    const [version = "", nonce = "", text = ""] = encrypt(key, "hunter2").split(":");
    const bytes = Buffer.from(text, "base64");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect(() => decrypt(key, [version, nonce, bytes.toString("base64")].join(":"))).toThrow(
      /^the value was encrypted with another key$/,
    );
    expect(() => decrypt(key, "hunter2")).toThrow(/^an encrypted value must be v1/);
  });

  it.each(["", "v1:abc", "v2:a:v1:b:c"])("refuses the salt line %j", async (line) => {
    await expect(passphraseKey("x", line)).rejects.toThrow(/encryption salt is not one/);
  });
});
