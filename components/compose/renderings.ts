/**
 * Every word of a service with what it becomes on Kubernetes and on a Swarm, side by side.
 *
 * Nothing of it is written by hand: a service is translated without the word and with it, and what
 * differs is what the word comes to. `docs/deployment-compose.md` is printed from here.
 */
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { WorkloadArgs } from "../workload/types.ts";
import type { ComposeStack } from "./compose-stack.schema.ts";
import { ComposeService } from "./compose.schema.ts";
import { differences, type Plain, plain } from "./differences.ts";
import { type Example, examples } from "./examples.ts";
import { type KubernetesContext, toWorkload } from "./kubernetes.ts";
import { kubernetesFaults, type KubernetesLimits } from "./kubernetes-faults.ts";
import { fullPort } from "./ports.schema.ts";
import { swarmFaults } from "./swarm-faults.ts";
import { type SwarmContext, toSwarm } from "./swarm.ts";
import type { ComposeFault, Warning } from "./warning.ts";

/** What a word comes to in one of the two systems. */
export interface Rendering {
  /** What it changes, e.g. `update.maxUnavailable: 2`. */
  readonly changes: readonly string[];
  /** What does not happen. */
  readonly warnings: readonly string[];
  /** Why it is refused. */
  readonly refusals: readonly string[];
}

/** A word in both systems. */
export interface Row {
  /** The words shown, each as its path in a service. */
  readonly words: readonly string[];
  /** What the file says. */
  readonly says: readonly string[];
  readonly kubernetes: Rendering;
  readonly swarm: Rendering;
}

const name = "worker";

const read = (words: Record<string, unknown>): ComposeService =>
  ComposeService.parse({ image: "example/worker:v1", networks: ["voteapp"], ...words });

const others = {
  db: read({ image: "example/db:v1", expose: [5432] }),
  migration: read({ image: "example/migration:v1", deploy: { mode: "replicated-job" } }),
};

const stackOf = (service: ComposeService): ComposeStack => ({
  services: { [name]: service, ...others },
  networks: { voteapp: { internal: true }, outside: {} },
  volumes: {
    data: { size: "10Gi", accessMode: "ReadWriteOnce" },
    shared: { size: "10Gi", accessMode: "ReadWriteMany" },
  },
  configs: { settings: { content: "colour: blue" } },
});

/** A cluster on which most can be had. */
const limitsOf = (service: ComposeService): KubernetesLimits => ({
  volumes: stackOf(service).volumes,
  controlPlaneNodes: true,
  exception: (service.ports ?? []).some((port) => fullPort(port).mode === "host")
    ? "it is dialled at its node"
    : undefined,
});

const securityOf = ({ exception }: KubernetesLimits) => ({
  user: 10_001,
  ...(exception === undefined ? {} : { exception }),
});

const contextOf = (service: ComposeService): KubernetesContext => ({
  name,
  system: "example",
  namespace: "example",
  namespaceName: "example",
  stack: stackOf(service),
  secret: () => pulumi.secret("content"),
  security: securityOf(limitsOf(service)),
  requests: { cpu: "20m", memory: "32Mi" },
  waitImage: "example/busybox:v1",
  publish: { kind: "LoadBalancer" },
  controlPlaneNodes: limitsOf(service).controlPlaneNodes,
  onFailure: "pause",
  data: "protect",
});

function onKubernetes(service: ComposeService): Plain {
  const { args } = toWorkload(service, contextOf(service));
  const ends = (peer: (typeof args.flows.calls)[number]["to"]): string =>
    peer.kind === "workload" ? peer.name : peer.kind;
  const flow = ({ from, to, ports }: (typeof args.flows.calls)[number]): string =>
    `${ends(from)} → ${ends(to)} ${ports.map(({ port }) => port).join(", ") || "any port"}`;
  const flows = { callers: args.flows.callers.map(flow), calls: args.flows.calls.map(flow) };
  return plain({ ...args, flows });
}

const held = (of: string) => ({ id: `id of ${of}`, name: of });

const swarm: SwarmContext = {
  name,
  stackName: "example",
  network: (network) => `id of ${network}`,
  secret: held,
  config: held,
};

const onSwarm = (service: ComposeService): Plain => plain(toSwarm(service, swarm).spec);

const write = ({ path, message }: Warning | ComposeFault): string => `${path.join(".")} ${message}`;

/** What a service comes to with a word, compared to the same without it. */
function render(
  [without, with_]: readonly [ComposeService, ComposeService],
  translate: (service: ComposeService) => Plain,
  faults: readonly ComposeFault[],
  warningsOf: (service: ComposeService) => readonly Warning[],
): Rendering {
  if (faults.length > 0) {
    return { changes: [], warnings: [], refusals: faults.map(write) };
  }
  const before = new Set(warningsOf(without).map(write));
  return {
    changes: differences(translate(without), translate(with_)),
    warnings: warningsOf(with_)
      .map(write)
      .filter((warning) => !before.has(warning)),
    refusals: [],
  };
}

function rowOf({ words, without = {}, says }: Example): Row {
  const pair = [read(without), read({ ...without, ...says })] as const;
  const [, service] = pair;
  return {
    words,
    says: differences({}, plain(says)),
    kubernetes: render(
      pair,
      onKubernetes,
      kubernetesFaults(service, limitsOf(service)),
      (one) => toWorkload(one, contextOf(one)).warnings,
    ),
    swarm: render(pair, onSwarm, swarmFaults(service), (one) => toSwarm(one, swarm).warnings),
  };
}

/** What a service comes to that says nothing but its image: Swarm's defaults. */
export function baseline(): { kubernetes: readonly string[]; swarm: readonly string[] } {
  const service = read({});
  return {
    kubernetes: differences({}, onKubernetes(service)),
    swarm: differences({}, onSwarm(service)),
  };
}

/** An example, translated: nothing where it is refused. */
export interface TranslatedExample {
  readonly says: readonly string[];
  readonly kubernetes: WorkloadArgs | undefined;
  readonly swarm: docker.ServiceArgs | undefined;
}

/** What the examples become, in full: for a real API server and Docker's checks to judge. */
export const translatedExamples = (): readonly TranslatedExample[] =>
  examples.map(({ without = {}, says }) => {
    const service = read({ ...without, ...says });
    const refused = kubernetesFaults(service, limitsOf(service)).length > 0;
    return {
      says: differences({}, plain(says)),
      kubernetes: refused ? undefined : toWorkload(service, contextOf(service)).args,
      swarm: swarmFaults(service).length > 0 ? undefined : toSwarm(service, swarm).spec,
    };
  });

/** The whole table. */
export const renderings = (): readonly Row[] => examples.map(rowOf);
