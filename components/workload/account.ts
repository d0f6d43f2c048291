import type * as k8s from "@pulumi/kubernetes";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole.js";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import * as pulumi from "@pulumi/pulumi";

import type { Metadata } from "./metadata.ts";
import { hasRules } from "./pod.ts";
import type { ApiPathRule, ApiRule, WorkloadArgs } from "./types.ts";

function policyRule(rule: ApiRule | ApiPathRule): k8s.types.input.rbac.v1.PolicyRule {
  const verbs = [...rule.verbs];
  if ("paths" in rule) {
    return { nonResourceURLs: [...rule.paths], verbs };
  }
  const { apiGroups, resources, resourceNames } = rule;
  return {
    apiGroups: [...apiGroups],
    resources: [...resources],
    verbs,
    ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
  };
}

/** Who pods are, and what they may do at the Kubernetes API. */
export interface AccountArgs extends Pick<WorkloadArgs, "namespace" | "rules" | "clusterRules"> {
  /** Annotations of the account, by which a cloud knows it. */
  readonly accountAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Makes the account the pods run under and, where they need any, its rights. */
export function serviceAccount(
  name: string,
  args: AccountArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): [ServiceAccount, ...pulumi.Resource[]] {
  const account = new ServiceAccount(
    `${name}-account`,
    {
      metadata:
        args.accountAnnotations === undefined
          ? metadata
          : { ...metadata, annotations: args.accountAnnotations },
      automountServiceAccountToken: hasRules(args),
    },
    opts,
  );
  const subjects = [{ kind: "ServiceAccount", name, namespace: args.namespace }];
  const made: [ServiceAccount, ...pulumi.Resource[]] = [account];
  const rules = (list: readonly (ApiRule | ApiPathRule)[]) => list.map(policyRule);
  const apiGroup = "rbac.authorization.k8s.io";
  if (args.rules !== undefined) {
    made.push(
      new Role(`${name}-role`, { metadata, rules: rules(args.rules) }, opts),
      new RoleBinding(
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
      new ClusterRole(
        `${name}-cluster-role`,
        { metadata: clusterMetadata, rules: rules(args.clusterRules) },
        opts,
      ),
      new ClusterRoleBinding(
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
