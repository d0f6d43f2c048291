import { describe, expect, it } from "vitest";

import type { ComposeStack } from "../../components/compose/compose-stack.schema.ts";
import { type ComposeTarget, stackFaults } from "../../components/compose/stack-faults.ts";
import { lecture, service, some, texts, votingStack } from "./fixtures.ts";

const kubernetes: ComposeTarget = {
  kind: "kubernetes",
  controlPlaneNodes: false,
  exception: undefined,
};
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
      "a.secrets must not put /run/secrets/sub/token below a folder of secrets",
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
