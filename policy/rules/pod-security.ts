/** Pods keep to the standard `restricted`, and the API server is told to see to it. */
import { restrictedFaults } from "../graph/restricted.ts";
import { objectOf, podsOf } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";

/** A pod that the standard refuses. */
export const podSecurity: ResourceRule = {
  kind: "resource",
  name: "pod-security",
  level: "mandatory",
  protects:
    "a program that is taken over must not take its node with it: no root, no privileges, nothing of the node",
  check: (resource) =>
    podsOf(resource).flatMap(({ annotations, spec }) => restrictedFaults(spec, annotations)),
};

const prefix = "pod-security.kubernetes.io/";

/** A namespace in which the API server lets pods be more than `restricted`. */
export const namespaceEnforces: ResourceRule = {
  kind: "resource",
  name: "namespace-enforces",
  level: "mandatory",
  protects:
    "what is put into a namespace by hand, or by a program in it, is held to the same standard by the API server, of a version that does not move by itself",
  check: (resource) => {
    const object = objectOf(resource);
    if (object?.kind !== "Namespace") {
      return [];
    }
    const labels = object.metadata.labels ?? {};
    const level = labels[`${prefix}enforce`];
    const version = labels[`${prefix}enforce-version`];
    return [
      ...(level === "restricted" ? [] : [`enforces ${level ?? "no level"}, not restricted`]),
      ...(version !== undefined && /^v1\.\d+$/.test(version)
        ? []
        : [
            `enforces the standard of version ${version ?? "latest"}, which moves with the cluster`,
          ]),
    ];
  },
};
