import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import { parseQuantity } from "../base/quantity.ts";
import type { Awaitable } from "../base/ready.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";
import type { Container, FileSet, GivenClaim, Mount, WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { type ProbedPorts, programProbes } from "./probes.ts";
import { isServer, type ProgramName, programs } from "./programs.ts";
import {
  imageFolder,
  kafkastoreEnvironment,
  type PushtechServer,
  servers,
  uploadFolder,
} from "./servers.ts";
import { type ServingConfig, type TrackerConfig } from "./services.schema.ts";
import { addressOf, serviceHost, type StoreAddresses } from "./settings.ts";
import { type PushtechSettings, settingsAnnotation } from "./settings-objects.ts";
import { goodbyeSeconds, stopSeconds } from "./start.ts";
import { storageProbeFile, storageProbeFolder, storageProbeScript } from "./storage-probe.ts";
import type { StoreName } from "./stores.ts";
import { eventRedisContainer, kafkastoreContainer } from "./tracker.ts";
import type { Environment, ProgramImageName, ProgramTraits } from "./types.ts";
import { waitContainer, type WaitTarget } from "./wait.ts";

/** What programs of the system stand in. */
export interface PushtechSurroundings extends Surroundings {
  readonly image: (name: ProgramImageName) => ProgramImage;
  readonly settings: PushtechSettings;
  readonly stores: StoreAddresses;
  /** How long a pod waits for what it needs. */
  readonly waitSeconds: number;
  /** Where uploaded images lie. */
  readonly imageStore: ImageStore;
}

/** A folder that all pods of the imageserver share. */
export interface ImageStore {
  /** Name of the claim. Its files belong to {@link programUser}'s group. */
  readonly claim: pulumi.Input<string>;
}

/** Inputs of a {@link Program}. */
export interface ProgramArgs extends PushtechSurroundings {
  readonly program: ProgramName;
  readonly config: ServingConfig;
  /** The tracker's own part. */
  readonly tracker?: TrackerConfig;
}

/**
 * User of the programs. The images name none, and so run as root; nothing that the programs do needs it. Their files
 * are readable for everybody, and what they write goes to /tmp and to the image store.
 */
export const programUser = 65_532;

/** Variables that the program's own part fixes, whoever runs it. */
const plainEnvironment = (environment: Environment, webConcurrency: number) =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([variable, source]) => {
      switch (source.from) {
        case "table":
          return [[variable, source.value] as const];
        case "config":
          return [[variable, `${webConcurrency}`] as const];
        case "envsecrets":
        case "k8scfg":
        case "extcfg":
        case "pod":
          return [];
      }
    }),
  );

/** Variables that the pod itself has. */
const fieldEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([variable, source]) =>
      source.from === "pod" ? [[variable, source.field] as const] : [],
    ),
  );

/** The variables of a container, each from where the table says. */
export function environmentOf(
  environment: Environment,
  settings: PushtechSettings,
  { webConcurrency = 1 }: Pick<ServingConfig, "webConcurrency"> = {},
): Pick<Container, "env" | "givenEnv" | "fieldEnv"> {
  return {
    env: plainEnvironment(environment, webConcurrency),
    givenEnv: settings.variables(environment),
    fieldEnv: fieldEnvironment(environment),
  };
}

/** What a container takes of an image. */
export const imageFields = ({
  reference,
  digest,
}: ProgramImage): Pick<Container, "image" | "digest"> => ({
  image: reference,
  ...(digest === undefined ? {} : { digest }),
});

/** What a pod waits for: its stores, and servers that it cannot start without. */
export function waitTargets(
  { stores: needed, waitsFor = [] }: Pick<ProgramTraits, "stores" | "waitsFor">,
  { stores, namespaceName }: Pick<PushtechSurroundings, "stores" | "namespaceName">,
): WaitTarget[] {
  return [
    ...needed.map((name) => {
      const { host, port } = addressOf(stores, name);
      return { name, host, port };
    }),
    ...waitsFor.map((name) => ({
      name,
      host: serviceHost(name, namespaceName),
      port: servers[name].port,
    })),
  ];
}

const probedPorts = (
  { stores: needed }: ProgramTraits,
  { stores }: PushtechSurroundings,
): ProbedPorts => {
  const redis = needed.find((name): name is StoreName => name.endsWith("-redis"));
  return {
    kafka: stores.kafka.port,
    redis: addressOf(stores, redis ?? "consumers-ruby-redis").port,
  };
};

/** What of a pod is its program's own, beside what all have. */
interface OwnParts {
  readonly container?: Partial<Container>;
  readonly sidecars?: readonly Container[];
  readonly environments?: readonly Environment[];
  readonly files?: readonly FileSet[];
  readonly scratch?: WorkloadArgs["scratch"];
  readonly givenClaims?: readonly GivenClaim[];
  readonly mounts?: readonly Mount[];
  readonly graceSeconds?: number;
}

function trackerParts(args: ProgramArgs, tracker: TrackerConfig): OwnParts {
  const ports = probedPorts(servers.tracker, args);
  const memory = tracker.redis.resources.limits.memory ?? tracker.redis.resources.requests.memory;
  return {
    sidecars: [
      {
        ...kafkastoreContainer(imageFields(args.image("kafkastore")), tracker, ports),
        ...environmentOf(kafkastoreEnvironment, args.settings),
      },
      eventRedisContainer(tracker, parseQuantity(memory)),
    ],
    environments: [kafkastoreEnvironment],
    graceSeconds: tracker.drainSeconds,
  };
}

function ownParts(args: ProgramArgs): OwnParts {
  switch (args.program) {
    case "tracker":
      if (args.tracker === undefined) {
        throw new Error("the tracker needs its own part of fleet:services");
      }
      return trackerParts(args, args.tracker);
    case "storage":
      return {
        files: [{ name: "probes", files: { [storageProbeFile]: storageProbeScript } }],
        mounts: [{ volume: "probes", path: storageProbeFolder }],
      };
    case "imageserver":
      return {
        givenClaims: [{ name: "images", claim: args.imageStore.claim }],
        scratch: [{ name: "uploads", sizeLimit: "512Mi" }],
        mounts: [
          { volume: "images", path: imageFolder },
          { volume: "uploads", path: uploadFolder },
        ],
      };
    default:
      return {};
  }
}

/** What a Ruby program needs to run as somebody else than root: a home, and a place for what is uploaded. */
const rubyHome = {
  env: { HOME: "/tmp" },
  scratch: { name: "tmp", sizeLimit: "256Mi" },
  mount: { volume: "tmp", path: "/tmp" },
} as const;

/** The Workload of a program. Pure but for the names of the settings' objects. */
function programWorkload(args: ProgramArgs): WorkloadArgs {
  const { program: name, config, settings } = args;
  const traits = programs[name];
  const own = ownParts(args);
  const isRuby = traits.runtime === "ruby";
  const image = args.image(traits.image);
  const variables = environmentOf(traits.env, settings, config);
  const mounts = [...(isRuby ? [rubyHome.mount] : []), ...(own.mounts ?? [])];
  const scratch = [...(isRuby ? [rubyHome.scratch] : []), ...(own.scratch ?? [])];
  return {
    kind: "Deployment",
    system: "pushtech",
    namespace: args.namespace,
    replicas: config.replicas,
    initContainers: [
      waitContainer(imageFields(image), waitTargets(traits, args), args.waitSeconds),
    ],
    container: {
      name,
      ...imageFields(image),
      ...(traits.command === undefined ? {} : { args: traits.command }),
      ...variables,
      env: { ...(isRuby ? rubyHome.env : {}), ...variables.env },
      ...(isServer(name)
        ? {
            ports: [{ name: "http", port: servers[name].port }],
            // They close their port as soon as they are told to go, while others are still sent to it.
            preStop: ["sleep", `${goodbyeSeconds}`],
          }
        : {}),
      probes: programProbes(name, probedPorts(traits, args)),
      resources: config.resources,
      ...(mounts.length === 0 ? {} : { mounts }),
      ...own.container,
    },
    ...(own.sidecars === undefined ? {} : { sidecars: own.sidecars }),
    ...(own.files === undefined ? {} : { files: own.files }),
    ...(scratch.length === 0 ? {} : { scratch }),
    ...(own.givenClaims === undefined ? {} : { givenClaims: own.givenClaims }),
    update: { ...config.update, strategy: config.strategy },
    placement: config.placement,
    ...(config.replicas > 1 ? { disruption: config.disruption } : {}),
    security: { user: programUser },
    flows: flowsOf(args.flows, name, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    pullPolicy: args.pullPolicy,
    pullSecrets: image.pullSecrets,
    podAnnotations: {
      [settingsAnnotation]: settings.fingerprint([traits.env, ...(own.environments ?? [])]),
      ...(config.redeploy === undefined ? {} : { "fleet/redeploy": config.redeploy }),
    },
    ...(isServer(name) ? { services: [serviceOf(name)] } : {}),
    terminationGraceSeconds: own.graceSeconds ?? stopSeconds,
  };
}

/** A server's Service, which says what its public host is called. */
const serviceOf = (name: PushtechServer) => ({
  ports: [{ name: "http" }],
  annotations: { "subdomain.name": servers[name].subdomain },
});

/**
 * One of PushTech's own programs: a server behind a Service, or a worker that nobody calls.
 *
 * Its pods wait for their stores. What else must be there first is said with `dependsOn`, in the order of
 * `startOrder`.
 */
export class Program extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  /** Service that it is dialled by; workers have none. */
  readonly serviceName: string | undefined;
  /** Its port. */
  readonly servicePort: number | undefined;

  constructor(args: ProgramArgs, opts?: pulumi.ComponentResourceOptions) {
    const { program: name, config } = args;
    const image = args.image(programs[name].image).reference;
    super("fleet:pushtech:Program", name, { image, replicas: config.replicas }, opts);
    const workload = makeWorkload(name, programWorkload(args), { parent: this });
    this.ready = workload.ready;
    this.serviceName = isServer(name) ? name : undefined;
    this.servicePort = isServer(name) ? servers[name].port : undefined;
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }
}
