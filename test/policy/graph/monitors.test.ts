/** Who reads whose metrics, and whom the API server calls: what is looked for is there, in the namespaces that are meant. */
import { describe, expect, test } from "vitest";

import { type World, worldOf } from "../../../policy/graph/objects.ts";
import { scrapeFaults } from "../../../policy/graph/scrapes.ts";
import { readWebhooks, webhookFaults } from "../../../policy/graph/webhooks.ts";
import { shopObjects } from "./fixture.ts";
import { controller, type Loose, pod } from "./town.ts";

const worldWith = (...objects: readonly object[]): World =>
  worldOf([...Object.values(shopObjects()), ...objects]);

const monitor = (kind: "ServiceMonitor" | "PodMonitor", spec: object): object => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind,
  metadata: { name: "watch", namespace: "shop" },
  spec: { selector: {}, ...spec },
});
const store = { matchLabels: { "app.kubernetes.io/name": "store" } };
const inHall = { selector: store, namespaceSelector: { matchNames: ["hall"] } };

/** The store's Service with labels, by which a monitor finds it. */
const labelled: Loose = {
  ...(shopObjects()["storeService"] as Loose),
  metadata: { name: "labelled", namespace: "shop", labels: store.matchLabels },
};

describe("a monitor", () => {
  test.each<[string, object, string]>([
    [
      "of pods",
      monitor("PodMonitor", { selector: store, podMetricsEndpoints: [{ port: "redis" }] }),
      "",
    ],
    [
      "of pods by a port's number",
      monitor("PodMonitor", { selector: store, podMetricsEndpoints: [{ targetPort: 6379 }] }),
      "",
    ],
    [
      "of a port that the pods do not have",
      monitor("PodMonitor", { selector: store, podMetricsEndpoints: [{ port: "metrics" }] }),
      "reads the port metrics of Deployment shop/store, on which it does not listen",
    ],
    [
      "of a port of which one of two has none",
      monitor("PodMonitor", { podMetricsEndpoints: [{ port: "redis" }] }),
      "reads the port redis of Deployment shop/web, on which it does not listen",
    ],
    [
      "of pods that there are not",
      monitor("PodMonitor", { selector: { matchLabels: { a: "b" } } }),
      "selects no pods",
    ],
    ["of pods of another namespace", monitor("PodMonitor", inHall), "selects no pods"],
    [
      "of pods of any namespace",
      {
        ...monitor("PodMonitor", { selector: store, namespaceSelector: { any: true } }),
        metadata: { name: "watch", namespace: "hall" },
      },
      "",
    ],
    [
      "of pods of namespaces by their names",
      monitor("PodMonitor", {
        selector: store,
        namespaceSelector: { matchNames: ["hall", "shop"] },
      }),
      "",
    ],
    [
      "of a Service",
      monitor("ServiceMonitor", { selector: store, endpoints: [{ port: "redis" }] }),
      "",
    ],
    [
      "of a Service by its pods' port",
      monitor("ServiceMonitor", { selector: store, endpoints: [{ targetPort: "redis" }] }),
      "",
    ],
    [
      "of a Service by a port that its pods do not have",
      monitor("ServiceMonitor", { selector: store, endpoints: [{ targetPort: 8080 }] }),
      "reads the port 8080 of Service shop/labelled, which leads to no container",
    ],
    [
      "of a port that the Service does not have",
      monitor("ServiceMonitor", { selector: store, endpoints: [{ port: "metrics" }] }),
      "reads the port metrics of Service shop/labelled, which leads to no container",
    ],
    ["of Services of another namespace", monitor("ServiceMonitor", inHall), "selects no Services"],
    [
      "of Services that there are not",
      monitor("ServiceMonitor", { selector: { matchLabels: { a: "b" } } }),
      "selects no Services",
    ],
  ])("%s", (_, object, fault) => {
    const { kind } = object as { kind: string };
    expect(scrapeFaults(worldWith(labelled, object)).map(({ message }) => message)).toEqual(
      fault === "" ? [] : [`${kind} shop/watch: ${fault}`],
    );
  });

  test("of a Service whose port leads nowhere", () => {
    const spec = {
      selector: store.matchLabels,
      ports: [{ name: "redis", port: 6379, targetPort: 6380 }],
    };
    const found = scrapeFaults(
      worldWith(
        { ...labelled, spec },
        monitor("ServiceMonitor", { selector: store, endpoints: [{ port: "redis" }] }),
      ),
    );
    expect(found.map(({ message }) => message).join()).toContain("leads to no container");
  });
});

test.each<[string, object, readonly string[]]>([
  ["fleet's own word", { "fleet/metrics-port": "9100" }, []],
  ["Prometheus' words", { "prometheus.io/scrape": "true", "prometheus.io/port": "9100" }, []],
  ["a port alone, which nobody reads", { "prometheus.io/port": "9101" }, []],
  ["no", { "prometheus.io/scrape": "false", "prometheus.io/port": "9101" }, []],
  [
    "a port that is not there",
    { "prometheus.io/scrape": "true", "prometheus.io/port": "9101" },
    ["Deployment shop/told: announces metrics on port 9101, on which no container listens"],
  ],
  [
    "a port by its name, which Prometheus cannot dial",
    { "fleet/metrics-port": "metrics" },
    ["Deployment shop/told: announces metrics on port metrics, on which no container listens"],
  ],
])("metrics are announced by %s", (_, annotations, faults) => {
  const told = controller(
    "Deployment",
    "shop",
    "told",
    pod("told", { metrics: 9100 }),
    {},
    annotations,
  );
  expect(scrapeFaults(worldWith(told)).map(({ message }) => message)).toEqual(faults);
});

describe("metrics of a namespace", () => {
  const reader = (name: string, namespaces: string): readonly object[] => [
    controller("Deployment", "shop", name, {
      ...pod(name, {}, { volumeMounts: [{ name: "config", mountPath: "/etc/config" }] }),
      volumes: [{ name: "config", configMap: { name } }],
    }),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "shop" },
      data: {
        "a.yml": `scrape_configs:\n  - kubernetes_sd_configs:\n      - role: pod\n        namespaces: { names: [${namespaces}] }\n`,
      },
    },
  ];
  const announced = controller(
    "Deployment",
    "shop",
    "told",
    pod("told", { metrics: 9100 }),
    {},
    { "fleet/metrics-port": "9100" },
  );

  test.each([
    ["one of two readers", ["hall", "shop"], 0],
    ["one who reads all namespaces", ["hall", ""], 0],
    ["nobody", ["hall", "attic"], 1],
  ])("are read by %s", (_, readers, faults) => {
    const objects = readers.flatMap((namespaces, index) => reader(`eyes-${index}`, namespaces));
    expect(scrapeFaults(worldWith(announced, ...objects))).toHaveLength(faults);
  });
});

describe("the API server", () => {
  const hook = (kind: string, service?: object): object => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name: "hook" },
    webhooks: [
      { clientConfig: service === undefined ? { url: "https://a.example" } : { service } },
    ],
  });
  const definition = (service: object): object => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "hook" },
    spec: { conversion: { webhook: { clientConfig: { service } } } },
  });
  const added = (service: object | null): object => ({
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "hook" },
    spec: { service },
  });
  const web = { name: "web", namespace: "shop", port: 80 };
  const gone = { ...web, name: "gone" };

  test.each<[string, object, string]>([
    ["a webhook that asks", hook("ValidatingWebhookConfiguration", web), ""],
    ["a webhook that changes", hook("MutatingWebhookConfiguration", web), ""],
    [
      "no Service to change things",
      hook("MutatingWebhookConfiguration", gone),
      "calls the Service shop/gone, which does not exist",
    ],
    [
      "no Service to convert",
      definition(gone),
      "calls the Service shop/gone, which does not exist",
    ],
    ["a Service that converts", definition(web), ""],
    ["no Service for more APIs", added(gone), "calls the Service shop/gone, which does not exist"],
    ["itself for an API", added(null), ""],
    [
      "a port that is its own where none is said",
      added({ ...web, port: undefined }),
      "calls the port 443 of shop/web, which it does not have",
    ],
    ["a Service of somebody else's", added({ ...gone, namespace: "else" }), ""],
    ["what is outside", hook("ValidatingWebhookConfiguration"), ""],
  ])("calls %s", (_, object, fault) => {
    const { kind } = object as { kind: string };
    expect(webhookFaults(worldWith(object)).map(({ message }) => message)).toEqual(
      fault === "" ? [] : [`${kind} hook: ${fault}`],
    );
  });

  test("calls the Service of a name in the namespace that is said, whoever else has that name", () => {
    const hall = { apiVersion: "v1", kind: "Namespace", metadata: { name: "hall" } };
    const twin = {
      ...(shopObjects()["webService"] as Loose),
      metadata: { name: "web", namespace: "hall" },
      spec: { ports: [{ port: 8443 }] },
    };
    const told = (port: number): readonly string[] =>
      webhookFaults(worldWith(hall, twin, added({ name: "web", namespace: "hall", port }))).map(
        ({ message }) => message,
      );
    expect(told(8443)).toEqual([]);
    expect(told(80)).toEqual([
      "APIService hook: calls the port 80 of hall/web, which it does not have",
    ]);
  });

  test("is told of every Service that it calls", () => {
    const world = worldWith(hook("ValidatingWebhookConfiguration", web), definition(gone));
    expect(readWebhooks(world).map(({ service, port }) => [service.name, port])).toEqual([
      ["web", 80],
      ["gone", 80],
    ]);
  });
});
