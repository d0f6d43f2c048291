/**
 * Proves on the real nginx and the real Traefik who gets past the guard of a host for administrators: by the
 * address that the controller takes for the caller's, whatever the caller says, or by a name and a password.
 *
 * It proves nothing about F5's controller (nginx-host.ts says what stands in for it), nor about which address
 * a cloud's balancer leaves on a packet: docs/pushtech.md says how that is looked at live.
 */
import { afterEach, describe, expect, it } from "vitest";

import { apr1, htpasswdFault } from "../../components/base/htpasswd.ts";
import { SecretReference } from "../../components/base/secrets.ts";
import { guardName } from "../../components/platform/guards.ts";
import type { Guard } from "../../components/platform/guards.schema.ts";
import { NginxConfig, TraefikConfig } from "../../components/platform/ingress.schema.ts";
import { proxyHeader, spoofed } from "./edge-client.ts";
import { valuesOf } from "./edge-service.ts";
import { NginxHost } from "./nginx-host.ts";
import { TraefikHost } from "./traefik-host.ts";

const running: { clear(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.clear()));
});

const host = "sd.example.org";
const office = "198.51.100.0/24";
const inside = "198.51.100.9";
const outside = "203.0.113.5";

/** As libxcrypt hashes `difference engine`, with the least of rounds. */
const bcrypt = "$2y$04$abcdefghijklmnopqrstuu1JNk2QShdvC23sDvLNzDfgirNhtQKaK";
const people = `ada:${apr1("analytical engine", "pepper12")}\ncharles:${bcrypt}\n`;

interface Started {
  readonly send: NginxHost["send"];
  readonly arrived: NginxHost["arrived"];
}

async function start(
  kind: "nginx" | "traefik",
  guard: Guard,
  change: Readonly<Record<string, unknown>> = {},
  guarded = host,
  byTls = false,
): Promise<Started> {
  const guards = [{ host: guarded, guard, byTls }];
  const lists = { [guardName(host)]: people };
  const config = { exposure: { kind: "load-balancer" }, ...change };
  const made =
    kind === "nginx"
      ? await NginxHost.start(NginxConfig.parse({ kind, ...config }), guards, lists)
      : await TraefikHost.start(TraefikConfig.parse({ kind, ...config }), guards, lists);
  running.push(made);
  return made;
}

const networks = (...from: string[]): Guard => ({ kind: "networks", from });
const login: Guard = { kind: "login", users: new SecretReference("htpasswd", "people") };
const as = (name: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});

const proxied = {
  exposure: { kind: "load-balancer", proxyProtocol: { from: ["127.0.0.0/8"] } },
};

describe.each(["nginx", "traefik"] as const)("a host that %s opens to networks", (kind) => {
  it("is shut to everybody else, whatever a caller says of itself", async () => {
    const { send, arrived } = bound(await start(kind, networks(office, "192.0.2.0/24")));
    expect((await send()).status).toBe(403);
    expect((await send({ headers: spoofed })).status).toBe(403);
    const forwarded = { "X-Forwarded-For": inside, "X-Real-IP": inside, "True-Client-IP": inside };
    expect((await send({ headers: forwarded })).status).toBe(403);
    expect(arrived).toEqual([]);
  });

  it("is open to callers from there, of whatever family", async () => {
    const { send } = bound(await start(kind, networks("2001:db8::/48", "127.0.0.2/32")));
    expect((await send()).status).toBe(200);
  });

  it("goes by whom the balancer names, and nobody else", async () => {
    const { send } = bound(await start(kind, networks(office), proxied));
    expect((await send({ before: proxyHeader(inside) })).status).toBe(200);
    expect((await send({ before: proxyHeader(outside) })).status).toBe(403);
    const headers = { "X-Forwarded-For": inside };
    expect((await send({ headers, before: proxyHeader(outside) })).status).toBe(403);
  });

  it("is shut to who only claims to be the balancer", async () => {
    const exposure = { kind: "load-balancer", proxyProtocol: { from: ["192.168.255.0/24"] } };
    const { send, arrived } = bound(await start(kind, networks(office), { exposure }));
    expect((await send({ before: proxyHeader(inside) })).status).not.toBe(200);
    expect(arrived).toEqual([]);
  });

  it("goes by the last of those whom a trusted proxy names, which the caller cannot choose", async () => {
    const trustedProxies = ["127.0.0.0/8"];
    const { send } = bound(await start(kind, networks(office), { trustedProxies }));
    const through = async (chain: string) =>
      (await send({ headers: { "X-Forwarded-For": chain } })).status;
    expect(await through(`${outside}, ${inside}`)).toBe(200);
    expect(await through(`${inside}, ${outside}`)).toBe(403);
    expect((await send()).status).toBe(403);
  });
});

describe.each(["nginx", "traefik"] as const)("a host that %s opens to people", (kind) => {
  it("asks who is there, and takes the names and passwords of the list", async () => {
    const { send, arrived } = bound(await start(kind, login));
    const asked = await send();
    expect(asked.status).toBe(401);
    expect(asked.text).toMatch(/www-authenticate: basic realm="sd\.example\.org"/i);
    expect((await send({ headers: as("ada", "wrong") })).status).toBe(401);
    expect((await send({ headers: as("eve", "analytical engine") })).status).toBe(401);
    expect(arrived).toEqual([]);
    const headers = as("ada", "analytical engine");
    expect((await send({ headers })).status).toBe(200);
    // The program behind is shown the same ones: it may ask for them, too.
    expect(valuesOf(arrived[0], "authorization")).toEqual([headers.Authorization]);
    expect((await send({ headers: as("charles", "difference engine") })).status).toBe(200);
    expect(htpasswdFault(people)).toBeUndefined();
  });

  it("asks for no password, and takes none, before the caller has come by TLS", async () => {
    const { send, arrived } = bound(await start(kind, login, {}, host, true));
    for (const headers of [{}, as("ada", "analytical engine")]) {
      const sent = await send({ headers });
      expect([301, 308]).toContain(sent.status);
      expect(sent.text).toMatch(/^location: https:\/\/sd\.example\.org\/\r$/im);
      expect(sent.text).not.toMatch(/www-authenticate/i);
    }
    expect(arrived).toEqual([]);
  });
});

describe.each(["nginx", "traefik"] as const)("a host that %s serves by TLS alone", (kind) => {
  const tls: Guard = { kind: "tls" };

  it("sends whoever comes without it there, and the program behind hears nothing", async () => {
    const { send, arrived } = bound(await start(kind, tls));
    const sent = await send({ path: "/signin?service=sync", headers: spoofed });
    expect([301, 308]).toContain(sent.status);
    expect(sent.text).toMatch(/^location: https:\/\/sd\.example\.org\/signin\?service=sync\r$/im);
    // A form keeps its method and its fields: 301 would make a question of it.
    expect((await send({ path: "/v1/account", body: "{}" })).status).toBe(308);
    expect(arrived).toEqual([]);
  });
});

describe("a host that nginx serves by TLS alone", () => {
  it("is served by TLS: nobody is sent in a circle", async () => {
    const made = await NginxHost.start(
      NginxConfig.parse({ kind: "nginx", exposure: { kind: "load-balancer" } }),
      [{ host, guard: { kind: "tls" } }],
      {},
      "tls",
    );
    running.push(made);
    expect((await made.sendSecurely()).status).toBe(200);
    expect(valuesOf(made.arrived[0], "x-forwarded-proto")).toEqual(["https"]);
  });
});

describe("the authority's question at a guarded host of nginx", () => {
  const proof = "/.well-known/acme-challenge/token_-0";

  it.each<Guard>([networks(office), login, { kind: "tls" }])(
    "is let through, by its very path: %j",
    async (guard) => {
      const { send, arrived } = bound(await start("nginx", guard));
      expect((await send({ path: proof })).status).toBe(200);
      for (const path of [
        "/.well-known/acme-challenge/",
        "/.well-known/acme-challenge/../../kafidx",
        "/.well-known/acme-challenge/%2e%2e/%2e%2e/kafidx",
        `${proof}/kafidx`,
        `${proof}?next=/kafidx`,
        `/kafidx${proof}`,
        `//.well-known/acme-challenge/token`,
      ]) {
        expect([308, 401, 403], path).toContain((await send({ path })).status);
      }
      expect(arrived).toHaveLength(1);
    },
  );

  it("guards no host but the one that is named", async () => {
    const { send } = bound(await start("nginx", networks(office), {}, "other.example.org"));
    expect((await send()).status).toBe(200);
  });
});

const bound = (started: Started): Started => ({
  send: (request) => started.send(request),
  arrived: started.arrived,
});
