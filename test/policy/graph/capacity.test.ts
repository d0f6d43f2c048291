/** What of a node is taken by the pods that are on it: beside CPU and memory its ports, its neighbours and how many it takes. */
import { describe, expect, test } from "vitest";

import type { NodeShape } from "../../../components/platform/cluster.schema.ts";
import { requestsFit } from "../../../policy/graph/rules.ts";
import { controller, type Loose, pod, stackOf, twoNodes } from "./town.ts";

const [general] = twoNodes as readonly [NodeShape];

/** So many nodes alike. */
const nodes = (count: number, change: Partial<NodeShape> = {}): readonly NodeShape[] =>
  Array.from({ length: count }, () => ({ ...general, ...change }));

const allocatable = (change: object) => ({ allocatable: { ...general.allocatable, ...change } });

/** What a container asks for. */
const asking = (requests: object) => ({ resources: { requests } });
const little = asking({ cpu: "1m", memory: "1Mi" });

/** Pods that are stopped before others take their place. */
const deployment = (name: string, replicas: number, spec: object): Record<string, Loose> => ({
  [name]: controller("Deployment", "shop", name, spec, {
    replicas,
    strategy: { type: "Recreate" },
  }),
});

const told = (objects: Record<string, Loose>, on: readonly NodeShape[]): readonly string[] =>
  requestsFit.check(stackOf(objects, on)).map(({ message }) => message);

describe("a node's room", () => {
  test("has each of its ports once, whoever's pods want it", () => {
    const wanting = (name: string, hostPort: number) =>
      deployment(name, 1, pod(name, {}, { ...little, ports: [{ containerPort: 80, hostPort }] }));
    const two = { ...wanting("east", 80), ...wanting("west", 80) };
    expect(told(two, nodes(2))).toEqual([]);
    expect(told({ ...two, ...wanting("north", 81) }, nodes(2))).toEqual([]);
    expect(told({ ...two, ...wanting("north", 80) }, nodes(2))).toEqual([
      expect.stringContaining("Deployment shop/west: 0 of 1 pods at once find room"),
    ]);
  });

  test("is for one alone of the pods that are kept apart from one another", () => {
    const labelSelector = { matchLabels: { "app.kubernetes.io/name": "alone" } };
    const required = [{ labelSelector, topologyKey: "kubernetes.io/hostname" }];
    const affinity = {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required },
    };
    const alone = (replicas: number) =>
      deployment("alone", replicas, { ...pod("alone", {}, little), affinity });
    expect(told(alone(2), nodes(2))).toEqual([]);
    expect(told(alone(3), nodes(2))).toEqual([
      expect.stringContaining("Deployment shop/alone: 2 of 3 pods at once find room"),
    ]);
  });

  test("is for so many pods and no more, however little they ask for", () => {
    const few = nodes(2, allocatable({ pods: 3 }));
    const many = (replicas: number) => deployment("many", replicas, pod("many", {}, little));
    expect(told(many(6), few)).toEqual([]);
    expect(told(many(7), few)).toEqual([
      expect.stringContaining("Deployment shop/many: 6 of 7 pods at once find room"),
    ]);
  });

  test("is full with what fills it to the last byte and thousandth", () => {
    // Of 0.3 three times 0.1 leave a little less than nothing, as computers count.
    const whole = nodes(1, allocatable({ cpu: "300m", memory: "3Gi" }));
    const third = (memory: string) =>
      deployment("third", 3, pod("third", {}, asking({ cpu: "100m", memory })));
    expect(told(third("1Gi"), whole)).toEqual([]);
    expect(told(third("1025Mi"), whole)).not.toEqual([]);
    const more = deployment("third", 3, pod("third", {}, asking({ cpu: "101m", memory: "1Gi" })));
    expect(told(more, whole)).not.toEqual([]);
  });

  test.each([
    ["CPU", { cpu: "4", memory: "1Mi" }, "4 CPU and 1Mi"],
    [
      "the node's own disk",
      { cpu: "1m", memory: "1Mi", "ephemeral-storage": "30Gi" },
      "1m CPU, 30Gi of the node's own disk and 1Mi",
    ],
  ])("is wanted for the hungriest step before the start, by its %s", (_, requests, amount) => {
    const spec = {
      ...pod("late", {}, little),
      initContainers: pod("step", {}, asking(requests)).containers,
    };
    expect(told(deployment("late", 1, spec), nodes(1, { scratch: "20Gi" }))).toEqual([
      expect.stringMatching(new RegExp(`0 of 1 pods at once find room, .*; each takes ${amount}$`)),
    ]);
  });

  test("is what one of several containers says, whatever limit the pod has", () => {
    const containers = ["one", "other"].flatMap(
      (name) =>
        pod(name, {}, name === "one" ? asking({ memory: "1Gi" }) : { resources: {} }).containers,
    );
    const limited = { containers, resources: { limits: { memory: "9Gi" } } };
    expect(told(deployment("limited", 1, limited), nodes(1))).toEqual([]);
  });
});

describe("disks", () => {
  const claims = (...names: readonly string[]) => ({
    ...pod("disked", {}, little),
    volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  });
  const claim = (name: string, ...accessModes: readonly string[]): Record<string, Loose> => ({
    [name]: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, namespace: "shop" },
      spec: { accessModes },
    },
  });
  const attaching = (disks: number) => nodes(1, { disks });

  test("are none of a claim that many may mount as well as one", () => {
    const shared = claim("data", "ReadWriteOnce", "ReadOnlyMany");
    expect(told({ ...deployment("disked", 1, claims("data")), ...shared }, attaching(0))).toEqual(
      [],
    );
  });

  test("take turns where a Job's pods come and go", () => {
    const spec = { template: { metadata: { labels: {} }, spec: claims("data") } };
    const job = { apiVersion: "batch/v1", kind: "Job", spec };
    const metadata = { name: "disked", namespace: "shop" };
    expect(told({ disked: { ...job, metadata } }, attaching(0))).toEqual([]);
  });

  test("are told by their number, and not at all of pods that have none", () => {
    const disked = deployment("disked", 1, claims("data", "more"));
    expect(told(disked, attaching(1))).toEqual([
      "Deployment shop/disked: 0 of 1 pods at once find room, on the nodes of general; each takes 1m CPU, 2 disks and 1Mi",
    ]);
    const large = deployment("large", 1, pod("large", {}, asking({ cpu: "1m", memory: "7Gi" })));
    expect(told(large, [...attaching(1), ...nodes(1, { pool: "spare", disks: 1 })])).toEqual([
      "Deployment shop/large: 0 of 1 pods at once find room, on the nodes of general, spare; each takes 1m CPU and 7Gi",
    ]);
  });
});
