import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { type Flow, flowsOf, groupFlows, tcp } from "../../components/base/flows.ts";
import { makeGroup } from "../../components/workload/group.ts";
import type { WorkloadArgs } from "../../components/workload/types.ts";
import { makeWorkload } from "../../components/workload/workload.ts";
import { collect, find } from "../harness.ts";
import { workload } from "./workload-fixture.ts";

const group = { kind: "group", name: "miner", namespace: "demo" } as const;
const table: readonly Flow[] = [
  { from: group, to: group, ports: [tcp(7513)] },
  { from: { kind: "workload", name: "miner", namespace: "demo" }, to: group, ports: [tcp(6000)] },
  { from: group, to: { kind: "internet" }, ports: [] },
];

const program = (change: Partial<WorkloadArgs> = {}) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const members = makeGroup(
      "miner",
      { system: "demo", namespace: "demo", flows: groupFlows(table, "miner", "demo") },
      { parent },
    );
    const files = new k8s.core.v1.ConfigMap(
      "shared",
      { metadata: {}, data: { "a.json": "{}" } },
      { parent },
    );
    for (const name of ["miner-1", "miner-2"]) {
      const { container, ...rest } = workload({ group: members, ...change });
      const mounts = [
        { volume: "config", path: "/etc/config" },
        { volume: "key", path: "/etc/key" },
      ];
      makeWorkload(
        name,
        {
          ...rest,
          container: { ...container, mounts },
          givenFiles: [
            { name: "config", kind: "ConfigMap", object: files.metadata.name },
            { name: "key", kind: "Secret", object: "keys", keys: ["p2p.key"] },
          ],
        },
        { parent },
      );
    }
  });

const podOf = (inputs: Record<string, unknown>) =>
  (inputs["spec"] as { template: Record<string, unknown> }).template;

describe("a group of workloads", () => {
  it("has one account and one policy for all: a thousand members would have a thousand of each", async () => {
    const { urns } = await program();
    expect(urns.filter((urn) => urn.includes("Parent$")).map((urn) => urn.split("$")[1])).toEqual([
      "kubernetes:apps/v1:Deployment::miner-1",
      "kubernetes:apps/v1:Deployment::miner-2",
      "kubernetes:core/v1:ConfigMap::shared",
      "kubernetes:core/v1:ServiceAccount::miner-account",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::miner-policy",
    ]);
  });

  it("is meant by its label, in its own policy and in those of others", async () => {
    const collected = await program();
    const policy = find(collected, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "miner-policy");
    expect(policy.inputs["spec"]).toMatchObject({
      podSelector: { matchLabels: { "fleet/group": "miner" } },
      ingress: [
        { from: [{ podSelector: { matchLabels: { "fleet/group": "miner" } } }] },
        { from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "miner" } } }] },
      ],
    });
    const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", "miner-2");
    expect(podOf(inputs)).toMatchObject({
      metadata: { labels: { "fleet/group": "miner", "app.kubernetes.io/name": "miner-2" } },
      spec: { serviceAccountName: "miner", automountServiceAccountToken: false },
    });
  });

  it("is not taken for a workload of the same name", () => {
    expect(flowsOf(table, "miner", "demo")).toEqual({ callers: [], calls: [table[1]] });
    expect(groupFlows(table, "miner", "demo").calls).toEqual([table[0], table[2]]);
    expect(groupFlows(table, "miner", "elsewhere")).toEqual({ callers: [], calls: [] });
  });

  it("mounts files that are made once, read-only, and of a Secret just the keys that are named", async () => {
    const collected = await program();
    const { spec } = podOf(find(collected, "kubernetes:apps/v1:Deployment", "miner-1").inputs) as {
      spec: Record<string, unknown>;
    };
    expect(spec["volumes"]).toEqual([
      { name: "config", configMap: { name: "shared-auto" } },
      {
        name: "key",
        secret: {
          secretName: "keys",
          defaultMode: 0o440,
          items: [{ key: "p2p.key", path: "p2p.key" }],
        },
      },
    ]);
    expect(spec["containers"]).toMatchObject([
      {
        volumeMounts: [
          { mountPath: "/etc/config", readOnly: true },
          { mountPath: "/etc/key", readOnly: true },
        ],
      },
    ]);
  });

  it.each<[string, Partial<WorkloadArgs>]>([
    ["flows", { flows: { callers: [], calls: [table[2] as Flow] } }],
    ["rules", { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
    ["flows", { flows: { callers: [table[2] as Flow], calls: [] } }],
    ["clusterRules", { clusterRules: [{ paths: ["/metrics"], verbs: ["get"] }] }],
    ["disruption", { disruption: { maxUnavailable: 1 } }],
  ])("refuses %s of one member, which would act on nothing", async (field, change) => {
    await expect(program(change)).rejects.toThrow(`${field}: must be said of the group miner`);
  });

  it("refuses the group's label by hand", async () => {
    await expect(program({ podLabels: { "fleet/group": "other" } })).rejects.toThrow(
      "podLabels.fleet/group: is Fleet's own label",
    );
  });
});
