import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { rsaPublicHalf } from "../../components/base/cipher-keys.ts";
import { generateSecret, type SecretKind, SecretReference } from "../../components/base/secrets.ts";
import {
  entryOfKey,
  environmentKinds,
  environmentPorts,
  environmentSecrets,
} from "../../components/pushtech/environment-file.ts";
import { keys, type KeysRequest } from "../../ops/keys/command.ts";
import { readDockerLogin } from "../../ops/keys/docker-login.ts";
import { readEnvironmentImport } from "../../ops/keys/environment-import.ts";
import { readEnvironmentText } from "../../ops/keys/environment-text.ts";
import { keyRows, type SecretValues } from "../../ops/keys/rows.ts";
import type { Vault } from "../../ops/keys/vault.ts";
import { parseStackFile } from "../../ops/stack-file.ts";
import { requiredSecrets } from "../../stacks/secrets.ts";
import { clone } from "../rendered.ts";
import { throwAwayRsaKey } from "../rsa-key.ts";

const config = {
  environmentFile: environmentSecrets(),
  images: {
    repository: "docker.io/gorenje/pushtech",
    pullSecret: new SecretReference("docker-login", "registry"),
  },
};
const required = requiredSecrets(config);
const rows = keyRows(required, {});

/** A value of each key, the same in every test. */
const values: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(environmentKinds).map(([key, kind]) => [
    key,
    kind === "rsa-key" ? throwAwayRsaKey : generateSecret(kind as SecretKind),
  ]),
);

/** A whole file, with some of its values changed, or left out. */
const fileWith = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries({ ...values, ...changes })
    .flatMap(([key, value]) => (value === undefined ? [] : [`export ${key}=${value}`]))
    .join("\n");

const read = (text: string, present: SecretValues = {}) =>
  readEnvironmentImport(text, rows, present, () => false);

const said = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  throw new Error("was expected to fail");
};

describe("an environment file", () => {
  it("is an entry for each key, named after it", () => {
    const { entries, notes } = read(fileWith());
    expect(entries).toEqual(
      Object.fromEntries(Object.entries(values).map(([key, value]) => [entryOfKey(key), value])),
    );
    expect(Object.keys(entries)).toContain("notification-server-cookie-secret");
    expect(Object.keys(entries)).toContain("onesignal-user-auth-key");
    expect(notes).toEqual([]);
  });

  it("may have ports, which are fixed here, and keys of old, and tells which were not kept", () => {
    const ports = Object.entries(environmentPorts).map(
      ([key, port]) => [key, String(port)] as const,
    );
    const text = fileWith({
      ...Object.fromEntries(ports),
      TRACKER_PORT: "5021",
      GOOGLE_CLIENT_SECRET: "canary",
      WEBSITE_RSA_PUBLIC_KEY_BASE64: rsaPublicHalf(throwAwayRsaKey),
    });
    const { entries, notes } = read(text);
    expect(Object.keys(entries)).toHaveLength(Object.keys(environmentKinds).length);
    expect(notes).toEqual([
      "TRACKER_PORT is 5222 here, whatever the file says: nothing outside the cluster dials it",
      "GOOGLE_CLIENT_SECRET was not kept: nothing reads it",
      "WEBSITE_RSA_PUBLIC_KEY_BASE64 was not kept: it is derived from WEBSITE_RSA_PRIVATE_KEY_BASE64",
    ]);
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, string | RegExp]>([
    // The template of old lacked these three, and the notification server never started.
    [
      "without OneSignal's keys",
      { ONESIGNAL_API_KEY: undefined, ONESIGNAL_APP_ID: undefined },
      "it lacks ONESIGNAL_API_KEY, ONESIGNAL_APP_ID",
    ],
    ["with an empty value", { MANDRILL_API_KEY: "" }, /line 26 \(MANDRILL_API_KEY\) is empty/],
    ["with a misspelt key", { MANDRIL_API_KEY: "canary" }, "did you mean MANDRILL_API_KEY?"],
    ["with a short cookie secret", { KAFIDX_COOKIE_SECRET: "canary" }, "32 to 1024 characters"],
    [
      "with a cipher key of 32 bytes",
      { WEBSITE_CRED_KEY_BASE64: "Y2FuYXJ5" },
      "base64 of 16 bytes",
    ],
    ["with a colon in a user's name", { KAFIDX_USER: "ca:nary" }, "must be a user's name"],
    [
      "with halves of two RSA keys",
      { WEBSITE_RSA_PUBLIC_KEY_BASE64: rsaPublicHalf(generateSecret("rsa-key")) },
      "is not the public half of WEBSITE_RSA_PRIVATE_KEY_BASE64",
    ],
  ])("%s is refused as a whole, without a value in what is said", (_, changes, says) => {
    const message = said(() => read(fileWith(changes)));
    expect(message).toContain("nothing was imported");
    expect(message).toMatch(says);
    expect(message).not.toMatch(/canary|Y2FuYXJ5/);
    for (const value of Object.values(values)) {
      expect(message).not.toContain(value);
    }
  });

  it("may lack what the stack has already, and what the command makes", () => {
    const short = fileWith({ KAFIDX_USER: undefined, KAFIDX_COOKIE_SECRET: undefined });
    const { entries } = readEnvironmentImport(
      short,
      rows,
      { "kafidx-user": "somebody" },
      ({ kind }) => kind === "cookie-secret",
    );
    expect(Object.keys(entries)).not.toContain("kafidx-user");
    expect(said(() => read(short, { "kafidx-user": "somebody" }))).toMatch(
      /lacks KAFIDX_COOKIE_SECRET$/m,
    );
  });

  it("tells all faults at once, each with its line", () => {
    const text = `${fileWith({ KAFIDX_USER: "", LIBRATO_TOKEN: undefined })}\nOOPS\nA=1`;
    const message = said(() => read(text));
    expect(message.split("\n").slice(1)).toEqual([
      "  line 33 must be KEY=value",
      "  line 3 (KAFIDX_USER) is empty",
      "  line 34 has a key that nothing reads A",
      "  it lacks LIBRATO_TOKEN",
    ]);
  });

  it("is for stacks that have one", () => {
    const none = keyRows(requiredSecrets({ images: config.images }), {});
    expect(said(() => readEnvironmentImport("A=1", none, {}, () => false))).toContain(
      "this stack has no environment file",
    );
  });
});

describe("a line of an environment file", () => {
  const valueOf = (text: string): string | undefined => readEnvironmentText(text).entries[0]?.value;

  it.each([
    ["A=plain", "plain"],
    ["export A=plain", "plain"],
    ["  A = plain  ", "plain"],
    ["A=plain # why", "plain"],
    ["A='with # and \"quotes\" and $HOME and \\n'", 'with # and "quotes" and $HOME and \\n'],
    ['A="quoted" # why', "quoted"],
    ['A="a \\"b\\" \\$c \\\\"', 'a "b" $c \\'],
    ["A=base64==", "base64=="],
    ["A=", ""],
    ["A=''", ""],
    ["\uFEFFA=bom\r\n", "bom"],
    ["# comment\r\n\r\nA=crlf\r\n", "crlf"],
  ])("%j gives %j", (text, value) => {
    expect(readEnvironmentText(text).faults).toEqual([]);
    expect(valueOf(text)).toBe(value);
  });

  // What dotenv, a shell and docker's --env-file read in three ways is nobody's password for sure.
  it.each([
    ["A=canary$1", "single quotes"],
    ["A=$(canary)", "single quotes"],
    ['A="canary `id`"', "single quotes"],
    ['A="canary\\n"', "single quotes"],
    ["A=two canaries", "has a space within"],
    // dotenv reads «can», which the programs of old have had for a password then; a shell «can#ary».
    ["A=can#ary", "has a # within: put the whole value in single quotes"],
    ["A=can#ary # why", "has a # within"],
    ["A='can'#ary", "has a quote without its end"],
    ["A=can'ary", "has a quote or backslash within"],
    ["A='canary", "has a quote without its end"],
    ['A="canary', "has a quote without its end"],
    ["A='canary' canary", "has a quote without its end"],
    ["canary", "must be KEY=value"],
    ["A-B=canary", "must be KEY=value"],
    ["A=1\nA=canary", "line 2 sets A again, which line 1 has set"],
    ["A=\0canary", "no text in UTF-8"],
    ["{".repeat(300_000), "no text in UTF-8"],
  ])("is refused where it reads %j, and not repeated", (text, says) => {
    const { faults } = readEnvironmentText(text.slice(0, 400_000));
    expect(faults.join()).toContain(says);
    expect(faults.join()).not.toContain("canary");
  });
});

describe("Docker's config file", () => {
  const auth = Buffer.from("gorenje:dckr_pat_1:2").toString("base64");
  const login = (content: unknown, of: unknown = config) =>
    readDockerLogin(typeof content === "string" ? content : JSON.stringify(content), of, rows);

  it.each([
    ["Docker Hub's old name", { "https://index.docker.io/v1/": { auth } }],
    ["its short name", { "docker.io": { auth } }],
    ["user and password apart", { "docker.io": { username: "gorenje", password: "dckr_pat_1:2" } }],
    [
      "an empty entry of its other name",
      { "https://index.docker.io/v1/": {}, "docker.io": { auth } },
    ],
    ["other logins beside it", { "ghcr.io": { auth: "eDp5" }, "docker.io": { auth } }],
  ])("gives the login with %s", (_, auths) => {
    expect(login({ auths })).toEqual({ registry: "gorenje:dckr_pat_1:2" });
  });

  it("gives that of the registry that the images lie in, and of no other", () => {
    const images = { ...config.images, repository: "registry.pushtech.de/pushtech" };
    const auths = { "docker.io": { auth: "eDp5" }, "registry.pushtech.de": { auth } };
    expect(login({ auths }, { ...config, images })).toEqual({ registry: "gorenje:dckr_pat_1:2" });
  });

  it.each([
    [
      "no login for it",
      { auths: { "ghcr.io": { auth } } },
      /no login for index.docker.io \(it has: ghcr.io\)/,
    ],
    ["nothing", {}, /has no login for index.docker.io: docker login/],
    [
      "a store of the desktop",
      { auths: { "docker.io": {} }, credsStore: "osxkeychain" },
      /in a store of the desktop/,
    ],
    ["a helper", { credHelpers: { "docker.io": "x" } }, /in a store of the desktop/],
    [
      "an identity token",
      {
        auths: {
          "docker.io": {
            auth: Buffer.from("gorenje:").toString("base64"),
            identitytoken: "canary",
          },
        },
      },
      /is an identity token, which nodes cannot use/,
    ],
    ["a login cut short", { auths: { "docker.io": { auth: auth.slice(0, 8) } } }, /no login for/],
    ["no JSON", "canary{", /must be Docker's config file/],
    ["a list", [], /must be Docker's config file/],
  ])("with %s is refused with what to do, without a word of it", (_, content, says) => {
    const message = said(() => login(content));
    expect(message).toMatch(says);
    expect(message).not.toMatch(/canary|dckr_pat/);
    expect(message).not.toContain(auth);
  });

  it("is for stacks that pull with a login", () => {
    expect(said(() => login({ auths: {} }, {}))).toContain("without a login");
  });
});

describe("make keys of PushTech's production", () => {
  const name = "pushtech-production";
  const file = parseStackFile(name, readFileSync(join(clone, `Pulumi.${name}.yaml`), "utf8"));
  const docker = JSON.stringify({
    auths: { "docker.io": { username: "gorenje", password: generateSecret("token") } },
  });

  /** What is in the vault after a run, and what the run said. */
  async function run(request: Partial<KeysRequest>) {
    const entries: Record<string, unknown> = {};
    const vault: Vault = {
      place: "memory",
      read: () => Promise.resolve({ ...entries }),
      alone: (work) => work(),
      add: (added) => {
        Object.assign(entries, added);
        return Promise.resolve();
      },
    };
    const told = await keys({ file, target: "live", vault, ...request }).then(
      ({ report }) => report,
      (error: unknown) => String(error),
    );
    return { entries, told };
  }

  it("takes file and login in together, makes nothing, and says what neither brings", async () => {
    const { entries, told } = await run({ environment: fileWith(), docker });
    expect(Object.keys(entries).sort()).toEqual(
      ["registry", ...Object.keys(environmentKinds).map(entryOfKey)].sort(),
    );
    expect(told).not.toContain("made now");
    expect(told).toMatch(/Missing: .*: production's are imported/);
    for (const value of Object.values(values)) {
      expect(told).not.toContain(value);
    }
  });

  it.each([
    ["KAFIDX_PASSWORD", "changeme123"],
    ["ONESIGNAL_APP_ID", "<your-onesignal-app>"],
    ["WEBSITE_CRED_IV_BASE64", Buffer.alloc(16).toString("base64")],
    ["TRACKER_COOKIE_SECRET", "x".repeat(64)],
  ])("takes nothing where %s is a placeholder", async (key, value) => {
    const { entries, told } = await run({ environment: fileWith({ [key]: value }), docker });
    expect(entries).toEqual({});
    expect(told).toContain(`${entryOfKey(key)} is a placeholder, which production does not take`);
    expect(told).not.toContain(value);
  });

  it("takes nothing where two files bring one entry", async () => {
    const imported = { "kafidx-user": "somebody" };
    const { entries, told } = await run({ environment: fileWith(), imported });
    expect(entries).toEqual({});
    expect(told).toContain("brought by two files: kafidx-user");
  });
});
