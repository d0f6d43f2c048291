/**
 * What `doctor` asks of a backend and a cluster, and what it makes of those that do not answer: whatever fails is told,
 * what hangs on it is told as not made, and the rest is asked all the same.
 */
import { describe, expect, it } from "vitest";

import { clusterNodes } from "../../../components/platform/cluster.schema.ts";
import { CommandError } from "../../../ops/command.ts";
import type { Check } from "../../../ops/doctor/check.ts";
import type { Reach } from "../../../ops/doctor/reach.ts";
import { worldChecks } from "../../../ops/doctor/world-checks.ts";
import { parseSections } from "../../../ops/sections.ts";
import { parseStackFile, type StackFile } from "../../../ops/stack-file.ts";
import { clone } from "../../rendered.ts";
import { stackText } from "../../stack-text.ts";

/** Beginning of a question → what is answered, or what is said instead. */
type Answers = Readonly<Record<string, string | Error>>;

const refused = new CommandError("connect: connection refused");
/** @param usual Answers to what is not in the others. */
const answering =
  (answers: Answers, usual: Answers) =>
  (words: readonly string[]): Promise<string> => {
    const asked = words.join(" ");
    const all = [...Object.entries(answers), ...Object.entries(usual)];
    const [, answer] = all.find(([begin]) => asked.startsWith(begin)) ?? [];
    return answer instanceof Error || answer === undefined
      ? Promise.reject(answer ?? new CommandError(`nobody answers to ${asked}`))
      : Promise.resolve(answer);
  };

const file = (stack: string, more = ""): StackFile =>
  parseStackFile(stack, stackText(stack) + more);

const secret = `  fleet:secrets: { a: { secure: "v1:${"A".repeat(16)}:${"b".repeat(40)}" } }\n`;
const state = JSON.stringify({ version: 3, deployment: { manifest: {}, resources: [] } });

/** Nodes as a stack's pools promise them. */
function nodesOf(of: StackFile): string {
  const { cluster } = parseSections(of);
  const nodes = cluster === undefined ? [] : clusterNodes(cluster);
  const items = nodes.map(({ address, allocatable, labels, taints }, index) => ({
    metadata: { name: `n${index}`, labels },
    spec: { taints },
    status: {
      allocatable: { ...allocatable, pods: `${allocatable.pods}` },
      ...(address?.kind === "reserved"
        ? { addresses: [{ type: "ExternalIP", address: "ip" in address ? address.ip : "" }] }
        : {}),
      conditions: [{ type: "Ready", status: "True" }],
    },
  }));
  return JSON.stringify({ items });
}

const version = JSON.stringify({
  clientVersion: { gitVersion: "v1.36.3" },
  serverVersion: { gitVersion: "v1.36.3" },
});

interface Asked {
  readonly of?: StackFile;
  readonly backend?: string | Error;
  readonly pulumi?: Answers;
  readonly kubectl?: Answers;
  /** Whether the stack file has no faults. */
  readonly isKnown?: boolean;
}

async function checksOf({
  of = file("test"),
  backend = "file:///nowhere",
  kubectl = {},
  isKnown = true,
  pulumi = {},
}: Asked): Promise<Readonly<Record<string, Check>>> {
  const reach: Reach = {
    project: "fleet",
    pulumi: answering(pulumi, { "config --show-secrets": "{}", "stack export": state }),
    backend: () => (backend instanceof Error ? Promise.reject(backend) : Promise.resolve(backend)),
    kubectl: () =>
      Promise.resolve(
        answering(kubectl, {
          version,
          "get nodes": nodesOf(of),
          "get csinodes,storageclasses": JSON.stringify({ items: [] }),
        }),
      ),
    ...{ refresh: "pulumi refresh", unlock: "pulumi cancel" },
  };
  const checks = await worldChecks({
    ...{ root: clone, file: of, reach, config: isKnown ? parseSections(of) : undefined },
    state: {
      ...{ stack: of.stack, refresh: "pulumi refresh", provider: undefined },
      ...{ cli: undefined, packages: {} },
    },
  });
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

/** What each check came to: `ok`, `fault`, or `not made`. */
const resultsOf = (checks: Readonly<Record<string, Check>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(checks).map(({ faults, name, unchecked }) => [
      name,
      faults.length > 0 ? "fault" : unchecked === undefined ? "ok" : "not made",
    ]),
  );

const ofState = [
  "pending operations",
  "secrets of the state",
  "providers of the state",
  "encryption of the state",
  "versions of the state",
];
const all = (result: string, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, result]));
const wellEngine = {
  ...{ backend: "ok", locks: "not made", decryption: "ok" },
  ...all("ok", ofState),
};
const wellCluster = all("ok", ["Kubernetes", "pools and nodes", "disks of nodes"]);

describe("a stack that can be asked about", () => {
  it("has every check made, and no question is repeated with secrets in its answer", async () => {
    expect(resultsOf(await checksOf({}))).toEqual({ ...wellEngine, ...wellCluster });
  });

  it("has its backend told without the credentials of its address", async () => {
    const { backend, locks } = await checksOf({ backend: "s3://key:canary@bucket" });
    expect(backend?.detail).toBe("s3://…@bucket");
    expect(JSON.stringify(locks)).not.toContain("canary");
  });

  it("has no cluster to ask where it makes none", async () => {
    expect(resultsOf(await checksOf({ of: file("spacemesh-discovery") }))).toEqual(wellEngine);
  });

  it("is not asked about its cluster while its file has faults", async () => {
    expect(resultsOf(await checksOf({ isKnown: false }))).toEqual({
      ...wellEngine,
      ...all("not made", Object.keys(wellCluster)),
    });
  });
});

describe("an engine", () => {
  it("whose backend does not answer leaves what hangs on it unmade, and the cluster is asked", async () => {
    const checks = await checksOf({ backend: refused });
    expect(resultsOf(checks)).toEqual({
      ...{ backend: "fault", locks: "not made", decryption: "not made" },
      ...all("not made", ofState),
      ...wellCluster,
    });
    expect(checks["backend"]?.faults[0]?.expected).toMatch(/connection refused/);
  });

  const wrong = new CommandError("error: incorrect passphrase");
  it("that decrypts nothing has the state looked at all the same, but for its secrets", async () => {
    const checks = await checksOf({
      of: file("test", secret),
      pulumi: { "config --show-secrets": wrong, "stack export --stack test --show-secrets": wrong },
    });
    expect(resultsOf(checks)).toEqual({
      ...wellEngine,
      ...{ decryption: "fault", "decryption of the state": "fault" },
      ...{ "secrets of the state": "not made" },
      ...wellCluster,
    });
  });

  it("is asked for nothing that is not there to decrypt", async () => {
    const { decryption } = await checksOf({ pulumi: { "config --show-secrets": wrong } });
    expect(decryption).toMatchObject({
      faults: [],
      detail: "the stack file has nothing encrypted",
    });
  });

  it.each<[string, string | Error, Record<string, string>]>([
    ["gives no state", refused, { state: "fault" }],
    ["gives no JSON", "canary: {", {}],
    ["gives a state of another form", '{"deployment":"canary"}', {}],
  ])("that %s leaves the state's checks unmade", async (_, answer, more) => {
    const checks = await checksOf({ pulumi: { "stack export": answer } });
    expect(resultsOf(checks)).toEqual({
      ...wellEngine,
      ...all("not made", ofState),
      ...more,
      ...wellCluster,
    });
    expect(JSON.stringify(checks)).not.toContain("canary");
  });
});

describe("a cluster", () => {
  const unasked = all("not made", ["pools and nodes", "disks of nodes"]);
  const forbidden = new CommandError("kubectl get: Error from server (Forbidden): no rights");

  it.each<[string, Answers, Record<string, string>]>([
    ["does not answer", { version: refused }, { ...unasked, Kubernetes: "fault" }],
    ["says another thing of itself", { version: "{}" }, { Kubernetes: "not made" }],
    // Whoever may not list nodes may have all that an update needs.
    ["does not let its nodes be listed", { "get nodes": forbidden }, unasked],
    [
      "breaks off at its nodes",
      { "get nodes": refused },
      { ...unasked, "pools and nodes": "fault" },
    ],
    ["lists them in another form", { "get nodes": '{"items":1}' }, unasked],
    [
      "does not let drivers be listed",
      { "get csinodes": forbidden },
      { "disks of nodes": "not made" },
    ],
    ["breaks off at drivers", { "get csinodes": refused }, { "disks of nodes": "fault" }],
    ["lists them oddly", { "get csinodes": "[" }, { "disks of nodes": "not made" }],
    ["has no nodes", { "get nodes": '{"items":[]}' }, { "pools and nodes": "fault" }],
  ])("that %s is told so, and the rest is asked", async (_, kubectl, results) => {
    expect(resultsOf(await checksOf({ kubectl }))).toEqual({
      ...wellEngine,
      ...wellCluster,
      ...results,
    });
  });

  it("of a network that is parked has no nodes, and is in order", async () => {
    const of = file("spacemesh-mini");
    const parked = parseStackFile(of.stack, of.text.replace("phase: running", "phase: parked"));
    expect(parked.text).not.toBe(of.text);
    const none = { "get nodes": '{"items":[]}' };
    const found = async (stack: StackFile) =>
      resultsOf(await checksOf({ of: stack, kubectl: none }))["pools and nodes"];
    expect([await found(of), await found(parked)]).toEqual(["fault", "ok"]);
  });
});
