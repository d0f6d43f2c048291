/** What the stack file of a Skywire deployment may say. */
import * as z from "zod";

import { DnsLabel, Hostname } from "../../components/base/scalars.ts";
import { autoSizes } from "../../components/platform/auto-size.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { DnsConfig } from "../../components/platform/dns.schema.ts";
import { refuseFaults } from "../../components/platform/fault.ts";
import { IngressConfig } from "../../components/platform/ingress.schema.ts";
import { imagesConfig } from "../../components/platform/registry.schema.ts";
import { AddressResolverConfig } from "../../components/skywire/address-resolver.schema.ts";
import { ConfigBootstrapperConfig } from "../../components/skywire/config-bootstrapper.schema.ts";
import { daemonKinds } from "../../components/skywire/daemon-kinds.ts";
import { DaemonsConfig } from "../../components/skywire/daemons.schema.ts";
import {
  DmsgDiscoveryConfig,
  RouteFinderConfig,
  ServiceDiscoveryConfig,
  TransportDiscoveryConfig,
  UptimeTrackerConfig,
} from "../../components/skywire/discovery-service.schema.ts";
import { DmsgServersConfig } from "../../components/skywire/dmsg-server.schema.ts";
import { publicServices } from "../../components/skywire/hosts.ts";
import { NetworkMonitorConfig } from "../../components/skywire/network-monitor.schema.ts";
import { NodeVisualizerConfig } from "../../components/skywire/node-visualizer.schema.ts";
import { SetupNodesConfig } from "../../components/skywire/setup-node.schema.ts";
import { StunServers } from "../../components/skywire/stun.schema.ts";
import { keepingSections, watchingSections } from "../sections.ts";
import { SkywireExtras } from "./extras.schema.ts";
import { placeableRequests } from "./requests.ts";
import { findFaults } from "./rules.ts";
import { SkywireStores } from "./stores.schema.ts";

/** Images of the deployment, by the names of the programs. */
export const skywireImages = [
  "address-resolver",
  "auth",
  "config-bootstrapper",
  "dmsg-discovery",
  "dmsg-server",
  "geoip",
  "git-telegram-bot",
  "network-monitor",
  "node-visualizer",
  "route-finder",
  "service-discovery",
  "setup-node",
  "transport-discovery",
  "uptime-tracker",
  "whitelist",
  ...daemonKinds,
] as const;

/** Name of an image of the deployment. */
export type SkywireImage = (typeof skywireImages)[number];

/** The ten services, the config-bootstrapper and the daemons, by the names operators know. */
export const SkywireServices = z.strictObject({
  "dmsg-discovery": DmsgDiscoveryConfig.prefault({}),
  "dmsg-servers": DmsgServersConfig,
  "address-resolver": AddressResolverConfig,
  "transport-discovery": TransportDiscoveryConfig.prefault({}),
  "route-finder": RouteFinderConfig.prefault({}),
  "uptime-tracker": UptimeTrackerConfig.prefault({}),
  "service-discovery": ServiceDiscoveryConfig.prefault({}),
  "setup-nodes": SetupNodesConfig,
  "node-visualizer": NodeVisualizerConfig.prefault({}),
  "network-monitor": NetworkMonitorConfig.prefault({}),
  "config-bootstrapper": ConfigBootstrapperConfig.prefault({}),
  /** Name → daemon beside them, each with a key of its own. */
  daemons: DaemonsConfig,
});

/** Sections of the file, before the rules across them. */
export const skywireSections = z.strictObject({
  system: z.literal("skywire"),
  /** Which published deployment this is. */
  environment: z.enum(["production", "test"], { message: "must be production or test" }),
  /**
   * Whose identities the deployment has. `published`: those that visors have built in; other keys
   * are an error live. `own`: a deployment of its own, for visors that are configured for it.
   */
  identities: z
    .enum(["published", "own"], { message: "must be published or own" })
    .default("published"),
  /** Domain of the public hosts. Default: the environment's. */
  domain: Hostname.optional(),
  /** Hosts that are named otherwise than by their prefix and the domain. */
  hosts: z.partialRecord(z.enum(publicServices), Hostname).default({}),
  /** Namespaces. The monitor's lets pods do what the others must not. */
  namespaces: z
    .strictObject({
      services: DnsLabel.default("skywire"),
      networkMonitor: DnsLabel.default("skywire-network-monitor"),
    })
    .prefault({}),
  cluster: ClusterConfig,
  dns: DnsConfig,
  ingress: IngressConfig,
  images: imagesConfig(skywireImages),
  services: SkywireServices,
  stores: SkywireStores,
  /** What production has beside the services. */
  extras: SkywireExtras,
  ...watchingSections,
  /** STUN servers that visors are told. Default: those of `extras.coturn`, or the published ones. */
  stunServers: StunServers.optional(),
  ...keepingSections,
});
/** Sections of a Skywire stack file, with all defaults in place. */
export type SkywireStack = z.infer<typeof skywireSections>;

/** Config of a Skywire stack: everything but its secrets. */
export const SkywireStack = skywireSections
  .superRefine(autoSizes(placeableRequests))
  .superRefine(refuseFaults(findFaults));
