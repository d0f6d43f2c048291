/**
 * Rules across the fields of a voting stack: what each field alone cannot know. Pure.
 *
 * The services are tried as what they will become: what no Workload could do is told of the word it
 * comes from.
 */
import type * as pulumi from "@pulumi/pulumi";

import type { ComposeService } from "../../components/compose/compose.schema.ts";
import { toWorkload } from "../../components/compose/kubernetes.ts";
import { layoutOf } from "../../components/compose/layout.ts";
import { stackFaults } from "../../components/compose/stack-faults.ts";
import { secondsIn } from "../../components/compose/units.ts";
import { observabilityFaults } from "../../components/observability/faults.ts";
import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults } from "../../components/platform/ingress.schema.ts";
import { plannedOnControllers, recordFaults } from "../../components/platform/record-faults.ts";
import { workloadFaults } from "../../components/workload/faults.ts";
import type { WorkloadArgs } from "../../components/workload/types.ts";
import { deploymentBudget } from "../../components/workload/update.ts";
import { placeable, type StackWorkload } from "../requests.ts";
import { surroundingNamespaces, surroundingWorkloads } from "../surroundings.ts";
import {
  keptNodeFaults,
  namespaceFaults,
  pinnedFaults,
  repeatedHostFaults,
  roomFaults,
  strayHostFaults,
} from "../rules.ts";
import type { VotingOnKubernetes, VotingOnSwarm } from "./schema.ts";
import { composeOf, publicHosts, publishedPort } from "./shape.ts";
import { watchedStack } from "./watched.ts";
import { contextOf } from "./workloads.ts";

type Path = PlatformFault["path"];
type Rule = (stack: VotingOnKubernetes) => PlatformFault[];

/** Words of the services that contradict each other or cannot be had in a cluster. */
const serviceFaults: Rule = (stack) =>
  stackFaults(composeOf(stack), {
    kind: "kubernetes",
    controlPlaneNodes: false,
    exception: undefined,
    // Hosts lead to what is published, and nothing else does.
    nodePorts: false,
  }).map(({ path, message }) => ({ path: ["services", ...path], message }));

/** Sections that speak of services the stack does not have. */
const unknownServiceFaults: Rule = ({ services, hosts, autoscale }) => {
  const named: readonly (readonly [Path, string])[] = [
    ...Object.keys(hosts).map((name) => [["hosts", name], name] as const),
    ...Object.keys(autoscale).map((name) => [["autoscale", name], name] as const),
  ];
  const known = Object.keys(services).join(", ");
  return named
    .filter(([, name]) => !Object.hasOwn(services, name))
    .map(([path]) => ({ path, message: `must be a service of this stack: ${known}` }));
};

/** A host leads to the first port that its service publishes. */
const hostPortFaults: Rule = ({ services, hosts }) =>
  Object.keys(hosts)
    .filter((name) => {
      const service = services[name];
      return service !== undefined && publishedPort(service) === undefined;
    })
    .map((name) => ({
      path: ["hosts", name],
      message: `leads to ${name}, which publishes no TCP port: give it ports, or take the host out`,
    }));

const hostFaults: Rule = (stack) => {
  const { cluster, dns, ingress } = stack;
  const uses = publicHosts(stack);
  return [
    ...zoneFaults(uses, dns),
    ...repeatedHostFaults(uses),
    ...recordFaults(plannedOnControllers(uses, ingress, cluster), dns),
    ...certificateFaults(uses, ingress),
    ...strayHostFaults(
      ingress,
      uses.map(({ host }) => host),
    ),
  ];
};

const slotsFaults: Rule = (stack) => pinnedFaults(stack, surroundingWorkloads(stack));

const keeperFaults: Rule = ({ cluster }) => keptNodeFaults(cluster, "the voting application");

const regionFaults: Rule = ({ cluster, ingress }) => balancerFaults(ingress, cluster);

/** The controllers' namespace lets pods do more than the services'. */
const namespaceRule: Rule = (stack) =>
  namespaceFaults([
    { path: ["namespace"], name: stack.namespace },
    ...surroundingNamespaces(stack),
  ]);

/** A service with the Workload it becomes. */
interface Planned {
  readonly name: string;
  readonly service: ComposeService;
  readonly args: WorkloadArgs;
}

/** In the place of every secret: what is made of one is not looked at here, where the SDK is not loaded. */
const unread = {} as pulumi.Output<string>;

/** Services as Workloads; those that cannot become one have been told of. */
function planned(stack: VotingOnKubernetes): Planned[] {
  const refused = new Set(serviceFaults(stack).map(({ path: [, name] }) => name));
  const bindings = { namespace: stack.namespace, secret: () => unread };
  return Object.entries(stack.services)
    .filter(([name]) => !refused.has(name))
    .map(([name, service]) => ({
      name,
      service,
      args: toWorkload(service, contextOf(stack, name, bindings)).args,
    }));
}

const contradictionFaults: Rule = (stack) =>
  planned(stack).flatMap(({ name, service, args }) =>
    workloadFaults(args).map(({ path, message }) => ({
      path: wordsFor(name, service, path),
      message,
    })),
  );

/** The word of the file that a word of its Workload comes from. */
function wordsFor(name: string, service: ComposeService, [word, field]: Path): Path {
  const { deploy, at } = layoutOf(service);
  const { delay = "0s", monitor = "5s" } = deploy.update_config ?? {};
  if (word === "update" && field === "minReadySeconds") {
    const longer = secondsIn(delay) > secondsIn(monitor) ? "delay" : "monitor";
    return ["services", name, ...at("update_config", longer)];
  }
  switch (word) {
    case "update":
      return ["services", name, ...at("update_config")];
    case "replicas":
      return ["services", name, "deploy", "replicas"];
    case "autoscale":
      return ["autoscale", name];
    default:
      return ["services", name];
  }
}

/** A run that gives up first never learns why the controller does. */
const timeoutFaults: Rule = ({ update: { progressDeadlineSeconds, timeoutSeconds } }) =>
  timeoutSeconds === undefined || timeoutSeconds > progressDeadlineSeconds
    ? []
    : [
        {
          path: ["update", "timeoutSeconds"],
          message: `must be above progressDeadlineSeconds (${progressDeadlineSeconds}): the run would give up before Kubernetes says why`,
        },
      ];

const stackWorkloads = (stack: VotingOnKubernetes): StackWorkload[] => [
  ...planned(stack).map((service) => ({
    path: ["services", service.name],
    namespace: stack.namespace,
    request: requestOf(service),
  })),
  ...surroundingWorkloads(stack),
];

/** What is asked of the nodes, by those that may find a place. */
export const placeableRequests = (stack: VotingOnKubernetes): CapacityRequest[] =>
  placeable(stack.cluster, stackWorkloads(stack)).map(({ request }) => request);

const capacityRule: Rule = (stack) => roomFaults(stack.cluster, stackWorkloads(stack));

/** What a service asks of the nodes while it is exchanged; a global one asks it of each. */
function requestOf({ name, args }: Planned): CapacityRequest {
  const { kind, container, autoscale, job, claims = [], placement = {}, update = {} } = args;
  const pods = autoscale?.max ?? args.replicas ?? job?.parallelism ?? 1;
  const surge = kind === "Deployment" ? deploymentBudget(update, pods).surge : 0;
  return {
    workload: name,
    replicas: pods + surge,
    ...container.resources.requests,
    ...(kind === "DaemonSet"
      ? { placement: { ...placement, podAntiAffinity: "required" }, onEachNode: true }
      : { placement }),
    disks: claims.length,
  };
}

/** What watches, and what of the stack it names. */
const watchFaults: Rule = (stack) => observabilityFaults(stack.observability, watchedStack(stack));

const rules: readonly Rule[] = [
  serviceFaults,
  unknownServiceFaults,
  hostPortFaults,
  hostFaults,
  slotsFaults,
  namespaceRule,
  regionFaults,
  keeperFaults,
  contradictionFaults,
  timeoutFaults,
  watchFaults,
  capacityRule,
];

/** Every fault across fields of a stack in a cluster. */
export const kubernetesFaults = (stack: VotingOnKubernetes): PlatformFault[] =>
  rules.flatMap((rule) => rule(stack));

/** Every fault across fields of a stack on a Swarm. */
export const swarmFaults = (stack: VotingOnSwarm): PlatformFault[] =>
  stackFaults(composeOf(stack), { kind: "swarm" }).map(({ path, message }) => ({
    path: ["services", ...path],
    message,
  }));
