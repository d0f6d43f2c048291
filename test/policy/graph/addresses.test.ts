/** Which words in what a program is told are taken for the address of a Service. */
import { expect, test } from "vitest";

import { serviceAddresses } from "../../../policy/graph/addresses.ts";
import { podsOf, restrictedPod, shop } from "./fixture.ts";

const [container] = restrictedPod.containers;

/** Texts that are taken for addresses in a pod with one variable. */
function found(name: string, value: string): readonly string[] {
  const world = shop();
  const spec = {
    ...podsOf(world, "web").spec,
    containers: [{ ...container, args: [], env: [{ name, value }], resources: {} }],
  };
  const pods = { ...podsOf(world, "web"), spec: { ...podsOf(world, "web").spec, ...spec } };
  return serviceAddresses(world, pods as never)
    .filter(({ place }) => place.includes("variable"))
    .map(({ text }) => text);
}

test.each([
  ["a bare name where the variable's says host", "STORE_HOST", "store", ["store"]],
  ["a bare name where it says server", "STORE_SERVER", "store", ["store"]],
  [
    "a bare name where it says nothing but server, as programs write it",
    "SERVER",
    "store",
    ["store"],
  ],
  ["a URL in the launcher's variable", "server", "http://store:6379", ["http://store:6379"]],
])("an address: %s", (_, name, value, texts) => {
  expect(found(name, value)).toEqual(texts);
});

test.each([
  ["the role that the launcher of Firefox Accounts takes", "server", "store"],
  ["a user of a Service's name", "STORE_USER", "store"],
  ["a host that is no Service", "STORE_HOST", "shelf"],
])("no address: %s", (_, name, value) => {
  expect(found(name, value)).toEqual([]);
});
