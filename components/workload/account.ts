import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Metadata } from "./metadata.ts";
import { hasRules } from "./pod.ts";
import type { ApiRule, WorkloadArgs } from "./types.ts";

/** Makes the account the pods run under and, where they need any, its rights. */
export function serviceAccount(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata, automountServiceAccountToken: hasRules(args) },
    opts,
  );
  const subjects = [{ kind: "ServiceAccount", name, namespace: args.namespace }];
  const made: pulumi.Resource[] = [account];
  const rules = (list: readonly ApiRule[]) =>
    list.map(({ apiGroups, resources, verbs, resourceNames }) => ({
      apiGroups: [...apiGroups],
      resources: [...resources],
      verbs: [...verbs],
      ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
    }));
  const apiGroup = "rbac.authorization.k8s.io";
  if (args.rules !== undefined) {
    made.push(
      new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules: rules(args.rules) }, opts),
      new k8s.rbac.v1.RoleBinding(
        `${name}-role-binding`,
        { metadata, subjects, roleRef: { apiGroup, kind: "Role", name } },
        opts,
      ),
    );
  }
  if (args.clusterRules !== undefined) {
    // With the namespace: another stack of the cluster may have a Workload of the same name, and the
    // later one would take the role over in silence.
    const clusterName = pulumi.interpolate`${args.namespace}:${name}`;
    const clusterMetadata = { name: clusterName, labels: metadata.labels };
    made.push(
      new k8s.rbac.v1.ClusterRole(
        `${name}-cluster-role`,
        { metadata: clusterMetadata, rules: rules(args.clusterRules) },
        opts,
      ),
      new k8s.rbac.v1.ClusterRoleBinding(
        `${name}-cluster-role-binding`,
        {
          metadata: clusterMetadata,
          subjects,
          roleRef: { apiGroup, kind: "ClusterRole", name: clusterName },
        },
        opts,
      ),
    );
  }
  return made;
}
