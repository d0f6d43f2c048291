import { describe, expect, it } from "vitest";

import { type Flow, flowsOf, groupFlows, type Peer, tcp } from "../../components/base/flows.ts";

const workload = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });
const group = (name: string, namespace: string): Peer => ({ kind: "group", name, namespace });

const flow = (from: Peer, to: Peer, port: number): Flow => ({ from, to, ports: [tcp(port)] });

/** One name in two namespaces, and of a group besides. */
const table: readonly Flow[] = [
  flow({ kind: "internet" }, workload("api", "a"), 1),
  flow(workload("api", "a"), workload("store", "a"), 2),
  flow(workload("api", "b"), workload("store", "b"), 3),
  flow(group("api", "a"), workload("store", "a"), 4),
  flow(workload("store", "a"), group("api", "a"), 5),
];

const portsOf = (flows: readonly Flow[]): readonly number[] =>
  flows.flatMap(({ ports }) => ports.map(({ port }) => port));

describe("what a table of flows says of one end", () => {
  it.each([
    ["a workload", flowsOf(table, "api", "a"), [1], [2]],
    ["its namesake in another namespace", flowsOf(table, "api", "b"), [], [3]],
    ["another workload", flowsOf(table, "store", "a"), [2, 4], [5]],
    ["a group of that name", groupFlows(table, "api", "a"), [5], [4]],
    ["a group of another namespace", groupFlows(table, "api", "b"), [], []],
    ["a workload of no flow", flowsOf(table, "other", "a"), [], []],
  ])("%s: callers and calls, and nobody else's", (_, { callers, calls }, arriving, leaving) => {
    expect(portsOf(callers)).toEqual(arriving);
    expect(portsOf(calls)).toEqual(leaving);
  });
});
