/** Linode's rules: facts/clouds-linode-cloudflare-docker.md 1 to 3 and 6. */
import { afterAll, describe, expect, it } from "vitest";
import { StandIn } from "../../sandbox/standins/plugin.ts";
import { loadRules } from "../../sandbox/standins/rules/index.ts";
import { loadSchema } from "../../sandbox/standins/schema.ts";
import { asText, isSecret, plain, unknownValue } from "../../sandbox/standins/values.ts";
import type { Properties } from "../../sandbox/standins/values.ts";
import { Box, removeBoxes } from "./box.ts";

afterAll(removeBoxes);

const type = (name: string): string =>
  `linode:index/${name}:${name.replace(/^./, (c) => c.toUpperCase())}`;
const rule = { label: "web", action: "ACCEPT", protocol: "TCP", ports: "80", ipv4s: ["0.0.0.0/0"] };
const firewall = { label: "edge", inboundPolicy: "DROP", outboundPolicy: "ACCEPT" };
const pool = { type: "g6-standard-2", count: 1 };
const cluster = { label: "c", region: "ap-south", k8sVersion: "1.34", pools: [pool] };
const zone = { domain: "example.com", type: "master", soaEmail: "a@example.com" };

describe("what the provider refuses before anything is made", () => {
  it.each<[string, string, Properties, string]>([
    ["a master without mail", "domain", { domain: "a.b", type: "master" }, "soaEmail"],
    ["a slave without masters", "domain", { domain: "a.b", type: "slave" }, "masterIps"],
    [
      "an SRV with a name",
      "domainRecord",
      { domainId: 1, recordType: "SRV", target: "a", name: "x", service: "s", protocol: "tcp" },
      "name",
    ],
    [
      "a tag that is not CAA's",
      "domainRecord",
      { domainId: 1, recordType: "A", target: "a", tag: "issue" },
      "tag",
    ],
    [
      "a priority beyond 255",
      "domainRecord",
      { domainId: 1, recordType: "MX", target: "a", priority: 256 },
      "priority",
    ],
    [
      "user data beyond 16 KiB",
      "instance",
      { region: "ap-south", metadatas: [{ userData: "QUFB".repeat(4_097) }] },
      "metadatas[0].userData",
    ],
    [
      "an object for whomever",
      "objectStorageObject",
      { bucket: "b", key: "k", content: "a", acl: "world" },
      "acl",
    ],
    ["a balancer without region", "nodeBalancer", { label: "edge" }, "region"],
    ["a short label", "nodeBalancer", { label: "e", region: "ap-south" }, "label"],
    ["a udp port", "nodeBalancerConfig", { nodebalancerId: 1, protocol: "udp" }, "protocol"],
    [
      "PROXY over http",
      "nodeBalancerConfig",
      { nodebalancerId: 1, proxyProtocol: "v2" },
      "proxyProtocol",
    ],
    [
      "https without key",
      "nodeBalancerConfig",
      { nodebalancerId: 1, protocol: "https", sslCert: "c" },
      "sslKey",
    ],
    [
      "a public backend",
      "nodeBalancerNode",
      { nodebalancerId: 1, configId: 1, label: "a", address: "192.0.2.1:80" },
      "address",
    ],
    ["a firewall label of two", "firewall", { ...firewall, label: "ab" }, "label"],
    [
      "a policy in small letters",
      "firewall",
      { ...firewall, inboundPolicy: "drop" },
      "inboundPolicy",
    ],
    [
      "a bare address",
      "firewall",
      { ...firewall, inbounds: [{ ...rule, ipv4s: ["192.0.2.1"] }] },
      "inbounds[0].ipv4s[0]",
    ],
    [
      "an empty list",
      "firewall",
      { ...firewall, inbounds: [{ ...rule, ipv6s: [] }] },
      "inbounds[0].ipv6s",
    ],
    [
      "ports of ICMP",
      "firewall",
      { ...firewall, inbounds: [{ ...rule, protocol: "ICMP" }] },
      "inbounds[0].ports",
    ],
    ["an extra address of no machine", "networkingIp", { type: "ipv4" }, "linodeId"],
    ["a reserved address of no region", "networkingIp", { reserved: true }, "region"],
    ["a patch version", "lkeCluster", { ...cluster, k8sVersion: "1.34.1" }, "k8sVersion"],
    ["no pool", "lkeCluster", { ...cluster, pools: [] }, "pools"],
    [
      "Google's taint spelling",
      "lkeCluster",
      {
        ...cluster,
        pools: [{ ...pool, taints: [{ key: "a", value: "b", effect: "NO_SCHEDULE" }] }],
      },
      "pools[0].taints[0].effect",
    ],
    ["a pool of no size", "lkeNodePool", { clusterId: 1, type: "g6-standard-2" }, "nodeCount"],
    [
      "two places of a bucket",
      "objectStorageBucket",
      { label: "abc", region: "r", cluster: "c" },
      "region",
    ],
    [
      "two bodies of an object",
      "objectStorageObject",
      { bucket: "b", key: "k", content: "a", source: "b" },
      "content",
    ],
    [
      "image and disks",
      "instance",
      { region: "r", image: "i", disks: [{ label: "a", size: 1 }] },
      "disks",
    ],
    [
      "user data in clear",
      "instance",
      { region: "r", metadatas: [{ userData: "#cloud-config\n%" }] },
      "metadatas[0].userData",
    ],
    ["a volume of nowhere", "volume", { label: "v" }, "region"],
  ])("%s", async (_, kind, inputs, path) => {
    const found = await (await Box.open("linode")).faults(type(kind), inputs);
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([path]);
  });

  it("takes values it does not know yet for what they may become", async () => {
    const box = await Box.open("linode");
    const record = {
      domainId: unknownValue,
      recordType: "A",
      name: unknownValue,
      target: unknownValue,
    };
    expect(await box.faults(type("domainRecord"), record)).toEqual([]);
    const unknownRules = {
      ...firewall,
      label: unknownValue,
      inbounds: [{ ...rule, ipv4s: unknownValue }],
    };
    expect(await box.faults(type("firewall"), unknownRules)).toEqual([]);
    expect(await box.faults(type("lkeCluster"), { ...cluster, pools: unknownValue })).toEqual([]);
  });
});

describe("what a change replaces", () => {
  it.each<[string, Properties, Properties, string[]]>([
    [
      "domainRecord",
      { domainId: 1, recordType: "A", target: "1.2.3.4" },
      { domainId: 2 },
      ["domainId"],
    ],
    [
      "domainRecord",
      { domainId: 1, recordType: "A", target: "1.2.3.4" },
      { target: "1.2.3.5" },
      [],
    ],
    ["nodeBalancer", { region: "ap-south" }, { region: "eu-west" }, ["region"]],
    ["nodeBalancer", { region: "ap-south" }, { firewallId: 3 }, ["firewallId"]],
    ["nodeBalancer", { region: "ap-south" }, { label: "other" }, []],
    ["lkeCluster", cluster, { tier: "enterprise", k8sVersion: "v1.31.8+lke5" }, ["tier"]],
    ["lkeCluster", cluster, { k8sVersion: "1.35" }, []],
    ["lkeNodePool", { clusterId: 1, type: "a", nodeCount: 1 }, { type: "b" }, ["type"]],
    ["lkeNodePool", { clusterId: 1, type: "a", nodeCount: 1 }, { nodeCount: 2 }, []],
    [
      "instance",
      { region: "r", metadatas: [{ userData: "YQ==" }] },
      { metadatas: [{ userData: "Yg==" }] },
      ["metadatas[0].userData"],
    ],
    ["instance", { region: "r", type: "a" }, { type: "b" }, []],
    ["networkingIp", { linodeId: 1 }, { linodeId: 2 }, ["linodeId"]],
    ["networkingIp", { reserved: true, linodeId: 1 }, { linodeId: 2 }, []],
    ["volume", { label: "v", region: "a" }, { encryption: "enabled" }, ["encryption"]],
    ["firewall", firewall, { label: "other" }, []],
    [
      "objectStorageKey",
      { label: "k", bucketAccesses: [{ bucketName: "b", permissions: "read_only", region: "r" }] },
      { bucketAccesses: [{ bucketName: "b", permissions: "read_write", region: "r" }] },
      ["bucketAccesses[0].permissions"],
    ],
  ])("%s %j with %j", async (kind, olds, change, replaces) => {
    const difference = await (
      await Box.open("linode")
    ).diff(type(kind), olds, { ...olds, ...change });
    expect(difference.replaces).toEqual(replaces);
    expect(difference.changes.length).toBeGreaterThan(0);
  });

  it("a parent that is replaced replaces what hangs on its id", async () => {
    const olds = { domainId: 1, recordType: "A", target: "1.2.3.4" };
    const box = await Box.open("linode");
    const { replaces } = await box.diff(type("domainRecord"), olds, {
      ...olds,
      domainId: unknownValue,
    });
    expect(replaces).toEqual(["domainId"]);
  });

  it("the order of what the cloud keeps as a set does not matter, the order of pools does", async () => {
    const box = await Box.open("linode");
    const tagged = await box.diff(
      type("firewall"),
      {
        ...firewall,
        tags: ["a", "b"],
        inbounds: [{ ...rule, ipv4s: ["0.0.0.0/1", "128.0.0.0/1"] }],
      },
      {
        ...firewall,
        tags: ["b", "a"],
        inbounds: [{ ...rule, ipv4s: ["128.0.0.0/1", "0.0.0.0/1"] }],
      },
    );
    expect(tagged.changes).toEqual([]);
    const pools = [pool, { type: "g6-standard-8", count: 1 }];
    const turned = await box.diff(
      type("lkeCluster"),
      { ...cluster, pools },
      { ...cluster, pools: [...pools].reverse() },
    );
    expect(turned.changes.map(({ path }) => path)).toEqual(["pools[0].type", "pools[1].type"]);
  });
});

describe("what the API refuses", () => {
  it("a record in a domain that is not there", async () => {
    const box = await Box.open("linode");
    const record = { domainId: 12, recordType: "A", target: "192.0.2.1" };
    await expect(box.make(type("domainRecord"), "r", record)).rejects.toThrow("no Domain 12");
  });

  it("an address that is none", async () => {
    const box = await Box.open("linode");
    const { id } = await box.make(type("domain"), "zone", zone);
    const record = { domainId: Number(id), recordType: "A", target: "www.example.com" };
    await expect(box.make(type("domainRecord"), "r", record)).rejects.toThrow("IPv4");
  });

  it("a second balancer, firewall, cluster or domain of one label", async () => {
    const box = await Box.open("linode");
    const twice: [string, Properties][] = [
      ["domain", zone],
      ["nodeBalancer", { region: "ap-south", label: "edge" }],
      ["firewall", firewall],
      ["lkeCluster", cluster],
    ];
    for (const [kind, inputs] of twice) {
      await box.make(type(kind), "one", inputs);
      await expect(box.make(type(kind), "two", inputs)).rejects.toThrow(/unique|exists/);
    }
  });

  it("more than 25 rules, both directions together", async () => {
    const box = await Box.open("linode");
    const rules = (count: number): Properties[] => Array.from({ length: count }, () => rule);
    const inputs = { ...firewall, inbounds: rules(20), outbounds: rules(6) };
    await expect(box.make(type("firewall"), "f", inputs)).rejects.toThrow("26 rules");
  });

  it("a second enabled firewall on one balancer", async () => {
    const box = await Box.open("linode");
    const { id } = await box.make(type("nodeBalancer"), "b", { region: "ap-south" });
    const nodebalancers = [Number(id)];
    await box.make(type("firewall"), "one", { ...firewall, nodebalancers });
    const other = { ...firewall, label: "two", nodebalancers };
    await expect(box.make(type("firewall"), "two", other)).rejects.toThrow("one is all it takes");
    await box.make(type("firewall"), "three", { ...other, label: "off", disabled: true });
  });

  it("turning high availability off, and the enterprise tier without the beta API", async () => {
    const box = await Box.open("linode");
    const high = { ...cluster, controlPlane: { highAvailability: true } };
    const { id } = await box.make(type("lkeCluster"), "c", high);
    await expect(box.update(type("lkeCluster"), "c", id, high, cluster)).rejects.toThrow(
      "turned off",
    );
    const enterprise = { ...cluster, label: "e", tier: "enterprise", k8sVersion: "v1.31.8+lke5" };
    await expect(box.make(type("lkeCluster"), "e", enterprise)).rejects.toThrow("v4beta");
    const beta = await Box.open("linode", { apiVersion: "v4beta" });
    await beta.make(type("lkeCluster"), "e", enterprise);
  });

  it("deleting a bucket that is not empty, unless the provider is told to", async () => {
    for (const [force, outcome] of [
      ["false", "rejects"],
      ["true", "resolves"],
    ] as const) {
      const box = await Box.open("linode", {
        objBucketForceDelete: force,
        objUseTempKeys: "true",
      });
      const bucket = { label: "fleet-bucket", region: "ap-south" };
      const { id } = await box.make(type("objectStorageBucket"), "b", bucket);
      await box.make(type("objectStorageObject"), "o", {
        bucket: "fleet-bucket",
        key: "k",
        content: "a",
      });
      const it = { type: type("objectStorageBucket"), urn: "urn", name: "b" };
      const deletion = box.standIn.delete(it, id);
      if (outcome === "rejects") await expect(deletion).rejects.toThrow("not empty");
      else await expect(deletion).resolves.toBeUndefined();
    }
  });
});

describe("what the API refuses of machines and objects", () => {
  const reserve = (box: Box, region = "ap-south") =>
    box.make(type("networkingIp"), `address-${region}`, { reserved: true, region, type: "ipv4" });
  const machine = (label: string, address: string) => ({
    label,
    region: "ap-south",
    image: "linode/debian12",
    ipv4s: [address],
  });

  it("a reserved address that another machine still has: the old one must go first", async () => {
    const box = await Box.open("linode");
    const { id } = await reserve(box);
    const made = await box.make(type("instance"), "one", machine("ns1", id));
    expect(made.properties["ipv4s"]).toEqual([id]);
    const second = box.make(type("instance"), "two", machine("ns2", id));
    await expect(second).rejects.toThrow(`assigned to Linode ${made.id} already`);
    await box.standIn.delete({ type: type("instance"), urn: "urn", name: "one" }, made.id);
    const third = await box.make(type("instance"), "three", machine("ns3", id));
    expect(third.properties["ipv4s"]).toEqual([id]);
  });

  it("an address that is not reserved, or reserved in another region", async () => {
    const box = await Box.open("linode");
    const stray = box.make(type("instance"), "one", machine("ns1", "192.0.2.77"));
    await expect(stray).rejects.toThrow("192.0.2.77 is not reserved");
    const { id } = await reserve(box, "eu-west");
    const far = box.make(type("instance"), "two", machine("ns2", id));
    await expect(far).rejects.toThrow("is reserved in eu-west, not in ap-south");
  });

  it("a machine behind a firewall that is not there", async () => {
    const box = await Box.open("linode");
    const inputs = { label: "ns1", region: "ap-south", firewallId: 4_711 };
    await expect(box.make(type("instance"), "one", inputs)).rejects.toThrow("4711");
  });

  it("an object without S3 keys", async () => {
    const object = { bucket: "fleet-zones", key: "k", content: "a" };
    const bucket = { label: "fleet-zones", region: "ap-south" };
    const bare = await Box.open("linode");
    await bare.make(type("objectStorageBucket"), "b", bucket);
    await expect(bare.make(type("objectStorageObject"), "o", object)).rejects.toThrow("S3 keys");
    const keyed = await Box.open("linode", { objUseTempKeys: "true" });
    await keyed.make(type("objectStorageBucket"), "b", bucket);
    expect((await keyed.make(type("objectStorageObject"), "o", object)).id).toBe("fleet-zones/k");
  });
});

describe("what Linode does silently", () => {
  it.each([
    [0, 0],
    [30, 30],
    [60, 120],
    [600, 3600],
    [86_400, 86_400],
  ])("rounds a time to live of %i up to %i", async (wish, made) => {
    const box = await Box.open("linode");
    const { id } = await box.make(type("domain"), "zone", zone);
    const record = { domainId: Number(id), recordType: "A", target: "192.0.2.1", ttlSec: wish };
    expect((await box.make(type("domainRecord"), "r", record)).properties["ttlSec"]).toBe(made);
  });

  it("builds the name of an SRV record", async () => {
    const box = await Box.open("linode");
    const { id } = await box.make(type("domain"), "zone", zone);
    const record = {
      domainId: Number(id),
      recordType: "SRV",
      target: "a.example.com",
      service: "sip",
      protocol: "tcp",
    };
    expect((await box.make(type("domainRecord"), "r", record)).properties["name"]).toBe(
      "_sip._tcp",
    );
  });

  it("deletes a domain's records with it, and a cluster's undeclared pools with its next update", async () => {
    const box = await Box.open("linode");
    const domain = await box.make(type("domain"), "zone", zone);
    const record = await box.make(type("domainRecord"), "r", {
      domainId: Number(domain.id),
      recordType: "A",
      target: "192.0.2.1",
    });
    await box.standIn.delete({ type: type("domain"), urn: "u", name: "zone" }, domain.id);
    const gone = { type: type("domainRecord"), urn: "u", name: "r" };
    expect(await box.standIn.read(gone, record.id, {})).toBeUndefined();

    const exempting = { ...cluster, externalPoolTags: ["keep"] };
    const made = await box.make(type("lkeCluster"), "c", exempting);
    const clusterId = Number(made.id);
    const kept = await box.make(type("lkeNodePool"), "kept", {
      clusterId,
      type: "a",
      nodeCount: 1,
      tags: ["keep"],
    });
    const lost = await box.make(type("lkeNodePool"), "lost", {
      clusterId,
      type: "a",
      nodeCount: 1,
    });
    await box.update(type("lkeCluster"), "c", made.id, exempting, { ...exempting, label: "d" });
    const look = (id: string) =>
      box.standIn.read({ type: type("lkeNodePool"), urn: "u", name: "p" }, id, {});
    expect(await look(kept.id)).toBeDefined();
    expect(await look(lost.id)).toBeUndefined();
  });

  it("recycles every node when the version changes: other machines, other addresses", async () => {
    const box = await Box.open("linode");
    const made = await box.make(type("lkeCluster"), "c", cluster);
    const upgraded = { ...cluster, k8sVersion: "1.35" };
    const after = await box.update(type("lkeCluster"), "c", made.id, cluster, upgraded);
    expect(JSON.stringify(after["pools"])).not.toBe(JSON.stringify(made.properties["pools"]));
    const renamed = await box.update(type("lkeCluster"), "c", made.id, upgraded, {
      ...upgraded,
      label: "d",
    });
    expect(renamed["pools"]).toEqual(after["pools"]);
  });
});

describe("what Linode gives", () => {
  it("decimal ids, addresses of documentation ranges, and no two alike", async () => {
    const box = await Box.open("linode");
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        box.make(type("nodeBalancer"), `b${n}`, { region: "ap-south", label: `edge-${n}` }),
      ),
    );
    expect(made.every(({ id }) => /^[1-9]\d{7}$/.test(id))).toBe(true);
    expect(new Set(made.map(({ id }) => id)).size).toBe(40);
    const addresses = made.map(({ properties }) => asText(properties["ipv4"]));
    expect(new Set(addresses).size).toBe(40);
    expect(addresses.every((address) => address.startsWith("192.0.2."))).toBe(true);
  });

  it("another address to a balancer that is made again", async () => {
    const box = await Box.open("linode");
    const inputs = { region: "ap-south", label: "edge" };
    const first = await box.make(type("nodeBalancer"), "b", inputs);
    await box.standIn.delete({ type: type("nodeBalancer"), urn: "u", name: "b" }, first.id);
    const second = await box.make(type("nodeBalancer"), "b", inputs);
    expect(second.id).not.toBe(first.id);
    expect(second.properties["ipv4"]).not.toBe(first.properties["ipv4"]);
  });

  it("a kubeconfig as a base64 secret", async () => {
    const box = await Box.open("linode");
    const { properties } = await box.make(type("lkeCluster"), "c", cluster);
    const kubeconfig = properties["kubeconfig"];
    expect(isSecret(kubeconfig)).toBe(true);
    const text = Buffer.from(asText(plain(kubeconfig ?? null)), "base64").toString();
    expect(JSON.parse(text)).toMatchObject({ kind: "Config", apiVersion: "v1" });
  });

  it("look-ups by name that fail for what is not there, and lists that filter", async () => {
    const box = await Box.open("linode");
    const lookUp = (domain: string) => box.ask("linode:index/getDomain:getDomain", { domain });
    await expect(lookUp("example.com")).rejects.toThrow("example.com was not found");
    const { id } = await box.make(type("domain"), "zone", zone);
    expect(await lookUp("example.com")).toMatchObject({
      id: Number(id),
      type: "master",
      status: "active",
    });
    await box.make(type("instance"), "a", { region: "ap-south", label: "alpha" });
    await box.make(type("instance"), "b", { region: "ap-south", label: "beta" });
    const filters = [{ name: "label", values: ["alp"], matchBy: "substring" }];
    const { instances } = await box.ask("linode:index/getInstances:getInstances", { filters });
    expect(instances).toMatchObject([{ label: "alpha", region: "ap-south" }]);
  });

  it("a token from the environment will do, as live", async () => {
    const rules = await loadRules("linode");
    const standIn = new StandIn("linode", loadSchema("linode"), rules, "/nowhere", {
      LINODE_TOKEN: "throw-away",
    });
    expect(standIn.checkConfig({})).toEqual([]);
  });

  it("a token is needed, as live", async () => {
    const { standIn } = await Box.open("linode");
    expect(standIn.checkConfig({}).map(({ path }) => path)).toEqual(["token"]);
    expect(standIn.checkConfig({ token: unknownValue, version: "5.1.1" })).toEqual([]);
    const paths = standIn.checkConfig({
      token: "x",
      skipInstanceReadyPoll: "true",
      eventPollMs: '"soon"',
    });
    expect(paths.map(({ path }) => path)).toEqual(["eventPollMs"]);
  });
});
