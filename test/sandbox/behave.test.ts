import { describe, expect, it } from "vitest";

import { behavePolicy, readBehaviours } from "../../sandbox/behave.ts";

describe("BEHAVE", () => {
  it("names workloads and what their pods do, with commas or spaces between them", () => {
    expect([...readBehaviours("storage-db:slow-20s,website-migrate:fail vote:crash-8s")]).toEqual([
      ["storage-db", "slow-20s"],
      ["website-migrate", "fail"],
      ["vote", "crash-8s"],
    ]);
    expect(readBehaviours(undefined).size).toBe(0);
    expect(readBehaviours(" ").size).toBe(0);
  });

  // A word that the sandbox does not know leaves pods waiting for ever, and up with them.
  it.each([
    ["storage-db", "is no workload and what its pods do"],
    ["storage-db:60", "e.g. storage-db:slow-20s"],
    ["storage-db:slow", "e.g. storage-db:slow-20s"],
    ["storage-db:slow-20s:fail", "is no workload"],
    ["Storage:fail", "is no workload"],
    ['"}:fail', "is no workload"],
    ["a:fail,a:crash", "tells a twice"],
  ])("is refused as %j", (text, says) => {
    expect(() => readBehaviours(text)).toThrow(says);
  });

  // That the API server takes it and acts on it is tested end to end.
  it("is a policy over pods that are made, of the workloads named and of nobody else", () => {
    const policy = behavePolicy(new Map([["storage-db", "slow-20s"]])) as {
      spec: Record<string, readonly Record<string, unknown>[]>;
    };
    expect(policy.spec["matchConditions"]?.[0]?.["expression"]).toBe(
      'object.metadata.?labels[?"app.kubernetes.io/name"].orValue("") in ["storage-db","sandbox-behave-probe"]',
    );
    expect(policy.spec["variables"]?.[0]?.["expression"]).toContain('"storage-db":"slow-20s"');
  });
});
