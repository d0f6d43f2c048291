/** Pods that go on while new ones come: let go, handed over, taken away. */
import { describe, expect, it } from "vitest";

import type { Decision } from "../../../ops/adopt/decision.ts";
import { decideObject, wantedObjects } from "../../../ops/adopt/kubernetes.ts";
import { findLeft, leavePods } from "../../../ops/adopt/side-by-side.ts";
import { object, planned, wish } from "./made.ts";

describe("what was left running", () => {
  const set = (owned: boolean) => ({
    metadata: {
      name: "x-1",
      namespace: "skywire",
      labels: { "fleet/left-by": "x" },
      ...(owned ? { ownerReferences: [{}] } : {}),
    },
  });
  const kubectl = (owned: boolean, deployment: object | undefined) => (words: readonly string[]) =>
    Promise.resolve(
      words[1] === "replicasets"
        ? JSON.stringify({ items: [set(owned)] })
        : deployment === undefined
          ? ""
          : JSON.stringify(deployment),
    );
  const deployment = (ready: number) => ({
    ...{ metadata: { name: "x", namespace: "skywire" }, spec: { replicas: 2, selector: {} } },
    status: { readyReplicas: ready },
  });

  it("goes when what came in its place is ready, not before", async () => {
    const isReplaced = async (ready: number | undefined) =>
      (await findLeft(kubectl(false, ready === undefined ? undefined : deployment(ready)))).map(
        (left) => left.isReplaced,
      );
    expect(await isReplaced(2)).toEqual([true]);
    expect(await isReplaced(1)).toEqual([false]);
    expect(await isReplaced(undefined)).toEqual([false]);
  });

  it("is not counted while its old Deployment still owns it", async () => {
    expect(await findLeft(kubectl(true, deployment(2)))).toEqual([]);
  });

  it("is prepared before it is let go, so that an interrupted run is done again whole", async () => {
    const words: string[] = [];
    const decision = decideObject(
      wantedObjects([
        wish("Deployment", "x", {
          spec: { selector: {}, template: { metadata: { labels: { a: "b" } } } },
        }),
      ])[0] as never,
      object("Deployment", "x", { spec: { selector: { matchLabels: { app: "x" } } } }),
    );
    const failing = (line: readonly string[]) => {
      words.push(line[0] ?? "");
      return line[1] === "pods" ? Promise.reject(new Error("gone")) : Promise.resolve("");
    };
    await expect(leavePods(failing, decision)).rejects.toThrow("gone");
    expect(words).toEqual(["label", "label"]);
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
