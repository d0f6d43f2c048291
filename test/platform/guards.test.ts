import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { SecretReference } from "../../components/base/secrets.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import {
  AdminHostsConfig,
  type GuardedHost,
  guardedHosts,
  tlsAlone,
} from "../../components/platform/guards.schema.ts";
import { guardName, nginxGuards, traefikGuards } from "../../components/platform/guards.ts";
import { guardAnnotations } from "../../components/platform/ingress.ts";
import { collect, type Collected, find } from "../harness.ts";
import { cluster, complaints, ingress } from "./fixtures.ts";

const hosts = ["kafidx.example.org", "offers.example.org"];
const networks = { kind: "networks", from: ["198.51.100.0/24"] } as const;
const people = new SecretReference("htpasswd", "people");

describe("hosts of administrators", () => {
  it.each([
    networks,
    { kind: "networks", from: ["10.0.0.0/8", "2001:db8::/48"] },
    { kind: "login", users: "people" },
    { kind: "closed" },
  ])("are for %j", (config) => {
    expect(complaints(AdminHostsConfig, config)).toEqual([]);
  });

  it.each([
    [undefined, "must say who may call the hosts of administrators: networks, login or closed"],
    [{ kind: "open" }, "networks, login or closed"],
    [{ kind: "networks", from: [] }, "from: must name at least one network"],
    [{ kind: "networks", from: ["0.0.0.0/0"] }, "from.0: must not be everybody"],
    [{ kind: "networks", from: ["10.0.0.0/8", "::/0"] }, "from.1: must not be everybody"],
    [{ kind: "networks", from: ["10.0.0.1"] }, "from.0: must be a network"],
    [{ kind: "networks", from: ["10.0.0.0/8", "10.0.0.0/8"] }, "must not name a network twice"],
    [{ kind: "login", users: "ada:$2y$05$" }, "users: must be the name of an entry"],
    [{ kind: "login" }, "users: "],
  ])("are never for %j", (config, says) => {
    expect(complaints(AdminHostsConfig, config).join("\n")).toContain(says);
  });

  it("are none where they are closed", () => {
    expect(guardedHosts({ kind: "closed" }, hosts)).toEqual([]);
    expect(guardedHosts(AdminHostsConfig.parse(networks), hosts)).toEqual(
      hosts.map((host) => ({ host, guard: networks })),
    );
  });
});

describe("a guard", () => {
  const guarded: GuardedHost[] = [
    { host: "kafidx.example.org", guard: networks },
    { host: "offers.example.org", guard: { kind: "login", users: people } },
  ];

  it("is a middleware of Traefik that the host's Ingress names, and no other's", () => {
    expect(traefikGuards(guarded, [])).toEqual({
      "guard-kafidx-example-org": { ipAllowList: { sourceRange: ["198.51.100.0/24"] } },
      "guard-offers-example-org": {
        basicAuth: {
          usersFile: "/etc/fleet-guards/guard-offers-example-org",
          realm: "offers.example.org",
        },
      },
    });
    expect(guardAnnotations({ host: "kafidx.example.org", guards: guarded })).toEqual({
      "traefik.ingress.kubernetes.io/router.middlewares": "guard-kafidx-example-org@file",
    });
    expect(guardAnnotations({ host: "www.example.org", guards: guarded })).toEqual({});
    expect(guardAnnotations({ host: "www.example.org" })).toEqual({});
  });

  it("of TLS alone sends everybody but the authority there", () => {
    const shop = tlsAlone(["shop.example.org"]);
    expect(traefikGuards(shop, [])).toEqual({
      "guard-shop-example-org": { redirectScheme: { scheme: "https", permanent: true } },
    });
    const { http, location } = nginxGuards(shop);
    expect(http.at(-1)).toContain('"shop.example.org http no" 1;');
    expect(location).toEqual([
      "if ($fleet_by_tls) { return 308 https://$server_name$request_uri; }",
    ]);
    expect(guardAnnotations({ host: "shop.example.org", guards: shop })).toEqual({
      "traefik.ingress.kubernetes.io/router.middlewares": "guard-shop-example-org@file",
    });
  });

  it("asks nobody for a password before he has come by TLS, where it is told so", () => {
    const shop = guarded.slice(1).map((one) => ({ ...one, byTls: true }));
    const name = guardName("offers.example.org");
    expect(traefikGuards(shop, [])).toEqual({
      [name]: { chain: { middlewares: [`${name}-tls`, `${name}-then`] } },
      [`${name}-tls`]: { redirectScheme: { scheme: "https", permanent: true } },
      [`${name}-then`]: traefikGuards(guarded.slice(1), [])[name],
    });
    const { http, location } = nginxGuards(shop);
    expect(http.at(-1)).toContain('"offers.example.org http no" 1;');
    // nginx redirects before it looks at who comes, wherever the lines stand.
    expect(location).toEqual([
      "if ($fleet_by_tls) { return 308 https://$server_name$request_uri; }",
      "auth_basic $fleet_realm;",
      "auth_basic_user_file $fleet_people;",
    ]);
  });

  it("asks a proxy whose word counts, and not the proxy's address", () => {
    expect(traefikGuards(guarded.slice(0, 1), ["192.0.2.0/24"])).toEqual({
      [guardName("kafidx.example.org")]: {
        ipAllowList: {
          sourceRange: ["198.51.100.0/24"],
          ipStrategy: { excludedIPs: ["192.0.2.0/24"] },
        },
      },
    });
  });

  it("says nothing where no host has one", () => {
    expect(nginxGuards([])).toEqual({ http: [], location: [] });
  });
});

describe("controllers", () => {
  const controllers = {
    traefik: { kind: "traefik", exposure: { kind: "host-ports", slot: 0 } },
    nginx: { kind: "nginx", exposure: { kind: "load-balancer" } },
  };
  const run = (guard: GuardedHost["guard"]): Promise<Collected> =>
    collect(() => {
      const provider = new k8s.Provider("cluster", { context: "demo" });
      const config = ingress({
        controllers,
        hosts: { "kafidx.example.org": "nginx" },
        tls: { kind: "secret", name: "wildcard" },
      });
      const guards = {
        hosts: hosts.map((host) => ({ host, guard })),
        users: () => pulumi.secret("ada:hash"),
      };
      const args = { config, cluster: cluster(), system: "demo", flows: [], guards };
      return new IngressControllers("ingress", args, { provider });
    });
  const text = (collected: Collected, map: string): string =>
    JSON.stringify(find(collected, "kubernetes:core/v1:ConfigMap", map).inputs["data"]);

  it("guard their own hosts only", async () => {
    const collected = await run(networks);
    const { middlewares } = (
      parse(
        (
          find(collected, "kubernetes:core/v1:ConfigMap", "traefik-dynamic").inputs["data"] as {
            "middlewares.yml": string;
          }
        )["middlewares.yml"],
      ) as { http: { middlewares: object } }
    ).http;
    expect(Object.keys(middlewares)).toEqual(["client-address", "guard-offers-example-org"]);
    expect(text(collected, "nginx-settings")).toContain("kafidx.example.org no no");
    expect(text(collected, "nginx-settings")).not.toContain("offers.example.org");
    expect(text(collected, "nginx-settings")).toContain("if ($fleet_refused_0) { return 403; }");
  });

  it("get the lists of people as files of a Secret, and nobody's hash anywhere else", async () => {
    const collected = await run({ kind: "login", users: people });
    const secrets = collected.resources.filter(({ name }) => name.endsWith("-guards"));
    expect(secrets.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:core/v1:Secret", "traefik-guards"],
      ["kubernetes:core/v1:Secret", "nginx-guards"],
    ]);
    const others = collected.resources.filter((resource) => !secrets.includes(resource));
    expect(JSON.stringify(others)).not.toContain("ada:hash");
    for (const name of ["traefik", "nginx"]) {
      const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", name);
      expect(JSON.stringify(inputs)).toContain('"mountPath":"/etc/fleet-guards"');
    }
  });

  it("are as they were where nothing is guarded", async () => {
    const collected = await run(networks);
    expect(JSON.stringify(collected.resources)).not.toContain("fleet-guards");
  });
});
