/**
 * Every rule of a whole stack over a small one: nothing is found in it, each planted fault is, and what
 * the update is still to tell is no pass.
 */
import { describe, expect, test } from "vitest";

import { graphRules } from "../../../policy/graph/rules.ts";
import { judgeStack } from "../../../policy/judge.ts";
import { type Resource, unknownText } from "../../../policy/resource.ts";
import { resource } from "../resources.ts";
import { controller, type Loose, pod, policy, town, townObjects, twoNodes } from "./town.ts";

const rule = (name: string) => {
  const found = graphRules.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`no rule ${name}`);
  }
  return found;
};

/** What a rule finds, one line each: the resource's logical name and the message. */
const found = (name: string, stack: ReturnType<typeof town>): readonly string[] =>
  rule(name)
    .check(stack)
    .map(({ urn, message }) => `${urn.split("::").at(-1) ?? ""}: ${message}`);

/** An object of the town with the value at a path, whose steps are parted by slashes, set. */
function changed(name: string, path: string, value: unknown): Record<string, Loose> {
  const copy = structuredClone(townObjects()[name] ?? {});
  const steps = path.split("/");
  const last = steps.pop() ?? "";
  let place = copy;
  for (const step of steps) {
    place = place[step] as Loose;
  }
  place[last] = value;
  return { [name]: copy };
}

const container = "spec/template/spec/containers/0";

describe("a stack that is whole", () => {
  test.each(graphRules.map(({ name }) => name))("keeps to %s", (name) => {
    expect(found(name, town())).toEqual([]);
  });
});

/** The store, which takes all variables of two ConfigMaps and of a Secret. */
const taking = (more: Loose, ...names: readonly string[]): Record<string, Loose> => ({
  store: {
    ...changed("store", `${container}/envFrom`, [
      ...names.map((name) => ({ configMapRef: { name } })),
      { secretRef: { name: "login" }, prefix: "LOGIN_" },
    ])["store"],
  },
  common: { ...data("ConfigMap", "common"), data: { LEVEL: "info", LOGIN_NAME: "hunter2" } },
  own: { ...data("ConfigMap", "own"), data: { LEVEL: "debug", PLACE: "here" } },
  same: { ...data("ConfigMap", "same"), data: { LEVEL: "info" } },
  login: { ...data("Secret", "login"), stringData: { NAME: "hunter2" } },
  ...more,
});

const data = (kind: string, name: string): Loose => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "shop" },
});

type Case = [rule: string, fault: string, changes: Record<string, Loose | undefined>, told: RegExp];

/** A store in the cloud's own network. */
const toRange = {
  to: [{ ipBlock: { cidr: "10.20.0.0/16" } }],
  ports: [{ port: 6379, protocol: "TCP" }],
};

const apart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        labelSelector: { matchLabels: { "app.kubernetes.io/name": "store" } },
        topologyKey: "kubernetes.io/hostname",
      },
    ],
  },
};

const faults: Case[] = [
  [
    "objects-readable",
    "a replica count in words",
    changed("store", "spec/replicas", "two"),
    /^store: .*spec\.replicas is not/,
  ],
  [
    "objects-readable",
    "a patch, into which nobody looks",
    {
      patch: {
        apiVersion: "apps/v1",
        kind: "DeploymentPatch",
        metadata: { name: "store", namespace: "shop" },
      },
    },
    /^patch: is a patch or a list/,
  ],
  [
    "objects-readable",
    "a list of objects",
    { list: { apiVersion: "v1", kind: "PodList", metadata: {}, items: [] } },
    /^list: is a patch or a list/,
  ],
  [
    "one-source-each",
    "a variable of two ConfigMaps that are taken whole",
    taking({}, "common", "own"),
    /^store: Deployment shop\/store: container store takes LEVEL from ConfigMap own, the last that has it: what ConfigMap common says instead is lost$/,
  ],
  [
    "one-source-each",
    "a variable of three, of which those that do not win are alike",
    taking({}, "common", "same", "own"),
    /^store: .*takes LEVEL from ConfigMap own, the last that has it: what ConfigMap common and ConfigMap same say instead is lost$/,
  ],
  [
    "one-source-each",
    "a variable of a ConfigMap and of a Secret whose keys have a prefix",
    taking({ login: { ...data("Secret", "login"), data: { NAME: "aHVudGVyMw==" } } }, "common"),
    /^store: .*takes LOGIN_NAME from Secret login, the last that has it: what ConfigMap common says instead is lost$/,
  ],
  [
    "one-source-each",
    "an init container's",
    {
      ...taking({}),
      ...changed("store", "spec/template/spec/initContainers", [
        {
          name: "first",
          image: "docker.io/library/store:1",
          envFrom: [{ configMapRef: { name: "own" } }, { configMapRef: { name: "common" } }],
        },
      ]),
    },
    /^store: .*container first takes LEVEL from ConfigMap common, the last that has it: what ConfigMap own says/,
  ],
  [
    "references-exist",
    "a variable in a variable that stands behind it",
    changed("store", `${container}/env`, [
      { name: "A", value: "a" },
      { name: "URL", value: "$(A):$(B)" },
      { name: "B", value: "b" },
    ]),
    /^store: .*container store uses \$\(B\) in URL, before which it has no such variable$/,
  ],
  [
    "references-exist",
    "a Secret that is not there",
    { secret: undefined },
    /^web: .*Secret web-env, which does not exist/,
  ],
  [
    "references-exist",
    "a key that is not there",
    changed("secret", "stringData", {}),
    /^web: .*names the key web\.KEY/,
  ],
  [
    "references-exist",
    "a ConfigMap that is not there",
    { eyesConfig: undefined },
    /^eyes: .*ConfigMap eyes/,
  ],
  [
    "references-exist",
    "a certificate that nobody makes",
    { certificate: undefined },
    /^ingress: .*shop-tls.*no issuer/,
  ],
  [
    "references-exist",
    "a role that is not there",
    { doorRole: undefined },
    /^doorBinding: .*ClusterRole door/,
  ],
  [
    "references-exist",
    "rights of nobody",
    { doorAccount: undefined },
    /^doorBinding: .*account door/,
  ],
  [
    "references-exist",
    "an autoscaler of nothing",
    {
      scaler: {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "scaler", namespace: "shop" },
        spec: { scaleTargetRef: { kind: "Deployment", name: "wob" }, maxReplicas: 3 },
      },
    },
    /^scaler: .*Deployment wob/,
  ],
  [
    "ports-agree",
    "a backend's port of another name",
    changed("webService", "spec/ports/0/name", "web"),
    /^ingress: .*leads to the port http of web/,
  ],
  [
    "ports-agree",
    "a container's port of another name",
    changed("store", `${container}/ports/0/name`, "store"),
    /^storeService: .*TCP redis, on which no container listens/,
  ],
  [
    "ports-agree",
    "a probe of a port that is not there",
    changed("web", `${container}/readinessProbe`, { httpGet: { port: "https" } }),
    /^web: .*probes the port https/,
  ],
  [
    "ports-agree",
    "a Service of nobody",
    changed("storeService", "spec/selector", { "app.kubernetes.io/name": "stare" }),
    /^storeService: .*selects no pods/,
  ],
  [
    "ports-agree",
    "a class that nobody serves",
    { class: undefined },
    /^ingress: its class|^ingress: .*class door/,
  ],
  [
    "ports-agree",
    "a webhook at a port that is not there",
    changed("hook", "webhooks/0/clientConfig/service/port", 8443),
    /^hook: .*port 8443/,
  ],
  [
    "ports-agree",
    "a webhook at a Service that is not there",
    changed("hook", "webhooks/0/clientConfig/service/name", "dor"),
    /^hook: .*doors\/dor/,
  ],
  [
    "budgets-feasible",
    "as many kept as there are",
    changed("storeBudget", "spec/minAvailable", 2),
    /^storeBudget: .*none of 2 pods/,
  ],
  [
    "budgets-feasible",
    "a share that comes to all",
    changed("storeBudget", "spec/minAvailable", "51%"),
    /^storeBudget: .*none of 2 pods/,
  ],
  [
    "budgets-feasible",
    "a budget of nobody",
    changed("storeBudget", "spec/selector", { matchLabels: { a: "b" } }),
    /^storeBudget: .*selects no pods/,
  ],
  [
    "enough-nodes",
    "more pods that must be apart than nodes",
    {
      store: controller(
        "Deployment",
        "shop",
        "store",
        { ...pod("store", { redis: 6379 }), affinity: apart },
        { replicas: 3 },
      ),
    },
    /^store: .*3 replicas have 2 nodes.*never all run/,
  ],
  [
    "enough-nodes",
    "an update that stops none and has no node for one more",
    {
      store: controller(
        "Deployment",
        "shop",
        "store",
        { ...pod("store", { redis: 6379 }), affinity: apart },
        {
          replicas: 2,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        },
      ),
    },
    /^store: .*an update never ends/,
  ],
  [
    "enough-nodes",
    "a sidecar's port of the node that two want",
    {
      store: controller(
        "Deployment",
        "shop",
        "store",
        {
          ...pod("store", { redis: 6379 }),
          initContainers: [
            {
              ...pod("early", {}, { ports: [{ containerPort: 7000, hostPort: 7000 }] })
                .containers[0],
              restartPolicy: "Always",
            },
          ],
        },
        { replicas: 3 },
      ),
    },
    /^store: .*by their node's port TCP 7000, 3 replicas have 2 nodes/,
  ],
  [
    "enough-nodes",
    "a node's port that two want",
    {
      store: controller(
        "Deployment",
        "shop",
        "store",
        pod("store", {}, { ports: [{ containerPort: 6379, hostPort: 6379 }] }),
        { replicas: 3 },
      ),
    },
    /^store: .*by their node's port TCP 6379, 3 replicas have 2 nodes/,
  ],
  [
    "requests-fit",
    "a pod larger than any node",
    changed("store", `${container}/resources`, { requests: { cpu: "100m", memory: "7Gi" } }),
    /^store: .*0 of 3 pods at once find room/,
  ],
  [
    "requests-fit",
    "pods that fit one by one only",
    changed("store", "spec/replicas", 11),
    /^store: .* of 14 pods at once find room/,
  ],
  [
    "requests-fit",
    "a DaemonSet that leaves no room",
    changed("keeper", `${container}/resources`, { requests: { cpu: "2900m", memory: "1Gi" } }),
    /pods at once find room/,
  ],
  [
    "requests-fit",
    "a DaemonSet that itself has none",
    changed("keeper", `${container}/resources`, { requests: { cpu: "4", memory: "1Gi" } }),
    /^keeper: .*has no room for one/,
  ],
  [
    "requests-fit",
    "a step before the start that is hungrier than the rest",
    changed(
      "store",
      "spec/template/spec/initContainers",
      pod("init", {}, { resources: { requests: { memory: "7Gi" } } }).containers,
    ),
    /^store: .*0 of 3/,
  ],
  [
    "requests-fit",
    "a node that is not there",
    changed("store", "spec/template/spec/nodeSelector", { "fleet/slot": "9" }),
    /^store: .*no node takes them/,
  ],
  [
    "calls-allowed",
    "an address whose callee lets nobody in",
    { storePolicy: policy("shop", "store", [], []) },
    /shop\/web -> shop\/store TCP 6379 is refused by the callee's ingress, and needed by web: argument --store redis:\/\/store:6379/,
  ],
  [
    "calls-allowed",
    "an address whose caller may not leave",
    { webPolicy: policy("shop", "web", [], []) },
    /shop\/web -> shop\/store TCP 6379 is refused by the caller's egress/,
  ],
  [
    "calls-allowed",
    "an address in a file alone",
    { ...changed("web", `${container}/args`, []), storePolicy: policy("shop", "store", [], []) },
    /needed by web: file web\.conf store\.shop\.svc\.cluster\.local:6379/,
  ],
  [
    "calls-allowed",
    "an address in a Secret's variable, whose login is not told",
    {
      ...changed("web", `${container}/args`, []),
      ...changed("secret", "stringData", { "web.KEY": "redis://user:hunter2@store:6379" }),
      storePolicy: policy("shop", "store", [], []),
    },
    /needed by web: variable KEY redis:\/\/store:6379/,
  ],
  [
    "calls-allowed",
    "a host without a port",
    {
      ...changed("web", `${container}/args`, ["--store-host", "store"]),
      ...changed("files", "data", {}),
      storePolicy: policy("shop", "store", [], []),
    },
    /shop\/web -> shop\/store TCP 6379 is refused .*needed by web: argument/,
  ],
  [
    "calls-allowed",
    "a host in one word with its flag",
    {
      ...changed("web", `${container}/args`, ["--store-host=store"]),
      ...changed("files", "data", {}),
      storePolicy: policy("shop", "store", [], []),
    },
    /shop\/web -> shop\/store TCP 6379 is refused .*needed by web: argument/,
  ],
  [
    "calls-allowed",
    "a host in a setting of a file",
    {
      ...changed("web", `${container}/args`, []),
      ...changed("files", "data", { "web.json": '{ "storeHost": "store", "user": "web" }' }),
      storePolicy: policy("shop", "store", [], []),
    },
    /needed by web: file web\.json store$/,
  ],
  [
    "calls-allowed",
    "an address with a port that the Service does not have",
    changed("web", `${container}/args`, ["--store", "redis://store:6380"]),
    /^web: .*the Service has no such port/,
  ],
  [
    "calls-allowed",
    "the whole name of a Service that is not there",
    changed("web", `${container}/args`, ["http://stare.shop.svc.cluster.local/a"]),
    /^web: .*stare\.shop\.svc\.cluster\.local: there is no such Service/,
  ],
  [
    "calls-allowed",
    "an Ingress whose controller is not let in",
    { webPolicy: policy("shop", "web", [], [{ to: [{ podSelector: {} }] }]) },
    /doors\/door -> shop\/web TCP 8080 .*needed by Ingress shop\/web/,
  ],
  [
    "calls-allowed",
    "a balancer behind which clients are not let in",
    {
      doorPolicy: policy(
        "doors",
        "door",
        [{ from: [{ ipBlock: { cidr: "192.168.0.0/16" } }] }],
        townPeers(),
      ),
    },
    /internet -> doors\/door TCP 8000 .*of type LoadBalancer/,
  ],
  [
    "calls-allowed",
    "a balancer that is not let in itself",
    {
      doorPolicy: policy(
        "doors",
        "door",
        [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["192.168.0.0/16"] } }] }],
        townPeers(),
      ),
    },
    /private network -> doors\/door TCP 8000/,
  ],
  [
    "calls-allowed",
    "a range of clients of which the policy lets in the beginning alone",
    {
      ...changed("doorService", "spec/loadBalancerSourceRanges", ["198.51.100.0/24"]),
      doorPolicy: policy("doors", "door", letIn("198.51.100.0/25"), townPeers()),
    },
    /198\.51\.100\.128 -> doors\/door TCP 8000 .*of type LoadBalancer/,
  ],
  [
    "calls-allowed",
    "a range of clients with a hole in what lets them in",
    {
      ...changed("doorService", "spec/loadBalancerSourceRanges", ["198.51.100.0/24"]),
      doorPolicy: policy("doors", "door", letIn("198.51.0.0/16", "198.51.100.7/32"), townPeers()),
    },
    /198\.51\.100\.7 -> doors\/door TCP 8000 .*of type LoadBalancer/,
  ],
  [
    "calls-allowed",
    "the second of two ranges of clients",
    {
      ...changed("doorService", "spec/loadBalancerSourceRanges", [
        "198.51.100.0/24",
        "198.51.101.0/24",
      ]),
      doorPolicy: policy("doors", "door", letIn("198.51.100.0/24"), townPeers()),
    },
    /198\.51\.101\.0 -> doors\/door TCP 8000 .*of type LoadBalancer/,
  ],
  [
    "calls-allowed",
    "a range of IPv6 of which the policy lets in a part alone",
    {
      ...changed("doorService", "spec/loadBalancerSourceRanges", ["2001:db8::/32"]),
      doorPolicy: policy("doors", "door", letIn("2001:db8::/33"), townPeers()),
    },
    /2001:db8:8000:0:0:0:0:0 -> doors\/door TCP 8000 .*of type LoadBalancer/,
  ],
  [
    "calls-allowed",
    "every client, where the policy lets in none of the internet",
    {
      ...changed("doorService", "spec/loadBalancerSourceRanges", ["0.0.0.0/0"]),
      doorPolicy: policy("doors", "door", letIn("192.168.0.0/16"), townPeers()),
    },
    /internet -> doors\/door TCP 8000 .*of type LoadBalancer/,
  ],
  [
    "calls-allowed",
    "an Ingress whose controller is told its class in a word of its own",
    {
      ...changed("door", `${container}/args`, ["--ingress-class", "door"]),
      webPolicy: policy("shop", "web", [], [{}]),
    },
    /doors\/door -> shop\/web TCP 8080 is refused by the callee's ingress/,
  ],
  [
    "calls-allowed",
    "a node port by way of another node",
    {
      ...changed("doorService", "spec/externalTrafficPolicy", "Cluster"),
      doorPolicy: policy(
        "doors",
        "door",
        [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["192.168.0.0/16"] } }] }],
        townPeers(),
      ),
    },
    /node -> doors\/door TCP 8000/,
  ],
  [
    "calls-allowed",
    "a port of the node that clients do not reach",
    { ...changed("store", `${container}/ports/0/hostPort`, 6379) },
    /internet -> shop\/store TCP 6379 .*of its node/,
  ],
  [
    "calls-allowed",
    "a program in the node's network that is let in as a pod",
    {
      ...changed("keeper", `${container}/args`, ["--store=redis://store.shop:6379"]),
      storePolicy: policy("shop", "store", [{ from: [{ namespaceSelector: {} }] }], []),
    },
    /doors\/keeper -> shop\/store TCP 6379 is refused by the callee's ingress/,
  ],
  [
    "calls-allowed",
    "a scraper that is not let in",
    { storePolicy: policy("shop", "store", [{ from: [{ podSelector: {} }] }], []) },
    /doors\/eyes -> shop\/store TCP 9100 .*metrics that Deployment shop\/store announces/,
  ],
  [
    "calls-allowed",
    "kubelets that are read and not let out to",
    changed("eyesPolicy", "spec/egress/2/to", [
      { ipBlock: { cidr: "0.0.0.0/0", except: ["192.168.0.0/16"] } },
    ]),
    /doors\/eyes -> node TCP 10250 is refused by the caller's egress, .*kubelets/,
  ],
  [
    "calls-allowed",
    "a webhook that the API server does not reach",
    {
      doorService: {
        ...townObjects()["doorService"],
        spec: {
          selector: { "app.kubernetes.io/name": "door" },
          ports: [{ port: 443, targetPort: "hook" }],
        },
      },
      doorPolicy: policy("doors", "door", [{ from: [{ podSelector: {} }] }], townPeers()),
    },
    /node -> doors\/door TCP 9443 .*ValidatingWebhookConfiguration door/,
  ],
  [
    "calls-allowed",
    "a controller that may not ask the API server",
    { doorPolicy: policy("doors", "door", [{}], [{ to: [{ namespaceSelector: {} }] }]) },
    /^door: .*may not reach it on 443 or 6443/,
  ],
  [
    "calls-allowed",
    "pods that may not look up names",
    {
      eyesPolicy: {
        ...policy("doors", "eyes", [], []),
        spec: { podSelector: {}, policyTypes: ["Egress"], egress: [] },
      },
    },
    /^eyes: .*may not look up names by UDP 53/,
  ],
  [
    "outside-allowed",
    "a host outside that is not let out to",
    changed("web", `${container}/args`, ["https://api.example.org"]),
    /^web: .*https:\/\/api\.example\.org: is not let out/,
  ],
  [
    "outside-allowed",
    "an address in numbers beside the range that is let out to",
    {
      ...changed("web", `${container}/args`, ["redis://10.21.0.7:6379"]),
      webPolicy: policy("shop", "web", [], [toRange]),
    },
    /^web: .*redis:\/\/10\.21\.0\.7:6379: is not let out/,
  ],
  [
    "outside-allowed",
    "a name on a port for which no range is let out to",
    {
      ...changed("web", `${container}/args`, ["https://api.example.org"]),
      webPolicy: policy("shop", "web", [], [toRange]),
    },
    /^web: .*https:\/\/api\.example\.org: is not let out/,
  ],
  [
    "policies-meet",
    "a policy of nobody",
    { stray: policy("shop", "gone", [], []) },
    /^stray: .*selects no pods/,
  ],
  [
    "policies-meet",
    "a caller that is not there",
    changed("storePolicy", "spec/ingress/0/from/0/podSelector", {
      matchLabels: { "app.kubernetes.io/name": "wob" },
    }),
    /^storePolicy: .*lets in pods that do not exist/,
  ],
  [
    "policies-meet",
    "a port on which nobody listens",
    changed("storePolicy", "spec/ingress/0/ports/0/port", 6378),
    /^storePolicy: .*lets in TCP 6378, on which nobody listens/,
  ],
  [
    "policies-meet",
    "a callee's port on which it does not listen",
    changed("webPolicy", "spec/egress/1/ports/0/port", 6378),
    /^webPolicy: .*lets out to TCP 6378/,
  ],
  [
    "metrics-found",
    "metrics announced where nobody listens",
    changed("store", "spec/template/metadata/annotations", { "fleet/metrics-port": "9101" }),
    /^store: .*port 9101, on which no container listens/,
  ],
  [
    "metrics-found",
    "metrics announced where a port of UDP is",
    changed("store", `${container}/ports/1/protocol`, "UDP"),
    /^store: .*port 9100, on which no container listens/,
  ],
  [
    "metrics-found",
    "kubelets that are read with rights in another group of APIs",
    changed("eyesRole", "rules/0/apiGroups", ["metrics.k8s.io"]),
    /^eyes: .*may not get nodes\/metrics/,
  ],
  [
    "metrics-found",
    "metrics in a namespace that is not read",
    {
      door: controller(
        "Deployment",
        "doors",
        "door",
        pod("door", { web: 8000, hook: 9443 }),
        {},
        { "fleet/metrics-port": "8000" },
      ),
    },
    /^door: .*nobody reads/,
  ],
  [
    "metrics-found",
    "kubelets that keep their metrics to themselves",
    changed("eyesRole", "rules/0/resources", ["nodes"]),
    /^eyes: .*reads the kubelets, and its account may not get nodes\/metrics/,
  ],
  [
    "metrics-found",
    "kubelets that are read with the rights of a namespace",
    changed("eyesBinding", "kind", "RoleBinding"),
    /^eyes: .*may not get nodes\/metrics/,
  ],
  [
    "metrics-found",
    "kubelets that are read with the rights of another account",
    changed("eyesBinding", "subjects/0/name", "ears"),
    /^eyes: .*may not get nodes\/metrics/,
  ],
  [
    "metrics-found",
    "a monitor of a port that the Service does not have",
    changed("watch", "spec/endpoints/0/port", "metrics"),
    /^watch: .*reads the port metrics of Service doors\/door/,
  ],
  [
    "metrics-found",
    "a monitor of nothing",
    changed("watch", "spec/selector", { matchLabels: { a: "b" } }),
    /^watch: .*selects no Services/,
  ],
];

/** Rules that let in a range and the balancers of a private network, from which some addresses may be left out. */
function letIn(cidr: string, ...except: readonly string[]): object[] {
  return [
    {
      from: [{ ipBlock: { cidr, except } }, { ipBlock: { cidr: "192.168.0.0/16" } }],
    },
  ];
}

function townPeers(): object[] {
  const { spec } = townObjects()["doorPolicy"] as { spec: { egress: object[] } };
  return spec.egress.slice(1);
}

describe("a planted fault", () => {
  test.each(faults)("is found by %s: %s", (name, _, changes, told) => {
    const lines = found(name, town(changes));
    expect(lines.join("\n")).toMatch(new RegExp(told.source, "m"));
    expect(lines.join("\n")).not.toContain("hunter2");
  });
});

describe("variables that a container takes all at once are no fault where", () => {
  const env = [{ name: "LEVEL", value: "warn" }];
  test.each<[string, Record<string, Loose>]>([
    ["each has one source", taking({}, "own")],
    ["the values of both are alike", taking({}, "common", "same")],
    [
      "one of the sources is in another namespace",
      {
        ...taking({}, "common", "own"),
        own: { ...data("ConfigMap", "own"), metadata: { name: "own", namespace: "doors" } },
      },
    ],
    [
      "the container says it itself, which everybody sees",
      {
        ...taking({}, "common", "own"),
        store: structuredClone(
          controller(
            "Deployment",
            "shop",
            "store",
            pod(
              "store",
              {},
              {
                env,
                envFrom: [{ configMapRef: { name: "common" } }, { configMapRef: { name: "own" } }],
              },
            ),
          ),
        ),
      },
    ],
  ])("%s", (_, changes) => {
    expect(found("one-source-each", town(changes))).toEqual([]);
  });
});

describe("pods that ask for much of one thing and little of the other", () => {
  const asking = (name: string, replicas: number, cpu: string, memory: string) => ({
    [name]: controller(
      "Deployment",
      "shop",
      name,
      pod(name, {}, { resources: { requests: { cpu, memory } } }),
      { replicas, strategy: { type: "Recreate" } },
    ),
  });
  const large = twoNodes.map((one) => ({
    ...one,
    allocatable: { cpu: "10", memory: "20Gi", pods: 100 },
  }));
  const told = (busy: number) =>
    found(
      "requests-fit",
      town({ ...asking("roomy", 2, "2", "4Gi"), ...asking("busy", busy, "9", "8Mi") }, large),
    );

  test("find room where another order than by memory alone finds it, and nowhere else", () => {
    expect(told(1)).toEqual([]);
    expect(told(2)).not.toEqual([]);
  });
});

describe("disks, of which a cloud attaches so many to a node and no more", () => {
  const attaching = (disks: number) => twoNodes.map((one) => ({ ...one, disks }));
  const claimed = (kind: "Deployment" | "CronJob"): Record<string, Loose> => {
    const spec = {
      ...pod("disked", {}, { resources: { requests: { cpu: "10m", memory: "16Mi" } } }),
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
    };
    const made = controller("Deployment", "shop", "disked", spec, { replicas: 3 });
    return kind === "Deployment"
      ? { disked: made }
      : {
          disked: {
            ...{ apiVersion: "batch/v1", kind, metadata: { name: "disked", namespace: "shop" } },
            spec: {
              schedule: "0 3 * * *",
              jobTemplate: {
                spec: { template: { ...(made["spec"] as { template: object }).template } },
              },
            },
          },
        };
  };
  const claim = (mode: string): Record<string, Loose> => ({
    data: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", namespace: "shop" },
      spec: { accessModes: [mode] },
    },
  });
  const told = (changes: Record<string, Loose>, disks: number) =>
    found("requests-fit", town(changes, attaching(disks)));
  const once = claim("ReadWriteOnce");

  test("are counted, each pod's", () => {
    expect(told({ ...claimed("Deployment"), ...once }, 2)).toEqual([]);
    expect(told({ ...claimed("Deployment"), ...once }, 1)).toEqual([
      expect.stringMatching(/^disked: .*2 of 4 pods at once find room.* 10m CPU, 1 disk and 16Mi/),
    ]);
  });

  test("are none where many may mount them, and take turns where pods come and go", () => {
    expect(told({ ...claimed("Deployment"), ...claim("ReadWriteMany") }, 0)).toEqual([]);
    expect(told({ ...claimed("CronJob"), ...once }, 0)).toEqual([]);
  });

  test("are nobody's business where the file does not say how many there are", () => {
    expect(found("requests-fit", town({ ...claimed("Deployment"), ...once }))).toEqual([]);
  });
});

describe("what pods fill of a node's own disk", () => {
  const asking = (resources: object): Record<string, Loose> => ({
    filling: controller("Deployment", "shop", "filling", pod("filling", {}, { resources }), {
      replicas: 3,
    }),
  });
  const requests = { cpu: "10m", memory: "16Mi", "ephemeral-storage": "10Gi" };
  const limits = { "ephemeral-storage": "10Gi" };
  const told = (resources: object, scratch?: string) =>
    found(
      "requests-fit",
      town(
        asking(resources),
        twoNodes.map((one) => ({ ...one, scratch })),
      ),
    );

  test.each([
    ["requested", { requests }],
    [
      "limited alone, which the API server requests",
      { requests: { cpu: "10m", memory: "16Mi" }, limits },
    ],
  ])("is counted where it is %s", (_, resources) => {
    expect(told(resources, "20Gi")).toEqual([]);
    expect(told(resources, "19Gi")).toEqual([
      expect.stringMatching(
        /^filling: .*2 of 4 pods at once find room.* 10m CPU, 10Gi of the node's own disk and 16Mi/,
      ),
    ]);
  });

  test("is nobody's business where the file does not say how much there is", () => {
    expect(told({ requests })).toEqual([]);
  });
});

test("every client of a range is let in by blocks that cover it together", () => {
  const blocks = ["198.51.100.0/25", "198.51.100.128/25"].flatMap((cidr) => letIn(cidr));
  const stack = town({
    ...changed("doorService", "spec/loadBalancerSourceRanges", ["198.51.100.0/24", "0.0.0.0/0"]),
    doorPolicy: policy("doors", "door", [...blocks, {}], townPeers()),
  });
  expect(found("calls-allowed", stack)).toEqual([]);
  const covered = town({
    ...changed("doorService", "spec/loadBalancerSourceRanges", ["198.51.100.0/24"]),
    doorPolicy: policy("doors", "door", blocks, townPeers()),
  });
  expect(found("calls-allowed", covered).join()).not.toContain("of type LoadBalancer");
});

test("requests that cannot be read are told as that, and no sum is made of them", () => {
  const stack = town(
    changed("store", `${container}/resources`, { requests: { cpu: "much", memory: "8Mi" } }),
  );
  expect(found("objects-readable", stack).join()).toContain("resources.requests.cpu is not what");
  expect(found("requests-fit", stack).join()).not.toContain("NaN");
});

test.each(["redis://redis.example.net:6379", "redis://10.20.0.7:6379"])(
  "%s may be in the range that is let out to",
  (url) => {
    const told = changed("web", `${container}/args`, [url]);
    const private_ = town({ ...told, webPolicy: policy("shop", "web", [], [toRange]) });
    expect(found("outside-allowed", private_)).toEqual([]);
    expect(found("outside-allowed", town(told))).not.toEqual([]);
  },
);

test("kubelets that are read by way of the API server are not called", () => {
  const relabelled =
    "scrape_configs:\n  - kubernetes_sd_configs:\n      - role: node\n    relabel_configs:\n      - target_label: __address__\n        replacement: kubernetes.default.svc:443\n";
  const stack = town({
    ...changed("eyesConfig", "data", { "prometheus.yml": relabelled }),
    ...changed("eyesRole", "rules/0/resources", ["nodes/proxy"]),
    ...changed("eyesPolicy", "spec/egress/2/ports", [{ port: 6443, protocol: "TCP" }]),
  });
  expect(found("calls-allowed", stack)).toEqual([]);
  expect(found("metrics-found", stack).join()).not.toContain("kubelets");
});

test("kubelets are read with the rights of one of two accounts of a binding", () => {
  const account = (name: string) => ({ kind: "ServiceAccount", name, namespace: "doors" });
  const subjects = [account("ears"), account("eyes")];
  expect(found("metrics-found", town(changed("eyesBinding", "subjects", subjects)))).toEqual([]);
});

test("a word that is no host and a Service's name all the same is no address", () => {
  const stack = town({
    ...changed("web", `${container}/args`, ["--user", "store", "--kind=store"]),
    ...changed("files", "data", { "web.json": '{ "user": "store" }' }),
    storePolicy: policy("shop", "store", [], []),
  });
  expect(found("calls-allowed", stack).join()).not.toContain("shop/web -> shop/store");
});

describe("what the update is still to tell is no pass and no fault", () => {
  const judged = (name: string, changes: Record<string, Loose>) => {
    const verdict = judgeStack(rule(name), town(changes), []);
    return { findings: verdict.findings.length, untold: verdict.untold.length > 0 };
  };
  test.each([
    [
      "references-exist",
      changed("web", "spec/template/spec/volumes/0/configMap/name", unknownText),
    ],
    ["references-exist", changed("secret", "stringData", unknownText)],
    [
      "one-source-each",
      taking(
        { own: { ...data("ConfigMap", "own"), data: { LEVEL: unknownText } } },
        "common",
        "own",
      ),
    ],
    ["ports-agree", changed("webService", "spec/ports", unknownText)],
    ["budgets-feasible", changed("store", "spec/replicas", unknownText)],
    ["requests-fit", changed("store", "spec/replicas", unknownText)],
    [
      "requests-fit",
      changed("store", `${container}/resources`, {
        requests: { cpu: unknownText, memory: "8Mi" },
      }),
    ],
    [
      "requests-fit",
      changed("store", `${container}/resources`, { limits: { memory: unknownText } }),
    ],
    [
      "requests-fit",
      changed("store", "spec/template/spec/resources", { requests: { memory: unknownText } }),
    ],
    ["calls-allowed", changed("doorService", "spec/loadBalancerSourceRanges", [unknownText])],
    ["calls-allowed", changed("web", `${container}/args`, ["--store", unknownText])],
    ["calls-allowed", changed("storePolicy", "spec/ingress", unknownText)],
    ["policies-meet", changed("store", "spec/template/spec", unknownText)],
    ["metrics-found", changed("store", "spec/template/metadata", unknownText)],
    ["objects-readable", changed("store", "spec/replicas", unknownText)],
  ])("%s", (name, changes) => {
    expect(judged(name, changes)).toEqual({ findings: 0, untold: true });
  });

  test.each(["requests-fit", "enough-nodes"])("%s without the stack's pools", (name) => {
    const stack = { ...town(), nodes: undefined };
    const { findings, untold } = judgeStack(rule(name), stack, []);
    expect(findings).toEqual([]);
    expect(untold.map(({ message }) => message)).toEqual([
      "fleet:cluster.pools has no node to look at: the stack's file is missing or not in order, or its pools are parked",
    ]);
  });
});

test.each(["requests-fit", "enough-nodes"])(
  "%s asks for no pools where there is no pod",
  (name) => {
    const stack = { ...town(), nodes: undefined, resources: [] };
    expect(judgeStack(rule(name), stack, [])).toMatchObject({ findings: [], untold: [] });
  },
);

test("nodes' taints keep pods away that do not tolerate them", () => {
  const [first, ...others] = twoNodes;
  const tainted = {
    ...(first ?? never()),
    taints: [{ key: "a", value: "", effect: "NoSchedule" }],
  };
  const nodes = [tainted, ...others] as typeof twoNodes;
  const spec = { ...pod("store", { redis: 6379 }), affinity: apart };
  const two = { store: controller("Deployment", "shop", "store", spec, { replicas: 2 }) };
  expect(found("enough-nodes", town(two, nodes)).join()).toContain(
    "2 replicas have 1 node to be on",
  );
  const tolerations = [{ key: "a", operator: "Exists" }];
  const tolerant = {
    store: controller("Deployment", "shop", "store", { ...spec, tolerations }, { replicas: 2 }),
  };
  expect(found("enough-nodes", town(tolerant, nodes)).join()).not.toContain("1 node ");
});

function never(): never {
  throw new Error("there are no nodes");
}

describe("a chart that was not rendered", () => {
  const type = "kubernetes:helm.sh/v4:Chart";
  const strays = { stray: policy("hall", "gone", [], []), other: policy("shop", "gone", [], []) };
  const judged = (properties: Record<string, unknown>, ...inside: readonly Resource[]) => {
    const stack = town(strays);
    const chart = resource(type, "chart", properties, { provider: undefined });
    const children = inside.map((one) => ({ ...one, parent: chart.urn }));
    const all = { ...stack, resources: [...stack.resources, chart, ...children] };
    return found("policies-meet", all).map((line) => line.split(":")[0]);
  };

  test("hides what stands in its namespace, and in no other", () => {
    expect(judged({ namespace: "hall" })).toEqual(["other"]);
    expect(judged({ namespace: unknownText })).toEqual([]);
  });

  test("hides the Services of its namespace from those who dial them, and no others", () => {
    const stack = town({
      hall: { apiVersion: "v1", kind: "Namespace", metadata: { name: "hall" } },
      ...changed("web", `${container}/args`, ["--to=gone.hall.svc:80", "--to=gone.shop.svc:80"]),
    });
    const chart = resource(type, "chart", { namespace: "hall" }, { provider: undefined });
    const all = { ...stack, resources: [...stack.resources, chart] };
    const strays = (one: typeof stack) =>
      found("calls-allowed", one).flatMap(
        (line) => /(\S+): there is no such/.exec(line)?.[1] ?? [],
      );
    expect(strays(stack)).toEqual(["gone.hall.svc:80", "gone.shop.svc:80"]);
    expect(strays(all)).toEqual(["gone.shop.svc:80"]);
  });

  test("hides nothing once it is rendered", () => {
    const child = resource("kubernetes:core/v1:ServiceAccount", "account", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "account", namespace: "hall" },
    });
    expect(judged({ namespace: "hall" }, child)).toEqual(["stray", "other"]);
  });
});
