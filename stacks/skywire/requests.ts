/** Every workload of a Skywire stack with its place in the file and what it asks of the nodes. Pure. */
import { backupWorkload, storeWorkloads } from "../../components/data/requests.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { observabilityWorkloads } from "../../components/observability/shape.ts";
import { controllerRequests } from "../../components/platform/controller-shape.ts";
import { nodeKeeperRequest } from "../../components/platform/node-keeper-plan.ts";
import { memberNames } from "../../components/skywire/addresses.ts";
import { redisUsers } from "../../components/skywire/flows.ts";
import type { ProgramOptions } from "../../components/skywire/options.schema.ts";
import { pinned } from "../../components/skywire/program.ts";
import { placeable, type StackWorkload } from "../requests.ts";
import { daemonWorkloads } from "./daemon-shape.ts";
import { extraWorkloads } from "./extras-requests.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";
import { postgresName, redisName } from "./store-shape.ts";

/** Programs of one pod, not pinned, that is stopped before its successor starts. */
const singlePrograms = ["transport-discovery", "route-finder", "uptime-tracker"] as const;

/** One pod, and its successor beside it while it is exchanged. */
const rolling = { replicas: 2 } as const;

function program(
  stack: SkywireStack,
  name: string,
  path: readonly string[],
  options: ProgramOptions,
  more: { readonly replicas?: number; readonly slot?: number; readonly disks?: number } = {},
): StackWorkload {
  const { replicas = 1, slot, disks = 0 } = more;
  const placement = slot === undefined ? options.placement : pinned(options, slot);
  return {
    path,
    namespace: stack.namespaces.services,
    request: { workload: name, replicas, ...options.resources.requests, placement, disks },
  };
}

/** dmsg-discovery and service-discovery: a member with the key, and the others in one workload. */
function scaled(
  stack: SkywireStack,
  service: "dmsg-discovery" | "service-discovery",
): StackWorkload[] {
  const options = stack.services[service];
  return memberNames(service, options.replicas).map((name, index) =>
    program(stack, name, ["services", service], options, {
      // A rolling update has one pod more for a while; the one with the key is stopped first.
      replicas: index === 0 ? 1 : options.replicas,
    }),
  );
}

function programs(stack: SkywireStack): StackWorkload[] {
  const { services } = stack;
  const monitor = program(
    stack,
    "network-monitor",
    ["services", "network-monitor"],
    services["network-monitor"],
  );
  return [
    ...scaled(stack, "dmsg-discovery"),
    ...scaled(stack, "service-discovery"),
    ...singlePrograms.map((name) =>
      program(stack, name, ["services", name], services[name], {
        // Its daily files.
        disks: name === "uptime-tracker" ? 1 : 0,
      }),
    ),
    program(
      stack,
      "node-visualizer",
      ["services", "node-visualizer"],
      services["node-visualizer"],
      rolling,
    ),
    ...(services["config-bootstrapper"].enabled
      ? [
          program(
            stack,
            "config-bootstrapper",
            ["services", "config-bootstrapper"],
            services["config-bootstrapper"],
            rolling,
          ),
        ]
      : []),
    program(
      stack,
      "address-resolver",
      ["services", "address-resolver"],
      services["address-resolver"],
      { slot: services["address-resolver"].slot },
    ),
    ...dmsgServersOf(stack).map((server) =>
      program(stack, server.name, ["services", "dmsg-servers", "members", server.name], server, {
        slot: server.slot,
      }),
    ),
    ...Object.entries(services["setup-nodes"]).map(([name, node]) =>
      program(stack, name, ["services", "setup-nodes", name], node),
    ),
    { ...monitor, namespace: stack.namespaces.networkMonitor },
  ];
}

function stores(stack: SkywireStack): StackWorkload[] {
  const { postgres, redis, dailyData } = stack.stores;
  const { services: namespace } = stack.namespaces;
  return [
    ...(postgres.kind === "builtin"
      ? storeWorkloads(
          "postgres",
          { name: postgresName, namespace, path: ["stores", "postgres"] },
          postgres,
        )
      : []),
    ...redisUsers.flatMap((user) => {
      const config = redis[user];
      return config.kind === "builtin"
        ? storeWorkloads(
            "redis",
            { name: redisName(user), namespace, path: ["stores", "redis", user] },
            config,
          )
        : [];
    }),
    ...(dailyData.backup.kind === "scheduled"
      ? [
          backupWorkload("files", {
            name: "uptime-tracker",
            namespace,
            path: ["stores", "dailyData"],
          }),
        ]
      : []),
  ];
}

function nodeKeeper({ cluster }: SkywireStack): StackWorkload[] {
  const request = nodeKeeperRequest(cluster);
  const namespace = cluster.linode?.nodeKeeper?.namespace;
  return request === undefined || namespace === undefined
    ? []
    : [{ path: ["cluster", "linode", "nodeKeeper"], namespace, request }];
}

/** Every workload that stays up, and backups, which come and go. */
export function stackWorkloads(stack: SkywireStack): StackWorkload[] {
  const controllers = controllerRequests(stack.ingress).map((request) => ({
    path: ["ingress", "controllers", request.workload],
    namespace: stack.ingress.namespace,
    request,
  }));
  return [
    ...programs(stack),
    ...daemonWorkloads(stack),
    ...stores(stack),
    ...controllers,
    ...nodeKeeper(stack),
    ...extraWorkloads(stack),
    ...observabilityWorkloads(stack.observability, stack.cluster),
  ];
}

/** What is asked of the nodes, by those that may find a place. */
export const placeableRequests = (stack: SkywireStack): CapacityRequest[] =>
  placeable(stack.cluster, stackWorkloads(stack)).map(({ request }) => request);
