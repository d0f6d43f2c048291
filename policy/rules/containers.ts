/** What a container asks of its node, and how one is told how it fares. */
import { parseQuantity } from "../../components/base/quantity.ts";
import {
  allContainers,
  type Container,
  describePods,
  lastingContainers,
  type PodSet,
} from "../graph/objects.ts";
import { podsOf, runsOn } from "../kubernetes.ts";
import { type Resource, unknownText } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";

/** What a check finds in each container, with the container's name before it. */
function inContainers(
  resource: Resource,
  check: (container: Container, pods: PodSet) => readonly string[],
): readonly string[] {
  return podsOf(resource).flatMap((pods) =>
    allContainers(pods.spec).flatMap((container) =>
      check(container, pods).map((fault) => `container ${container.name} ${fault}`),
    ),
  );
}

/**
 * Whether an amount is none: of a limit of 0 there is no limit, to the kubelet's evictions (`emptyDirLimitEviction` and
 * its neighbours) as to the kernel's control groups.
 */
const isNone = (amount: string | undefined): boolean =>
  amount === undefined || parseQuantity(amount) === 0;

/** What is said of an amount that is none; of one that is still to be told, that it is. */
const unlessSome = (amount: string | undefined, fault: string): readonly string[] =>
  amount === unknownText ? [`${fault}: ${unknownText}`] : isNone(amount) ? [fault] : [];

/** What a container says itself, or else its pod for all of them. */
const some = (own: string | undefined, whole: string | undefined): string | undefined =>
  isNone(own) ? whole : own;

/** What a pod requests for all its containers: where it only limits them, the API server fills that in. */
const asked = (
  whole: PodSet["spec"]["resources"],
  resource: "cpu" | "memory",
): string | undefined => whole?.requests?.[resource] ?? whole?.limits?.[resource];

/** A container that asks for nothing, or may take all of the node's memory. */
export const requestsAndLimits: ResourceRule = {
  kind: "resource",
  name: "requests-and-limits",
  level: "mandatory",
  protects:
    "the scheduler places by requests alone, and a container without a memory limit takes its neighbours' memory; CPU has no limit, as throttling hurts latency and requests share a busy node already",
  check: (resource) =>
    inContainers(resource, ({ resources: { requests, limits } }, { spec }) => {
      const whole = spec.resources;
      return [
        ...unlessSome(some(requests?.cpu, asked(whole, "cpu")), "requests no CPU"),
        ...unlessSome(some(requests?.memory, asked(whole, "memory")), "requests no memory"),
        ...unlessSome(some(limits?.memory, whole?.limits?.memory), "has no memory limit"),
      ];
    }),
};

/** A place on the node's disk that may grow without end. */
export const boundedScratch: ResourceRule = {
  kind: "resource",
  name: "bounded-scratch",
  level: "mandatory",
  protects:
    "what a container writes to its own root or to an unlimited scratch volume fills the node's disk, and the kubelet then evicts its neighbours",
  check: (resource) => [
    ...inContainers(resource, ({ securityContext, resources: { limits } }) =>
      securityContext?.readOnlyRootFilesystem === true
        ? []
        : unlessSome(
            limits?.["ephemeral-storage"],
            "may write to its root without a limit (ephemeral-storage)",
          ),
    ),
    ...podsOf(resource).flatMap(({ spec }) =>
      (spec.volumes ?? []).flatMap(({ name, emptyDir }) =>
        emptyDir === undefined
          ? []
          : unlessSome(emptyDir.sizeLimit, `the volume ${name} has no size limit`),
      ),
    ),
  ],
};

/** A container that runs on and is not asked how it fares. */
export const probed: ResourceRule = {
  kind: "resource",
  name: "probes",
  level: "mandatory",
  protects:
    "without a readiness probe a Service sends calls to what has not started, and without a liveness probe what hangs is never restarted",
  check: (resource) =>
    podsOf(resource)
      .filter(runsOn)
      .flatMap(({ spec }) =>
        lastingContainers(spec).flatMap(({ name, readinessProbe, livenessProbe }) => [
          ...(readinessProbe === undefined ? [`container ${name} has no readiness probe`] : []),
          ...(livenessProbe === undefined ? [`container ${name} has no liveness probe`] : []),
        ]),
      ),
};

const patience = (probe: NonNullable<Container["livenessProbe"]>): number =>
  probe.periodSeconds * probe.failureThreshold;

/** A container that is killed before it is left out. */
export const patientLiveness: ResourceRule = {
  kind: "resource",
  name: "patient-liveness",
  level: "mandatory",
  protects:
    "a container that is slow for a moment is to be left out of its Service first; one that is restarted sooner loses the calls it is at work on",
  check: (resource) =>
    inContainers(resource, ({ readinessProbe: ready, livenessProbe: alive }) =>
      ready !== undefined && alive !== undefined && patience(alive) < patience(ready)
        ? [`is restarted after ${patience(alive)} s, and left out after ${patience(ready)} s only`]
        : [],
    ),
};

/** Two of what may be only once in a pod. */
export const distinctInPods: ResourceRule = {
  kind: "resource",
  name: "distinct-in-pods",
  level: "mandatory",
  protects:
    "of two variables of one name the last wins without a word, and two ports of one name make a Service lead to either",
  check: (resource) =>
    podsOf(resource).flatMap((pods) => [
      ...allContainers(pods.spec).flatMap(({ name, env = [] }) =>
        repeated(env.map((variable) => variable.name)).map(
          (variable) => `container ${name} has the variable ${variable} more than once`,
        ),
      ),
      ...repeated(
        lastingContainers(pods.spec).flatMap(({ ports = [] }) =>
          ports.flatMap((port) => (port.name === undefined ? [] : [port.name])),
        ),
      ).map((port) => `${describePods(pods)} has the port ${port} more than once`),
    ]),
};

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
