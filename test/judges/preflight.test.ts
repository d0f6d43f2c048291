/**
 * `make preflight`'s questions before Docker's own registry, with images made and pushed here: what it
 * reads is what was pushed, and each way in which an image can fail its workload is told.
 */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { resolveDigest } from "../../ops/images/registry.ts";
import { readImage } from "../../ops/images/registry-image.ts";
import { checkImages, type OwnLogin } from "../../ops/preflight/preflight.ts";
import { preflightReport } from "../../ops/preflight/report.ts";
import type { ImageUse } from "../../ops/preflight/uses.ts";
import { RealRegistry } from "./real-registry.ts";

const platform = "linux/amd64";
/** For an answer of the registry: a limit that is not reached costs nothing. */
const patience = { timeoutMilliseconds: 120_000 };
const anonymous = { login: undefined, ...patience };

/** A workload that takes nothing for granted but that the image starts by itself. */
const plain: ImageUse = {
  ...{ where: "Deployment shop/web: web", image: "", command: [], words: undefined },
  ...{ user: undefined, mustNotBeRoot: true, ports: [], mounts: [], hasLogin: false, platform },
};

async function preflight(uses: readonly ImageUse[], login?: OwnLogin) {
  const request = {
    ...{ uses: { uses, untold: new Map() }, login },
    ...{ lookedUp: new Set<string>(), built: new Set<string>(), mustBePinned: false },
    ...patience,
  };
  return preflightReport("shop", await checkImages(request), new Map());
}

describe("an open registry", () => {
  let registry: RealRegistry;
  beforeAll(async () => {
    registry = await RealRegistry.start(false);
  });
  afterAll(() => registry.stop());

  it.each([true, false])("gives how an image starts (Docker's types: %s)", async (isDockers) => {
    const config = {
      ...{ User: "1000:1000", Entrypoint: ["/app"], Cmd: ["--serve"] },
      ...{ ExposedPorts: { "80/tcp": {} }, Volumes: { "/data": {} } },
    };
    const layers = ["first layer", "second one"];
    const name = `shop/web-${isDockers}`;
    const digest = await registry.push(name, "v1", [{ platform, config, layers, isDockers }]);
    const reference = `${registry.host}/${name}:v1`;
    const image = await readImage(`${reference}@${digest}`, [platform], anonymous);
    expect(image).toMatchObject({ digest, tagDigest: digest, platforms: [platform] });
    const found = image.images.get(platform);
    expect(found?.start).toEqual({
      ...{ user: "1000:1000", entrypoint: ["/app"], command: ["--serve"] },
      ...{ ports: ["80/tcp"], volumes: ["/data"] },
    });
    expect(found?.bytes).toBeGreaterThan("first layersecond one".length);
    expect(await resolveDigest(reference, undefined, anonymous)).toBe(digest);
  });

  it("gives of an index what is for the machine, each machine its own", async () => {
    const digest = await registry.push("shop/many", "v1", [
      { platform: "linux/arm64", config: { User: "7" } },
      { platform, config: { User: "8" } },
    ]);
    const wanted = [platform, "linux/arm64", "linux/riscv64"];
    const image = await readImage(`${registry.host}/shop/many:v1`, wanted, anonymous);
    expect(image.digest).toBe(digest);
    expect([...image.images].map(([name, { start }]) => [name, start.user])).toEqual([
      [platform, "8"],
      ["linux/arm64", "7"],
    ]);
  });

  it("is told to have moved the tag, where the pinned digest is still there", async () => {
    const first = await registry.push("shop/moved", "v1", [{ platform, config: { User: "1" } }]);
    await registry.push("shop/moved", "v1", [{ platform, config: { User: "2", Cmd: ["a"] } }]);
    const image = `${registry.host}/shop/moved:v1@${first}`;
    const { text, code } = await preflight([{ ...plain, image, command: ["run"] }]);
    expect(text).toMatch(/its tag means sha256:\w{12}… now, not the pinned/);
    expect(code).toBe(0);
  });

  it("that has no such tag, or no such digest, is a fault", async () => {
    await registry.push("shop/there", "v1", [{ platform }]);
    const missing = `sha256:${"0".repeat(64)}`;
    const { text, code } = await preflight([
      { ...plain, image: `${registry.host}/shop/there:v2` },
      { ...plain, image: `${registry.host}/shop/there:v1@${missing}` },
      { ...plain, image: `${registry.host}/shop/nowhere:v1` },
    ]);
    expect(text).toContain("shop/there has no v2");
    expect(text).toContain(`shop/there has no ${missing}`);
    expect(text).toContain("shop/nowhere has no v1");
    expect(code).toBe(1);
  });

  it.each([
    ["a layer", "lacks a layer of its own"],
    ["the configuration", "shop/broken has no blobs/sha256:"],
  ])("that lost %s of an image is a fault", async (part, told) => {
    const config = { User: "5", Cmd: [part] };
    const layers = [`layer of ${part}`];
    await registry.push("shop/broken", "v1", [{ platform, config, layers }]);
    const diffs = layers.map((text) => `sha256:${createHash("sha256").update(text).digest("hex")}`);
    const about = { os: "linux", architecture: "amd64", config };
    const rootfs = { type: "layers", diff_ids: diffs };
    const lost = part === "a layer" ? layers[0] : JSON.stringify({ ...about, rootfs });
    await registry.deleteBlob("shop/broken", lost ?? "");
    const { text, code } = await preflight([
      { ...plain, image: `${registry.host}/shop/broken:v1`, command: ["run"] },
    ]);
    expect(text).toContain(told);
    expect(code).toBe(1);
  });

  it("has an image for another machine only: no node of the pool could start it", async () => {
    await registry.push("shop/arm", "v1", [{ platform: "linux/arm64" }]);
    const { text, code } = await preflight([{ ...plain, image: `${registry.host}/shop/arm:v1` }]);
    expect(text).toContain("the image is for linux/arm64, not for linux/amd64");
    expect(code).toBe(1);
  });

  it("has images that fail each in its own way, and one that does not", async () => {
    const make = async (name: string, config: Record<string, unknown>, use: Partial<ImageUse>) => {
      await registry.push(`shop/${name}`, "v1", [{ platform, config }]);
      return { ...plain, where: name, image: `${registry.host}/shop/${name}:v1`, ...use };
    };
    const uses = [
      await make("well", { User: "1000", Entrypoint: ["/app"] }, { words: ["--serve"] }),
      await make("root", { Entrypoint: ["/app"] }, {}),
      await make("named", { User: "app", Entrypoint: ["/app"] }, {}),
      await make("empty", { User: "1000" }, {}),
      await make("shell", { User: "1", Entrypoint: ["/bin/sh", "-c", "/app"] }, { words: ["-v"] }),
      await make("hidden", { User: "1", Entrypoint: ["/opt/app/run"] }, { mounts: ["/opt/app"] }),
    ];
    const { text, code } = await preflight(uses);
    const faults = text.slice(text.indexOf("FAULTS"));
    expect(faults.match(/^ {2}\S+$/gm)).toEqual(uses.slice(1).map(({ where }) => `  ${where}`));
    expect(text).toMatch(/shop\/well:v1 .* ok$/m);
    expect(text).toContain("shop: 6 images, 5 faults, 0 not checked, 0 notices");
    expect(code).toBe(1);
  });
});

describe("a registry that asks for tokens", () => {
  let registry: RealRegistry;
  let login: OwnLogin;
  let image: string;
  beforeAll(async () => {
    registry = await RealRegistry.start(true);
    const [username = "", password = ""] = registry.tokens?.login.split(":") ?? [];
    login = { server: registry.host, login: { username, password } };
    registry.tokens?.private.add("shop/own");
    await registry.push("shop/own", "v1", [
      { platform, config: { User: "1000", Entrypoint: ["/app"] } },
    ]);
    await registry.push("shop/open", "v1", [
      { platform, config: { User: "1000", Entrypoint: ["/app"] } },
    ]);
    image = `${registry.host}/shop/own:v1`;
  });
  afterAll(() => registry.stop());

  it("opens private images for the stack's login, public ones for anybody", async () => {
    const open = `${registry.host}/shop/open:v1`;
    const uses = [
      { ...plain, image, hasLogin: true },
      { ...plain, image: open },
    ];
    const { text, code } = await preflight(uses, login);
    expect(text).toContain("2 images, 0 faults, 0 not checked, 0 notices");
    expect(code).toBe(0);
  });

  it("refuses a pod that brings no login, whatever login the stack has", async () => {
    const { text, code } = await preflight([{ ...plain, image }], login);
    expect(text).toContain("the registry does not let strangers read it");
    expect(code).toBe(1);
  });

  it("refuses a login that was withdrawn, and it is not repeated", async () => {
    const wrong = { username: "somebody", password: "canary-withdrawn" };
    const use = { ...plain, image, hasLogin: true };
    const { text, code } = await preflight([use], { ...login, login: wrong });
    expect(text).toContain("refuses the login");
    expect(text).not.toContain("canary");
    expect(code).toBe(1);
  });

  it("is not asked where there is no login: that is counted apart, and is no pass", async () => {
    const use = { ...plain, image, hasLogin: true };
    const { text, code } = await preflight([use], { ...login, login: { missing: "no login" } });
    expect(text).toContain("1 image, 0 faults, 1 not checked");
    expect(code).toBe(2);
  });
});
