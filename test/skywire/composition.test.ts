/** The whole of a Skywire stack, from the committed files, under mocks. */
import { beforeAll, describe, expect, it } from "vitest";

import { SecretStore } from "../../components/base/secret-store.ts";
import { generateSecret, SecretReference } from "../../components/base/secrets.ts";
import { publishedIdentities } from "../../components/skywire/identities.ts";
import type { StackContext } from "../../stacks/context.ts";
import { Digests } from "../../stacks/digests.ts";
import type { Endpoint } from "../../stacks/outputs.ts";
import { skywire } from "../../stacks/skywire/index.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { SkywireStores } from "../../stacks/skywire/stores.schema.ts";
import { exchanged } from "../exchanged.ts";
import { type Collected, collect } from "../harness.ts";
import { behind, dialledBy, mayCall, mayLeave, podsOf } from "./reachability.ts";
import { sections } from "./stack-file.ts";

const readStack = (stack: "prod" | "test"): SkywireStack => SkywireStack.parse(sections(stack));

/** Throw-away values for every reference of a config. */
function throwAwayValues(config: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const walk = (value: unknown): void => {
    if (value instanceof SecretReference) {
      const { name, kind } = value as SecretReference;
      values.set(name, values.get(name) ?? generateSecret(kind));
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(walk);
    }
  };
  walk(config);
  return values;
}

const throwAway = (config: unknown): SecretStore => new SecretStore(throwAwayValues(config));

const contextOf = (config: SkywireStack, sandbox: boolean): StackContext => ({
  stack: "test",
  sandbox,
  secrets: throwAway(config),
  digests: new Digests(),
});

/** Provider functions that the stacks call. */
const calls = {
  "linode:index/getDomain:getDomain": () => ({ id: "1234" }),
  "docker:index/getRegistryImage:getRegistryImage": () => ({
    sha256Digest: `sha256:${"e".repeat(64)}`,
  }),
};

interface Outputs {
  readonly endpoints: readonly Endpoint[];
  readonly publicKeys: Readonly<Record<string, string>>;
}

const outputsOf = (collected: Collected): Outputs => collected.result as Outputs;

describe.each(["test", "prod"] as const)("%s", (stack) => {
  let collected: Collected;
  beforeAll(async () => {
    const config = readStack(stack);
    collected = await collect(() => skywire(config, contextOf(config, true)), calls);
  });

  it("gives every resource a provider of the stack, never a default one", () => {
    const without = collected.resources.filter(
      ({ custom, provider, type }) =>
        custom && !type.startsWith("pulumi:providers:") && provider === "",
    );
    expect(without.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
  });

  it("names no resource twice", () => {
    const names = collected.resources.map(({ type, name }) => `${type} ${name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("lets every pod dial every address it is told, on both ends", () => {
    const checked: string[] = [];
    // They tell their own address, and dial it as little as a dmsg-server does.
    const own: Readonly<Record<string, string>> = {
      grafana: stack === "test" ? "grafana.skywire.dev" : "grafana.skycoin.com",
      kibana: "kibana.skycoin.com",
      prometheus: "prometheus.skycoin.com",
    };
    // No policy acts on what stands in its node's network.
    for (const pods of podsOf(collected).filter(({ name }) => name !== "node-keeper")) {
      const dialled = dialledBy(pods).filter(
        // No policy stands between the containers of a pod.
        ({ host }) => host !== own[pods.name] && host !== "localhost",
      );
      for (const { host: told, port } of dialled) {
        // A name without a dot is a Service of the pod's own namespace.
        const host = told.includes(".") ? told : `${told}.${pods.namespace}.svc`;
        const what = `${pods.name} → ${host}:${port}`;
        checked.push(what);
        if (host.endsWith(".svc")) {
          const targets = behind(collected, host, port);
          expect(targets, `${what}: nothing is behind it`).not.toEqual([]);
          for (const [target, targetPort] of targets) {
            expect(mayCall(collected, pods, target, targetPort), what).toBe(true);
          }
        } else {
          expect(mayLeave(collected, pods, port), what).toBe(true);
        }
      }
    }
    // The uptime-tracker's and visualizer's, to be sure that something was read at all.
    expect(checked).toContain("uptime-tracker → dmsg-discovery.skywire.svc:9090");
    expect(checked).toContain("node-visualizer → uptime-tracker-private.skywire.svc:9086");
    expect(checked).toContain("route-finder → postgres.skywire.svc:5432");
    expect(checked).toContain("grafana → prometheus.metrics.svc:9090");
    if (stack === "prod") {
      expect(checked).toEqual(
        expect.arrayContaining([
          "grafana → alertmanager.metrics.svc:9093",
          "grafana → elasticsearch.logs.svc:9200",
          "elasticsearch-exporter → elasticsearch.logs.svc:9200",
          "grafana → pyroscope.profiles.svc:4040",
          "kibana → elasticsearch.logs.svc:9200",
          "filebeat → elasticsearch.logs.svc:9200",
          "elk-set-up → elasticsearch.logs.svc:9200",
          "elk-set-up → kibana.logs.svc:5601",
          "profile-scraper → pyroscope.profiles.svc:4040",
        ]),
      );
    }
  });

  it("gives the route-finder the transport-discovery's database (point 11)", () => {
    const databaseOf = (name: string): string | undefined =>
      podsOf(collected)
        .find((pods) => pods.name === name)
        ?.containers.flatMap(({ env }) => env ?? [])
        .find((variable) => variable.name === "PG_DATABASE")?.value;
    expect(databaseOf("route-finder")).toBe(databaseOf("transport-discovery"));
    expect(databaseOf("route-finder")).toBeDefined();
  });

  it("whitelists its own monitor on the three services that ask (point 16)", () => {
    const monitor = outputsOf(collected).publicKeys["network-monitor"] ?? "";
    for (const name of ["dmsg-discovery", "address-resolver", "service-discovery"]) {
      const args = podsOf(collected)
        .find((pods) => pods.name === name)
        ?.containers.flatMap((container) => container.args ?? []);
      expect(args?.[args.indexOf("--whitelist-keys") + 1], name).toBe(monitor);
    }
  });

  it("never names a host of the other deployment (points 9, 28)", () => {
    const foreign = stack === "test" ? /skycoin\.com/ : /skywire\.dev/;
    const texts = podsOf(collected).flatMap((pods) =>
      dialledBy(pods).map(({ host }) => `${pods.name} ${host}`),
    );
    expect(texts.filter((text) => foreign.test(text))).toEqual([]);
  });

  it("carries each key in one pod's Secrets alone (point 2)", () => {
    const files = podsOf(collected).map(({ name, files: texts }) => ({ name, text: texts.join() }));
    const keys = /"(?:sk|secret_key)": "[0-9a-f]{64}"/g;
    const secrets = [...new Set(files.flatMap(({ text }) => text.match(keys) ?? []))];
    for (const secret of secrets) {
      expect(files.filter(({ text }) => text.includes(secret))).toHaveLength(1);
    }
    expect(secrets.length).toBeGreaterThanOrEqual(3);
  });

  it("tells where everything is dialled", () => {
    const { endpoints } = outputsOf(collected);
    const kinds = (kind: Endpoint["kind"]) => endpoints.filter((one) => one.kind === kind);
    const names = kinds("http").map(({ name }) => name);
    expect(names.slice(8)).toEqual(stack === "test" ? [] : ["geoip", "auth", "whitelist"]);
    // Pages send whoever comes by HTTP on to TLS.
    const pages = stack === "test" ? ["grafana"] : ["grafana", "prometheus", "kibana"];
    expect(kinds("https").map(({ name }) => name)).toEqual([...names, ...pages]);
    expect(kinds("stun")).toHaveLength(8);
    expect(kinds("udp").map(({ url }) => url)).toEqual([
      stack === "test" ? "udp://ar.skywire.dev:30178" : "udp://ar.skywire.skycoin.com:30178",
    ]);
    expect(kinds("tcp")).toHaveLength(stack === "test" ? 1 : 6);
    // Every dmsg-server by its key, six services that serve their HTTP there, and what visors ask for routes.
    expect(kinds("dmsg").map(({ name }) => name)).toEqual([
      ...kinds("tcp").map(({ name }) => name),
      ...["address-resolver", "dmsg-discovery", "route-finder", "service-discovery"],
      ...["transport-discovery", "uptime-tracker", "setup-node"],
    ]);
    expect(endpoints).toContainEqual({
      ...{ name: "setup-node", kind: "dmsg" },
      url: `dmsg://${outputsOf(collected).publicKeys["setup-node"] ?? ""}:36`,
    });
  });
});

describe("identities", () => {
  it("that differ from the published ones stop a live run before any resource", async () => {
    const config = readStack("test");
    const collected = collect(() => skywire(config, contextOf(config, false)), calls);
    await expect(collected).rejects.toThrow(
      new RegExp(`setup-node: published ${publishedIdentities.test["setup-node"] ?? "?"}`),
    );
  });

  it("of setup-nodes are those of the first, whatever the file calls it", async () => {
    const file = readStack("test");
    const [node] = Object.values(file.services["setup-nodes"]);
    if (node === undefined) {
      throw new Error("test has no setup-node");
    }
    const services = { ...file.services, "setup-nodes": { joiner: node } };
    const config = { ...file, services };
    const collected = collect(() => skywire(config, contextOf(config, false)), calls);
    await expect(collected).rejects.toThrow(
      new RegExp(`setup-node: published ${publishedIdentities.test["setup-node"] ?? "?"}`),
    );
  });

  it("of a deployment of its own are compared with nothing", async () => {
    const config = { ...readStack("test"), identities: "own" as const };
    const collected = await collect(() => skywire(config, contextOf(config, false)), calls);
    expect(collected.resources.length).toBeGreaterThan(50);
  });
});

describe("stores that are run by somebody else", () => {
  it("are dialled where they are, and nothing is made for them", async () => {
    const file = readStack("test");
    const config: SkywireStack = {
      ...file,
      stores: SkywireStores.parse({
        postgres: {
          kind: "external",
          host: "db.example.org",
          port: 5433,
          databases: Object.fromEntries(
            ["tpd", "sd", "ut"].map((name) => [
              name,
              { user: `fleet_${name}`, database: `skywire_${name}`, password: `postgres-${name}` },
            ]),
          ),
        },
        redis: {
          "uptime-tracker": {
            kind: "external",
            host: "redis.example.org",
            addresses: ["192.168.128.0/17"],
            password: "redis-uptime-tracker",
          },
        },
      }),
    };
    const collected = await collect(() => skywire(config, contextOf(config, true)), calls);
    const tracker = podsOf(collected).find(({ name }) => name === "uptime-tracker");
    const addresses = tracker === undefined ? [] : dialledBy(tracker);
    expect(addresses.map(({ host, port }) => `${host}:${port}`)).toEqual([
      "redis.example.org:6379",
      "dmsg-discovery.skywire.svc:9090",
      "db.example.org:5433",
    ]);
    const [redis, , postgres] = addresses;
    expect(postgres && mayLeave(collected, postgres.from, postgres.port)).toBe(true);
    // One is in the private network that it names, which is all that is opened for it.
    expect(redis && mayLeave(collected, redis.from, redis.port)).toBe(false);
    expect(redis && mayLeave(collected, redis.from, redis.port, "192.168.128.0/17")).toBe(true);
    const variables = tracker?.containers.flatMap(({ env }) => env ?? []);
    expect(variables).toContainEqual({ name: "PG_USER", value: "fleet_ut" });
    expect(variables).toContainEqual({ name: "PG_DATABASE", value: "skywire_ut" });
    const stores = podsOf(collected).map(({ name }) => name);
    expect(stores).not.toContain("postgres");
    expect(stores).not.toContain("redis-uptime-tracker");
    expect(stores).toContain("redis-dmsg-discovery");
  });
});

describe("a changed entry", () => {
  const config = readStack("test");
  const values = throwAwayValues(config);
  const render = (change: Readonly<Record<string, string>> = {}) => {
    const secrets = new SecretStore(new Map([...values, ...Object.entries(change)]));
    return collect(() => skywire(config, { ...contextOf(config, true), secrets }), calls);
  };
  let before: Collected;

  beforeAll(async () => {
    before = await render();
  });

  it.each([
    ["postgres-tpd", "another-password-0", ["postgres", "route-finder", "transport-discovery"]],
    ["postgres-ut", "another-password-1", ["postgres", "uptime-tracker"]],
    ["redis-dmsg-discovery", "another-password-2", ["dmsg-discovery", "redis-dmsg-discovery"]],
    // What runs has its image already.
    ["skycoinpro-registry", "somebody:another-token", []],
  ])("%s exchanges the pods of those that know it, and no others", async (entry, value, pods) => {
    expect(values.has(entry)).toBe(true);
    expect(exchanged(before, await render({ [entry]: value }))).toEqual(pods);
  });
});
