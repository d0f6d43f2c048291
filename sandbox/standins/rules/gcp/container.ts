/** GKE clusters: facts/clouds-gke-ingress-tls.md 1.1, 1.3 and 8. */
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { digest, isBag } from "../../values.ts";
import type { Properties, Value } from "../../values.ts";
import type { World } from "../../world.ts";
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
import type { Answer, Rule } from "../rule.ts";
import { clusterType, labelOutputs, nameFaults, poolType, projectOf, selfLink } from "./common.ts";

/** The version that GKE gives where none is asked for. */
export const defaultVersion = "1.34.1-gke.1829001";

const channels = ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"];

/** A cluster. */
export const cluster: Rule = {
  replaces: (olds, news) => [
    "name",
    "location",
    "project",
    "network",
    "subnetwork",
    "networkingMode",
    "clusterIpv4Cidr",
    "ipAllocationPolicy",
    "datapathProvider",
    "defaultMaxPodsPerNode",
    "enableAutopilot",
    "enableKubernetesAlpha",
    "initialNodeCount",
    "description",
    "nodePools",
    "confidentialNodes",
    "masterAuth",
    "privateClusterConfig.masterIpv4CidrBlock",
    ...(flag(olds, "enableL4IlbSubsetting", false) && !flag(news, "enableL4IlbSubsetting", false)
      ? ["enableL4IlbSubsetting"]
      : []),
  ],
  sets: ["nodeLocations"],
  autoName: { property: "name", maxLength: 40 },
  check: (inputs) => [
    ...nameFaults(inputs, 40),
    ...unless(
      number(inputs, "initialNodeCount", 1) >= 1,
      "initialNodeCount",
      "must be at least 1, with removeDefaultNodePool too",
    ),
    ...unless(
      !flag(inputs, "removeDefaultNodePool", false) || !given(inputs, "nodeVersion"),
      "nodeVersion",
      "is refused together with removeDefaultNodePool",
    ),
    ...oneOf(bag(inputs, "releaseChannel"), "channel", channels, "releaseChannel.channel"),
    ...oneOf(inputs, "datapathProvider", [
      "LEGACY_DATAPATH",
      "ADVANCED_DATAPATH",
      "DATAPATH_PROVIDER_UNSPECIFIED",
    ]),
    ...unless(
      text(inputs, "datapathProvider") !== "ADVANCED_DATAPATH" || !given(inputs, "networkPolicy"),
      "networkPolicy",
      "must not be set with ADVANCED_DATAPATH, which enforces policies itself",
    ),
  ],
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    const location = locationOf(inputs, world);
    const name = text(inputs, "name");
    refuseUnless(
      given(inputs, "initialNodeCount") ||
        given(inputs, "nodePools") ||
        flag(inputs, "enableAutopilot", false),
      "googleapi: Error 400: Cluster.initial_node_count must be greater than zero",
    );
    refuseUnless(
      !list(inputs, "nodeLocations").includes(location),
      `for the zonal cluster ${name} nodeLocations must list the extra zones only, not ${location} itself`,
    );
    const pool = text(bag(inputs, "workloadIdentityConfig"), "workloadPool");
    refuseUnless(
      pool === "" || pool === `${project}.svc.id.goog`,
      `googleapi: Error 400: workloadPool must be ${project}.svc.id.goog`,
    );
    const wanted = text(inputs, "minMasterVersion");
    const version = isVersion(wanted) ? wanted : defaultVersion;
    const nodes = text(inputs, "nodeVersion", version);
    refuseUnless(
      nodes.split("-gke")[0] === version.split("-gke")[0],
      `nodeVersion ${nodes} must equal minMasterVersion ${version} at create`,
    );
    const id = `projects/${project}/locations/${location}/clusters/${name}`;
    refuseUnless(
      world.find(clusterType, id) === undefined,
      `googleapi: Error 409: Already exists: ${id}`,
    );
    return { id, facts: { project, location, version, address: world.address("gcp", id) } };
  },
  update: ({ self, inputs }) => {
    const wanted = text(inputs, "minMasterVersion");
    const running = String(self.facts["version"]);
    // A floor: a version below the running one does nothing, and says nothing.
    const version = isVersion(wanted) && isNewer(wanted, running) ? wanted : running;
    return { ...self.facts, version };
  },
  remove: (self, world) => {
    refuseUnless(
      !flag(self.inputs, "deletionProtection", true),
      "Cannot destroy cluster because deletion_protection is set to true. Set it to false, apply, and try again",
    );
    for (const pool of world.all(poolType))
      if (pool.id.startsWith(`${self.id}/`)) world.remove(pool);
    return "gone";
  },
  outputs: ({ id, inputs, facts }, world) => {
    const [project, location, version] = ["project", "location", "version"].map((key) =>
      String(facts[key]),
    );
    const plane = controlPlane(world);
    return {
      project: project ?? "",
      location: location ?? "",
      endpoint: plane?.endpoint ?? String(facts["address"]),
      masterAuth: {
        clientCertificate: "",
        clientKey: "",
        clientCertificateConfig: { issueClientCertificate: false },
        clusterCaCertificate: plane?.authority ?? Buffer.from(`sandbox ${id}`).toString("base64"),
      },
      masterVersion: version ?? "",
      nodeVersion: version ?? "",
      selfLink: selfLink("container", id),
      network: text(inputs, "network", "default"),
      subnetwork: text(inputs, "subnetwork", "default"),
      networkingMode: text(inputs, "networkingMode", "VPC_NATIVE"),
      datapathProvider: text(inputs, "datapathProvider", "LEGACY_DATAPATH"),
      clusterIpv4Cidr: text(inputs, "clusterIpv4Cidr", "10.52.0.0/14"),
      servicesIpv4Cidr: text(
        bag(inputs, "ipAllocationPolicy"),
        "servicesIpv4CidrBlock",
        "34.118.224.0/20",
      ),
      defaultMaxPodsPerNode: number(inputs, "defaultMaxPodsPerNode", 110),
      nodeLocations: given(inputs, "nodeLocations")
        ? [...list(inputs, "nodeLocations")]
        : zonesOf(location ?? ""),
      releaseChannel: given(inputs, "releaseChannel")
        ? bag(inputs, "releaseChannel")
        : { channel: "REGULAR" },
      deletionProtection: flag(inputs, "deletionProtection", true),
      deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
      labelFingerprint: digest(JSON.stringify(bag(inputs, "resourceLabels"))).slice(0, 8),
      operation: `operation-${digest(id).slice(0, 13)}`,
      ...labelOutputs(inputs, "resourceLabels"),
    };
  },
};

/** Versions on offer. */
export const getEngineVersions: Answer = ({ args, world }) => {
  const location = text(args, "location", text(world.config, "region"));
  const prefix = text(args, "versionPrefix");
  const valid = [defaultVersion, "1.33.5-gke.1162000"].filter((version) =>
    version.startsWith(prefix),
  );
  refuseUnless(valid.length > 0, `no engine version begins with ${prefix}`);
  const [latest = ""] = valid;
  const byChannel = Object.fromEntries(
    channels.slice(1).map((channel) => [channel, defaultVersion]),
  );
  return {
    id: location,
    defaultClusterVersion: defaultVersion,
    latestMasterVersion: latest,
    latestNodeVersion: latest,
    validMasterVersions: valid,
    validNodeVersions: valid,
    releaseChannelDefaultVersion: byChannel,
    releaseChannelLatestVersion: byChannel,
    releaseChannelUpgradeTargetVersion: byChannel,
  };
};

/** The location of a cluster or pool: its own, or the provider's zone or region. */
export function locationOf(inputs: Properties, world: World): string {
  const found = text(inputs, "location", text(world.config, "zone", text(world.config, "region")));
  refuseUnless(found !== "", "location: required field is not set");
  return found;
}

/** The zones of a location: a zone itself, or three of a region. */
export function zonesOf(location: string): string[] {
  return /-[a-z]$/.test(location)
    ? [location]
    : ["a", "b", "c"].map((zone) => `${location}-${zone}`);
}

function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+-gke\.\d+$/.test(text);
}

function isNewer(a: string, b: string): boolean {
  const [left = [], right = []] = [a, b].map((version) =>
    version
      .split(/[.-]|gke/)
      .filter(Boolean)
      .map(Number),
  );
  const index = left.findIndex((part, position) => part !== right[position]);
  return index >= 0 && (left[index] ?? 0) > (right[index] ?? 0);
}

/** The sandbox's own control plane, which answers for the cluster. */
function controlPlane(world: World): { endpoint: string; authority: string } | undefined {
  const file = world.settings.kubeconfig;
  if (file === undefined || !existsSync(file)) return undefined;
  const content = parse(readFileSync(file, "utf8")) as Value;
  const [first] = isBag(content) ? bags(content, "clusters") : [];
  const entry = bag(first ?? {}, "cluster");
  const path = text(entry, "certificate-authority");
  const authority = text(
    entry,
    "certificate-authority-data",
    path === "" ? "" : readFileSync(path).toString("base64"),
  );
  return { endpoint: text(entry, "server").replace(/^https?:\/\//, ""), authority };
}
