import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { beforeEach, describe, expect, it } from "vitest";

import { readImport } from "../../ops/keys/import.ts";
import { liveSecrets, liveVault } from "../../ops/keys/live.ts";
import { livePulumi } from "../../ops/keys/pulumi.ts";
import { sandboxVault } from "../../ops/keys/sandbox.ts";
import { parseStackFile, type StackFile } from "../../ops/stack-file.ts";
import { temporaryFolder } from "../tools/folders.ts";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});

/** A `pulumi` that notes how it was called and answers with a file's text. */
function fakePulumi(folder: string, answer = "", code = 0): void {
  mkdirSync(folder, { recursive: true });
  const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const call = { words: process.argv.slice(2), input: readFileSync(0, "utf8"), ambient: process.env.PULUMI_IGNORE_AMBIENT_PLUGINS };
appendFileSync(${JSON.stringify(join(root, "calls"))}, JSON.stringify(call) + "\\n");
process.stdout.write(${JSON.stringify(answer)});
if (${code} !== 0) { process.stderr.write("error: no stack named 'test' found\\n"); }
process.exit(${code});
`;
  writeFileSync(join(folder, "pulumi"), program);
  chmodSync(join(folder, "pulumi"), 0o755);
}

const calls = (): { words: string[]; input: string; ambient: string }[] =>
  existsSync(join(root, "calls"))
    ? readFileSync(join(root, "calls"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { words: string[]; input: string; ambient: string })
    : [];

const empty = parseStackFile("test", "config: {}\n");
const filled = parseStackFile("test", "config: { fleet:secrets: { a: { secure: v1 } } }\n");

/** Lays a stack file into the clone. */
function keep({ name, text }: StackFile): void {
  writeFileSync(join(root, name), text);
}

const live = (environment: NodeJS.ProcessEnv = {}) =>
  livePulumi({
    root,
    environment: {
      PATH: [join(root, "bin"), dirname(process.execPath)].join(delimiter),
      ...environment,
    },
  });

describe("the vault of a live stack", () => {
  it("hands values over standard input, never as an argument", async () => {
    fakePulumi(join(root, "bin"));
    keep(empty);
    await liveVault(root, "test", live()).add({ "dmsg-server-1": "canary-1", redis: "canary-2" });
    expect(calls().map(({ input }) => input)).toEqual(["canary-1", "canary-2"]);
    expect(calls()[0]?.words).toEqual([
      ...["config", "set", "--secret", "--path", "fleet:secrets.dmsg-server-1"],
      ...["--stack", "test", "--non-interactive"],
    ]);
    expect(JSON.stringify(calls().map(({ words }) => words))).not.toContain("canary");
  });

  // The engine would write over it without a word.
  it("writes no entry that has come into the file since it was read", async () => {
    fakePulumi(join(root, "bin"));
    keep(empty);
    const vault = liveVault(root, "test", live());
    expect(await vault.read()).toEqual({});
    keep(filled);
    await expect(vault.add({ b: "canary-1", a: "canary-2" })).rejects.toThrow(
      "a has come into Pulumi.test.yaml meanwhile and was not touched",
    );
    expect(calls().map(({ input }) => input)).toEqual(["canary-1"]);
  });

  it("reads the file as it is, not as it was", async () => {
    const shown = { "fleet:secrets": { value: '{"a":"plain"}', secret: true } };
    fakePulumi(join(root, "bin"), JSON.stringify(shown));
    keep(empty);
    const vault = liveVault(root, "test", live());
    expect(await vault.read()).toEqual({});
    keep(filled);
    expect(await vault.read()).toEqual({ a: "plain" });
  });

  it("reads nothing where the file has no entry: no log-in is needed to list", async () => {
    fakePulumi(join(root, "bin"));
    expect(await liveSecrets(empty, live())).toEqual({});
    expect(calls()).toEqual([]);
  });

  it("reads what the CLI decrypts", async () => {
    const shown = { "fleet:secrets": { value: '{"a":"plain"}', secret: true } };
    fakePulumi(join(root, "bin"), JSON.stringify(shown));
    expect(await liveSecrets(filled, live())).toEqual({ a: "plain" });
  });

  it("repeats nothing of an answer it cannot read", async () => {
    fakePulumi(join(root, "bin"), '{"fleet:secrets": canary');
    const error = await liveSecrets(filled, live()).catch((reason: unknown) => String(reason));
    expect(error).toContain("nothing this version can read");
    expect(error).not.toContain("canary");
  });

  it("passes on the CLI's complaint, not its output", async () => {
    fakePulumi(join(root, "bin"), "canary", 255);
    const error = await liveSecrets(filled, live()).catch((reason: unknown) => String(reason));
    expect(error).toContain("no stack named 'test' found");
    expect(error).not.toContain("canary");
  });

  it("says what is missing without a CLI", async () => {
    await expect(liveSecrets(filled, live())).rejects.toThrow("official CLI");
  });

  // What Fleet builds from module source serves the sandbox, never a live stack.
  it("passes over a CLI that Fleet built, and over plugins on PATH", async () => {
    fakePulumi(join(root, "cache", "tools", "pulumi"), "", 1);
    const PATH = [
      join(root, "cache", "tools", "pulumi"),
      join(root, "bin"),
      dirname(process.execPath),
    ].join(delimiter);
    const pulumi = live({ PATH, FLEET_CACHE_DIR: join(root, "cache") });
    await expect(pulumi(["version"])).rejects.toThrow("official CLI");
    fakePulumi(join(root, "bin"));
    await pulumi(["version"]);
    expect(calls().map(({ ambient }) => ambient)).toEqual(["true"]);
  });

  it("refuses a sandbox's shell, whatever its variables say", () => {
    expect(() => live({ FLEET_SANDBOX_TOKEN: "x" })).toThrow("belongs to a sandbox");
  });

  it.each(["PULUMI_BACKEND_URL", "PULUMI_HOME", "KUBECONFIG"])(
    "refuses a shell whose %s is a sandbox's",
    (name) => {
      const prefix = name === "PULUMI_BACKEND_URL" ? "file://" : "";
      const inside = `${prefix}${join(root, ".sandbox", "test", "x")}`;
      expect(() => live({ [name]: inside })).toThrow(`belongs to a sandbox (${name})`);
      expect(() => live({ [name]: `${prefix}${join(root, "elsewhere")}` })).not.toThrow();
    },
  );
});

describe("a live stack", () => {
  const elsewhere = "/elsewhere/sandboxes";
  it.each<[string, NodeJS.ProcessEnv]>([
    ["by a path from the clone on", { KUBECONFIG: ".sandbox/test/kubeconfig" }],
    ["behind another kubeconfig", { KUBECONFIG: "/home/a/.kube/config:.sandbox/test/kubeconfig" }],
    ["by a roundabout path", { KUBECONFIG: "./a/../.sandbox/test/kubeconfig" }],
    ["by a URL from the clone on", { PULUMI_BACKEND_URL: "file://.sandbox/test/backend" }],
    [
      "where sandboxes lie elsewhere",
      { FLEET_SANDBOX_ROOT: elsewhere, PULUMI_BACKEND_URL: `file://${elsewhere}/test/backend` },
    ],
  ])("is not reached through a shell that leads into a sandbox %s", (_, environment) => {
    expect(() => live(environment)).toThrow("belongs to a sandbox");
  });

  it("is not reached through one whose folder's name is written otherwise in a URL", () => {
    const clone = join(root, "ä");
    const PULUMI_BACKEND_URL = pathToFileURL(join(clone, ".sandbox", "test", "backend")).href;
    expect(PULUMI_BACKEND_URL).toContain("%");
    expect(() => livePulumi({ root: clone, environment: { PULUMI_BACKEND_URL } })).toThrow(
      "belongs to a sandbox (PULUMI_BACKEND_URL)",
    );
  });

  it.each<NodeJS.ProcessEnv>([
    { KUBECONFIG: ".sandboxes/kubeconfig", PULUMI_BACKEND_URL: "gs://fleet-state" },
    { FLEET_SANDBOX_ROOT: "", KUBECONFIG: "/home/a/.kube/config", PULUMI_HOME: "/home/a/.pulumi" },
    { FLEET_SANDBOX_ROOT: elsewhere, PULUMI_BACKEND_URL: "file://~" },
  ])("is, with the settings %j of an operator's own", (environment) => {
    expect(() => live(environment)).not.toThrow();
  });
});

describe("the vault of a sandbox", () => {
  const path = (): string => join(root, ".sandbox", "test", "secrets.json");

  it("keeps entries in a file only its owner can read, and adds without touching", async () => {
    const vault = sandboxVault(root, "test");
    expect(await vault.read()).toEqual({});
    await vault.add({ a: "1" });
    await vault.add({ a: "2", b: "3" });
    expect(await vault.read()).toEqual({ a: "1", b: "3" });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it("writes nothing when there is nothing to add", async () => {
    await sandboxVault(root, "test").add({});
    expect(existsSync(path())).toBe(false);
  });

  it("refuses a broken file without repeating it", () => {
    mkdirSync(dirname(path()), { recursive: true });
    writeFileSync(path(), '{"a": canary');
    const read = () => sandboxVault(root, "test").read();
    expect(read).toThrow(/is no map of secrets/);
    expect(read).not.toThrow(/canary/);
  });
});

describe.each([
  ["a live stack", () => liveVault(root, "test", live())],
  ["a sandbox", () => sandboxVault(root, "test")],
])("the vault of %s", (_, vaultOf) => {
  it("is one command's at a time, and free when that one has failed", async () => {
    const second = await vaultOf().alone(() =>
      vaultOf()
        .alone(() => Promise.resolve("both"))
        .catch((reason: unknown) => String(reason)),
    );
    expect(second).toMatch(
      /make keys \(process \d+\) is at work on the (?:secrets|sandbox) of test/,
    );
    await expect(vaultOf().alone(() => Promise.reject(new Error("failed")))).rejects.toThrow(
      "failed",
    );
    expect(await vaultOf().alone(() => Promise.resolve("done"))).toBe("done");
    expect(
      readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".lock"),
      ),
    ).toEqual([]);
  });
});

describe("the file of an import", () => {
  it("is read as JSON", () => {
    writeFileSync(join(root, "keys.json"), '{"a": "b"}');
    expect(readImport(join(root, "keys.json"))).toEqual({ a: "b" });
  });

  it("is named, not repeated, when it is unreadable", () => {
    writeFileSync(join(root, "keys.json"), "canary");
    expect(() => readImport(join(root, "keys.json"))).toThrow(/must be JSON/);
    expect(() => readImport(join(root, "keys.json"))).not.toThrow(/canary/);
    expect(() => readImport(join(root, "none.json"))).toThrow("cannot be read: it is not there");
    expect(() => readImport(root)).toThrow("cannot be read: it is a folder");
  });

  it("is read to an end: a path that has none would take the machine's memory with it", () => {
    expect(() => readImport("/dev/zero")).toThrow(
      "IMPORT: /dev/zero cannot be read: it has more than 4 MiB",
    );
  });
});
