/** What `doctor` makes of a state, of nodes and versions, and of what pulumi and kubectl complain about. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import {
  ClusterConfig,
  clusterNodes,
  type NodeShape,
  type NodesThere,
} from "../../../components/platform/cluster.schema.ts";
import { clusterFault, engineFault } from "../../../ops/doctor/causes.ts";
import { codeOf, notChecked } from "../../../ops/doctor/check.ts";
import { locksCheck } from "../../../ops/doctor/locks.ts";
import { nodeCheck, NodeList } from "../../../ops/doctor/node-checks.ts";
import { stateChecks, type StateOf } from "../../../ops/doctor/state-checks.ts";
import { kubernetesCheck } from "../../../ops/doctor/version-checks.ts";
import { gke } from "../../platform/gke-fixtures.ts";

describe("why an engine does not answer", () => {
  it.each([
    ["error: incorrect passphrase", /passphrase is not the one/],
    [
      "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
      /there is no passphrase/,
    ],
    ["error: no stack named 'live' found", /has no such stack/],
    [
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      /nobody is logged in/,
    ],
    [
      'error: unable to open state directory "file:///x": stat /x: no such file or directory',
      /folder of the backend/,
    ],
    ["dial tcp: lookup b.example on 10.0.0.1:53: no such host", /DNS/],
    ["dial tcp 127.0.0.1:1: connect: connection refused", /refused/],
    ["api error AccessDenied: Access Denied", /do not let|does not let/],
    ["api error ExpiredToken: The provided token has expired", /have expired/],
  ])("is told apart: %s", (complaint, told) => {
    const fault = engineFault("backend", complaint);
    expect(fault.expected).toMatch(told);
    expect(fault.mend).toBeTypeOf("string");
  });

  it("is repeated by the line that tells of an error, or the first that says anything", () => {
    const told = (text: string) => engineFault("backend", text).expected;
    expect(told("\n  \nwarning: a\nerror: b\nc")).toBe("fails: error: b");
    expect(told("\n  \nsomething\nelse")).toBe("fails: something");
    expect(told(" \n")).toBe("fails: it said nothing");
  });

  it("is repeated where it is not known, without the credentials of an address", () => {
    const { expected } = engineFault(
      "backend",
      "error: odd: postgres://me:canary@host/db\n\u001b[2K",
    );
    expect(expected).toBe("fails: error: odd: postgres://…@host/db");
    // A password with an @ or a slash in it, as people write them.
    for (const password of ["can@ary", "can/ary", "c@n/@ry"]) {
      const odd = engineFault("backend", `error: odd: postgres://me:${password}@host/db`);
      expect(odd.expected).toBe("fails: error: odd: postgres://…@host/db");
    }
  });
});

describe("why a cluster does not answer", () => {
  it.each([
    ['error: context "shop" does not exist', /no such context/],
    ["dial tcp: lookup api.example: no such host", /DNS/],
    ["The connection to the server 127.0.0.1:1 was refused - did you specify", /refused/],
    ["tls: failed to verify certificate: x509: certificate signed by unknown authority", /TLS/],
    ["net/http: TLS handshake timeout", /in time/],
    ["error: You must be logged in to the server (Unauthorized)", /401/],
    ['Error from server (Forbidden): nodes is forbidden: User "me" cannot list', /403/],
    ["dial tcp 192.0.2.1:6443: i/o timeout", /in time/],
    [
      "getting credentials: exec: executable gke-gcloud-auth-plugin not found",
      /logs in to the cluster/,
    ],
    ["kubectl version -o: error: EOF", /has no credentials/],
    ["kubectl is not on PATH: adopt asks it", /no kubectl/],
  ])("is told apart: %s", (complaint, told) => {
    expect(clusterFault("cluster shop", complaint).expected).toMatch(told);
  });
});

const of: StateOf = {
  ...{ stack: "prod", refresh: "pulumi refresh --stack prod", provider: "passphrase" },
  ...{ cli: "3.259.0", packages: { kubernetes: "4.34.2" } },
};
const urn = (type: string, name: string): string => `urn:pulumi:prod::fleet::${type}::${name}`;

function foundIn(deployment: object, isShown = true, more: Partial<StateOf> = {}) {
  const checks = stateChecks({ deployment }, isShown, { ...of, ...more });
  return {
    faults: checks.flatMap(({ faults }) => faults),
    notices: checks.flatMap(({ notices = [] }) => notices),
    unchecked: checks.flatMap(({ name, unchecked }) => (unchecked === undefined ? [] : [name])),
  };
}

describe("a state", () => {
  it("that is new has no fault", () => {
    expect(foundIn({ manifest: { version: "v3.259.0" } })).toEqual({
      ...{ faults: [], notices: [], unchecked: [] },
    });
  });

  it("tells of each operation that was stopped how it is mended", () => {
    const resource = { urn: urn("kubernetes:core/v1:ConfigMap", "web") };
    const pending = ["creating", "updating"].map((type) => ({ type, resource }));
    const { faults } = foundIn({ pending_operations: pending });
    expect(faults).toHaveLength(2);
    expect(faults[0]?.mend).toContain(`--import-pending-creates '${resource.urn}'`);
    expect(faults[0]?.mend).toContain("--clear-pending-creates");
    expect(faults[1]?.mend).toMatch(/^pulumi refresh --stack prod: /);
  });

  it("tells of values in plain text by where they stand alone", () => {
    const type = "kubernetes:core/v1:Secret";
    const inputs = { stringData: { login: "canary-of-the-state-9f3a" } };
    const resources = [{ urn: urn(type, "login"), type, inputs, outputs: {} }];
    const { faults } = foundIn({ resources });
    expect(faults.map(({ expected }) => expected)).toEqual([
      "inputs.stringData.login of a Secret stands in plain text",
    ]);
    expect(JSON.stringify(faults)).not.toContain("canary");
    const unshown = foundIn({ resources }, false);
    expect(unshown.unchecked).toEqual(["secrets of the state"]);
  });

  it.each([
    ["prod", "passphrase", ["is a passphrase, which whoever had it once has for ever"]],
    ["shop-production", "passphrase", ["is a passphrase, which whoever had it once has for ever"]],
    ["products", "passphrase", []],
    // In the sandbox, which always has one, there is nothing to mend.
    ["prod", undefined, []],
  ])(
    "that a passphrase encrypts is told of where it is production's: %s, %s",
    (stack, provider, told) => {
      const state = { secrets_providers: { type: "passphrase" } };
      const { notices } = foundIn(state, true, { stack, provider });
      expect(notices.map(({ expected }) => expected)).toEqual(told);
    },
  );

  it("tells of resources that a default provider keeps", () => {
    const type = "kubernetes:core/v1:ConfigMap";
    const provider = (name: string): string =>
      `${urn("pulumi:providers:kubernetes", name)}::5f1d0c8a`;
    const { faults } = foundIn({
      resources: [
        { urn: urn(type, "stray"), type, provider: provider("default_4_34_2") },
        { urn: urn(type, "own"), type, provider: provider("cluster") },
      ],
    });
    expect(faults.map(({ path }) => path)).toEqual(["ConfigMap stray"]);
    const others = foundIn({
      resources: [
        // Of older engines, without a version; and what looks another stack up, which reaches nothing.
        { urn: urn(type, "old"), type, provider: provider("default") },
        { urn: urn(type, "own"), type, provider: provider("defaults-of-the-shop") },
        {
          ...{
            urn: urn("pulumi:pulumi:StackReference", "s"),
            type: "pulumi:pulumi:StackReference",
          },
          provider: `${urn("pulumi:providers:pulumi", "default")}::5f1d0c8a`,
        },
        // The provider itself is kept by nobody.
        { urn: provider("default"), type: "pulumi:providers:kubernetes" },
      ],
    });
    expect(others.faults.map(({ path }) => path)).toEqual(["ConfigMap old"]);
  });

  it("tells of an older CLI than wrote it, and of another provider than package.json's", () => {
    const type = "pulumi:providers:kubernetes";
    const resources = [{ urn: urn(type, "cluster"), type, inputs: { version: "4.40.0" } }];
    const { faults, notices } = foundIn({ manifest: { version: "v3.300.0" }, resources });
    expect(faults.map(({ expected }) => expected)).toEqual([
      "is 3.259.0, older than the 3.300.0 that wrote the state",
    ]);
    expect(notices.map(({ mend }) => mend)).toEqual([
      expect.stringContaining("older than what runs"),
    ]);
    const versions = (version: string | undefined, kind = "kubernetes") => {
      const own = `pulumi:providers:${kind}`;
      const inputs = version === undefined ? {} : { version };
      return foundIn({ resources: [{ urn: urn(own, "cluster"), type: own, inputs }] }).notices.map(
        ({ mend }) => mend,
      );
    };
    expect(versions("4.0.0")).toEqual([expect.stringContaining("the next update moves it")]);
    expect(versions(of.packages["kubernetes"])).toEqual([]);
    expect(versions(undefined)).toEqual([]);
    expect(versions("4.0.0", "nobodys")).toEqual([]);
    // Without a CLI, or a word of who wrote it, nothing is older.
    expect(foundIn({ manifest: { version: "v3.300.0" } }, true, { cli: undefined }).faults).toEqual(
      [],
    );
    expect(foundIn({ manifest: {} }).faults).toEqual([]);
    expect(foundIn({ manifest: { version: "v3.259.0" } }, true, { cli: "3.259.0" }).faults).toEqual(
      [],
    );
  });

  it("tells of encryption that differs from the file's, and of production's passphrase", () => {
    const passphrase = { secrets_providers: { type: "passphrase" } };
    expect(foundIn(passphrase, true, { provider: "gcpkms" }).faults).toHaveLength(1);
    expect(
      foundIn({ secrets_providers: { type: "cloud" } }, true, { provider: "gcpkms" }).faults,
    ).toEqual([]);
    const kms = { secrets_providers: { type: "cloud" } };
    expect(foundIn(kms, true, { provider: "passphrase" }).faults[0]?.expected).toMatch(
      /^is passphrase in the stack file, and cloud in the state/,
    );
    // Neither is held against what says nothing.
    expect(foundIn(kms, true, { provider: undefined }).faults).toEqual([]);
    expect(foundIn({}, true, { provider: "passphrase" }).faults).toEqual([]);
    expect(foundIn(passphrase, true, { provider: "passphrase" }).faults).toEqual([]);
    expect(foundIn(kms).notices).toEqual([]);
    expect(foundIn(passphrase).notices).toHaveLength(1);
    expect(foundIn(passphrase, true, { stack: "test" }).notices).toEqual([]);
  });

  it("that is none leaves every check unmade", () => {
    const checks = stateChecks("nonsense", true, of);
    expect(checks.every(({ unchecked }) => unchecked !== undefined)).toBe(true);
    expect(codeOf(checks)).toBe(2);
  });
});

const cluster = ClusterConfig.parse({
  kind: "kubeconfig",
  context: "shop",
  pools: {
    general: { nodes: 2, cpu: "2", memory: "4Gi", labels: { disk: "fast" } },
    edge: {
      cpu: "2",
      memory: "4Gi",
      taints: [{ key: "fleet/slot", effect: "NoSchedule" }],
      slots: { "0": { address: { kind: "reserved", ip: "192.0.2.1", assignedBy: "operator" } } },
    },
  },
});

function node(name: string, pool: string, more: Record<string, unknown> = {}) {
  const labels = { "kubernetes.io/os": "linux", "fleet/pool": pool };
  const isEdge = pool === "edge";
  return {
    metadata: {
      name,
      labels: { ...labels, ...(isEdge ? { "fleet/slot": "0" } : { disk: "fast" }) },
    },
    spec: { taints: isEdge ? [{ key: "fleet/slot", effect: "NoSchedule" }] : [] },
    status: {
      allocatable: { cpu: "1900m", memory: "3700Mi", pods: "110" },
      addresses: [{ type: "ExternalIP", address: "192.0.2.1" }],
      conditions: [{ type: "Ready", status: "True" }],
    },
    ...more,
  };
}
const asPromised = [node("a", "general"), node("b", "general"), node("c", "edge")];

const nodesFound = (nodes: readonly unknown[]): readonly string[] => {
  const { faults, notices = [] } = nodeCheck(cluster, NodeList.parse({ items: nodes }).items);
  return [...faults, ...notices].map(({ path, expected }) => `${path} ${expected}`);
};

describe("nodes", () => {
  it("as the pools promise them are in order", () => {
    expect(nodesFound(asPromised)).toEqual([]);
  });

  const [a, b, c] = asPromised;
  it.each<[string, readonly unknown[], RegExp]>([
    ["are too few", [a, c], /pools.general.nodes is 2; the cluster has 1 node with/],
    ["leave a slot free", [a, b], /slots\["0"\] no node holds it/],
    ["share a slot", [a, b, c, node("d", "edge")], /c and d hold it/],
    [
      "have another address than is reserved",
      [
        a,
        b,
        node("c", "edge", {
          status: { ...c?.status, addresses: [{ type: "ExternalIP", address: "192.0.2.9" }] },
        }),
      ],
      /is 192\.0\.2\.1; c, which holds the slot, has 192\.0\.2\.9/,
    ],
    [
      "are smaller than promised",
      [
        a,
        node("b", "general", {
          status: { ...b?.status, allocatable: { cpu: "1900m", memory: "3000Mi", pods: "110" } },
        }),
        c,
      ],
      /pools.general.memory promises .*; b has/,
    ],
    [
      "have less CPU than promised",
      [
        a,
        node("b", "general", {
          status: { ...b?.status, allocatable: { cpu: "1", memory: "3700Mi", pods: "110" } },
        }),
        c,
      ],
      /pools.general.cpu promises .* CPU for workloads; b has 1 CPU/,
    ],
    [
      "take fewer pods than promised",
      [
        a,
        node("b", "general", {
          status: { ...b?.status, allocatable: { cpu: "1900m", memory: "3700Mi", pods: "10" } },
        }),
        c,
      ],
      /pools.general.pods promises 100 pods for workloads; b has 10 pods/,
    ],
    [
      "have a label of another value",
      [
        a,
        node("b", "general", {
          metadata: {
            name: "b",
            labels: { "kubernetes.io/os": "linux", "fleet/pool": "general", disk: "slow" },
          },
        }),
        c,
      ],
      /b lacks the label disk=fast/,
    ],
    [
      "have a taint of that key with another effect",
      [a, b, node("c", "edge", { spec: { taints: [{ key: "fleet/slot", effect: "NoExecute" }] } })],
      /c lacks the taint fleet\/slot:NoSchedule/,
    ],
    [
      "have a taint of that key with another value",
      [
        ...[a, b],
        node("c", "edge", {
          spec: { taints: [{ key: "fleet/slot", value: "x", effect: "NoSchedule" }] },
        }),
      ],
      /c lacks the taint fleet\/slot:NoSchedule/,
    ],
    [
      "say that they are not ready",
      [
        a,
        node("b", "general", {
          status: { ...b?.status, conditions: [{ type: "Ready", status: "False" }] },
        }),
        c,
      ],
      /b is not ready/,
    ],
    [
      "are too many",
      [...asPromised, node("d", "general")],
      /pools.general.nodes is 2; the cluster has 3 nodes/,
    ],
    [
      "lack a label",
      [
        a,
        node("b", "general", {
          metadata: { name: "b", labels: { "kubernetes.io/os": "linux", "fleet/pool": "general" } },
        }),
        c,
      ],
      /b lacks the label disk=fast/,
    ],
    [
      "lack a taint",
      [a, b, node("c", "edge", { spec: {} })],
      /c lacks the taint fleet\/slot:NoSchedule/,
    ],
    [
      "are not ready",
      [a, node("b", "general", { status: { ...b?.status, conditions: [] } }), c],
      /b is not ready/,
    ],
    [
      "are cordoned",
      [a, node("b", "general", { spec: { unschedulable: true } }), c],
      /b takes no new pods/,
    ],
    [
      "are in no pool",
      [...asPromised, node("z", "", { metadata: { name: "z" } })],
      /z is in no pool/,
    ],
    [
      "are in a pool of nobody's",
      [...asPromised, node("z", "other")],
      /z is in the pool other, which/,
    ],
  ])("that %s are told, and only they", (_, nodes, told) => {
    expect(nodesFound(nodes)).toEqual([expect.stringMatching(told)]);
  });
});

describe("a node's own disk", () => {
  const said = ClusterConfig.parse({
    ...{ kind: "kubeconfig", context: "shop" },
    pools: { general: { nodes: 1, cpu: "2", memory: "4Gi", scratch: "20Gi" } },
  });
  const found = (cluster: ClusterConfig, disk: string | undefined) => {
    const more = disk === undefined ? {} : { "ephemeral-storage": disk };
    const status = { ...asPromised[0]?.status, allocatable: more };
    const { items } = NodeList.parse({ items: [node("a", "general", { status })] });
    return nodeCheck(cluster, items).faults;
  };

  // As kubelets write it: bytes, without a unit.
  it.each([
    ["of less than the pool promises is told", "21474836479", 1],
    ["of as much is in order", "21474836480", 0],
    ["of which the node says nothing is not known", undefined, 0],
  ])("%s", (_, disk, faults) => {
    expect(found(said, disk)).toHaveLength(faults);
  });

  it("is told by where the file says it, and counts only there", () => {
    expect(found(said, "10Gi")).toEqual([
      {
        path: "fleet:cluster.pools.general.scratch",
        expected: "promises 20Gi of its own disk for workloads; a has 10Gi of its own disk",
        mend: "write what the node really has there",
      },
    ]);
    const silent = ClusterConfig.parse({
      ...{ kind: "kubeconfig", context: "shop" },
      pools: { general: { nodes: 1, cpu: "2", memory: "4Gi" } },
    });
    expect(found(silent, "1")).toEqual([]);
  });
});

it("a node is held against what it says of itself, and of what it does not say nothing is told", () => {
  const [a, b, c] = asPromised;
  const silent = { ...b?.status, allocatable: { cpu: "a lot" } };
  expect(nodesFound([a, node("b", "general", { status: silent }), c])).toEqual([]);
  const inside = { ...c?.status, addresses: [{ type: "InternalIP", address: "10.0.0.9" }] };
  expect(nodesFound([a, b, node("c", "edge", { status: inside })])).toEqual([]);
  const labels = { ...c?.metadata.labels, "fleet/slot": "7" };
  expect(nodesFound([a, b, node("c", "edge", { metadata: { name: "c", labels } })])).toEqual([
    "c holds the slot 7 of its pool's: 0",
    expect.stringContaining('slots["0"] no node holds it'),
  ]);
});

describe("nodes of a cluster at Google", () => {
  const google = gke();
  const made = (shape: NodeShape, name: string, more: object = {}) => ({
    metadata: { name, labels: shape.labels },
    spec: {},
    status: {
      allocatable: { ...shape.allocatable, pods: `${shape.allocatable.pods}` },
      conditions: [{ type: "Ready", status: "True" }],
    },
    ...more,
  });
  const shapes = clusterNodes(google);
  const all = shapes.map((shape, index) => made(shape, `n${index}`));
  const [first] = shapes;
  const found = (nodes: readonly unknown[], there?: NodesThere) =>
    nodeCheck(google, NodeList.parse({ items: nodes }).items, there).faults.map(
      ({ path, expected }) => `${path} ${expected}`,
    );

  it("may be more than the file says where Google adds them, up to the most", () => {
    const more = (count: number) => [
      ...all,
      ...Array.from({ length: count }, (_, index) => ({
        ...all[0],
        metadata: { name: `more-${index}`, labels: first?.labels },
      })),
    ];
    expect(first?.pool).toBe("default");
    expect(found(more(7))).toEqual([]);
    expect(found(more(8))).toEqual([
      expect.stringContaining("pools.default.nodes is 2 to 9; the cluster has 10 nodes"),
    ]);
  });

  it("that still wait for their slot's address are told", () => {
    const taints = [{ key: "fleet/address", value: "pending", effect: "NoSchedule" }];
    const nodes = shapes.map((shape, index) =>
      made(shape, `n${index}`, shape.slot === 10 ? { spec: { taints } } : {}),
    );
    expect(found(nodes)).toEqual([
      expect.stringMatching(/^n\d still has the mark fleet\/address of a new node/),
    ]);
  });

  it("are none of a parked network: what is left is told", () => {
    expect(found([], "none")).toEqual([]);
    expect(found([all[0]], "none")).toEqual([
      expect.stringContaining("pools.default has no nodes while the stack does not run"),
    ]);
    expect(found([all[0]], "one")).toEqual([]);
  });

  it("that are smaller than their type promises are told with what the file can say of it", () => {
    const check = (allocatable: object) => {
      const one = shapes.slice(0, 1).map((shape) => made(shape, "n0", { status: { allocatable } }));
      return nodeCheck(google, NodeList.parse({ items: one }).items);
    };
    const { faults, notices } = check({ memory: "1Gi", "ephemeral-storage": "1073741824" });
    const of = (found: typeof faults = []) =>
      found
        .filter(({ expected }) => expected.includes("promises"))
        .map(({ path, mend }) => `${path}: ${mend ?? ""}`);
    expect(of(faults)).toEqual([
      "fleet:cluster.pools.default.type: raise systemPods.memory by what is missing",
    ]);
    // What Google's rule makes of the disk is nobody's word.
    expect(of(notices)).toEqual([
      expect.stringMatching(/^fleet:cluster.pools.default.disk.size: see whether/),
    ]);
    expect(check({ "ephemeral-storage": first?.scratch }).notices).toEqual([]);
  });

  it("run the version that is written down, or one is to be written down", () => {
    const server = { gitVersion: "v1.34.1-gke.1829001" };
    const versions = { clientVersion: server, serverVersion: server };
    const of = (change: Record<string, unknown>) =>
      kubernetesCheck(versions, gke(change), "1.34.0");
    expect(of({ version: "1.34.1-gke.1829001" })).toMatchObject({ faults: [], notices: [] });
    expect(of({ version: "1.33.5-gke.1162000" }).faults).toMatchObject([
      { expected: "is 1.33.5-gke.1162000; the cluster runs v1.34.1-gke.1829001" },
    ]);
    expect(of({}).notices).toMatchObject([
      { expected: "is not said; the cluster runs v1.34.1-gke.1829001" },
    ]);
    expect(of({ channel: "stable" }).notices).toEqual([]);
  });
});

describe("Kubernetes", () => {
  const versions = (server: string, client = server) => ({
    clientVersion: { gitVersion: client },
    serverVersion: { gitVersion: server },
  });

  it("is told where kubectl or the schemas are too far from the server", () => {
    expect(kubernetesCheck(versions("v1.36.3"), cluster, "1.36.0").notices).toEqual([]);
    const far = kubernetesCheck(versions("v1.30.1", "v1.36.0"), cluster, "1.36.0");
    expect(far.notices?.map(({ path }) => path)).toEqual(["kubectl", "Kubernetes"]);
  });

  const mends = (server: string, client: string, judged: string | undefined) =>
    kubernetesCheck(versions(server, client), cluster, judged).notices?.map(({ mend }) => mend);
  const kubectl = expect.stringContaining("install one of the server's version") as unknown;
  const older = expect.stringContaining("upgrade the cluster") as unknown;
  const newer = expect.stringContaining("upgrade tools.json") as unknown;
  // kubectl is supported one minor version either way (kubernetes.io/releases/version-skew-policy).
  it.each([
    ["v1.36.0", "v1.37.1", "1.36.0", []],
    ["v1.36.0", "v1.35.9", "1.36.0", []],
    ["v1.36.0", "v1.38.0", "1.36.0", [kubectl]],
    ["v1.36.0", "v1.34.0", "1.36.0", [kubectl]],
    ["v1.34.0", "v1.34.0", "1.36.0", []],
    ["v1.38.0", "v1.38.0", "1.36.0", []],
    ["v1.33.0", "v1.33.0", "1.36.0", [older]],
    ["v1.39.0", "v1.39.0", "1.36.0", [newer]],
    ["v1.39.0", "v1.39.0", undefined, []],
    ["unknown", "v1.39.0", "1.36.0", []],
    ["v1.36.0", "unknown", "1.36.0", []],
  ])("%s with kubectl %s and schemas of %s", (server, client, judged, told) => {
    expect(mends(server, client, judged)).toEqual(told);
  });

  it("of a cluster at Linode is held against the file by its minor version", () => {
    const lke = (version: string) =>
      ClusterConfig.parse({
        ...{ kind: "lke", label: "shop", version, linode: { region: "ap-south" } },
        pools: { general: { nodes: 1, type: "g6-standard-2", cpu: "2", memory: "4Gi" } },
      });
    const faults = (version: string) =>
      kubernetesCheck(versions("v1.34.3"), lke(version), "1.34.0").faults.map(
        ({ expected }) => expected,
      );
    expect(faults("1.34")).toEqual([]);
    expect(faults("1.33")).toEqual(["is 1.33; the cluster runs v1.34.3"]);
  });
});

describe("locks", () => {
  const held = { project: "fleet", stack: "prod", mend: "pulumi cancel --stack prod" };

  it("of a folder are told by who holds them, since when", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-locks-"));
    const place = join(folder, ".pulumi", "locks", "organization", "fleet", "prod");
    mkdirSync(place, { recursive: true });
    const lock = { pid: 7, username: "ann", hostname: "desk", timestamp: "2026-11-21T20:00:00Z" };
    writeFileSync(join(place, "a.json"), JSON.stringify(lock));
    writeFileSync(join(place, "b.json"), "{ half");
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const { faults } = locksCheck({ ...held, backend: pathToFileURL(folder).href });
    expect(faults[0]?.expected).toContain("ann@desk, process 7, since 2026-11-21T20:00:00Z");
    expect(faults[0]?.mend).toContain("pulumi cancel --stack prod");
    expect(faults[1]?.expected).toContain("a lock that cannot be read");
  });

  it.each([
    ["in one's home", () => "file://~"],
    ["beside this process", (folder: string) => `file://${relative(process.cwd(), folder)}`],
    ["with a blank in its name", (folder: string) => `${pathToFileURL(folder).href}?no_tmp_dir=1`],
  ])("of a folder %s are found", (_, address) => {
    const folder = mkdtempSync(join(tmpdir(), "fleet locks-"));
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });
    vi.stubEnv("HOME", folder);
    const place = join(folder, ".pulumi", "locks", "organization", "fleet", "prod");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "a.json"), "{ half");
    const { faults } = locksCheck({ ...held, backend: address(folder) });
    expect(faults).toHaveLength(1);
  });

  it("are none where nothing was left, and what is no lock is none", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-locks-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const none = () => locksCheck({ ...held, backend: pathToFileURL(folder).href });
    expect(none()).toEqual({
      ...{ name: "locks", detail: "none in .pulumi/locks/organization/fleet/prod", faults: [] },
    });
    const place = join(folder, ".pulumi", "locks", "organization", "fleet", "prod");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "a.json.tmp"), "");
    expect(none().faults).toEqual([]);
  });

  it.each([
    [
      "gs://states",
      /: gcloud storage ls gs:\/\/states\/\.pulumi\/locks\/organization\/fleet\/prod\/; pulumi/,
    ],
    ["azblob://states", /: look into azblob:\/\/states\/\.pulumi/],
    ["s3://states?endpoint=x", /prod\/ \(with the endpoint of the backend's address\); pulumi/],
    ["https://api.pulumi.com", /^the service keeps its own locks: /],
  ])("of %s are not looked at, and it is said where they are", (backend, told) => {
    expect(locksCheck({ ...held, backend }).unchecked).toMatch(told);
  });

  it("of a folder that is not there are not said to be none", () => {
    const { unchecked } = locksCheck({ ...held, backend: "file:///nowhere/at-all" });
    expect(unchecked).toContain("there is no /nowhere/at-all here");
  });

  it("of a bucket are not looked at, and it is said where they are, without credentials", () => {
    const { unchecked } = locksCheck({ ...held, backend: "s3://key:canary@bucket?region=x" });
    expect(unchecked).toContain("aws s3 ls s3://…@bucket/.pulumi/locks/organization/fleet/prod/");
    expect(unchecked).not.toContain("canary");
  });
});

it("a fault counts before what was not checked, and that before all in order", () => {
  const fault = { path: "a", expected: "b" };
  const well = { name: "x", detail: "", faults: [] };
  expect(codeOf([well])).toBe(0);
  expect(codeOf([well, notChecked("y", "z")])).toBe(2);
  expect(codeOf([notChecked("y", "z"), { ...well, faults: [fault] }])).toBe(1);
});
