/**
 * Production of Firefox Accounts, and the same with what its file leaves off: every address that a pod is told answers
 * and is let through at both ends, on its port and by its protocol; and what is never public cannot be reached from
 * outside (facts/fxa.md 6 and 7). Name look-ups, and URLs of other people, are test/stacks.test.ts's for all stacks.
 *
 * Says what the rendered policies say. That a plug-in enforces them is live's (`make verify`).
 */
import { beforeAll, describe, expect, it } from "vitest";

import { namespaceOf, type PodSet, type World } from "../../policy/graph/objects.ts";
import {
  allows,
  type Endpoint,
  internet,
  listened,
  privateNetwork,
} from "../../policy/graph/policies.ts";
import { podsBehind } from "../../policy/graph/ports.ts";
import { asRawConfig } from "../../stacks/raw.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { renderConfig, renderedOnce } from "../rendered.ts";
import { barriers, dialledBy, servicesOf } from "./dialled.ts";
import { internals, overview } from "./facts.ts";

const namespace = "fxa";

/** Mail by its own service, a database in the cluster, the demos, Google's pushes, and the debug pod. */
const left = {
  "fleet:mail": {
    kind: "mail-service",
    image: "docker.io/mozilla/fxa-email-service:v1.187.0",
    sender: { address: "accounts@example.org" },
    aws: { keyId: "mail-aws-id", secret: "mail-aws-secret" },
    queues: {},
  },
  "fleet:mysql": { kind: "builtin", inProduction: "trial", backup: { kind: "scheduled" } },
  "fleet:demos": {},
  "fleet:debug": { target: "auth-server", replicas: 1 },
  "fleet:servers/event-broker/settings/push": {},
};

async function withAll(): Promise<World> {
  const { config } = draftOf("fxa-production");
  for (const [path, value] of Object.entries(left)) {
    put(config, path, value);
  }
  return (await renderConfig("fxa-production", asRawConfig(config))).world;
}

/** Who may dial each store: 6. */
const clients: Readonly<Record<string, readonly string[]>> = {
  "redis-master": [
    ...["fxa-auth-server", "fxa-content-server", "fxa-graphql-api"],
    ...["fxa-profile-server", "fxa-profile-server-static", "fxa-profile-server-worker"],
    ...["fxa-mail-service", "fxa-mail-queues", "fxa-debug"],
  ],
  memcached: ["fxa-auth-server", "fxa-customs-server", "fxa-debug"],
  mysql: [
    ...["fxa-auth-db-mysql", "fxa-auth-db-mysql-patch-auto", "fxa-auth-server", "fxa-graphql-api"],
    ...["fxa-profile-server", "fxa-profile-server-static", "fxa-profile-server-worker"],
    ...["mozilla-sync", "fxa-debug"],
  ],
};

/** What is never public: 7, and the database, wherever it stands. */
const inner = [
  ...["fxa-auth-db-mysql", "fxa-customs-server", "browserid-verifier", "fxa-profile-server-worker"],
  ...["fxa-mail-service", "redis-master", "memcached", "statsd", "mysql"],
];

/** Service and port behind each public host: 7. */
const behindHosts: Readonly<Record<string, string>> = {
  "accounts.example.org": "fxa-content-server:3030",
  "api.accounts.example.org": "fxa-auth-server:9000",
  "oauth.accounts.example.org": "fxa-auth-server:9000",
  "profile.accounts.example.org": "fxa-profile-server:1111",
  "graphql.accounts.example.org": "fxa-graphql-api:8290",
  "subscriptions.example.org": "fxa-payments-server:3031",
  "token.example.org": "mozilla-sync:5000",
  "sync.example.org": "mozilla-sync:5000",
};
const pushed = { "eventbroker.example.org": "fxa-event-broker:8090" };
const demos = {
  "123done.example.org": "123done:8080",
  "321done.example.org": "321done:10139",
  "fortress.example.org": "fortress:9292",
};

const end = (pods: PodSet): Endpoint => ({ kind: "pods", pods });

describe.each([
  {
    title: "as it is committed",
    make: async () => (await renderedOnce("fxa-production")).world,
    hosts: behindHosts,
    absent: ["fxa-mail-service", "mysql"],
    least: 50,
  },
  {
    title: "with what its file leaves off",
    make: withAll,
    hosts: { ...behindHosts, ...pushed, ...demos },
    absent: [],
    least: 80,
  },
])("production $title", ({ make, hosts, absent, least }) => {
  let world: World;
  let own: readonly PodSet[];
  let controller: PodSet;
  beforeAll(async () => {
    world = await make();
    own = world.pods.filter((pods) => pods.namespace === namespace);
    const [found] = world.pods.filter(({ name }) => name === "nginx");
    if (found === undefined) {
      throw new Error("there is no ingress controller");
    }
    controller = found;
  });

  const named = (service: string): readonly PodSet[] => {
    const found = world.services.filter(({ metadata }) => metadata.name === service);
    return found.flatMap((one) => podsBehind(world, one));
  };
  const reaches = (from: Endpoint, to: PodSet): readonly string[] =>
    listened(to)
      .filter(({ port, protocol }) => allows(world, { from, to: end(to), port, protocol }))
      .map(({ port }) => `${to.name}:${port}`);

  it("lets everybody dial whom he is told of, and all of them are there", () => {
    const dialled = own.flatMap((pods) => dialledBy(world, pods));
    expect(dialled.flatMap((one) => barriers(world, one))).toEqual([]);
    expect(dialled.length).toBeGreaterThanOrEqual(least);
  });

  it("tells a door that is shut, a Service that is gone, and a host without a port", () => {
    const told = (changed: World): string[] =>
      own.flatMap((pods) => dialledBy(changed, pods)).flatMap((one) => barriers(changed, one));
    const shut = world.policies.map((policy) =>
      policy.metadata.name === "redis-master"
        ? { ...policy, spec: { ...policy.spec, ingress: [] } }
        : policy,
    );
    expect(told({ ...world, policies: shut })).toContainEqual(
      expect.stringContaining("REDIS_HOST redis-master:6379: is refused by the callee's ingress"),
    );
    const fewer = world.services.filter(({ metadata }) => metadata.name !== "redis-master");
    expect(told({ ...world, services: fewer })).toContainEqual(
      expect.stringContaining("REDIS_HOST redis-master:6379: is not let out"),
    );
    const [some] = own;
    const lost = some && { from: some, place: "here", host: "memcached", port: undefined };
    expect(lost && barriers(world, lost)).toEqual([expect.stringContaining("no port")]);
  });

  it("lets each server dial whom the facts have it dial", () => {
    const calls = internals.flatMap(([program, told]) => {
      const [, service = ""] = overview.find(([one]) => one === program) ?? [];
      return Object.values(told).flatMap((text) => {
        const [, host = "", port] = /^(?:http:\/\/)?([a-z-]+):(\d+)/.exec(text) ?? [];
        return host === "" || absent.includes(host) || absent.includes(service)
          ? []
          : named(service).map((from) => ({ from, place: program, host, port: Number(port) }));
      });
    });
    expect(calls.flatMap((call) => barriers(world, call))).toEqual([]);
    expect(calls.length).toBeGreaterThanOrEqual(absent.length === 0 ? 15 : 14);
  });

  it.each(Object.entries(clients))("lets nobody dial %s but its clients", (store, allowed) => {
    const [service] = named(store);
    const callers = world.pods.filter((pods) =>
      service === undefined
        ? allows(world, { from: end(pods), to: internet, port: 3306, protocol: "TCP" })
        : pods !== service && reaches(end(pods), service).length > 0,
    );
    const found = callers.map(({ name }) => name).filter((name) => !/^mysql-/.test(name));
    const there = own.map(({ name }) => name);
    expect(found.sort()).toEqual(allowed.filter((name) => there.includes(name)).sort());
  });

  it("has nothing of what is never public to be reached from outside", () => {
    const there = inner.filter((name) => named(name).length > 0);
    expect(there).toEqual(inner.filter((name) => !absent.includes(name)));
    const ways = [internet, privateNetwork, end(controller)];
    const entered = there.flatMap((name) =>
      named(name).flatMap((pods) => ways.flatMap((from) => reaches(from, pods))),
    );
    expect(entered).toEqual([]);
    const opened = world.services
      .filter(({ metadata }) => there.includes(metadata.name))
      .filter(({ spec }) => spec.type !== "ClusterIP")
      .map(({ metadata }) => metadata.name);
    expect(opened).toEqual([]);
    const onNodes = own.flatMap(({ spec, name }) =>
      spec.containers
        .flatMap(({ ports = [] }) => ports)
        .filter(({ hostPort }) => spec.hostNetwork === true || hostPort !== undefined)
        .map(({ containerPort }) => `${name}:${containerPort}`),
    );
    expect(onNodes).toEqual([]);
  });

  it("leads each public host to its server, and the controller to no other", () => {
    const led = world.ingresses
      .filter((ingress) => namespaceOf(ingress) === namespace)
      .flatMap(({ spec }) =>
        spec.rules.flatMap(({ host, http }) =>
          http.paths.map(({ backend: { service } }) => {
            const ports = servicesOf(world, namespace).get(service.name)?.spec.ports ?? [];
            const port = ports.find(({ name }) => name === service.port.name)?.port;
            return [host, `${service.name}:${service.port.number ?? port ?? "?"}`] as const;
          }),
        ),
      );
    expect(Object.fromEntries(led)).toEqual(hosts);
    const entered = own.flatMap((pods) => reaches(end(controller), pods));
    expect(entered.sort()).toEqual([...new Set(Object.values(hosts))].sort());
  });
});
