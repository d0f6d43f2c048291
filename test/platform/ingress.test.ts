import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { SecretReference } from "../../components/base/secrets.ts";
import type { Guard, GuardedHost } from "../../components/platform/guards.schema.ts";
import {
  certificateFaults,
  classOf,
  IngressConfig,
  streamFaults,
  type TlsConfig,
} from "../../components/platform/ingress.schema.ts";
import {
  backendAnnotations,
  hostAnnotations,
  HttpHost,
  ingressSpec,
  streamAnnotations,
} from "../../components/platform/ingress.ts";
import { collect, find } from "../harness.ts";
import { complaints, ingress, ingressInput } from "./fixtures.ts";

const door = { kind: "traefik", exposure: { kind: "host-ports", slot: 0 } };

describe("the ingress section", () => {
  it("sends a host to another controller by one word", () => {
    const config = ingress({
      controllers: {
        ...ingressInput.controllers,
        inner: { kind: "traefik", exposure: { kind: "load-balancer" } },
      },
      hosts: { "ip.example.org": "inner" },
    });
    expect(classOf(config, "ip.example.org")).toBe("inner");
    expect(classOf(config, "sd.example.org")).toBe("traefik");
  });

  it.each([
    [
      "a default that is no controller",
      { default: "nginx" },
      "default: must be one of the controllers: traefik",
    ],
    [
      "a host on a controller that does not exist",
      { hosts: { "a.example.org": "nginx" } },
      "hosts.a.example.org: must be one of the controllers",
    ],
    ["no controller", { controllers: {} }, "controllers: must have at least one controller"],
    [
      "two controllers on one slot's ports",
      { controllers: { traefik: door, other: door } },
      "controllers.other.exposure.slot: slot 0 already gives its ports 80 and 443 to traefik",
    ],
    [
      "an image without tag",
      { controllers: { traefik: { ...door, image: "docker.io/library/traefik" } } },
      "controllers.traefik.image: must be an image with its tag",
    ],
    [
      "an address where a range is due",
      { controllers: { traefik: { ...door, trustedProxies: ["198.51.100.1"] } } },
      "must be an IPv4 range",
    ],
    ["a certificate from nowhere", { tls: { kind: "self-signed" } }, "tls.kind"],
    [
      "PROXY protocol where nobody speaks it",
      { controllers: { traefik: { ...door, exposure: { ...door.exposure, proxyProtocol: {} } } } },
      "proxyProtocol",
    ],
  ])("refuses %s", (_, change, expected) => {
    expect(complaints(IngressConfig, { ...ingressInput, ...change }).join("\n")).toContain(
      expected,
    );
  });
});

const args = (tls: TlsConfig) => ({
  host: "sd.example.org",
  system: "demo",
  namespace: "demo",
  serviceName: "service-discovery",
  servicePort: 9098,
  ingress: ingress({ tls }),
});
const certManager: TlsConfig = { kind: "cert-manager", clusterIssuer: "letsencrypt" };

describe("HttpHost", () => {
  it("makes one Ingress of a name that operators know, and awaits its address", async () => {
    const collected = await collect(() => {
      const provider = new k8s.Provider("cluster", { context: "demo" });
      const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
      new HttpHost("service-discovery", args(certManager), { parent });
    });
    // The mocks' URNs name the direct parent only.
    const start = "urn:pulumi:test::fleet::";
    expect(collected.urns.filter((urn) => urn.includes("service-discovery"))).toEqual([
      `${start}demo:test:Parent$kubernetes:networking.k8s.io/v1:Ingress::service-discovery-ingress`,
    ]);
    const type = "kubernetes:networking.k8s.io/v1:Ingress";
    const object = find(collected, type, "service-discovery-ingress");
    expect(object.provider).toContain("::cluster::");
    expect(object.inputs["metadata"]).toEqual({
      name: "service-discovery",
      namespace: "demo",
      labels: { "app.kubernetes.io/part-of": "demo" },
      // No skipAwait, and nothing that redirects or closes port 80.
      annotations: {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        // Proven through the host's own controller, whatever class the issuer names.
        "acme.cert-manager.io/http01-edit-in-place": "true",
        "pulumi.com/patchForce": "true",
      },
    });
  });

  it("leads the whole host to the Service", () => {
    expect(ingressSpec("service-discovery", args({ kind: "none" }))).toEqual({
      ingressClassName: "traefik",
      rules: [
        {
          host: "sd.example.org",
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "service-discovery", port: { number: 9098 } } },
              },
            ],
          },
        },
      ],
    });
  });

  it("takes its certificate from where the stack says, each from a Secret of its own", () => {
    const tls = (config: TlsConfig) => ingressSpec("sd", args(config)).tls;
    expect(tls(certManager)).toEqual([{ hosts: ["sd.example.org"], secretName: "sd-tls" }]);
    expect(tls({ kind: "secret", name: "wildcard" })).toEqual([
      { hosts: ["sd.example.org"], secretName: "wildcard" },
    ]);
    const imported = ingress({ tls: { kind: "certificate", hosts: ["*.example.org"] } });
    expect(ingressSpec("sd", { ...args({ kind: "none" }), ingress: imported }).tls).toEqual([
      { hosts: ["sd.example.org"], secretName: "tls" },
    ]);
    expect(tls({ kind: "none" })).toBeUndefined();
    expect(hostAnnotations(args({ kind: "secret", name: "wildcard" }))).toEqual({});
  });
});

describe("the authority's question for a host of an issuer that is there already", () => {
  const networks: Guard = { kind: "networks", from: ["198.51.100.0/24"] };
  const login: Guard = { kind: "login", users: new SecretReference("htpasswd", "people") };
  const inner = { kind: "nginx", exposure: { kind: "load-balancer" } };
  const answeredBy = (guards: readonly GuardedHost[], change: object = {}): string[] =>
    Object.entries(
      hostAnnotations({
        host: "sd.example.org",
        guards,
        ingress: ingress({ tls: certManager, ...change }),
      }),
    ).flatMap(([name, value]) =>
      name.startsWith("acme.") ? [`${name.slice("acme.cert-manager.io/".length)} ${value}`] : [],
    );
  const guarded = (guard: Guard, byTls = false): GuardedHost[] => [
    { host: "sd.example.org", guard, byTls },
  ];

  it.each([
    ["networks", guarded(networks)],
    ["a login", guarded(login)],
    ["a login by TLS alone", guarded(login, true)],
  ])("is answered beside a host that Traefik guards by %s, which would stop it", (_, guards) => {
    expect(answeredBy(guards)).toEqual(["http01-ingress-class traefik"]);
  });

  it.each([
    ["nobody guards", [], {}],
    ["another host's guard leaves alone", [{ host: "other.example.org", guard: login }], {}],
    // The authority follows the redirect, whatever certificate it meets there.
    ["is served by TLS alone", guarded({ kind: "tls" }), {}],
    [
      "nginx guards, whose settings let the very path of a proof through",
      guarded(login),
      {
        controllers: { ...ingressInput.controllers, inner },
        hosts: { "sd.example.org": "inner" },
      },
    ],
  ])("is answered within a host that %s", (_, guards, change) => {
    expect(answeredBy(guards, change)).toEqual(["http01-edit-in-place true"]);
  });
});

describe("a host whose pods speak gRPC", () => {
  const grpc = { serviceName: "api-grpc", protocol: "grpc", streamSeconds: 600 } as const;

  // Annotations of the one that does not serve it act on nothing, so that one word moves the host.
  it("tells both kinds of controller, the one by its Ingress, the other by its Service", () => {
    expect(streamAnnotations(grpc)).toEqual({
      "nginx.org/grpc-services": "api-grpc",
      "nginx.org/proxy-read-timeout": "600s",
      "nginx.org/proxy-send-timeout": "600s",
    });
    expect(backendAnnotations("grpc")).toEqual({
      "traefik.ingress.kubernetes.io/service.serversscheme": "h2c",
    });
  });

  it("leaves other hosts as they are", () => {
    expect(streamAnnotations({ serviceName: "web" })).toEqual({});
    expect(backendAnnotations("http")).toEqual({});
  });

  const streams = [
    { path: ["webServices"], host: "api.example.org", ...grpc },
    {
      path: ["webServices"],
      host: "dash.example.org",
      protocol: "http" as const,
      streamSeconds: 600,
    },
  ];
  const serving = (seconds: number, tls: object = certManager, controller: object = {}) =>
    ingress({
      controllers: {
        traefik: {
          ...ingressInput.controllers.traefik,
          readTimeoutSeconds: seconds,
          answerTimeoutSeconds: seconds,
          ...controller,
        },
      },
      tls,
    });

  it.each([0, 600, 700])("may stream where a request may take %i s", (seconds) => {
    expect(streamFaults(streams, serving(seconds))).toEqual([]);
  });

  it("is refused where its streams would be cut, or nobody could call it", () => {
    expect(streamFaults(streams, serving(60, { kind: "none" }))).toEqual([
      {
        path: ["webServices"],
        message: "host api.example.org speaks gRPC, which needs TLS: say fleet:ingress.tls",
      },
      {
        path: ["ingress", "controllers", "traefik", "readTimeoutSeconds"],
        message: "must be at least 600, or 0 for no end: api.example.org has streams of so long",
      },
      {
        path: ["ingress", "controllers", "traefik", "answerTimeoutSeconds"],
        message: "must be at least 600, or 0 for no end: api.example.org has streams of so long",
      },
    ]);
  });

  it("may stream through an nginx whose plain answers take less: the host has a time of its own", () => {
    const nginx = { kind: "nginx", exposure: { kind: "load-balancer" }, answerTimeoutSeconds: 60 };
    expect(streamFaults(streams, serving(600, certManager, nginx))).toEqual([]);
    expect(
      streamFaults(streams, serving(60, certManager, nginx)).map(({ path }) => path.at(-1)),
    ).toEqual(["readTimeoutSeconds"]);
  });
});

describe("an imported certificate", () => {
  const tls = { kind: "certificate", hosts: ["*.spacemesh.io", "other.example.org"] };

  it("is an entry of the secrets, for the names that the file says", () => {
    const parsed = ingress({ tls }).tls;
    expect(parsed).toEqual({
      kind: "certificate",
      name: "tls",
      hosts: tls.hosts,
      secret: new SecretReference("tls-pair", "tls", tls.hosts),
    });
  });

  it("must be for every host of the stack", () => {
    const hosts = ["api-mini.spacemesh.io", "spacemesh.io", "other.example.org"].map((host) => ({
      path: ["hosts", host],
      host,
    }));
    const [fault, ...others] = certificateFaults(hosts, ingress({ tls }));
    expect(others).toEqual([]);
    expect(fault?.path).toEqual(["hosts", "spacemesh.io"]);
    expect(fault?.message).toContain("(*.spacemesh.io, other.example.org)");
    expect(certificateFaults(hosts, ingress())).toEqual([]);
  });

  it.each([
    ["no names", [], "must list what the certificate is for"],
    ["a star in the middle", ["api.*.spacemesh.io"], "must be a host or a wildcard"],
    ["an address", ["https://spacemesh.io"], "must be a host or a wildcard"],
  ])("is refused with %s", (_, hosts, expected) => {
    expect(
      complaints(IngressConfig, { ...ingressInput, tls: { ...tls, hosts } }).join("\n"),
    ).toContain(expected);
  });
});
