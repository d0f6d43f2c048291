import { describe, expect, it } from "vitest";

import { isPlaceholder } from "../../components/base/placeholders.ts";
import { generateSecret, type SecretKind } from "../../components/base/secrets.ts";

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");

describe("a placeholder", () => {
  it.each([
    ...["changeme", "ChangeMe123", "CHANGE_ME_PLEASE_CHANGE_ME_PLEASE_NOW", "change-this"],
    ...["<your-mandrill-key>", "{{ api_key }}", "${GOOGLE_API_KEY}", "$TOKEN", "%TOKEN%", "[key]"],
    ...["your_api_key_here", "your-google-key", "insert-key", "put-your-token-here", "__TOKEN__"],
    ...["TODO", "tbd", "none", "secret", "nicesecret", "password1", "Password2026", "hunter2"],
    ...["xxxxxxxxxxxxxxxx", "........", "00000000-0000-0000-0000-000000000000", "123123123123"],
    ...[
      "0123456789",
      "1234567890123456",
      "abcdefghijklmnop",
      "me@example.com",
      "foobar",
      "---",
      "?!",
    ],
  ])("is %s", (value) => {
    expect(isPlaceholder("vendor-key", value)).toBe(true);
    expect(isPlaceholder("login-password", value)).toBe(true);
  });

  it("is seen in base64, in either half of a registry's login, and as a user's name", () => {
    expect(isPlaceholder("cipher-key", base64(new Uint8Array(16)))).toBe(true);
    expect(isPlaceholder("cipher-key", base64(Uint8Array.from({ length: 16 }, (_, n) => n)))).toBe(
      true,
    );
    expect(isPlaceholder("cipher-start", base64("0123456789abcdef"))).toBe(true);
    expect(isPlaceholder("cipher-start", base64("changemechangeme"))).toBe(true);
    expect(isPlaceholder("docker-login", "gorenje:changeme")).toBe(true);
    expect(isPlaceholder("docker-login", "<user>:dckr_pat_Vq3vYtLw8Zk1")).toBe(true);
    expect(isPlaceholder("login-user", "changeme")).toBe(true);
  });

  it.each<[SecretKind, string]>([
    ["login-user", "admin"],
    ["login-user", "pushtech"],
    // Two letters that follow each other are no pattern yet.
    ["login-user", "hi"],
    ["vendor-key", "AIzaSyD3k9-fT7qLw_0pZbVn2XcM5sRyUe1HgJo"],
    ["vendor-key", "4E0B7C2A-91D3-4F6E-8A55-C0FFEE12D3B4"],
    ["vendor-key", "ops@pushtech.de"],
    ["docker-login", "gorenje:dckr_pat_Vq3vYtLw8Zk1"],
    ["login-password", "correct.horse.battery"],
  ])("is no %s %s", (kind, value) => {
    expect(isPlaceholder(kind, value)).toBe(false);
  });

  // A rule that took one in a thousand of them would stop a deployment now and then, for nothing.
  it("is nothing that chance gives", () => {
    const kinds = ["password", "token", "docker-login", "seed", "vendor-key"] as const;
    const named = ["login-user", "cookie-secret", "cipher-key", "cipher-start"] as const;
    for (const kind of [...kinds, ...named]) {
      for (let round = 0; round < 300; round += 1) {
        const value = generateSecret(kind);
        expect(isPlaceholder(kind, value), `${kind} ${value}`).toBe(false);
      }
    }
  });
});
