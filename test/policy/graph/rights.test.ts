/** What pods ask the API server for. */
import { describe, expect, test } from "vitest";

import { found, specced } from "./found.ts";
import { type Loose, town, townObjects } from "./town.ts";

describe("rights at the API server", () => {
  const bound = (subject: object, more: object = {}): Record<string, Loose> => ({
    ...specced("eyesPolicy", { egress: [] }),
    eyesBinding: {
      ...townObjects()["eyesBinding"],
      subjects: [{ kind: "ServiceAccount", name: "eyes", namespace: "doors", ...subject }],
      ...more,
    },
  });
  const inNamespace = { kind: "RoleBinding", metadata: { name: "eyes", namespace: "doors" } };

  test.each<[string, Record<string, Loose>, boolean]>([
    ["an account", bound({}), true],
    ["another account", bound({ name: "ears" }), false],
    ["a user who is called as the account", bound({ kind: "User" }), false],
    [
      "the user that an account is",
      bound({ kind: "User", name: "system:serviceaccount:doors:eyes" }),
      true,
    ],
    ["an account of that name elsewhere", bound({ namespace: "shop" }), false],
    [
      "an account of the binding's own namespace",
      bound({ namespace: undefined }, inNamespace),
      true,
    ],
    [
      "one of two accounts",
      bound(
        {},
        {
          subjects: [
            { kind: "ServiceAccount", name: "ears", namespace: "doors" },
            { kind: "ServiceAccount", name: "eyes", namespace: "doors" },
          ],
        },
      ),
      true,
    ],
  ])("of %s are in vain where it may not reach it: %s", (_, changes, isTold) => {
    const said = found("calls-allowed", town(changes));
    expect(said.includes("Deployment doors/eyes: has rights at the API server")).toBe(isTold);
  });
});
