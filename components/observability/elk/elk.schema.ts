/** What a stack file says about where its logs are kept and read. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { Bytes, Hostname, HttpUrl } from "../../base/scalars.ts";
import { reference } from "../../base/secrets.ts";
import { OutsideAddresses } from "../../data/outside.schema.ts";
import { Storage } from "../../workload/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";
import { heapFault, heapMebibytes } from "./heap.ts";

/** Version of Elasticsearch, Kibana and their clients: all of one. */
export const elasticVersion = "8.19.21";

/** Members of a cluster: a majority of them decides, so that an even number gains nothing. */
const Members = z
  .int("must be a whole number of members, e.g. 3")
  .min(1, { error: "must be at least 1", abort: true })
  .max(9, { error: "must be at most 9", abort: true })
  .refine((members) => members % 2 === 1, {
    error: ({ input }) =>
      input === 2
        ? "must be 1 or 3: of two members, neither alone is a majority, so that both must be up"
        : "must be odd: one member more lets no more of them fail, and one more must be up",
  });

/** Name of a user, as Elasticsearch takes it. */
const UserName = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, "must be a user's name in lower case, e.g. anna");

/** What every store has: the passwords of those that call it, and the Job that tells it of them. */
const common = {
  /** Of the user of the stack's shipper, `filebeat` or `vector`, which may add lines and nothing else. */
  shipper: reference("password").prefault("log-shipper"),
  /** Of the user `grafana`, which may read lines and nothing else. */
  reader: reference("password").prefault("log-reader"),
  /** Of the user `prometheus`, which may see how the store is, and no line. */
  watcher: reference("password").prefault("log-watcher"),
  /** The Job that makes users, lifecycles and templates. Its program is plain Node, without a dependency. */
  setUp: z
    .strictObject({ image: ImageReference.default("docker.io/library/node:24.13.0-alpine3.22") })
    .prefault({}),
  /** Tells Prometheus how the store is, where the stack has metrics and the set-up made its user. */
  exporter: z
    .strictObject({
      image: ImageReference.default("quay.io/prometheuscommunity/elasticsearch-exporter:v1.10.0"),
      resources: Resources.prefault({
        requests: { cpu: "25m", memory: "64Mi" },
        limits: { memory: "256Mi" },
      }),
      placement: Placement.optional(),
    })
    .prefault({}),
};

/** Elasticsearch in the cluster: one pod with a disk, or several. */
const BuiltinStore = z
  .strictObject({
    kind: z.literal("builtin"),
    image: ImageReference.default(
      `docker.elastic.co/elasticsearch/elasticsearch:${elasticVersion}`,
    ),
    /**
     * Pods, each on a node of its own with a disk of its own. One is a store that is away while it is
     * updated, and gone with its disk. Three stand the loss of one; a server run by somebody else
     * (`kind: external`) spares their operation.
     */
    members: Members.default(1),
    /**
     * `off`: files are read through buffers. `node` maps them into memory, which is faster for large
     * stores; it is a promise that every node it may run on has `vm.max_map_count` of 262144 or more,
     * as no pod under Pod Security `restricted` can raise it. Without it Elasticsearch does not start.
     */
    memoryMap: z
      .enum(["off", "node"], { message: "must be off, or node: the nodes allow it" })
      .default("off"),
    /** Memory always has a limit, of which the heap is half. */
    resources: Resources.prefault({
      requests: { cpu: "500m", memory: "4Gi" },
      limits: { memory: "4Gi" },
    }),
    /** Heap. Default: half of the memory's limit, 31 GiB at most. */
    heap: Bytes.optional(),
    /** Of each member. */
    storage: Storage.prefault({ size: "50Gi" }),
    placement: Placement.optional(),
    /** Of the user `elastic`, who may do everything. */
    password: reference("password").prefault("elasticsearch"),
    /** Of its members, for calls among them and to them. */
    certificates: reference("certificates").prefault("elasticsearch-certificates"),
    ...common,
  })
  .superRefine(({ members, resources, heap, placement }, context) => {
    const fault = (path: readonly string[], message: string): void => {
      context.addIssue({ code: "custom", path: [...path], message });
    };
    const limit = resources.limits.memory;
    if (limit === undefined) {
      fault(["resources", "limits", "memory"], "must be set: the heap is half of it, e.g. 4Gi");
      return;
    }
    const message = heapFault(limit, heap ?? `${heapMebibytes(limit)}Mi`);
    if (message !== undefined) {
      fault(heap === undefined ? ["resources", "limits", "memory"] : ["heap"], message);
    }
    if (members > 1 && placement?.slot !== undefined) {
      fault(["placement", "slot"], "is one node, and members never share one: use a nodeSelector");
    }
  });
/** {@inheritDoc BuiltinStore} */
export type BuiltinStore = z.infer<typeof BuiltinStore>;

/** Elasticsearch that is run by somebody else, or by hand. */
const ExternalStore = z.strictObject({
  kind: z.literal("external"),
  url: HttpUrl.refine(
    (url) => url.startsWith("https://"),
    "must be https: passwords and logs would travel in the clear",
  ).refine(
    (url) => /^https:\/\/[^/?#]+\/?$/.test(url),
    "must be host and port alone, e.g. https://logs.example.com:9243",
  ),
  /** Where it stands, where that is not the internet. */
  addresses: OutsideAddresses,
  /** Certificate of the authority that signed the server's, in PEM. Default: the public ones. */
  authority: z
    .string()
    .regex(
      /^\s*-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*$/,
      "must be one certificate in PEM",
    )
    .optional(),
  /**
   * A user who may make templates, policies, users and roles there. Without one the set-up makes
   * nothing: families, and the users that ship and read, are then that server's operator's affair.
   */
  administrator: z
    .strictObject({
      user: UserName.default("elastic"),
      password: reference("password"),
    })
    .optional(),
  ...common,
});
/** {@inheritDoc ExternalStore} */
export type ExternalStore = z.infer<typeof ExternalStore>;

/** Where logs are kept. */
export const StoreConfig = z.discriminatedUnion("kind", [BuiltinStore, ExternalStore], {
  error: "must say kind: builtin or external",
});
/** {@inheritDoc StoreConfig} */
export type StoreConfig = z.infer<typeof StoreConfig>;

/** Names that Elasticsearch or the set-up keeps for itself. */
const takenUsers = [
  ...["elastic", "kibana", "kibana_system", "logstash_system", "beats_system", "apm_system"],
  ...["remote_monitoring_user", "filebeat", "vector", "grafana", "prometheus"],
];

/** Kibana: the page on which logs are read. */
export const KibanaConfig = z.strictObject({
  image: ImageReference.default(`docker.elastic.co/kibana/kibana:${elasticVersion}`),
  host: Hostname,
  /** Of the user `kibana_system`, by which Kibana itself logs in. */
  password: reference("password").prefault("kibana"),
  /** What its keys are derived from: of sessions, of saved secrets, of reports. */
  encryption: reference("token").prefault("kibana-encryption"),
  /** People who log in beside `elastic`: a viewer reads, an editor also changes dashboards. */
  users: z
    .record(
      UserName.refine(
        (name) => !takenUsers.includes(name),
        "must be a name that Elasticsearch or the shippers do not have",
      ),
      z.strictObject({
        password: reference("password"),
        role: z
          .enum(["viewer", "editor"], { message: "must be viewer or editor" })
          .default("viewer"),
      }),
    )
    .default({}),
  resources: Resources.prefault({
    requests: { cpu: "250m", memory: "1Gi" },
    limits: { memory: "2Gi" },
  }),
  placement: Placement.optional(),
});
/** {@inheritDoc KibanaConfig} */
export type KibanaConfig = z.infer<typeof KibanaConfig>;

/** The parts of `fleet:observability.logs` that make up an {@link ElkStack}. */
export interface ElkConfig {
  readonly store: StoreConfig;
  readonly kibana?: KibanaConfig | undefined;
}

/** What the parts contradict each other in; places are relative to the section `logs`. */
export function elkFaults({ store, kibana }: Partial<ElkConfig>): {
  readonly path: readonly string[];
  readonly message: string;
}[] {
  if (kibana === undefined || store?.kind === "builtin") {
    return [];
  }
  return [
    {
      path: ["kibana"],
      message:
        store === undefined
          ? "must stand beside store, whose logs it shows: add store: { kind: builtin }"
          : "must stand beside a builtin store: an external one has a Kibana of its own",
    },
  ];
}
