/**
 * Skywire's production in its own shape, on a sandbox: production's file, production's pools.
 * Proves counts, placement, who holds which key, what is open where, and how a set of pods is exchanged;
 * what else happens to a running stack is proven with test's (skywire-test.e2e.test.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";

import { requiredSecrets } from "../../stacks/secrets.ts";
import type { SkywireStack } from "../../stacks/skywire/schema.ts";
import { secretsIn } from "../../policy/graph/secrets.ts";
import { type KubernetesObject, worldOf } from "../../policy/graph/objects.ts";
import { allows } from "../../policy/graph/policies.ts";
import { clone, render, type Rendered } from "../rendered.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { requireRunning } from "../../sandbox/sandbox.ts";
import {
  balancerType,
  configType,
  firewallType,
  objectType,
} from "../../sandbox/standins/rules/linode/types.ts";
import { asText } from "../../sandbox/standins/values.ts";
import { behind, linodeOf, machineOf } from "./cloud-state.ts";
import {
  endpointFaults,
  externalAddresses,
  nodeFaults,
  placementFaults,
  podsByWorkload,
  workloadFaults,
} from "./cluster-state.ts";
import { nodesOf, type Node, type Pod } from "./live-objects.ts";
import {
  courseOf,
  firstTimes,
  isAvailable,
  overlapsOf,
  podsOf as recordedOf,
} from "./rollout-course.ts";
import { record, type RecordedPod } from "./rollout-recorder.ts";
import { sandboxSecrets, settled, testSandbox, type TestSandbox } from "./sandbox.ts";

/** Namespaces of what watches. */
const watching = ["metrics", "logs", "log-shipper", "profiles"];

const servers = [1, 2, 3, 4, 5, 6].map((number) => `dmsg-server-${number}`);

/** Label of the firewall that a node's machine is to be behind: in production every slot has one. */
function firewallOf({ metadata: { labels } }: Node): string {
  const slot = labels["fleet/slot"];
  return slot === undefined ? "prod-nodes" : `prod-slot-${slot}`;
}

describe("Skywire's production shape in a sandbox", () => {
  let rendered: Rendered<SkywireStack>;
  let sandbox: TestSandbox;
  let groups: ReadonlyMap<string, readonly Pod[]>;
  let nodes: ReadonlyMap<string, Node>;

  beforeAll(async () => {
    rendered = await render("prod");
    sandbox = testSandbox("prod");
    await sandbox.succeed("up");
    expect(await settled(() => workloadFaults(sandbox, rendered.world))).toEqual([]);
    groups = await podsByWorkload(sandbox);
    nodes = new Map((await nodesOf(sandbox)).map((node) => [node.metadata.name, node]));
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  const podsOf = (...workloads: string[]): readonly Pod[] =>
    workloads.flatMap((name) => groups.get(`skywire/${name}`) ?? []);
  const nodesUnder = (pods: readonly Pod[]): readonly string[] => [
    ...new Set(pods.map(({ spec }) => spec.nodeName ?? "")),
  ];

  /** Pods that get a secret of this value, in whatever Secret it stands. */
  function holders(value: string, objects: readonly KubernetesObject[]): readonly Pod[] {
    const secrets = new Map([["wanted", value]]);
    const names = objects
      .filter((secret) => secretsIn(JSON.stringify(secret), secrets).length > 0)
      .map(({ metadata }) => metadata.name);
    return [...groups.values()]
      .flat()
      .filter(({ spec }) => names.some((name) => JSON.stringify(spec).includes(`"${name}"`)));
  }

  test("every Service has ready endpoints, and every ingress rule leads to some", async () => {
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
  });

  test("nodes are shaped like the pools, and pods stand where the stack says", async () => {
    expect(await nodeFaults(sandbox, rendered.config.cluster)).toEqual([]);
    expect(await placementFaults(sandbox, rendered.world)).toEqual([]);
  });

  test("the published number of each service runs", () => {
    expect(podsOf("dmsg-discovery", "dmsg-discovery-keyless")).toHaveLength(5);
    expect(podsOf("service-discovery", "service-discovery-keyless")).toHaveLength(2);
    for (const one of [
      ...servers,
      ...["address-resolver", "transport-discovery", "route-finder", "uptime-tracker"],
      ...["setup-node", "node-visualizer", "config-bootstrapper"],
    ]) {
      expect({ one, pods: podsOf(one).length }).toEqual({ one, pods: 1 });
    }
    expect(groups.get("skywire-network-monitor/network-monitor")).toHaveLength(1);
  });

  test("six dmsg-servers stand on six nodes, each on the address that visors have built in", () => {
    expect(nodesUnder(podsOf(...servers))).toHaveLength(6);
    const addresses = servers.map((name) => {
      const [node = ""] = nodesUnder(podsOf(name));
      // The machine's own address, then what the node-keeper gave it.
      return externalAddresses(nodes.get(node))[1];
    });
    expect(addresses).toEqual([
      "139.162.44.14",
      "172.104.57.11",
      "139.177.189.68",
      "45.118.133.242",
      "192.53.114.142",
      "172.104.61.116",
    ]);
  });

  test("replicas without a key are spread over the nodes they have", () => {
    const keyless = podsOf("dmsg-discovery-keyless");
    expect(nodesUnder(keyless)).toHaveLength(keyless.length);
  });

  test("every key is held by exactly one pod", async () => {
    const secrets = sandboxSecrets(sandbox);
    const pairs = requiredSecrets(rendered.config).filter(({ kind }) => kind === "key-pair");
    const keys = pairs.map(({ name }) => [name, secrets.get(name) ?? ""] as const);
    expect(keys.length).toBeGreaterThan(13);
    const objects = await sandbox.objects("secrets");
    for (const [name, value] of keys) {
      const found = holders(value, objects).map(({ metadata }) => metadata.name);
      expect({ name, found, count: found.length }).toEqual({ name, found, count: 1 });
    }
  });

  test("each extra runs once in a namespace of its own", () => {
    const members = [1, 2, 3, 4].map((number) => `coturn/coturn-${number}`);
    for (const workload of [
      ...["geoip/geoip", "utilities/git-telegram-bot"],
      ...["whitelist/auth", "whitelist/whitelist", "whitelist/whitelist-postgres", ...members],
    ]) {
      const pods = groups.get(workload)?.length;
      expect({ workload, pods }).toEqual({ workload, pods: 1 });
    }
  });

  test("what watches runs whole: members apart, and a shipper and an exporter on every node", () => {
    const single = ["prometheus", "alertmanager", "grafana", "push-gateway", "statsd"];
    for (const workload of [
      ...[...single, "kube-state-metrics"].map((name) => `metrics/${name}`),
      ...["logs/kibana", "profiles/pyroscope", "profiles/profile-scraper"],
    ]) {
      const pods = groups.get(workload)?.length;
      expect({ workload, pods }).toEqual({ workload, pods: 1 });
    }
    expect(nodesUnder(groups.get("logs/elasticsearch") ?? [])).toHaveLength(3);
    for (const everywhere of ["metrics/node-exporter", "log-shipper/filebeat"]) {
      expect(nodesUnder(groups.get(everywhere) ?? []).toSorted()).toEqual(
        [...nodes.keys()].toSorted(),
      );
    }
  });

  test("what watches has its disks, and of the nodes only what is said of it", async () => {
    const claims = (await sandbox.objects("persistentvolumeclaims"))
      .filter(({ metadata }) => watching.includes(metadata.namespace ?? ""))
      .map((claim) => `${claim.metadata.name} ${JSON.stringify(claim["status"])}`);
    expect(claims.map((claim) => claim.split(" ")[0]).sort()).toEqual([
      ...["alertmanager-data", "data-elasticsearch-0", "data-elasticsearch-1"],
      ...["data-elasticsearch-2", "grafana-data", "prometheus-data", "push-gateway-data"],
      "pyroscope-data",
    ]);
    expect(claims.filter((claim) => !claim.includes('"phase":"Bound"'))).toEqual([]);
    const { pods } = worldOf(await sandbox.objects("deployments,statefulsets,daemonsets"));
    const onNodes = pods
      .filter(({ namespace }) => watching.includes(namespace))
      .filter(({ spec }) => JSON.stringify(spec.volumes ?? []).includes("hostPath"))
      .map(({ name }) => name);
    expect(onNodes.sort()).toEqual(["filebeat", "node-exporter"]);
    const inNetwork = pods.filter(({ namespace }) => watching.includes(namespace));
    expect(inNetwork.filter(({ spec }) => JSON.stringify(spec).includes("hostNetwork"))).toEqual(
      [],
    );
  });

  test("what watches is called by whom it says, and by nobody else", async () => {
    const world = worldOf(
      await sandbox.objects(
        "deployments,statefulsets,daemonsets,jobs,services,networkpolicies,namespaces",
      ),
    );
    const found = (namespace: string, name: string) =>
      world.pods.find((pods) => pods.namespace === namespace && pods.name === name);
    const callers = (namespace: string, name: string, port: number): string[] => {
      const to = found(namespace, name);
      return world.pods
        .filter(
          (from) =>
            to !== undefined &&
            allows(world, {
              from: { kind: "pods", pods: from },
              to: { kind: "pods", pods: to },
              port,
              protocol: "TCP",
            }),
        )
        .map((from) => `${from.namespace}/${from.name.replace(/^elk-set-up.*/, "elk-set-up")}`)
        .sort();
    };
    expect(callers("logs", "elasticsearch", 9200)).toEqual([
      ...["log-shipper/filebeat", "logs/elasticsearch-exporter", "logs/elk-set-up"],
      ...["logs/kibana", "metrics/grafana"],
    ]);
    expect(callers("metrics", "prometheus", 9090)).toEqual(["ingress/traefik", "metrics/grafana"]);
    expect(callers("logs", "kibana", 5601)).toEqual(["ingress/traefik", "logs/elk-set-up"]);
    expect(callers("profiles", "pyroscope", 4040)).toEqual([
      ...["metrics/grafana", "metrics/prometheus", "profiles/profile-scraper"],
    ]);
    // Nothing of it is on a node's own port, or on a balancer.
    const types = world.services
      .filter(({ metadata }) => watching.includes(metadata.namespace ?? ""))
      .map(({ spec }) => spec.type);
    expect(new Set(types)).toEqual(new Set(["ClusterIP"]));
  });

  test("secrets of what watches stand in Secrets, and in nothing that people read", async () => {
    const secrets = sandboxSecrets(sandbox);
    const wanted = requiredSecrets(rendered.config)
      .filter(({ path }) => path.startsWith("fleet:observability"))
      .map(({ name }) => [name, secrets.get(name) ?? "?"] as const);
    expect(wanted.length).toBeGreaterThan(9);
    const open = await sandbox.objects(
      "configmaps,deployments,statefulsets,daemonsets,jobs,pods,services,ingresses",
    );
    const text = JSON.stringify(open);
    expect(wanted.filter(([, value]) => text.includes(value)).map(([name]) => name)).toEqual([]);
  });

  test("coturn's pods are on the nodes that have its eight addresses", () => {
    const { extras } = rendered.config;
    for (const [name, { addresses }] of Object.entries(extras.coturn?.members ?? {})) {
      const [node = ""] = nodesUnder(groups.get(`coturn/${name}`) ?? []);
      expect(externalAddresses(nodes.get(node))).toEqual(expect.arrayContaining([...addresses]));
    }
  });

  test("the IP service's compiled-in name leads to the address that its Service was given", async () => {
    const services = await sandbox.objects("services");
    const service = services.find(({ metadata }) => metadata.name === "ip-service");
    const [, address] = /"clusterIP":"([\d.]+)"/.exec(JSON.stringify(service?.["spec"])) ?? [];
    for (const pods of podsOf("service-discovery", "service-discovery-keyless", "uptime-tracker")) {
      expect(JSON.stringify(pods.spec)).toContain(
        `"hostAliases":[{"hostnames":["ip.skycoin.com"],"ip":"${address ?? "none"}"}]`,
      );
    }
  });

  test("each namespace is there, and lets its pods do no more than they need", async () => {
    const { namespaces } = worldOf(await sandbox.objects("namespaces"));
    const levels = [...namespaces]
      .filter(([name]) => name !== "default" && !name.startsWith("kube-"))
      .map(([name, labels]) => [name, labels["pod-security.kubernetes.io/enforce"]]);
    expect(Object.fromEntries(levels)).toEqual({
      skywire: "restricted",
      "skywire-network-monitor": "privileged",
      ingress: "privileged",
      "node-keeper": "privileged",
      coturn: "privileged",
      geoip: "restricted",
      metrics: "privileged",
      logs: "restricted",
      "log-shipper": "privileged",
      profiles: "restricted",
      utilities: "restricted",
      whitelist: "restricted",
    });
  });

  test("each host goes through the controller that the file names for it", async () => {
    const { ingresses } = worldOf(await sandbox.objects("ingresses"));
    const hosts = ingresses.flatMap(({ spec }) =>
      spec.rules.map(({ host }) => [host, spec.ingressClassName]),
    );
    const skywire = ["dmsgd", "tpd", "rf", "ut", "conf"].map((name) => `${name}.skywire`);
    const traefik = [...skywire, "sd", "nv", "auth", "prometheus", "kibana"].map((name) => [
      `${name}.skycoin.com`,
      "traefik",
    ]);
    const nginx = ["ip", "grafana", "whitelist"].map((name) => [`${name}.skycoin.com`, "nginx"]);
    expect(Object.fromEntries(hosts)).toEqual({
      ...Object.fromEntries([...traefik, ...nginx]),
      "ar.skywire.skycoin.com": "edge",
    });
    expect(hosts).toHaveLength(14);
  });

  test("past the controllers go the published ports alone, and to pods of the very node dialled", async () => {
    const { services } = worldOf(await sandbox.objects("services"));
    const published = services.filter(({ spec }) => spec.type === "NodePort");
    const ports = published.flatMap(({ spec }) =>
      spec.ports.map(({ nodePort, protocol }) => `${nodePort ?? "none"}/${protocol}`),
    );
    const servers = ["30081", "30082", "30083", "30084", "30085", "30089"];
    expect(ports.sort()).toEqual([...servers.map((port) => `${port}/TCP`), "30178/UDP"]);
    expect(published.map(({ spec }) => spec.externalTrafficPolicy)).toEqual(
      ports.map(() => "Local"),
    );
  });

  test("two NodeBalancers stand in Singapore, each with its Service's two ports, and no third", async () => {
    const linode = linodeOf(sandbox);
    const balancers = linode.all(balancerType);
    expect(balancers.map(({ inputs }) => [inputs["label"], inputs["region"]]).sort()).toEqual([
      ["prod-nginx", "ap-south"],
      ["prod-traefik", "ap-south"],
    ]);
    for (const { id } of balancers) {
      const ports = linode
        .all(configType)
        .filter(({ inputs }) => inputs["nodebalancerId"] === Number(id))
        .map(({ inputs: { port, protocol, proxyProtocol } }) => [port, protocol, proxyProtocol]);
      expect(ports).toEqual([
        [80, "tcp", "v2"],
        [443, "tcp", "v2"],
      ]);
    }
    const services = await sandbox.objects("services");
    const told = services
      .filter((service) => JSON.stringify(service["spec"]).includes('"type":"LoadBalancer"'))
      .map((service) => JSON.stringify(service["status"]));
    expect(told).toHaveLength(2);
    // By name alone: an address here would lead pods past the balancer.
    expect(told.every((text) => text.includes("nodebalancer.linode.com"))).toBe(true);
    expect(told.some((text) => text.includes('"ip"'))).toBe(false);
  });

  test("every public host stands in a published zone, on the address that serves it", () => {
    const linode = linodeOf(sandbox);
    const lines = linode
      .all(objectType)
      .flatMap(({ inputs }) => asText(inputs["content"]).split("\n"));
    const addressOf = new Map(
      linode.all(balancerType).map(({ inputs, facts }) => [asText(inputs["label"]), facts["ipv4"]]),
    );
    const [traefik, nginx] = ["prod-traefik", "prod-nginx"].map((name) => addressOf.get(name));
    expect(lines).toEqual(
      expect.arrayContaining([
        ...["dmsgd", "tpd", "rf", "ut", "conf"].map(
          (name) => `${name}.skywire.skycoin.com. 300 IN A ${traefik ?? "?"}`,
        ),
        ...["sd", "nv", "prometheus", "kibana"].map(
          (name) => `${name}.skycoin.com. 300 IN A ${traefik ?? "?"}`,
        ),
        ...["ip", "grafana", "whitelist"].map(
          (name) => `${name}.skycoin.com. 300 IN A ${nginx ?? "?"}`,
        ),
        "ar.skywire.skycoin.com. 300 IN CNAME edge.skycoin.com.",
        "dmsg.server02a2d4c3.skywire.skycoin.com. 300 IN A 139.162.44.14",
        "dmsg.server03717576.skywire.skycoin.com. 300 IN A 172.104.57.11",
        "dmsg.server03d5b55d.skywire.skycoin.com. 300 IN A 139.177.189.68",
        "dmsg.server02a4.skywire.skycoin.com. 300 IN A 172.104.61.116",
      ]),
    );
  });

  test("each node's machine is behind one firewall, open on just what is published there", () => {
    const linode = linodeOf(sandbox);
    const byLabel = new Map(
      linode
        .all(firewallType)
        .map((firewall) => [asText(firewall.inputs["label"]), firewall] as const),
    );
    const opened = (label: string): readonly string[] =>
      (byLabel.get(label)?.inputs["inbounds"] as { label: string; ports: string }[])
        .filter((rule) => rule.label.startsWith("public-"))
        .map((rule) => `${rule.label} ${rule.ports}`);
    expect(Object.fromEntries([...byLabel.keys()].map((label) => [label, opened(label)]))).toEqual({
      "prod-nodes": [],
      "prod-slot-0": ["public-tcp 80,443", "public-udp 30178"],
      "prod-slot-1": ["public-tcp 30081"],
      "prod-slot-2": ["public-tcp 30082"],
      "prod-slot-3": ["public-tcp 30083"],
      "prod-slot-4": ["public-tcp 3478-3479,30084", "public-udp 3478-3479"],
      "prod-slot-5": ["public-tcp 3478-3479,30085", "public-udp 3478-3479"],
      "prod-slot-6": ["public-tcp 30089"],
      "prod-slot-7": ["public-tcp 3478-3479", "public-udp 3478-3479"],
      "prod-slot-8": ["public-tcp 3478-3479", "public-udp 3478-3479"],
    });
    expect(behind(linode)).toEqual(
      new Map([...nodes.values()].map((node) => [machineOf(node), firewallOf(node)])),
    );
  });

  test("a recycled node is another machine, behind the same firewall, with its slot's addresses again", async () => {
    const slot = (): Promise<Node | undefined> =>
      nodesOf(sandbox).then((all) =>
        all.find(({ metadata }) => metadata.labels["fleet/slot"] === "4"),
      );
    const before = await slot();
    await sandbox.succeed("recycle", "--node", before?.metadata.name ?? "");
    expect(await settled(() => workloadFaults(sandbox, rendered.world))).toEqual([]);
    const after = await slot();
    expect(after?.spec.providerID).not.toBe(before?.spec.providerID);
    expect(externalAddresses(after)[0]).not.toBe(externalAddresses(before)[0]);
    expect(externalAddresses(after).slice(1)).toEqual(["45.118.133.242", "192.53.173.68"]);
    const machines = behind(linodeOf(sandbox));
    expect(machines.get(machineOf(after))).toBe("prod-slot-4");
    expect(machines.has(machineOf(before))).toBe(false);
  });

  test("the address-resolver's node answers by itself", () => {
    expect(nodesUnder(podsOf("address-resolver"))).toEqual(
      nodesUnder(groups.get("ingress/edge") ?? []),
    );
  });

  test("a new image of dmsg-discovery takes one pod at a time: four are ready at every moment", async () => {
    const standing = [...(await podsByWorkload(sandbox)).values()].flat();
    const before = new Set(standing.map(({ metadata }) => metadata.uid));
    const file = join(dirname(sandbox.folder), "changed.yaml");
    const document = parseDocument(readFileSync(join(clone, "Pulumi.prod.yaml"), "utf8"));
    const hex = "a".repeat(64);
    const place = ["config", "fleet:images", "overrides", "dmsg-discovery"];
    document.setIn(place, { digest: `sha256:${hex}` });
    writeFileSync(file, document.toString());

    const { api } = requireRunning(sandboxPlace("prod", { root: dirname(sandbox.folder) }));
    const recorder = await record(api);
    const mark = recorder.mark();
    await sandbox.succeed("up", "--file", file);
    const members = ["skywire/dmsg-discovery", "skywire/dmsg-discovery-keyless"];
    const own = (pods: readonly RecordedPod[]) => members.flatMap((name) => recordedOf(pods, name));
    await recorder.until("five pods of the new image are ready", (pods) => {
      const now = own(pods);
      return (
        now.length === 5 && now.every((pod) => pod.version === hex && pod.readySince !== undefined)
      );
    });
    const moments = recorder.since(mark);
    await recorder.stop();
    api.close();

    const ready = moments.map(
      ({ at, pods }) => own(pods).filter((pod) => isAvailable(pod, at, 0)).length,
    );
    expect(Math.min(...ready)).toBe(4);
    // The key's holder is the one that goes first and is made after, and is the last to be exchanged.
    expect(courseOf(moments, "skywire/dmsg-discovery-keyless", 0)).toEqual({
      fewestAvailable: 4,
      mostPods: 5,
    });
    expect(overlapsOf(moments, "skywire/dmsg-discovery")).toEqual([]);
    const isNew = (pod: RecordedPod): boolean => pod.version === hex;
    const [keyed] = firstTimes(moments, "skywire/dmsg-discovery", isNew);
    const others = firstTimes(moments, "skywire/dmsg-discovery-keyless", isNew);
    expect(others).toHaveLength(4);
    expect(keyed?.at).toBeGreaterThan(Math.max(...others.map(({ at }) => at)));

    // And nobody else was exchanged: what is new beside them is nothing.
    const after = (await podsByWorkload(sandbox)).entries();
    const touched = [...after].filter(([, pods]) =>
      pods.some((pod) => !before.has(pod.metadata.uid)),
    );
    expect(touched.map(([name]) => name).sort()).toEqual(members);
  });
});
