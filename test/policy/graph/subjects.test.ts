/** Whom a binding names: an account by its own name, by the user that it is to the API server, and by its groups. */
import { describe, expect, test } from "vitest";

import { accountOf, holdsAll, names } from "../../../policy/graph/subjects.ts";

const web = { namespace: "shop", name: "web" };

describe("the account web of the namespace shop", () => {
  test.each<[kind: string, name: string, namespace: string | undefined, isMeant: boolean]>([
    ["ServiceAccount", "web", "shop", true],
    ["ServiceAccount", "web", undefined, true],
    ["ServiceAccount", "web", "hall", false],
    ["ServiceAccount", "worker", "shop", false],
    ["User", "web", "shop", false],
    ["User", "system:serviceaccount:shop:web", undefined, true],
    ["User", "system:serviceaccount:shop:worker", undefined, false],
    ["User", "system:serviceaccount:hall:web", undefined, false],
    ["Group", "system:serviceaccount:shop:web", undefined, false],
    ["Group", "system:serviceaccounts:shop", undefined, true],
    ["Group", "system:serviceaccounts:hall", undefined, false],
    ["Group", "system:serviceaccounts", undefined, true],
    ["Group", "system:authenticated", undefined, true],
    ["Group", "system:unauthenticated", undefined, false],
    ["Group", "system:masters", undefined, false],
    ["User", "system:authenticated", undefined, false],
  ])("by the %s %s of %s: %s", (kind, name, namespace, isMeant) => {
    expect(names({ kind, name, namespace }, web, "shop")).toBe(isMeant);
  });

  test("is one account by the one name and the other, and part of all by its groups", () => {
    const user = { kind: "User", name: "system:serviceaccount:shop:web" };
    expect(accountOf(user, "hall")).toEqual(web);
    expect(accountOf({ kind: "ServiceAccount", name: "web" }, "shop")).toEqual(web);
    const group = { kind: "Group", name: "system:serviceaccounts:shop" };
    expect(accountOf(group, "shop")).toBeUndefined();
    expect([holdsAll(group, "shop"), holdsAll(group, "hall"), holdsAll(user, "shop")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
