/** What a stack file may say about PushTech's programs, and what it is told of its faults. */
import { describe, expect, it } from "vitest";

import { PushtechServices } from "../../components/pushtech/services.schema.ts";

/** `path: message` of every fault. */
function faultsOf(services: unknown): string[] {
  const { error } = PushtechServices.safeParse(services);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("fleet:services", () => {
  it("may be left out: the facts' tables are its defaults", () => {
    const services = PushtechServices.parse(undefined);
    expect(services.storage).toMatchObject({ replicas: 3, webConcurrency: 4 });
    expect(services.tracker.redis.image).toBe("docker.io/library/redis:4.0.6");
  });

  it("scales what may be scaled, and parks anything", () => {
    expect(
      faultsOf({
        storage: { replicas: 6, webConcurrency: 2 },
        notificationserver: { replicas: 2 },
        "consumers-ruby-worker": { replicas: 0 },
      }),
    ).toEqual([]);
  });

  it.each([
    ["consumers-ruby", "each process deletes every queue when it starts"],
    ["consumers-ruby-worker", "each process deletes every queue when it starts"],
    ["consumers-nodejs-event-counter", "the topic has one partition"],
    ["offerserver-worker", "nobody knows whether two would import each offer twice"],
  ])("refuses a second %s, and says why", (name, why) => {
    const [fault] = faultsOf({ [name]: { replicas: 2 } });
    expect(fault).toContain(`${name}.replicas: must be 1, or 0 to park it: ${why}`);
    const [other] = faultsOf({ [name]: { strategy: "RollingUpdate" } });
    expect(other).toContain(`${name}.strategy: must be Recreate`);
  });

  it("refuses a deadline that a pod which waits for its stores would run into", () => {
    expect(faultsOf({ website: { update: { progressDeadlineSeconds: 600 } } })).toEqual([
      "website.update.progressDeadlineSeconds: must be above 600: a pod may wait 300 s for its stores and take 300 s to start",
    ]);
    expect(faultsOf({ waitSeconds: 900 })).toHaveLength(14);
    expect(
      faultsOf({ waitSeconds: 60, website: { update: { progressDeadlineSeconds: 600 } } }),
    ).toEqual([]);
  });

  it.each([
    [
      { storage: { disruption: { minAvailable: 3 } } },
      /storage.disruption: must be below replicas \(3\): a node could never be drained/,
    ],
    [{ website: { webConcurency: 3 } }, /website: Unrecognized key: "webConcurency"/],
    [{ kafidx: { webConcurrency: 0 } }, /kafidx.webConcurrency: must be at least 1/],
    [{ "offerserver-worker": { webConcurrency: 2 } }, /offerserver-worker: Unrecognized key/],
    [{ tracker: { drainSeconds: 5 } }, /tracker.drainSeconds: must be at least 30/],
    [{ migrations: { retries: -1 } }, /migrations.retries: must not be negative/],
    [{ websites: {} }, /Unrecognized key: "websites"/],
  ])("refuses %o", (services, fault) => {
    expect(faultsOf(services).join("\n")).toMatch(fault);
  });
});
