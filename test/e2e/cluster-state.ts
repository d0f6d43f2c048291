/** Whether a cluster is as its stack says: each question gives its faults, one line each. */
import { parseQuantity } from "../../components/base/quantity.ts";
import { clusterNodes, type ClusterConfig } from "../../components/platform/cluster.schema.ts";
import {
  type Ingress,
  namespaceOf,
  selects,
  type World,
  worldOf,
} from "../../policy/graph/objects.ts";
import { type Node, nodesOf, podFaults, type Pod, podsOf, readyPorts } from "./live-objects.ts";
import type { TestSandbox } from "./sandbox.ts";

const workloadLabel = "app.kubernetes.io/name";

/** Pods of the stack's workloads by `namespace/workload`. */
export async function podsByWorkload(
  sandbox: TestSandbox,
): Promise<ReadonlyMap<string, readonly Pod[]>> {
  const groups = new Map<string, Pod[]>();
  for (const pod of await podsOf(sandbox)) {
    const name = pod.metadata.labels[workloadLabel];
    if (name !== undefined) {
      const key = `${pod.metadata.namespace}/${name}`;
      groups.set(key, [...(groups.get(key) ?? []), pod]);
    }
  }
  return groups;
}

/** The cluster as the evaluators of policies see a stack. */
export const liveWorld = async (sandbox: TestSandbox): Promise<World> =>
  worldOf(
    await sandbox.objects(
      ...["namespaces", "deployments", "statefulsets", "daemonsets", "jobs", "services"],
      ...["ingresses", "networkpolicies", "poddisruptionbudgets", "configmaps", "secrets"],
      "horizontalpodautoscalers",
    ),
  );

/** Which pods each workload has, as one text: `namespace/workload` → their UIDs. Another text is other pods. */
export const podUids = async (sandbox: TestSandbox): Promise<ReadonlyMap<string, string>> =>
  new Map(
    [...(await podsByWorkload(sandbox))].map(([name, pods]) => [
      name,
      pods
        .map(({ metadata }) => metadata.uid)
        .sort()
        .join(),
    ]),
  );

/** Pods that are not up, and workloads with another number of pods than they ask for. */
export async function workloadFaults(sandbox: TestSandbox, world: World): Promise<string[]> {
  const groups = await podsByWorkload(sandbox);
  const counts = world.pods
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .flatMap(({ namespace, name, replicas }) => {
      const there = groups.get(`${namespace}/${name}`)?.length ?? 0;
      return there === replicas ? [] : [`${namespace}/${name} has ${there} of ${replicas} pods`];
    });
  return [...counts, ...[...groups.values()].flat().flatMap(podFaults)];
}

/** Ports of Services, and backends of Ingresses, without a ready endpoint. */
export async function endpointFaults(sandbox: TestSandbox, world: World): Promise<string[]> {
  const ready = await readyPorts(sandbox);
  const services = world.services.flatMap((service) => {
    const key = `${namespaceOf(service)}/${service.metadata.name}`;
    return service.spec.ports
      .filter(({ name }) => ready.get(key)?.has(name ?? "") !== true)
      .map(({ port }) => `Service ${key}: port ${port} has no ready endpoint`);
  });
  return [
    ...services,
    ...world.ingresses.flatMap((ingress) => backendFaults(world, ready, ingress)),
  ];
}

function backendFaults(
  world: World,
  ready: ReadonlyMap<string, Set<string>>,
  ingress: Ingress,
): string[] {
  const namespace = namespaceOf(ingress);
  return ingress.spec.rules.flatMap(({ host, http }) =>
    http.paths.flatMap(({ backend: { service } }) => {
      const target = world.services.find(
        (one) => one.metadata.name === service.name && namespaceOf(one) === namespace,
      );
      const port = target?.spec.ports.find(
        (one) => one.port === service.port.number || one.name === service.port.name,
      );
      return ready.get(`${namespace}/${service.name}`)?.has(port?.name ?? "") === true
        ? []
        : [`${host} leads to ${service.name}, which has no ready endpoint`];
    }),
  );
}

/** Pods that are elsewhere than their workload says, and replicas of one that share a node for no reason. */
export async function placementFaults(sandbox: TestSandbox, world: World): Promise<string[]> {
  const nodes = new Map((await nodesOf(sandbox)).map((node) => [node.metadata.name, node]));
  const groups = await podsByWorkload(sandbox);
  return world.pods.flatMap(({ namespace, name, spec }) => {
    const pods = groups.get(`${namespace}/${name}`) ?? [];
    return pods.flatMap((pod) => {
      const labels = nodes.get(pod.spec.nodeName ?? "")?.metadata.labels ?? {};
      return selects(spec.nodeSelector ?? {}, labels)
        ? []
        : [`${namespace}/${name} is on ${pod.spec.nodeName ?? "no node"}: not what it selects`];
    });
  });
}

/** Nodes that are not shaped like the stack's pools. */
export async function nodeFaults(sandbox: TestSandbox, cluster: ClusterConfig): Promise<string[]> {
  const wanted = clusterNodes(cluster);
  const nodes = await nodesOf(sandbox);
  const counted =
    nodes.length === wanted.length ? [] : [`${nodes.length} nodes, not ${wanted.length}`];
  const left = [...nodes];
  const shaped = wanted.flatMap(({ labels, capacity, address }) => {
    const index = left.findIndex(
      (node) =>
        selects(labels, node.metadata.labels) &&
        parseQuantity(node.status.capacity.cpu) === parseQuantity(capacity.cpu) &&
        parseQuantity(node.status.capacity.memory) === parseQuantity(capacity.memory) &&
        (address?.kind !== "reserved" ||
          !("ip" in address) ||
          externalAddresses(node).includes(address.ip)),
    );
    if (index < 0) {
      return [`no node for ${JSON.stringify({ labels, capacity, address })}`];
    }
    left.splice(index, 1);
    return [];
  });
  return [...counted, ...shaped];
}

/** Addresses of a node as the internet sees it: its machine's own first. */
export const externalAddresses = (node: Node | undefined): readonly string[] =>
  (node?.status.addresses ?? []).flatMap(({ type, address }) =>
    type === "ExternalIP" ? [address] : [],
  );
