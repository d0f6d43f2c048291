/** Migrations as Jobs, whose failure is seen (facts/pushtech.md 9). What they run is in migration-command.test.ts. */
import { beforeAll, describe, expect, it } from "vitest";

import { type Collected, find } from "../harness.ts";
import { containerOf, controllerOf, renderSystem } from "./system.ts";

let all: Collected;

beforeAll(async () => {
  all = await renderSystem();
});

describe("a migration", () => {
  it.each(["website", "imageserver", "notificationserver"])(
    "of %s is a Job of its own image",
    (name) => {
      const job = controllerOf(all, `${name}-migrate`);
      expect(job.metadata.name).toBeUndefined();
      expect(job.metadata.annotations).toEqual({ "fleet/migration": "true" });
      expect(job.spec.backoffLimit).toBe(1);
      expect(containerOf(all, `${name}-migrate`, `${name}-migrate`).image).toBe(
        `docker.io/gorenje/pushtech:${name}`,
      );
    },
  );

  it("waits for its database alone", () => {
    const { env } = containerOf(all, "notificationserver-migrate", "wait");
    expect(env?.[0]).toEqual({ name: "TARGETS", value: "notifserver-db=notifserver-db:5432" });
  });

  it("runs anew with a new image: its pod is another one then", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const renewed = await renderSystem({ digest });
    expect(containerOf(renewed, "website-migrate", "website-migrate").image).toBe(
      `docker.io/gorenje/pushtech:website@${digest}`,
    );
    expect(find(renewed, "kubernetes:batch/v1:Job", "website-migrate")).toBeDefined();
  });
});
