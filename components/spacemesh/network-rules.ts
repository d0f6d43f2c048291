/** What must hold between a network's members, PoETs, ports and slots. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import { isGenesisTime } from "./genesis.ts";
import { valueAt } from "./json.ts";
import { bootnodeNumbers, type MembersPlan, minerName, pinnedCount } from "./members.ts";
import type { MinersConfig } from "./miner.schema.ts";
import type { NetworkConfig } from "./network.schema.ts";
import { nodeProfiles, type NodeVersion } from "./node-profiles.ts";
import { templateFaults } from "./node-template.ts";
import type { PoetsConfig } from "./poet.schema.ts";
import { namedMemberFaults } from "./named-members.ts";
import { minerServicePorts } from "./ports.ts";

/** The three sections that the rules look at. */
export interface NetworkSections {
  readonly network: NetworkConfig;
  readonly miners: MinersConfig;
  readonly poets: PoetsConfig;
}

/** What the members of a stack follow from. */
export function membersPlan(
  { network, miners, poets }: NetworkSections,
  slots: readonly number[],
): MembersPlan {
  return {
    numbers: miners.numbers,
    bootstrap: network.bootstrap,
    bootnodes: miners.bootnodes,
    poets: poets.count,
    gateways: poets.gateways,
    slots,
    hostBase: miners.ports.hostBase,
  };
}

/** Every fault between the sections. */
export function networkFaults(
  sections: NetworkSections,
  slots: readonly number[],
): PlatformFault[] {
  const plan = membersPlan(sections, slots);
  return [
    ...genesisFaults(sections.network),
    ...templateFaults(sections.network.node, sections.network.extends?.config).map(
      ({ path, message }) => ({ path: ["network", "node", ...path], message }),
    ),
    ...memberFaults(plan),
    ...slotShortage(plan, sections.miners.apart),
    ...hostPortFaults(plan),
    ...nodePortFaults(sections.miners),
    ...namedMemberFaults(sections, plan),
  ];
}

/** Genesis and the other network: one of the two, whole. */
function genesisFaults({
  bootstrap,
  extends: parent,
  genesis,
  node,
}: NetworkConfig): PlatformFault[] {
  const at = (...path: string[]): string[] => ["network", ...path];
  if (!bootstrap) {
    return [
      ...(parent === undefined
        ? [
            {
              path: at("extends"),
              message:
                "must name the other network's bootnodes and config: without a bootstrap node there is nobody else to start from",
            },
          ]
        : []),
      ...parentFaults(node.version, parent),
      ...(genesis.time === undefined && genesis.activeSize === undefined
        ? []
        : [
            {
              path: at("genesis"),
              message:
                "must have no time and no activeSize: genesis is that of the network it joins",
            },
          ]),
      ...(node.template === undefined
        ? []
        : [
            {
              path: at("node", "template"),
              message: "must not stand here: the template is the config of the network it joins",
            },
          ]),
    ];
  }
  const stack = "make genesis STACK=… writes it";
  return [
    ...(parent === undefined
      ? []
      : [
          {
            path: at("extends"),
            message:
              "must not stand here: a network with a bootstrap node joins no other (bootstrap: false)",
          },
        ]),
    ...(genesis.time === undefined
      ? [{ path: at("genesis", "time"), message: `must say when the first layer begins: ${stack}` }]
      : []),
    ...(genesis.activeSize === undefined && nodeProfiles[node.version].hasActiveSize
      ? [
          {
            path: at("genesis", "activeSize"),
            message: `must say how many miners there are at genesis: ${stack}`,
          },
        ]
      : []),
  ];
}

/** Genesis of the network that this one joins: its PoETs' rounds are counted from it. */
function parentFaults(version: NodeVersion, parent: NetworkConfig["extends"]): PlatformFault[] {
  const path = [nodeProfiles[version].genesis, "genesis-time"];
  const time = parent === undefined ? undefined : valueAt(parent.config, path);
  return parent === undefined || (typeof time === "string" && isGenesisTime(time))
    ? []
    : [
        {
          path: ["network", "extends", "config", ...path],
          message: `must be the other network's genesis, e.g. 2026-11-22T12:00:00Z: a config that was published for ${version} has it`,
        },
      ];
}

/** Numbers that must be there: of the bootstrap node, the bootnodes and the gateways. */
function memberFaults(plan: MembersPlan): PlatformFault[] {
  const path = ["miners", "numbers"];
  const count = plan.numbers.length;
  const known = new Set(plan.numbers);
  if (pinnedCount(plan) > count) {
    const who = plan.bootstrap ? `a bootstrap node and ${plan.bootnodes}` : `${plan.bootnodes}`;
    return [
      {
        path: ["miners", "bootnodes"],
        message: `must leave room: ${who} bootnodes are more than the ${count} miners there are`,
      },
    ];
  }
  if (plan.gateways > count) {
    return [
      {
        path: ["poets", "gateways"],
        message: `must be at most ${count}: each is one of the miners, and there are no more`,
      },
    ];
  }
  const bootnodes = new Set(bootnodeNumbers(plan));
  const last = Math.max(pinnedCount(plan), plan.gateways);
  return Array.from({ length: last }, (_, index) => index + 1).flatMap((number) => {
    if (known.has(number)) {
      return [];
    }
    const role = bootnodes.has(number)
      ? "a bootnode"
      : number <= pinnedCount(plan)
        ? "the bootstrap node"
        : "a gateway of the PoETs";
    return [
      {
        path,
        message: `must have ${number}: ${minerName(number)} is ${role}, whose address others have in their config`,
      },
    ];
  });
}

/** Bootstrap node and bootnodes, each on a slot of its own. */
function slotShortage(plan: MembersPlan, apart: MinersConfig["apart"]): PlatformFault[] {
  const pinned = pinnedCount(plan);
  const { length } = plan.slots;
  if (length === 0) {
    return [
      {
        path: ["cluster", "pools"],
        message:
          "must have slots: bootnodes are dialled by the address of the node they are tied to",
      },
    ];
  }
  return apart === "required" && pinned > length
    ? [
        {
          path: ["miners", "apart"],
          message: `required needs ${pinned} slots, one for each ${plan.bootstrap ? "of bootstrap node and bootnodes" : "bootnode"}, and the cluster has ${length}: add slots, or say preferred`,
        },
      ]
    : [];
}

/** Ports that the nodes themselves listen on: the kubelet's and kube-proxy's. */
const kubeletPorts = [10_248, 10_249, 10_250, 10_255, 10_256];

/** Range of node ports: the API server's default. */
const nodePorts = { first: 30_000, last: 32_767 };

/** Host ports of the pinned members: no other port of theirs or of the nodes. */
function hostPortFaults(plan: MembersPlan): PlatformFault[] {
  const path = ["miners", "ports", "hostBase"];
  const services = new Map(Object.entries(minerServicePorts).map(([name, port]) => [port, name]));
  const faultOf = (number: number): string | undefined => {
    const port = plan.hostBase + number;
    if (port > 65_535) {
      return `ends at 65535, and ${minerName(number)} would get ${port}`;
    }
    const service = services.get(port);
    if (service !== undefined) {
      return `gives ${minerName(number)} ${port}, its own ${service} port`;
    }
    if (kubeletPorts.includes(port)) {
      return `gives ${minerName(number)} ${port}, a port of the kubelet`;
    }
    return port >= nodePorts.first && port <= nodePorts.last
      ? `gives ${minerName(number)} ${port}, in the range of node ports`
      : undefined;
  };
  // One mistake is one fault: the first member tells it.
  for (let number = 1; number <= pinnedCount(plan); number += 1) {
    const fault = faultOf(number);
    if (fault !== undefined) {
      return [{ path, message: `${fault}: choose another base` }];
    }
  }
  return [];
}

/** Node ports of all miners: in the range, and no two the same. */
function nodePortFaults({ ports, jsonApi, numbers }: MinersConfig): PlatformFault[] {
  if (ports.public.kind === "in-cluster") {
    return [];
  }
  const path = ["miners", "ports", "public"];
  const { grpcBase, jsonBase } = ports.public;
  const highest = Math.max(...numbers);
  const bases = [
    ["grpcBase", grpcBase] as const,
    ...(jsonApi ? [["jsonBase", jsonBase] as const] : []),
  ];
  const beyond = bases.flatMap(([name, base]) =>
    base + highest > nodePorts.last
      ? [
          {
            path: [...path, name],
            message: `gives ${minerName(highest)} ${base + highest}: node ports end at ${nodePorts.last}; lower it, or say kind: in-cluster`,
          },
        ]
      : [],
  );
  if (beyond.length > 0 || !jsonApi) {
    return beyond;
  }
  const grpc = new Map(numbers.map((number) => [grpcBase + number, number]));
  const clash = numbers.find((number) => grpc.has(jsonBase + number));
  return clash === undefined
    ? []
    : [
        {
          path: [...path, "jsonBase"],
          message: `gives ${minerName(clash)} ${jsonBase + clash} for JSON, which is ${minerName(grpc.get(jsonBase + clash) ?? 0)}'s for gRPC: bases must lie further apart`,
        },
      ];
}
