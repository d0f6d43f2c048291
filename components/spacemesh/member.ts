/** What a bootnode and a miner are made of: one program, one disk, one identity. */
import type * as pulumi from "@pulumi/pulumi";
// Not from its root: loading all of it takes a noticeable part of every run.
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";

import { announces } from "../base/announce.ts";
import { workloadLabels } from "../base/labels.ts";
import type {
  Container,
  ContainerPort,
  Probes,
  ServiceSpec,
  WorkloadArgs,
  WorkloadGroup,
} from "../workload/types.ts";
import { makeWorkload, type WorkloadObjects } from "../workload/workload.ts";
import { keeping, plain } from "./container-command.ts";
import type { MemberIdentity } from "./identity.ts";
import { memberPlacement } from "./member-placement.ts";
import type { Member } from "./members.ts";
import {
  goDebugVariables,
  type MinerCommand,
  minerArguments,
  nodeConfigFolder,
  nodeDisk,
  nodeProgram,
  peerKeyName,
  peerKeyPath,
} from "./miner-command.ts";
import type { MinersConfig } from "./miner.schema.ts";
import { nodeProfiles, type NodeVersion } from "./node-profiles.ts";
import { grpcPort, jsonPort, minerMetricsPort, pprofPort } from "./ports.ts";
import { memberLabels, rootException, spacemeshSystem } from "./surroundings.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";
import { isPushed, isScraped, pushUrl } from "./telemetry.ts";

/** Who watches the members, by their addresses inside the cluster. What is left out does not. */
export interface MemberWatchers {
  /** Whether the stack has a Prometheus. */
  readonly prometheus: boolean;
  /** Push gateway, e.g. `http://push-gateway.metrics.svc:9091`. */
  readonly pushGateway?: string | undefined;
  /** Pyroscope, e.g. `http://pyroscope.profiles.svc:4040`. */
  readonly profiler?: string | undefined;
}

/** What all members of a network are given. */
export interface MemberTerms extends Omit<Surroundings, "flows"> {
  readonly image: ProgramImage;
  readonly version: NodeVersion;
  /** Number of the network, which older nodes name a folder of their data by. */
  readonly networkId: number | undefined;
  readonly miners: MinersConfig;
  readonly watchers: MemberWatchers;
}

/** What one member is given beside. */
export interface MemberArgs extends MemberTerms {
  readonly member: Member;
  readonly identity: MemberIdentity;
  /** Account and network policy, shared with its like. */
  readonly group: WorkloadGroup;
  /** Name of the ConfigMap with its config, shared with all whose config is the same. */
  readonly config: pulumi.Input<string>;
  /** Address that peers dial, without its peer id; of a pinned one, where the node is told it. */
  readonly advertise?: pulumi.Input<string> | undefined;
  /** How long it must be ready before the next member is exchanged. */
  readonly pauseSeconds: number;
  /** What must be ready before its pod is made, or exchanged. */
  readonly after: readonly pulumi.Resource[];
}

/** Seconds that a node may take to write down what it holds. */
const graceSeconds = 60;

/** How long a new pod may take: until a node of the cluster is made for it, and it has read its disk. */
const progressSeconds = 1_200;

const identityVolume = "identity";
const configVolume = "config";

/** Variable of the container that holds the address to advertise. */
const advertiseVariable = "ADVERTISE_ADDRESS";

/** Ports that a member listens on. */
function memberPorts({
  member,
  miners,
  watchers,
}: Pick<MemberArgs, "member" | "miners" | "watchers">): ContainerPort[] {
  const { peerPort, slot } = member;
  return [
    { name: "p2p", port: peerPort, ...(slot === undefined ? {} : { hostPort: peerPort }) },
    { name: "grpc", port: grpcPort },
    ...(miners.jsonApi ? [{ name: "json", port: jsonPort }] : []),
    ...(watchers.prometheus ? [{ name: "metrics", port: minerMetricsPort }] : []),
    ...(watchers.profiler === undefined ? [] : [{ name: "pprof", port: pprofPort }]),
  ];
}

/** The Service of a member: its APIs, on ports of the nodes as well where the file says so. */
function memberService(
  { number }: Pick<Member, "number">,
  { ports, jsonApi }: Pick<MinersConfig, "ports" | "jsonApi">,
): ServiceSpec {
  const at = ports.public;
  const isPublic = at.kind === "node-ports";
  return {
    type: isPublic ? "NodePort" : "ClusterIP",
    ports: [
      { name: "grpc", ...(isPublic ? { nodePort: at.grpcBase + number } : {}) },
      ...(jsonApi
        ? [{ name: "json", ...(isPublic ? { nodePort: at.jsonBase + number } : {}) }]
        : []),
    ],
  };
}

/**
 * A container that is kept when its program ends must not be restarted by a check: it is only taken out
 * of its Service. Otherwise a node that hangs is started anew; it may read its disk for long first.
 */
function memberProbes(keepContainer: boolean): Probes {
  const check = { kind: "tcp", port: "grpc" } as const;
  const readiness = { check, periodSeconds: 10, timeoutSeconds: 5 };
  return keepContainer
    ? { readiness }
    : {
        startup: { check, periodSeconds: 10, failureThreshold: 120 },
        readiness,
        liveness: { check, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 6 },
      };
}

/** What a member's program is told. */
function memberCommand(args: MemberArgs): MinerCommand {
  const { member, miners, watchers, namespaceName } = args;
  const { pushGateway, profiler } = watchers;
  const isProfiled = miners.profiled.includes(member.number);
  return {
    version: args.version,
    name: member.name,
    peerPort: member.peerPort,
    coinbase: args.identity.coinbase.address,
    jsonApi: miners.jsonApi,
    ...(args.advertise === undefined ? {} : { advertise: `$(${advertiseVariable})` }),
    ...(watchers.prometheus
      ? {
          metrics:
            pushGateway !== undefined && isPushed(miners.metrics)
              ? { pushUrl: pushUrl(pushGateway, namespaceName, member.name) }
              : {},
        }
      : {}),
    ...(profiler === undefined ? {} : { profiler: isProfiled ? { url: profiler } : {} }),
  };
}

function container(args: MemberArgs): Container {
  const { image, miners, advertise, watchers } = args;
  const isTold = advertise !== undefined && nodeProfiles[args.version].advertises;
  const start = miners.keepContainer ? keeping : plain;
  return {
    // The log pipeline knows it by this name (facts/spacemesh.md 2.1).
    name: "miner",
    image: image.reference,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    ...start(nodeProgram, minerArguments(memberCommand(args))),
    env: {
      ...(miners.goDebug ? goDebugVariables : {}),
      ...(isTold ? { [advertiseVariable]: advertise } : {}),
    },
    ports: memberPorts(args),
    // Of a port below 1024: root without any capability may not have one.
    ...(watchers.prometheus ? { capabilities: ["NET_BIND_SERVICE"] } : {}),
    probes: memberProbes(miners.keepContainer),
    resources: miners.resources,
    mounts: [
      { volume: configVolume, path: nodeConfigFolder },
      { volume: "data", path: nodeDisk },
      // Alone, not its folder: the node keeps its address book beside it.
      {
        volume: identityVolume,
        path: peerKeyPath(args.version, args.networkId),
        subPath: peerKeyName,
      },
      { volume: "tmp", path: "/tmp" },
    ],
  };
}

/** The Workload of a member. Pure. */
export function memberWorkload(
  args: MemberArgs,
  identitySecret: pulumi.Input<string>,
): WorkloadArgs {
  const { member, miners, pauseSeconds } = args;
  const { size, storageClass, data = args.data } = miners.disk;
  const isRead = args.watchers.prometheus && isScraped(miners.metrics);
  return {
    kind: "Deployment",
    system: spacemeshSystem,
    namespace: args.namespace,
    container: container(args),
    awaitExchange: true,
    // One identity, one disk, one process.
    update: {
      strategy: "Recreate",
      minReadySeconds: pauseSeconds,
      progressDeadlineSeconds: progressSeconds + pauseSeconds,
    },
    placement: memberPlacement(member.slot),
    security: { user: 0, exception: rootException },
    group: args.group,
    flows: { callers: [], calls: [] },
    data: args.data,
    givenFiles: [
      { name: configVolume, kind: "ConfigMap", object: args.config },
      { name: identityVolume, kind: "Secret", object: identitySecret, keys: [peerKeyName] },
    ],
    scratch: [{ name: "tmp", sizeLimit: "1Gi" }],
    claims: [
      {
        name: "data",
        size,
        ...(storageClass === undefined ? {} : { storageClass }),
        data: miners.leaving.includes(member.number) ? "delete" : data,
      },
    ],
    services: [memberService(member, miners)],
    pullSecrets: args.image.pullSecrets,
    podLabels: memberLabels(member.name, "miner"),
    ...(isRead ? { podAnnotations: announces(minerMetricsPort) } : {}),
    terminationGraceSeconds: graceSeconds,
  };
}

/**
 * Makes a member's objects: its identity, its disk, its Service, its Deployment. All else it shares.
 *
 * @returns What can be waited for.
 */
export function makeMember(
  args: MemberArgs,
  opts: { readonly parent: pulumi.ComponentResource },
): WorkloadObjects {
  const { name } = args.member;
  const { peer, coinbase } = args.identity;
  const identity = new Secret(
    `${name}-identity`,
    {
      // No name: the engine's own changes with the content, which starts the node anew.
      metadata: { namespace: args.namespace, labels: workloadLabels(name, spacemeshSystem) },
      stringData: {
        [peerKeyName]: peer.keyFile,
        // What spends its rewards. The pod does not see it.
        ...(coinbase.key === undefined
          ? {}
          : {
              privateKey: coinbase.key.seed,
              publicKey: Buffer.from(coinbase.key.publicKey).toString("hex"),
            }),
      },
    },
    opts,
  );
  return makeWorkload(name, memberWorkload(args, identity.metadata.name), {
    ...opts,
    dependsOn: [...args.after],
  });
}
