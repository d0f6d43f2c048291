/** Google's rules: facts/clouds-gke-ingress-tls.md 1, 2 and 8. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { seedStandins } from "../../sandbox/standins/seeds.ts";
import { asText, isBag, unknownValue } from "../../sandbox/standins/values.ts";
import type { Properties } from "../../sandbox/standins/values.ts";
import { Box, subject, within, removeBoxes } from "./box.ts";

afterAll(removeBoxes);

const clusterType = "gcp:container/cluster:Cluster";
const poolType = "gcp:container/nodePool:NodePool";
const addressType = "gcp:compute/address:Address";
const firewallType = "gcp:compute/firewall:Firewall";
const bucketType = "gcp:storage/bucket:Bucket";
const objectType = "gcp:storage/bucketObject:BucketObject";
const memberType = "gcp:storage/bucketIAMMember:BucketIAMMember";
const zone = "europe-west3-a";
const cluster = { name: "c", location: zone, initialNodeCount: 1, deletionProtection: false };
const pool = { cluster: "c", location: zone, name: "p", nodeCount: 1 };
const firewall = {
  network: "default",
  allows: [{ protocol: "tcp", ports: ["443"] }],
  sourceRanges: ["0.0.0.0/0"],
};
const bucket = { name: "fleet-bucket", location: "eu" };
const object = { bucket: "fleet-bucket", name: "a.json", content: "{}" };

describe("what the provider refuses before anything is made", () => {
  it.each<[string, string, Properties, string]>([
    [
      "Kubernetes' taint spelling",
      poolType,
      { ...pool, nodeConfig: { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] } },
      "nodeConfig.taints[0].effect",
    ],
    ["two node counts", poolType, { ...pool, initialNodeCount: 1 }, "initialNodeCount"],
    [
      "a count with autoscaling",
      poolType,
      { ...pool, autoscaling: { minNodeCount: 1, maxNodeCount: 3 } },
      "nodeCount",
    ],
    [
      "two styles of autoscaling",
      poolType,
      { cluster: "c", autoscaling: { minNodeCount: 1, totalMaxNodeCount: 3 } },
      "autoscaling",
    ],
    [
      "a label of Kubernetes' own",
      poolType,
      { ...pool, nodeConfig: { labels: { "node.kubernetes.io/role": "a" } } },
      "nodeConfig.labels.node.kubernetes.io/role",
    ],
    ["a pool name of 41", poolType, { ...pool, name: "a".repeat(41) }, "name"],
    ["capitals in a name", clusterType, { ...cluster, name: "Fleet" }, "name"],
    ["no first node", clusterType, { ...cluster, initialNodeCount: 0 }, "initialNodeCount"],
    [
      "a node version of no pool",
      clusterType,
      { ...cluster, removeDefaultNodePool: true, nodeVersion: "1.34.1-gke.1" },
      "nodeVersion",
    ],
    [
      "policies twice",
      clusterType,
      { ...cluster, datapathProvider: "ADVANCED_DATAPATH", networkPolicy: { enabled: true } },
      "networkPolicy",
    ],
    [
      "a channel that does not exist",
      clusterType,
      { ...cluster, releaseChannel: { channel: "FAST" } },
      "releaseChannel.channel",
    ],
    ["a firewall of no source", firewallType, { ...firewall, sourceRanges: null }, "sourceRanges"],
    [
      "tags with accounts",
      firewallType,
      { ...firewall, targetTags: ["a"], sourceServiceAccounts: ["b"] },
      "targetTags",
    ],
    [
      "capitals in a protocol",
      firewallType,
      { ...firewall, allows: [{ protocol: "TCP" }] },
      "allows[0].protocol",
    ],
    [
      "two families in one rule",
      firewallType,
      { ...firewall, sourceRanges: ["0.0.0.0/0", "::/0"] },
      "sourceRanges",
    ],
    ["a rule that does nothing", firewallType, { network: "default", sourceTags: ["a"] }, "allows"],
    ["content and source", objectType, { bucket: "b", name: "a" }, "content"],
    ["a bucket name of capitals", bucketType, { ...bucket, name: "Fleet" }, "name"],
    [
      "a member of no kind",
      memberType,
      { bucket: "b", role: "roles/a", member: "someone@example.com" },
      "member",
    ],
    ["a role of no path", memberType, { bucket: "b", role: "viewer", member: "allUsers" }, "role"],
    [
      "an account of five letters",
      "gcp:serviceaccount/account:Account",
      { accountId: "abcde" },
      "accountId",
    ],
  ])("%s", async (_, type, inputs, path) => {
    const found = await (await Box.open("gcp")).faults(type, inputs);
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([path]);
  });

  it("not what it does not know yet", async () => {
    const box = await Box.open("gcp");
    expect(
      await box.faults(poolType, { ...pool, cluster: unknownValue, nodeConfig: unknownValue }),
    ).toEqual([]);
    expect(await box.faults(firewallType, { ...firewall, sourceRanges: unknownValue })).toEqual([]);
  });
});

describe("what the API refuses", () => {
  async function withCluster(more: Properties = {}): Promise<Box> {
    const box = await Box.open("gcp");
    await box.make(clusterType, "c", { ...cluster, ...more });
    return box;
  }

  it("switching node upgrades off on a release channel; UNSPECIFIED allows it", async () => {
    const manual = { ...pool, management: { autoUpgrade: false } };
    await expect((await withCluster()).make(poolType, "p", manual)).rejects.toThrow(
      "Auto_upgrade must be true",
    );
    await (
      await withCluster({ releaseChannel: { channel: "UNSPECIFIED" } })
    ).make(poolType, "p", manual);
  });

  it("a pool of no cluster, and one elsewhere", async () => {
    const box = await withCluster();
    await expect(box.make(poolType, "p", { ...pool, cluster: "d" })).rejects.toThrow("404");
    await expect(box.make(poolType, "p", { ...pool, location: "europe-west3-b" })).rejects.toThrow(
      "location",
    );
  });

  it("deleting a protected cluster, until the flag was taken off in an update of its own", async () => {
    const box = await Box.open("gcp");
    const guarded = { name: "c", location: zone, initialNodeCount: 1 };
    const made = await box.make(clusterType, "c", guarded);
    const it = subject(clusterType, "c");
    await expect(box.standIn.delete(it, made.id)).rejects.toThrow("deletion_protection");
    await box.update(clusterType, "c", made.id, guarded, { ...guarded, deletionProtection: false });
    await box.standIn.delete(it, made.id);
    expect(await box.standIn.read(it, made.id, {})).toBeUndefined();
  });

  it("a cluster that lists its own zone, one of no first node, one without location", async () => {
    const box = await Box.open("gcp");
    const own = { ...cluster, nodeLocations: [zone] };
    await expect(box.make(clusterType, "c", own)).rejects.toThrow("extra zones only");
    await expect(box.make(clusterType, "c", { name: "c", location: zone })).rejects.toThrow(
      "greater than zero",
    );
    const nowhere = await Box.open("gcp", { zone: null, region: null });
    await expect(
      nowhere.make(clusterType, "c", { name: "c", initialNodeCount: 1 }),
    ).rejects.toThrow("location");
  });

  it("another project's workload pool", async () => {
    const box = await Box.open("gcp");
    const inputs = { ...cluster, workloadIdentityConfig: { workloadPool: "other.svc.id.goog" } };
    await expect(box.make(clusterType, "c", inputs)).rejects.toThrow("fleet-sandbox.svc.id.goog");
  });

  it("a role for pods of a project that has had no cluster with identities of pods yet", async () => {
    const box = await Box.open("gcp");
    const account = await box.make("gcp:serviceaccount/account:Account", "a", {
      accountId: "keeper",
    });
    const login = (member: string) =>
      box.make("gcp:serviceaccount/iAMMember:IAMMember", member, {
        ...{ serviceAccountId: account.id, role: "roles/iam.workloadIdentityUser", member },
      });
    const pods = "serviceAccount:fleet-sandbox.svc.id.goog[a/b]";
    await box.make(clusterType, "plain", { ...cluster, name: "plain" });
    await expect(login(pods)).rejects.toThrow(
      "Identity Pool does not exist (fleet-sandbox.svc.id.goog)",
    );
    await expect(login("user:somebody@example.org")).resolves.toBeDefined();
    await box.make(clusterType, "c", {
      ...cluster,
      workloadIdentityConfig: { workloadPool: "fleet-sandbox.svc.id.goog" },
    });
    await expect(login(pods)).resolves.toBeDefined();
  });

  it("an object without content, or without bucket", async () => {
    const box = await Box.open("gcp");
    await expect(box.make(objectType, "o", object)).rejects.toThrow("does not exist");
    await box.make(bucketType, "b", bucket);
    await expect(box.make(objectType, "o", { ...object, content: "" })).rejects.toThrow(
      "counts as missing",
    );
  });

  it("destroying a bucket with objects, unless forced", async () => {
    for (const forceDestroy of [false, true]) {
      const box = await Box.open("gcp");
      const { id } = await box.make(bucketType, "b", { ...bucket, forceDestroy });
      await box.make(objectType, "o", object);
      const deletion = box.standIn.delete(subject(bucketType, "b"), id);
      if (forceDestroy) await expect(deletion).resolves.toBeUndefined();
      else await expect(deletion).rejects.toThrow("containing objects");
    }
  });

  it("public reading where prevention is enforced", async () => {
    const box = await Box.open("gcp");
    await box.make(bucketType, "b", { ...bucket, publicAccessPrevention: "enforced" });
    const member = {
      bucket: "fleet-bucket",
      role: "roles/storage.objectViewer",
      member: "allUsers",
    };
    await expect(box.make(memberType, "m", member)).rejects.toThrow("prevention is enforced");
  });

  it("a resource of no project", async () => {
    const box = await Box.open("gcp", { project: null });
    await expect(box.make(addressType, "a", { region: "r" })).rejects.toThrow(
      "project: required field",
    );
  });
});

describe("what a change replaces", () => {
  it.each<[string, Properties, Properties, string[]]>([
    [clusterType, cluster, { description: "a" }, ["description"]],
    [clusterType, cluster, { initialNodeCount: 2 }, ["initialNodeCount"]],
    [
      clusterType,
      { ...cluster, enableL4IlbSubsetting: true },
      { enableL4IlbSubsetting: false },
      ["enableL4IlbSubsetting"],
    ],
    [clusterType, cluster, { enableL4IlbSubsetting: true }, []],
    [clusterType, cluster, { releaseChannel: { channel: "STABLE" } }, []],
    [poolType, pool, { nodeConfig: { spot: true } }, ["nodeConfig.spot"]],
    [poolType, pool, { nodeConfig: { machineType: "e2-standard-8", labels: { a: "b" } } }, []],
    [addressType, { name: "a" }, { description: "b" }, ["description"]],
    [addressType, { name: "a" }, { labels: { a: "b" } }, []],
    [firewallType, { ...firewall, name: "f" }, { direction: "EGRESS" }, ["direction"]],
    [firewallType, { ...firewall, name: "f" }, { sourceRanges: ["192.0.2.0/24"] }, []],
    [objectType, object, { content: "[]" }, []],
    [objectType, object, { contentType: "application/json" }, ["contentType"]],
    [bucketType, bucket, { location: "us" }, ["location"]],
    [bucketType, bucket, { versioning: { enabled: true } }, []],
  ])("%s %j with %j", async (type, olds, change, replaces) => {
    const box = await Box.open("gcp");
    const difference = await box.diff(type, olds, { ...olds, ...change });
    expect(difference.replaces).toEqual(replaces);
    expect(difference.changes.length).toBeGreaterThan(0);
  });

  it("is not a pool whose first number is said no more: the provider knows it", async () => {
    const scaling = { cluster: "c", name: "p", autoscaling: { minNodeCount: 2, maxNodeCount: 5 } };
    const box = await Box.open("gcp");
    const replacesOf = async (olds: Properties, news: Properties) =>
      (await box.diff(poolType, olds, news)).replaces;
    const begun = { ...scaling, initialNodeCount: 2 };
    expect(await replacesOf(begun, { ...begun, initialNodeCount: 3 })).toEqual([
      "initialNodeCount",
    ]);
    expect(await replacesOf(begun, { ...pool, nodeCount: 0 })).not.toContain("initialNodeCount");
  });

  it("deletes first where the program fixed the name, and last where Pulumi made it", async () => {
    const box = await Box.open("gcp");
    const change = { description: "b" };
    expect(
      (await box.diff(addressType, { name: "a" }, { name: "a", ...change })).deleteBeforeReplace,
    ).toBe(true);
    expect((await box.diff(addressType, {}, change)).deleteBeforeReplace).toBe(false);
    expect((await box.diff(addressType, { name: "a" }, { name: "b" })).deleteBeforeReplace).toBe(
      false,
    );
  });

  it("opening a port to nobody is no change: the port stays open", async () => {
    const box = await Box.open("gcp");
    const tagged = { ...firewall, name: "f", sourceTags: ["a"] };
    expect((await box.diff(firewallType, tagged, { ...tagged, sourceRanges: [] })).changes).toEqual(
      [],
    );
  });
});

describe("what Google gives", () => {
  it("names with a tail of seven digits, kept over updates", async () => {
    const box = await Box.open("gcp");
    const it = subject(addressType, "edge");
    const first = await box.standIn.check(it, {}, {}, "seed");
    expect(first.inputs["name"]).toMatch(/^edge-[0-9a-f]{7}$/);
    const later = await box.standIn.check(it, first.inputs, { labels: { a: "b" } }, "another seed");
    expect(later.inputs["name"]).toBe(first.inputs["name"]);
  });

  it("ids as paths, locations in capitals, a generation that grows with each content", async () => {
    const box = await Box.open("gcp");
    const address = await box.make(addressType, "a", { name: "edge" });
    expect(address.id).toBe("projects/fleet-sandbox/regions/europe-west3/addresses/edge");
    expect(asText(address.properties["address"])).toMatch(/^198\.51\.100\.\d+$/);
    expect((await box.make(bucketType, "b", bucket)).properties["location"]).toBe("EU");
    const made = await box.make(objectType, "o", object);
    const same = await box.update(objectType, "o", made.id, object, {
      ...object,
      deletionPolicy: "DELETE",
    });
    expect(same["generation"]).toBe(made.properties["generation"]);
    const after = await box.update(objectType, "o", made.id, object, { ...object, content: "[]" });
    expect(Number(after["generation"])).toBeGreaterThan(Number(made.properties["generation"]));
    expect(after["md5hash"]).toBe("11FxOYiYfpMxmANj4kGJzg==");
  });

  it("a preview of an update that knows what stays, and not what will move", async () => {
    const box = await Box.open("gcp");
    await box.make(bucketType, "b", bucket);
    const made = await box.make(objectType, "o", object);
    const held = { inputs: made.checked, properties: made.properties };
    const news = { ...object, content: "[]" };
    const plan = await box.standIn.update(subject(objectType, "o"), made.id, held, news, true);
    expect(plan["generation"]).toBe(unknownValue);
    expect(plan["selfLink"]).toBe(made.properties["selfLink"]);
    const read = await box.standIn.read(subject(objectType, "o"), made.id, made.checked);
    expect(read?.properties["generation"]).toBe(made.properties["generation"]);
  });

  it("versions that only go up", async () => {
    const box = await Box.open("gcp");
    const made = await box.make(clusterType, "c", cluster);
    const floor = { ...cluster, minMasterVersion: "1.20.0-gke.1" };
    const after = await box.update(clusterType, "c", made.id, cluster, floor);
    expect(after["masterVersion"]).toBe(made.properties["masterVersion"]);
    const newer = { ...cluster, minMasterVersion: "1.99.0-gke.1" };
    expect((await box.update(clusterType, "c", made.id, floor, newer))["masterVersion"]).toBe(
      "1.99.0-gke.1",
    );
  });

  it("the sandbox's own control plane behind a cluster's endpoint", async () => {
    const box = await Box.open("gcp");
    const kubeconfig = join(box.folder, "kubeconfig.yaml");
    writeFileSync(
      kubeconfig,
      "clusters:\n- name: a\n  cluster:\n    server: https://127.0.0.1:6443\n    certificate-authority-data: Q0E=\n",
    );
    await seedStandins(box.folder, { kubeconfig });
    const { properties } = await box.make(clusterType, "c", cluster);
    expect(properties["endpoint"]).toBe("127.0.0.1:6443");
    expect(within(properties, "masterAuth")["clusterCaCertificate"]).toBe("Q0E=");
  });

  it("look-ups: an address by name, versions by prefix, who is working", async () => {
    const box = await Box.open("gcp");
    await box.make(addressType, "a", { name: "edge" });
    const found = await box.ask("gcp:compute/getAddress:getAddress", { name: "edge" });
    expect(found).toMatchObject({ name: "edge", status: "RESERVED" });
    const versions = await box.ask("gcp:container/getEngineVersions:getEngineVersions", {
      versionPrefix: "1.33.",
    });
    expect(versions["latestMasterVersion"]).toMatch(/^1\.33\./);
    const who = await box.ask("gcp:organizations/getClientConfig:getClientConfig", {});
    expect(who["project"]).toBe("fleet-sandbox");
    expect(isBag(who["accessToken"])).toBe(true);
  });
});
