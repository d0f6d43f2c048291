/** Ports of the nodes, of which each is one Service's. */
import { describe, expect, it } from "vitest";

import type { LiveObject } from "../../../ops/adopt/kubernetes.ts";
import { portFault } from "../../../ops/adopt/node-ports.ts";
import { planned } from "./made.ts";

describe("ports of the nodes", () => {
  const service = (namespace: string, name: string, ...ports: readonly object[]) => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
    spec: { ports },
  });
  const fault = (live: ReturnType<typeof service>, kind = "Service") =>
    portFault(
      {
        ...{ apiVersion: "v1", kind, namespace: "a", name: "edge" },
        planned: planned("kubernetes:core/v1:Service", "edge", {
          spec: { ports: [{ port: 1 }, { nodePort: 30_080, protocol: "TCP" }] },
        }),
      },
      [live],
    );

  it("are one Service's in the whole cluster: another's that has one of them is named", () => {
    const other = service("b", "old", { port: 2 }, { nodePort: 30_080 });
    expect(fault(other)).toMatch(/^its node port 30080\/TCP is Service b\/old's: .*half-way/);
    // The same name in another namespace is another Service, and so is another name in the same.
    expect(fault(service("b", "edge", { nodePort: 30_080 }))).toContain("b/edge's");
    expect(fault(service("a", "old", { nodePort: 30_080 }))).toContain("a/old's");
  });

  // By kubernetes#91404: the API server allows one number for several protocols within one Service only.
  it("are one Service's whatever the protocol, and so is the port of looks at its health", () => {
    const udp = service("b", "old", { nodePort: 30_080, protocol: "UDP" });
    expect(fault(udp)).toContain("its node port 30080/TCP is Service b/old's");
    const looked = service("b", "old", { nodePort: 30_081 });
    const health = (healthCheckNodePort: number) => ({
      ...looked,
      spec: { ...looked.spec, healthCheckNodePort },
    });
    expect(fault(health(30_080))).toContain("its node port 30080/TCP is Service b/old's");
    expect(fault(health(30_082))).toBeUndefined();
  });

  it("are asked for by a balancer's looks at health, but where it has such a port, which stays", () => {
    const balancer = (...live: LiveObject[]) =>
      portFault(
        {
          ...{ apiVersion: "v1", kind: "Service", namespace: "a", name: "edge" },
          planned: planned("kubernetes:core/v1:Service", "edge", {
            spec: { healthCheckNodePort: 32_576, ports: [{ port: 80, nodePort: 32_574 }] },
          }),
        },
        live,
      );
    const holder = service("b", "old", { nodePort: 32_576 });
    expect(balancer(holder)).toContain(
      "its node port 32576 of looks at its health is Service b/old's",
    );
    const own = service("a", "edge", { nodePort: 31_000 });
    expect(balancer(holder, own)).toContain("its node port 32576");
    expect(
      balancer(holder, { ...own, spec: { ...own.spec, healthCheckNodePort: 31_001 } }),
    ).toBeUndefined();
    // Nought stands for none.
    const none = { healthCheckNodePort: 0 };
    expect(balancer({ ...holder, spec: { ports: [{ port: 80 }], ...none } })).toBeUndefined();
  });

  it("are no obstacle that it has itself, of another number, or another kind", () => {
    expect(fault(service("a", "edge", { nodePort: 30_080 }))).toBeUndefined();
    expect(fault(service("b", "old", { nodePort: 30_081 }, { port: 30_080 }))).toBeUndefined();
    expect(fault({ ...service("b", "old", { nodePort: 30_080 }), kind: "Odd" })).toBeUndefined();
    expect(fault(service("b", "old", { nodePort: 30_080 }), "Odd")).toBeUndefined();
  });
});
