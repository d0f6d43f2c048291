/**
 * The program holds a config against the schema of its own system, which it alone loads; commands against that of
 * all. What they say of a file must be the same.
 */
import { describe, expect, it } from "vitest";

import { StackConfig } from "../../stacks/stack.schema.ts";
import { schemaFor } from "../../stacks/systems.ts";
import { dnsFaults } from "./dns-faults.ts";
import { commonFaults, hostileFaults, namedFaults } from "./fault-cases.ts";
import { fxaFaults } from "./fxa-faults.ts";
import { pushtechFaults } from "./pushtech-faults.ts";
import { spacemeshFaults } from "./spacemesh-faults.ts";
import { draftOf, environment, faultsIn, rawOf } from "./stack-fixture.ts";
import { votingFaults } from "./voting-faults.ts";

const cases = [...namedFaults, ...commonFaults, ...hostileFaults, ...dnsFaults];

describe("a system's own schema", () => {
  it.each([...cases, ...spacemeshFaults, ...pushtechFaults, ...fxaFaults, ...votingFaults])(
    "tells what that of all systems tells: $title",
    ({ stack = "test", spoil }) => {
      const draft = draftOf(stack);
      spoil(draft);
      const raw = rawOf(draft);
      expect(faultsIn(raw)).toEqual(faultsIn(raw, environment("test"), StackConfig));
    },
  );

  it.each([...StackConfig.options].flatMap((option) => [...(option._zod.propValues.system ?? [])]))(
    "is there for %s",
    async (system) => {
      expect(await schemaFor({ "fleet:system": String(system) })).not.toBe(StackConfig);
    },
  );

  it.each(["", "nonsense", "toString"])(
    "is that of all where the system is «%s»",
    async (system) => {
      expect(await schemaFor({ "fleet:system": system })).toBe(StackConfig);
    },
  );

  it("is that of all where there is no system", async () => {
    expect(await schemaFor({})).toBe(StackConfig);
  });
});
