/**
 * Pure builder of what all Skywire programs have in common: a Go binary in a container of its own,
 * listeners for HTTP and metrics, no token, no root, nothing written outside its volumes.
 */
import type * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import { slotLabel } from "../base/labels.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";
import type {
  Claim,
  Container,
  ContainerPort,
  HostAlias,
  HostPath,
  Mount,
  NoProbes,
  Probe,
  Probes,
  Scratch,
  SecretFileSet,
  FileSet,
  Security,
  ServiceSpec,
  WorkloadArgs,
} from "../workload/types.ts";
import type { Disruption, Placement } from "../workload/workload.schema.ts";
import type { ProgramOptions } from "./options.schema.ts";
import { metricsAnnotations, metricsPort } from "./ports.ts";

/** A program, as its component describes it. */
export interface Program {
  readonly image: ProgramImage;
  readonly args: readonly string[];
  /** Folder that the program's relative paths start from. Default: the image's. */
  readonly workingFolder?: string;
  readonly options: ProgramOptions;
  readonly probes: Probes | NoProbes;
  /** Whether its metrics listener is on. */
  readonly metrics: boolean;
  /** Old and new must never overlap: a key, a disk or sessions that live in one process. */
  readonly exclusive: boolean;
  /** Whether others answer in its place while it is away. Default: unless it is exclusive. */
  readonly hasOthers?: boolean;
  readonly replicas?: number;
  readonly disruption?: Disruption;
  readonly slot?: number;
  readonly ports?: readonly ContainerPort[];
  readonly env?: Readonly<Record<string, string>>;
  readonly secretEnv?: Readonly<Record<string, pulumi.Output<string>>>;
  readonly services?: readonly ServiceSpec[];
  readonly files?: readonly FileSet[];
  readonly secretFiles?: readonly SecretFileSet[];
  readonly scratch?: readonly Scratch[];
  readonly hostPaths?: readonly HostPath[];
  readonly claims?: readonly Claim[];
  readonly mounts?: readonly Mount[];
  readonly capabilities?: readonly string[];
  readonly initContainers?: readonly Container[];
  readonly security?: Security;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly hostAliases?: readonly HostAlias[];
  readonly terminationGraceSeconds?: number;
  /**
   * The program writes its secret key to its log when it starts (facts/skywire.md 2.4): its log stays
   * out of log stores, whose readers are more than those of `kubectl logs`.
   */
  readonly logsItsKey?: boolean;
}

/**
 * User of the programs. The images name none and so run as root; nothing of what the programs do
 * needs it but the network-monitor's network device (facts/skywire.md 3, column 'writes to disk').
 */
export const programUser = 65_532;

const metricsListener: ContainerPort = { name: "metrics", port: metricsPort };

/** Part of a Workload's arguments that not every program has. */
const optionalParts = [
  "replicas",
  "disruption",
  "services",
  "files",
  "secretFiles",
  "scratch",
  "hostPaths",
  "claims",
  "initContainers",
  "podLabels",
  "hostAliases",
] as const satisfies readonly (keyof Program & keyof WorkloadArgs)[];

/** Fields of `source` that are there: with exact optional types an undefined one may not be handed on. */
function present<Source extends object, Key extends keyof Source>(
  source: Source,
  keys: readonly Key[],
): Pick<Source, Key> {
  const entries = keys
    .filter((key) => source[key] !== undefined)
    .map((key) => [key, source[key]] as const);
  return Object.fromEntries(entries) as Pick<Source, Key>;
}

/** What a container takes of an image. */
export const imageFields = (image: ProgramImage): Pick<Container, "image" | "digest"> => ({
  image: image.reference,
  ...present(image, ["digest"]),
});

/**
 * How long a program goes on answering when it is to go and others take over. Told to stop it is gone at once, with
 * what it was asked meanwhile, while controllers still send it requests for a moment: Traefik takes up what has
 * changed every two seconds (skywire-services, cmd/node-visualizer and cmd/config-bootstrapper; Traefik's
 * `providersThrottleDuration`). Its image may have nothing that sleeps.
 */
const farewell = { seconds: 5 };

/** The container of a program. */
function programContainer(name: string, program: Program): Container {
  const ports = [...(program.ports ?? []), ...(program.metrics ? [metricsListener] : [])];
  const { hasOthers = !program.exclusive } = program;
  return {
    name,
    ...imageFields(program.image),
    args: program.args,
    ports,
    probes: program.probes,
    resources: program.options.resources,
    // Of what nobody stands in for it would only be a longer gap: its name already leads nowhere.
    ...(hasOthers ? { preStop: farewell } : {}),
    ...present(program, ["workingFolder", "env", "secretEnv", "mounts", "capabilities"]),
  };
}

/**
 * Placement of a pinned program: on the node of its slot, which may be kept free of everything else
 * by a taint `fleet/slot`.
 */
export const pinned = (options: ProgramOptions, slot: number): Placement => ({
  ...options.placement,
  slot,
  tolerations: [...options.placement.tolerations, { key: slotLabel }],
});

/**
 * Arguments of the Workload that runs a program.
 *
 * @param name Name of the Workload, which is also its container's and, by default, its Service's.
 */
export function programWorkload(
  name: string,
  program: Program,
  around: Surroundings,
): WorkloadArgs {
  const { options } = program;
  return {
    kind: "Deployment",
    system: "skywire",
    namespace: around.namespace,
    container: programContainer(name, program),
    // One key, one live process: a second one with the same key throws the first off the dmsg
    // network, and a stopping dmsg-server deletes the entry the new one just wrote (2.5).
    update: { ...options.update, strategy: program.exclusive ? "Recreate" : "RollingUpdate" },
    placement: program.slot === undefined ? options.placement : pinned(options, program.slot),
    security: program.security ?? { user: programUser },
    flows: flowsOf(around.flows, name, around.namespaceName),
    networkPolicy: around.networkPolicy,
    data: around.data,
    pullSecrets: program.image.pullSecrets,
    // Visors' own shutdown takes 10 s (2.7).
    terminationGraceSeconds: program.terminationGraceSeconds ?? 30,
    ...(program.logsItsKey === true ? { logs: { ship: false } } : {}),
    ...(program.metrics ? { podAnnotations: metricsAnnotations } : {}),
    ...present(program, optionalParts),
  };
}

const health = (path: string, port: string): Probe["check"] => ({ kind: "http", path, port });

/**
 * Checks of a program over HTTP. A keyed service opens HTTP first and dies when no dmsg-server is
 * registered yet (2.6): the long start-up leaves room for its restarts.
 */
export function httpProbes(path: string, port: string): Probes {
  return {
    startup: { check: health(path, port), periodSeconds: 5, failureThreshold: 36 },
    readiness: { check: health(path, port), periodSeconds: 5, timeoutSeconds: 3 },
    liveness: {
      check: health(path, port),
      periodSeconds: 15,
      timeoutSeconds: 5,
      failureThreshold: 4,
    },
  };
}
