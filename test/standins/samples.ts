/** Valid inputs for every covered resource type, in the order in which they can be made. */
import { join } from "node:path";
import type { Cloud } from "../../sandbox/standins/schema.ts";
import type { Properties } from "../../sandbox/standins/values.ts";

/** One valid resource; what it refers to was made before under its logical name. */
export interface Sample {
  readonly type: string;
  readonly name: string;
  readonly inputs: (id: (name: string) => string) => Properties;
}

const encoded = Buffer.from("text").toString("base64");
const build = join(import.meta.dirname, "fixtures/image");
const role = "roles/storage.objectViewer";

function sample(type: string, name: string, inputs: Sample["inputs"] | Properties): Sample {
  return { type, name, inputs: typeof inputs === "function" ? inputs : () => inputs };
}

const linode: readonly Sample[] = [
  sample("linode:index/domain:Domain", "zone", {
    domain: "example.com",
    type: "master",
    soaEmail: "hostmaster@example.com",
  }),
  sample("linode:index/domainRecord:DomainRecord", "www", (id) => ({
    domainId: Number(id("zone")),
    recordType: "A",
    name: "www",
    target: "192.0.2.1",
    ttlSec: 300,
  })),
  sample("linode:index/instance:Instance", "machine", {
    region: "ap-south",
    label: "machine",
    image: "linode/debian12",
    metadatas: [{ userData: encoded }],
  }),
  sample("linode:index/networkingIp:NetworkingIp", "address", {
    reserved: true,
    region: "ap-south",
  }),
  sample("linode:index/reservedIpAssignment:ReservedIpAssignment", "assigned", (id) => ({
    address: id("address"),
    linodeId: Number(id("machine")),
  })),
  sample("linode:index/networkingIpAssignment:NetworkingIpAssignment", "dealt", (id) => ({
    region: "ap-south",
    assignments: [{ address: id("address"), linodeId: Number(id("machine")) }],
  })),
  sample("linode:index/rdns:Rdns", "rdns", (id) => ({
    address: id("address"),
    rdns: "a.example.com",
  })),
  sample("linode:index/sshKey:SshKey", "key", { label: "key", sshKey: "ssh-ed25519 AAAA" }),
  sample("linode:index/volume:Volume", "disk", { label: "disk", region: "ap-south", size: 20 }),
  sample("linode:index/firewall:Firewall", "firewall", {
    label: "firewall",
    inboundPolicy: "DROP",
    outboundPolicy: "ACCEPT",
    inbounds: [
      { label: "web", action: "ACCEPT", protocol: "TCP", ports: "80, 443", ipv4s: ["0.0.0.0/0"] },
      { label: "ping", action: "ACCEPT", protocol: "ICMP", ipv4s: ["0.0.0.0/0"] },
    ],
  }),
  sample("linode:index/firewallDevice:FirewallDevice", "attached", (id) => ({
    firewallId: Number(id("firewall")),
    entityId: Number(id("machine")),
  })),
  sample("linode:index/nodeBalancer:NodeBalancer", "balancer", {
    region: "ap-south",
    label: "edge",
  }),
  sample("linode:index/nodeBalancerConfig:NodeBalancerConfig", "port", (id) => ({
    nodebalancerId: Number(id("balancer")),
    port: 443,
    protocol: "tcp",
    proxyProtocol: "v2",
  })),
  sample("linode:index/nodeBalancerNode:NodeBalancerNode", "backend", (id) => ({
    nodebalancerId: Number(id("balancer")),
    configId: Number(id("port")),
    label: "backend",
    address: "192.168.130.4:30080",
  })),
  sample("linode:index/lkeCluster:LkeCluster", "cluster", {
    label: "cluster",
    region: "ap-south",
    k8sVersion: "1.34",
    externalPoolTags: ["external"],
    pools: [
      { type: "g6-standard-2", count: 2, taints: [{ key: "a", value: "b", effect: "NoSchedule" }] },
    ],
  }),
  sample("linode:index/lkeNodePool:LkeNodePool", "pool", (id) => ({
    clusterId: Number(id("cluster")),
    type: "g6-standard-4",
    nodeCount: 3,
    tags: ["external"],
  })),
  sample("linode:index/objectStorageBucket:ObjectStorageBucket", "bucket", {
    label: "fleet-bucket",
    region: "ap-south",
  }),
  sample("linode:index/objectStorageKey:ObjectStorageKey", "storage-key", {
    label: "key",
    bucketAccesses: [{ bucketName: "fleet-bucket", permissions: "read_write", region: "ap-south" }],
  }),
  sample("linode:index/objectStorageObject:ObjectStorageObject", "object", {
    bucket: "fleet-bucket",
    key: "a.json",
    region: "ap-south",
    content: "{}",
    accessKey: "throw-away",
    secretKey: "throw-away",
  }),
];

const cloudflare: readonly Sample[] = [
  sample("cloudflare:index/zone:Zone", "zone", {
    name: "example.com",
    account: { id: "a".repeat(32) },
  }),
  sample("cloudflare:index/dnsRecord:DnsRecord", "www", (id) => ({
    zoneId: id("zone"),
    name: "www",
    type: "A",
    ttl: 300,
    content: "192.0.2.1",
  })),
  sample("cloudflare:index/record:Record", "old", (id) => ({
    zoneId: id("zone"),
    name: "old.example.com",
    type: "CNAME",
    ttl: 1,
    proxied: true,
    content: "www.example.com",
  })),
  sample("cloudflare:index/zoneSetting:ZoneSetting", "ssl", (id) => ({
    zoneId: id("zone"),
    settingId: "ssl",
    value: "strict",
  })),
  sample("cloudflare:index/originCaCertificate:OriginCaCertificate", "certificate", {
    csr: "-----BEGIN CERTIFICATE REQUEST-----\nMII=\n-----END CERTIFICATE REQUEST-----",
    hostnames: ["example.com"],
    requestType: "origin-ecc",
  }),
];

const gcp: readonly Sample[] = [
  sample("gcp:compute/network:Network", "network", { autoCreateSubnetworks: false }),
  sample("gcp:compute/subnetwork:Subnetwork", "subnetwork", (id) => ({
    network: id("network"),
    ipCidrRange: "10.0.0.0/20",
  })),
  sample("gcp:compute/address:Address", "address", {}),
  sample("gcp:compute/firewall:Firewall", "firewall", {
    network: "default",
    allows: [{ protocol: "tcp", ports: ["7513", "30000-32767"] }],
    sourceRanges: ["0.0.0.0/0"],
    targetTags: ["p2p"],
  }),
  sample("gcp:container/cluster:Cluster", "cluster", {
    name: "cluster",
    location: "europe-west3-a",
    initialNodeCount: 1,
    removeDefaultNodePool: true,
    deletionProtection: false,
    resourceLabels: { team: "fleet" },
    workloadIdentityConfig: { workloadPool: "fleet-sandbox.svc.id.goog" },
  }),
  sample("gcp:container/nodePool:NodePool", "pool", {
    cluster: "cluster",
    location: "europe-west3-a",
    nodeCount: 2,
    nodeConfig: {
      machineType: "e2-standard-4",
      taints: [{ key: "a", value: "b", effect: "NO_SCHEDULE" }],
    },
  }),
  sample("gcp:storage/bucket:Bucket", "bucket", { name: "fleet-bucket", location: "eu" }),
  sample("gcp:storage/bucketObject:BucketObject", "object", {
    bucket: "fleet-bucket",
    name: "a.json",
    content: "{}",
    contentType: "application/json",
  }),
  sample("gcp:storage/bucketIAMMember:BucketIAMMember", "readers", {
    bucket: "fleet-bucket",
    role,
    member: "allUsers",
  }),
  sample("gcp:serviceaccount/account:Account", "account", { accountId: "fleet-nodes" }),
  sample("gcp:serviceaccount/iAMMember:IAMMember", "workload", (id) => ({
    serviceAccountId: id("account"),
    role: "roles/iam.workloadIdentityUser",
    member: "serviceAccount:fleet-sandbox.svc.id.goog[kube-system/kubeip]",
  })),
  sample("gcp:serviceaccount/key:Key", "key", (id) => ({ serviceAccountId: id("account") })),
  sample("gcp:projects/iAMMember:IAMMember", "member", {
    project: "fleet-sandbox",
    role: "roles/logging.logWriter",
    member: "serviceAccount:fleet-nodes@fleet-sandbox.iam.gserviceaccount.com",
  }),
  sample("gcp:projects/iAMCustomRole:IAMCustomRole", "role", {
    roleId: "kubeip",
    title: "kubeip",
    permissions: ["compute.addresses.list"],
  }),
  sample("gcp:projects/service:Service", "service", { service: "container.googleapis.com" }),
];

const docker: readonly Sample[] = [
  sample("docker:index/network:Network", "network", { driver: "overlay" }),
  sample("docker:index/secret:Secret", "secret", { data: encoded }),
  sample("docker:index/serviceConfig:ServiceConfig", "config", { dataRaw: "text" }),
  sample("docker:index/volume:Volume", "volume", {}),
  sample("docker:index/service:Service", "service", (id) => ({
    name: "vote",
    taskSpec: {
      containerSpec: {
        image: "example/vote:1",
        env: { OPTION: "a" },
        secrets: [{ secretId: id("secret"), secretName: "s", fileName: "/run/s" }],
        configs: [{ configId: id("config"), configName: "c", fileName: "/run/c" }],
      },
      networksAdvanceds: [{ id: id("network") }],
      resources: { limits: { nanoCpus: 500_000_000, memoryBytes: 268_435_456 } },
    },
    endpointSpec: { ports: [{ targetPort: 80, publishedPort: 8080 }] },
  })),
  sample("docker:index/container:Container", "container", { image: "example/vote:1" }),
  sample("docker:index/plugin:Plugin", "plugin", { name: "example/plugin:1" }),
  sample("docker:index/remoteImage:RemoteImage", "pulled", { name: "example/vote:1" }),
  sample("docker:index/registryImage:RegistryImage", "pushed", { name: "registry.example/vote:2" }),
  sample("docker:index/image:Image", "built", {
    imageName: "registry.example/vote:3",
    build: { context: build, dockerfile: join(build, "Dockerfile"), platform: "linux/amd64" },
  }),
  sample("docker:index/tag:Tag", "tag", { sourceImage: "example/vote:1", targetImage: "vote:1" }),
];

/** Samples of every cloud. */
export const samples: Readonly<Record<Cloud, readonly Sample[]>> = {
  linode,
  cloudflare,
  gcp,
  docker,
};
