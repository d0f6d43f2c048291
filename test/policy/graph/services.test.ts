/** Services, and what leads to their pods: ports by name, headless ones, probes. */
import { describe, expect, test } from "vitest";

import { found, specced } from "./found.ts";
import { controller, type Loose, pod, policy, town, townObjects } from "./town.ts";

describe("a Service", () => {
  const service = (spec: object): Loose => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "both", namespace: "shop" },
    spec: { selector: { "app.kubernetes.io/part-of": "both" }, ...spec },
  });
  const member = (name: string, ports: Readonly<Record<string, number>>, more = {}): Loose => {
    const made = controller("StatefulSet", "shop", name, pod(name, ports), more);
    const { template } = made["spec"] as { template: { metadata: { labels: Loose } } };
    template.metadata.labels["app.kubernetes.io/part-of"] = "both";
    return made;
  };
  const shut = (name: string): Loose => policy("shop", name, [], []);
  const told = (url: string): Record<string, Loose> => ({
    web: controller("Deployment", "shop", "web", {
      serviceAccountName: "web",
      ...pod("web", { http: 8080 }, { args: [url] }),
    }),
    webPolicy: policy("shop", "web", [{}], [{}]),
  });

  test("leads to another number in each of its pods, where those call it alike", () => {
    const lines = found(
      "calls-allowed",
      town({
        ...told("http://both"),
        both: service({ ports: [{ port: 80, targetPort: "http" }] }),
        one: member("one", { http: 8081 }),
        two: member("two", { http: 8082 }),
        onePolicy: shut("one"),
        twoPolicy: shut("two"),
      }),
    );
    expect(lines).toContain("shop/web -> shop/one TCP 8081 is refused");
    expect(lines).toContain("shop/web -> shop/two TCP 8082 is refused");
    expect(lines).not.toMatch(/one TCP 8082|two TCP 8081/);
  });

  test("is missed by the one of its pods that does not have the port", () => {
    const lines = found(
      "ports-agree",
      town({
        both: service({ ports: [{ port: 80, targetPort: "http" }] }),
        one: member("one", { http: 8081 }),
        two: member("two", { https: 8082 }),
      }),
    );
    expect(lines).toBe(
      "Service shop/both: port 80 leads to TCP http, on which no container of StatefulSet shop/two listens",
    );
  });

  test("leads to a container that is started before the others and runs on", () => {
    const init = (restartPolicy?: string): Record<string, Loose> => {
      const store = structuredClone(townObjects()["store"] ?? {}) as {
        spec: { template: { spec: { containers: object[]; initContainers?: object[] } } };
      };
      const { spec } = store.spec.template;
      spec.initContainers = [{ ...pod("early", { redis: 6379 }).containers[0], restartPolicy }];
      spec.containers = pod("store", { metrics: 9100 }).containers;
      return { store };
    };
    expect(found("ports-agree", town(init("Always")))).toBe("");
    expect(found("ports-agree", town(init()))).toContain("TCP redis, on which no container");
  });

  test("without an address leads to the port that is dialled, and to its pods by their names", () => {
    const headless = (url: string, clusterIP?: string): string =>
      found(
        "calls-allowed",
        town({
          ...told(url),
          both: service({
            ...(clusterIP === undefined ? {} : { clusterIP }),
            ports: [{ port: 80, targetPort: "http" }],
          }),
          one: member("one", { http: 8081 }),
          onePolicy: shut("one"),
        }),
      );
    const refused = "shop/web -> shop/one TCP 8081 is refused";
    const nowhere = "the Service has no such port";
    expect(headless("http://both")).toContain(refused);
    expect(headless("http://both", "None")).toContain(nowhere);
    expect(headless("http://both:8081", "None")).toContain(refused);
    expect(headless("http://both:8081")).toContain(nowhere);
    expect(headless("http://one-0.both:8081", "None")).toContain(refused);
    expect(headless("http://one-0.both.shop.svc.cluster.local:8081", "None")).toContain(refused);
    expect(headless("http://one-0.both:8081")).not.toContain("shop/one TCP");
    expect(headless("http://one.both:8081", "None")).not.toContain("shop/one TCP");
  });

  test("by which members of a store find each other is called by them", () => {
    const members = (kind: "StatefulSet" | "Deployment", replicas: number): string =>
      found(
        "calls-allowed",
        town({
          both: service({ clusterIP: "None", ports: [{ port: 7000, targetPort: "gossip" }] }),
          one: {
            ...member("one", { gossip: 7000 }),
            ...controller(
              kind,
              "shop",
              "one",
              pod("one", { gossip: 7000 }, { args: ["--seeds=one:7000"] }),
              { replicas },
            ),
          },
          oneService: {
            ...townObjects()["storeService"],
            metadata: { name: "one", namespace: "shop" },
            spec: {
              clusterIP: "None",
              selector: { "app.kubernetes.io/name": "one" },
              ports: [{ port: 7000 }],
            },
          },
          onePolicy: shut("one"),
        }),
      );
    expect(members("StatefulSet", 3)).toContain("shop/one -> shop/one TCP 7000 is refused");
    expect(members("StatefulSet", 1)).not.toContain("shop/one -> shop/one");
    expect(members("Deployment", 3)).not.toContain("shop/one -> shop/one");
  });
});

describe("what leads to a Service's pods", () => {
  const http = (spec: object): Record<string, Loose> => specced("webService", spec);
  const ingress = (port: object, more: Record<string, Loose> = {}): Record<string, Loose> => ({
    ...more,
    ...specced("ingress", {
      rules: [
        {
          host: "shop.example",
          http: { paths: [{ path: "/", backend: { service: { name: "web", port } } }] },
        },
      ],
    }),
  });
  const shutWeb = { webPolicy: policy("shop", "web", [], [{}]) };
  const selector = { "app.kubernetes.io/name": "web" };

  test.each<[string, Record<string, Loose | undefined>, string]>([
    ["a port by its number", ingress({ number: 80 }), ""],
    ["another number", ingress({ number: 81 }), "leads to the port 81 of web"],
    ["another name", ingress({ name: "https" }), "leads to the port https of web"],
    [
      "a Service of that name in another namespace",
      {
        webService: {
          ...townObjects()["webService"],
          metadata: { name: "web", namespace: "doors" },
        },
      },
      "leads to the Service web, which does not exist",
    ],
    [
      "a class of another name",
      specced("ingress", { ingressClassName: "dor" }),
      "its class dor is none",
    ],
    ["no class", specced("ingress", { ingressClassName: undefined }), "its class  is none"],
    [
      "a container's port by its number",
      http({ selector, ports: [{ name: "http", port: 80, targetPort: 8080 }] }),
      "",
    ],
    ["a port of the same number", http({ selector, ports: [{ name: "http", port: 8080 }] }), ""],
    [
      "a number that nobody has",
      http({ selector, ports: [{ name: "http", port: 80, targetPort: 81 }] }),
      "leads to TCP 81",
    ],
    [
      "a port of another protocol",
      http({ selector, ports: [{ name: "http", port: 80, targetPort: "http", protocol: "UDP" }] }),
      "leads to UDP http, on which no container listens",
    ],
    [
      "no selector",
      http({ ports: [{ name: "http", port: 80 }], selector: undefined }),
      "Service shop/web: selects no pods",
    ],
  ])("is looked at by %s", (_, changes, told) => {
    const lines = found("ports-agree", town(changes));
    expect(told === "" ? lines : lines.includes(told)).toBe(told === "" ? "" : true);
  });

  test.each<[string, Record<string, Loose | undefined>, boolean]>([
    ["by its port's number", ingress({ number: 80 }, shutWeb), true],
    ["by its port's name", ingress({ name: "http" }, shutWeb), true],
    ["not by a port that it does not have", ingress({ number: 81 }, shutWeb), false],
    ["not where there is no such Service", { ...shutWeb, webService: undefined }, false],
  ])("is called by its Ingress's controller %s", (_, changes, isCalled) => {
    const lines = found("calls-allowed", town(changes));
    expect(lines.includes("doors/door -> shop/web TCP 8080 is refused")).toBe(isCalled);
  });

  test("are pods of its own namespace", () => {
    const stranger = controller("Deployment", "doors", "web", pod("web", { http: 8080 }));
    const lines = found("ports-agree", town({ web: undefined, stranger }));
    expect(lines).toContain("Service shop/web: selects no pods");
  });
});

/** What is said of ports where a container has these, and is probed so. */
const probed = (ports: Readonly<Record<string, number>>, container: Loose): string =>
  found(
    "ports-agree",
    town({
      eyes: controller("Deployment", "doors", "eyes", {
        serviceAccountName: "eyes",
        ...pod("eyes", ports, container),
      }),
    }),
  );

test("a probe names one of the ports of its container, by name or number", () => {
  const at = (port: number | string): string =>
    probed(
      { http: 9090, admin: 9091 },
      { readinessProbe: { httpGet: { port } }, startupProbe: { exec: { command: ["x"] } } },
    );
  expect([at("admin"), at(9090)]).toEqual(["", ""]);
  expect(at("metrics")).toContain("container eyes probes the port metrics");
  expect(at(9092)).toContain("container eyes probes the port 9092");
});

test("a probe asks by TCP, whatever else has a port of that number or name", () => {
  const at = (port: number | string): string =>
    probed(
      {},
      {
        ports: [{ name: "turn", containerPort: 3478, protocol: "UDP" }],
        readinessProbe: { tcpSocket: { port } },
      },
    );
  expect(at("turn")).toContain("container eyes probes the port turn");
  expect(at(3478)).toContain("container eyes probes the port 3478");
});

test("a probe by gRPC names a port of its container", () => {
  const at = (port: number): string =>
    probed({ http: 9090 }, { livenessProbe: { grpc: { port } } });
  expect(at(9090)).toBe("");
  expect(at(9091)).toContain("probes the port 9091");
});
