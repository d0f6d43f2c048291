import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import { workloadLabel, workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { healthPortStays } from "../platform/balancer-ports.ts";
import { networkPolicySpec } from "../workload/policy.ts";
import type { Container, Probes, WorkloadArgs, WorkloadGroup } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { type ContainerCommand, keeping, plain, restarting } from "./container-command.ts";
import { publicPoetService } from "./flows.ts";
import { poetName } from "./members.ts";
import {
  poetArguments,
  poetConfigFolder,
  poetConfigName,
  poetDataFolder,
  poetFile,
  type PoetInput,
  poetProgram,
} from "./poet-files.ts";
import { poetProfiles } from "./poet-profiles.ts";
import type { PoetsConfig } from "./poet.schema.ts";
import { poetRestPort } from "./ports.ts";
import { memberLabels, rootException, spacemeshSystem } from "./surroundings.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** How home smeshers reach a PoET. */
export type PublicPoetPort =
  | {
      readonly kind: "load-balancer";
      readonly port: number;
      /** Address that is reserved for it. */
      readonly address: pulumi.Input<string>;
      /** What binds the Service to that address. */
      readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
      /** Ports of the nodes that the balancer dials, and looks at. Default: Kubernetes chooses some. */
      readonly nodePorts?: { readonly port: number; readonly health: number } | undefined;
    }
  | { readonly kind: "node-port"; readonly host: string; readonly nodePort: number };

/** Inputs of a {@link Poet}. */
export interface PoetArgs extends Surroundings {
  /** From 1. */
  readonly number: number;
  readonly image: ProgramImage;
  readonly poets: PoetsConfig;
  /** What its file and arguments say. */
  readonly input: PoetInput;
  /** Account and network policy, shared with the others. */
  readonly group: WorkloadGroup;
  /** How it is reached from outside; the first one is. */
  readonly exposed?: PublicPoetPort | undefined;
  /** What must be ready before: the gateways, which it must reach to be ready itself. */
  readonly after: readonly pulumi.Resource[];
}

/** Address of a PoET inside the cluster, `host:port`. */
export const poetAddress = (number: number, namespace: string): string =>
  `${poetName(number)}.${namespace}.svc:${poetRestPort}`;

/** Address of a PoET outside of it, `host:port`. */
export const publicPoetAddress = (exposed: PublicPoetPort): pulumi.Output<string> =>
  exposed.kind === "load-balancer"
    ? pulumi.interpolate`${exposed.address}:${exposed.port}`
    : pulumi.output(`${exposed.host}:${exposed.nodePort}`);

/**
 * How its program is started. One that is told its gateways ends while they cannot be reached: it is
 * started again and again in its container, or by the kubelet, so that nobody has to activate it.
 */
function commandOf({ input, poets }: Pick<PoetArgs, "input" | "poets">): ContainerCommand {
  const words = poetArguments(input);
  if (!poets.keepContainer) {
    return plain(poetProgram, words);
  }
  return poetProfiles[input.version].broadcasts
    ? restarting(poetProgram, words)
    : keeping(poetProgram, words);
}

/** It answers as soon as it has its gateways. What is kept when it ends must not be restarted. */
function probesOf(keepContainer: boolean): Probes {
  const check = { kind: "tcp", port: "rest" } as const;
  const readiness = { check, periodSeconds: 10, timeoutSeconds: 5 };
  return keepContainer
    ? { readiness }
    : {
        // Ended while its gateways come up, it is started anew: no reason to be killed as well.
        startup: { check, periodSeconds: 10, failureThreshold: 60 },
        readiness,
        liveness: { check, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 6 },
      };
}

function container(args: PoetArgs): Container {
  const { image, poets } = args;
  return {
    // The log pipeline knows it by this name (facts/spacemesh.md 2.4).
    name: "poet",
    image: image.reference,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    ...commandOf(args),
    ports: [{ name: "rest", port: poetRestPort }],
    probes: probesOf(poets.keepContainer),
    resources: poets.resources,
    mounts: [
      { volume: "config", path: poetConfigFolder },
      { volume: "data", path: poetDataFolder },
      { volume: "tmp", path: "/tmp" },
    ],
  };
}

/** The Workload of a PoET. Pure. */
function poetWorkload(args: PoetArgs): WorkloadArgs {
  const { poets, number } = args;
  const { size, storageClass, data = args.data } = poets.disk;
  return {
    kind: "Deployment",
    system: spacemeshSystem,
    namespace: args.namespace,
    container: container(args),
    awaitExchange: true,
    // One disk, and rounds that one process makes.
    update: { strategy: "Recreate", progressDeadlineSeconds: 1_200 },
    placement: { spread: "none" },
    security: { user: 0, exception: rootException },
    group: args.group,
    flows: { callers: [], calls: [] },
    data: args.data,
    files: [{ name: "config", files: { [poetConfigName]: poetFile(args.input) } }],
    scratch: [{ name: "tmp" }],
    claims: [{ name: "data", size, ...(storageClass === undefined ? {} : { storageClass }), data }],
    services: [{ ports: [{ name: "rest" }] }],
    pullSecrets: args.image.pullSecrets,
    podLabels: memberLabels(poetName(number), "poet"),
  };
}

/**
 * A PoET: proves that time has gone by, for miners who send it challenges. The first one is public:
 * home smeshers find it in the published config (facts/spacemesh.md 3.2).
 */
export class Poet extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Where miners of the cluster dial it, `host:port`. */
  readonly address: string;

  /** @param args Its number names the component, too. */
  constructor(args: PoetArgs, opts?: pulumi.ComponentResourceOptions) {
    const name = poetName(args.number);
    super("fleet:spacemesh:Poet", name, { image: args.image.reference }, opts);
    this.address = poetAddress(args.number, args.namespaceName);
    const { ready } = makeWorkload(name, poetWorkload(args), {
      parent: this,
      dependsOn: [...args.after],
    });
    this.ready = ready;
    if (args.exposed !== undefined) {
      this.#expose(name, args, args.exposed, ready);
    }
    this.registerOutputs({ address: this.address });
  }

  /**
   * The only PoET that the internet may call has a policy of its own for that, and a Service.
   *
   * @param ready The PoET itself. The provider waits ten minutes for pods behind a balancer, and a PoET waits for its
   * gateways, each of which may take longer than that: the Service comes when there is a pod.
   */
  #expose(
    name: string,
    args: PoetArgs,
    exposed: PublicPoetPort,
    ready: readonly pulumi.Resource[],
  ): void {
    const { namespace } = args;
    const labels = workloadLabels(name, spacemeshSystem);
    const opts = { parent: this };
    if (args.networkPolicy) {
      const { callers } = flowsOf(args.flows, name, args.namespaceName);
      new NetworkPolicy(
        publicPoetService,
        {
          metadata: { name: publicPoetService, namespace, labels },
          spec: {
            ...networkPolicySpec(name, { callers, calls: [] }),
            policyTypes: ["Ingress"],
            egress: [],
          },
        },
        opts,
      );
    }
    const isBalanced = exposed.kind === "load-balancer";
    const { port: nodePort, health } = isBalanced
      ? (exposed.nodePorts ?? {})
      : { port: exposed.nodePort };
    new Service(
      `${publicPoetService}-service`,
      {
        metadata: {
          name: publicPoetService,
          namespace,
          labels,
          annotations: isBalanced ? { ...exposed.annotations } : { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          type: isBalanced ? "LoadBalancer" : "NodePort",
          selector: { [workloadLabel]: name },
          // Only the node that runs it is asked by the balancer, and callers keep their address.
          ...(isBalanced ? { externalTrafficPolicy: "Local" } : {}),
          ...(health === undefined ? {} : { healthCheckNodePort: health }),
          ports: [
            {
              name: "rest",
              port: isBalanced ? exposed.port : poetRestPort,
              targetPort: "rest",
              protocol: "TCP",
              ...(nodePort === undefined ? {} : { nodePort }),
            },
          ],
        },
      },
      { ...opts, dependsOn: [...ready], ...(health === undefined ? {} : healthPortStays) },
    );
  }
}
