/** What the stack file of PushTech may say. */
import * as z from "zod";

import { ImageReference } from "../../components/base/images.ts";
import { DnsLabel, Hostname } from "../../components/base/scalars.ts";
import { MongoIndex } from "../../components/data/mongo.schema.ts";
import { autoSizes } from "../../components/platform/auto-size.ts";
import { CertificatesConfig } from "../../components/platform/cert-manager.schema.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { DnsConfig } from "../../components/platform/dns.schema.ts";
import { refuseFaults } from "../../components/platform/fault.ts";
import { AdminHostsConfig } from "../../components/platform/guards.schema.ts";
import { IssuingIngressConfig } from "../../components/platform/ingress.schema.ts";
import { RegistryServerConfig } from "../../components/platform/registry-server.schema.ts";
import { taggedImagesConfig } from "../../components/platform/tagged-images.schema.ts";
import { EnvironmentSecretsSection } from "../../components/pushtech/environment-file.ts";
import { PushtechServices } from "../../components/pushtech/services.schema.ts";
import { keepingSections, watchingSections } from "../sections.ts";
import { pushtechImages } from "./images.ts";
import { placeableRequests } from "./requests.ts";
import { findFaults } from "./rules.ts";
import { PushtechStores } from "./stores.schema.ts";

/** The Job that makes Mongo's indexes. */
const IndexesConfig = z
  .strictObject({
    /** Beside the two by place, without which every search looks at every offer. */
    further: z.array(MongoIndex).default([]),
    /** Has the server's shell. Default: the built-in server's own image. */
    image: ImageReference.optional(),
  })
  .prefault({});

/** Sections of the file, before the rules across them. */
export const pushtechSections = z.strictObject({
  system: z.literal("pushtech"),
  /** Which deployment this is. Production refuses what would lose data, and what looks like a secret and is none. */
  environment: z.enum(["production", "staging"], { message: "must be production or staging" }),
  /** Base of all public hosts, and itself one of them. */
  domain: Hostname,
  /** Namespace of the system. */
  namespace: DnsLabel.default("pushtech"),
  cluster: ClusterConfig,
  dns: DnsConfig,
  ingress: IssuingIngressConfig,
  /** The stack's own issuer, where `ingress.tls` says so. */
  certificates: CertificatesConfig.optional(),
  /** Who may call kafidx, offers and consumers. Without a default: nobody opens them unknowingly. */
  adminHosts: AdminHostsConfig,
  images: taggedImagesConfig(pushtechImages),
  /** A registry inside the cluster. Default: none; images come from where `images` says. */
  registry: RegistryServerConfig.optional(),
  services: PushtechServices,
  stores: PushtechStores,
  /** Indexes of Mongo. */
  indexes: IndexesConfig,
  /** The keys of the environment file, each an entry of `fleet:secrets`. There is nothing to say. */
  environmentFile: EnvironmentSecretsSection,
  ...watchingSections,
  ...keepingSections,
});
/** Sections of a PushTech stack file, with all defaults in place. */
export type PushtechStack = z.infer<typeof pushtechSections>;

/** Config of a PushTech stack: everything but its secrets. */
export const PushtechStack = pushtechSections
  .superRefine(autoSizes(placeableRequests))
  .superRefine(refuseFaults(findFaults));
