/** What Google would refuse of a cluster, or silently make otherwise. Pure. */
import { parseQuantity } from "../base/quantity.ts";
import type { PlatformFault } from "./fault.ts";
import { keptByGke } from "./gke-allocatable.ts";
import { isZone, machineTypes, regionOf } from "./google.schema.ts";
import type { GkeInput, GkePoolInput } from "./gke.schema.ts";
import { madeAddressFaults, poolName } from "./google-names.ts";

/** Label prefixes that Kubernetes and Google keep for themselves. */
const ownPrefixes = /(^|\.)(kubernetes\.io|k8s\.io|cloud\.google\.com|gke\.io)\//;

/** Faults with their places below the cluster. */
export const gkeFaults = (cluster: GkeInput): PlatformFault[] => [
  ...placeFaults(cluster),
  ...channelFaults(cluster),
  ...madeAddressFaults(cluster.name, cluster.pools),
  ...homelessFaults(cluster),
  ...Object.entries(cluster.pools).flatMap(([name, pool]) =>
    poolFaults(name, pool).map(({ path, message }) => ({
      path: ["pools", name, ...path],
      message,
    })),
  ),
];

function placeFaults({ location, zone }: GkeInput): PlatformFault[] {
  if (zone === undefined) {
    return isZone(location)
      ? []
      : [
          {
            path: ["zone"],
            message: `must be a zone of ${location}, e.g. ${location}-b: all nodes lie in one, as their disks do`,
          },
        ];
  }
  if (isZone(location)) {
    return zone === location
      ? []
      : [{ path: ["zone"], message: `must be ${location}, the cluster's own zone, or left out` }];
  }
  return regionOf(zone) === location
    ? []
    : [{ path: ["zone"], message: `must be a zone of ${location}, e.g. ${location}-b` }];
}

const channelFaults = ({ channel, repair }: GkeInput): PlatformFault[] =>
  channel !== "none" && repair === false
    ? [
        {
          path: ["repair"],
          message: `must be true on the channel ${channel}, whose nodes Google repairs and upgrades: only channel none leaves them alone`,
        },
      ]
    : [];

/**
 * Nodes of slots take no pods until they have their addresses: without others, names would be looked up
 * nowhere meanwhile, and the agents would find no way to Google.
 */
const homelessFaults = ({ pools }: GkeInput): PlatformFault[] =>
  Object.values(pools).every(({ slots }) => slots !== undefined)
    ? [
        {
          path: ["pools"],
          message:
            "must have a pool without slots: Google's own pods, such as the cluster's name server, start there",
        },
      ]
    : [];

function poolFaults(name: string, pool: GkePoolInput): PlatformFault[] {
  return [
    ...nameFaults(name, pool),
    ...countFaults(pool),
    ...roomFaults(pool),
    ...markFaults(pool),
    ...(pool.accelerator !== undefined && !pool.type.startsWith("n1-")
      ? [
          {
            path: ["accelerator"],
            message: `must stand on a machine of the family n1, e.g. n1-standard-8: Google attaches none to ${pool.type}`,
          },
        ]
      : []),
  ];
}

function nameFaults(name: string, { slots }: GkePoolInput): PlatformFault[] {
  const longest = Math.max(
    ...(slots === undefined
      ? [name.length]
      : Object.keys(slots).map((slot) => poolName(name, Number(slot)).length)),
  );
  return /^[a-z]/.test(name) && longest <= 40
    ? []
    : [
        {
          path: [],
          message:
            "must be named by a letter and at most 31 letters, digits and dashes in all: Google's pools, one for each slot, are called after it",
        },
      ];
}

function countFaults({ nodes, size, slots, autoscale }: GkePoolInput): PlatformFault[] {
  const said = [nodes, size, slots].filter((one) => one !== undefined);
  if (said.length !== 1) {
    return [{ path: [], message: "must say either nodes or slots, or size: auto" }];
  }
  if (autoscale === undefined) {
    return [];
  }
  if (slots !== undefined) {
    return [
      {
        path: ["autoscale"],
        message: "must not be there: a slot has one node, which no other takes the place of",
      },
    ];
  }
  if (autoscale.min > autoscale.max) {
    return [
      {
        path: ["autoscale", "min"],
        message: `must not be above max, ${autoscale.max}`,
      },
    ];
  }
  return nodes !== undefined && nodes > autoscale.max
    ? [{ path: ["autoscale", "max"], message: `must not be below nodes, ${nodes}` }]
    : [];
}

/** A machine that is too small for what it must carry before any pod of ours. */
function roomFaults({ type, pods, systemPods }: GkePoolInput): PlatformFault[] {
  const size = machineTypes.get(type);
  if (size === undefined) {
    return [];
  }
  const kept = keptByGke(size, pods);
  const [cpus, gibibytes] = [
    size.cpus - kept.cpus - parseQuantity(systemPods.cpu),
    size.gibibytes - kept.gibibytes - parseQuantity(systemPods.memory) / 2 ** 30,
  ];
  return cpus > 0 && gibibytes > 0 && pods > systemPods.pods
    ? []
    : [
        {
          path: ["type"],
          message: `must be larger: what the node and Google's own pods keep (systemPods) is all that a ${type} has`,
        },
      ];
}

function markFaults({ labels, taints }: GkePoolInput): PlatformFault[] {
  return [
    ...Object.keys(labels).flatMap((key) => {
      const path = ["labels", key];
      if (key.startsWith("fleet/")) {
        return [
          {
            path,
            message: 'must not begin with "fleet/": these labels follow from the pool itself',
          },
        ];
      }
      return ownPrefixes.test(key)
        ? [{ path, message: "must have another prefix: Google refuses this one" }]
        : [];
    }),
    ...taints.flatMap(({ value }, index) =>
      value === ""
        ? [
            {
              path: ["taints", index, "value"],
              message: 'must not be empty at Google, e.g. "true"',
            },
          ]
        : [],
    ),
  ];
}
