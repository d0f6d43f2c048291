import { describe, expect, it } from "vitest";

import { SecretReference } from "../../components/base/secrets.ts";
import {
  imageOf,
  imagesConfig,
  registryServer,
} from "../../components/platform/registry.schema.ts";
import { complaints } from "./fixtures.ts";

const schema = imagesConfig(["dmsg-server", "setup-node"]);
const digest = `sha256:${"a".repeat(64)}`;
const input = (overrides: Record<string, unknown> = {}) => ({
  public: { repository: "docker.io/skycoin", tag: "test" },
  private: { repository: "docker.io/skycoinpro", tag: "test", pullSecret: "skycoinpro-pull" },
  overrides,
});
const dmsgServer = { service: "dmsg-server", access: "public" } as const;
const setupNode = { service: "setup-node", access: "private" } as const;

describe("images", () => {
  it("come from the side they belong to; a private one brings its login", () => {
    const images = schema.parse(input());
    expect(imageOf(images, dmsgServer)).toEqual({
      reference: "docker.io/skycoin/dmsg-server:test",
      access: "public",
      pullSecret: undefined,
    });
    expect(imageOf(images, setupNode)).toEqual({
      reference: "docker.io/skycoinpro/setup-node:test",
      access: "private",
      pullSecret: new SecretReference("docker-login", "skycoinpro-pull"),
    });
  });

  it("may be called otherwise than their service", () => {
    const images = schema.parse(input());
    expect(imageOf(images, { ...dmsgServer, image: "skywire" }).reference).toBe(
      "docker.io/skycoin/skywire:test",
    );
  });

  it("follow a service's override: repository, tag, digest and side", () => {
    const images = schema.parse(
      input({
        "dmsg-server": { tag: "v1", digest },
        "setup-node": { access: "public", repository: "registry.example.org:5000/sky/sn" },
      }),
    );
    expect(imageOf(images, dmsgServer).reference).toBe(
      `docker.io/skycoin/dmsg-server:v1@${digest}`,
    );
    // Now public: no login is asked for, whatever the service was.
    expect(imageOf(images, setupNode)).toEqual({
      reference: "registry.example.org:5000/sky/sn:test",
      access: "public",
      pullSecret: undefined,
    });
  });

  it.each([
    ["a service that does not exist", { "dmsg-sever": { tag: "v1" } }, "overrides"],
    ["an override that changes nothing", { "dmsg-server": {} }, "must change something"],
    [
      "a digest that is none",
      { "dmsg-server": { digest: "sha256:12" } },
      "must be an image digest",
    ],
    ["a key that does not exist", { "dmsg-server": { tags: "v1" } }, "tags"],
  ])("refuse %s", (_, overrides, expected) => {
    expect(complaints(schema, input(overrides)).join("\n")).toContain(expected);
  });

  it("know Docker Hub's login by its historic name", () => {
    expect(registryServer("docker.io/skycoinpro")).toBe("https://index.docker.io/v1/");
    expect(registryServer("registry.example.org:5000/sky")).toBe("registry.example.org:5000");
  });
});
