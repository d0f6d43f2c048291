/** GKE node pools: facts/clouds-gke-ingress-tls.md 1.2 and 8. */
import type { Fault } from "../../check.ts";
import { digest } from "../../values.ts";
import type { Properties } from "../../values.ts";
import type { CloudObject, World } from "../../world.ts";
import {
  bag,
  bags,
  flag,
  given,
  list,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { byReference, clusterType, nameFaults, poolType, projectOf } from "./common.ts";
import { defaultVersion, locationOf, zonesOf } from "./container.ts";

/** Parts of a node's configuration that only a new pool can have. */
const replacing = [
  "serviceAccount",
  "oauthScopes",
  "metadata",
  "spot",
  "preemptible",
  "minCpuPlatform",
  "localSsdCount",
  "guestAccelerators",
  "shieldedInstanceConfig",
  "advancedMachineFeatures",
  "bootDiskKmsKey",
  "nodeGroup",
];

/** Label prefixes that belong to Kubernetes; the few that may be set are not among those Fleet uses. */
const reservedLabel = /(^|\.)(kubernetes|k8s)\.io\//;

/** A node pool. */
export const nodePool: Rule = {
  replaces: [
    "cluster",
    "location",
    "project",
    "name",
    "namePrefix",
    "initialNodeCount",
    "maxPodsPerNode",
    ...replacing.map((part) => `nodeConfig.${part}`),
  ],
  sets: ["nodeLocations", "nodeConfig.tags", "nodeConfig.oauthScopes"],
  // The provider computes it where it is not said: taken out, it stays what it is.
  unseen: (_, news) => (given(news, "initialNodeCount") ? [] : ["initialNodeCount"]),
  autoName: { property: "name", maxLength: 40 },
  check: (inputs) => [
    ...nameFaults(inputs, 40),
    ...unless(
      !given(inputs, "initialNodeCount") || !given(inputs, "nodeCount"),
      "initialNodeCount",
      "excludes nodeCount",
    ),
    ...scalingFaults(bag(inputs, "autoscaling"), given(inputs, "nodeCount")),
    ...nodeFaults(bag(inputs, "nodeConfig")),
  ],
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    const owner = byReference(world, clusterType, text(inputs, "cluster"));
    refuseUnless(
      owner !== undefined,
      `googleapi: Error 404: Not found: cluster ${text(inputs, "cluster")}`,
    );
    const location = text(inputs, "location", String(owner?.facts["location"]));
    refuseUnless(
      location === owner?.facts["location"],
      `googleapi: Error 404: location is the cluster's (${String(owner?.facts["location"])}), not ${location}`,
    );
    refuseManagement(inputs, owner);
    const cluster = text(inputs, "cluster").split("/").at(-1) ?? "";
    const id = `projects/${project}/locations/${location}/clusters/${cluster}/nodePools/${text(inputs, "name")}`;
    refuseUnless(
      world.find(poolType, id) === undefined,
      `googleapi: Error 409: Already exists: ${id}`,
    );
    return { id, facts: { project, location } };
  },
  update: ({ self, inputs }, world) => {
    refuseManagement(inputs, byReference(world, clusterType, text(inputs, "cluster")));
    return self.facts;
  },
  outputs: (self, world) => poolOutputs(self, world),
};

function scalingFaults(scaling: Properties, fixed: boolean): Fault[] {
  const perZone = ["minNodeCount", "maxNodeCount"].some((name) => given(scaling, name));
  const total = ["totalMinNodeCount", "totalMaxNodeCount"].some((name) => given(scaling, name));
  return [
    ...unless(!perZone || !total, "autoscaling", "counts are per zone or in total, not both"),
    ...unless(!(perZone || total) || !fixed, "nodeCount", "must not be set with autoscaling"),
    ...oneOf(scaling, "locationPolicy", ["BALANCED", "ANY"], "autoscaling.locationPolicy"),
  ];
}

/** Faults of a node's configuration, of a pool or of a cluster. */
function nodeFaults(node: Properties, path = "nodeConfig"): Fault[] {
  return [
    ...bags(node, "taints").flatMap((taint, index) =>
      oneOf(
        taint,
        "effect",
        ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"],
        `${path}.taints[${index}].effect`,
      ),
    ),
    ...unless(number(node, "diskSizeGb", 100) >= 10, `${path}.diskSizeGb`, "must be at least 10"),
    ...Object.keys(bag(node, "labels")).flatMap((key) =>
      unless(
        !reservedLabel.test(key),
        `${path}.labels.${key}`,
        "has a prefix that belongs to Kubernetes",
      ),
    ),
  ];
}

/** On a release channel nodes are upgraded by Google: the API refuses to switch that off. */
function refuseManagement(inputs: Properties, owner: CloudObject | undefined): void {
  const channel = text(bag(owner?.inputs ?? {}, "releaseChannel"), "channel", "REGULAR");
  refuseUnless(
    channel === "UNSPECIFIED" || flag(bag(inputs, "management"), "autoUpgrade", true),
    `googleapi: Error 400: Auto_upgrade must be true when release_channel ${channel} is set`,
  );
  refuseUnless(
    channel === "UNSPECIFIED" || flag(bag(inputs, "management"), "autoRepair", true),
    `googleapi: Error 400: Auto_repair must be true when release_channel ${channel} is set`,
  );
}

function poolOutputs({ id, inputs, facts }: CloudObject, world: World): Properties {
  const node = bag(inputs, "nodeConfig");
  const project = String(facts["project"]);
  const location = locationOf({ location: String(facts["location"]) }, world);
  const zones = given(inputs, "nodeLocations")
    ? list(inputs, "nodeLocations").map(String)
    : zonesOf(location);
  // The least number of autoscaling says nothing of the beginning.
  const initial = number(inputs, "initialNodeCount", 0);
  const group = `gke-${digest(id).slice(0, 8)}-grp`;
  const groups = (kind: string): string[] =>
    zones.map(
      (zone) =>
        `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}/${kind}/${group}`,
    );
  return {
    project,
    location,
    initialNodeCount: number(inputs, "initialNodeCount", number(inputs, "nodeCount", initial)),
    nodeCount: number(inputs, "nodeCount", initial),
    nodeLocations: zones,
    version: text(inputs, "version", defaultVersion),
    maxPodsPerNode: number(inputs, "maxPodsPerNode", 110),
    management: { autoRepair: true, autoUpgrade: true, ...bag(inputs, "management") },
    upgradeSettings: {
      strategy: "SURGE",
      maxSurge: 1,
      maxUnavailable: 0,
      ...bag(inputs, "upgradeSettings"),
    },
    instanceGroupUrls: groups("instanceGroupManagers"),
    managedInstanceGroupUrls: groups("instanceGroups"),
    nodeConfig: {
      machineType: "e2-medium",
      diskType: "pd-balanced",
      diskSizeGb: 100,
      imageType: "COS_CONTAINERD",
      serviceAccount: "default",
      oauthScopes: [
        "https://www.googleapis.com/auth/devstorage.read_only",
        "https://www.googleapis.com/auth/logging.write",
        "https://www.googleapis.com/auth/monitoring",
      ],
      ...node,
    },
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
    operation: `operation-${digest(id).slice(0, 13)}`,
  };
}
