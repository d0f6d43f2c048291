/** Every workload of a stack of Firefox Accounts with its place in the file and what it asks of the nodes. Pure. */
import { optionsOf, placeOf, runningPrograms } from "../../components/fxa/environment.ts";
import { debugName, mailQueuesName } from "../../components/fxa/flows.ts";
import { ownFolder, writesBeside } from "../../components/fxa/own-folder.ts";
import { patcherName, type Program } from "../../components/fxa/roles.ts";
import { storePorts, traitsOf } from "../../components/fxa/servers.ts";
import { storeWorkloads } from "../../components/data/requests.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { placeable, type StackWorkload } from "../requests.ts";
import { surroundingWorkloads } from "../surroundings.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack } from "./shape.ts";

/** A server, with the pods that a rolling update has more for a while, and the most that its autoscaler may ask for. */
function serverWorkload(stack: FxaStack, program: Program): StackWorkload {
  const { replicas, autoscale, resources, placement } = optionsOf(contextOfStack(stack), program);
  const { service, scales } = traitsOf(program);
  const most = autoscale?.max ?? replicas ?? 1;
  // What may not run beside itself is stopped first.
  const surge = scales === true && most > 0 ? 1 : 0;
  const room = writesBeside(program);
  return {
    path: placeOf(program),
    namespace: stack.namespace,
    request: {
      ...{ workload: service, replicas: most + surge, ...resources.requests, placement },
      ...(room === false ? {} : { scratch: room.sizeLimit }),
    },
  };
}

/** Stores of the cluster: one pod each, but for one that does not stop before its successor. */
function stores({ mysql, redis, memcached, namespace }: FxaStack): StackWorkload[] {
  return [
    ...(mysql.kind === "builtin"
      ? storeWorkloads(
          "mysql",
          { name: storePorts.mysql.service, namespace, path: ["mysql"] },
          mysql,
        )
      : []),
    ...(redis.kind === "builtin"
      ? storeWorkloads(
          "redis",
          { name: storePorts["redis-master"].service, namespace, path: ["redis"] },
          { ...redis, storage: redis.disk },
        )
      : []),
    ...storeWorkloads(
      "files",
      { name: storePorts.memcached.service, namespace, path: ["memcached"] },
      // Its successor answers before it goes.
      { ...memcached, replicas: 2 },
    ),
  ];
}

/** The Job that brings the schema up to date has the size of the server that asks for it. */
function patcher({ servers, namespace }: FxaStack): StackWorkload[] {
  const { enabled, resources } = servers["auth-db-mysql"];
  return enabled
    ? [
        {
          path: ["servers", "auth-db-mysql"],
          namespace,
          request: { workload: patcherName, replicas: 1, ...resources.requests, placement: {} },
        },
      ]
    : [];
}

/** Room is kept for the debug pod while there is none: somebody who needs it needs it at once. */
function debugPod({ debug, servers, namespace }: FxaStack): StackWorkload[] {
  return debug === undefined
    ? []
    : [
        {
          path: ["debug"],
          namespace,
          request: {
            workload: debugName,
            replicas: 1,
            ...servers[debug.target].resources.requests,
            placement: {},
            scratch: ownFolder.sizeLimit,
          },
        },
      ];
}

/** The reader of the mails' queues, beside the program that sends. */
function mailQueues(stack: FxaStack): StackWorkload[] {
  const { mail, servers, namespace } = stack;
  const { resources, placement } = servers["mail-service"];
  return mail.kind === "mail-service" &&
    mail.queues !== undefined &&
    contextOfStack(stack).runs("mail-service")
    ? [
        {
          path: ["mail", "queues"],
          namespace,
          request: { workload: mailQueuesName, replicas: 1, ...resources.requests, placement },
        },
      ]
    : [];
}

/** Every workload that stays up, and Jobs, which come and go. */
export const stackWorkloads = (stack: FxaStack): StackWorkload[] => [
  ...runningPrograms(contextOfStack(stack)).map((program) => serverWorkload(stack, program)),
  ...stores(stack),
  ...patcher(stack),
  ...mailQueues(stack),
  ...debugPod(stack),
  ...surroundingWorkloads(stack),
];

/** What is asked of the nodes, by those that may find a place. */
export const placeableRequests = (stack: FxaStack): CapacityRequest[] =>
  placeable(stack.cluster, stackWorkloads(stack)).map(({ request }) => request);
