import { describe, expect, it } from "vitest";

import { type Flow, flowsOf } from "../../components/base/flows.ts";
import type { ComposeStack } from "../../components/compose/compose-stack.schema.ts";
import { stackFlows } from "../../components/compose/flows.ts";
import type { Publish } from "../../components/compose/names.ts";
import { networksOf } from "../../components/compose/networks.ts";
import { some } from "./fixtures.ts";

const stack = (change: Partial<ComposeStack> = {}): ComposeStack => ({
  services: {
    vote: some({ networks: ["front"], ports: ["5000:80"], expose: [9_090] }),
    worker: some({ networks: ["front", "back"] }),
    db: some({ networks: ["back"], expose: [5_432] }),
  },
  networks: { front: { internal: true }, back: { internal: true } },
  volumes: {},
  configs: {},
  ...change,
});

const written = (flows: readonly Flow[]): string[] =>
  flows.map(({ from, to, ports }) => {
    const [caller, callee] = [from, to].map((peer) =>
      peer.kind === "workload" ? peer.name : peer.kind,
    );
    return `${caller ?? ""} → ${callee ?? ""} ${ports.map(({ port }) => port).join()}`.trim();
  });

const flows = (of: ComposeStack, publish: Publish = { kind: "LoadBalancer" }) =>
  written(stackFlows(of, { namespaceName: "voting", publish }));

it("networks are a list, a map with aliases, or the one all are on", () => {
  expect(networksOf(some({ networks: ["a"] }))).toEqual([{ network: "a", aliases: [] }]);
  expect(networksOf(some({ networks: { a: null, b: { aliases: ["c"] } } }))).toEqual([
    { network: "a", aliases: [] },
    { network: "b", aliases: ["c"] },
  ]);
  expect(networksOf(some())).toEqual([{ network: "default", aliases: [] }]);
});

describe("flows", () => {
  it("join those on one network, at the ports they say or at any, and keep others apart", () => {
    expect(flows(stack())).toEqual([
      "worker → vote 9090,80",
      "internet → vote 80",
      "vote → worker",
      "db → worker",
      "worker → db 5432",
    ]);
  });

  it("lead out only from a network that is not internal", () => {
    const open = stack({ networks: { front: {}, back: { internal: true } } });
    expect(flows(open).filter((flow) => flow.endsWith("internet"))).toEqual([
      "vote → internet",
      "worker → internet",
    ]);
  });

  it("come from the ingress controller where that is how a service is published", () => {
    const controller = { kind: "workload", name: "traefik", namespace: "ingress" } as const;
    expect(flows(stack(), { kind: "Ingress", controller })).toContain("traefik → vote 80");
    expect(flows(stack(), { kind: "Internal" }).join()).not.toContain("internet");
  });

  it("join a service and what it depends on, whatever networks say", () => {
    const services = {
      vote: some({ networks: ["front"], depends_on: ["db"] }),
      db: some({ networks: ["back"], expose: [5_432] }),
    };
    expect(flows(stack({ services }))).toEqual(["vote → db 5432"]);
  });

  it("are the same table on both ends", () => {
    const table = stackFlows(stack(), { namespaceName: "voting", publish: { kind: "Internal" } });
    const { calls } = flowsOf(table, "worker", "voting");
    const { callers } = flowsOf(table, "db", "voting");
    expect(calls).toContainEqual(callers[0]);
  });
});
