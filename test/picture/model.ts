/**
 * What the picture of a stack shows, read out of the rendered objects: nothing here knows a service
 * by name, so that the picture cannot say anything that the program does not do.
 */
import { poolLabel, slotLabel } from "../../components/base/labels.ts";
import {
  clusterNodes,
  nameOfCluster,
  type NodeShape,
} from "../../components/platform/cluster.schema.ts";
import { allContainers, type PodSet } from "../../policy/graph/objects.ts";
import type { Options, Rendered } from "../rendered.ts";
import {
  type Call,
  callsOf,
  type Door,
  doorsOf,
  idOf,
  listened,
  type ListenedPort,
  outboundOf,
  serves,
} from "./reach.ts";

/** What a workload is for. */
export type Role =
  /** Takes what comes in from outside for others. */
  | "controller"
  /** A program of the system. */
  | "program"
  /** Keeps data for programs. */
  | "store"
  /** Comes and goes: a Job, or a CronJob. */
  | "job";

/** A workload. */
export interface Card {
  /** `<namespace>/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly role: Role;
  readonly replicas: number;
  readonly ports: readonly ListenedPort[];
  /** Public host names that lead to it. */
  readonly hosts: readonly string[];
  /** Slot that its pods are pinned to. */
  readonly slot: number | undefined;
  /** Pool that its pods are pinned to. */
  readonly pool: string | undefined;
  /** Whether its pods are given a secret key of the stack. */
  readonly keyed: boolean;
  /** Sizes of its disks. */
  readonly disks: readonly string[];
  /** Cron expression of a CronJob; `by hand` for one that waits for somebody. */
  readonly schedule: string | undefined;
  /** Whether the outside may be called: `TCP 80`, `every port`. */
  readonly outbound: readonly string[];
}

/** A namespace with workloads in it. */
export interface Room {
  readonly name: string;
  /** Pod Security level that the API server enforces there. */
  readonly level: string;
}

/** A stack, as the picture shows it. */
export interface Model {
  readonly title: string;
  readonly context: string;
  readonly rooms: readonly Room[];
  readonly cards: readonly Card[];
  readonly doors: readonly Door[];
  readonly calls: readonly Call[];
  readonly nodes: readonly NodeShape[];
}

function hostsOf({ world }: Rendered, pods: PodSet): string[] {
  const names = world.services
    .filter((service) => serves(service, pods))
    .map(({ metadata }) => metadata.name);
  return world.ingresses
    .filter(({ metadata }) => metadata.namespace === pods.namespace)
    .flatMap(({ spec }) => spec.rules)
    .filter(({ http }) => http.paths.some(({ backend }) => names.includes(backend.service.name)))
    .map(({ host }) => host);
}

/** All text of the Secrets that pods read, by variables or by files. */
function secretTexts({ world }: Rendered, { spec, namespace }: PodSet): string[] {
  const references = allContainers(spec)
    .flatMap(({ env }) => env ?? [])
    .flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  const mounted = (spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
  return world.secrets
    .filter(({ metadata }) => metadata.namespace === namespace)
    .flatMap(({ metadata, data = {}, stringData = {} }) =>
      [
        ...Object.entries(stringData),
        ...Object.entries(data).map(([key, text]) => [key, atob(text)] as const),
      ]
        .filter(
          ([key]) =>
            mounted.includes(metadata.name) ||
            references.some((one) => one.name === metadata.name && one.key === key),
        )
        .map(([, text]) => text),
    );
}

function isKeyed(rendered: Rendered, pods: PodSet): boolean {
  // Of all kinds of secrets only a secret key is 64 hexadecimal digits.
  const keys = [...rendered.secrets.values()].filter((value) => /^[\da-f]{64}$/.test(value));
  return secretTexts(rendered, pods).some((text) => keys.some((key) => text.includes(key)));
}

function disksOf({ world }: Rendered, { spec, namespace }: PodSet): string[] {
  const names = (spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  return world.objects
    .filter(
      ({ kind, metadata }) =>
        kind === "PersistentVolumeClaim" &&
        metadata.namespace === namespace &&
        names.includes(metadata.name),
    )
    .map((claim) => sizeOf(claim["spec"]));
}

function sizeOf(spec: unknown): string {
  const { resources } = spec as { resources?: { requests?: { storage?: string } } };
  return resources?.requests?.storage ?? "no size";
}

/** Types of the components that own a resource, from the nearest to the farthest. */
function ownersOf(options: readonly Options[], one: Options | undefined): string[] {
  const parent = options.find(({ urn }) => one !== undefined && urn === one.parent);
  return parent === undefined ? [] : [parent.type, ...ownersOf(options, parent)];
}

/** The room of the component that owns a controller tells what its pods are for. */
function roleOf({ options, collected }: Rendered, pods: PodSet): Role {
  if (pods.kind === "Job" || pods.kind === "CronJob") {
    return "job";
  }
  const resource = collected.resources.find(({ type, inputs }) => {
    const metadata = inputs["metadata"] as { name?: string; namespace?: string } | undefined;
    return (
      type.endsWith(`:${pods.kind}`) &&
      metadata?.name === pods.name &&
      metadata.namespace === pods.namespace
    );
  });
  const registered = options.find(
    ({ type, name }) => type === resource?.type && name === resource.name,
  );
  if (registered === undefined) {
    throw new Error(`${pods.kind} ${idOf(pods)} stands among no registered resources`);
  }
  const owners = ownersOf(options, registered);
  const owned = (room: string): boolean => owners.some((type) => type.startsWith(`fleet:${room}:`));
  return owned("platform") ? "controller" : owned("data") ? "store" : "program";
}

function scheduleOf({ world }: Rendered, pods: PodSet): string | undefined {
  const object = world.objects.find(
    ({ kind, metadata }) =>
      kind === "CronJob" && metadata.namespace === pods.namespace && metadata.name === pods.name,
  );
  const spec = object?.["spec"] as { schedule?: string; suspend?: boolean } | undefined;
  return spec?.suspend === true ? "by hand" : spec?.schedule;
}

function cardOf(rendered: Rendered, pods: PodSet): Card {
  const slot = pods.spec.nodeSelector?.[slotLabel];
  return {
    id: idOf(pods),
    name: pods.name,
    namespace: pods.namespace,
    kind: pods.kind,
    role: roleOf(rendered, pods),
    replicas: pods.replicas,
    ports: listened(pods),
    hosts: hostsOf(rendered, pods),
    slot: slot === undefined ? undefined : Number(slot),
    pool: pods.spec.nodeSelector?.[poolLabel],
    keyed: isKeyed(rendered, pods),
    disks: disksOf(rendered, pods),
    schedule: scheduleOf(rendered, pods),
    outbound: outboundOf(rendered.world, pods),
  };
}

function titleOf(config: Rendered["config"]): string {
  const { system } = config;
  const name = `${system.slice(0, 1).toUpperCase()}${system.slice(1)}`;
  return config.system === "skywire" ? `${name}, ${config.environment} environment` : name;
}

/** Label by which the API server judges the pods of a namespace. */
const levelLabel = "pod-security.kubernetes.io/enforce";

function roomsOf({ world }: Rendered): Room[] {
  const used = new Set(world.pods.map(({ namespace }) => namespace));
  return [...used].sort().map((name) => {
    const level = world.namespaces.get(name)?.[levelLabel];
    if (level === undefined) {
      throw new Error(`namespace ${name} has no label ${levelLabel}`);
    }
    return { name, level };
  });
}

/** Reads a rendered stack. */
export function modelOf(rendered: Rendered): Model {
  const { world, config } = rendered;
  const byId = (left: { id: string }, right: { id: string }): number =>
    left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
  return {
    title: titleOf(config),
    context: nameOfCluster(config.cluster),
    rooms: roomsOf(rendered),
    // Registration order follows promise timing, not the program.
    cards: world.pods.map((pods) => cardOf(rendered, pods)).sort(byId),
    doors: world.pods.flatMap((pods) => doorsOf(world, pods)),
    calls: callsOf(world),
    nodes: clusterNodes(config.cluster),
  };
}
