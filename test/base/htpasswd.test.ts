import { describe, expect, it } from "vitest";

import { apr1, htpasswdFault, makeHtpasswd } from "../../components/base/htpasswd.ts";

const bcrypt = `$2y$05$${"a".repeat(53)}`;

describe("apr1", () => {
  // Known answers: openssl passwd -apr1.
  it.each([
    ["hunter2 lang genug für mehr als sechzehn", "abcdefgh", "O4ijeBtl4G2clt2JrdSRD0"],
    ["", "x", "tMwYqBfQwi3FYAr0aJc8M/"],
    ["secret", "pepper12", "cUp/BgaDaXwv5xBsnQG3J."],
  ])("hashes %j as every other implementation does", (password, salt, hash) => {
    expect(apr1(password, salt)).toBe(`$apr1$${salt}$${hash}`);
  });
});

describe("a list of people", () => {
  it.each([
    `ada:${bcrypt}`,
    `ada:${bcrypt}\ngrace.h@example.org:${apr1("x", "salt")}\n`,
    makeHtpasswd(),
  ])("is taken: %s", (text) => {
    expect(htpasswdFault(text)).toBeUndefined();
  });

  it.each([
    ["", 1],
    ["ada:hunter2", 1],
    [`ada:${bcrypt}\nada`, 2],
    [`ada:${bcrypt}\n\ngrace:${bcrypt}`, 2],
    [`ada:${bcrypt}\r\ngrace:${bcrypt}`, 1],
    ["ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", 1],
    [`a b:${bcrypt}`, 1],
    [`:${bcrypt}`, 1],
  ])("is refused, by the number of the line and without what it says: %j", (text, line) => {
    const fault = htpasswdFault(text) ?? "";
    expect(fault).toMatch(/^must be lines name:hash as htpasswd -nB writes them/);
    expect(fault).toContain(`line ${line} is none`);
    expect(fault).not.toMatch(/hunter2|SHA|\$2y/);
  });

  it("names nobody twice", () => {
    expect(htpasswdFault(`ada:${bcrypt}\nada:${bcrypt}`)).toContain("line 2 names a person");
  });
});
