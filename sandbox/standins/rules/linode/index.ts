/** Linode's behaviour: facts/clouds-linode-cloudflare-docker.md 1 to 3 and 6. */
import { given, unless } from "../rule.ts";
import type { Rulebook } from "../rule.ts";
import { nodeBalancer, nodeBalancerConfig, nodeBalancerNode } from "./balancer.ts";
import { domain, domainRecord } from "./dns.ts";
import { firewall, firewallDevice } from "./firewall.ts";
import { functions } from "./functions.ts";
import { lkeCluster, lkeNodePool } from "./lke.ts";
import {
  instance,
  networkingIp,
  networkingIpAssignment,
  rdns,
  reservedIpAssignment,
  sshKey,
  volume,
} from "./machines.ts";
import { objectStorageBucket, objectStorageKey, objectStorageObject } from "./storage.ts";

/** The rules of Linode. */
export const linode: Rulebook = {
  credentials: { token: "LINODE_TOKEN" },
  config: (config) =>
    unless(
      given(config, "token") || given(config, "configPath"),
      "token",
      "a Linode token is required (also in the sandbox: a throw-away one)",
    ),
  functions,
  resources: {
    "linode:index/domain:Domain": domain,
    "linode:index/domainRecord:DomainRecord": domainRecord,
    "linode:index/firewall:Firewall": firewall,
    "linode:index/firewallDevice:FirewallDevice": firewallDevice,
    "linode:index/instance:Instance": instance,
    "linode:index/lkeCluster:LkeCluster": lkeCluster,
    "linode:index/lkeNodePool:LkeNodePool": lkeNodePool,
    "linode:index/networkingIp:NetworkingIp": networkingIp,
    "linode:index/networkingIpAssignment:NetworkingIpAssignment": networkingIpAssignment,
    "linode:index/nodeBalancer:NodeBalancer": nodeBalancer,
    "linode:index/nodeBalancerConfig:NodeBalancerConfig": nodeBalancerConfig,
    "linode:index/nodeBalancerNode:NodeBalancerNode": nodeBalancerNode,
    "linode:index/objectStorageBucket:ObjectStorageBucket": objectStorageBucket,
    "linode:index/objectStorageKey:ObjectStorageKey": objectStorageKey,
    "linode:index/objectStorageObject:ObjectStorageObject": objectStorageObject,
    "linode:index/rdns:Rdns": rdns,
    "linode:index/reservedIpAssignment:ReservedIpAssignment": reservedIpAssignment,
    "linode:index/sshKey:SshKey": sshKey,
    "linode:index/volume:Volume": volume,
  },
};
