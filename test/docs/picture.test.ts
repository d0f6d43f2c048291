import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { drawPicture } from "../picture/draw.ts";
import { type Model, modelOf } from "../picture/model.ts";
import { pictureFile } from "../picture/picture.ts";
import { clone, render } from "../rendered.ts";

describe("the picture of the test environment", () => {
  let model: Model;
  let drawn: string;
  const texts = (): readonly string[] =>
    [...drawn.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? "");

  beforeAll(async () => {
    model = modelOf(await render("test"));
    drawn = drawPicture(model, "Pulumi.test.yaml");
  });

  it("is the one that is committed: otherwise the README shows another environment", () => {
    expect(readFileSync(join(clone, pictureFile), "utf8"), "run: node test/picture/cli.ts").toBe(
      drawn,
    );
  });

  it("is drawn the same twice: registration order follows promise timing", async () => {
    expect(drawPicture(modelOf(await render("test")), "Pulumi.test.yaml")).toBe(drawn);
  });

  it("shows every workload of the stack by its name", () => {
    const shown = texts().map((text) => text.split(" · ")[0]);
    expect(model.cards.length).toBeGreaterThan(15);
    expect(model.cards.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it("shows every public host and every port that the internet dials", () => {
    const hosts = model.cards.flatMap((card) => card.hosts);
    expect(hosts.length).toBeGreaterThan(7);
    expect(hosts.filter((host) => !texts().includes(host))).toEqual([]);
    const labels = texts().join("\n");
    expect(model.doors.map(({ port }) => port).sort((a, b) => a - b)).toEqual([
      80, 443, 30_080, 30_178,
    ]);
    for (const { port, protocol } of model.doors) {
      expect(labels).toMatch(new RegExp(`${protocol} [0-9, ]*\\b${port}\\b`));
    }
  });

  it("marks what carries a secret key, and nothing else", () => {
    const keyed = model.cards.filter((card) => card.keyed).map(({ name }) => name);
    expect(keyed.sort()).toEqual([
      "address-resolver",
      "dmsg-discovery",
      "dmsg-server-1",
      "network-monitor",
      "route-finder",
      "service-discovery",
      "setup-node",
      "transport-discovery",
      "uptime-tracker",
    ]);
  });

  it("shows no secret", async () => {
    const { secrets } = await render("test");
    expect([...secrets.values()].filter((value) => drawn.includes(value))).toEqual([]);
  });
});
