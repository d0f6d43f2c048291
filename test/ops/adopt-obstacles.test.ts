/**
 * What stops `make adopt`, and what it keeps to itself: pure decisions and answers of servers made for it. That an
 * engine and an API server agree is shown by test/e2e/adopt-production.e2e.test.ts.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { Api, linodeTerms } from "../../ops/adopt/api.ts";
import { keepBalancer } from "../../ops/adopt/balancers.ts";
import { claimFault, diskFault } from "../../ops/adopt/claims.ts";
import { type CloudThing, decideImports, decideThings } from "../../ops/adopt/clouds.ts";
import { decideCompanions } from "../../ops/adopt/companions.ts";
import { declared } from "../../ops/adopt/declare.ts";
import type { Decision } from "../../ops/adopt/decision.ts";
import { passedOn } from "../../ops/adopt/managers.ts";
import { withoutOpenValues } from "../../ops/adopt/open-values.ts";
import type { LiveObject } from "../../ops/adopt/kubernetes.ts";
import { portFault } from "../../ops/adopt/node-ports.ts";
import { ownerFault, ownerNote } from "../../ops/adopt/owners.ts";
import { decidePools } from "../../ops/adopt/pools.ts";
import { type Planned, readPreview } from "../../ops/adopt/preview.ts";
import { leavePods } from "../../ops/adopt/side-by-side.ts";
import { diagnosticsIn } from "../../ops/diagnostics.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const clusterType = "linode:index/lkeCluster:LkeCluster";
const poolType = "linode:index/lkeNodePool:LkeNodePool";
const balancerType = "linode:index/nodeBalancer:NodeBalancer";

const planned = (type: string, name: string, inputs: Record<string, unknown>): Planned => ({
  urn: `urn:pulumi:prod::fleet::${type}::${name}`,
  ...{ type, name, custom: true, parent: undefined, provider: undefined, inputs, ignored: [] },
});

const brief = (decisions: readonly Decision[]): readonly (readonly string[])[] =>
  decisions.map(({ verdict, what, why }) => [verdict, what, why]);

describe("a cluster's pools", () => {
  const cluster = planned(clusterType, "lke", {
    label: "prod",
    pools: [{ type: "g6-standard-1", count: 1 }],
  });
  const taken = [{ verdict: "adopted", what: "", why: "", planned: cluster, id: "7" }] as const;
  const wish = (type: string, labels: Record<string, string>, nodeCount = 1) =>
    planned(poolType, JSON.stringify(labels), { clusterId: unknown, type, nodeCount, labels });
  const live = (id: string, type: string, more: Record<string, unknown> = {}): CloudThing => ({
    type: poolType,
    id: `7,${id}`,
    inputs: { clusterId: "7", type, nodeCount: 1, labels: {}, tags: ["fleet"], ...more },
  });
  const base = live("1", "g6-standard-1", { tags: [] });
  const decide = (wanted: readonly Planned[], things: readonly CloudThing[]) =>
    brief(decidePools([cluster, ...wanted], things, taken));

  it("are told apart by their labels, or by a size that one alone has", () => {
    const slot = { "fleet/pool": "dmsg", "fleet/slot": "1" };
    const wanted = [
      wish("g6-standard-2", slot),
      wish("g6-standard-4", { "fleet/pool": "general" }),
    ];
    const things = [base, live("2", "g6-standard-4"), live("3", "g6-standard-2", { labels: slot })];
    expect(decide(wanted, things)).toEqual([
      ["adopted", "LkeNodePool dmsg slot 1 (7,3)", "as it is"],
      [
        ...["adopted", "LkeNodePool general (7,2)"],
        "the next update changes its labels, and no node",
      ],
    ]);
  });

  it("that could be either of two are not guessed", () => {
    const slots = ["1", "2"].map((slot) => ({ "fleet/pool": "dmsg", "fleet/slot": slot }));
    const things = [base, live("2", "g6-standard-2"), live("3", "g6-standard-2")];
    const decisions = decide(
      slots.map((labels) => wish("g6-standard-2", labels)),
      things,
    );
    expect(decisions.slice(0, 2)).toEqual(
      slots.map(({ "fleet/slot": slot }) => [
        ...["in the way", `LkeNodePool dmsg slot ${slot}`],
        `which of 7,2 and 7,3 it is cannot be told: give it the tag fleet and the labels {fleet/pool: dmsg, fleet/slot: ${slot}}`,
      ]),
    );
  });

  it("are not taken by their size where another could be it, has another's name, or is the cluster's own", () => {
    const labels = { "fleet/pool": "general" };
    const verdicts = (...things: readonly CloudThing[]) =>
      decide([wish("g6-standard-2", labels)], [base, ...things]).map(([verdict, what]) =>
        [verdict, what].join(": "),
      );
    const size = (id: string, more: Record<string, unknown> = {}) =>
      live(id, "g6-standard-2", more);
    expect(verdicts(size("2", { labels }), size("3", { labels }))[0]).toBe(
      "in the way: LkeNodePool general",
    );
    expect(verdicts(size("2", { labels: { "fleet/pool": "other" } }))[0]).toBe(
      "in the way: LkeNodePool general",
    );
    expect(verdicts(size("2", { tags: [] }))[0]).toBe("in the way: LkeNodePool general");
    // One that is there, and two that are wanted: whichever was taken, the other would be made anew.
    const two = ["general", "other"].map((pool) => wish("g6-standard-2", { "fleet/pool": pool }));
    expect(decide(two, [base, size("2")]).map(([verdict]) => verdict)).toEqual([
      ...["in the way", "in the way", "untouched"],
    ]);
    expect(verdicts(size("2"), size("3"))[0]).toBe("in the way: LkeNodePool general");
    // Of another size it is no rival.
    const sizes = [wish("g6-standard-2", labels), wish("g6-standard-4", { "fleet/pool": "b" })];
    const both = [base, size("2"), live("3", "g6-standard-4")];
    expect(decide(sizes, both).map(([, what]) => what)).toEqual([
      ...["LkeNodePool general (7,2)", "LkeNodePool b (7,3)"],
    ]);
    // What others are called by is left to them, also where it has the size of one that is found by its name.
    expect(verdicts(size("2", { labels }), size("3"))).toEqual([
      "adopted: LkeNodePool general (7,2)",
      "untouched: LkeNodePool (7,3), 1 × g6-standard-2",
    ]);
  });

  it("are the cluster's own where they have its size and number, the first of them alone", () => {
    const cases: readonly (readonly CloudThing[])[] = [
      [live("2", "g6-standard-1", { tags: [], nodeCount: 3 })],
      [live("2", "g6-standard-1", { tags: [] })],
      [live("2", "g6-standard-2", { tags: [] })],
    ];
    for (const more of cases) {
      expect(decide([], [base, ...more]).map(([verdict, what]) => [verdict, what])).toEqual([
        ["in the way", expect.stringContaining("LkeNodePool (7,2)")],
      ]);
    }
    expect(decide([], [base])).toEqual([]);
    // One with the tag is never the cluster's own, whatever its size.
    expect(decide([], [live("2", "g6-standard-1"), base]).map(([verdict]) => verdict)).toEqual([
      "untouched",
    ]);
  });

  it("that the cluster's next update would delete stop everything", () => {
    const labels = { "fleet/pool": "general" };
    const untagged = live("2", "g6-standard-4", { labels, tags: [] });
    const stranger = live("3", "g6-standard-6", { tags: [] });
    const decisions = decide([wish("g6-standard-4", labels)], [base, untagged, stranger]);
    expect(decisions.map(([verdict, what]) => [verdict, what])).toEqual([
      ["in the way", "LkeNodePool general (7,2)"],
      ["in the way", "LkeNodePool (7,3), 1 × g6-standard-6"],
    ]);
    expect(decisions.every(([, , why]) => why?.includes("would delete it with its nodes"))).toBe(
      true,
    );
  });

  it("of another size or number are not changed on the way", () => {
    const labels = { "fleet/pool": "general" };
    const [[, , size] = []] = decide(
      [wish("g6-standard-4", labels)],
      [base, live("2", "g6-standard-2", { labels })],
    );
    expect(size).toContain("its type is g6-standard-2, the stack says g6-standard-4");
    const [[, , count] = []] = decide(
      [wish("g6-standard-4", labels, 2)],
      [base, live("2", "g6-standard-4", { labels, nodeCount: 3 })],
    );
    expect(count).toContain("it has 3 nodes, the stack says 2");
  });

  it("are those of the stack's own cluster, whatever else is taken or lies beside it", () => {
    const labels = { "fleet/pool": "general" };
    const wanted = wish("g6-standard-4", labels);
    const elsewhere = live("5", "g6-standard-4", { labels, clusterId: "8", tags: [] });
    const firewall = { verdict: "adopted", what: "", why: "", id: "9" } as const;
    const nodes = planned("linode:index/firewall:Firewall", "nodes", { label: "x" });
    const own = live("2", "g6-standard-4", { labels });
    const all = [{ ...firewall, planned: nodes }, ...taken];
    expect(brief(decidePools([cluster, wanted], [elsewhere, base, own], all))).toEqual([
      ["adopted", "LkeNodePool general (7,2)", "as it is"],
    ]);
  });

  it("of a cluster that the state has already are looked at by its number", () => {
    const labels = { "fleet/pool": "general" };
    const inputs = { clusterId: 7, type: "g6-standard-4", nodeCount: 1, labels };
    const wanted = planned(poolType, "general", inputs);
    // What came beside it since is not the cluster's own affair.
    const stranger = live("3", "g6-standard-6", { tags: [] });
    const own = live("2", "g6-standard-4", { labels });
    expect(brief(decidePools([wanted], [own, stranger], []))).toEqual([
      ["adopted", "LkeNodePool general (7,2)", "as it is"],
    ]);
    expect(decidePools([wanted], [], [])).toEqual([]);
  });

  it("that are nobody's stay, and one that is missing is asked for", () => {
    const things = [base, live("9", "g6-standard-8")];
    expect(decide([wish("g6-standard-4", { "fleet/pool": "general" })], things)).toEqual([
      [
        ...["in the way", "LkeNodePool general"],
        "the cluster has none that could be it: make one of 1 g6-standard-4, and give it the tag fleet and the labels {fleet/pool: general}",
      ],
      [
        ...["untouched", "LkeNodePool (7,9), 1 × g6-standard-8"],
        "is not the stack's, and keeps its nodes",
      ],
    ]);
  });

  it("of a cluster that is still to be made are none", () => {
    expect(decidePools([cluster, wish("g6-standard-4", { "fleet/pool": "a" })], [], [])).toEqual(
      [],
    );
  });
});

describe("things at the clouds", () => {
  const firewall = (id: string): CloudThing => ({
    ...{ type: "linode:index/firewall:Firewall", id },
    inputs: { label: "prod-nodes", inboundPolicy: "DROP" },
  });

  it("that exist twice are nobody's guess", () => {
    const wanted = planned("linode:index/firewall:Firewall", "nodes", { label: "prod-nodes" });
    expect(brief(decideThings([wanted], [firewall("1"), firewall("2")]))).toEqual([
      [
        ...["in the way", "Firewall prod-nodes"],
        "there are 2 of this name (1, 2): rename or delete all but the one that is meant",
      ],
    ]);
  });

  it("are told what the next update changes", () => {
    const inputs = { label: "prod-nodes", inboundPolicy: "ACCEPT", __defaults: [] };
    const wanted = planned("linode:index/firewall:Firewall", "nodes", inputs);
    expect(decideThings([wanted], [firewall("1")])[0]?.why).toBe(
      "the next update changes its inboundPolicy",
    );
  });

  it("are not upgraded on the way: a version of Kubernetes recycles every node", () => {
    const wanted = planned(clusterType, "lke", { label: "prod", k8sVersion: "1.34" });
    const live = { type: clusterType, id: "7", inputs: { label: "prod", k8sVersion: "1.33" } };
    expect(decideThings([wanted], [live])[0]).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("its k8sVersion is 1.33, the stack says 1.34") as string,
    });
  });

  it("are held against what both say: what a cloud does not tell, or the program not yet, is no difference", () => {
    const decide = (wanted: object, live: object) =>
      decideThings(
        [planned(clusterType, "lke", { label: "prod", ...wanted })],
        [{ type: clusterType, id: "7", inputs: { label: "prod", ...live } }],
      )[0];
    expect(decide({ region: "ap-south" }, {})?.verdict).toBe("adopted");
    expect(decide({}, { region: "ap-south", k8sVersion: "1.33" })?.verdict).toBe("adopted");
    expect(decide({ region: unknown }, { region: "ap-south" })?.verdict).toBe("adopted");
    const plane = { controlPlane: { highAvailability: true } };
    expect(decide(plane, { controlPlane: { highAvailability: true, acl: {} } })?.why).toBe(
      "as it is",
    );
    // What it costs is said of each as it is.
    expect(decide({ region: "eu-west" }, { region: "ap-south" })?.why).toContain(
      "the next update would exchange its nodes, or be refused",
    );
    const balancer = (region: string) => ({ label: "b", region });
    const [moved] = decideThings(
      [planned(balancerType, "b", balancer("eu-west"))],
      [{ type: balancerType, id: "1", inputs: balancer("ap-south") }],
    );
    expect(moved?.why).toContain("another one would have another address");
  });

  it("that were made from a user data are not made anew, and it is in no line", () => {
    const inputs = { label: "ns1", metadatas: [{ userData: "canary" }] };
    const wanted = planned("linode:index/instance:Instance", "machine", inputs);
    const live = { type: wanted.type, id: "4711", inputs: { label: "ns1" } };
    const [decision] = decideThings([wanted], [live]);
    expect(decision?.verdict).toBe("in the way");
    expect(decision?.why).toContain("{kind: adopted, linodeId: 4711, …}");
    expect(JSON.stringify(decision?.why)).not.toContain("canary");
  });

  it("that the program takes by number are looked at first", () => {
    const machine = { ...planned("linode:index/instance:Instance", "m", {}), id: "4711" };
    const take = (region: string) =>
      brief(
        decideImports(
          [{ ...machine, inputs: { label: "ns1", region } }],
          [{ type: machine.type, id: "4711", inputs: { label: "ns1", region: "ap-south" } }],
        ),
      );
    expect(take("ap-south")).toEqual([
      ["adopted", "Instance ns1 (4711)", "by the program itself, as it is"],
    ]);
    expect(take("eu-west")[0]?.[0]).toBe("in the way");
    // Another machine of that number, or a number that the cloud does not know.
    const of = (id: string, label: string, type = machine.type) =>
      brief(
        decideImports(
          [{ ...machine, inputs: { label: "ns1", region: "ap-south" } }],
          [{ type, id, inputs: { label, region: "ap-south" } }],
        ),
      );
    expect(of("4711", "web")[0]).toEqual([
      ...["in the way", "Instance web (4711)"],
      "its label is web, the stack says ns1: is it the one that is meant? Say in the stack file what there is",
    ]);
    expect(of("4712", "ns1")).toEqual([]);
    expect(of("4711", "ns1", "linode:index/volume:Volume")).toEqual([]);
  });

  it("are looked for by names that are known, and are of the type that is wanted", () => {
    const record = "linode:index/domainRecord:DomainRecord";
    const wanted = (domainId: string) =>
      planned(record, "r", { domainId, name: "ar", recordType: "A", target: "192.0.2.1" });
    const inputs = { domainId: "7", name: "ar", recordType: "A", target: "192.0.2.1" };
    const live = { type: record, id: "7,1", inputs };
    expect(decideThings([wanted("7")], [live])).toHaveLength(1);
    expect(decideThings([wanted(unknown)], [live])).toEqual([]);
    expect(
      decideThings([wanted(unknown)], [{ ...live, inputs: { ...inputs, domainId: unknown } }]),
    ).toEqual([]);
    expect(decideThings([wanted("7")], [{ ...live, type: "cloudflare:index/x:X" }])).toEqual([]);
    expect(decideThings([planned("linode:index/vpc:Vpc", "v", {})], [live])).toEqual([]);
    for (const other of [{ name: "sd" }, { domainId: "8" }]) {
      expect(decideThings([wanted("7")], [{ ...live, inputs: { ...inputs, ...other } }])).toEqual(
        [],
      );
    }
    // A type of its own is no record's: what differs in it is told.
    const domain = (type: string) => ({ domain: "example.org", type });
    const zone = "linode:index/domain:Domain";
    expect(
      decideThings(
        [planned(zone, "d", domain("master"))],
        [{ type: zone, id: "7", inputs: domain("slave") }],
      )[0],
    ).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("its type is slave, the stack says master") as string,
    });
  });
});

describe("a Service with a balancer of its own", () => {
  const term = "service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id";
  const service = {
    ...planned("kubernetes:core/v1:Service", "traefik", {
      metadata: { annotations: { [term]: unknown } },
    }),
    parent: "urn:traefik",
  };
  const mine = { ...planned(balancerType, "b", { label: "prod-traefik" }), parent: "urn:traefik" };
  const things: readonly CloudThing[] = [
    { type: balancerType, id: "1", inputs: { label: "prod-traefik", ipv4: "192.0.2.1" } },
    { type: balancerType, id: "2", inputs: { label: "ccm-1", ipv4: "192.0.2.2" } },
  ];
  const decision: Decision = { verdict: "adopted", what: "", why: "as it is", planned: service };
  const told = { status: { loadBalancer: { ingress: [{ ip: "192.0.2.2" }] } }, metadata: {} };

  it("is in the way where the stack names another: the one it has would be deleted", () => {
    const taken: Decision[] = [{ verdict: "adopted", what: "", why: "", planned: mine, id: "1" }];
    for (const known of [taken, []]) {
      expect(keepBalancer(decision, told, things, known)).toMatchObject({
        verdict: "in the way",
        why: expect.stringMatching(/NodeBalancer ccm-1 \(192\.0\.2\.2\).*label: ccm-1/) as string,
      });
    }
  });

  const naming = (id: string | undefined): Planned => ({
    ...service,
    inputs: { metadata: { annotations: id === undefined ? {} : { [term]: id } } },
  });
  const verdict = (wanted: Planned, live: object, ...taken: readonly Decision[]): string =>
    keepBalancer({ ...decision, planned: wanted }, live, things, taken).verdict;

  it("is held against the number that the stack file says, or against none where it says none", () => {
    expect(verdict(naming("2"), told)).toBe("adopted");
    expect(verdict(naming("1"), told)).toBe("in the way");
    expect(verdict(naming(undefined), told)).toBe("adopted");
  });

  it("is held against the balancer of its own component, not another's", () => {
    const of = (parent: string, id: string, type = balancerType): Decision => ({
      ...{ verdict: "adopted", what: "", why: "", id },
      planned: { ...planned(type, "b", {}), parent },
    });
    const others = [of("urn:turn", "1"), of("urn:traefik", "1", "linode:index/firewall:Firewall")];
    expect(verdict(service, told, ...others, of("urn:traefik", "2"))).toBe("adopted");
    expect(verdict(service, told, ...others)).toBe("in the way");
  });

  it("has the one that it names, or whose address or name it was given", () => {
    const without = [...things, { type: balancerType, id: "3", inputs: { hostname: "nb-3.net" } }];
    const had = (live: object): string =>
      keepBalancer({ ...decision, planned: naming("0") }, live, without, []).why;
    const given = (...ingress: readonly object[]) => ({
      metadata: {},
      status: { loadBalancer: { ingress } },
    });
    expect(had({ metadata: { annotations: { [term]: "1" } } })).toContain("prod-traefik");
    expect(had(given({ ip: "192.0.2.1" }))).toContain("prod-traefik");
    expect(had(given({ hostname: "nb-3.net" }))).toContain("NodeBalancer  ()");
    // What is told of neither is no one's: not the first that has none either.
    expect(had(given({}))).toBe("as it is");
    expect(had(given({ hostname: "elsewhere" }))).toBe("as it is");
  });

  it("is taken where that very balancer is", () => {
    const taken: Decision[] = [{ verdict: "adopted", what: "", why: "", planned: mine, id: "2" }];
    expect(keepBalancer(decision, told, things, taken)).toBe(decision);
    expect(keepBalancer(decision, { metadata: {} }, things, [])).toBe(decision);
  });
});

describe("what lies beside the stack's own objects", () => {
  const namespaced = (namespace: string, name: string, kind = "PersistentVolumeClaim") => ({
    ...{ kind, apiVersion: "v1", namespace, name },
    planned: planned(`kubernetes:core/v1:${kind}`, name, {}),
  });
  const object = (kind: string, namespace: string, name: string, claim?: string) => ({
    ...{ apiVersion: "apps/v1", kind, metadata: { name, namespace } },
    spec: {
      template: {
        spec: {
          volumes: claim === undefined ? [] : [{ persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  });
  const decide = (...objects: ReturnType<typeof object>[]) =>
    brief(
      decideCompanions(
        [namespaced("a", "data"), namespaced("b", "else"), namespaced("a", "own", "Deployment")],
        objects,
      ),
    );

  it("is in the way where it writes to a disk of the stack's: two writers lose its data", () => {
    expect(
      decide(object("Deployment", "a", "old", "data"), object("StatefulSet", "b", "db", "else")),
    ).toEqual([
      [
        "in the way",
        "Deployment a/old",
        "is not the stack's and writes to its claim data: scale it to 0 first",
      ],
      [
        "in the way",
        "StatefulSet b/db",
        "is not the stack's and writes to its claim else: scale it to 0 first",
      ],
    ]);
  });

  it("is in the way as a CronJob, too, until that is suspended", () => {
    const { spec, ...rest } = object("CronJob", "a", "nightly", "data");
    const nightly = (suspend: boolean) => ({ ...rest, spec: { suspend, jobTemplate: { spec } } });
    expect(brief(decideCompanions([namespaced("a", "data")], [nightly(false)]))).toEqual([
      [
        "in the way",
        "CronJob a/nightly",
        "is not the stack's and writes to its claim data: suspend it first",
      ],
    ]);
    expect(brief(decideCompanions([namespaced("a", "data")], [nightly(true)]))).toEqual([
      ["untouched", "CronJob a/nightly", "is not the stack's"],
    ]);
  });

  it("is left where its disk has that name in another namespace, and where it has none", () => {
    const others = [object("Deployment", "b", "old", "data"), object("DaemonSet", "a", "agent")];
    for (const [verdict, , why] of decide(...others)) {
      expect([verdict, why]).toEqual(["untouched", expect.stringContaining("one of its keys")]);
    }
    expect(decide(...others)).toHaveLength(2);
    expect(decide(object("Service", "a", "web"))).toEqual([
      ["untouched", "Service a/web", "is not the stack's"],
    ]);
  });

  it("is told of the stack's own namespaces and kinds that people make, and of nothing else", () => {
    expect(
      decide(
        object("Deployment", "a", "own"),
        object("Deployment", "c", "old"),
        object("Service", "a", "kubernetes"),
        object("ReplicaSet", "a", "old-1"),
        object("ConfigMap", "a", "kube-root-ca.crt"),
      ),
    ).toEqual([]);
  });
});

describe("ports of the nodes", () => {
  const service = (namespace: string, name: string, ...ports: readonly object[]) => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
    spec: { ports },
  });
  const fault = (live: ReturnType<typeof service>, kind = "Service") =>
    portFault(
      {
        ...{ apiVersion: "v1", kind, namespace: "a", name: "edge" },
        planned: planned("kubernetes:core/v1:Service", "edge", {
          spec: { ports: [{ port: 1 }, { nodePort: 30_080, protocol: "TCP" }] },
        }),
      },
      [live],
    );

  it("are one Service's in the whole cluster: another's that has one of them is named", () => {
    const other = service("b", "old", { port: 2 }, { nodePort: 30_080 });
    expect(fault(other)).toMatch(/^its node port 30080\/TCP is Service b\/old's: .*half-way/);
    // The same name in another namespace is another Service, and so is another name in the same.
    expect(fault(service("b", "edge", { nodePort: 30_080 }))).toContain("b/edge's");
    expect(fault(service("a", "old", { nodePort: 30_080 }))).toContain("a/old's");
  });

  // By kubernetes#91404: the API server allows one number for several protocols within one Service only.
  it("are one Service's whatever the protocol, and so is the port of looks at its health", () => {
    const udp = service("b", "old", { nodePort: 30_080, protocol: "UDP" });
    expect(fault(udp)).toContain("its node port 30080/TCP is Service b/old's");
    const looked = service("b", "old", { nodePort: 30_081 });
    const health = (healthCheckNodePort: number) => ({
      ...looked,
      spec: { ...looked.spec, healthCheckNodePort },
    });
    expect(fault(health(30_080))).toContain("its node port 30080/TCP is Service b/old's");
    expect(fault(health(30_082))).toBeUndefined();
  });

  it("are asked for by a balancer's looks at health, but where it has such a port, which stays", () => {
    const balancer = (...live: LiveObject[]) =>
      portFault(
        {
          ...{ apiVersion: "v1", kind: "Service", namespace: "a", name: "edge" },
          planned: planned("kubernetes:core/v1:Service", "edge", {
            spec: { healthCheckNodePort: 32_576, ports: [{ port: 80, nodePort: 32_574 }] },
          }),
        },
        live,
      );
    const holder = service("b", "old", { nodePort: 32_576 });
    expect(balancer(holder)).toContain(
      "its node port 32576 of looks at its health is Service b/old's",
    );
    const own = service("a", "edge", { nodePort: 31_000 });
    expect(balancer(holder, own)).toContain("its node port 32576");
    expect(
      balancer(holder, { ...own, spec: { ...own.spec, healthCheckNodePort: 31_001 } }),
    ).toBeUndefined();
    // Nought stands for none.
    const none = { healthCheckNodePort: 0 };
    expect(balancer({ ...holder, spec: { ports: [{ port: 80 }], ...none } })).toBeUndefined();
  });

  it("are no obstacle that it has itself, of another number, or another kind", () => {
    expect(fault(service("a", "edge", { nodePort: 30_080 }))).toBeUndefined();
    expect(fault(service("b", "old", { nodePort: 30_081 }, { port: 30_080 }))).toBeUndefined();
    expect(fault({ ...service("b", "old", { nodePort: 30_080 }), kind: "Odd" })).toBeUndefined();
    expect(fault(service("b", "old", { nodePort: 30_080 }), "Odd")).toBeUndefined();
  });
});

describe("owners of fields", () => {
  const entry = (manager: string) => ({ manager, operation: "Update", apiVersion: "v1" });
  const owners = (...managers: readonly string[]) =>
    passedOn({ metadata: { managedFields: managers.map(entry) } }, "pulumi-kubernetes-1");

  it("are left as they are where the stack has all of them already, or no tool has any", () => {
    expect(owners("pulumi-kubernetes-1", "kube-controller-manager")).toBeUndefined();
    expect(owners("kube-controller-manager")).toBeUndefined();
    expect(passedOn({ metadata: {} }, "pulumi-kubernetes-1")).toBeUndefined();
    expect(owners("pulumi-kubernetes-2")?.length).toBe(1);
    expect(owners("pulumi-kubernetes-1", "kubectl-edit")?.length).toBe(1);
  });
});

describe("an object that somebody else keeps", () => {
  const service = planned("kubernetes:core/v1:Service", "x", {});
  const live = (metadata: Record<string, unknown>) => ({ metadata });
  const managed = { managedFields: [{ manager: "pulumi-kubernetes-0badcafe" }] };

  it("is another stack's until a person says that it is this one's", () => {
    expect(ownerFault(service, live(managed), "pulumi-kubernetes-11111111")).toMatch(
      /another Pulumi stack.*annotate it fleet\/adopt=prod/,
    );
    const consent = { ...managed, annotations: { "fleet/adopt": "prod" } };
    expect(ownerFault(service, live(consent), "pulumi-kubernetes-11111111")).toBeUndefined();
    const other = { ...managed, annotations: { "fleet/adopt": "test" } };
    expect(ownerFault(service, live(other), "pulumi-kubernetes-11111111")).toBeDefined();
    // A run that was interrupted, or a state that was lost.
    expect(ownerFault(service, live(managed), "pulumi-kubernetes-0badcafe")).toBeUndefined();
  });

  it("is not taken from a controller, which would write it anew", () => {
    const ownerReferences = [{ kind: "Gateway", name: "edge", controller: true }];
    expect(ownerFault(service, live({ ownerReferences }), "m")).toContain(
      "belongs to Gateway edge",
    );
    // One that only goes with another is written by nobody.
    const [reference] = ownerReferences;
    for (const controller of [false, undefined]) {
      const goesWith = { ownerReferences: [{ ...reference, controller }] };
      expect(ownerFault(service, live(goesWith), "m")).toBeUndefined();
    }
  });

  it("is told to be Helm's, Flux' or Argo CD's", () => {
    const by = (annotations: Record<string, string>, labels: Record<string, string> = {}) =>
      ownerNote(live({ annotations, labels }));
    expect(by({ "meta.helm.sh/release-name": "edge" })).toContain("Helm's release edge");
    expect(by({ "argocd.argoproj.io/tracking-id": "x" })).toContain("Argo CD");
    const release = { "meta.helm.sh/release-name": "edge" };
    for (const label of ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"]) {
      expect(by(release, { [label]: "edge" })).toMatch(/^; Flux keeps it .* without pruning it$/);
    }
    expect(by({})).toBe("");
  });
});

describe("disks", () => {
  const claim = (storage: string, status: object = {}) => ({
    spec: { resources: { requests: { storage } } },
    status,
  });
  const workload = (kind: string, claims: readonly string[], more: object = {}) => ({
    kind,
    metadata: { name: "db" },
    spec: {
      ...more,
      template: {
        spec: {
          volumes: claims.map((claimName) => ({ persistentVolumeClaim: { claimName } })),
        },
      },
    },
  });

  it("of another size than the file says are refused, however the size is written", () => {
    expect(claimFault(claim("10Gi"), claim("10240Mi"))).toBeUndefined();
    expect(claimFault(claim("10Gi"), claim("40Gi"))).toContain("never gets smaller");
    expect(claimFault(claim("40Gi"), claim("10Gi"))).toContain("say 10Gi in the stack file");
    expect(claimFault(claim("1Gi"), claim("1Gi", { phase: "Lost" }))).toContain("volume is gone");
    // One that says no size is held against nothing.
    expect(claimFault({}, claim("1Gi"))).toBeUndefined();
    expect(claimFault(claim("1Gi"), {})).toBeUndefined();
  });

  it("that the stack's own pods would not mount are told: their data would stay behind", () => {
    const wanted = workload("StatefulSet", ["db-data"]);
    const own = { volumeClaimTemplates: [{ metadata: { name: "data" } }] };
    expect(diskFault(wanted, workload("StatefulSet", [], own))).toContain("on claim data-db-0");
    expect(diskFault(wanted, workload("Deployment", ["old"]))).toContain("on claim old");
    expect(diskFault(wanted, workload("Deployment", ["db-data"]))).toBeUndefined();
    expect(diskFault(wanted, workload("Deployment", ["old"], { replicas: 0 }))).toBeUndefined();
  });
});

describe("a StatefulSet with another selector", () => {
  const decision = (selector: object): Decision => ({
    ...{ verdict: "handed over", what: "", why: "" },
    planned: planned("kubernetes:apps/v1:StatefulSet", "db", {
      spec: { template: { metadata: { labels: { name: "db", tier: "x" } } } },
    }),
    state: {
      inputs: {},
      outputs: {
        ...{ kind: "StatefulSet", metadata: { name: "db", namespace: "a" } },
        spec: { selector },
      },
    },
  });

  it("goes and leaves its pods, under labels by which the new one finds them", async () => {
    const said: string[] = [];
    const kubectl = (words: readonly string[]) => {
      said.push(words.join(" "));
      return Promise.resolve("");
    };
    const matchExpressions = [
      { key: "tier", operator: "In", values: ["x", "y"] },
      { key: "zone", operator: "NotIn", values: ["z"] },
      { key: "on", operator: "Exists" },
      { key: "off", operator: "DoesNotExist" },
    ];
    await leavePods(kubectl, decision({ matchLabels: { app: "db" }, matchExpressions }));
    expect(said).toEqual([
      "label pods --namespace a --selector app=db,tier in (x,y),zone notin (z),on,!off --overwrite name=db tier=x",
      "delete statefulset db --namespace a --cascade=orphan --ignore-not-found",
    ]);
    await expect(leavePods(kubectl, decision({}))).rejects.toThrow(/selects every pod/);
    expect(said).toHaveLength(2);
  });
});

describe("what a live object has in the open", () => {
  const pods = (env: readonly object[]) => ({
    spec: { template: { spec: { containers: [{ name: "a", env }] } } },
  });

  it("comes into no state, where the program does not say the same", () => {
    const live = {
      ...pods([
        { name: "A", value: "said" },
        { name: "P", value: "canary" },
        { name: "S", valueFrom: {} },
      ]),
      metadata: {
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "canary", a: "b" },
      },
      data: { key: "canary", known: "same" },
    };
    const wanted = { ...pods([{ name: "A", value: "said" }]), data: { known: "same" } };
    expect(withoutOpenValues(live, wanted)).toEqual({
      ...pods([
        { name: "A", value: "said" },
        { name: "S", valueFrom: {} },
      ]),
      metadata: { annotations: { a: "b" } },
      data: { known: "same" },
    });
  });

  it("is as little kept of command lines, of probes and their headers, and of binary files", () => {
    const container = (word: string) => ({
      ...{ name: "redis", command: ["redis-server"], args: ["--requirepass", word] },
      readinessProbe: { exec: { command: ["redis-cli", "-a", word, "ping"] } },
      livenessProbe: { httpGet: { httpHeaders: [{ name: "Authorization", value: word }] } },
    });
    const pod = (word: string) => ({
      spec: { template: { spec: { containers: [container(word)] } } },
    });
    const kept = withoutOpenValues(pod("canary"), pod("said"));
    expect(kept).toEqual({
      spec: {
        template: {
          spec: {
            containers: [
              {
                ...{ name: "redis", command: ["redis-server"] },
                readinessProbe: { exec: {} },
                livenessProbe: { httpGet: { httpHeaders: [] } },
              },
            ],
          },
        },
      },
    });
    expect(withoutOpenValues(pod("said"), pod("said"))).toEqual(pod("said"));
    const map = (binaryData: object) => ({ kind: "ConfigMap", binaryData });
    expect(
      withoutOpenValues(map({ store: "Y2FuYXJ5", known: "c2FtZQ==" }), map({ known: "c2FtZQ==" })),
    ).toEqual(map({ known: "c2FtZQ==" }));
  });

  it("nor into what is said of an engine that failed", () => {
    const printed = JSON.stringify({
      steps: [{ newState: { inputs: "canary" } }],
      diagnostics: [
        { severity: "warning", message: "canary" },
        { severity: "error", urn: "urn:pulumi:prod::fleet::a$b::c", message: "broken\n" },
      ],
    });
    expect(diagnosticsIn(printed)).toBe("a$b c: broken");
    expect(diagnosticsIn("error: canary")).toBeUndefined();
  });
});

describe("a plan of a cluster that is not asked", () => {
  const namespace = "urn:pulumi:prod::fleet::a$kubernetes:core/v1:Namespace::skywire";
  const claim = "urn:pulumi:prod::fleet::a$kubernetes:core/v1:PersistentVolumeClaim::data";
  const step = (urn: string, type: string, inputs: object, propertyDependencies: object = {}) => ({
    ...{ op: "create", urn },
    newState: { urn, type, custom: true, inputs, propertyDependencies },
  });

  it("knows namespaces and claims by what the program takes them from", () => {
    const steps = [
      step(namespace, "kubernetes:core/v1:Namespace", { metadata: { name: "skywire" } }),
      step(claim, "kubernetes:core/v1:PersistentVolumeClaim", { metadata: { name: "data" } }),
      step(
        "urn:pulumi:prod::fleet::kubernetes:apps/v1:Deployment::x",
        "kubernetes:apps/v1:Deployment",
        {
          metadata: { name: "x", namespace: unknown },
          spec: { volumes: [{ claimName: unknown }, { secretName: unknown }] },
        },
        { metadata: [namespace], spec: [claim, namespace] },
      ),
    ];
    const { creates } = readPreview(JSON.stringify({ steps }));
    expect(creates[2]?.inputs).toEqual({
      metadata: { name: "x", namespace: "skywire" },
      spec: { volumes: [{ claimName: "data" }, { secretName: unknown }] },
    });
  });
});

describe("a provider put into a state", () => {
  const component = {
    ...planned("fleet:platform:Cluster", "cluster", { context: "x", later: unknown }),
    custom: false,
  };
  const provider = {
    ...planned("pulumi:providers:linode", "p", { token: "[secret]", apiVersion: "v4" }),
    parent: component.urn,
  };
  const empty = { version: 3, deployment: { manifest: {} } };

  it("stands below the stack and its component, without its token", () => {
    const text = declared(JSON.stringify(empty), [component, provider]);
    const { deployment } = JSON.parse(text) as {
      deployment: { resources: { urn: string; parent?: string; id?: string; inputs?: object }[] };
    };
    const [stack, first, second] = deployment.resources;
    expect(stack?.urn).toBe("urn:pulumi:prod::fleet::pulumi:pulumi:Stack::fleet-prod");
    expect([first?.urn, first?.parent, first?.inputs]).toEqual([
      ...[component.urn, stack?.urn],
      { context: "x" },
    ]);
    expect([second?.parent, second?.inputs]).toEqual([component.urn, { apiVersion: "v4" }]);
    expect(second?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    // Done again it changes nothing.
    expect(declared(text, [component, provider])).toBe(text);
  });

  it("is refused for a state of another shape, without repeating it", () => {
    expect(() => declared('{"version":4,"canary":1}', [provider])).toThrow(/^pulumi stack export/);
  });
});

describe("an API that is busy", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  /** Answers one after the other: status, headers, body. */
  async function api(answers: readonly (readonly [number, Record<string, string>, string])[]) {
    let count = 0;
    server = createServer((_request, response) => {
      const [status, headers, body] = answers[Math.min(count, answers.length - 1)] ?? [500, {}, ""];
      count += 1;
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((settle) => server?.listen(0, "127.0.0.1", settle));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const terms = { name: "Linode", url, token: "canary", variable: "LINODE_TOKEN", pause: 0.001 };
    return { api: new Api({ ...terms, ...linodeTerms }), count: () => count };
  }
  const page = JSON.stringify({ data: [{ id: 1 }], pages: 1 });

  it("is asked again when it says, and not for ever", async () => {
    const busy = await api([
      [429, { "retry-after": "0" }, ""],
      [503, {}, ""],
      [200, {}, page],
    ]);
    expect(await busy.api.all("x")).toHaveLength(1);
    expect(busy.count()).toBe(3);
    server?.close();
    const down = await api([[429, {}, ""]]);
    await expect(down.api.all("x")).rejects.toThrow(/answers 429 to x: ask again later$/);
    expect(down.count()).toBe(5);
    server?.close();
    const closed = await api([[429, { "retry-after": "3600" }, ""]]);
    await expect(closed.api.all("x")).rejects.toThrow(/429/);
    expect(closed.count()).toBe(1);
  });

  it("or answers something else is told without its token or its answer", async () => {
    for (const body of ["<html>canary</html>", '{"data":"canary"}']) {
      const { api: odd } = await api([[200, {}, body]]);
      const said = await odd.all("x").catch((error: unknown) => String(error));
      expect(said).toMatch(/Linode answers x with what is no (list|JSON)$/);
      expect(said).not.toContain("canary");
      server?.close();
    }
  });
});
