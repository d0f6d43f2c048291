/** Whether metrics that are announced, or looked for, are where a container listens, and may be read. */
import * as z from "zod";

import { type Fault, named } from "./graph.ts";
import {
  describe,
  describePods,
  type KubernetesObject,
  lastingContainers,
  matches,
  namespaceOf,
  type PodSet,
  selects,
  type World,
} from "./objects.ts";
import { LabelSelector, PortReference } from "./pod.ts";
import { targets } from "./ports.ts";
import { announcedPort, readsKubelets, scrapedBy } from "./scrape-configs.ts";
import { type Account, names } from "./subjects.ts";

const Endpoints = z.array(
  z.looseObject({ port: z.string().optional(), targetPort: PortReference.optional() }),
);

const Monitor = z.looseObject({
  spec: z.looseObject({
    selector: LabelSelector,
    namespaceSelector: z
      .looseObject({ any: z.boolean().optional(), matchNames: z.array(z.string()).optional() })
      .optional(),
    endpoints: Endpoints.optional(),
    podMetricsEndpoints: Endpoints.optional(),
  }),
});

type Port = z.infer<typeof PortReference>;

const listensOn = (pods: PodSet, port: Port): boolean =>
  lastingContainers(pods.spec)
    .flatMap(({ ports }) => ports ?? [])
    .some(
      ({ name, containerPort, protocol }) =>
        protocol === "TCP" && (name === port || containerPort === port),
    );

function announcedFaults(world: World): Fault[] {
  const readers = world.pods.flatMap((pods) => scrapedBy(world, pods) ?? []);
  return world.pods.flatMap((pods): Fault[] => {
    const port = announcedPort(pods);
    if (port === undefined) {
      return [];
    }
    const where = `${describePods(pods)}: announces metrics`;
    const unread =
      readers.length > 0 &&
      !readers.some(
        ({ namespaces }) => namespaces === "all" || namespaces.includes(pods.namespace),
      );
    return [
      ...(listensOn(pods, Number(port))
        ? []
        : [{ about: pods, message: `${where} on port ${port}, on which no container listens` }]),
      ...(unread
        ? [{ about: pods, message: `${where}, and nobody reads those of its namespace` }]
        : []),
    ];
  });
}

function monitorFaults(world: World, object: KubernetesObject): string[] {
  const { selector, namespaceSelector, endpoints, podMetricsEndpoints } =
    Monitor.parse(object).spec;
  const inside = (namespace: string): boolean =>
    namespaceSelector?.any === true ||
    (namespaceSelector?.matchNames ?? [namespaceOf(object)]).includes(namespace);
  if (object.kind === "PodMonitor") {
    const found = world.pods.filter(
      ({ namespace, labels }) => inside(namespace) && matches(selector, labels),
    );
    return found.length === 0
      ? ["selects no pods"]
      : found.flatMap((pods) =>
          (podMetricsEndpoints ?? []).flatMap(({ port, targetPort: target }) =>
            listensOn(pods, target ?? port ?? "")
              ? []
              : [
                  `reads the port ${target ?? port} of ${describePods(pods)}, on which it does not listen`,
                ],
          ),
        );
  }
  const found = world.services.filter(
    (service) => inside(namespaceOf(service)) && matches(selector, service.metadata.labels ?? {}),
  );
  return found.length === 0
    ? ["selects no Services"]
    : found.flatMap((service) =>
        (endpoints ?? []).flatMap(({ port, targetPort: target }) => {
          const named = service.spec.ports.find(({ name }) => name === port);
          const reached =
            target === undefined
              ? named !== undefined && targets(world, service, named).length > 0
              : world.pods.some(
                  (pods) =>
                    pods.namespace === namespaceOf(service) &&
                    selects(service.spec.selector ?? {}, pods.labels) &&
                    listensOn(pods, target),
                );
          return reached
            ? []
            : [
                `reads the port ${target ?? port} of ${describe(service)}, which leads to no container`,
              ];
        }),
      );
}

const monitors = ["ServiceMonitor", "PodMonitor"];

const Role = z.looseObject({
  rules: z
    .array(
      z.looseObject({
        apiGroups: z.array(z.string()).optional(),
        resources: z.array(z.string()).optional(),
        verbs: z.array(z.string()),
      }),
    )
    .nullish(),
});

const Binding = z.looseObject({
  roleRef: z.looseObject({ name: z.string() }),
  subjects: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
    .nullish(),
});

/** Names of the roles of the whole cluster that an account has. */
const clusterRolesOf = (world: World, account: Account): readonly string[] =>
  world.objects
    .filter(({ kind }) => kind === "ClusterRoleBinding")
    .map((object) => Binding.parse(object))
    .filter(({ subjects }) => subjects?.some((subject) => names(subject, account, "")))
    .map(({ roleRef }) => roleRef.name);

/** A kubelet asks the API server whether whoever reads it may. */
function mayReadKubelets(world: World, { namespace, spec }: PodSet): boolean {
  const roles = clusterRolesOf(world, { namespace, name: spec.serviceAccountName ?? "default" });
  return world.objects
    .filter(({ kind, metadata }) => kind === "ClusterRole" && roles.includes(metadata.name))
    .flatMap((object) => Role.parse(object).rules ?? [])
    .some(
      ({ apiGroups = [], resources = [], verbs }) =>
        ["", "*"].some((one) => apiGroups.includes(one)) &&
        ["nodes/metrics", "*"].some((one) => resources.includes(one)) &&
        ["get", "*"].some((one) => verbs.includes(one)),
    );
}

const kubeletFaults = (world: World): Fault[] =>
  world.pods
    .filter((pods) => readsKubelets(world, pods) && !mayReadKubelets(world, pods))
    .map((pods) => ({
      about: pods,
      message: `${describePods(pods)}: reads the kubelets, and its account may not get nodes/metrics of the cluster`,
    }));

/** Metrics that are read or announced where no container listens, or that may not be read. */
export function scrapeFaults(world: World): readonly Fault[] {
  return [
    ...announcedFaults(world),
    ...kubeletFaults(world),
    ...world.objects
      .filter(({ kind }) => monitors.includes(kind))
      .flatMap((object) =>
        monitorFaults(world, object).map((fault) => ({
          about: named(object),
          message: `${describe(object)}: ${fault}`,
        })),
      ),
  ];
}
