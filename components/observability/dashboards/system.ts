/** What a system brings whose programs have no metrics of their own: the use and the state of its pods. */
import type { Exporter } from "../families/types.ts";
import type { ObservedSystem } from "../rules/types.ts";
import { systemPanels } from "./workloads.ts";

/** A system without metrics of its own, e.g. `voting`. */
export function observedPods(
  name: string,
  namespaces: readonly string[],
  exporters: readonly Exporter[],
): ObservedSystem {
  const panels = systemPanels(exporters, namespaces);
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  return {
    name,
    namespaces,
    family: {},
    rules: [],
    dashboards: panels.length === 0 ? [] : [{ uid: name, title, panels }],
  };
}
