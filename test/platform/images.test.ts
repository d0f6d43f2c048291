/**
 * Digests that the run settles. Proves what is asked of the Docker provider and what pods are told;
 * a registry and a daemon are not to be had here.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { afterAll, describe, expect, it } from "vitest";

import { hubAddress, hubName, StackImages } from "../../components/platform/images.ts";
import {
  imageOf,
  imagesConfig,
  type ServiceImage,
} from "../../components/platform/registry.schema.ts";
import { Digests } from "../../stacks/digests.ts";
import { collect, find } from "../harness.ts";
import { unwrapSecrets } from "../unwrap-secrets.ts";
import { complaints } from "./fixtures.ts";

const schema = imagesConfig(["tracker", "server"]);
const images = {
  public: { repository: "docker.io/skycoin", tag: "test" },
  private: { repository: "docker.io/skycoinpro", tag: "test", pullSecret: "login" },
};
const tracker = { service: "tracker", access: "private" } as const;
const server = { service: "server", access: "public" } as const;
const digest = (hex: string): string => `sha256:${hex.repeat(32)}`;

const sources = mkdtempSync(join(tmpdir(), "fleet-images-"));
writeFileSync(join(sources, "Dockerfile"), "FROM scratch\n");
afterAll(() => {
  rmSync(sources, { recursive: true });
});

interface Settled {
  readonly digest: (service: ServiceImage) => pulumi.Output<string> | undefined;
}

/** Runs a program over the images and tells what it registered, asked and got. */
async function run(config: unknown, use: (images: Settled) => unknown, digests = new Digests()) {
  const asked: unknown[] = [];
  const collected = await collect(
    () => {
      const parsed = schema.parse(config);
      const stackImages = new StackImages({
        images: { ...parsed, account: parsed.private },
        login: () => pulumi.secret("bot:token:with:colons"),
        digests,
      });
      const settled: Settled = {
        digest: (service) =>
          stackImages.digest(service.service, imageOf(parsed, service).reference),
      };
      return { used: use(settled) };
    },
    {
      "docker:index/getRegistryImage:getRegistryImage": ({ name }) => {
        asked.push(name);
        return { sha256Digest: digest("ab") };
      },
    },
  );
  const found = await new Promise((settle) => {
    pulumi.output(collected.result as { used: unknown }).apply(({ used }) => {
      settle(used);
    });
  });
  return { ...collected, asked, found };
}

describe("images that are resolved when the program runs", () => {
  it("ask the registry once for each tag, by the name that the provider finds at Docker Hub", async () => {
    const { asked, found, resources } = await run({ ...images, resolve: "run" }, (all) => [
      all.digest(tracker),
      all.digest(tracker),
      all.digest(server),
    ]);
    expect(asked).toEqual(["skycoinpro/tracker:test", "skycoin/server:test"]);
    expect(found).toEqual([digest("ab"), digest("ab"), digest("ab")]);
    expect(resources.map(({ type }) => type)).toEqual(["pulumi:providers:docker"]);
  });

  it("ask with the login of the private images, which stays secret", async () => {
    const collected = await run({ ...images, resolve: "run" }, (all) => all.digest(tracker));
    const { inputs } = find(collected, "pulumi:providers:docker", "images");
    // Providers take their inputs as JSON texts.
    expect(JSON.stringify(inputs)).toContain("4dabf18193072939515e22adb298388d");
    const [login] = JSON.parse(unwrapSecrets(inputs["registryAuth"]) as string) as unknown[];
    expect(login).toEqual({
      address: "registry-1.docker.io",
      username: "bot",
      password: "token:with:colons",
    });
  });

  it("are not asked for where the stack file has a digest, nor where a release is put back", async () => {
    const pinned = { ...images, resolve: "run", overrides: { tracker: { digest: digest("cd") } } };
    const back = new Digests({ "docker.io/skycoin/server:test": digest("ef") });
    const { asked, found, resources } = await run(
      pinned,
      (all) => [all.digest(tracker), all.digest(server)],
      back,
    );
    expect(asked).toEqual([]);
    expect(found).toEqual([undefined, digest("ef")]);
    expect(resources).toEqual([]);
  });

  it("are left to their tags where the stack does not say so", async () => {
    const { asked, found, resources } = await run(images, (all) => [all.digest(tracker)]);
    expect({ asked, found, resources }).toEqual({ asked: [], found: [undefined], resources: [] });
  });

  it.each([
    ["docker.io/skycoinpro/x:1", "skycoinpro/x:1", "registry-1.docker.io"],
    [
      "registry.example.org:5000/team/x:1",
      "registry.example.org:5000/team/x:1",
      "registry.example.org:5000",
    ],
  ])(
    "are %s to a node and %s to the provider, whose login is of %s",
    (reference, name, address) => {
      expect(hubName(reference)).toBe(name);
      expect(hubAddress(reference)).toBe(address);
    },
  );
});

describe("an image that the stack builds", () => {
  const building = (build: object) => ({ ...images, overrides: { tracker: { build } } });

  it("is built once for the nodes' platform, pushed, and run by the digest that was pushed", async () => {
    const config = building({ context: sources, args: { VERSION: "1" }, target: "release" });
    const collected = await run(config, (all) => [all.digest(tracker), all.digest(tracker)]);
    const { inputs } = find(collected, "docker:index/image:Image", "tracker-image");
    expect(unwrapSecrets(inputs)).toEqual({
      imageName: "docker.io/skycoinpro/tracker:test",
      build: {
        context: sources,
        dockerfile: join(sources, "Dockerfile"),
        platform: "linux/amd64",
        args: { VERSION: "1" },
        target: "release",
      },
      registry: {
        server: "https://index.docker.io/v1/",
        username: "bot",
        password: "token:with:colons",
      },
      skipPush: false,
      buildOnPreview: false,
    });
    expect(collected.found).toEqual([digest("dd"), digest("dd")]);
    expect(collected.asked).toEqual([]);
  });

  it("is refused before anything is made where there is nothing to build", async () => {
    const config = building({ context: join(sources, "gone") });
    await expect(run(config, (all) => all.digest(tracker))).rejects.toThrow(
      /fleet:images\.overrides\.tracker\.build: no file .*gone.Dockerfile: check out its sources/,
    );
  });

  it("may come from a git address, which only the build can look into", async () => {
    const config = building({ context: "https://git.example.org/tracker.git" });
    await expect(run(config, () => undefined)).resolves.toBeDefined();
  });

  it.each([
    [
      { build: { context: "." }, digest: digest("ab") },
      "overrides.tracker: must say either digest or build",
    ],
    [{ build: {} }, "overrides.tracker.build.context: "],
    [{ build: { context: ".", platform: "linux/riscv" } }, "overrides.tracker.build.platform: "],
  ])("is refused where its words are wrong: %j", (tracker, says) => {
    expect(complaints(schema, { ...images, overrides: { tracker } }).join()).toContain(says);
  });
});
