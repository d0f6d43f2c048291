/** Rules of who may reach, read or do what. */
import { hostsOf } from "../kubernetes/words.ts";
import { textAt } from "../values.ts";
import { told } from "./downtime.ts";
import { differing, differs, isKind, type Rule, type Subject, touches } from "./subject.ts";

const roles = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"] as const;

const happens = ({ change }: Subject): string => {
  switch (change.operation) {
    case "create":
    case "import":
      return "is new";
    case "delete":
    case "forget":
      return "goes";
    default:
      return "changes";
  }
};

/** Whether anything but labels and annotations of the object itself is touched. */
function isReal(subject: Subject): boolean {
  return !differs(subject) || touches(subject, /^(?!metadata\.(labels|annotations)\b)/);
}

/** {@inheritDoc Rule} */
export const accessRules: readonly Rule[] = [
  {
    name: "rights-changed",
    kinds: roles,
    see: (subject) =>
      isReal(subject)
        ? `who may do what in the cluster: ${subject.resource.kind} ${happens(subject)}`
        : undefined,
  },
  {
    name: "account-changed",
    kinds: ["ServiceAccount"],
    see: (subject) =>
      isReal(subject) && subject.change.operation !== "create"
        ? `the identity of pods ${happens(subject)}`
        : undefined,
  },
  {
    name: "network-policy-changed",
    kinds: ["NetworkPolicy", "CiliumNetworkPolicy", "GlobalNetworkPolicy"],
    see: (subject) =>
      isReal(subject)
        ? `who may reach these pods, and whom they reach: the policy ${happens(subject)}`
        : undefined,
  },
  {
    name: "service-opened",
    kinds: ["Service"],
    see: (subject) => {
      if (subject.change.operation === "delete") {
        return undefined;
      }
      const [was, is] = [subject.before, subject.after].map(
        (inputs) => textAt(inputs, "spec", "type") ?? "ClusterIP",
      );
      const isOpen = is === "LoadBalancer" || is === "NodePort";
      const isNew = subject.change.operation === "create" || was !== is;
      return isOpen && isNew ? `reachable from outside the cluster (${is})` : undefined;
    },
  },
  {
    name: "sources-changed",
    kinds: ["Service"],
    on: differing,
    see: (subject) =>
      touches(subject, /^spec\.(loadBalancerSourceRanges|externalTrafficPolicy|externalIPs|type)\b/)
        ? `from where it is reached: ${told(subject, /^spec\.(loadBalancerSourceRanges|externalTrafficPolicy|externalIPs|type)\b/)}`
        : undefined,
  },
  {
    name: "host-changed",
    kinds: ["Ingress", "IngressRoute", "HTTPRoute", "Gateway"],
    see: (subject) => {
      if (subject.change.operation === "create") {
        return `reachable from outside under ${hostsOf(subject.after).join(", ")}`;
      }
      return touches(subject, /^spec\b/)
        ? `what is reachable from outside: ${told(subject, /^spec\b/)}`
        : undefined;
    },
  },
  {
    name: "privileges-changed",
    on: differing,
    see: (subject) => {
      const paths =
        /securityContext\b|\.host(Network|PID|IPC|Port|Path)\b|serviceAccountName$|automountServiceAccountToken$/;
      return touches(subject, paths)
        ? `what its pods may do on a node: ${told(subject, paths)}`
        : undefined;
    },
  },
  {
    name: "admission-changed",
    kinds: [
      "ValidatingWebhookConfiguration",
      "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy",
      "Namespace",
    ],
    see: (subject) =>
      (
        isKind(subject, "Namespace")
          ? touches(subject, /pod-security\.kubernetes\.io/)
          : isReal(subject)
      )
        ? "what the cluster admits"
        : undefined,
  },
  {
    name: "secret-changed",
    kinds: ["Secret"],
    on: differing,
    see: (subject) =>
      touches(subject, /^(data|stringData|type)\b/)
        ? "who holds the old value is shut out, who holds the new one is let in"
        : undefined,
  },
  {
    name: "provider-changed",
    isFor: (type) => type.startsWith("pulumi:providers:"),
    on: differing,
    see: (subject) =>
      onlyVersion(subject)
        ? undefined
        : "with what credentials, and on which cluster or account, the stack acts",
  },
  {
    name: "cloud-access-changed",
    isFor: (type) =>
      /(Iam|IAM|Firewall|AccessPolicy|ServiceAccount|:User$|:Token$|ApiToken|SshKey|AclRule|SecurityPolicy|TunnelConfig)/.test(
        type,
      ) && !type.startsWith("kubernetes:"),
    see: (subject) =>
      subject.change.operation === "read"
        ? undefined
        : `who may reach or do what in the cloud account: it ${happens(subject)}`,
  },
];

function onlyVersion(subject: Subject): boolean {
  return subject.differences.every(({ path }) => path[0] === "version");
}
