/** What a run of the engine is judged by, whichever library hands its resources over. */
import { dirname } from "node:path";

import type { ClusterConfig } from "../components/platform/cluster.schema.ts";
import { exceptionsOf } from "./alike.ts";
import type { Exception } from "./exceptions.ts";
import { networkOf } from "./graph/networks.ts";
import { clusterOfFile, nodesOf } from "./nodes.ts";
import type { Finding, Resource, Stack } from "./resource.ts";

/** Where the stack files lie. */
const clone = dirname(import.meta.dirname);

/** Name of the stack that a URN is of. */
export const stackOf = (urn: string): string =>
  (urn.split("::")[0] ?? "").replace("urn:pulumi:", "");

const excepted = new Map<string, readonly Exception[]>();

/** Exceptions of a stack. A run asks thousands of times about its one. */
export function exceptionsFor(stack: string): readonly Exception[] {
  const all = excepted.get(stack) ?? exceptionsOf(stack, clone);
  excepted.set(stack, all);
  return all;
}

const clusters = new Map<string, ClusterConfig | undefined>();

/** Cluster of a stack. Its file is read once: a run has one. */
function clusterFor(stack: string): ClusterConfig | undefined {
  if (!clusters.has(stack)) {
    clusters.set(stack, clusterOfFile(stack, clone));
  }
  return clusters.get(stack);
}

/** Reads what a stack is judged by beside its resources, before there are any. */
export function prepareFor(stack: string): void {
  exceptionsFor(stack);
  clusterFor(stack);
}

/** The stack of all resources of a run. */
export function stackWith(resources: readonly Resource[]): Stack {
  const name = stackOf(resources[0]?.urn ?? "");
  const cluster = clusterFor(name);
  return {
    ...{ name, resources, secrets: new Map() },
    nodes: nodesOf(cluster, resources),
    network: networkOf(cluster),
  };
}

/** Of some resources those for which a rule over the stack may not have been able to tell. */
export function concerned<Some extends { readonly urn: string }>(
  untold: readonly Finding[],
  resources: readonly Some[],
): readonly Some[] {
  const isAbout = ({ urn }: Some): boolean =>
    untold.some((one) => one.urn === urn || one.message.startsWith(urn));
  const others = untold.every(({ urn }) => urn === "") ? [] : resources;
  return [...resources.filter(isAbout), ...others];
}
