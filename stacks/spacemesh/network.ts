/** The network itself: members and PoETs, the config that they are joined with, and who watches them. */
import { Provider as GoogleProvider } from "@pulumi/gcp/provider.js";
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import { exporterPorts } from "../../components/observability/metrics/exporters-shape.ts";
import { pyroscopeUrl } from "../../components/observability/profiles/shape.ts";
import { googleOf } from "../../components/platform/cluster.schema.ts";
import {
  makeReservedAddress,
  reservedBalancerAnnotations,
} from "../../components/platform/google-address.ts";
import { GoogleNodes } from "../../components/platform/google-nodes.ts";
import { Namespace } from "../../components/platform/namespace.ts";
import { publicPoetService } from "../../components/spacemesh/flows.ts";
import type { MemberWatchers } from "../../components/spacemesh/member.ts";
import { Network } from "../../components/spacemesh/network.ts";
import { accountScheme, nodeTemplate } from "../../components/spacemesh/node-template.ts";
import { type PublicPoetPort, publicPoetAddress } from "../../components/spacemesh/poet.ts";
import { NetworkConfigObject } from "../../components/spacemesh/published.ts";
import type { ProgramImage, Surroundings } from "../../components/workload/surroundings.ts";
import { Watch } from "../../components/spacemesh/watch.ts";
import type { StackContext } from "../context.ts";
import type { Ground } from "../ground.ts";
import { portsOfPoet } from "./balancer-ports.ts";
import { emptied } from "./park.ts";
import { everywherePorts, publishedPorts } from "./published-ports.ts";
import type { SpacemeshStack } from "./schema.ts";
import { membersOf } from "./shape.ts";

/** A network that is made. */
export interface MadeNetwork extends Awaitable {
  readonly network: Network;
  /** Where its config is read. */
  readonly configUrl: string;
  /** Where home smeshers dial the first PoET, `host:port`. */
  readonly poet: pulumi.Output<string>;
}

/** Makes it, in a namespace of its own. */
export function makeNetwork(
  stack: SpacemeshStack,
  context: StackContext,
  ground: Ground,
): MadeNetwork {
  const { opts, common, cluster } = ground;
  const namespace = new Namespace(
    stack.namespaces.network,
    {
      ...{ system: "spacemesh", ...common },
      // Bootnodes take ports of their nodes, and all programs run as root.
      podSecurity: "privileged",
      countPods: emptied(stack).includes(stack.namespaces.network),
    },
    opts,
  );
  const around: Surroundings = {
    ...common,
    namespace: namespace.name,
    namespaceName: stack.namespaces.network,
  };
  const members = membersOf(stack);
  const poet = publicPoet(stack, ground);
  const network = new Network(
    stack.network.name,
    {
      ...around,
      sections: stack,
      members,
      identities: {
        secrets: context.secrets,
        secret: stack.network.secret,
        accounts: accountScheme(
          stack.network.node.version,
          nodeTemplate(stack.network.node, stack.network.extends?.config),
        ),
        imported: stack.miners.imported,
      },
      images: { node: imageOf(stack, "node"), poet: imageOf(stack, "poet") },
      slots: cluster.slotAddresses,
      nodes: keepNodes(stack, ground),
      watchers: watchersOf(stack),
      publicPoet: poet,
    },
    { ...opts, dependsOn: [...namespace.ready] },
  );
  const published = new NetworkConfigObject(
    "config",
    {
      network: stack.network.name,
      config: stack.published,
      content: network.publishedConfig,
      data: stack.data,
      after: network.ready,
    },
    { provider: cluster.google ?? new GoogleProvider("google", {}) },
  );
  watch(stack, context, { around, network, opts });
  return {
    ...{ network, configUrl: published.url, ready: network.ready },
    poet: publicPoetAddress(poet),
  };
}

/** Images of both programs are public: nobody logs in for them. */
const imageOf = ({ images }: SpacemeshStack, program: "node" | "poet"): ProgramImage => ({
  reference: images[program].image,
  pullSecrets: [],
});

/** What keeps the slots' addresses at their nodes, and opens their ports, at Google. */
function keepNodes(stack: SpacemeshStack, { opts, cluster, common }: Ground): Awaitable {
  return cluster.google === undefined
    ? { ready: [] }
    : new GoogleNodes(
        "nodes",
        {
          cluster: stack.cluster,
          google: cluster.google,
          system: "spacemesh",
          published: publishedPorts(stack),
          everywhere: everywherePorts(stack),
          networkPolicy: common.networkPolicy,
        },
        opts,
      );
}

/** Who takes what the members tell of themselves. */
function watchersOf({ observability: { metrics, profiles } }: SpacemeshStack): MemberWatchers {
  return {
    prometheus: metrics !== undefined,
    ...(metrics?.pushGateway === undefined
      ? {}
      : {
          pushGateway: `http://push-gateway.${metrics.namespace}.svc:${exporterPorts.pushGateway}`,
        }),
    ...(profiles === undefined ? {} : { profiler: pyroscopeUrl(profiles) }),
  };
}

/**
 * How home smeshers reach the first PoET.
 *
 * @throws Error for a balancer where the cluster is not at Google, which the rules tell before.
 */
function publicPoet(stack: SpacemeshStack, { cluster }: Ground): PublicPoetPort {
  const { poets, data } = stack;
  if (poets.public.kind === "node-port") {
    return poets.public;
  }
  const google = googleOf(stack.cluster);
  if (google === undefined || cluster.google === undefined) {
    throw new Error("fleet:poets.public: a balancer is made at Google only");
  }
  const address = makeReservedAddress(
    publicPoetService,
    { google, called: `${google.name}-${publicPoetService}`, data },
    { parent: cluster, provider: cluster.google },
  );
  return {
    ...poets.public,
    address: address.address,
    annotations: reservedBalancerAnnotations(address.name),
    nodePorts: portsOfPoet(stack),
  };
}

/** What tells a channel of members that are not well. */
function watch(
  stack: SpacemeshStack,
  context: StackContext,
  {
    around,
    network,
    opts,
  }: {
    readonly around: Surroundings;
    readonly network: Network;
    readonly opts: pulumi.ComponentResourceOptions;
  },
): void {
  if (stack.watch === undefined) {
    return;
  }
  new Watch(
    {
      ...around,
      network: stack.network.name,
      config: stack.watch,
      token: context.secrets.value(stack.watch.slack.token),
      members: membersOf(stack),
      after: network.ready,
    },
    opts,
  );
}
