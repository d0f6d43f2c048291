import { describe, expect, it } from "vitest";

import type { ComposeStack } from "../../components/compose/compose-stack.schema.ts";
import { type ComposeTarget, stackFaults } from "../../components/compose/stack-faults.ts";
import { lecture, service, some, texts, votingStack } from "./fixtures.ts";

const kubernetes: ComposeTarget = {
  kind: "kubernetes",
  controlPlaneNodes: false,
  exception: undefined,
  nodePorts: false,
};
const nodePorts: ComposeTarget = { ...kubernetes, nodePorts: true };
const swarm: ComposeTarget = { kind: "swarm" };

const stack = (
  services: Record<string, Record<string, unknown>>,
  change: Partial<ComposeStack> = {},
): ComposeStack => ({
  services: Object.fromEntries(
    Object.entries(services).map(([name, words]) => [name, some(words)]),
  ),
  networks: { front: null },
  volumes: {
    data: { size: "1Gi", accessMode: "ReadWriteOnce" },
    shared: { size: "1Gi", accessMode: "ReadWriteMany" },
  },
  configs: {},
  ...change,
});

it.each([kubernetes, swarm])("the lecture's worker has no fault on $kind", (target) => {
  expect(stackFaults(votingStack(service(lecture)), target)).toEqual([]);
});

describe.each([kubernetes, swarm])("refused on $kind", (target) => {
  it.each<[string, Record<string, Record<string, unknown>>, string]>([
    [
      "a network there is not",
      { a: { networks: ["frnot"] } },
      "a.networks names frnot, which is not among the stack's networks",
    ],
    [
      "a volume there is not",
      { a: { volumes: ["dta:/a"] } },
      "a.volumes.0 names dta, which is not among the stack's volumes",
    ],
    [
      "a config there is not",
      { a: { configs: ["conf"] } },
      "a.configs.0 names conf, which is not among the stack's configs",
    ],
    ["a service there is not", { a: { depends_on: ["b"] } }, "a.depends_on names b"],
    [
      "a port published twice",
      { a: { ports: ["80:80"] }, b: { ports: ["80:8080"] } },
      "b.ports.0 must not publish 80/tcp, as a.ports.0 does",
    ],
    [
      "two writers of one disk",
      { a: { volumes: ["data:/a"], deploy: { update_config: { order: "start-first" } } } },
      "a.deploy.update_config.order must be stop-first: the new task would write to its volume",
    ],
  ])("%s", (_, services, message) => {
    expect(texts(stackFaults(stack(services), target))).toEqual([expect.stringContaining(message)]);
  });

  it("but not many writers of a disk that has many", () => {
    const words = { volumes: ["shared:/a"], update_config: { order: "start-first" } };
    expect(stackFaults(stack({ a: words }), target)).toEqual([]);
  });
});

describe("refused on one of the two", () => {
  it.each<[string, Record<string, Record<string, unknown>>, string, ComposeTarget]>([
    [
      "one alias of two services",
      {
        a: { networks: { front: { aliases: ["db"] } } },
        b: { networks: { front: { aliases: ["db"] } } },
      },
      "b.networks must not be reached as db, as a.networks is",
      kubernetes,
    ],
    [
      "an alias that is a service",
      { a: { networks: { front: { aliases: ["b"] } } }, b: {} },
      "a.networks must not be reached as b, as b is",
      kubernetes,
    ],
    [
      "a disk of two services",
      { a: { volumes: ["data:/a"] }, b: { volumes: ["data:/b", "data:/c"] } },
      "b.volumes must not name data, as a.volumes does",
      kubernetes,
    ],
    [
      "root",
      { a: { user: "0:0" } },
      "a.user must not be 0: Pod Security restricted refuses root",
      kubernetes,
    ],
    [
      "a name that starts with a digit",
      { "1a": {} },
      "1a must not be reached as 1a: the name of a Service starts with a letter",
      kubernetes,
    ],
    [
      "an alias that starts with a digit",
      { a: { networks: { front: { aliases: ["2a"] } } } },
      "a.networks must not be reached as 2a",
      kubernetes,
    ],
    [
      "a name whose pods' labels would be too long",
      { ["a".repeat(53)]: {} },
      "must have at most 52 characters",
      kubernetes,
    ],
    [
      "the name of every namespace's own account",
      { default: {} },
      "must have another name",
      kubernetes,
    ],
    [
      "a file in the folder of secrets",
      { a: { secrets: ["token", { source: "token", target: "sub/token" }] } },
      "a.secrets must not put /run/secrets/sub/token at or below a folder of secrets",
      kubernetes,
    ],
    [
      "two files that would be one key",
      {
        a: {
          secrets: [
            { source: "token", target: "/etc/a/b" },
            { source: "token", target: "/etc/a.b" },
          ],
        },
      },
      "a.secrets must not have both /etc/a/b and /etc/a.b",
      kubernetes,
    ],
    ...["/run/secrets", "/run/secrets/", "/run/secrets/more"].map(
      (target): [string, Record<string, Record<string, unknown>>, string, ComposeTarget] => [
        `a folder at ${target}, where that of the secrets is`,
        { a: { secrets: ["token"], volumes: [{ type: "tmpfs", target }] } },
        `a.volumes.0 must not put ${target} at or below a folder of secrets`,
        kubernetes,
      ],
    ),
    [
      "a file in the place of the folder of secrets",
      { a: { secrets: ["token", { source: "token", target: "/run/secrets" }] } },
      "a.secrets must not put /run/secrets at or below a folder of secrets",
      kubernetes,
    ],
    ...["..token", "."].map(
      (target): [string, Record<string, Record<string, unknown>>, string, ComposeTarget] => [
        `a file ${target} of a folder of secrets`,
        { a: { secrets: [{ source: "token", target }] } },
        `a.secrets must not have /run/secrets/${target}: Kubernetes would call it ${target}`,
        kubernetes,
      ],
    ),
    [
      "a file whose name starts with two dots",
      { a: { secrets: [{ source: "token", target: "/..token" }] } },
      "a.secrets must not have /..token: Kubernetes would call it ..token",
      kubernetes,
    ],
    [
      "a file whose path is too long for its name",
      { a: { secrets: [{ source: "token", target: `/etc/${"a".repeat(250)}` }] } },
      `Kubernetes would call it etc.${"a".repeat(250)}`,
      kubernetes,
    ],
    [
      "a service called as the container that waits for another",
      { "wait-for-db": { depends_on: ["db"] }, db: { expose: ["5432"] } },
      "wait-for-db must have another name: the container that waits before each start of its pods",
      kubernetes,
    ],
    [
      "a processor by a name that is no label's value",
      { a: { placement: { constraints: ["node.platform.arch == a/b"] } } },
      "a.placement.constraints.0 must compare a label that Kubernetes takes",
      kubernetes,
    ],
    [
      "a node by its id",
      { a: { placement: { constraints: ["node.id == 2ivku8v2gvtg4"] } } },
      "a.placement.constraints.0 must go",
      kubernetes,
    ],
    [
      "a job",
      { a: { deploy: { mode: "replicated-job" } } },
      "a.deploy.mode must not be replicated-job: the Docker provider knows no jobs",
      swarm,
    ],
    [
      "a ratio of two decimals",
      { a: { update_config: { max_failure_ratio: 0.25 } } },
      "a.update_config.max_failure_ratio must have one decimal",
      swarm,
    ],
  ])("%s", (_, services, message, target) => {
    const other = target === swarm ? kubernetes : swarm;
    expect(texts(stackFaults(stack(services), target))).toEqual([expect.stringContaining(message)]);
    expect(stackFaults(stack(services), other)).toEqual([]);
  });
});

it.each<[string, Record<string, Record<string, unknown>>]>([
  ["a folder where secrets would be, and none is", { a: { volumes: ["data:/run/secrets"] } }],
  [
    "a folder whose name begins as that of the secrets",
    { a: { secrets: ["token"], volumes: [{ type: "tmpfs", target: "/run/secrets-of-mine" }] } },
  ],
  [
    "a file of as long a name as there may be",
    { a: { secrets: [{ source: "token", target: `/etc/${"a".repeat(249)}` }] } },
  ],
  [
    "a file whose name starts with a dot, and one with two inside",
    {
      a: {
        secrets: [
          { source: "token", target: ".token" },
          { source: "token", target: "a..b" },
        ],
      },
    },
  ],
  [
    "a service called as what would wait for a third",
    { "wait-for-db": { depends_on: ["a"] }, a: { expose: [80] }, db: { expose: [5432] } },
  ],
  [
    "a service called as what would wait, did the other answer",
    { "wait-for-db": { depends_on: ["db"] }, db: {} },
  ],
])("Kubernetes takes %s", (_, services) => {
  expect(stackFaults(stack(services), kubernetes)).toEqual([]);
});

describe("published ports that become ports of the nodes", () => {
  it.each<[string, Record<string, Record<string, unknown>>, string]>([
    [
      "one number by two protocols",
      { a: { ports: ["30000:80"] }, b: { ports: ["30000:53/udp"] } },
      "b.ports.0 must not publish 30000, as a.ports.0 does",
    ],
    [
      "one port of two services",
      { a: { ports: ["30000:80"] }, b: { ports: ["30000:8080"] } },
      "b.ports.0 must not publish 30000, as a.ports.0 does",
    ],
    [
      "one that is none of the nodes', by one protocol",
      { a: { ports: ["80:80"] }, b: { ports: ["80:8080"] } },
      "b.ports.0 must not publish 80/tcp, as a.ports.0 does",
    ],
  ])("refuses %s", (_, services, message) => {
    expect(texts(stackFaults(stack(services), nodePorts))).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it.each<[string, Record<string, Record<string, unknown>>, ComposeTarget]>([
    [
      "one number by both protocols of one service",
      { a: { ports: ["30000:53", "30000:53/udp"] } },
      nodePorts,
    ],
    [
      "a number that is none of the nodes', by two protocols: the cluster chooses others",
      { a: { ports: ["80:80"] }, b: { ports: ["80:53/udp"] } },
      nodePorts,
    ],
    ...[kubernetes, swarm].map(
      (target): [string, Record<string, Record<string, unknown>>, ComposeTarget] => [
        `one number by two protocols on ${target.kind}, where none becomes the nodes'`,
        { a: { ports: ["30000:80"] }, b: { ports: ["30000:53/udp"] } },
        target,
      ],
    ),
  ])("takes %s", (_, services, target) => {
    expect(stackFaults(stack(services), target)).toEqual([]);
  });
});
