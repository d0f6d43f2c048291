/**
 * Every rule of the pack over production as it could be made by its config: what is excepted of
 * production is excepted of these. Committed stacks are in test/policy/stacks.test.ts.
 */
import { describe, expect, test } from "vitest";

import { daemonKinds } from "../../components/skywire/daemon-kinds.ts";
import { type Exception, exceptions } from "../../policy/exceptions.ts";
import { judgeStack, labelOf } from "../../policy/judge.ts";
import { rules } from "../../policy/rules.ts";
import { stackOf } from "../policy/stack-resources.ts";
import { largeStacks, type Rendered, stacks } from "../rendered.ts";
import { judgedStacks, renderJudged } from "./stacks.ts";

const committed: readonly string[] = [...stacks, ...largeStacks];
const variants = judgedStacks.filter((name) => !committed.includes(name));

/** What whoever turns daemons on has to have reviewed with them: docs/skywire.md says so. */
const ofDaemons: readonly Exception[] = [
  {
    rule: "image-names",
    stacks: ["prod"],
    resources: daemonKinds.map((kind) => `Deployment ${kind}`),
    only: /the latest$/,
    reason: "production's tag is latest, until make images has written the digest",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["Deployment vpn-monitor"],
    reason: "its lite vpn-client opens /dev/net/tun, as the network-monitor's does",
  },
];

describe.each(variants)("%s", (variant) => {
  test("keeps to every rule", async () => {
    const stack = stackOf("prod", (await renderJudged(variant)) as Rendered);
    const told = rules.flatMap((rule) => {
      const { findings, untold } = judgeStack(rule, stack, [...exceptions, ...ofDaemons]);
      return [...findings, ...untold].map(
        ({ urn, message }) => `${rule.name}: ${labelOf(urn)}: ${message}`,
      );
    });
    expect(told).toEqual([]);
  });
});
