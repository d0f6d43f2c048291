/** Type tokens of Linode that several rules look for. */

/** A domain. */
export const domainType = "linode:index/domain:Domain";
/** A record of a domain. */
export const recordType = "linode:index/domainRecord:DomainRecord";
/** A firewall. */
export const firewallType = "linode:index/firewall:Firewall";
/** A firewall's attachment. */
export const deviceType = "linode:index/firewallDevice:FirewallDevice";
/** A balancer. */
export const balancerType = "linode:index/nodeBalancer:NodeBalancer";
/** A port of a balancer. */
export const configType = "linode:index/nodeBalancerConfig:NodeBalancerConfig";
/** A backend of a port. */
export const backendType = "linode:index/nodeBalancerNode:NodeBalancerNode";
/** A machine. */
export const instanceType = "linode:index/instance:Instance";
/** A public address. */
export const addressType = "linode:index/networkingIp:NetworkingIp";
/** A volume. */
export const volumeType = "linode:index/volume:Volume";
/** A managed cluster. */
export const clusterType = "linode:index/lkeCluster:LkeCluster";
/** A pool of a managed cluster that is a resource of its own. */
export const poolType = "linode:index/lkeNodePool:LkeNodePool";
/** A bucket. */
export const bucketType = "linode:index/objectStorageBucket:ObjectStorageBucket";
/** An object of a bucket. */
export const objectType = "linode:index/objectStorageObject:ObjectStorageObject";
