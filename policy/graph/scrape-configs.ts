/** What a Prometheus is told to read, and who announces that it can be read. */
import * as z from "zod";

import { metricsPortAnnotation } from "../../components/base/announce.ts";
import { yamlValue } from "../../components/base/yaml.ts";
import type { PodSet, World } from "./objects.ts";
import { ofPods } from "./once.ts";
import { textsOf } from "./texts.ts";

const Job = z.looseObject({
  kubernetes_sd_configs: z
    .array(
      z.looseObject({
        role: z.string(),
        namespaces: z.looseObject({ names: z.array(z.string()).optional() }).optional(),
      }),
    )
    .optional(),
  relabel_configs: z.array(z.looseObject({ target_label: z.string().optional() })).optional(),
});
type Job = z.infer<typeof Job>;

const ScrapeConfig = z.looseObject({ scrape_configs: z.array(Job) });

/** Jobs of a Prometheus' config; none where it is no such config, which Prometheus itself refuses. */
function jobsIn(text: string): readonly Job[] {
  try {
    const read = ScrapeConfig.safeParse(yamlValue(text));
    return read.success ? read.data.scrape_configs : [];
  } catch {
    return [];
  }
}

/** Jobs of the configs that pods are given. */
const jobsOf = ofPods((world, pods): readonly Job[] =>
  textsOf(world, pods)
    .filter(({ text }) => /^scrape_configs:/m.test(text))
    .flatMap(({ text }) => jobsIn(text)),
);

/** Which namespaces' pods some pods read metrics of; undefined where they read no pods at all. */
export function scrapedBy(
  world: World,
  pods: PodSet,
): { readonly namespaces: readonly string[] | "all" } | undefined {
  const configs = jobsOf(world, pods)
    .flatMap(({ kubernetes_sd_configs: found = [] }) => found)
    .filter(({ role }) => role === "pod");
  if (configs.length === 0) {
    return undefined;
  }
  const names = configs.map(({ namespaces }) => namespaces?.names ?? []);
  return { namespaces: names.some((list) => list.length === 0) ? "all" : names.flat() };
}

/** Whether pods read the kubelets themselves, and not by way of the API server, whose address they then say. */
export const readsKubelets = (world: World, pods: PodSet): boolean =>
  jobsOf(world, pods).some(
    ({ kubernetes_sd_configs: found = [], relabel_configs: changes = [] }) =>
      found.some(({ role }) => role === "node") &&
      !changes.some(({ target_label: label }) => label === "__address__"),
  );

/** Port on which pods announce metrics; undefined where they announce none. */
export function announcedPort({ annotations }: PodSet): string | undefined {
  return (
    annotations[metricsPortAnnotation] ??
    (annotations["prometheus.io/scrape"] === "true" ? annotations["prometheus.io/port"] : undefined)
  );
}
