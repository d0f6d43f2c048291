/**
 * What the engine may take away: whatever holds data, or an address that others have learnt, only
 * after the file has said `delete`. Proves what the engine is told; that it obeys is its own, and
 * shown by test/e2e.
 */
import { describe, expect, it } from "vitest";

import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { Cluster } from "../../components/platform/cluster.ts";
import { DnsRecords } from "../../components/platform/dns.ts";
import { createDns } from "../../components/platform/dns-keepers.ts";
import { NameServerDnsConfig } from "../../components/platform/name-server.schema.ts";
import { collect } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";
import { changedProduction } from "./changed.ts";

const policies = [
  ["protect", { protect: true, retainOnDelete: true }],
  ["retain", { protect: false, retainOnDelete: true }],
  ["delete", { protect: false, retainOnDelete: false }],
] as const;

/** What is stateful, or has an address of its own, wherever it comes from. */
const kept = [
  "kubernetes:core/v1:PersistentVolumeClaim",
  "linode:index/nodeBalancer:NodeBalancer",
  "linode:index/objectStorageBucket:ObjectStorageBucket",
  "linode:index/lkeCluster:LkeCluster",
  "linode:index/lkeNodePool:LkeNodePool",
  "linode:index/networkingIp:NetworkingIp",
];
const isKept = ({ type }: Options): boolean => kept.includes(type);

type Terms = Pick<Options, "protect" | "retainOnDelete">;
const termsOf = ({ protect, retainOnDelete }: Options): Terms => ({ protect, retainOnDelete });

/** What a program asks of the engine beside inputs. */
async function optionsOf(program: () => unknown): Promise<readonly Options[]> {
  const options: Options[] = [];
  await collect(() => {
    noteOptions(options);
    return program();
  });
  return options;
}

// A rendering takes its time: `retain` is told as these are, and proven below.
const ends = policies.filter(([data]) => data !== "retain");

describe.each(ends)("production that says data: %s", (data, terms) => {
  it("tells the engine so of every disk, balancer and bucket, and of namespaces with disks", async () => {
    const { options } = await changedProduction({ "fleet:data": data });
    const found = options.filter(isKept);
    const names = found.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        ...["postgres-data", "postgres-backup-data", "redis-dmsg-discovery-data"],
        ...["uptime-tracker-daily-data", "uptime-tracker-backup-data"],
        ...["whitelist-postgres-data", "prometheus-data", "grafana-data"],
        ...["alertmanager-data", "push-gateway-data", "pyroscope-data"],
        ...["traefik-nodebalancer", "nginx-nodebalancer", "dns-server-bucket"],
      ]),
    );
    expect(found.filter((one) => one.type.endsWith(":PersistentVolumeClaim"))).toHaveLength(19);
    for (const one of found) {
      expect({ name: one.name, ...termsOf(one) }).toEqual({ name: one.name, ...terms });
    }
    const spaces = options.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
    for (const name of ["skywire", "whitelist", "metrics", "logs", "profiles"]) {
      expect(spaces.filter((one) => one.name === name).map(termsOf)).toEqual([terms]);
    }
  });
});

describe("a disk and a balancer that may go", () => {
  it("say so themselves, and no other follows", async () => {
    const { options } = await changedProduction({
      "fleet:stores/redis/network-monitor": {
        kind: "builtin",
        password: "redis-network-monitor",
        storage: { data: "delete" },
      },
      "fleet:ingress/controllers/nginx/exposure/linode": { data: "delete" },
    });
    const free = options.filter((one) => isKept(one) && !one.protect).map(({ name }) => name);
    expect(free.sort()).toEqual(["nginx-nodebalancer", "redis-network-monitor-data"]);
  });
});

describe.each(policies)(
  "what a cluster and a name server are at Linode, under data: %s",
  (data, terms) => {
    const pool = { type: "g6-standard-2", cpu: "2", memory: "4Gi", nodes: 3 };
    const cluster = ClusterConfig.parse({
      kind: "lke",
      label: "demo",
      version: "1.34",
      linode: { region: "ap-south" },
      pools: { general: pool },
    });
    const nameServer = NameServerDnsConfig.parse({
      kind: "name-server",
      nameServers: { "ns1.example.org": {}, "ns2.example.org": { address: "192.0.2.2" } },
      zones: { "example.org": {} },
      contact: "hostmaster@example.org",
      publication: { bucket: "demo-zones", region: "ap-south" },
      machine: {
        kind: "linode",
        nameServer: "ns1.example.org",
        region: "ap-south",
        sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE"],
        sshFrom: ["198.51.100.0/24"],
      },
    });

    it("is told of cluster, pools, bucket and the reserved address", async () => {
      const options = await optionsOf(() => {
        new Cluster("cluster", { ...cluster, data });
        const dns = createDns("dns", nameServer, data);
        new DnsRecords("records", { dns, records: [] });
      });
      const found = options.filter(isKept);
      expect(found.map(({ type }) => type.split(":").at(-1)).sort()).toEqual([
        "LkeCluster",
        "LkeNodePool",
        "NetworkingIp",
        "ObjectStorageBucket",
      ]);
      expect(found.map(termsOf)).toEqual(found.map(() => terms));
    });
  },
);

describe("a pool that may go", () => {
  it("says so itself, and neither its cluster nor another pool follows", async () => {
    const pool = { type: "g6-standard-2", cpu: "2", memory: "4Gi", nodes: 3 };
    const cluster = ClusterConfig.parse({
      kind: "lke",
      label: "demo",
      version: "1.34",
      linode: { region: "ap-south" },
      pools: { old: { ...pool, data: "delete" }, new: pool },
    });
    const options = await optionsOf(() => new Cluster("cluster", cluster));
    const free = options.filter((one) => isKept(one) && !one.protect).map(({ name }) => name);
    expect(free).toEqual(["cluster-lke-old"]);
  });
});
