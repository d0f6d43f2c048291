import { describe, expect, it } from "vitest";

import {
  ImageReference,
  namedImages,
  parseImage,
  unpinnedWarning,
} from "../../components/base/images.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("image references", () => {
  it.each([
    ["docker.io/library/postgres:17.5", "docker.io/library/postgres", "17.5", undefined],
    ["skycoin/dmsg-server:test", "skycoin/dmsg-server", "test", undefined],
    ["a/b__c--d.e_f:1", "a/b__c--d.e_f", "1", undefined],
    [`localhost:5000/vote:v1@${digest}`, "localhost:5000/vote", "v1", digest],
  ])("reads %s", (reference, repository, tag, expected) => {
    expect(ImageReference.safeParse(reference).success).toBe(true);
    expect(parseImage(reference)).toEqual({ repository, tag, digest: expected });
  });

  it.each([
    "docker.io/library/postgres",
    "localhost:5000/vote",
    `postgres@${digest}`,
    "postgres:",
    "Postgres:17",
    "postgres:17@sha256:abc",
    "postgres:17 ",
    // No node could ever pull these: InvalidImageName.
    "docker.io//postgres:17",
    "docker.io/a..b:1",
    "docker.io/a/-b:1",
    "docker.io/a/:1",
  ])("refuses %s: nobody chose its tag, or it is no reference", (reference) => {
    expect(ImageReference.safeParse(reference).success).toBe(false);
    expect(() => parseImage(reference)).toThrow(/must carry a tag/);
  });
});

describe("images that a config names in full", () => {
  it("are found wherever they stand, and by their places", () => {
    const image = "docker.io/a/vote:1";
    const config = {
      services: { vote: { image, loginImage: image }, list: [{ image }, { other: image }] },
      // A section that an image has, a word that is none, and nothing at all.
      images: { image: { tag: "v1" } },
      text: { image: "vote" },
      none: null,
      image,
    };
    expect(namedImages(config)).toEqual([
      { path: ["services", "vote", "image"], reference: image },
      { path: ["services", "vote", "loginImage"], reference: image },
      { path: ["services", "list", 0, "image"], reference: image },
      { path: ["image"], reference: image },
    ]);
    expect([namedImages(null), namedImages("image"), namedImages(undefined)]).toEqual([[], [], []]);
  });
});

describe("images by their tags alone", () => {
  it("are named together, as one warning", () => {
    const images = {
      vote: "docker.io/a/vote:1",
      db: `docker.io/a/db:1@${digest}`,
      result: "docker.io/a/result:1",
    };
    expect(unpinnedWarning(images)).toMatch(/^vote, result: images by their tags alone/);
  });

  it("are no matter of a stack that pins them all", () => {
    expect(unpinnedWarning({ db: `docker.io/a/db:1@${digest}` })).toBeUndefined();
  });
});
