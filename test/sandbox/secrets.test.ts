import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { generateSecret, secretFault } from "../../components/base/secrets.ts";
import { sandboxPlace, type SandboxPlace } from "../../sandbox/place.ts";
import {
  ensureSandboxSecrets,
  neededSecrets,
  readSecrets,
  writeSecrets,
} from "../../sandbox/secrets.ts";

let root = "";
let place: SandboxPlace;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-secrets-"));
  place = sandboxPlace("test", { root });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const needs = [
  { name: "identity", kind: "key-pair" },
  { name: "postgres", kind: "password" },
  { name: "api", kind: "token" },
  { name: "registry", kind: "docker-login" },
] as const;

describe("secrets of a sandbox", () => {
  it("are made for everything a config needs, each of its kind", () => {
    const secrets = ensureSandboxSecrets(needs, new Map(), generateSecret);
    expect([...secrets.keys()]).toEqual(needs.map(({ name }) => name));
    expect(needs.map(({ name, kind }) => secretFault(kind, secrets.get(name) ?? ""))).toEqual(
      needs.map(() => undefined),
    );
  });

  it("are kept: a second run changes nothing", () => {
    const first = ensureSandboxSecrets(needs, new Map(), generateSecret);
    writeSecrets(place, first);
    expect(statSync(place.secrets).mode & 0o777).toBe(0o600);
    const second = ensureSandboxSecrets(needs, readSecrets(place), generateSecret);
    expect([...second]).toEqual([...first]);
  });

  it("are made anew where one is of another kind", () => {
    const first = new Map([["identity", "a-password-of-enough-length"]]);
    const second = ensureSandboxSecrets(needs.slice(0, 1), first, generateSecret);
    expect(secretFault("key-pair", second.get("identity") ?? "")).toBeUndefined();
  });

  it("are made anew where a certificate is not for the hosts that are asked of it", () => {
    const tls = (host: string) => [{ name: "tls", kind: "tls-pair", hosts: [host] }] as const;
    const first = ensureSandboxSecrets(tls("a.example.org"), new Map(), generateSecret);
    expect(ensureSandboxSecrets(tls("a.example.org"), first, generateSecret)).toEqual(first);
    const second = ensureSandboxSecrets(tls("b.example.org"), first, generateSecret);
    expect(secretFault("tls-pair", second.get("tls") ?? "", ["b.example.org"])).toBeUndefined();
  });

  it("are none before any was made", () => {
    expect([...readSecrets(place)]).toEqual([]);
  });

  // The config file's text is in the state of a stack that rolls back: it changes with the config alone.
  it("are handed over in one order, whichever was made first", () => {
    const kept = new Map([
      ["b", "2"],
      ["c", "3"],
      ["a", "1"],
    ]);
    const all = ["c", "a", "b"].map((name) => ({ name, kind: "password" }) as const);
    expect([...neededSecrets(all, kept).keys()]).toEqual(["a", "b", "c"]);
  });

  it("that nothing needs are kept but not handed over", () => {
    const kept = ensureSandboxSecrets(needs, new Map([["old", "value"]]), generateSecret);
    expect(kept.get("old")).toBe("value");
    const handed = neededSecrets([...needs.slice(0, 2), ...needs.slice(0, 1)], kept);
    expect([...handed.keys()]).toEqual(["identity", "postgres"]);
  });

  it("in a broken file are told of without a word of them", () => {
    writeSecrets(place, new Map());
    writeFileSync(place.secrets, '{"a": ["hunter2"]}');
    expect(() => readSecrets(place)).toThrow(/secrets\.json is no map of secrets\n.*remove it/);
  });
});
