/** What pods may do that a program in a container by itself may not. */
import { type JsonObject, listAt, numberAt, objectAt, textAt } from "../values.ts";
import { podSpec } from "./pods.ts";

/** Parts of its node that a pod may share. */
const shared = ["hostNetwork", "hostPID", "hostIPC"] as const;

/** The one capability that Pod Security's `restricted` lets a container have. */
const harmless = "NET_BIND_SERVICE";

/** Everything of its node, or of its node's root, that the pods of a workload have, in words. */
export function powersOf(type: string, inputs: unknown): readonly string[] {
  const spec = podSpec(type, inputs);
  return spec === undefined
    ? []
    : [
        ...shared.filter((field) => spec[field] === true),
        ...listAt(spec, "volumes").flatMap((volume) => {
          const path = textAt(volume, "hostPath", "path");
          return path === undefined ? [] : [`${path} of its node`];
        }),
        ...["initContainers", "containers"].flatMap((list) =>
          listAt(spec, list).flatMap((container) => ofContainer(container, spec)),
        ),
      ];
}

function ofContainer(container: unknown, spec: JsonObject): readonly string[] {
  const context = objectAt(container, "securityContext");
  const user = numberAt(context, "runAsUser") ?? numberAt(spec, "securityContext", "runAsUser");
  const found = [
    ...(context["privileged"] === true ? ["all of its node"] : []),
    ...(context["allowPrivilegeEscalation"] === true ? ["more rights than its own"] : []),
    ...(user === 0 ? ["root"] : []),
    ...listAt(context, "capabilities", "add")
      .filter((capability) => capability !== harmless)
      .map(String),
    ...listAt(container, "ports").flatMap((port) => {
      const host = numberAt(port, "hostPort") ?? 0;
      return host === 0 ? [] : [`port ${host} of its node`];
    }),
  ];
  const name = textAt(container, "name") ?? "";
  return found.map((power) => `${power} (container ${name})`);
}
