/** Labels of firewalls and balancers: of everything in an account at Linode, each is there once. */
import { describe, expect, it } from "vitest";

import { linodeLabel } from "../../components/platform/linode-label.ts";

describe("a label at Linode", () => {
  it("is the stack's name and its own, where they have room", () => {
    expect(linodeLabel("prod", "traefik")).toBe("prod-traefik");
    expect(linodeLabel("prod", "slot-3")).toBe("prod-slot-3");
    expect(linodeLabel("x".repeat(24), "traefik")).toBe(`${"x".repeat(24)}-traefik`);
  });

  it.each([
    ["x".repeat(25), "traefik", /^x{15}-traefik-[0-9a-f]{8}$/],
    ["a-stack-with-a-very-long-name", "traefik", /^a-stack-with-a-traefik-[0-9a-f]{8}$/],
    ["a-stack-with-a-name", "x".repeat(21), /^a-x{21}-[0-9a-f]{8}$/],
    ["a-stack-with-a-name", "x".repeat(22), /^x{22}-[0-9a-f]{8}$/],
    ["prod", "x".repeat(63), /^x{23}-[0-9a-f]{8}$/],
    ["two--dashes", "slot-3", /^two-dashes-slot-3-[0-9a-f]{8}$/],
    [
      "a-stack--with-a-name-of-forty--characters",
      "slot-999",
      /^a-stack-with-slot-999-[0-9a-f]{8}$/,
    ],
  ])(
    "of %s and %s has at most 32 characters and single dashes, its own first",
    (stack, name, label) => {
      expect(linodeLabel(stack, name)).toMatch(label);
      expect(linodeLabel(stack, name).length).toBeLessThanOrEqual(32);
    },
  );

  it.each<[string, [string, string], [string, string]]>([
    ["two of one stack", ["prod", `${"x".repeat(40)}-one`], ["prod", `${"x".repeat(40)}-two`]],
    ["two stacks", [`${"x".repeat(40)}-one`, "slot-3"], [`${"x".repeat(40)}-two`, "slot-3"]],
    ["what differs in dashes alone", ["a-stack", "slot-3"], ["a--stack", "slot-3"]],
  ])("differs, where it had to be changed, for %s", (_, one, other) => {
    expect(linodeLabel(...one)).not.toBe(linodeLabel(...other));
  });
});
