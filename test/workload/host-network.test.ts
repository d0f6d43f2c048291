/** Pods in the network of their node, as the engine is asked for them. */
import * as k8s from "@pulumi/kubernetes";
import { describe, expect, it } from "vitest";

import type { WorkloadArgs } from "../../components/workload/types.ts";
import { type Collected, collect, find } from "../harness.ts";
import { LoneWorkload } from "./lone-workload.ts";
import { workload } from "./workload-fixture.ts";

const why = "it tells clients the address that they have outside";

/** One pod gives its node's ports up before the next one takes them. */
const exchange = { update: { strategy: "Recreate" } } as const;

const make = (change: Partial<WorkloadArgs>): Promise<Collected> =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { kubeconfig: "" });
    return new LoneWorkload("echo", workload({ ...exchange, ...change }), { provider });
  });

interface Deployment {
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
}

const podOf = (collected: Collected): Record<string, unknown> =>
  (find(collected, "kubernetes:apps/v1:Deployment", "echo").inputs as unknown as Deployment).spec
    .template.spec;

const policies = ({ resources }: Collected): number =>
  resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).length;

describe("a pod in its node's network", () => {
  it("still knows the names of Services", async () => {
    const pod = podOf(
      await make({ hostNetwork: true, security: { user: 10_001, exception: why } }),
    );
    expect(pod).toMatchObject({ hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" });
  });

  it("has no network policy: it would speak without effect", async () => {
    const args = { hostNetwork: true, security: { user: 10_001, exception: why } };
    expect(policies(await make(args))).toBe(0);
    expect(policies(await make({}))).toBe(1);
  });

  it("sets nothing of the node's network, which the API server refuses", async () => {
    const low = { ...workload({}).container, ports: [{ name: "http", port: 80 }] };
    const security = { user: 10_001, exception: why };
    const context = async (args: Partial<WorkloadArgs>) =>
      podOf(await make({ container: low, security, ...args }))["securityContext"];
    expect(await context({ hostNetwork: true })).not.toHaveProperty("sysctls");
    expect(await context({})).toHaveProperty("sysctls");
  });

  it("must say why", async () => {
    await expect(make({ hostNetwork: true })).rejects.toThrow(
      /the host's network and capabilities need a named security\.exception/,
    );
  });
});

describe("names that lead past the name servers", () => {
  it("stand in the pod, and an empty list in none", async () => {
    const hostAliases = [{ ip: "10.96.0.7", hostnames: ["ip.example.org"] }];
    expect(podOf(await make({ hostAliases }))).toMatchObject({ hostAliases });
    expect(podOf(await make({ hostAliases: [] }))).not.toHaveProperty("hostAliases");
  });
});
