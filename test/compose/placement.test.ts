import { describe, expect, it } from "vitest";

import type { ComposePlacement } from "../../components/compose/deploy.schema.ts";
import {
  placementFaults,
  type PlacementOf,
  toPlacement,
  toSwarmPlacement,
} from "../../components/compose/placement.ts";
import { Placement } from "../../components/workload/workload.schema.ts";
import { texts } from "./fixtures.ts";

const at = (...words: string[]) => words;

const place = (placement: ComposePlacement, mode: PlacementOf["mode"] = "replicated") =>
  toPlacement({ mode, placement }, at);

const constrained = (...constraints: string[]) => place({ constraints }).value;

const controlPlane = "node-role.kubernetes.io/control-plane";

describe("constraints on Kubernetes", () => {
  it.each([
    ["node.role == worker", { key: controlPlane, operator: "DoesNotExist", values: [] }],
    ["node.role != manager", { key: controlPlane, operator: "DoesNotExist", values: [] }],
    ["node.role==manager", { key: controlPlane, operator: "Exists", values: [] }],
    ["node.role != worker", { key: controlPlane, operator: "Exists", values: [] }],
    ["node.labels.disk == ssd", { key: "disk", operator: "In", values: ["ssd"] }],
    ["node.labels.disk != hdd", { key: "disk", operator: "NotIn", values: ["hdd"] }],
    ["node.labels.example.org/zone==a", { key: "example.org/zone", operator: "In", values: ["a"] }],
    [
      "node.hostname == node-1",
      { key: "kubernetes.io/hostname", operator: "In", values: ["node-1"] },
    ],
    ["node.platform.os == linux", { key: "kubernetes.io/os", operator: "In", values: ["linux"] }],
    [
      "node.platform.arch == x86_64",
      { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
    ],
    [
      "node.platform.arch != aarch64",
      { key: "kubernetes.io/arch", operator: "NotIn", values: ["arm64"] },
    ],
    [
      "node.platform.arch == s390x",
      { key: "kubernetes.io/arch", operator: "In", values: ["s390x"] },
    ],
  ])("%s", (text, requirement) => {
    expect(constrained(text).nodeAffinity).toEqual([requirement]);
    expect(Placement.safeParse(constrained(text)).success).toBe(true);
  });

  it("all hold together", () => {
    expect(constrained("node.role == worker", "node.labels.disk == ssd").nodeAffinity).toHaveLength(
      2,
    );
  });

  it("put up with the control plane's taint where it is meant, and only there", () => {
    const toleration = [{ key: controlPlane, effect: "NoSchedule" }];
    expect(constrained("node.role == manager").tolerations).toEqual(toleration);
    expect(constrained("node.role == worker")).not.toHaveProperty("tolerations");
    expect(place({}, "global").value.tolerations).toEqual(toleration);
    const workers = place({ constraints: ["node.role == worker"] }, "global");
    expect(workers.value).not.toHaveProperty("tolerations");
  });

  it.each([
    ["engine.labels.storage == ssd", "no labels of their engine"],
    ["node.id == 2ivku8v2gvtg4", "no label with their id"],
    ["node.ip != 192.0.2.7", "no label with their ip"],
    ["node.labels.a_very == -bad-", "a label that Kubernetes takes"],
    ["node.role == manager", "a managed cluster runs nothing on its control plane"],
  ])("%s is refused on a managed cluster", (text, message) => {
    const faults = placementFaults({ placement: { constraints: [text] } }, false, at);
    expect(texts(faults)).toEqual([expect.stringContaining(message)]);
    expect(faults[0]?.path).toEqual(["constraints", 0]);
  });

  it("node.role == manager is none where the control plane can be used", () => {
    const placement = { constraints: ["node.role == manager"] };
    expect(placementFaults({ placement }, true, at)).toEqual([]);
  });
});

describe("spreading on Kubernetes", () => {
  const wish = { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" };

  it("is left to the Workload where nothing is said: over nodes and zones, as a wish", () => {
    expect(place({}).value).toEqual({});
  });

  it("follows a preference, then nodes, as wishes", () => {
    const { value, warnings } = place({ preferences: [{ spread: "node.labels.zone" }] });
    expect(value.spread).toEqual([
      { ...wish, topologyKey: "zone" },
      { ...wish, topologyKey: "kubernetes.io/hostname" },
    ]);
    expect(warnings).toEqual([]);
  });

  it("knows no order of preferences, and says so", () => {
    const preferences = [{ spread: "node.labels.region" }, { spread: "node.labels.zone" }];
    const { value, warnings } = place({ preferences });
    expect(value.spread).toHaveLength(3);
    expect(texts(warnings)).toEqual([expect.stringContaining("preferences has no order")]);
  });

  it("never puts two on a node where one is the most", () => {
    expect(place({ max_replicas_per_node: 1 })).toEqual({
      value: { podAntiAffinity: "required" },
      warnings: [],
    });
  });

  it("bounds the difference where more are allowed, and says that it bounds no count", () => {
    const { value, warnings } = place({ max_replicas_per_node: 3 });
    expect(value.spread).toEqual([
      { ...wish, topologyKey: "kubernetes.io/hostname" },
      { maxSkew: 3, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "DoNotSchedule" },
    ]);
    expect(Placement.safeParse(value).success).toBe(true);
    expect(texts(warnings)).toEqual([
      expect.stringContaining("max_replicas_per_node does not count"),
    ]);
  });

  it("means nothing to a global service, and says so", () => {
    const { value, warnings } = place({ preferences: [{ spread: "node.labels.zone" }] }, "global");
    expect(value).not.toHaveProperty("spread");
    expect(texts(warnings)).toEqual(["preferences has no effect on a global service"]);
  });

  // The API server takes no two constraints of one label and one consequence.
  it.each([
    [
      "one label twice",
      ["node.labels.zone", "node.labels.zone"],
      ["zone", "kubernetes.io/hostname"],
    ],
    ["nodes themselves", ["node.labels.kubernetes.io/hostname"], ["kubernetes.io/hostname"]],
  ])("is over each label once, where preferences name %s", (_, labels, keys) => {
    const { value } = place({ preferences: labels.map((spread) => ({ spread })) });
    expect(value.spread).toEqual(
      keys.map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
      })),
    );
  });

  it("refuses to spread over labels of the engine", () => {
    const placement = { preferences: [{ spread: "engine.labels.rack" }] };
    expect(placementFaults({ placement }, true, at)).toHaveLength(1);
  });
});

describe("placement on a Swarm", () => {
  it("keeps every word, preferences as mere labels", () => {
    const { value, warnings } = toSwarmPlacement(
      {
        constraints: ["node.role==worker", "engine.labels.storage != hdd"],
        preferences: [{ spread: "node.labels.zone" }],
        max_replicas_per_node: 2,
      },
      at,
    );
    expect(value).toEqual({
      constraints: ["node.role == worker", "engine.labels.storage != hdd"],
      prefs: ["node.labels.zone"],
      maxReplicas: 2,
    });
    expect(warnings).toEqual([]);
  });

  it("loses the order of preferences on the way, and says so", () => {
    const preferences = [{ spread: "node.labels.region" }, { spread: "node.labels.zone" }];
    const { warnings } = toSwarmPlacement({ preferences }, at);
    expect(texts(warnings)).toEqual([
      "preferences has no order: the provider keeps the preferences as a set",
    ]);
  });
});
