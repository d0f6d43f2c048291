/** Rules of who may reach, read or do what. */
import { controllerGuardWords, maySetController } from "../kubernetes/controller-guards.ts";
import { hostsOf } from "../kubernetes/hosts.ts";
import { isServing } from "../kubernetes/pods.ts";
import { powersOf } from "../kubernetes/powers.ts";
import { sourcesOf, tellsSources } from "../kubernetes/words.ts";
import { several } from "../say.ts";
import { isEqual, listAt, objectAt, textAt } from "../values.ts";
import { swarmService } from "../swarm.ts";
import { told, ways } from "./downtime.ts";
import {
  differing,
  differs,
  isKind,
  isOfKind,
  type Rule,
  type Subject,
  touches,
} from "./subject.ts";

/** Kinds of controllers' own that say who is let through a way. */
const guards = ["Middleware", "MiddlewareTCP", "TLSOption", "Policy"] as const;

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

/** Keys of an object's annotations or labels that come, go or change, whole maps included. */
function keysChanged(subject: Subject, field: "annotations" | "labels"): readonly string[] {
  if (!differs(subject)) {
    return [];
  }
  const [was, is] = [subject.before, subject.after].map((inputs) =>
    objectAt(inputs, "metadata", field),
  );
  return [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].filter(
    (key) => !isEqual(was?.[key], is?.[key]),
  );
}

/** Annotations by which nobody is let in or kept out: notes of tools, and times and sizes of what goes through. */
const harmless =
  /^(pulumi\.com|kubectl\.kubernetes\.io|meta\.helm\.sh|prometheus\.io)\/|^nginx\.org\/(proxy-(connect|read|send)-timeout|client-max-body-size|grpc-services)$/;

/** Labels by which roles take in the rights of other ones, by the convention of Kubernetes' own (aggregationRule). */
const aggregates = /\/aggregate-to-/;

/** Annotations that give an account of the cluster an identity in a cloud. */
const identities = /^(iam\.gke\.io|eks\.amazonaws\.com|azure\.workload\.identity)\//;

/** Types of a cloud that are rights, keys or walls. */
const cloudAccess =
  /(Iam|IAM|:iam\/|accesscontextmanager|Firewall|[Ss]ervice[Aa]ccount|:User$|Member$|Token$|(Api|Storage|Hmac|Ssh|SshPublic)Key\b|Access(Key|Policy|Control|Application|Group|Rule|IdentityProvider)|Acl(Rule|Policy)|ACL$|SecurityPolicy|Tunnel(Cloudflared)?(Config)?$|Ruleset$|ZoneLockdown$)/;

/** Properties of other types that are: whom an API server or a database answers, whose keys open a machine. */
const cloudGuards =
  /(^|\.)(controlPlane$|(controlPlane\.acl|masterAuth|masterAuthorizedNetworksConfig|controlPlaneEndpointsConfig|privateClusterConfig|workloadIdentityConfig|authorizedNetworks|authorizedKeys|allowLists?|acl|publicAccessPrevention|uniformBucketLevelAccess|firewallId|oauthScopes|serviceAccount)\b)/;

/** Arguments and variables of containers, and whatever they are a part of. */
const toldToPrograms =
  /ontainers(\[\d+\](\.(command|args|env)\b.*)?)?$|^spec(\.template(\.spec)?)?$/;

/** Whether it can be reached from outside the cluster. */
const isOpen = (inputs: Subject["before"]): boolean =>
  ["LoadBalancer", "NodePort"].includes(textAt(inputs, "spec", "type") ?? "") ||
  listAt(inputs, "spec", "externalIPs").length > 0;

/** {@inheritDoc Rule} */
export const accessRules: readonly Rule[] = [
  {
    name: "rights-changed",
    kinds: roles,
    see: (subject) => {
      if (isReal(subject)) {
        return `who may do what in the cluster: ${subject.resource.kind} ${happens(subject)}`;
      }
      const labels = keysChanged(subject, "labels").filter((key) => aggregates.test(key));
      return labels.length > 0 ? `which roles take its rights in: ${labels.join(", ")}` : undefined;
    },
  },
  {
    name: "account-changed",
    kinds: ["ServiceAccount"],
    see: (subject) => {
      const keys =
        subject.change.operation === "create"
          ? Object.keys(objectAt(subject.after, "metadata", "annotations"))
          : keysChanged(subject, "annotations");
      const clouds = keys.filter((key) => identities.test(key));
      if (clouds.length > 0) {
        return `who its pods are in the cloud: ${clouds.join(", ")}`;
      }
      return isReal(subject) && subject.change.operation !== "create"
        ? `the identity of pods ${happens(subject)}`
        : undefined;
    },
  },
  {
    name: "network-policy-changed",
    kinds: [
      "NetworkPolicy",
      "AdminNetworkPolicy",
      "BaselineAdminNetworkPolicy",
      "CiliumNetworkPolicy",
      "CiliumClusterwideNetworkPolicy",
      "GlobalNetworkPolicy",
    ],
    see: (subject) =>
      isReal(subject)
        ? `who may reach these pods, and whom they reach: the policy ${happens(subject)}`
        : undefined,
  },
  {
    name: "service-opened",
    kinds: ["Service"],
    see: (subject) => {
      const { after, before } = subject;
      const [was, is] = [before, after].map(
        (inputs) => textAt(inputs, "spec", "type") ?? "ClusterIP",
      );
      const isNew = was !== is || !isOpen(before);
      return isOpen(after) && isNew
        ? `reachable from outside the cluster (${is ?? ""}${is === "LoadBalancer" ? `, ${sourcesIn(after)}` : ""})`
        : undefined;
    },
  },
  {
    name: "port-published",
    isFor: (type) => type === swarmService,
    see: (subject) => {
      const was = listAt(subject.before, "endpointSpec", "ports");
      const is = listAt(subject.after, "endpointSpec", "ports");
      return is.length === 0 || isEqual(was, is)
        ? undefined
        : "what the nodes of the swarm answer on";
    },
  },
  {
    name: "sources-changed",
    kinds: ["Service"],
    on: differing,
    see: (subject) => {
      const rest = told(subject, /^spec\.(externalTrafficPolicy|externalIPs|type)\b/);
      const words = [...sourcesChanged(subject), ...(rest === "" ? [] : [rest])];
      return words.length > 0 ? `from where it is reached: ${words.join("; ")}` : undefined;
    },
  },
  {
    name: "host-changed",
    kinds: ways.filter((kind) => kind !== "Service" && kind !== "IngressClass"),
    see: (subject) => {
      if (subject.change.operation === "create") {
        const hosts = hostsOf(subject.change.type, subject.after).join(", ");
        return `reachable from outside${hosts === "" ? "" : ` under ${hosts}`}`;
      }
      return touches(subject, /^spec\b/)
        ? `what is reachable from outside: ${told(subject, /^spec\b/)}`
        : undefined;
    },
  },
  {
    name: "guard-changed",
    kinds: [...ways, ...guards],
    see: (subject) => {
      if (isKind(subject, ...guards)) {
        return isReal(subject)
          ? `who is let through: ${subject.resource.kind} ${happens(subject)}`
          : undefined;
      }
      const keys = keysChanged(subject, "annotations").filter((key) => !harmless.test(key));
      return keys.length > 0
        ? `who is let in, where to, and by which address, as its controller reads it: ${keys.join(", ")}`
        : undefined;
    },
  },
  {
    name: "controller-guard-changed",
    isFor: maySetController,
    on: [...differing, "delete"],
    see: (subject) => {
      const { after, before, change } = subject;
      // Most updates of workloads touch nothing that a controller is told by: reading it all costs more than this look.
      if (isServing(change.type) && differs(subject) && !touches(subject, toldToPrograms)) {
        return undefined;
      }
      const words = controllerGuardWords(change.type, before, after);
      return words.length > 0
        ? `who is let in through all hosts of a controller: ${words.join(", ")}`
        : undefined;
    },
  },
  {
    name: "privileges-changed",
    on: [...differing, "create"],
    see: (subject) => {
      const paths =
        /securityContext\b|\.host(Network|PID|IPC|Users|Port|Path)\b|\.serviceAccount(Name)?$|automountServiceAccountToken$/;
      if (touches(subject, paths)) {
        return `what its pods may do on a node: ${told(subject, paths)}`;
      }
      // Of a container or volume that comes whole the engine names no more than that.
      const { after, before, change } = subject;
      const had = new Set(powersOf(change.type, before));
      const gets = powersOf(change.type, after).filter((power) => !had.has(power));
      return gets.length > 0 ? `its pods get ${gets.join(", ")}` : undefined;
    },
  },
  {
    name: "admission-changed",
    kinds: [
      "ValidatingWebhookConfiguration",
      "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
      "MutatingAdmissionPolicy",
      "MutatingAdmissionPolicyBinding",
      "Namespace",
    ],
    see: (subject) =>
      (
        isKind(subject, "Namespace")
          ? keysChanged(subject, "labels").some((key) =>
              key.startsWith("pod-security.kubernetes.io/"),
            )
          : isReal(subject)
      )
        ? "what the cluster admits"
        : undefined,
  },
  {
    name: "secret-changed",
    isFor: (type) => isOfKind(type, ["Secret"]) || type === "docker:index/secret:Secret",
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
    isFor: (type, isCustom) => isCustom && !type.startsWith("kubernetes:"),
    see: (subject) => {
      if (cloudAccess.test(subject.change.type)) {
        return `who may reach or do what in the cloud account: it ${happens(subject)}`;
      }
      return touches(subject, cloudGuards)
        ? `who may reach or do what in the cloud: ${told(subject, cloudGuards)}`
        : undefined;
    },
  },
];

/** Whom a Service's balancer is to let through: without a list all. */
function sourcesIn(inputs: Subject["after"]): string {
  if (!tellsSources(inputs)) {
    return "from where is not told before the update";
  }
  const ranges = sourcesOf(inputs);
  return ranges.length === 0 ? "from everywhere" : `from ${several(ranges)}`;
}

/** Who is let through from now on, by address: entries of a list move, and their places say nothing. */
function sourcesChanged(subject: Subject): readonly string[] {
  const { after, before } = subject;
  const [was, is] = [sourcesOf(before), sourcesOf(after)];
  if (was.length === 0 || is.length === 0) {
    const isOther = was.length + is.length > 0 || !tellsSources(after);
    return isOther && touches(subject, /^spec\.loadBalancerSourceRanges\b/)
      ? [sourcesIn(after)]
      : [];
  }
  const [come, goes] = [
    is.filter((range) => !was.includes(range)),
    was.filter((range) => !is.includes(range)),
  ];
  return [
    ...(come.length > 0 ? [`also from ${several(come)}`] : []),
    ...(goes.length > 0 ? [`no longer from ${several(goes)}`] : []),
  ];
}

function onlyVersion(subject: Subject): boolean {
  return subject.differences.every(({ path }) => path[0] === "version");
}
