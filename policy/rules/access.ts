/** Nobody has rights that they do not use. */
import * as z from "zod";

import { describePods } from "../graph/objects.ts";
import { accountOf, holdsAll } from "../graph/subjects.ts";
import { objectOf, podsOf } from "../kubernetes.ts";
import type { Resource } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";

const Texts = z.array(z.string()).default([]);

const Role = z.looseObject({
  kind: z.enum(["Role", "ClusterRole"]),
  rules: z
    .array(
      z.looseObject({ apiGroups: Texts, resources: Texts, verbs: Texts, nonResourceURLs: Texts }),
    )
    .nullish()
    .transform((rules) => rules ?? []),
  aggregationRule: z.looseObject({}).nullish(),
});
type Role = z.infer<typeof Role>;

const Binding = z.looseObject({
  kind: z.enum(["RoleBinding", "ClusterRoleBinding"]),
  metadata: z.looseObject({ namespace: z.string().optional() }),
  roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
  subjects: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
    .nullish()
    .transform((subjects) => subjects ?? []),
});

function roleOf(resource: Resource): Role | undefined {
  return /:(Cluster)?Role$/.test(resource.type) ? Role.parse(objectOf(resource)) : undefined;
}

const bindingOf = (resource: Resource): z.infer<typeof Binding> | undefined =>
  /:(Cluster)?RoleBinding$/.test(resource.type) ? Binding.parse(objectOf(resource)) : undefined;

/** Verbs by which whoever has them can give themselves any other. */
const ladders = ["escalate", "bind", "impersonate"];

/** Rights to everything of a kind, or to become anyone. */
export const noWildcards: ResourceRule = {
  kind: "resource",
  name: "rbac-wildcards",
  level: "mandatory",
  protects:
    "a wildcard grants what the cluster learns tomorrow as well, and who may escalate, bind or impersonate has all rights",
  check: (resource) => {
    const { aggregationRule, rules } = roleOf(resource) ?? { rules: [] };
    const binding = bindingOf(resource);
    const everyone = (binding?.subjects ?? [])
      .map(({ name }) => name)
      .filter((name) =>
        /^system:(authenticated|unauthenticated|anonymous|serviceaccounts|masters|nodes)(:|$)/.test(
          name,
        ),
      );
    return [
      ...rules.flatMap(({ apiGroups, nonResourceURLs, resources, verbs }, index) => [
        ...(nonResourceURLs.includes("*")
          ? [`rules[${index}].nonResourceURLs has a wildcard`]
          : []),
        ...Object.entries({ apiGroups, resources, verbs })
          .filter(([, texts]) => texts.some((text) => text === "*" || text.startsWith("*/")))
          .map(([field]) => `rules[${index}].${field} has a wildcard`),
        ...verbs
          .filter((verb) => ladders.includes(verb))
          .map((verb) => `rules[${index}] may ${verb}`),
      ]),
      ...(aggregationRule == null ? [] : ["has the rights of whatever roles bear some labels"]),
      ...(binding?.roleRef.name === "cluster-admin" ? ["binds cluster-admin"] : []),
      ...everyone.map((name) => `grants its rights to ${name}`),
    ];
  },
};

/**
 * What a right to secrets of every namespace, or to run pods and commands in them, amounts to, and to what else has all
 * others in the end (kubernetes.io/docs/concepts/security/rbac-good-practices, «privilege escalation risks»).
 */
const powers: readonly {
  readonly resource: RegExp;
  readonly verbs: RegExp;
  readonly what: string;
}[] = [
  { resource: /^secrets$/, verbs: /^(get|list|watch)$/, what: "reads the Secrets" },
  {
    // By a node's proxy the kubelet runs commands, also for who may only read it.
    resource: /^(pods\/(exec|attach|portforward|proxy|ephemeralcontainers)|nodes\/proxy)$/,
    verbs: /./,
    what: "enters the pods",
  },
  {
    resource: /^serviceaccounts\/token$/,
    verbs: /^create$/,
    what: "gets itself tokens of the accounts",
  },
  {
    resource:
      /^(pods|deployments|statefulsets|daemonsets|jobs|cronjobs|replicasets|replicationcontrollers)$/,
    verbs: /^(create|update|patch)$/,
    what: "runs what it likes in pods",
  },
  {
    resource: /^nodes$/,
    verbs: /^(create|update|patch|delete|deletecollection)$/,
    what: "changes nodes",
  },
  {
    resource: /^certificatesigningrequests\/approval$/,
    verbs: /^(update|patch)$/,
    what: "has certificates signed for users",
  },
  {
    // A disk may be a folder of any node.
    resource: /^persistentvolumes$/,
    verbs: /^create$/,
    what: "mounts what it likes in pods",
  },
  {
    resource: /^(validating|mutating)webhookconfigurations$/,
    verbs: /^(create|update|patch)$/,
    what: "reads and changes the objects",
  },
  {
    // By its labels a namespace says to which standard its pods are held.
    resource: /^namespaces$/,
    verbs: /^(update|patch)$/,
    what: "lowers the guard",
  },
];

/** Roles that every cluster has and that let look at nothing but what is public, or who asks. */
const harmless =
  /^system:(auth-delegator|basic-user|discovery|monitoring|public-info-viewer|service-account-issuer-discovery)$/;

/**
 * Whether a role is one that every cluster has, and holds some of these: `admin`, `edit` and those by which the cluster
 * runs itself. `cluster-admin` is told as a wildcard.
 */
const isBuiltIn = (name: string): boolean =>
  name === "admin" || name === "edit" || (name.startsWith("system:") && !harmless.test(name));

/** A role of the whole cluster that reaches into every namespace. */
export const clusterWidePower: ResourceRule = {
  kind: "resource",
  name: "rbac-cluster-power",
  level: "mandatory",
  protects:
    "whoever takes over a program with such rights has every Secret, pod or node of the cluster",
  check: (resource) => {
    const role = roleOf(resource);
    const binding = bindingOf(resource);
    if (binding?.kind === "ClusterRoleBinding" && isBuiltIn(binding.roleRef.name)) {
      return [`binds ${binding.roleRef.name} in every namespace`];
    }
    return role?.kind !== "ClusterRole"
      ? []
      : role.rules.flatMap(({ resources, verbs }) =>
          powers
            .filter(
              (power) =>
                resources.some((one) => power.resource.test(one)) &&
                verbs.some((verb) => power.verbs.test(verb)),
            )
            .map(({ what }) => `${what} of every namespace`),
        );
  },
};

/** A pod with a token and no rights, with rights that it cannot use, or with a namespace's own account. */
export const accountTokens: StackRule = {
  kind: "stack",
  name: "account-tokens",
  level: "mandatory",
  protects:
    "a token that nobody uses is one that can be stolen, and rights bound to a namespace's default account are everybody's there",
  check: ({ resources }) => {
    const bindings = resources.flatMap((resource) => bindingOf(resource) ?? []);
    const bound = new Set(
      bindings.flatMap(({ subjects, metadata }) =>
        subjects.flatMap((subject) => {
          const account = accountOf(subject, metadata.namespace ?? "");
          return account === undefined ? [] : [`${account.namespace}/${account.name}`];
        }),
      ),
    );
    return resources.flatMap((resource) =>
      podsOf(resource).flatMap((pods) => {
        const { serviceAccountName: account = "default", automountServiceAccountToken } = pods.spec;
        const hasToken = automountServiceAccountToken !== false;
        const hasRights = bound.has(`${pods.namespace}/${account}`);
        // What everybody may, nobody need use; whoever has a token may.
        const mayToo = bindings.some(({ kind, metadata, subjects }) =>
          subjects.some(
            (subject) =>
              (kind === "ClusterRoleBinding" || metadata.namespace === pods.namespace) &&
              holdsAll(subject, pods.namespace),
          ),
        );
        return [
          ...(account === "default" ? ["runs under its namespace's default account"] : []),
          ...(hasToken && !hasRights && !mayToo
            ? ["has a token of the API server, and no rights there"]
            : []),
          ...(!hasToken && hasRights ? ["has rights at the API server, and no token for it"] : []),
          ...(pods.spec.enableServiceLinks === false
            ? []
            : ["gets a variable for every Service of its namespace"]),
        ].map((fault) => ({ urn: resource.urn, message: `${describePods(pods)} ${fault}` }));
      }),
    );
  },
};
