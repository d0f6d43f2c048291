/** What the stack file of a Spacemesh network may say. */
import * as z from "zod";

import { DnsLabel, Hostname } from "../../components/base/scalars.ts";
import { autoSizes } from "../../components/platform/auto-size.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { DnsConfig } from "../../components/platform/dns.schema.ts";
import { refuseFaults } from "../../components/platform/fault.ts";
import { IngressConfig } from "../../components/platform/ingress.schema.ts";
import { SpacemeshImages } from "../../components/spacemesh/images.schema.ts";
import { MinersConfig } from "../../components/spacemesh/miner.schema.ts";
import { NetworkConfig } from "../../components/spacemesh/network.schema.ts";
import { PoetsConfig } from "../../components/spacemesh/poet.schema.ts";
import { PublishedConfig } from "../../components/spacemesh/published.schema.ts";
import { NetworkRelease } from "../../components/spacemesh/release.schema.ts";
import { WatchConfig } from "../../components/spacemesh/watch.schema.ts";
import { WebServicesConfig } from "../../components/spacemesh/web-services.schema.ts";
import { keepingSections, watchingSections } from "../sections.ts";
import { findFaults } from "./rules.ts";
import { placeableRequests } from "./requests.ts";

/** Sections of the file, before the rules across them. */
export const spacemeshSections = z.strictObject({
  system: z.literal("spacemesh"),
  /** What all its members share. */
  network: NetworkConfig,
  /** Its members: bootstrap node, bootnodes, miners. */
  miners: MinersConfig,
  poets: PoetsConfig.prefault({}),
  /** The public face of the network: API, explorer, dashboard. */
  webServices: WebServicesConfig.optional(),
  /** Tells a channel of what is wrong. */
  watch: WatchConfig.optional(),
  /** Where the config that home smeshers join with is published. */
  published: PublishedConfig.prefault({}),
  /** Domain of the public hosts, `api-<network>.<domain>` and the others. */
  domain: Hostname.default("spacemesh.io"),
  /** Namespaces. The network's lets pods take ports of the nodes, which the other's must not. */
  namespaces: z
    .strictObject({
      network: DnsLabel.default("spacemesh"),
      webServices: DnsLabel.default("ws"),
    })
    .prefault({}),
  cluster: ClusterConfig,
  dns: DnsConfig,
  ingress: IngressConfig,
  images: SpacemeshImages,
  ...watchingSections,
  /** What `make network-release` bundles, and where it goes. */
  release: NetworkRelease.optional(),
  ...keepingSections,
});
/** Sections of a Spacemesh stack file, with all defaults in place. */
export type SpacemeshStack = z.infer<typeof spacemeshSections>;

/** Config of a Spacemesh network: everything but its secrets. */
export const SpacemeshStack = spacemeshSections
  .superRefine(autoSizes(placeableRequests))
  .superRefine(refuseFaults(findFaults));
