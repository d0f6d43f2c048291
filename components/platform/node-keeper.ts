import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { type Flow, flowsOf, tcp } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { ClusterConfig } from "./cluster.schema.ts";
import type { FirewallIds } from "./firewalls.ts";
import type { NodeKeeperConfig } from "./linode.schema.ts";
import {
  keeperAliveFile,
  keeperReadyFile,
  keeperSettings,
  nodeKeeperName,
  nodeKeeperSettings,
  tolerateAll,
} from "./node-keeper-plan.ts";

/** What a {@link NodeKeeper} needs. */
export interface NodeKeeperArgs {
  readonly config: NodeKeeperConfig;
  readonly cluster: ClusterConfig;
  readonly system: string;
  /** Name of the namespace, from the one that was made. */
  readonly namespace: pulumi.Input<string>;
  /** Token of Linode's API, marked secret. */
  readonly token: pulumi.Output<string>;
  readonly firewalls: pulumi.Input<FirewallIds>;
  /** Default true. */
  readonly networkPolicy?: boolean;
}

const folder = "/etc/node-keeper";
const program = "node-keeper.mjs";

/**
 * A pod on every node that puts the node's machine into the firewall of its slot and gives it the
 * reserved addresses of its slot: also when no run of this program is near, as after a recycle.
 *
 * A pod is ready while its node has all it should have: what is dialled by a reserved address waits for it.
 */
export class NodeKeeper extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NodeKeeperArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:platform:NodeKeeper", name, { image: args.config.image }, opts);
    const workload = makeWorkload(name, nodeKeeperWorkload(args), { parent: this });
    this.ready = workload.ready;
    this.registerOutputs({});
  }
}

/** The keeper's pods as a Workload. */
function nodeKeeperWorkload(args: NodeKeeperArgs): WorkloadArgs {
  const { config, cluster } = args;
  const me = { kind: "workload", name: nodeKeeperName, namespace: config.namespace } as const;
  // The node's network knows no policies; these are for network plug-ins that do.
  const flows: Flow[] = [
    { from: me, to: { kind: "api-server" }, ports: [] },
    { from: me, to: { kind: "internet" }, ports: [tcp(443)] },
  ];
  return {
    kind: "DaemonSet",
    system: args.system,
    namespace: args.namespace,
    hostNetwork: true,
    container: keeperContainer(args),
    files: [
      {
        name: "program",
        files: {
          [program]: readFileSync(join(import.meta.dirname, "node-keeper-program.mjs"), "utf8"),
          [nodeKeeperSettings]: pulumi
            .output(args.firewalls)
            .apply((firewalls) => JSON.stringify(keeperSettings(config, cluster, firewalls))),
        },
      },
    ],
    scratch: [{ name: "run" }],
    security: {
      user: 0,
      exception:
        "the node's network and NET_ADMIN, which adds an address to an interface: Linode assigns it, but tells no running machine",
    },
    placement: { tolerations: tolerateAll(cluster) },
    flows: flowsOf(flows, nodeKeeperName, config.namespace),
    clusterRules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] }],
    terminationGraceSeconds: 5,
    ...(args.networkPolicy === undefined ? {} : { networkPolicy: args.networkPolicy }),
  };
}

/** Its container, on the node's network. */
function keeperContainer({ config, token }: NodeKeeperArgs): WorkloadArgs["container"] {
  return {
    name: nodeKeeperName,
    image: config.image,
    command: ["node", `${folder}/${program}`, `${folder}/${nodeKeeperSettings}`],
    env: {
      // The API server's certificate is the cluster's own.
      NODE_EXTRA_CA_CERTS: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    },
    fieldEnv: { NODE_NAME: "spec.nodeName" },
    secretEnv: { LINODE_TOKEN: token },
    capabilities: ["NET_ADMIN"],
    probes: {
      readiness: {
        check: { kind: "exec", command: ["test", "-f", keeperReadyFile] },
        periodSeconds: 5,
      },
      // It may look at Linode in vain for as long as that is out of reach: no reason to start it again.
      liveness: {
        check: {
          kind: "exec",
          command: ["sh", "-c", `find ${keeperAliveFile} -mmin -5 | grep -q .`],
        },
        initialDelaySeconds: 60,
        periodSeconds: 60,
      },
    },
    resources: config.resources,
    mounts: [
      { volume: "program", path: folder },
      { volume: "run", path: "/run/node-keeper" },
    ],
  };
}
