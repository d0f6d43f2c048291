import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { reportFaults } from "../../stacks/faults.ts";
import { knownKeys } from "../../stacks/suggest.ts";
import { StackConfig } from "../../stacks/stack.schema.ts";
import { draftOf, faultsIn, put, rawOf } from "./stack-fixture.ts";

const settings = { numRuns: 40 };

/** Paths of all maps of the config, or of everything in it. */
function pathsIn(value: unknown, onlyMaps: boolean, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) {
    return onlyMaps ? [] : [[...path]];
  }
  const here = path.length > 0 && !(onlyMaps && Array.isArray(value)) ? [[...path]] : [];
  return [
    ...here,
    ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, onlyMaps, [...path, key])),
  ];
}

const schemaPath = ([section = "", ...rest]: readonly string[]): string[] => [
  section.replace("fleet:", ""),
  ...rest,
];

const ownConfig = Object.fromEntries(
  Object.entries(draftOf("prod").config).filter(([key]) => key.startsWith("fleet:")),
);
const maps = pathsIn(ownConfig, true);
const places = pathsIn(ownConfig, false);

const hostileKeys = ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "", " "];
const key = fc.oneof(fc.constantFrom(...hostileKeys), fc.string({ maxLength: 20 }));

function define(owner: unknown, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true });
}

const at = (config: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], config);

describe("random input", () => {
  it("is refused as an unknown key wherever it stands", () => {
    fc.assert(
      fc.property(fc.constantFrom(...maps), key, (path, name) => {
        fc.pre(!knownKeys(StackConfig, schemaPath(path)).includes(name));
        const draft = draftOf("prod");
        const owner = at(draft.config, path);
        fc.pre(typeof owner === "object" && owner !== null && !Object.hasOwn(owner, name));
        define(owner, name, 5);
        expect(faultsIn(rawOf(draft))).not.toEqual([]);
      }),
      settings,
    );
  });

  it("is refused as an unknown section", () => {
    fc.assert(
      fc.property(key, fc.jsonValue({ maxDepth: 2 }), (name, value) => {
        fc.pre(!knownKeys(StackConfig, []).includes(name));
        fc.pre(!["secrets", "sandbox"].includes(name));
        const draft = draftOf("test");
        define(draft.config, `fleet:${name}`, value);
        expect(faultsIn(rawOf(draft))).toHaveLength(1);
      }),
      settings,
    );
  });

  // faultsIn lets pass what is no ConfigError: a crash fails the test.
  it("in the place of any value crashes nothing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ size: "medium" })),
        (path, value) => {
          const draft = draftOf("prod");
          put(draft.config, path.join("/"), value);
          const faults = faultsIn(rawOf(draft));
          expect(reportFaults("prod", faults)).toContain("Pulumi.prod.yaml");
        },
      ),
      settings,
    );
  });

  it("in the place of the secrets crashes nothing and is not repeated", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, maxLength: 40, unit: "grapheme-ascii" }), (word) => {
        const canary = `canary${word}`;
        const draft = draftOf("test");
        for (const [index, name] of Object.keys(draft.secrets).entries()) {
          draft.secrets[name] = [canary, { canary }, [canary], 5, null][index % 5];
        }
        const faults = faultsIn(rawOf(draft));
        expect(faults.length).toBeGreaterThan(0);
        expect(reportFaults("test", faults)).not.toContain("canary");
      }),
      settings,
    );
  });

  it("as the whole config crashes nothing", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.oneof(
            key,
            key.map((name) => `fleet:${name}`),
            fc.constantFrom("fleet:system", "fleet:cluster", "fleet:secrets", "fleet:sandbox"),
          ),
          fc.oneof(fc.string(), fc.json({ maxDepth: 2 })),
        ),
        (raw) => {
          expect(faultsIn(raw).length).toBeGreaterThan(0);
        },
      ),
      settings,
    );
  });
});
