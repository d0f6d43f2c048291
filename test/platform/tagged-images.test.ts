import { describe, expect, it } from "vitest";

import { SecretReference } from "../../components/base/secrets.ts";
import {
  stuckImagesWarning,
  taggedImageOf,
  taggedImagesConfig,
  taggedImageUses,
} from "../../components/platform/tagged-images.schema.ts";
import { complaints } from "./fixtures.ts";

const components = ["storage", "consumers.ruby"] as const;
const schema = taggedImagesConfig(components);
const login = new SecretReference("docker-login", "registry");
const digest = `sha256:${"a".repeat(64)}`;
const input = (change: Record<string, unknown> = {}) => ({
  repository: "docker.io/gorenje/pushtech",
  pullSecret: "registry",
  ...change,
});
const image = (change: Record<string, unknown> = {}, component = "storage") =>
  taggedImageOf(schema.parse(input(change)), component);

describe("images of one repository", () => {
  it("are told apart by their tags, and pulled with its login", () => {
    expect(image()).toEqual({ reference: "docker.io/gorenje/pushtech:storage", login });
    expect(image({}, "consumers.ruby").reference).toBe("docker.io/gorenje/pushtech:consumers.ruby");
  });

  it("have the stack's version behind each tag", () => {
    expect(image({ version: "v2" }).reference).toBe("docker.io/gorenje/pushtech:storage-v2");
  });

  it("may each have a tag, a digest or a repository of their own; another registry sees no login", () => {
    const override = (storage: Record<string, unknown>) =>
      image({ version: "v2", overrides: { storage } });
    expect(override({ tag: "next" }).reference).toBe("docker.io/gorenje/pushtech:next");
    expect(override({ digest }).reference).toBe(`docker.io/gorenje/pushtech:storage-v2@${digest}`);
    expect(override({ repository: "docker.io/other/store" })).toEqual({
      reference: "docker.io/other/store:storage-v2",
      login,
    });
    expect(override({ repository: "ghcr.io/other/store" }).login).toBeUndefined();
  });

  it("start what a node has, unless the stack says that it asks each time", () => {
    expect(schema.parse(input()).pullPolicy).toBe("IfNotPresent");
    expect(complaints(schema, input({ pullPolicy: "Never" }))).toEqual([
      "pullPolicy: must be Always or IfNotPresent",
    ]);
  });

  it.each([
    [{ overrides: { storag: { tag: "x" } } }, 'overrides: Unrecognized key: "storag"'],
    [{ overrides: { storage: {} } }, "overrides.storage: must change something, or go"],
    [
      { overrides: { storage: { digest, build: { context: "." } } } },
      "overrides.storage: must say either digest or build",
    ],
    [{ version: "-x" }, "version: must be what stands behind each tag's dash"],
    [{ repository: "gorenje:v1" }, "repository: must be a registry with an organisation"],
    [{ pullSecret: "user:token" }, "pullSecret: must be the name of an entry of fleet:secrets"],
  ])("are refused where their words are wrong: %j", (change, says) => {
    expect(complaints(schema, input(change)).join("\n")).toContain(says);
  });

  it("tell make images where each digest stands, and who settles it otherwise", () => {
    const uses = (change: Record<string, unknown>) =>
      taggedImageUses(schema.parse(input(change)), components);
    expect(uses({})[0]).toEqual({
      path: ["images", "overrides", "storage", "digest"],
      reference: "docker.io/gorenje/pushtech:storage",
      holds: "digest",
      login: "registry",
      settledBy: undefined,
    });
    const settled = uses({ resolve: "run", overrides: { storage: { build: { context: "." } } } });
    expect(settled.map(({ settledBy }) => settledBy)).toEqual(["build", "run"]);
    expect(uses({ resolve: "run", overrides: { storage: { digest } } })[0]?.settledBy).toBe(
      undefined,
    );
  });
});

describe("images that nodes would never ask for again", () => {
  const warning = (change: Record<string, unknown>) =>
    stuckImagesWarning(schema.parse(input(change)), components);

  it("are told by name, with what to do", () => {
    expect(warning({})).toMatch(/^storage, consumers\.ruby: images by tags that move.*make images/);
    expect(warning({ overrides: { storage: { digest } } })).toMatch(/^consumers\.ruby: /);
  });

  it.each([
    { pullPolicy: "Always" },
    { version: "v2" },
    { resolve: "run" },
    { overrides: { storage: { digest }, "consumers.ruby": { tag: "2026-11-22" } } },
  ])("are none with %j", (change) => {
    expect(warning(change)).toBeUndefined();
  });
});
