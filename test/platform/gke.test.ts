import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { Cluster, type ClusterTerms } from "../../components/platform/cluster.ts";
import { collect, type Collected, find } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";
import { gke, gkeInput } from "./gke-fixtures.ts";
import { poolsOf, turnsOf } from "./pool-turns.ts";

const clusterType = "gcp:container/cluster:Cluster";
const poolType = "gcp:container/nodePool:NodePool";
const addressType = "gcp:compute/address:Address";

const program = (change: Record<string, unknown> = {}, terms: ClusterTerms = {}) =>
  collect(() => {
    const made = new Cluster("cluster", { ...gke(change), ...terms });
    return Object.fromEntries(made.slotAddresses);
  });

/** Inputs of every resource of a type, by their names. */
const inputsOf = ({ resources }: Collected, type: string) =>
  Object.fromEntries(
    resources.filter((one) => one.type === type).map(({ name, inputs }) => [name, inputs]),
  );

describe("a cluster that is made at Google", () => {
  it("enforces network policies, knows pods as themselves, and has no pool of its own", async () => {
    const { inputs } = find(await program(), clusterType, "cluster-gke-cluster");
    expect(inputs).toEqual({
      name: "mini",
      project: "demo-networks",
      location: "us-central1",
      nodeLocations: ["us-central1-b"],
      releaseChannel: { channel: "UNSPECIFIED" },
      network: "default",
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: {},
      datapathProvider: "ADVANCED_DATAPATH",
      workloadIdentityConfig: { workloadPool: "demo-networks.svc.id.goog" },
      initialNodeCount: 1,
      removeDefaultNodePool: true,
      deletionProtection: true,
    });
  });

  it("in a zone does not name that zone again, which Google refuses", async () => {
    const collected = await program({ location: "us-central1-b" });
    const { inputs } = find(collected, clusterType, "cluster-gke-cluster");
    expect(inputs).toMatchObject({ location: "us-central1-b" });
    expect(inputs).not.toHaveProperty("nodeLocations");
    expect(find(collected, poolType, "cluster-gke-default").inputs).toMatchObject({
      location: "us-central1-b",
      nodeLocations: ["us-central1-b"],
    });
  });

  it("lies in the network that is named, with the version that is written down", async () => {
    const change = { network: "spacecraft", subnetwork: "nodes", version: "1.34.1-gke.1829001" };
    const collected = await program(change);
    expect(find(collected, clusterType, "cluster-gke-cluster").inputs).toMatchObject({
      network: "spacecraft",
      subnetwork: "nodes",
      minMasterVersion: "1.34.1-gke.1829001",
    });
    expect(find(collected, poolType, "cluster-gke-default").inputs).toMatchObject({
      version: "1.34.1-gke.1829001",
      management: { autoRepair: false, autoUpgrade: false },
    });
  });

  it("on a channel leaves versions of nodes to Google: both sides would set them for ever", async () => {
    const collected = await program({ channel: "stable", version: "1.34.1-gke.1829001" });
    const { inputs } = find(collected, poolType, "cluster-gke-default");
    expect(inputs).toMatchObject({ management: { autoRepair: true, autoUpgrade: true } });
    expect(inputs).not.toHaveProperty("version");
  });

  it("has its machines' account, which is looked at once: it is that of a pool that is gone by then", async () => {
    const options: Options[] = [];
    const collected = await collect(() => {
      noteOptions(options);
      return new Cluster(
        "cluster",
        gke({ nodeAccount: "nodes@demo-networks.iam.gserviceaccount.com" }),
      );
    });
    const { inputs } = find(collected, clusterType, "cluster-gke-cluster");
    expect(inputs).toMatchObject({
      nodeConfig: { serviceAccount: "nodes@demo-networks.iam.gserviceaccount.com" },
    });
    const ignored = options.map(({ type, ignoreChanges }) => [type, ignoreChanges] as const);
    expect(ignored.filter(([, paths]) => paths.includes("nodeConfig"))).toEqual([
      [clusterType, ["nodeLocations", "nodeConfig"]],
    ]);
  });

  // Google would do it in place: every machine at once, and none where the disks are.
  it("is not moved to another zone, and pools there are other ones, which protection refuses", async () => {
    const options: Options[] = [];
    await collect(() => {
      noteOptions(options);
      return new Cluster("cluster", gke());
    });
    const pools = options.filter(({ type }) => type === poolType);
    expect(pools.length).toBeGreaterThan(1);
    for (const pool of pools) {
      expect(pool).toMatchObject({
        replaceOnChanges: ["nodeLocations"],
        // Both would have one name.
        deleteBeforeReplace: true,
        protect: true,
      });
    }
    const [cluster] = options.filter(({ type }) => type === clusterType);
    expect(cluster).toMatchObject({ ignoreChanges: ["nodeLocations"], protect: true });
  });

  it("is reached by whoever runs the program: no token is kept, and the text is no secret", async () => {
    const { inputs } = find(await program(), "pulumi:providers:kubernetes", "cluster-provider");
    const config = JSON.parse(String(inputs["kubeconfig"])) as Record<string, unknown>;
    expect(config).toMatchObject({
      "current-context": "mini",
      clusters: [{ cluster: { server: "https://198.51.100.200" } }],
      users: [
        {
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1beta1",
              command: "gke-gcloud-auth-plugin",
              // By the log-in that the Google provider has, not by gcloud's own.
              args: ["--use_application_default_credentials"],
              provideClusterInfo: true,
            },
          },
        },
      ],
    });
    expect(inputs).toMatchObject({ clusterIdentifier: "cluster-gke-cluster-id" });
  });
});

describe("pools at Google", () => {
  it("are one of a single node for each slot, marked until it has the slot's address", async () => {
    const pools = inputsOf(await program(), poolType);
    expect(Object.keys(pools).sort()).toEqual([
      "cluster-gke-default",
      "cluster-gke-edge-slot-0",
      "cluster-gke-edge-slot-10",
    ]);
    expect(pools["cluster-gke-edge-slot-10"]).toEqual({
      name: "edge-slot-10",
      cluster: "mini",
      project: "demo-networks",
      location: "us-central1",
      nodeLocations: ["us-central1-b"],
      nodeCount: 1,
      maxPodsPerNode: 110,
      management: { autoRepair: false, autoUpgrade: false },
      // There is one address: a second machine beside the first would wait for it.
      upgradeSettings: { maxSurge: 0, maxUnavailable: 1 },
      nodeConfig: {
        machineType: "e2-standard-2",
        diskSizeGb: 100,
        diskType: "pd-balanced",
        labels: { "fleet/pool": "edge", "fleet/slot": "10" },
        // Google's spelling, not Kubernetes'.
        taints: [{ key: "fleet/address", value: "pending", effect: "NO_SCHEDULE" }],
        tags: ["mini-node", "mini-slot-10"],
        oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
        workloadMetadataConfig: { mode: "GKE_METADATA" },
      },
    });
  });

  it("grow between the number that is said and the most there may be, which excludes a fixed number", async () => {
    const { inputs } = find(await program(), poolType, "cluster-gke-default");
    expect(inputs).toMatchObject({ autoscaling: { minNodeCount: 2, maxNodeCount: 9 } });
    expect(inputs).not.toHaveProperty("nodeCount");
    expect(inputs).not.toHaveProperty("upgradeSettings");
  });

  it("begin with the number that is said: Google keeps to a least one only when it takes nodes away", async () => {
    const options: Options[] = [];
    const collected = await collect(() => {
      noteOptions(options);
      return new Cluster("cluster", gke());
    });
    expect(find(collected, poolType, "cluster-gke-default").inputs).toMatchObject({
      initialNodeCount: 2,
    });
    expect(inputsOf(collected, poolType)["cluster-gke-edge-slot-0"]).not.toHaveProperty(
      "initialNodeCount",
    );
    // Another number later is no other pool.
    const ignored = options
      .filter(({ type }) => type === poolType)
      .map(({ name, ignoreChanges }) => [name, ignoreChanges]);
    expect(Object.fromEntries(ignored)).toEqual({
      "cluster-gke-default": ["initialNodeCount"],
      "cluster-gke-edge-slot-0": [],
      "cluster-gke-edge-slot-10": [],
    });
  });

  it("carry taints, labels, disk and accelerator of the file", async () => {
    const pools = {
      default: {
        type: "n1-standard-8",
        nodes: 3,
        labels: { tier: "gpu" },
        taints: [{ key: "gpu", value: "true", effect: "NoExecute" }],
        disk: { size: "200Gi", type: "pd-ssd" },
        accelerator: { type: "nvidia-tesla-t4", count: 2 },
      },
    };
    const { inputs } = find(await program({ pools }), poolType, "cluster-gke-default");
    expect(inputs).toMatchObject({
      nodeCount: 3,
      nodeConfig: {
        machineType: "n1-standard-8",
        labels: { tier: "gpu", "fleet/pool": "default" },
        taints: [{ key: "gpu", value: "true", effect: "NO_EXECUTE" }],
        diskSizeGb: 200,
        diskType: "pd-ssd",
        guestAccelerators: [{ type: "nvidia-tesla-t4", count: 2 }],
      },
    });
  });
});

describe("a parked network", () => {
  it("has no nodes, and all else of its cluster as it was", async () => {
    const [running, parked] = [await program(), await program({}, { there: "none" })];
    expect(parked.urns).toEqual(running.urns);
    for (const type of [clusterType, addressType]) {
      expect(inputsOf(parked, type)).toEqual(inputsOf(running, type));
    }
    const counts = Object.values(inputsOf(parked, poolType)).map(({ nodeCount, autoscaling }) => [
      nodeCount,
      autoscaling,
    ]);
    expect(counts).toEqual([0, 0, 0].map((count) => [count, undefined]));
  });

  it("has its machines until what runs on them has ended, and nothing waits for them", async () => {
    const options: Options[] = [];
    await collect(() => {
      noteOptions(options);
      const { promise, resolve } = Promise.withResolvers<pulumi.Resource[]>();
      const { provider } = new Cluster("cluster", { ...gke(), there: "none", ended: promise });
      resolve([new ConfigMap("last", {}, { provider })]);
    });
    const found = new Map(options.map((one) => [one.name, one]));
    const pools = options.filter(({ type }) => type === poolType);
    expect(pools).toHaveLength(3);
    for (const { dependencies } of pools) {
      expect(dependencies).toContain(found.get("last")?.urn);
    }
    const urns = pools.map(({ urn }) => urn);
    const waits = found.get("cluster-provider")?.dependencies ?? [];
    expect(waits.filter((urn) => urns.includes(urn))).toEqual([]);
    // Google takes no address back that a machine has.
    expect(found.get("cluster-gke-edge-slot-0")?.dependencies).toEqual(
      expect.arrayContaining([expect.stringContaining(addressType)]),
    );
  });

  it("changes only what Google changes in place: pools outlive it", async () => {
    const [running, parked] = [await program(), await program({}, { there: "none" })].map((one) =>
      inputsOf(one, poolType),
    );
    // The number of the beginning is the provider's to know where it is not said.
    const changing = ["nodeCount", "autoscaling", "initialNodeCount"];
    const lasting = (inputs: object | undefined) =>
      Object.entries(inputs ?? {}).filter(([key]) => !changing.includes(key));
    for (const [name, inputs] of Object.entries(running ?? {})) {
      expect(lasting(parked?.[name])).toEqual(lasting(inputs));
    }
  });
});

describe("a network that is only watched", () => {
  it("falls to one node that grows by itself, and to none in its slots", async () => {
    const pools = inputsOf(await program({}, { there: "one" }), poolType);
    expect(pools["cluster-gke-default"]).toMatchObject({
      autoscaling: { minNodeCount: 1, maxNodeCount: 9 },
    });
    expect(pools["cluster-gke-edge-slot-0"]).toMatchObject({ nodeCount: 0 });
  });
});

describe("addresses of slots", () => {
  it("are reserved in the cluster's region, and found by labels that no other address has", async () => {
    const collected = await program();
    expect(find(collected, addressType, "cluster-slot-10-address").inputs).toEqual({
      name: "mini-slot-10",
      project: "demo-networks",
      region: "us-central1",
      addressType: "EXTERNAL",
      networkTier: "PREMIUM",
      labels: { "fleet-cluster": "mini", "fleet-slot": "10" },
    });
    const labels = Object.values(inputsOf(collected, addressType)).map((one) =>
      JSON.stringify(one["labels"]),
    );
    expect(new Set(labels).size).toBe(2);
  });

  it("keep a name of their own, whatever the cluster is called", async () => {
    const slots = { "0": { address: { kind: "reserved", name: "bootstrap" } } };
    const pools = { ...gkeInput.pools, edge: { type: "e2-standard-2", slots } };
    const collected = await program({ pools });
    expect(find(collected, addressType, "cluster-slot-0-address").inputs).toMatchObject({
      name: "bootstrap",
    });
  });
});

describe.each([
  ["protect", { protect: true, retainOnDelete: true }, true],
  ["retain", { protect: false, retainOnDelete: true }, true],
  ["delete", { protect: false, retainOnDelete: false }, false],
] as const)("what a cluster at Google has, with data: %s", (data, terms, isSwitchedOn) => {
  it("is told to the engine so, and to the provider's own switch", async () => {
    const options: Options[] = [];
    const collected = await collect(() => {
      noteOptions(options);
      return new Cluster("cluster", { ...gke(), data });
    });
    const found = options.filter(({ type }) => [clusterType, poolType, addressType].includes(type));
    expect(found).toHaveLength(6);
    for (const { protect, retainOnDelete } of found) {
      expect({ protect, retainOnDelete }).toEqual(terms);
    }
    const { inputs } = find(collected, clusterType, "cluster-gke-cluster");
    expect(inputs).toMatchObject({ deletionProtection: isSwitchedOn });
  });
});

describe("the node of a slot", () => {
  it("is made after its address, and goes before it: Google takes none back that a machine has", async () => {
    const options: Options[] = [];
    await collect(() => {
      noteOptions(options);
      return new Cluster("cluster", gke({}));
    });
    const waitsForAddresses = options
      .filter(({ type, dependencies }) => {
        return (
          type === poolType && dependencies.filter((urn) => urn.includes(addressType)).length === 2
        );
      })
      .map(({ name }) => name);
    expect(waitsForAddresses).toEqual(["cluster-gke-edge-slot-0", "cluster-gke-edge-slot-10"]);
  });
});

describe("pools whose nodes are exchanged", () => {
  const poolsWith = (terms: ClusterTerms) => poolsOf(poolType, gke(), terms);

  it("go slot by slot: together, all that is dialled by their addresses would be away at once", async () => {
    expect(turnsOf(await poolsWith({}))).toEqual({
      "cluster-gke-default": [],
      "cluster-gke-edge-slot-0": [],
      "cluster-gke-edge-slot-10": ["cluster-gke-edge-slot-0"],
    });
  });

  it("are made together where nobody is there to be disturbed", async () => {
    const turns = turnsOf(await poolsWith({ slotsInTurn: false }));
    expect(Object.values(turns)).toEqual([[], [], []]);
  });

  it("are waited for as long as Google waits for pods that no budget lets go, an hour at each node", async () => {
    const patience = Object.fromEntries(
      (await poolsWith({})).map(({ name, customTimeouts: { update } }) => [name, update]),
    );
    expect(patience).toEqual({
      "cluster-gke-default": "300m",
      "cluster-gke-edge-slot-0": "75m",
      "cluster-gke-edge-slot-10": "75m",
    });
  });
});

describe("a pool of its own policy", () => {
  it("goes while the cluster stays", async () => {
    const options: Options[] = [];
    const pools = { ...gkeInput.pools, more: { type: "e2-standard-4", nodes: 1, data: "delete" } };
    await collect(() => {
      noteOptions(options);
      return new Cluster("cluster", gke({ pools }));
    });
    const open = options.filter(({ type, protect }) => type === poolType && !protect);
    expect(open.map(({ name }) => name)).toEqual(["cluster-gke-more"]);
  });
});
