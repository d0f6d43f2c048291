import { describe, expect, it } from "vitest";

import { reportFaults } from "../../stacks/faults.ts";
import { commonFaults, type FaultCase, hostileFaults, namedFaults } from "./fault-cases.ts";
import { draftOf, environment, type FixtureStack, faultsIn, rawOf } from "./stack-fixture.ts";

const stacks: readonly FixtureStack[] = ["test", "prod"];

function check({ stack = "test", spoil, paths, says }: FaultCase): void {
  const draft = draftOf(stack);
  spoil(draft);
  const faults = faultsIn(rawOf(draft));
  expect(faults.map(({ path }) => path).sort()).toEqual([...paths].sort());
  const [meant] = faults.filter(({ path }) => path === paths[0]);
  expect(meant?.expected).toMatch(says);
  expect(reportFaults("test", faults).toLowerCase()).not.toContain("canary");
}

describe("a committed stack file", () => {
  it.each(stacks)("%s has no fault", (stack) => {
    expect(faultsIn(rawOf(draftOf(stack)), environment(stack))).toEqual([]);
  });
});

describe("the faults the issue names", () => {
  it.each(namedFaults)("$title", check);
});

describe("mistakes of people", () => {
  it.each(commonFaults)("$title", check);
});

describe("hostile input", () => {
  it.each(hostileFaults)("$title", check);
});

describe("the table", () => {
  it("has at least 60 rows, each with a name of its own", () => {
    const titles = [...namedFaults, ...commonFaults, ...hostileFaults].map(({ title }) => title);
    expect(titles.length).toBeGreaterThanOrEqual(60);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
