/** Rules of what stops serving for a while. */
import { paceOf, share } from "../kubernetes/pace.ts";
import { isServing, replicasOf } from "../kubernetes/pods.ts";
import { say, sayBoth } from "../say.ts";
import { swarmMissing, swarmReplicas, swarmService } from "../swarm.ts";
import { lookUp, objectAt, textAt } from "../values.ts";
import { nodePortsGone } from "./addresses.ts";
import { keyRules } from "./keys.ts";
import { takenRules } from "./taken.ts";
import {
  at,
  differing,
  going,
  isKind,
  isRenamed,
  type Rule,
  type Subject,
  touches,
} from "./subject.ts";

/** Kinds through which others are reached. */
export const ways = [
  "Service",
  "Ingress",
  "IngressClass",
  "Gateway",
  "GRPCRoute",
  "HTTPRoute",
  "TCPRoute",
  "TLSRoute",
  "UDPRoute",
  "IngressRoute",
  "IngressRouteTCP",
  "IngressRouteUDP",
  "TransportServer",
  "VirtualServer",
] as const;

/** Those of them that others name: clients a Service, an Ingress its class, a route its gateway. */
const dialled = ["Service", "IngressClass", "Gateway"] as const;

/** Types that go on running, in a cluster or in a swarm. */
const runs = (type: string): boolean => isServing(type) || type === swarmService;

/** Containers or pods that it keeps. */
const countOf = (type: string, inputs: unknown): number | undefined =>
  type === swarmService ? swarmReplicas(inputs) : replicasOf(type, inputs);

/** How many pods it had and has, where these are two numbers. Without a new one, nothing is told of that. */
export function replicaChange({
  after,
  before,
  change,
}: Subject): { readonly was: number; readonly is: number } | undefined {
  const was = countOf(change.type, before);
  const is = change.after === undefined ? undefined : countOf(change.type, after);
  return was !== undefined && is !== undefined && was !== is ? { was, is } : undefined;
}

/** Whether the pods of a workload that serves are made anew. */
export const rolls = (subject: Subject): boolean => touches(subject, /^spec\.template\b/);

/** {@inheritDoc Rule} */
export const downtimeRules: readonly Rule[] = [
  {
    name: "workload-deleted",
    isFor: runs,
    on: ["delete"],
    see: ({ change }) =>
      change.type === swarmService
        ? "its containers stop, and nothing takes their place"
        : "its pods stop, and nothing takes their place",
  },
  {
    name: "deleted-before-made",
    on: ["replace"],
    see: (subject) =>
      subject.replacement?.overlap === false && hasService(subject)
        ? "the old one is deleted before the new one is made: nothing serves in between"
        : undefined,
  },
  ...takenRules,
  {
    name: "selector-changed",
    kinds: ["Deployment", "StatefulSet", "DaemonSet", "Service"],
    on: differing,
    see: (subject) =>
      touches(subject, /^spec\.selector\b/)
        ? "other pods are selected than before: those that run are let go"
        : undefined,
  },
  {
    name: "leads-elsewhere",
    kinds: ["Service"],
    on: differing,
    see: (subject) => {
      const [alias] = at(subject, /^spec\.externalName$/);
      return alias === undefined
        ? undefined
        : `who dials it gets another host: ${sayBoth(alias.before, alias.after).join(" -> ")}`;
    },
  },
  {
    name: "scaled-to-zero",
    isFor: runs,
    on: differing,
    see: (subject) => {
      const { change, before, after } = subject;
      const [was, is] = [countOf(change.type, before), countOf(change.type, after)];
      if (is !== 0 || was === 0) {
        return undefined;
      }
      return `all ${was === undefined ? "" : `${was} `}${unit(subject)}s stop`;
    },
  },
  {
    name: "single-replica",
    isFor: runs,
    on: differing,
    see: (subject) => {
      const change = replicaChange(subject);
      return change !== undefined && change.is === 1 && change.was > 1
        ? `one ${unit(subject)} is left: whenever it moves, nothing serves`
        : undefined;
    },
  },
  { name: "below-budget", isFor: isServing, on: differing, see: seeBelowBudget },
  {
    name: "all-pods-at-once",
    isFor: runs,
    on: ["update"],
    see: (subject) => {
      if (subject.change.type === swarmService) {
        return seeSwarmRoll(subject);
      }
      if (!rolls(subject)) {
        return undefined;
      }
      const { type } = subject.change;
      const replicas = replicasOf(type, subject.after);
      const { missing, line } = paceOf(type, subject.after);
      return replicas !== undefined && replicas > 0 && missing === replicas
        ? `it rolls with none left serving (${line})`
        : undefined;
    },
  },
  {
    name: "way-deleted",
    kinds: ways,
    on: going,
    see: (subject) => {
      if (subject.change.operation === "delete") {
        return "what is reached through it is no longer";
      }
      const isKept = subject.change.before?.retainOnDelete === true;
      return isKind(subject, ...dialled) && isRenamed(subject) && !isKept
        ? "it gets another name or namespace: what is reached by the old one is no longer"
        : undefined;
    },
  },
  {
    name: "port-removed",
    kinds: ["Service"],
    on: differing,
    see: (subject) => {
      const ports = (inputs: unknown): ReadonlySet<string> =>
        new Set(
          listOfPorts(inputs).map((port) => {
            const protocol = textAt(port, "protocol") ?? "TCP";
            const number = say(lookUp(port, ["port"]));
            return protocol === "TCP" ? number : `${number}/${protocol}`;
          }),
        );
      const left = ports(subject.after);
      const removed = [
        ...[...ports(subject.before)].filter((port) => !left.has(port)),
        ...nodePortsGone(subject).map((port) => `${port} of every node`),
      ];
      return removed.length > 0
        ? `nobody answers on port ${removed.join(", ")} any more`
        : undefined;
    },
  },
  ...keyRules,
  {
    name: "nodes-replaced",
    isFor: (type) =>
      /:(LkeCluster|LkeNodePool|Cluster|NodePool)$/.test(type) && !type.startsWith("kubernetes:"),
    on: ["update"],
    see: ({ differences }) => {
      // At Linode the cluster's version is that of its nodes, each of which is made anew for it.
      const told = differences.filter(({ text }) =>
        /^((pools?\[\d+\]\.)?(type|nodeCount|count)|nodeConfig|nodeLocations|version|nodeVersion|k8sVersion)\b/.test(
          text,
        ),
      );
      return told.length > 0
        ? `nodes come or go: ${told.map(({ text, before, after }) => `${text} ${sayBoth(before, after).join(" -> ")}`).join(", ")}`
        : undefined;
    },
  },
];

/** What there is several of. */
const unit = ({ change }: Subject): string => (change.type === swarmService ? "container" : "pod");

function seeSwarmRoll(subject: Subject): string | undefined {
  const replicas = swarmReplicas(subject.after);
  return touches(subject, /^taskSpec\b/) &&
    replicas !== undefined &&
    replicas > 0 &&
    swarmMissing(subject.after, replicas) === replicas
    ? "it rolls with none left serving (the old ones stop first)"
    : undefined;
}

function listOfPorts(inputs: unknown): readonly unknown[] {
  const ports = objectAt(inputs, "spec")["ports"];
  return Array.isArray(ports) ? ports : [];
}

/** What others notice when it is not there. */
function hasService(subject: Subject): boolean {
  const { change } = subject;
  return (
    isServing(change.type) ||
    isKind(subject, ...ways) ||
    (isKind(subject, "ConfigMap", "Secret") &&
      subject.around.readersOf(subject.resource.kind, subject.before).length > 0) ||
    /:(NodeBalancer\w*|ForwardingRule|DomainRecord|DnsRecord|Record|RecordSet|Service)$/.test(
      change.type,
    )
  );
}

function seeBelowBudget(subject: Subject): string | undefined {
  const change = replicaChange(subject);
  const budget =
    change === undefined ? undefined : subject.around.budgetOf(subject.change.type, subject.after);
  if (change === undefined || budget === undefined || change.is >= change.was) {
    return undefined;
  }
  const least = share(lookUp(budget.inputs, ["spec", "minAvailable"]), change.is, Math.ceil);
  return least !== undefined && change.is < least
    ? `its budget asks for ${least} pods and ${change.is} are left`
    : undefined;
}

/** Differences at paths that match, told. */
export function told(subject: Subject, paths: RegExp): string {
  return at(subject, paths)
    .map(({ text }) => text)
    .join(", ");
}
