import { describe, expect, it } from "vitest";

import { reportFaults } from "../../stacks/faults.ts";
import { dnsFaults } from "./dns-faults.ts";
import { observabilityFaults } from "./observability-faults.ts";
import { extrasFaults } from "./extras-faults.ts";
import { commonFaults, type FaultCase, hostileFaults, namedFaults } from "./fault-cases.ts";
import { fxaFaults } from "./fxa-faults.ts";
import { pushtechFaults } from "./pushtech-faults.ts";
import { spacemeshFaults } from "./spacemesh-faults.ts";
import { nodeFaults } from "./node-faults.ts";
import { votingFaults } from "./voting-faults.ts";
import { draftOf, environment, faultsIn, type FixtureStack, put, rawOf } from "./stack-fixture.ts";

const stacks: readonly FixtureStack[] = [
  "test",
  "prod",
  "voting",
  "spacemesh-mini",
  "pushtech-staging",
  "pushtech-production",
  "fxa-production",
];

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

describe("faults of services in Swarm's words", () => {
  it.each(votingFaults)("$title", check);
});

describe("faults of Spacemesh networks", () => {
  it.each(spacemeshFaults)("$title", check);
});

describe("faults of PushTech", () => {
  it.each(pushtechFaults)("$title", check);
});

describe("faults of Firefox Accounts", () => {
  it.each(fxaFaults)("$title", check);
});

describe("faults of the way in and of the nodes", () => {
  it.each(nodeFaults)("$title", check);
});

describe("faults of DNS", () => {
  it.each(dnsFaults)("$title", check);
});

describe("faults of production's extras", () => {
  it.each(extrasFaults)("$title", check);
});

describe("faults of what watches", () => {
  it.each(observabilityFaults)("$title", check);
});

describe("mistakes of people", () => {
  it.each(commonFaults)("$title", check);
});

describe("hostile input", () => {
  it.each(hostileFaults)("$title", check);
});

describe("a file with many faults", () => {
  it("has all of them told together, each at its place and none twice", () => {
    const draft = draftOf("test");
    const spoilt: readonly (readonly [string, unknown, string])[] = [
      ["fleet:servces", {}, "fleet:servces"],
      ["fleet:data", "keep", "fleet:data"],
      ["fleet:environment", "staging", "fleet:environment"],
      ["fleet:cluster/context", "elsewhere", "fleet:cluster.context"],
      ["fleet:cluster/pools/general/memory", 4096, "fleet:cluster.pools.general.memory"],
      ["fleet:dns/zones", ["example.org"], "fleet:domain"],
      ["fleet:images/public/tag", undefined, "fleet:images.public.tag"],
      [
        "fleet:services/dmsg-servers/members/dmsg-server-1/nodePort",
        80,
        "fleet:services.dmsg-servers.members.dmsg-server-1.nodePort",
      ],
      ["fleet:services/address-resolver/replicas", 2, "fleet:services.address-resolver.replicas"],
      ["fleet:services/address-resolver/slot", 9, "fleet:services.address-resolver.slot"],
      [
        "fleet:services/dmsg-discovery",
        { replicas: 1.5 },
        "fleet:services.dmsg-discovery.replicas",
      ],
      ["pulumi:disable-default-providers", [], "pulumi:disable-default-providers"],
    ];
    for (const [path, value] of spoilt) {
      put(draft.config, path, value);
    }
    draft.secrets["postgres-sd"] = "canary";
    Reflect.deleteProperty(draft.secrets, "setup-node");
    const faults = faultsIn(rawOf(draft));
    const expected = [
      ...spoilt.map(([, , path]) => path),
      "fleet:secrets.postgres-sd",
      "fleet:services.setup-nodes.setup-node.key",
      // A host of its own, which lies in no zone any more.
      "fleet:observability.metrics.grafana.host",
    ];
    // Without an environment the zones cannot be compared with its domain; all else is told.
    const told = expected.filter((path) => path !== "fleet:domain");
    expect(faults.map(({ path }) => path).sort()).toEqual(told.sort());
  });
});

describe("a misspelt key", () => {
  it.each([
    ["fleet:servces", "services"],
    ["fleet:clutser", "cluster"],
    ["fleet:services/uptime-traker", "uptime-tracker"],
    ["fleet:services/dmsg-servers/members/dmsg-server-1/nodeport", "nodePort"],
    ["fleet:cluster/pools/general/memroy", "memory"],
    ["fleet:ingress/controllers/traefik/exposure/slott", "slot"],
    ["fleet:netwroks", "networks", "voting"],
    ["fleet:services/worker/update_confg", "update_config", "voting"],
    ["fleet:services/vote/deploy/replica", "replicas", "voting"],
  ] as const)("%s is answered with %s", (path, meant, stack: FixtureStack = "test") => {
    const draft = draftOf(stack);
    put(draft.config, path, {});
    const [fault] = faultsIn(rawOf(draft));
    expect(fault?.mend).toBe(`is ${meant} meant?`);
  });
});

describe("the table", () => {
  it("has at least 60 rows, each with a name of its own", () => {
    const all = [...namedFaults, ...votingFaults, ...commonFaults, ...hostileFaults];
    const titles = all.map(({ title }) => title);
    expect(titles.length).toBeGreaterThanOrEqual(60);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
