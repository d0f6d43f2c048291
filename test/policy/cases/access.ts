/** What each rule of access lets pass, and what it objects to: policy/rules/access.ts. */
import type { Resource } from "../../../policy/resource.ts";
import { deployment, object } from "../resources.ts";
import type { Cases } from "./case.ts";
import { role } from "./things.ts";

const binding = (
  name: string,
  subject: Readonly<Record<string, string>>,
  kind = "RoleBinding",
): Resource =>
  object("rbac.authorization.k8s.io/v1", kind, "web", {
    roleRef: { kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", ...subject }],
  });

/** Cases by the rule's name. */
export const accessCases: Readonly<Record<string, Cases>> = {
  "rbac-wildcards": {
    pass: {
      "named rights": [role("Role", {}), binding("web", { name: "web" })],
      "people of a group of their own": [
        binding("web", { kind: "Group", name: "system:masters-of-none" }),
      ],
    },
    fail: {
      "every verb": [[role("Role", { verbs: ["*"] })], "rules[0].verbs has a wildcard"],
      "every verb beside one": [
        [role("Role", { verbs: ["get", "*"] })],
        "rules[0].verbs has a wildcard",
      ],
      "whatever other roles have": [
        [
          object("rbac.authorization.k8s.io/v1", "ClusterRole", "web", {
            aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
          }),
        ],
        "the rights of whatever roles bear some labels",
      ],
      "every subresource": [[role("Role", { resources: ["*/scale"] })], "resources has a wildcard"],
      "a ladder": [[role("Role", { verbs: ["escalate"] })], "may escalate"],
      "the cluster's administrator": [
        [binding("cluster-admin", { name: "web" })],
        "binds cluster-admin",
      ],
      everybody: [
        [binding("web", { kind: "Group", name: "system:authenticated" })],
        "grants its rights to system:authenticated",
      ],
      "those who have all rights anyway": [
        [binding("web", { kind: "Group", name: "system:masters" })],
        "grants its rights to system:masters",
      ],
      "every node": [
        [binding("web", { kind: "Group", name: "system:nodes" })],
        "grants its rights to system:nodes",
      ],
      "all accounts of a namespace": [
        [binding("web", { kind: "Group", name: "system:serviceaccounts:shop" })],
        "grants its rights to system:serviceaccounts:shop",
      ],
      "every path of the API server": [
        [role("ClusterRole", { resources: [], nonResourceURLs: ["*"] })],
        "nonResourceURLs has a wildcard",
      ],
    },
  },
  "rbac-cluster-power": {
    pass: {
      "secrets of one namespace": [role("Role", { resources: ["secrets"] })],
      "names of pods everywhere": [role("ClusterRole", {})],
      "namespaces that are only read": [role("ClusterRole", { resources: ["namespaces"] })],
      "a role that every cluster has, in one namespace": [binding("edit", { name: "web" })],
      "a role that every cluster has and that asks who somebody is": [
        binding("system:auth-delegator", { name: "web" }, "ClusterRoleBinding"),
      ],
    },
    fail: {
      "secrets everywhere": [
        [role("ClusterRole", { resources: ["secrets"] })],
        "reads the Secrets",
      ],
      "secrets everywhere, among other things": [
        [role("ClusterRole", { resources: ["pods", "secrets"], verbs: ["delete", "list"] })],
        "reads the Secrets",
      ],
      "certificates of any user": [
        [
          role("ClusterRole", {
            resources: ["certificatesigningrequests/approval"],
            verbs: ["update"],
          }),
        ],
        "has certificates signed for users",
      ],
      "disks that are folders of nodes": [
        [role("ClusterRole", { resources: ["persistentvolumes"], verbs: ["create"] })],
        "mounts what it likes",
      ],
      "webhooks, which see and change whatever is made": [
        [role("ClusterRole", { resources: ["mutatingwebhookconfigurations"], verbs: ["patch"] })],
        "reads and changes the objects",
      ],
      "labels of namespaces, by which pods may be more": [
        [role("ClusterRole", { resources: ["namespaces"], verbs: ["update"] })],
        "lowers the guard",
      ],
      "commands in pods everywhere": [
        [role("ClusterRole", { resources: ["pods/exec"], verbs: ["create"] })],
        "enters the pods",
      ],
      "pods everywhere": [
        [role("ClusterRole", { resources: ["deployments"], verbs: ["patch"] })],
        "runs what it likes",
      ],
      "kubelets, by which whoever reads runs commands": [
        [role("ClusterRole", { resources: ["nodes/proxy"], verbs: ["get"] })],
        "enters the pods",
      ],
      "tokens of every account": [
        [role("ClusterRole", { resources: ["serviceaccounts/token"], verbs: ["create"] })],
        "tokens of the accounts",
      ],
      "a role by which the cluster runs itself": [
        [binding("system:controller:job-controller", { name: "web" }, "ClusterRoleBinding")],
        "binds system:controller:job-controller in every namespace",
      ],
      "a role that every cluster has": [
        [binding("edit", { name: "web" }, "ClusterRoleBinding")],
        "binds edit in every namespace",
      ],
    },
  },
  "account-tokens": {
    pass: {
      "no rights, no token": [deployment()],
      "rights of a user who is called as the account": [
        deployment(),
        binding("web", { kind: "User", name: "web", namespace: "shop" }),
      ],
      "rights that everybody has, with a token and without": [
        deployment(),
        binding("web", { kind: "Group", name: "system:authenticated" }),
      ],
      "a token for rights that all accounts have": [
        deployment({ automountServiceAccountToken: true }),
        binding("web", { kind: "Group", name: "system:serviceaccounts:shop" }),
      ],
      "rights of the user that an account is": [
        deployment({ automountServiceAccountToken: true }),
        binding("web", { kind: "User", name: "system:serviceaccount:shop:web" }),
      ],
      "rights and a token": [
        deployment({ automountServiceAccountToken: true }),
        binding("web", { name: "web", namespace: "shop" }),
      ],
    },
    fail: {
      "a token for nothing": [
        [deployment({ automountServiceAccountToken: undefined })],
        "has a token",
      ],
      "a token, and rights of all accounts of another namespace": [
        [
          deployment({ automountServiceAccountToken: true }),
          binding("web", { kind: "Group", name: "system:serviceaccounts:hall" }),
        ],
        "has a token",
      ],
      "a token, and rights of everybody in another namespace": [
        [
          deployment({ automountServiceAccountToken: true }),
          object("rbac.authorization.k8s.io/v1", "RoleBinding", "web", {
            metadata: { namespace: "hall" },
            roleRef: { kind: "Role", name: "web" },
            subjects: [{ kind: "Group", name: "system:authenticated" }],
          }),
        ],
        "has a token",
      ],
      "rights for nothing": [
        [deployment(), binding("web", { name: "web" })],
        "has rights at the API server, and no token",
      ],
      "everybody's account": [[deployment({ serviceAccountName: undefined })], "default account"],
      "variables of Services": [[deployment({ enableServiceLinks: undefined })], "gets a variable"],
    },
  },
};
