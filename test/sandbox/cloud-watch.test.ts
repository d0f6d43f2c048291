/** What the clouds of a sandbox do when something goes while they look at it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as immediate } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Api } from "../../sandbox/api.ts";
import { watchCloud } from "../../sandbox/cloud-watch.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-clouds-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A cluster without objects, whose API server answers so many of the next questions with a fault. */
function emptyCluster() {
  let faults = 0;
  let questions = 0;
  const list = (): Promise<never[]> => {
    questions += 1;
    if (faults > 0) {
      faults -= 1;
      return Promise.reject(new Error("not found"));
    }
    return Promise.resolve([]);
  };
  const api = { list, find: () => Promise.resolve(undefined) } as unknown as Api;
  return { api, fail: (times: number) => (faults = times), asked: () => questions };
}

/** Clouds of an empty cluster that have looked once, and rest. */
async function restingClouds() {
  const { api, fail, asked } = emptyCluster();
  const clouds = watchCloud(api, folder);
  for (let before = -1; before !== asked();) {
    before = asked();
    await immediate();
  }
  return { clouds, fail };
}

describe("the clouds' last look, after which an update has ended", () => {
  it("is taken again where an object went in that moment", async () => {
    const { clouds, fail } = await restingClouds();
    fail(1);
    await expect(clouds.end()).resolves.toBeUndefined();
  });

  it("tells what is wrong for longer", async () => {
    const { clouds, fail } = await restingClouds();
    fail(Infinity);
    await expect(clouds.end()).rejects.toThrow("not found");
  });
});
