import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { derivePublicKey, generateSecretKey } from "../../components/base/keys.ts";
import { keys, type KeysRequest } from "../../ops/keys/command.ts";
import type { SecretValues } from "../../ops/keys/rows.ts";
import type { Vault } from "../../ops/keys/vault.ts";
import { parseStackFile } from "../../ops/stack-file.ts";

const root = resolve(import.meta.dirname, "../..");
const textOf = (stack: string): string =>
  readFileSync(resolve(root, `Pulumi.${stack}.yaml`), "utf8");

const test = parseStackFile("test", textOf("test"));
const own = parseStackFile(
  "test",
  textOf("test").replace(
    "  fleet:environment: test\n",
    (line) => `${line}  fleet:identities: own\n`,
  ),
);
const prod = parseStackFile("prod", textOf("prod"));

/**
 * A vault in memory that refuses, as the real ones must, to write over an entry.
 *
 * @param meanwhile Entries that another command adds before this one has the vault for itself.
 */
function memoryVault(start: SecretValues = {}, meanwhile: SecretValues = {}) {
  const entries: Record<string, unknown> = { ...start };
  const vault: Vault = {
    place: "memory",
    read: () => Promise.resolve({ ...entries }),
    alone: (work) => {
      Object.assign(entries, meanwhile);
      return work();
    },
    add: (values) => {
      for (const [name, value] of Object.entries(values)) {
        expect(entries, `${name} must not be overwritten`).not.toHaveProperty(name);
        entries[name] = value;
      }
      return Promise.resolve();
    },
  };
  return { vault, entries };
}

async function failure(request: KeysRequest): Promise<string> {
  return keys(request).then(
    () => {
      throw new Error("keys was expected to fail");
    },
    (error: unknown) => String(error),
  );
}

describe("keys in the sandbox", () => {
  it("makes everything a stack lacks, once", async () => {
    for (const file of [test, prod]) {
      const { vault, entries } = memoryVault();
      const first = await keys({ file, target: "sandbox", vault });
      expect(first.complete).toBe(true);
      expect(first.report).toContain("made now");
      const made = { ...entries };
      expect(Object.keys(made).length).toBeGreaterThan(5);
      const second = await keys({ file, target: "sandbox", vault });
      expect(entries).toEqual(made);
      expect(second.report).not.toContain("made now");
    }
  });

  it("shows names, places and public keys, and no value", async () => {
    const { vault, entries } = memoryVault();
    const { report } = await keys({ file: test, target: "sandbox", vault });
    for (const [name, value] of Object.entries(entries)) {
      expect(report).toContain(name);
      expect(report).not.toContain(String(value));
    }
    expect(report).toContain(derivePublicKey(String(entries["dmsg-server-1"])));
    expect(report).toContain("fleet:services.dmsg-servers.members.dmsg-server-1.key");
  });

  // Whoever is told a public key makes it known: the one that is there is to be told.
  it("lets stand what another command has made meanwhile, and tells that one's public key", async () => {
    const other = generateSecretKey();
    const { vault, entries } = memoryVault({}, { "dmsg-server-1": other });
    const { report, complete } = await keys({ file: test, target: "sandbox", vault });
    expect(entries["dmsg-server-1"]).toBe(other);
    expect(report).toMatch(
      new RegExp(`dmsg-server-1 +key-pair +present +${derivePublicKey(other)}`),
    );
    expect(complete).toBe(true);
  });

  it("does not wait for another command where it has nothing to write", async () => {
    const { vault } = memoryVault();
    await keys({ file: test, target: "sandbox", vault });
    const held: Vault = { ...vault, alone: () => Promise.reject(new Error("another is at work")) };
    expect((await keys({ file: test, target: "sandbox", vault: held })).complete).toBe(true);
  });

  // Nothing renews them: whoever lists them is told.
  it("shows when certificates end", async () => {
    const { vault, entries } = memoryVault();
    const { report } = await keys({ file: prod, target: "sandbox", vault });
    expect(report).toMatch(/certificates +made now +until Dec 31 23:59:59 2049 GMT/);
    expect(String(entries["elasticsearch-certificates"])).toContain("BEGIN CERTIFICATE");
  });

  it("leaves a malformed entry as it is and says so without its value", async () => {
    const { vault, entries } = memoryVault({ "dmsg-server-1": "canary-canary" });
    const result = await keys({ file: test, target: "sandbox", vault });
    expect(result.complete).toBe(false);
    expect(entries["dmsg-server-1"]).toBe("canary-canary");
    expect(result.report).toMatch(/dmsg-server-1 +key-pair +malformed +must be a secret key/);
    expect(result.report).not.toContain("canary");
  });
});

describe("keys of a live stack", () => {
  it("makes nothing for production and says what to import", async () => {
    const { vault, entries } = memoryVault();
    const result = await keys({ file: prod, target: "live", vault });
    expect(result.complete).toBe(false);
    expect(entries).toEqual({});
    expect(result.report).toContain("production's are imported");
    expect(result.report).not.toContain("made now");
  });

  it("makes one of production's when it is asked for by name", async () => {
    const { vault, entries } = memoryVault();
    await keys({ file: prod, target: "live", vault, make: ["network-monitor"] });
    expect(Object.keys(entries)).toEqual(["network-monitor"]);
  });

  it("makes test's, but no registry login and no key that visors know", async () => {
    const { vault, entries } = memoryVault();
    const published = await keys({ file: test, target: "live", vault });
    expect(published.complete).toBe(false);
    expect(entries).not.toHaveProperty("dmsg-server-1");
    expect(published.report).toContain("visors know the published one");

    const other = memoryVault();
    const result = await keys({ file: own, target: "live", vault: other.vault });
    expect(other.entries).toHaveProperty("dmsg-server-1");
    expect(other.entries).not.toHaveProperty("skycoinpro-registry");
    expect(result.report).toContain(
      "Missing: skycoinpro-registry: the registry gives it: import it.",
    );
  });

  it.each([
    ["a name the stack does not refer to", "dmsg-server-99", "refers to no secret of that name"],
    ["a registry login", "skycoinpro-registry", "import it"],
  ])("refuses to make %s", async (_, make, expected) => {
    const { vault, entries } = memoryVault();
    expect(await failure({ file: prod, target: "live", vault, make: [make] })).toContain(expected);
    expect(entries).toEqual({});
  });

  it("makes no address that somebody else gives, not even when asked for by name", async () => {
    const { vault } = memoryVault();
    const request = { file: prod, target: "live", vault, make: ["watchdog-webhook"] } as const;
    expect(await failure(request)).toMatch(
      /NEW=watchdog-webhook: whoever is called gives its address: import it/,
    );
  });

  it("refuses to make by name what another command has made meanwhile", async () => {
    const made = generateSecretKey();
    const { vault, entries } = memoryVault({}, { "network-monitor": made });
    expect(
      await failure({ file: prod, target: "live", vault, make: ["network-monitor"] }),
    ).toContain("never touched");
    expect(entries).toEqual({ "network-monitor": made });
  });

  it("refuses to make what exists", async () => {
    const { vault } = memoryVault({ "network-monitor": generateSecretKey() });
    expect(
      await failure({ file: prod, target: "live", vault, make: ["network-monitor"] }),
    ).toContain("never touched");
  });

  it("refuses a stack file with faults, whose references cannot be trusted", async () => {
    const file = parseStackFile(
      "test",
      textOf("test").replace("fleet:data: retain", "fleet:data: x"),
    );
    const { vault, entries } = memoryVault();
    expect(await failure({ file, target: "sandbox", vault })).toContain("fleet:data");
    expect(entries).toEqual({});
  });
});

describe("an import", () => {
  const good = generateSecretKey();

  it("adds what is missing and touches nothing that is there", async () => {
    const there = generateSecretKey();
    const { vault, entries } = memoryVault({ "setup-node": there });
    const { report } = await keys({
      file: test,
      target: "live",
      vault,
      imported: { "dmsg-server-1": good, "setup-node": generateSecretKey() },
    });
    expect(entries).toMatchObject({ "dmsg-server-1": good, "setup-node": there });
    expect(report).toMatch(/dmsg-server-1 +key-pair +imported now/);
    expect(report).toContain(
      "setup-node is there already and was not touched; the import has another value",
    );
  });

  it("is idempotent", async () => {
    const { vault } = memoryVault({ "dmsg-server-1": good });
    const imported = { "dmsg-server-1": good };
    const { report } = await keys({ file: test, target: "live", vault, imported });
    expect(report).toContain("dmsg-server-1 is there already and was not touched\n");
  });

  it.each([
    ["a malformed key", { "dmsg-server-1": "canary" }, "dmsg-server-1 must be a secret key"],
    ["a key outside the group", { "dmsg-server-1": "f".repeat(64) }, "outside the group"],
    ["an upper-case key", { "dmsg-server-1": good.toUpperCase() }, "lower-case"],
    [
      "a name nothing refers to",
      { "dmsg-server-9": good },
      "dmsg-server-9 is no secret this stack",
    ],
    ["a number", { "dmsg-server-1": 5 }, "must be one text"],
    ["a structure", { "dmsg-server-1": { canary: 1 } }, "must be one text"],
    ["null", { "dmsg-server-1": null }, "must be one text"],
    ["a map turned round", { [good]: "dmsg-server-1" }, "entry 1 is no secret"],
    ["a list", ["canary"], "must be a JSON map"],
    ["a text", "canary", "must be a JSON map"],
    ["one key for two", { "dmsg-server-1": good, "setup-node": good }, "one process only"],
    ["a login without token", { "skycoinpro-registry": "canary" }, "user:token"],
    ["a prototype's name", JSON.parse(`{"__proto__": "canary"}`), "is no secret this stack"],
  ])("with %s is refused as a whole", async (_, imported: unknown, expected) => {
    const { vault, entries } = memoryVault();
    const message = await failure({ file: test, target: "live", vault, imported });
    expect(message).toContain(expected);
    expect(message).not.toContain("canary");
    expect(message.toLowerCase()).not.toContain(good);
    expect(entries).toEqual({});
  });

  it("tells all faults at once", async () => {
    const { vault } = memoryVault();
    const imported = { "dmsg-server-1": "x", "setup-node": "y", nothing: "z" };
    const message = await failure({ file: test, target: "live", vault, imported });
    expect(message.split("\n")).toHaveLength(4);
  });

  it("may not bring the key of an entry that is there", async () => {
    const { vault } = memoryVault({ "setup-node": good });
    const imported = { "dmsg-server-1": good };
    expect(await failure({ file: test, target: "live", vault, imported })).toContain(
      "one process only",
    );
  });
});
