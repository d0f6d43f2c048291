import * as k8s from "@pulumi/kubernetes";
import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { type Flow, tcp } from "../../components/base/flows.ts";
import { balancerAddress } from "../../components/platform/balancer.ts";
import {
  controllerPeers,
  controllerRequests,
  controllerSlots,
  recordTypeOf,
} from "../../components/platform/controller-shape.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import { TraefikConfig } from "../../components/platform/ingress.schema.ts";
import { traefikArguments, traefikFiles } from "../../components/platform/traefik-arguments.ts";
import { collect, find } from "../harness.ts";
import { cluster, clusterInput, ingress } from "./fixtures.ts";

const onSlot = (change: Record<string, unknown> = {}) =>
  TraefikConfig.parse({
    kind: "traefik",
    exposure: { kind: "host-ports", slot: 0 },
    ...change,
  });
const behindBalancer = (exposure: Record<string, unknown> = {}) =>
  TraefikConfig.parse({ kind: "traefik", exposure: { kind: "load-balancer", ...exposure } });
const ip = { kind: "ip", ip: "203.0.113.7" } as const;

describe("Traefik's arguments", () => {
  it("serve every host of one class on 80 and on 443, with no redirect", () => {
    const list = traefikArguments("traefik", onSlot(), ip);
    expect(list).toEqual([
      "--global.checkNewVersion=false",
      "--global.sendAnonymousUsage=false",
      "--log.level=INFO",
      "--log.format=json",
      "--entryPoints.web.address=:8000",
      "--entryPoints.web.asDefault=true",
      "--entryPoints.web.http.middlewares=client-address@file",
      "--entryPoints.web.http.aliasHeadersStrategy=delete",
      "--entryPoints.web.transport.respondingTimeouts.readTimeout=60s",
      "--entryPoints.web.transport.lifeCycle.requestAcceptGraceTimeout=5s",
      "--entryPoints.web.transport.lifeCycle.graceTimeOut=20s",
      "--entryPoints.websecure.address=:8443",
      "--entryPoints.websecure.asDefault=true",
      "--entryPoints.websecure.http.middlewares=client-address@file",
      "--entryPoints.websecure.http.aliasHeadersStrategy=delete",
      "--entryPoints.websecure.transport.respondingTimeouts.readTimeout=60s",
      "--entryPoints.websecure.transport.lifeCycle.requestAcceptGraceTimeout=5s",
      "--entryPoints.websecure.transport.lifeCycle.graceTimeOut=20s",
      "--entryPoints.websecure.http.tls=true",
      "--entryPoints.traefik.address=:8080",
      "--ping=true",
      "--ping.entryPoint=traefik",
      "--entryPoints.metrics.address=:9100",
      "--metrics.prometheus=true",
      "--metrics.prometheus.entryPoint=metrics",
      "--serversTransport.forwardingTimeouts.idleConnTimeout=25s",
      "--serversTransport.forwardingTimeouts.responseHeaderTimeout=60s",
      "--providers.file.directory=/etc/traefik/dynamic",
      "--providers.file.watch=false",
      "--providers.kubernetesingress=true",
      "--providers.kubernetesingress.ingressclass=traefik",
      "--providers.kubernetesingress.allowEmptyServices=true",
      "--providers.kubernetesingress.ingressendpoint.ip=203.0.113.7",
    ]);
  });

  it("believe nobody's headers and no PROXY protocol unless told whose", () => {
    const plain = traefikArguments("traefik", behindBalancer(), ip).join("\n");
    expect(plain).not.toContain("trustedIPs");
    expect(plain).not.toContain("insecure");
    const told = traefikArguments(
      "traefik",
      { ...behindBalancer({ proxyProtocol: {} }), trustedProxies: ["198.51.100.0/24"] },
      ip,
    );
    expect(told.filter((argument) => argument.includes("trustedIPs"))).toEqual([
      "--entryPoints.web.proxyProtocol.trustedIPs=192.168.255.0/24",
      "--entryPoints.web.forwardedHeaders.trustedIPs=198.51.100.0/24",
      "--entryPoints.websecure.proxyProtocol.trustedIPs=192.168.255.0/24",
      "--entryPoints.websecure.forwardedHeaders.trustedIPs=198.51.100.0/24",
    ]);
  });

  it("hold a request's body to the size that is said, and no body to any otherwise", () => {
    expect(traefikArguments("traefik", onSlot(), ip).join("\n")).not.toContain("maximum-body");
    const small = onSlot({ maximumBody: "2Mi" });
    const told = traefikArguments("traefik", small, ip).filter((one) =>
      one.includes("middlewares"),
    );
    expect(told).toEqual([
      "--entryPoints.web.http.middlewares=client-address@file,maximum-body@file",
      "--entryPoints.websecure.http.middlewares=client-address@file,maximum-body@file",
    ]);
    expect(parse(Object.values(traefikFiles(small))[0] ?? "")).toMatchObject({
      http: { middlewares: { "maximum-body": { buffering: { maxRequestBodyBytes: 2_097_152 } } } },
    });
  });

  it("let a stack take the limit off long requests", () => {
    const list = traefikArguments("traefik", onSlot({ readTimeoutSeconds: 0 }), ip);
    expect(list.filter((argument) => argument.endsWith("readTimeout=0s"))).toHaveLength(2);
  });

  it("publish the address by which the hosts are reached", () => {
    const last = (endpoint: Parameters<typeof traefikArguments>[2]) =>
      traefikArguments("traefik", onSlot(), endpoint).at(-1);
    const key = "--providers.kubernetesingress.ingressendpoint";
    expect(last({ kind: "hostname", hostname: "edge.example.org" })).toBe(
      `${key}.hostname=edge.example.org`,
    );
    expect(last({ kind: "service", service: "ingress/traefik" })).toBe(
      `${key}.publishedservice=ingress/traefik`,
    );
  });

  it("come with a file that drops what a client says of itself and Traefik does not write anew", () => {
    expect(Object.values(traefikFiles(onSlot())).map((text): unknown => parse(text))).toEqual([
      {
        http: {
          middlewares: {
            "client-address": {
              headers: {
                customRequestHeaders: {
                  "True-Client-IP": "",
                  Forwarded: "",
                  "X-Client-IP": "",
                  "X-Cluster-Client-IP": "",
                  "X-Original-Forwarded-For": "",
                },
              },
            },
          },
        },
      },
    ]);
  });
});

const flows: readonly Flow[] = [
  {
    from: { kind: "workload", name: "traefik", namespace: "ingress" },
    to: { kind: "workload", name: "echo", namespace: "demo" },
    ports: [tcp(9090)],
  },
];

const program = (change: Record<string, unknown> = {}, networkPolicy = true) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const controllers = new IngressControllers(
      "ingress",
      { config: ingress(change), cluster: cluster(), system: "demo", flows, networkPolicy },
      { parent },
    );
    return controllers.targets("sd.example.org");
  });

const balancer = {
  controllers: {
    traefik: {
      kind: "traefik",
      exposure: { kind: "load-balancer", linode: {}, proxyProtocol: {} },
    },
  },
};

describe("a controller on a slot's own ports", () => {
  it("makes exactly these objects, below its parent, with the explicit provider", async () => {
    const collected = await program();
    // The mocks' URNs name the direct parent only.
    const start = "urn:pulumi:test::fleet::";
    const controllers = "fleet:platform:IngressControllers";
    const namespace = "fleet:platform:Namespace";
    const traefik = "fleet:platform:Traefik";
    expect(collected.urns).toEqual(
      [
        "pulumi:providers:kubernetes::cluster",
        "demo:test:Parent::parent",
        `demo:test:Parent$${controllers}::ingress`,
        `${controllers}$${namespace}::ingress`,
        `${namespace}$kubernetes:core/v1:Namespace::ingress`,
        `${namespace}$kubernetes:networking.k8s.io/v1:NetworkPolicy::ingress-default-deny`,
        `${controllers}$${traefik}::traefik`,
        `${traefik}$kubernetes:networking.k8s.io/v1:IngressClass::traefik-class`,
        `${traefik}$kubernetes:networking.k8s.io/v1:NetworkPolicy::traefik-entry`,
        `${traefik}$kubernetes:apps/v1:Deployment::traefik`,
        `${traefik}$kubernetes:core/v1:ConfigMap::traefik-dynamic`,
        `${traefik}$kubernetes:core/v1:ServiceAccount::traefik-account`,
        `${traefik}$kubernetes:networking.k8s.io/v1:NetworkPolicy::traefik-policy`,
        `${traefik}$kubernetes:policy/v1:PodDisruptionBudget::traefik-budget`,
        `${traefik}$kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::traefik-cluster-role`,
        `${traefik}$kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding::traefik-cluster-role-binding`,
      ]
        .map((urn) => `${start}${urn}`)
        .sort(),
    );
    const objects = collected.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.filter(({ provider }) => !provider.includes("::cluster::"))).toEqual([]);
  });

  it("holds 80 and 443 of the slot's node and is stopped before its successor starts", async () => {
    const { inputs } = find(await program(), "kubernetes:apps/v1:Deployment", "traefik");
    expect(inputs["spec"]).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
      template: {
        spec: {
          nodeSelector: { "fleet/slot": "0" },
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds: 35,
          securityContext: { runAsNonRoot: true, runAsUser: 65_532 },
          containers: [
            {
              image: "docker.io/library/traefik:v3.7.15",
              ports: [
                { name: "web", containerPort: 8000, hostPort: 80 },
                { name: "websecure", containerPort: 8443, hostPort: 443 },
                { name: "ping", containerPort: 8080 },
                { name: "metrics", containerPort: 9100 },
              ],
              readinessProbe: { httpGet: { path: "/ping", port: "ping" } },
              securityContext: { readOnlyRootFilesystem: true },
            },
          ],
        },
      },
    });
  });

  it("runs in a namespace that allows host ports, and makes no Service", async () => {
    const collected = await program();
    expect(find(collected, "kubernetes:core/v1:Namespace", "ingress").inputs).toMatchObject({
      metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    });
    expect(collected.urns.filter((urn) => urn.includes(":Service:"))).toEqual([]);
  });

  it("leads its hosts' records to the slot's address", async () => {
    const { result } = await program();
    expect(result).toEqual([{ key: "slot-0", type: "A", content: "203.0.113.7" }]);
  });

  it("may read nodes: without that right it serves nothing at all", async () => {
    const type = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
    const { inputs } = find(await program(), type, "traefik-cluster-role");
    expect(inputs["rules"]).toEqual([
      {
        apiGroups: [""],
        resources: ["services", "secrets", "nodes"],
        verbs: ["get", "list", "watch"],
      },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      {
        apiGroups: ["networking.k8s.io"],
        resources: ["ingresses", "ingressclasses"],
        verbs: ["get", "list", "watch"],
      },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
    ]);
  });

  it("lets everybody in at the door, and out to the hosts' pods, the API and ACME helpers", async () => {
    const collected = await program();
    const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    expect(find(collected, type, "traefik-entry").inputs["spec"]).toMatchObject({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
      ingress: [{ ports: [{ port: 8000 }, { port: 8443 }] }],
      egress: [{ ports: [{ port: 8089 }] }],
    });
    const own = find(collected, type, "traefik-policy").inputs["spec"] as { egress: unknown[] };
    expect(own.egress).toContainEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "demo" } },
          podSelector: { matchLabels: { "app.kubernetes.io/name": "echo" } },
        },
      ],
      ports: [{ port: 9090, protocol: "TCP" }],
    });
    expect(own.egress).toContainEqual({
      ports: [
        { port: 443, protocol: "TCP" },
        { port: 6443, protocol: "TCP" },
      ],
    });
  });

  it("makes no policy in adopted clusters", async () => {
    const { urns } = await program({}, false);
    expect(urns.filter((urn) => urn.includes("NetworkPolicy"))).toEqual([]);
  });

  it("names the class after itself, for Traefik's own controller string", async () => {
    const type = "kubernetes:networking.k8s.io/v1:IngressClass";
    expect(find(await program(), type, "traefik-class").inputs).toMatchObject({
      metadata: { name: "traefik" },
      spec: { controller: "traefik.io/ingress-controller" },
    });
  });

  it("refuses a slot that no pool has", async () => {
    const elsewhere = {
      controllers: { traefik: { kind: "traefik", exposure: { kind: "host-ports", slot: 7 } } },
    };
    await expect(program(elsewhere)).rejects.toThrow(
      "ingress controller traefik: slot 7 has no address that stays",
    );
  });
});

describe("a controller behind a balancer", () => {
  const withoutTargets = () =>
    collect(() => {
      const provider = new k8s.Provider("cluster", { context: "demo" });
      const linode = new LinodeProvider("linode");
      const cloud = {
        kind: "linode",
        provider: linode,
        region: "ap-south",
        stack: "demo",
      } as const;
      new IngressControllers(
        "ingress",
        { config: ingress(balancer), cluster: cluster(), system: "demo", cloud, flows },
        { provider },
      );
    });

  it("has a Service that keeps the client's address, with both ends on PROXY protocol", async () => {
    const collected = await withoutTargets();
    const service = find(collected, "kubernetes:core/v1:Service", "traefik-balancer").inputs;
    expect(service).toMatchObject({
      metadata: {
        name: "traefik",
        annotations: {
          "service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol": "v2",
          "service.beta.kubernetes.io/linode-loadbalancer-throttle": "0",
        },
      },
      spec: {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        ports: [
          { port: 80, targetPort: "web" },
          { port: 443, targetPort: "websecure" },
        ],
      },
    });
    const pods = find(collected, "kubernetes:apps/v1:Deployment", "traefik").inputs;
    expect(JSON.stringify(pods)).toContain("proxyProtocol.trustedIPs=192.168.255.0/24");
    expect(JSON.stringify(pods)).toContain("publishedservice=ingress/traefik");
    expect(JSON.stringify(pods)).not.toContain("hostPort");
  });

  it("runs restricted, rolling, with one pod more than before while it rolls", async () => {
    const collected = await withoutTargets();
    expect(find(collected, "kubernetes:core/v1:Namespace", "ingress").inputs).toMatchObject({
      metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", "traefik");
    expect(inputs["spec"]).toMatchObject({
      replicas: 2,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    expect(controllerRequests(ingress(balancer))).toMatchObject([{ replicas: 3 }]);
  });

  it("leads its hosts' records to the address that the cloud gave", () => {
    const ports: [] = [];
    const status = {
      conditions: [],
      loadBalancer: { ingress: [{ ip: "203.0.113.9", hostname: "", ipMode: "VIP", ports }] },
    };
    expect(balancerAddress("traefik", status)).toBe("203.0.113.9");
  });

  it("tells when the cloud gave no address, instead of making a record without one", () => {
    expect(() => balancerAddress("traefik", undefined)).toThrow("kubectl describe service traefik");
  });
});

describe("what controllers ask of others", () => {
  it("is their slot, their room and their place in the flow table", () => {
    expect(controllerSlots(ingress(), ["ingress"])).toEqual([
      { path: ["ingress", "controllers", "traefik", "exposure", "slot"], slot: 0, publishes: true },
    ]);
    expect(controllerRequests(ingress())).toEqual([
      {
        workload: "traefik",
        replicas: 1,
        cpu: "100m",
        memory: "128Mi",
        placement: { slot: 0, tolerations: [] },
        hostPorts: [
          { port: 80, protocol: "TCP" },
          { port: 443, protocol: "TCP" },
        ],
      },
    ]);
    expect(controllerPeers(ingress())).toEqual([
      {
        name: "traefik",
        peer: { kind: "workload", name: "traefik", namespace: "ingress" },
        ports: [8000, 8443],
      },
    ]);
  });

  it("is known as a kind of record before anything runs", () => {
    const follows = cluster({
      edge: {
        slots: { "0": { address: { kind: "dns", name: "edge.example.org" } } },
        cpu: "2",
        memory: "4Gi",
      },
    });
    expect(recordTypeOf(ingress(), cluster(), "sd.example.org")).toBe("A");
    expect(recordTypeOf(ingress(), follows, "sd.example.org")).toBe("CNAME");
    expect(recordTypeOf(ingress(balancer), follows, "sd.example.org")).toBe("A");
    expect(
      recordTypeOf(ingress(), cluster({ edge: clusterInput.pools.general }), "sd.example.org"),
    ).toBeUndefined();
  });
});
