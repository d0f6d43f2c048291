/** What a stack file says about LogShipper: Vector on every node (facts/deployment-concepts.md 6). */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { formatBytes, parseQuantity } from "../../base/quantity.ts";
import { Bytes, DnsLabel, HttpUrl } from "../../base/scalars.ts";
import { reference } from "../../base/secrets.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";

/** The least that Vector takes for a buffer on disk: two of its files of 128 MiB, and their heads. */
const leastBuffer = 268_435_488;

/** What waits on the node's disk for a sink that does not answer. */
const Buffer = z.strictObject({
  /** At most so much of each node's disk. */
  size: Bytes.refine(
    (size) => parseQuantity(size) >= leastBuffer,
    `must be at least 257Mi: Vector refuses a buffer on disk below ${leastBuffer} bytes`,
  )
    .refine(
      (size) => parseQuantity(size) <= 64 * 2 ** 30,
      "must be at most 64Gi: it is taken from each node's own disk",
    )
    .default("512Mi"),
  /**
   * `block` stops reading, for all sinks, until there is room: what waits stays in the kubelet's files, and
   * is lost only when those are rotated away. `drop_newest` throws away what comes, of this sink alone.
   */
  whenFull: z.enum(["block", "drop_newest"]).default("block"),
});

/** What each sink has. */
const sinkWords = {
  /** Families of `logs.families` that go there. Default: all. */
  families: z.array(DnsLabel).min(1, "must list a family: leave it out for all").optional(),
  buffer: Buffer.prefault({}),
};

/** What the cluster's own network has no way to, or Vector would read as a pattern. */
function urlFault(value: string): string | undefined {
  const { protocol, hostname } = new URL(value);
  if (protocol !== "https:") {
    return "must be an https URL: lines and credentials would cross the internet in plain text";
  }
  if (!hostname.includes(".") || /\.(svc|local|internal)$|^[\d.]+$/.test(hostname)) {
    return "must be a public host name: the stack's own Elasticsearch is meant by leaving url out";
  }
  return /[%{}]/.test(value)
    ? "must not hold %, { or }: Vector reads them as patterns of time and fields"
    : undefined;
}

/** Address of a service on the internet. */
const PublicUrl = HttpUrl.superRefine((value, context) => {
  const message = URL.canParse(value) ? urlFault(value) : undefined;
  if (message !== undefined) {
    context.addIssue({ code: "custom", message });
  }
});

/** Name and password of an account. */
const Account = z.strictObject({
  username: z.string().regex(/^[\w.@-]{1,128}$/, "must be a user's name, e.g. shipper"),
  /** Entry of `fleet:secrets`. */
  password: reference("password"),
});

/** What a sink is told that lacks them. */
const needsCredentials = (what: string): string =>
  `must name the entry of fleet:secrets with ${what}: a sink without credentials takes nothing`;

/** Half of a key for storage. */
const keyHalf = (what: string) => z.string(needsCredentials(what)).pipe(reference("token"));

/** Elasticsearch: the stack's own, or one elsewhere. */
const ElasticsearchSink = z
  .strictObject({
    kind: z.literal("elasticsearch"),
    /** Default: that of `logs.store`, with the account that the store has for shippers. */
    url: PublicUrl.optional(),
    /** Of a store elsewhere. */
    account: Account.optional(),
    ...sinkWords,
  })
  .superRefine(({ url, account }, context) => {
    if ((url === undefined) !== (account === undefined)) {
      context.addIssue({
        code: "custom",
        path: [url === undefined ? "url" : "account"],
        message:
          url === undefined
            ? "must stand beside account: the stack's own store has an account for shippers"
            : `${needsCredentials("the password")}, and its user`,
      });
    }
  });

/** An HTTP log service, such as Better Stack's Logtail. */
const HttpSink = z
  .strictObject({
    kind: z.literal("http"),
    /** Where batches are posted, as JSON, e.g. https://in.logs.betterstack.com. */
    url: PublicUrl,
    /** Entry of `fleet:secrets` with the source's token, sent as bearer. */
    token: reference("token").optional(),
    /** Name and password, where the service takes no token. */
    account: Account.optional(),
    /** Field in which the service looks for the time of a line. */
    timeField: z
      .string()
      .regex(/^[a-zA-Z_@][\w@]{0,62}$/, "must be the name of a field, e.g. dt")
      .default("dt"),
    ...sinkWords,
  })
  .refine(({ token, account }) => (token === undefined) !== (account === undefined), {
    path: ["token"],
    message: `${needsCredentials("the service's token")}; or say account`,
  });

/** Storage that speaks S3. */
const S3Sink = z.strictObject({
  kind: z.literal("s3"),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket, e.g. fleet-logs"),
  /** Region, as the storage calls it. */
  region: z.string().regex(/^[a-z0-9-]{2,32}$/, "must be a region, e.g. eu-central-1"),
  /** Address of storage that is not Amazon's, e.g. https://eu-central-1.linodeobjects.com. */
  endpoint: PublicUrl.optional(),
  /** Folder in the bucket; below it each family has its own, and in it each day. */
  prefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9/_-]{0,126}\/$/, "must be a folder that ends in a slash, e.g. logs/")
    .default("logs/"),
  /** Entry of `fleet:secrets` with the access key's id. */
  accessKey: keyHalf("the access key's id"),
  /** Entry of `fleet:secrets` with the access key's secret half. */
  secretKey: keyHalf("the access key's secret half"),
  ...sinkWords,
});

/** The shipper's own output, to see what would go. Nothing leaves the node. */
const ConsoleSink = z.strictObject({
  kind: z.literal("console"),
  families: sinkWords.families,
});

/** Where lines go. */
export const VectorSink = z.discriminatedUnion(
  "kind",
  [ElasticsearchSink, HttpSink, S3Sink, ConsoleSink],
  { error: "must say kind: elasticsearch, http, s3 or console" },
);
/** {@inheritDoc VectorSink} */
export type VectorSink = z.infer<typeof VectorSink>;

/** The name becomes part of Vector's words, of a folder on the node and of a file. */
const SinkName = DnsLabel.max(32, "must have at most 32 characters");

/** Most that the buffers of one shipper may take of a node's disk together. */
const mostBuffers = 128 * 2 ** 30;

/** `fleet:observability.logs.shipper` of kind `vector`. */
export const VectorConfig = z
  .strictObject({
    kind: z.literal("vector"),
    /** Its pods read folders of the node, so that Pod Security is `privileged` there: nothing else's. */
    namespace: DnsLabel.default("log-shipper"),
    image: ImageReference.default("docker.io/timberio/vector:0.57.0-distroless-libc"),
    /** What every line says of where it comes from. Default: what the lecture's system said. */
    source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, "must be a label, e.g. digital_ocean_docker")
      .default("digital_ocean_docker"),
    /** Name → where lines go. */
    sinks: z
      .record(SinkName, VectorSink)
      .refine((sinks) => Object.keys(sinks).length > 0, "must list at least one sink"),
    resources: Resources.prefault({
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { memory: "512Mi" },
    }),
    placement: Placement.pick({ nodeSelector: true, nodeAffinity: true, tolerations: true })
      .strict()
      .optional(),
  })
  .superRefine(({ sinks }, context) => {
    const taken = Object.values(sinks)
      .map((sink) => ("buffer" in sink ? parseQuantity(sink.buffer.size) : 0))
      .reduce((sum, size) => sum + size, 0);
    if (taken > mostBuffers) {
      context.addIssue({
        code: "custom",
        path: ["sinks"],
        message: `must have buffers of at most ${formatBytes(mostBuffers)} together (they have ${formatBytes(taken)}): each node's disk holds all of them`,
      });
    }
  });
/** {@inheritDoc VectorConfig} */
export type VectorConfig = z.infer<typeof VectorConfig>;
