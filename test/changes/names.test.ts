/**
 * A word of a live stack's file that decides of which type a component is: its objects keep their names, so that they
 * must stay the resources that they are. That the engine finds them by their aliases was tried with it; here is seen to
 * that there is one for each.
 */
import { describe, expect, it } from "vitest";

import { renderedOnce, type Stack } from "../rendered.ts";
import { type Rendered, renderWords, takenNames, type Words } from "./words.ts";

const ingress = "fleet:ingress/controllers";

/**
 * A word, the stack whose file it stands in, an object whose component becomes another one by it, and where that object
 * would be found without the component's alias.
 */
const words: readonly (readonly [string, Stack, Words, string, string])[] = [
  [
    "fewer bootnodes: the last one is a miner, with the same disk and key",
    "spacemesh-mini",
    { "fleet:miners/bootnodes": 5 },
    "miner-7-data",
    "PersistentVolumeClaim spacemesh/miner-7-data",
  ],
  [
    "another kind of ingress controller, behind the same name",
    "test",
    { [`${ingress}/traefik/kind`]: "nginx" },
    "traefik-class",
    "IngressClass /traefik",
  ],
];

/** The same without aliases. */
const forget = (after: Rendered): Rendered => ({
  ...after,
  options: after.options.map((one) => ({ ...one, onceTypes: [] })),
});

describe("a changed word", () => {
  it.each(words)(
    "makes nothing under a name that is there: %s",
    async (_, stack, set, object, taken) => {
      const [before, after] = [await renderedOnce(stack), await renderWords(stack, set)];
      const urns = [before, after].map(({ options }) =>
        options.find(({ name }) => name === object),
      );
      // Otherwise the word says nothing here.
      expect(urns[0]?.parent).not.toBe(urns[1]?.parent);
      expect(takenNames(before, after)).toEqual([]);
      expect(takenNames(before, forget(after)).join("\n")).toContain(taken);
    },
  );
});
