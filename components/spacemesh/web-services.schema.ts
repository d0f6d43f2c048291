/**
 * `fleet:webServices`: the public face of a network. A switch of its own: a network comes up without it,
 * and web services go without taking a miner along (facts/spacemesh.md 2.9 to 2.13).
 */
import * as z from "zod";

import { ImageReference, parseImage } from "../base/images.ts";
import { Bytes, HttpUrl, Replicas } from "../base/scalars.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { nodeApis } from "./miner.schema.ts";

const someReplicas = Replicas.min(1, "must be at least 1: without pods, leave the section out");

/** What a program of theirs needs by default; `limits.memory` keeps a leak from its neighbours. */
const resources = (cpu: string, memory: string, most: string) =>
  Resources.prefault({ requests: { cpu, memory }, limits: { memory: most } });

const placement = Placement.prefault({});

/** Room for a node's or a database's files; they are gone with the pod, which then begins anew. */
const scratch = Bytes.default("20Gi");

/**
 * A node without an identity of its own or a disk: it reads the network and earns nothing. Each start is
 * a sync from the beginning (2.9).
 */
const NodeConfig = z
  .strictObject({
    resources: resources("1", "2Gi", "4Gi"),
    /** Most that its state may take of the machine's own disk. */
    scratch,
  })
  .prefault({});

/** `api-<network>` and `api-json-<network>`: nodes that answer once they are in sync. */
const PublicApiConfig = z
  .strictObject({
    replicas: someReplicas.default(2),
    node: NodeConfig,
    /** Services of the node's API that the world may call. */
    apis: z
      .array(z.enum(nodeApis))
      .min(1, "must list at least one API")
      .refine((apis) => new Set(apis).size === apis.length, "must list each API once")
      .default(["node", "mesh", "globalstate", "transaction"]),
    placement,
  })
  .prefault({});

/** `explorer-api-<network>`, and what fills its database. */
const ExplorerConfig = z
  .strictObject({
    api: z
      .strictObject({
        image: ImageReference.default("docker.io/spacemeshos/explorer-apiserver:v0.0.10"),
        replicas: someReplicas.default(3),
        resources: resources("100m", "128Mi", "512Mi"),
        placement,
      })
      .prefault({}),
    /** Each pod has a node and a database of its own: copies that know nothing of one another. */
    collector: z
      .strictObject({
        image: ImageReference.default("docker.io/spacemeshos/explorer-collector:v0.0.10"),
        replicas: someReplicas.default(2),
        resources: resources("100m", "256Mi", "1Gi"),
        node: NodeConfig,
        mongo: z
          .strictObject({
            image: ImageReference.default("docker.io/library/mongo:4.4.29"),
            resources: resources("250m", "1Gi", "2Gi"),
            scratch,
          })
          .prefault({}),
        placement,
      })
      .prefault({}),
  })
  .prefault({})
  .superRefine(({ api, collector }, context) => {
    const [shown, filled] = [api.image, collector.image].map((image) => parseImage(image).tag);
    if (shown !== filled) {
      context.addIssue({
        code: "custom",
        path: ["collector", "image"],
        message: `must have the tag of api.image, ${shown ?? ""}: the one fills the database that the other reads`,
      });
    }
  });

/** `dash-api-<network>`: what the dashboard page listens to. */
const DashboardConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/spacemeshos/dash-backend:v0.0.2"),
    replicas: someReplicas.default(2),
    resources: resources("100m", "128Mi", "512Mi"),
    placement,
  })
  .prefault({});

/** What the list of networks says of things that are not deployed here (4.2). */
const ListingConfig = z
  .strictObject({
    /** Version of the wallet that belongs to the network. */
    smapp: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, 'must be a version, e.g. "0.2.1"')
      .default("0.2.1"),
    /**
     * Number of the network. Default: `p2p.network-id` of its node config; nodes whose config has none
     * need it said here.
     */
    networkId: z.int("must be a whole number, e.g. 205").min(0).optional(),
    /** Page of the explorer. Default: `https://explorer.<domain>/`. */
    explorer: HttpUrl.optional(),
    /** Page of the dashboard. Default: `https://dash.<domain>/`. */
    dashboard: HttpUrl.optional(),
    /** Where wallets and nodes are downloaded. Default: `https://downloads.<domain>`. */
    downloads: HttpUrl.optional(),
  })
  .prefault({});

/** {@inheritDoc WebServicesConfig} */
export type WebServicesConfig = z.infer<typeof WebServicesConfig>;
/** `fleet:webServices` of a stack file. Left out, there are none. */
export const WebServicesConfig = z.strictObject({
  publicApi: PublicApiConfig,
  explorer: ExplorerConfig,
  dashboard: DashboardConfig,
  listing: ListingConfig,
  /** How long a node may take to be in sync, from nothing: until then a new pod has not failed. */
  syncMinutes: z.int("must be whole minutes, e.g. 60").min(5).max(2_880).default(60),
  /** What asks a node whether it is in sync, beside it. Its program is plain Node, without a dependency. */
  syncCheck: z
    .strictObject({
      image: ImageReference.default("docker.io/library/node:24.13.0-alpine3.22"),
      resources: resources("10m", "48Mi", "96Mi"),
    })
    .prefault({}),
});
