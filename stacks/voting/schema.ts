/**
 * What the stack file of the voting application may say: services in Swarm's words, and where they
 * run. `target` decides what else there is; a section of the other target is refused, as it would
 * act on nothing.
 */
import * as z from "zod";

import { DnsLabel, Hostname, Seconds } from "../../components/base/scalars.ts";
import {
  ComposeConfigs,
  ComposeNetworks,
  ComposeServices,
  ComposeVolumes,
  SwarmHost,
} from "../../components/compose/compose-stack.schema.ts";
import { autoSizes } from "../../components/platform/auto-size.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { DnsConfig } from "../../components/platform/dns.schema.ts";
import { refuseFaults } from "../../components/platform/fault.ts";
import { IngressConfig } from "../../components/platform/ingress.schema.ts";
import { Autoscale } from "../../components/workload/workload.schema.ts";
import { keepingSections, watchingSections } from "../sections.ts";
import { kubernetesFaults, placeableRequests, swarmFaults } from "./rules.ts";

/** A section that belongs to the other target. */
const only = (target: "kubernetes" | "swarm", why: string) =>
  z.never(`belongs to target: ${target}${why}: take it out`).optional();

const services = {
  system: z.literal("voting"),
  /** The services, by the names others dial. */
  services: ComposeServices.refine(
    (all) => Object.keys(all).length > 0,
    "must have at least one service",
  ),
  networks: ComposeNetworks.default({}),
  volumes: ComposeVolumes.default({}),
  configs: ComposeConfigs.default({}),
  /** The tutorial shows `rollback`. */
  onFailure: keepingSections.onFailure,
};

/** Sections of a stack that runs in a Kubernetes cluster, before the rules across them. */
export const kubernetesSections = z.strictObject({
  ...services,
  target: z.literal("kubernetes"),
  cluster: ClusterConfig,
  namespace: DnsLabel.default("voting"),
  dns: DnsConfig,
  ingress: IngressConfig,
  /** Service → host that leads to the first port it publishes. */
  hosts: z.record(DnsLabel, Hostname).default({}),
  /** Service → number of pods that follows its load, in the place of `deploy.replicas`. */
  autoscale: z.record(DnsLabel, Autoscale).default({}),
  /** What is asked of every service's update and Swarm has no word for. */
  update: z
    .strictObject({
      /** After how long without progress an update has failed. */
      progressDeadlineSeconds: Seconds.min(1, "must be at least 1").default(600),
      /** How long the run waits for a service. Default: what its pods, times and probes may take. */
      timeoutSeconds: Seconds.optional(),
      /**
       * Where a service says `failure_action: continue`: whether its old pods go even when no new one
       * gets ready, as Swarm's tasks do. Then nothing may be left that serves.
       */
      replaceRegardless: z.boolean().default(false),
    })
    .prefault({}),
  ...watchingSections,
  ...keepingSections,
  docker: only("swarm", ""),
});
/** A voting stack in a Kubernetes cluster, with all defaults in place. */
export type VotingOnKubernetes = z.infer<typeof kubernetesSections>;

/** Sections of a stack that runs on a Docker Swarm, before the rules across them. */
export const swarmSections = z.strictObject({
  ...services,
  target: z.literal("swarm"),
  docker: SwarmHost,
  cluster: only("kubernetes", ""),
  namespace: only("kubernetes", ", a Swarm has one name space for all"),
  dns: only("kubernetes", ", a Swarm's ports are reached at its nodes"),
  ingress: only("kubernetes", ", a Swarm publishes ports"),
  hosts: only("kubernetes", ", a Swarm publishes ports"),
  autoscale: only("kubernetes", ", a Swarm scales by deploy.replicas alone"),
  update: only("kubernetes", ", a Swarm watches new tasks for update_config.monitor"),
  observability: only("kubernetes", ", a Swarm's nodes are watched by what stands on them"),
  only: only("kubernetes", ", a Swarm has no fleet:observability"),
  data: only("kubernetes", ", a Swarm's volumes stay on the nodes they are on"),
  networkPolicy: only("kubernetes", ", on a Swarm the networks of a service say who reaches it"),
});
/** A voting stack on a Docker Swarm, with all defaults in place. */
export type VotingOnSwarm = z.infer<typeof swarmSections>;

/** Config of a voting stack: everything but its secrets. */
export const VotingStack = z.discriminatedUnion(
  "target",
  [
    kubernetesSections
      .superRefine(autoSizes(placeableRequests))
      .superRefine(refuseFaults(kubernetesFaults)),
    swarmSections.superRefine(refuseFaults(swarmFaults)),
  ],
  { error: "must be where the services run: kubernetes or swarm" },
);
/** {@inheritDoc VotingStack} */
export type VotingStack = z.infer<typeof VotingStack>;
