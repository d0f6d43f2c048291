/** Linode's managed Kubernetes: facts/clouds-linode-cloudflare-docker.md 1. */
import { existsSync, readFileSync } from "node:fs";
import type { Fault } from "../../check.ts";
import { asText, canonical, secret } from "../../values.ts";
import type { Properties, Value } from "../../values.ts";
import { hashNumber } from "../../world.ts";
import type { CloudObject, World } from "../../world.ts";
import {
  bag,
  bags,
  flag,
  given,
  list,
  matching,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { nodeMachineId } from "./machines.ts";
import { clusterType, poolType } from "./types.ts";

/** Versions that the standard tier offers for new clusters, newest first. */
export const offeredVersions = ["1.34", "1.33", "1.32"];

/** A managed cluster with the pools declared in it. */
export const lkeCluster: Rule = {
  replaces: ["region", "tier", "aplEnabled"],
  sets: ["tags", "externalPoolTags", "pools.*.tags"],
  check: (inputs) => {
    const enterprise = text(inputs, "tier", "standard") === "enterprise";
    return [
      ...oneOf(inputs, "tier", ["standard", "enterprise"]),
      ...versionFaults(inputs, enterprise),
      ...unless(
        !Array.isArray(inputs["pools"]) || list(inputs, "pools").length > 0,
        "pools",
        "must have at least one pool",
      ),
      ...bags(inputs, "pools").flatMap((pool, index) =>
        poolFaults(pool, "count", enterprise).map((fault) => ({
          ...fault,
          path: `pools[${index}].${fault.path}`,
        })),
      ),
    ];
  },
  create: ({ seed, inputs }, world) => {
    refuseUnless(
      text(inputs, "tier", "standard") !== "enterprise" ||
        text(world.config, "apiVersion") === "v4beta",
      "[400] [tier] enterprise needs the provider's apiVersion v4beta",
    );
    const label = text(inputs, "label");
    const taken = world.all(clusterType).some((known) => text(known.inputs, "label") === label);
    refuseUnless(!taken, `[400] [label] Label must be unique: there is a cluster ${label}`);
    return { id: world.decimalId(seed), facts: { generation: 0 } };
  },
  update: ({ self, inputs, olds }, world) => {
    const available = (bags: Properties): boolean =>
      flag(bag(bags, "controlPlane"), "highAvailability", false);
    refuseUnless(
      !available(olds) || available(inputs),
      "[400] [control_plane.high_availability] cannot be turned off again",
    );
    // The cluster resource deletes every pool that it did not declare and that no tag exempts.
    for (const pool of strangers(world, self.id, list(inputs, "externalPoolTags"))) {
      world.remove(pool);
    }
    const upgraded = text(olds, "k8sVersion") !== text(inputs, "k8sVersion");
    return { ...self.facts, generation: Number(self.facts["generation"]) + (upgraded ? 1 : 0) };
  },
  remove: (self, world) => {
    for (const pool of strangers(world, self.id, [])) world.remove(pool);
    return "gone";
  },
  outputs: (self, world) => ({
    apiEndpoints: [endpoint(self)],
    kubeconfig: secret(Buffer.from(kubeconfig(self, world)).toString("base64")),
    dashboardUrl: `https://${host(self)}.dashboard.linodelke.net`,
    status: "ready",
    tier: text(self.inputs, "tier", "standard"),
    aplEnabled: flag(self.inputs, "aplEnabled", false),
    tags: [...list(self.inputs, "tags")],
    controlPlane: controlPlane(self.inputs),
    pools: bags(self.inputs, "pools").map((pool, index) => poolOutputs(self, pool, index)),
  }),
};

/** A pool that is a resource of its own. */
export const lkeNodePool: Rule = {
  replaces: ["clusterId", "type"],
  sets: ["tags"],
  check: (inputs) => poolFaults(inputs, "nodeCount", given(inputs, "updateStrategy")),
  create: ({ seed, inputs }, world) => {
    const cluster = world.need(clusterType, inputs["clusterId"] ?? null);
    refuseUnless(
      text(cluster.inputs, "tier", "standard") === "enterprise" ||
        !["k8sVersion", "updateStrategy"].some((name) => given(inputs, name)),
      "[400] k8sVersion and updateStrategy of a pool are for the enterprise tier only",
    );
    return { id: world.decimalId(seed) };
  },
  outputs: (self, world) => {
    const cluster = world.find(clusterType, self.inputs["clusterId"] ?? null);
    const count = nodeCount(self.inputs, "nodeCount");
    const generation = Number(cluster?.facts["generation"] ?? 0);
    return {
      nodeCount: count,
      nodes: nodes(self.id, count, generation),
      diskEncryption: "enabled",
      k8sVersion: text(cluster?.inputs ?? {}, "k8sVersion"),
      updateStrategy: text(self.inputs, "updateStrategy"),
      labels: bag(self.inputs, "labels"),
      tags: [...list(self.inputs, "tags")],
    };
  },
};

/** The answer to getLkeCluster: the cluster as the account sees it. */
export function describeCluster(self: CloudObject, world: World): Properties {
  const { controlPlane: plane = null, ...outputs } = lkeCluster.outputs(self, world);
  return { ...self.inputs, ...outputs, controlPlanes: [plane] };
}

function versionFaults(inputs: Properties, enterprise: boolean): Fault[] {
  return enterprise
    ? matching(
        inputs,
        "k8sVersion",
        /^v\d+\.\d+\.\d+\+lke\d+$/,
        "must be as v1.31.8+lke5 on the enterprise tier",
      )
    : matching(
        inputs,
        "k8sVersion",
        /^\d+\.\d+$/,
        "must be major.minor, as 1.34: LKE picks the patch",
      );
}

function poolFaults(pool: Properties, count: string, enterprise: boolean): Fault[] {
  const scaler = bag(pool, "autoscaler");
  return [
    ...unless(
      given(pool, count) || given(pool, "autoscaler"),
      count,
      "is required where no autoscaler is given",
    ),
    ...unless(number(pool, count, 1) >= 1, count, "must be at least 1"),
    ...unless(
      number(scaler, "min", 1) <= number(scaler, "max", Infinity),
      "autoscaler.max",
      "must not be less than min",
    ),
    ...["k8sVersion", "updateStrategy"].flatMap((name) =>
      unless(enterprise || !given(pool, name), name, "is for the enterprise tier only"),
    ),
    ...bags(pool, "taints").flatMap((taint, index) => taintFaults(taint, `taints[${index}]`)),
  ];
}

function taintFaults(taint: Properties, path: string): Fault[] {
  return [
    ...["key", "value", "effect"].flatMap((name) =>
      unless(taint[name] !== "", `${path}.${name}`, "must not be empty"),
    ),
    ...oneOf(taint, "effect", ["NoSchedule", "PreferNoSchedule", "NoExecute"], `${path}.effect`),
  ];
}

/** Pools of a cluster that are resources of their own and carry none of the exempting tags. */
function strangers(world: World, clusterId: string, exempt: readonly Value[]): CloudObject[] {
  return world
    .all(poolType)
    .filter(({ inputs }) => asText(inputs["clusterId"]) === clusterId)
    .filter(({ inputs }) => !list(inputs, "tags").some((tag) => exempt.includes(tag)));
}

function controlPlane(inputs: Properties): Properties {
  const wanted = bag(inputs, "controlPlane");
  return {
    highAvailability: flag(wanted, "highAvailability", false),
    auditLogsEnabled: flag(wanted, "auditLogsEnabled", false),
    ...(given(wanted, "acl") ? { acl: bag(wanted, "acl") } : {}),
  };
}

function poolOutputs(self: CloudObject, pool: Properties, index: number): Properties {
  const id = 10_000_000 + hashNumber(`${self.id}/pool/${index}/${text(pool, "type")}`, 80_000_000);
  const count = nodeCount(pool, "count");
  return {
    ...pool,
    id,
    count,
    diskEncryption: "enabled",
    k8sVersion: text(self.inputs, "k8sVersion"),
    updateStrategy: text(pool, "updateStrategy"),
    nodes: nodes(String(id), count, Number(self.facts["generation"])),
  };
}

function nodeCount(pool: Properties, count: string): number {
  return number(pool, count, number(bag(pool, "autoscaler"), "min", 1));
}

function nodes(pool: string, count: number, generation: number): Properties[] {
  return Array.from({ length: count }, (_, index) => {
    const instanceId = nodeMachineId(pool, index, generation);
    return { id: `${pool}-${instanceId.toString(16)}`, instanceId, status: "ready" };
  });
}

function host(self: CloudObject): string {
  return `lke${self.id}-${canonical(self.inputs["region"] ?? "").replaceAll('"', "")}`;
}

function endpoint(self: CloudObject): string {
  return `https://${host(self)}.linodelke.net:443`;
}

/** The sandbox's own control plane answers for the cluster; without one the file leads nowhere. */
function kubeconfig(self: CloudObject, world: World): string {
  const file = world.settings.kubeconfig;
  if (file !== undefined && existsSync(file)) return readFileSync(file, "utf8");
  const name = `lke${self.id}`;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint(self) } }],
    users: [{ name: `${name}-admin`, user: { token: "sandbox" } }],
    contexts: [{ name: `${name}-ctx`, context: { cluster: name, user: `${name}-admin` } }],
    "current-context": `${name}-ctx`,
  });
}
