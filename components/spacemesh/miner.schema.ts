/** What a stack file says about the members of a Spacemesh network: `fleet:miners`. */
import * as z from "zod";

import { Bytes, DataPolicy, DnsLabel, NodePort, Port, Seconds } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { Resources } from "../workload/workload.schema.ts";
import { highestNumber, MemberNumbers, SomeNumbers } from "./member-numbers.ts";

/** APIs of a node that answer who the network is and what it has agreed on. */
const plainApis = ["node", "mesh", "globalstate", "transaction"] as const;

/**
 * APIs that a node may serve. `debug` tells every account, `smesher` starts and stops smeshing without
 * asking who calls; `gateway` takes what PoETs broadcast.
 */
export const nodeApis = [...plainApis, "gateway", "smesher", "debug"] as const;
/** {@inheritDoc nodeApis} */
export type NodeApi = (typeof nodeApis)[number];

/** Where the APIs of the members can be reached. */
const PublicPorts = z.discriminatedUnion("kind", [
  z.strictObject({
    /** Each on a port of every node: base + the miner's number. */
    kind: z.literal("node-ports"),
    grpcBase: NodePort.default(30_000),
    jsonBase: NodePort.default(31_000),
  }),
  /** Inside the cluster only. */
  z.strictObject({ kind: z.literal("in-cluster") }),
]);

/**
 * How the members' metrics reach Prometheus: `push` to the stack's push gateway, as the original meant it,
 * `scrape` by Prometheus itself, or `both`. What was pushed last stays when a member is gone; what is read
 * tells at once that nobody answers (facts/spacemesh.md 6.4).
 */
const MetricsPath = z.enum(["push", "scrape", "both"], {
  message: "must be push, scrape or both",
});
/** {@inheritDoc MetricsPath} */
export type MetricsPath = z.infer<typeof MetricsPath>;

/** A disk of a member or a PoET. */
export const MemberDisk = z.strictObject({
  /** Default 10Gi (facts/spacemesh.md 1.2). */
  size: Bytes.default("10Gi"),
  /** Default: the cluster's default class. */
  storageClass: DnsLabel.optional(),
  /** What happens to these disks when they go from the file. Default: what `data` says of all. */
  data: DataPolicy.optional(),
});

/** Requests = limits, so that nothing is taken from one that is at work (facts/spacemesh.md 2.1). */
export const memberResources = {
  requests: { cpu: "1", memory: "2Gi" },
  limits: { cpu: "1", memory: "2Gi" },
};

/** Keys of a member that were made elsewhere. */
const ImportedKeys = z.strictObject({
  /** Who it is to its peers: the text of a node's `p2p.key`. */
  identity: reference("p2p-key").optional(),
  /** Account of its rewards, as the node's version writes it. */
  coinbase: z.string().optional(),
});

const atOnce = z.int().min(1, "must be at least 1").max(1_000, "must be at most 1000");

/** Schema of `fleet:miners`. */
export const MinersConfig = z.strictObject({
  /**
   * What the members' names, ports, disks and identities are made of. They are never counted anew:
   * without miner 7, a network of ten is `["1-6", "8-10"]`.
   */
  numbers: MemberNumbers,
  /**
   * Numbers of miners that are about to go: their disks may be deleted with them, and nobody else's. Said
   * and brought up before the number is taken out, and then taken out with it. Written as `numbers` are.
   */
  leaving: SomeNumbers.prefault([]),
  /**
   * How many bootnodes there are: the first members after the bootstrap node, or the first of all
   * where there is none (facts/spacemesh.md 2.1).
   */
  bootnodes: z.int().min(1, "must be at least 1").max(100, "must be at most 100").default(6),
  /**
   * `required`: no two of bootstrap node and bootnodes on one slot. `preferred`: round robin, so that
   * two share one where there are too few.
   */
  apart: z.enum(["required", "preferred"]).default("required"),
  resources: Resources.prefault(memberResources),
  disk: MemberDisk.prefault({}),
  /**
   * Keep the container when the node's program ends, so that its log and data can be looked at; it is
   * not started again by itself then, and has no liveness probe (facts/spacemesh.md 2.1).
   */
  keepContainer: z.boolean().default(true),
  /** Serve the JSON API beside gRPC. */
  jsonApi: z.boolean().default(true),
  /** Go's own traces of its garbage collector and scheduler in the log. */
  goDebug: z.boolean().default(false),
  /** How metrics of the members are taken, where there is a Prometheus. */
  metrics: MetricsPath.default("push"),
  /** Numbers of the members that the profiler watches, where there is one. */
  profiled: z
    .array(z.int("must be the number of a miner, e.g. 10").min(1).max(highestNumber))
    .default([10, 20]),
  ports: z
    .strictObject({
      /** Port of the pinned member N, bound on its node: this + N. */
      hostBase: Port.default(5_000),
      public: PublicPorts.prefault({ kind: "in-cluster" }),
    })
    .prefault({}),
  /** APIs that the members serve; those that PoETs use as gateways serve `gateway`, too. */
  publicApis: z
    .array(z.enum(nodeApis))
    .min(1, "must list at least one API")
    .refine((apis) => new Set(apis).size === apis.length, "must list each API once")
    .default([...plainApis]),
  /** Number → keys that were made elsewhere, in place of those derived from the network's secret. */
  imported: z
    .record(
      z.string().regex(/^[1-9]\d{0,3}$/, "must be the number of a miner, quoted"),
      ImportedKeys,
    )
    .default({}),
  /** Miners that are made at a time while the network is new (facts/spacemesh.md 1.2). */
  madeAtOnce: atOnce.default(100),
  upgrade: z
    .strictObject({
      /**
       * Miners that are exchanged at a time once the network runs; bootnodes go one by one. Default: a tenth of
       * all members, and one of few. Consensus needs the weight of most of them: exchanged all at once, they
       * make no layer until they are back.
       */
      atOnce: atOnce.optional(),
      /** How long an exchanged member must be ready before the next one goes, once the network runs. */
      pauseSeconds: Seconds.max(3_600, "must be at most an hour").default(120),
    })
    .prefault({}),
});
/** {@inheritDoc MinersConfig} */
export type MinersConfig = z.infer<typeof MinersConfig>;
