/** Pools of nodes that are made and exchanged, and which of them waits for which. */
import { Cluster, type ClusterTerms } from "../../components/platform/cluster.ts";
import type { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { collect } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";

/** The pools of a cluster with what is asked of the engine for each. */
export async function poolsOf(
  type: string,
  config: ClusterConfig,
  terms: ClusterTerms,
): Promise<readonly Options[]> {
  const options: Options[] = [];
  await collect(() => {
    noteOptions(options);
    return new Cluster("cluster", { ...config, ...terms });
  });
  return options.filter((one) => one.type === type);
}

/** Pool → the other pools for which it waits, by their names. */
export const turnsOf = (pools: readonly Options[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    pools.map(({ name, type, dependencies }) => [
      name,
      dependencies.filter((urn) => urn.includes(type)).map((urn) => urn.split("::").at(-1) ?? ""),
    ]),
  );
