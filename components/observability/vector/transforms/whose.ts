/** Whose line it is: the first step. Pure. */
import { dropped, logsAnnotation } from "../../../base/annotations.ts";
import { workloadLabel } from "../../../base/labels.ts";
import type { LogFamilies, LogFamily } from "../../logs/families.ts";
import { expression, literal, literals } from "./words.ts";

/** Containers of a family as an expression. */
const containersOf = (containers: readonly string[]): string =>
  expression(`^(?:${containers.map((name) => name.replace(/\*$/, ".*")).join("|")})$`);

const isOf = ({ namespaces, containers }: LogFamily): string =>
  [
    `includes(${literals(namespaces)}, namespace)`,
    ...(containers === undefined ? [] : [`match(container, ${containersOf(containers)})`]),
  ].join(" && ");

/**
 * Names the family and whose line it is, and leaves the line itself as `text`. What is of no family, or
 * of a pod that asks to be left out, goes no further; neither does what the API server has not told of,
 * as such a pod may have asked, too.
 *
 * @param source What every line says of where it comes from.
 */
export const whose = (families: LogFamilies, source: string): string => `\
namespace = string(.kubernetes.pod_namespace) ?? ""
container = string(.kubernetes.container_name) ?? ""
family = ""
${Object.entries(families)
  .map(([name, family]) => `if ${isOf(family)} { family = ${literal(name)} }`)
  .join("\n")}
node = string(.kubernetes.pod_node_name) ?? ""
if family == "" || node == "" || .kubernetes.pod_annotations.${literal(logsAnnotation)} == ${literal(dropped)} {
  abort
}
pod = string(.kubernetes.pod_name) ?? ""
. = {
  "@timestamp": to_string(timestamp(.timestamp) ?? now()),
  "stream": string(.stream) ?? "stdout",
  "family": family,
  "namespace": namespace,
  "pod": pod,
  "container": container,
  "workload": string(.kubernetes.pod_labels.${literal(workloadLabel)}) ?? pod,
  "node": node,
  "source": ${literal(source)},
  "text": string(.message) ?? ""
}
`;
