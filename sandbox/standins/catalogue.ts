/**
 * What each stand-in covers: the modules of the SDK whose declarations `generate.ts` reads.
 * A program that uses a type outside this list is refused with a message that points here.
 */
import type { Cloud } from "./schema.ts";

/** Module paths inside the SDK's package, without suffix. */
export interface Coverage {
  /** Modules that declare a resource class each. */
  readonly resources: readonly string[];
  /** Modules that declare a function each. */
  readonly functions: readonly string[];
}

/** The covered modules of each cloud. After a change run `make standins`. */
export const catalogue: Readonly<Record<Cloud, Coverage>> = {
  linode: {
    resources: [
      "domain",
      "domainRecord",
      "firewall",
      "firewallDevice",
      "instance",
      "lkeCluster",
      "lkeNodePool",
      "networkingIp",
      "networkingIpAssignment",
      "nodeBalancer",
      "nodeBalancerConfig",
      "nodeBalancerNode",
      "objectStorageBucket",
      "objectStorageKey",
      "objectStorageObject",
      "rdns",
      "reservedIpAssignment",
      "sshKey",
      "volume",
    ],
    functions: [
      "getDomain",
      "getDomainRecord",
      "getDomains",
      "getFirewalls",
      "getInstances",
      "getLkeCluster",
      "getLkeClusters",
      "getLkeVersions",
      "getNetworkingIp",
      "getNodeBalancer",
      "getNodebalancers",
      "getVolume",
    ],
  },
  cloudflare: {
    resources: ["dnsRecord", "originCaCertificate", "record", "zone", "zoneSetting"],
    functions: ["getDnsRecord", "getZone", "getZoneSetting", "getZones"],
  },
  gcp: {
    resources: [
      "compute/address",
      "compute/firewall",
      "compute/network",
      "compute/subnetwork",
      "container/cluster",
      "container/nodePool",
      "projects/iamcustomRole",
      "projects/iammember",
      "projects/service",
      "serviceaccount/account",
      "serviceaccount/iammember",
      "serviceaccount/key",
      "storage/bucket",
      "storage/bucketIAMMember",
      "storage/bucketObject",
    ],
    functions: [
      "compute/getAddress",
      "compute/getNetwork",
      "compute/getZones",
      "container/getEngineVersions",
      "organizations/getClientConfig",
      "organizations/getProject",
    ],
  },
  docker: {
    resources: [
      "container",
      "image",
      "network",
      "plugin",
      "registryImage",
      "remoteImage",
      "secret",
      "service",
      "serviceConfig",
      "tag",
      "volume",
    ],
    functions: ["getNetwork", "getRegistryImage", "getRegistryImageManifests", "getRemoteImage"],
  },
};
