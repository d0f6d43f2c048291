import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import * as pulumi from "@pulumi/pulumi";

import { groupFlows } from "../base/flows.ts";
import { systemLabel } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { makeGroup } from "../workload/group.ts";
import type { WorkloadGroup } from "../workload/types.ts";
import { groupOf, poetGroup } from "./flows.ts";
import { type IdentitySource, type MemberIdentity, memberIdentity } from "./identity.ts";
import type { MemberArgs, MemberWatchers } from "./member.ts";
import type { Member, MemberRole } from "./members.ts";
import { publishedPoet } from "./members.ts";
import { nodeConfigName } from "./miner-command.ts";
import { Bootnode, Miner } from "./miner.ts";
import { multiaddress } from "./multiaddress.ts";
import {
  type CommonSettings,
  commonSettings,
  configName,
  configShapes,
  configText,
  entrancesFrom,
  poetInput,
  publishedText,
} from "./network-configs.ts";
import type { NetworkSections } from "./network-rules.ts";
import type { Entrances } from "./node-config.ts";
import { networkId } from "./node-template.ts";
import { orderTerms, turnsOf } from "./order.ts";
import { Poet, poetAddress, type PublicPoetPort, publicPoetAddress } from "./poet.ts";
import { grpcPort } from "./ports.ts";
import { spacemeshSystem } from "./surroundings.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link Network}. */
export interface NetworkArgs extends Surroundings {
  readonly sections: NetworkSections;
  /** Every member: `planMembers`. */
  readonly members: readonly Member[];
  /** What identities follow from; how accounts are written, the node's version says. */
  readonly identities: IdentitySource;
  readonly images: { readonly node: ProgramImage; readonly poet: ProgramImage };
  /** Slot → address that its node is dialled by, or a name that leads there. */
  readonly slots: ReadonlyMap<number, pulumi.Input<string>>;
  /** What keeps these addresses at their nodes: whoever is dialled by one waits for it. */
  readonly nodes: Awaitable;
  readonly watchers: MemberWatchers;
  /** How home smeshers reach the first PoET. */
  readonly publicPoet: PublicPoetPort;
}

/** A member that is made, as others of the stack mean it. */
export interface MadeMember {
  readonly peerId: string;
  readonly coinbase: string;
  readonly ready: readonly pulumi.Resource[];
}

/** Name of the network's budget, and what it speaks of (facts/spacemesh.md 2.3). */
const budgetName = "network";

/**
 * The members and PoETs of a Spacemesh network, in their order.
 *
 * A member is four objects: disk, identity, Service, Deployment. Account, network policy, config and
 * budget are shared, so that a thousand miners are four thousand objects and some.
 */
export class Network extends pulumi.ComponentResource implements Awaitable {
  /** The last that are made: after them the whole network stands. */
  readonly ready: readonly pulumi.Resource[];

  /** Name → member. */
  readonly members: ReadonlyMap<string, MadeMember>;
  /** Addresses of the bootnodes, as the published config has them. */
  readonly bootnodes: pulumi.Output<readonly string[]>;
  /** Address of the bootstrap node, where there is one. */
  readonly bootstrap: pulumi.Output<string | undefined>;
  /** The config that home smeshers join with. */
  readonly publishedConfig: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { sections, members } = args;
    const { network, miners, poets } = sections;
    super(
      "fleet:spacemesh:Network",
      name,
      { name: network.name, members: members.length, poets: poets.count },
      opts,
    );
    const common = commonSettings(sections);
    const identities = new Map(
      members.map(({ number }) => [number, memberIdentity(number, args.identities)]),
    );
    const entrances = this.#entrances(args, identities);
    this.bootnodes = entrances.apply(({ bootnodes }) => bootnodes);
    this.bootstrap = entrances.apply(({ bootstrap }) => bootstrap);
    this.publishedConfig = pulumi
      .all([entrances, publicPoetAddress(args.publicPoet)])
      .apply(([found, poetServer]) =>
        publishedText(sections, common, { poetServer, entrances: found }),
      );
    this.#budget(args);
    const groups = this.#groups(args);
    const configs = this.#configs(args, common, entrances);
    const after = new Map<string, readonly pulumi.Resource[]>();
    const terms = orderTerms(sections);
    const made = turnsOf(members, terms).map(({ member, after: before, pauseSeconds }) => {
      const one = this.#member({
        ...args,
        image: args.images.node,
        version: network.node.version,
        networkId: networkId(common.template),
        miners,
        member,
        identity: known(identities, member.number),
        group: known(groups, groupOf(member.role)),
        config: known(configs, configName(member)),
        advertise: this.#advertised(args, member, known(identities, member.number)),
        pauseSeconds,
        after: [
          ...(member.slot === undefined ? [] : args.nodes.ready),
          ...before.flatMap((other) => known(after, other)),
        ],
      });
      after.set(member.name, one.ready);
      return [member.name, one] as const;
    });
    this.members = new Map(made);
    const provers = this.#poets(args, common, known(groups, poetGroup));
    this.ready = [
      ...made.slice(-terms.atOnce),
      ...provers.map((one) => [one, one] as const),
    ].flatMap(([, { ready }]) => ready);
    this.registerOutputs({ bootnodes: this.bootnodes });
  }

  /** One budget for all: no miner and no PoET is ever evicted (facts/spacemesh.md 2.3). */
  #budget({ namespace, sections: { miners } }: NetworkArgs): void {
    new PodDisruptionBudget(
      budgetName,
      {
        metadata: {
          name: budgetName,
          namespace,
          labels: { [systemLabel]: spacemeshSystem },
        },
        spec: {
          selector: { matchLabels: { restart: "false" } },
          maxUnavailable: 0,
          // A container that is kept for its log must not be evicted for being broken.
          unhealthyPodEvictionPolicy: miners.keepContainer ? "IfHealthyBudget" : "AlwaysAllow",
        },
      },
      { parent: this },
    );
  }

  /** Accounts and network policies: one for each group that has members. */
  #groups(args: NetworkArgs): ReadonlyMap<string, WorkloadGroup> {
    const { namespace, namespaceName, flows, networkPolicy } = args;
    const names = new Set<string>([...args.members.map(({ role }) => groupOf(role)), poetGroup]);
    return new Map(
      [...names].map((name) => [
        name,
        makeGroup(
          name,
          {
            system: spacemeshSystem,
            namespace,
            networkPolicy,
            flows: groupFlows(flows, name, namespaceName),
          },
          { parent: this },
        ),
      ]),
    );
  }

  /** Addresses that members begin with; those of slots may be known only when they are made. */
  #entrances(
    { sections, members, slots }: NetworkArgs,
    identities: ReadonlyMap<number, MemberIdentity>,
  ): pulumi.Output<Entrances> {
    const peers = members.flatMap(({ number, slot, peerPort }) =>
      slot === undefined
        ? []
        : [
            pulumi.output(known(slots, slot)).apply((host) => ({
              number,
              host,
              port: peerPort,
              peerId: known(identities, number).peer.peerId,
            })),
          ],
    );
    return pulumi.all(peers).apply((found) => entrancesFrom(sections, found));
  }

  /** Address that a pinned member tells its peers, without its peer id. */
  #advertised(
    { slots }: NetworkArgs,
    { slot, peerPort }: Member,
    { peer: { peerId } }: MemberIdentity,
  ): pulumi.Output<string> | undefined {
    return slot === undefined
      ? undefined
      : pulumi
          .output(known(slots, slot))
          .apply((host) =>
            multiaddress({ host, port: peerPort, peerId }).replace(`/p2p/${peerId}`, ""),
          );
  }

  /** Configs, each with a name of the engine's that changes with it: that starts its readers anew. */
  #configs(
    { sections, members, namespace, namespaceName }: NetworkArgs,
    common: CommonSettings,
    entrances: pulumi.Output<Entrances>,
  ): ReadonlyMap<string, pulumi.Output<string>> {
    const labels = { [systemLabel]: spacemeshSystem };
    return new Map(
      [...configShapes(members)].map(([name, shape]) => {
        const poetServer = poetAddress(shape.poet, namespaceName);
        const map = new ConfigMap(
          name,
          {
            metadata: { namespace, labels },
            data: {
              [nodeConfigName]: entrances.apply((found) =>
                configText(sections, common, shape, { poetServer, entrances: found }),
              ),
            },
          },
          { parent: this },
        );
        return [name, map.metadata.name] as const;
      }),
    );
  }

  #member(args: MemberArgs): Bootnode | Miner {
    const pinned: readonly MemberRole[] = ["bootstrap", "bootnode"];
    return pinned.includes(args.member.role)
      ? new Bootnode(args, { parent: this })
      : new Miner(args, { parent: this });
  }

  /** PoETs, after those through whom they broadcast: told of them at start, they need no call. */
  #poets(args: NetworkArgs, common: CommonSettings, group: WorkloadGroup): Poet[] {
    const { sections, members, namespaceName, publicPoet } = args;
    const gateways = members.filter(({ isGateway }) => isGateway);
    const addresses = gateways.map(({ name }) => `${name}.${namespaceName}.svc:${grpcPort}`);
    const after = common.broadcasts
      ? gateways.flatMap(({ name }) => known(this.members, name).ready)
      : [];
    return Array.from({ length: sections.poets.count }, (_, index) => index + 1).map(
      (number) =>
        new Poet(
          {
            ...args,
            number,
            image: args.images.poet,
            poets: sections.poets,
            input: poetInput(sections, common, number, addresses),
            group,
            exposed: number === publishedPoet ? publicPoet : undefined,
            after,
          },
          { parent: this },
        ),
    );
  }
}

/** @throws Error where there is none: what names it and what makes it disagree. */
function known<Key, Value>(values: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = values.get(key);
  if (value === undefined) {
    throw new Error(`the network has no ${String(key)}`);
  }
  return value;
}
