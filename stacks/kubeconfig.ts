/** What the loader needs of a kubeconfig: which contexts it has, and where their servers are. */
import * as z from "zod";

import { yamlValue } from "../components/base/yaml.ts";

/** Context → address of its API server. */
export type KubeContexts = ReadonlyMap<string, string>;

const Kubeconfig = z.looseObject({
  contexts: z
    .array(z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string() }) }))
    .default([]),
  clusters: z
    .array(z.looseObject({ name: z.string(), cluster: z.looseObject({ server: z.string() }) }))
    .default([]),
});

/**
 * Reads the contexts of kubeconfig files, the first file that names one winning, as kubectl does.
 *
 * @throws Error that names no content: a kubeconfig holds credentials.
 */
export function readKubeContexts(texts: readonly string[]): KubeContexts {
  const contexts = new Map<string, string>();
  const servers = new Map<string, string>();
  const files = texts.map((text) => {
    const parsed = Kubeconfig.safeParse(yamlValue(text) ?? {});
    if (!parsed.success) {
      throw new Error("the kubeconfig is not one: it must have lists contexts and clusters");
    }
    return parsed.data;
  });
  for (const { clusters } of files) {
    for (const { name, cluster } of clusters) {
      servers.set(name, servers.get(name) ?? cluster.server);
    }
  }
  for (const file of files) {
    for (const { name, context } of file.contexts) {
      contexts.set(name, contexts.get(name) ?? servers.get(context.cluster) ?? "");
    }
  }
  return contexts;
}

/** Whether a server answers on this machine only. */
export function isLoopback(server: string): boolean {
  const host = URL.canParse(server) ? new URL(server).hostname : "";
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
