import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { workloadLabels } from "../base/labels.ts";
import type { KeyPair } from "../base/secret-store.ts";
import { makeWorkload, type WorkloadObjects } from "../workload/workload.ts";
import type { ContainerPort, HostAlias } from "../workload/types.ts";
import type { Disruption } from "../workload/workload.schema.ts";
import { memberNames, uptimePrivateService } from "./addresses.ts";
import {
  type AddressResolverCommand,
  discoveryArguments,
  type DiscoveryCommand,
  keyVariable,
  type MemberKind,
  postgresVariables,
} from "./commands.ts";
import type { ProgramOptions } from "./options.schema.ts";
import { httpPorts, metricsEndpoint, type MetricsEndpoint, uptimePrivatePort } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Database of a service, as the service is told it. */
export interface DatabaseAccess {
  readonly user: string;
  readonly database: string;
  readonly password: pulumi.Output<string>;
}

/** Disk of the uptime-tracker's daily files. */
export interface DailyData {
  readonly size: string;
  readonly storageClass?: string;
}

/** Inputs of a {@link DiscoveryService}. */
export interface DiscoveryServiceArgs extends Surroundings {
  /** What runs, with its stores and peers. */
  readonly command: Exclude<DiscoveryCommand, AddressResolverCommand>;
  readonly image: ProgramImage;
  readonly key: KeyPair;
  readonly options: ProgramOptions;
  /** Pods behind the one name; the first carries the key. Default 1. */
  readonly replicas?: number;
  /** How many pods without the key an eviction may take. Default: one at a time. */
  readonly disruption?: Disruption;
  /** Password of the service's Redis, where it has one. */
  readonly redisPassword?: pulumi.Output<string>;
  /** Its database, where it has one. */
  readonly database?: DatabaseAccess;
  /** The uptime-tracker's disk: without one its history would go with each pod (4.7). */
  readonly dailyData?: DailyData;
  /** Host names that lead past the name servers, e.g. the IP service's (6.4). */
  readonly hostAliases?: readonly HostAlias[];
}

/** Label that the pods of all members carry, and by which the one Service finds them. */
const serviceLabel = "fleet/service";

/** Where the uptime-tracker keeps its daily files. */
export const dailyDataPath = "/var/lib/skywire-ut/daily-data";

/**
 * Variables of a service that are secret.
 *
 * The Redis password is set even where Redis has none behind it: the program puts it over whatever
 * the URL says (2.2).
 */
export function secretVariables(
  args: Pick<DiscoveryServiceArgs, "key" | "redisPassword" | "database">,
  kind: MemberKind,
): Record<string, pulumi.Output<string>> {
  return {
    ...(kind === "keyed" ? { [keyVariable]: args.key.secretKey } : {}),
    ...(args.redisPassword === undefined ? {} : { REDIS_PASSWORD: args.redisPassword }),
    ...(args.database === undefined ? {} : { PG_PASSWORD: args.database.password }),
  };
}

/** Volume of the daily files; their claim is called `<workload>-daily-data`. */
export const dailyDataClaim = "daily-data";

function portsOf(service: DiscoveryServiceArgs["command"]["service"]): ContainerPort[] {
  return [
    { name: "http", port: httpPorts[service] },
    ...(service === "uptime-tracker" ? [{ name: "private", port: uptimePrivatePort }] : []),
  ];
}

/** One of the two kinds of members: with the key, or without. Pure. */
function discoveryMember(args: DiscoveryServiceArgs, kind: MemberKind): Program {
  const { command, database, dailyData } = args;
  const keyed = kind === "keyed";
  return {
    image: args.image,
    args: discoveryArguments(command, kind),
    options: args.options,
    probes: httpProbes("/health", "http"),
    metrics: true,
    exclusive: keyed,
    hasOthers: (args.replicas ?? 1) > 1,
    replicas: keyed ? 1 : (args.replicas ?? 1) - 1,
    ports: portsOf(command.service),
    secretEnv: secretVariables(args, kind),
    podLabels: { [serviceLabel]: command.service },
    ...(database === undefined ? {} : { env: postgresVariables(database.user, database.database) }),
    ...(args.hostAliases === undefined ? {} : { hostAliases: args.hostAliases }),
    ...(keyed || args.disruption === undefined ? {} : { disruption: args.disruption }),
    ...(dailyData === undefined
      ? {}
      : {
          claims: [{ name: dailyDataClaim, ...dailyData }],
          mounts: [{ volume: dailyDataClaim, path: dailyDataPath }],
        }),
    ...(command.service === "uptime-tracker"
      ? { services: [{ name: uptimePrivateService, ports: [{ name: "private" }] }] }
      : {}),
  };
}

/**
 * One of the keyed HTTP services: dmsg-discovery, service-discovery, transport-discovery,
 * route-finder, uptime-tracker.
 *
 * All pods stand behind one Service of the service's name. One pod carries the key and is exchanged
 * by stopping it first; the others serve HTTP only and roll under the budget of the stack
 * (facts/skywire.md 2.5). An update takes the others first, so that one pod is missing at the most.
 */
export class DiscoveryService extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** 66 hex digits. */
  readonly publicKey: string;
  /** Service behind which the pods are dialled. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;
  /** Where each pod's metrics are read. */
  readonly metrics: MetricsEndpoint;

  constructor(name: string, args: DiscoveryServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { command, image } = args;
    const replicas = args.replicas ?? 1;
    super("fleet:skywire:DiscoveryService", name, { image: image.reference, replicas }, opts);
    const parent = { parent: this };
    this.publicKey = args.key.publicKey;
    this.serviceName = command.service;
    this.servicePort = httpPorts[command.service];
    this.metrics = metricsEndpoint;

    const [keyed, ...keyless] = memberNames(command.service, replicas);
    const make = (member: string, before: readonly pulumi.Resource[]): WorkloadObjects => {
      const program = discoveryMember(args, member === keyed ? "keyed" : "keyless");
      const options = { ...parent, dependsOn: [...before] };
      return makeWorkload(member, programWorkload(member, program, args), options);
    };
    const others = keyless.map((member) => make(member, []));
    // Last: a version that does not come up stops before the one pod that has to go first.
    const workloads = [
      ...others,
      make(
        keyed,
        others.flatMap(({ ready }) => ready),
      ),
    ];
    const service = new Service(
      `${name}-service`,
      {
        metadata: {
          name: this.serviceName,
          namespace: args.namespace,
          labels: workloadLabels(this.serviceName, "skywire"),
          // The Workloads behind it are awaited.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          type: "ClusterIP",
          selector: { [serviceLabel]: command.service },
          ports: [{ name: "http", port: this.servicePort, targetPort: "http", protocol: "TCP" }],
        },
      },
      parent,
    );
    this.ready = [service, ...workloads.flatMap(({ ready }) => ready)];
    this.registerOutputs({
      publicKey: this.publicKey,
      serviceName: this.serviceName,
      servicePort: this.servicePort,
      metrics: this.metrics,
    });
  }
}
