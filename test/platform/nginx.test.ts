import * as k8s from "@pulumi/kubernetes";
import { describe, expect, it } from "vitest";

import { controllerPeers } from "../../components/platform/controller-shape.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import { IngressConfig, NginxConfig } from "../../components/platform/ingress.schema.ts";
import { nginxSettings } from "../../components/platform/nginx-settings.ts";
import { seedCommand } from "../../components/platform/nginx-template.ts";
import { collect, find } from "../harness.ts";
import { cluster, complaints, ingress, ingressInput } from "./fixtures.ts";

const service = { kind: "service", service: "ingress/nginx" } as const;
const nginx = (change: Record<string, unknown> = {}) =>
  NginxConfig.parse({ kind: "nginx", exposure: { kind: "load-balancer" }, ...change });
const proxied = { kind: "load-balancer", proxyProtocol: {} };

describe("nginx' settings", () => {
  it("redirect nobody, and let bodies of any size through, with the times that are said", () => {
    const { "http-snippets": http, ...settings } = nginxSettings(nginx(), service);
    expect(settings).toMatchObject({
      "ssl-redirect": "False",
      "redirect-to-https": "False",
      // Words other than True and False are ignored by the free edition, with an event.
      "server-tokens": "False",
      // Without it gRPC is served as HTTP/1.1, with a line in the log and no event.
      http2: "True",
      "client-max-body-size": "0",
      // Of an answer, on the node's disk: nginx' own word is a gibibyte.
      "proxy-max-temp-file-size": "8388608",
      "proxy-read-timeout": "60s",
      "proxy-send-timeout": "60s",
      "worker-shutdown-timeout": "60s",
    });
    expect(http).toMatch(
      /^client_header_timeout 60s;\nclient_body_timeout 60s;\nclient_max_body_size 0;\nmap /,
    );
  });

  it("take the same words as Traefik's, in nginx' own units", () => {
    const config = nginx({ maximumBody: "2Mi", readTimeoutSeconds: 0, answerTimeoutSeconds: 300 });
    expect(nginxSettings(config, service)).toMatchObject({
      "client-max-body-size": "2097152",
      "proxy-read-timeout": "300s",
      // 0 is no time at all to nginx.
      "http-snippets": expect.stringMatching(
        /^client_header_timeout 1d;\nclient_body_timeout 1d;\n/,
      ) as unknown,
    });
  });

  it("let connections outlive a change of pods for as long as they may last, whatever may run on when a pod stops", () => {
    const ended = (change: Record<string, unknown>) =>
      nginxSettings(nginx(change), service)["worker-shutdown-timeout"];
    expect(ended({ readTimeoutSeconds: 3_800, answerTimeoutSeconds: 3_800 })).toBe("3800s");
    expect(ended({ readTimeoutSeconds: 600 })).toBe("600s");
    expect(ended({ drainSeconds: 300 })).toBe("300s");
    // Without end.
    expect(ended({ answerTimeoutSeconds: 0 })).toBe("1d");
  });

  it("believe nobody's headers and no PROXY protocol unless told whose", () => {
    const about = (settings: object) =>
      Object.fromEntries(Object.entries(settings).filter(([key]) => /real|proxy-pro/.test(key)));
    expect(about(nginxSettings(nginx(), service))).toEqual({});
    expect(about(nginxSettings(nginx({ exposure: proxied }), service))).toEqual({
      "proxy-protocol": "True",
      "real-ip-header": "proxy_protocol",
      "set-real-ip-from": "192.168.255.0/24",
    });
    const trusted = nginx({ trustedProxies: ["198.51.100.0/24"] });
    expect(about(nginxSettings(trusted, service))).toEqual({
      "real-ip-header": "X-Forwarded-For",
      "real-ip-recursive": "True",
      "set-real-ip-from": "198.51.100.0/24",
    });
  });

  it("tell the slot's address where there is no balancer", () => {
    const told = (endpoint: Parameters<typeof nginxSettings>[1]) =>
      nginxSettings(nginx(), endpoint)["external-status-address"];
    expect(told(service)).toBeUndefined();
    expect(told({ kind: "ip", ip: "203.0.113.7" })).toBe("203.0.113.7");
    expect(told({ kind: "hostname", hostname: "e.example.org" })).toBe("e.example.org");
  });
});

const beside = {
  controllers: {
    ...ingressInput.controllers,
    nginx: { kind: "nginx", exposure: proxied },
  },
  hosts: { "ip.example.org": "nginx" },
};

describe("nginx beside a Traefik", () => {
  const program = () =>
    collect(() => {
      const provider = new k8s.Provider("cluster", { context: "demo" });
      const args = { config: ingress(beside), cluster: cluster(), system: "demo", flows: [] };
      new IngressControllers("ingress", args, { provider });
    });

  it("has a class of its own, for F5's controller string", async () => {
    const type = "kubernetes:networking.k8s.io/v1:IngressClass";
    expect(find(await program(), type, "nginx-class").inputs).toMatchObject({
      metadata: { name: "nginx" },
      spec: { controller: "nginx.org/ingress-controller" },
    });
  });

  it("reads a ConfigMap whose name is new when its content is, and runs without kinds of its own", async () => {
    const collected = await program();
    const { inputs: settings } = find(collected, "kubernetes:core/v1:ConfigMap", "nginx-settings");
    expect((settings["metadata"] as Record<string, unknown>)["name"]).toBeUndefined();
    const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", "nginx");
    const spec = inputs["spec"] as { template: { spec: { containers: { args: string[] }[] } } };
    expect(spec.template.spec.containers[0]?.args).toEqual([
      "-ingress-class=nginx",
      "-nginx-configmaps=$(POD_NAMESPACE)/nginx-settings-auto",
      // Whatever the client says of its address is overwritten: test/judges/nginx.test.ts.
      "-ingress-template-path=/etc/nginx/fleet.ingress.tmpl",
      "-enable-custom-resources=false",
      "-enable-telemetry-reporting=false",
      "-report-ingress-status",
      "-external-service=nginx",
      "-leader-election-lock-name=nginx-leader",
      "-nginx-status=false",
      "-ready-status-port=8081",
      "-enable-prometheus-metrics",
      "-prometheus-metrics-listen-port=9113",
      "-log-format=json",
    ]);
  });

  it("runs as the image's user on a read-only root, with the one right that its programs carry", async () => {
    const { inputs } = find(await program(), "kubernetes:apps/v1:Deployment", "nginx");
    expect(inputs["spec"]).toMatchObject({
      replicas: 2,
      template: {
        spec: {
          securityContext: { runAsUser: 101, runAsNonRoot: true },
          initContainers: [{ command: seedCommand({ from: "/etc/nginx", to: "/seed" }) }],
          containers: [
            {
              image: "docker.io/nginx/nginx-ingress:5.5.4",
              ports: [
                { name: "web", containerPort: 80 },
                { name: "websecure", containerPort: 443 },
                { name: "ready", containerPort: 8081 },
                { name: "metrics", containerPort: 9113 },
              ],
              readinessProbe: { httpGet: { path: "/nginx-ready" } },
              securityContext: {
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
              },
              volumeMounts: [
                { name: "etc", mountPath: "/etc/nginx" },
                { name: "cache", mountPath: "/var/cache/nginx" },
                { name: "lib", mountPath: "/var/lib/nginx" },
                { name: "state", mountPath: "/var/lib/nginx/state" },
                { name: "log", mountPath: "/var/log/nginx" },
              ],
            },
          ],
        },
      },
    });
  });

  it("may not write Services, Secrets or anything but addresses outside its namespace", async () => {
    const type = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
    const { inputs } = find(await program(), type, "nginx-cluster-role");
    const rules = inputs["rules"] as { resources: string[]; verbs: string[] }[];
    const written = rules
      .filter(({ verbs }) => verbs.some((verb) => !["get", "list", "watch"].includes(verb)))
      .flatMap(({ resources }) => resources);
    expect(written).toEqual(["events", "ingresses/status"]);
  });

  it("is an end of flows by its own ports", () => {
    expect(controllerPeers(ingress(beside)).map(({ ports }) => ports)).toEqual([
      [8000, 8443],
      [80, 443],
    ]);
  });
});

describe("faults of an nginx", () => {
  it.each([
    [
      "no certificates: port 443 would stay shut",
      { ...ingressInput, ...beside, tls: { kind: "none" } },
      "tls.kind: must be cert-manager, certificate or secret: without a certificate nginx",
    ],
    [
      "two who tell the client's address",
      {
        ...ingressInput,
        controllers: {
          ...ingressInput.controllers,
          nginx: { kind: "nginx", exposure: proxied, trustedProxies: ["198.51.100.0/24"] },
        },
      },
      "controllers.nginx.trustedProxies: must be empty beside proxyProtocol",
    ],
  ])("are %s", (_, value, expected) => {
    expect(complaints(IngressConfig, value).join("\n")).toContain(expected);
  });
});
