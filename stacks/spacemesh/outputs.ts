/** What a Spacemesh stack tells of itself. */
import * as pulumi from "@pulumi/pulumi";

import { pagesOf, partNamespaces } from "../../components/observability/shape.ts";
import { keeperNamespaces } from "../../components/platform/address-keeper-plan.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import { discoveryEntry, entryOutput } from "../../components/spacemesh/discovery-entry.ts";
import type { Member } from "../../components/spacemesh/members.ts";
import { networkId, nodeTemplate } from "../../components/spacemesh/node-template.ts";
import { grpcPort } from "../../components/spacemesh/ports.ts";
import { listedNumber } from "../../components/spacemesh/web-rules.ts";
import type { Ground } from "../ground.ts";
import {
  type Endpoint,
  hostEndpoint,
  hostOutput,
  namespaceOutput,
  recordOutputs,
} from "../outputs.ts";
import { publicHosts, webPagesOf } from "./hosts.ts";
import type { MadeNetwork } from "./network.ts";
import type { SpacemeshStack } from "./schema.ts";
import { membersOf } from "./shape.ts";

type Outputs = Readonly<Record<string, unknown>>;

/** Addresses of a cloud are known when they are made. */
type MadeEndpoint = Endpoint<pulumi.Input<string>>;

/** What is told whatever is deployed: names, their records, namespaces. */
export function commonOutputs(stack: SpacemeshStack, records: DnsRecords): Outputs {
  const { ingress, observability, cluster } = stack;
  const [keeper] = keeperNamespaces(cluster);
  return {
    ...recordOutputs(records),
    hosts: hostOutput(publicHosts(stack)),
    namespaces: {
      ingress: ingress.namespace,
      ...(stack.only === undefined ? { network: stack.namespaces.network } : {}),
      ...(stack.only === undefined && keeper !== undefined ? { addressKeeper: keeper.name } : {}),
      ...(webPagesOf(stack).length === 0 ? {} : { webServices: stack.namespaces.webServices }),
      ...namespaceOutput(partNamespaces(observability)),
    },
    onFailure: stack.onFailure,
  };
}

/** Pages of what watches the network. */
export const pageEndpoints = ({ observability, ingress }: SpacemeshStack): Endpoint[] =>
  pagesOf(observability).map((page) => hostEndpoint(ingress, page));

/** Web services: what speaks gRPC is dialled over TCP, as its answers are no pages. */
const webEndpoints = (stack: SpacemeshStack): Endpoint[] =>
  webPagesOf(stack).map(({ name, host, protocol }): Endpoint =>
    protocol === "grpc"
      ? { name, kind: "tcp", url: `tcp://${host}:443` }
      : { name, kind: "https", url: `https://${host}` },
  );

/** Address by which a port of every node is dialled: that of the first slot, which stays. */
const nodeAddress = ({ cluster }: Ground): pulumi.Output<string> | undefined =>
  [...cluster.slotAddresses.values()][0];

/** gRPC API of a member: from outside where the stack opens node ports, else inside the cluster. */
function grpcOf(
  { miners, namespaces }: SpacemeshStack,
  ground: Ground,
  { number, name }: Member,
): pulumi.Input<string> {
  const open = miners.ports.public;
  const address = nodeAddress(ground);
  return open.kind === "node-ports" && address !== undefined
    ? pulumi.interpolate`${address}:${open.grpcBase + number}`
    : `${name}.${namespaces.network}.svc:${grpcPort}`;
}

/** What is told of the network: its config, its members, who it is dialled by. */
export function networkOutputs(
  stack: SpacemeshStack,
  ground: Ground,
  { network, configUrl, poet }: MadeNetwork,
): Outputs {
  const members = membersOf(stack);
  const { name, phase, node } = stack.network;
  const id = networkId(nodeTemplate(node, stack.network.extends?.config));
  const made = (member: Member) => network.members.get(member.name);
  return {
    endpoints: [
      ...webEndpoints(stack),
      ...pageEndpoints(stack),
      { name: "config", kind: "https", url: configUrl },
      { name: "poet", kind: "tcp", url: pulumi.interpolate`tcp://${poet}` },
      ...members.flatMap(({ slot, name: member, peerPort }): MadeEndpoint[] => {
        const address = slot === undefined ? undefined : ground.cluster.slotAddresses.get(slot);
        return address === undefined
          ? []
          : [{ name: member, kind: "tcp", url: pulumi.interpolate`tcp://${address}:${peerPort}` }];
      }),
    ],
    network: {
      ...{ name, phase },
      ...(id === undefined ? {} : { id }),
      config: configUrl,
      image: stack.images.node.image,
      miners: members.map((member) => ({
        name: member.name,
        grpc: grpcOf(stack, ground, member),
        coinbase: made(member)?.coinbase ?? "",
        peerId: made(member)?.peerId ?? "",
      })),
    },
    bootstrap: network.bootstrap,
    bootnodes: network.bootnodes,
    ...discoveryOutput(stack, configUrl),
  };
}

/** What the stack of the networks' list reads; without web services a network is in none. */
function discoveryOutput(stack: SpacemeshStack, configUrl: string): Outputs {
  const { webServices: web, network, domain, images } = stack;
  const number = web && listedNumber(network, web);
  return web === undefined || number === undefined
    ? {}
    : {
        [entryOutput]: discoveryEntry({
          ...{ network: network.name, domain, networkId: number, configUrl, web },
          nodeImage: images.node.image,
        }),
      };
}
