import { describe, expect, it } from "vitest";

import { flowsOf } from "../../components/base/flows.ts";
import { contextOf } from "../../components/fxa/context.ts";
import { planOf, runningPrograms } from "../../components/fxa/environment.ts";
import { fxaFlows, outwardPorts, statsdClients } from "../../components/fxa/flows.ts";
import { publicNames } from "../../components/fxa/hosts.ts";
import { creationOrder, dependenciesOf, patcherDependencies } from "../../components/fxa/order.ts";
import { type PrivateProgram, publicPages } from "../../components/fxa/pages.ts";
import { type Program, programs } from "../../components/fxa/roles.ts";
import { entriesOfPlan, namedSecretsOf, usersOf } from "../../components/fxa/secret-objects.ts";
import { filledWith } from "./filled-with.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { environmentFaults } from "../../components/fxa/settings.ts";
import { syncSettings } from "../../components/fxa/side-servers.ts";
import { internalFault, publicFault } from "../../components/fxa/urls.ts";
import { ingress } from "../platform/fixtures.ts";
import { broker, everything, fxa, fxaConfig, least, topic } from "./fixtures.ts";

const all = contextOf(fxaConfig(everything), { host: "statsd.metrics.svc", port: 8125 });
const door = ingress();

describe("public hosts", () => {
  // facts/fxa.md 7.
  it("stand under the root domain, each before its program", () => {
    const table = publicPages(all).map(({ host, service, port }) => [host, `${service}:${port}`]);
    expect(Object.fromEntries(table)).toEqual({
      "accounts.example.org": "fxa-content-server:3030",
      "api.accounts.example.org": "fxa-auth-server:9000",
      "oauth.accounts.example.org": "fxa-auth-server:9000",
      "profile.accounts.example.org": "fxa-profile-server:1111",
      "graphql.accounts.example.org": "fxa-graphql-api:8290",
      "subscriptions.example.org": "fxa-payments-server:3031",
      "token.example.org": "mozilla-sync:5000",
      "sync.example.org": "mozilla-sync:5000",
      "eventbroker.example.org": "fxa-event-broker:8090",
      "123done.example.org": "123done:8080",
      "321done.example.org": "321done:10139",
      "fortress.example.org": "fortress:9292",
    });
    // Pictures in a bucket are read where that is served.
    expect(table).toHaveLength(publicNames.length - 1);
    const images = { kind: "local", share: "many-nodes", storageClass: "nfs" };
    const kept = fxa({ servers: { "profile-server": { settings: { images } } } });
    expect(publicPages(kept)).toContainEqual(
      expect.objectContaining({
        host: "images.accounts.example.org",
        service: "fxa-profile-server-static",
        port: 1112,
      }),
    );
  });

  it("are flat by one word, and each is what the file calls it", () => {
    const { hosts } = fxa({ hosts: { names: "flat", graphql: "gql.example.com" } });
    expect(hosts).toMatchObject({
      accounts: "accounts.example.org",
      api: "api-accounts.example.org",
      graphql: "gql.example.com",
    });
    const environment = planOf(fxa({ hosts: { names: "flat" } }), "content-server").environment;
    expect(environment.plain["FXA_URL"]).toBe("https://api-accounts.example.org");
  });

  it("lead to no program that is never public, whatever the file says", () => {
    const never = {
      "auth-db-mysql": true,
      "customs-server": true,
      "browserid-verifier": true,
      "profile-server-worker": true,
      "mail-service": true,
      "payments-server-worker": true,
      "payments-server-static": true,
    } satisfies Record<PrivateProgram, true>;
    const led = publicPages(all).map(({ program }) => program as Program);
    expect(led.filter((program) => Object.hasOwn(never, program))).toEqual([]);
    for (const program of Object.keys(never)) {
      expect(traitsOf(program as Program).hosts).toEqual([]);
    }
  });

  it("have none for a demo that is off, and none for an event-broker that nobody pushes to", () => {
    const names = publicPages(
      fxa({ servers: { "event-broker": broker, "auth-server": { settings: { aws: topic } } } }),
    ).map(({ name }) => name);
    expect(names).not.toContain("eventbroker");
    expect(names).not.toContain("123done");
    expect(names).toContain("accounts");
  });
});

describe("addresses", () => {
  it.each([
    ["a Service", "http://fxa-auth-server:9000"],
    ["a Service by its full name", "https://fxa-auth-server.fxa.svc"],
    ["a Service by its fullest name", "https://fxa-auth-server.fxa.svc.cluster.local"],
    ["localhost", "https://localhost:3030"],
    ["an address", "https://192.0.2.1"],
    ["an address of the newer kind", "https://[2001:db8::1]/"],
    ["a host without TLS", "http://accounts.example.org"],
    ["nothing", ""],
  ])("of browsers are not %s", (_, text) => {
    expect(publicFault(text)).toBeTypeOf("string");
  });

  it.each([
    "https://accounts.example.org/oauth/",
    "accounts.example.org",
    "wss://pair.example.org",
  ])("of browsers are like %s", (text) => {
    expect(publicFault(text)).toBeUndefined();
  });

  it.each([
    ["a public host", "https://accounts.example.org"],
    ["a public host without TLS", "http://accounts.example.org"],
    ["an address", "http://10.0.0.7:9000"],
    ["a Service with TLS", "https://fxa-auth-server:9000"],
    ["nothing", ""],
  ])("inside the cluster are not %s", (_, text) => {
    expect(internalFault(text)).toBeTypeOf("string");
  });

  it.each(["http://fxa-auth-server:9000/v1", "memcached:11211", "http://x.fxa.svc.cluster.local"])(
    "inside the cluster are like %s",
    (text) => {
      expect(internalFault(text)).toBeUndefined();
    },
  );
});

describe("an environment that stands somewhere", () => {
  const { environment } = planOf(all, "mozilla-sync");
  const secrets = Object.keys(environment.secret);
  const faults = (plain: object, names = secrets) =>
    environmentFaults(syncSettings, { ...environment.plain, ...plain }, names);

  it("is judged variable by variable", () => {
    expect(faults({})).toEqual([]);
    expect(faults({ SYNCSERVER_PUBLIC_URL: "http://mozilla-sync:5000" })).toMatchObject([
      { name: "SYNCSERVER_PUBLIC_URL", message: expect.stringMatching(/cannot resolve/) as string },
    ]);
    expect(
      faults({ SYNCSERVER_OAUTH_VERIFIER: "https://oauth.accounts.example.org" }),
    ).toHaveLength(1);
    expect(faults({ PORT: "tcp://10.0.0.1:5000" })).toMatchObject([{ name: "PORT" }]);
    expect(faults({ SYNCSERVER_SECRET: "x" })).toMatchObject([
      { message: "must come from a Secret" },
    ]);
    expect(faults({ SYNCSERVER_SECRETS: "x" })).toMatchObject([
      { message: "is nothing that the program reads" },
    ]);
    expect(faults({}, ["SYNCSERVER_SQLURI"])).toMatchObject([{ name: "SYNCSERVER_SECRET" }]);
  });
});

describe("a changed secret", () => {
  // Who uses an entry, by hand: facts/fxa.md 6 and 10.
  it.each<readonly [entry: string, users: readonly Program[]]>([
    ["flow-id-key", ["auth-server", "content-server"]],
    [
      "profile-token",
      [
        "auth-server",
        "graphql-api",
        "profile-server",
        "profile-server-worker",
        "profile-server-static",
      ],
    ],
    ["subscriptions-secret", ["auth-server", "event-broker"]],
    ["oauth-server-secret", ["auth-server"]],
    ["ip-hmac-key", ["auth-db-mysql", "auth-server"]],
    [
      "mysql",
      [
        "auth-db-mysql",
        "auth-server",
        "graphql-api",
        "profile-server",
        "profile-server-worker",
        "profile-server-static",
        "mozilla-sync",
      ],
    ],
    ["sync-key", ["mozilla-sync"]],
    ["openid-key", ["auth-server", "event-broker"]],
    ["auth-secret-key", ["auth-server"]],
    ["content-session-secret", ["content-server"]],
    ["event-broker-google-key", ["event-broker"]],
    ["demo-321done", ["auth-server", "321done"]],
    ["demo-cookies", ["123done", "321done"]],
    ["mail-hmac-key", ["mail-service"]],
    ["sentry", ["auth-server"]],
    ["nobodys", []],
  ])("%s exchanges the pods of %j, and no others", (entry, users) => {
    expect([...usersOf(all, entry)].sort()).toEqual([...users].sort());
    // Of the texts that come of it, those of the same programs change, and no others.
    for (const program of runningPrograms(all)) {
      const changed =
        filledWith(all, program, entry, "first") !== filledWith(all, program, entry, "second");
      expect([program, changed]).toEqual([program, users.includes(program)]);
    }
  });

  it("is some program's, whichever entry it is", () => {
    const entries = new Set(programs.flatMap((program) => entriesOfPlan(planOf(all, program))));
    for (const { data } of namedSecretsOf(all)) {
      expect(Object.keys(data)).toHaveLength(1);
    }
    expect([...entries].filter((entry) => usersOf(all, entry).length === 0)).toEqual([]);
  });
});

describe("the order", () => {
  // facts/fxa.md 11.
  it("begins with the schema, and ends with the demos", () => {
    const order = creationOrder(all);
    const before = (first: Program, second: Program) => {
      expect(order.indexOf(first), `${first} before ${second}`).toBeLessThan(order.indexOf(second));
    };
    before("auth-db-mysql", "auth-server");
    before("browserid-verifier", "auth-server");
    before("customs-server", "auth-server");
    before("mail-service", "auth-server");
    before("auth-server", "profile-server");
    before("profile-server", "graphql-api");
    before("profile-server", "payments-server");
    before("auth-server", "mozilla-sync");
    // Sync asks it for its addresses when it starts, and exits where nobody answers.
    before("content-server", "mozilla-sync");
    before("auth-server", "event-broker");
    before("content-server", "123done");
    expect(order).toHaveLength(runningPrograms(all).length);
  });

  it("has auth-db-mysql wait for its Job and a database of the cluster, and nothing else", () => {
    expect(dependenciesOf(fxa(), "auth-db-mysql")).toEqual(["fxa-auth-db-mysql-patch"]);
    const builtin = fxa({ mysql: { kind: "builtin", inProduction: "trial" } });
    expect(dependenciesOf(builtin, "auth-db-mysql")).toEqual(["mysql", "fxa-auth-db-mysql-patch"]);
    expect(patcherDependencies(builtin)).toEqual(["mysql"]);
    expect(patcherDependencies(fxa())).toEqual([]);
  });

  it("has every other server come after auth-db-mysql, those that do not dial it among them", () => {
    expect(dependenciesOf(fxa(), "browserid-verifier")).toEqual(["auth-db-mysql"]);
    expect(dependenciesOf(fxa(), "customs-server")).toEqual(["memcached", "auth-db-mysql"]);
    expect(creationOrder(all)[0]).toBe("auth-db-mysql");
  });

  it("waits for no program that does not run", () => {
    expect(dependenciesOf(fxa(), "auth-server")).not.toContain("mail-service");
    expect(dependenciesOf(all, "auth-server")).toContain("mail-service");
  });
});

describe("flows", () => {
  const table = fxaFlows(all, door);
  const names = (service: string) =>
    flowsOf(table, service, "fxa").calls.map(({ to, ports }) =>
      ["name" in to ? to.name : to.kind, ...ports.map(({ port }) => port)].join(":"),
    );

  it("let each program dial what it is told, and no more", () => {
    expect(names("fxa-customs-server").sort()).toEqual(["internet:443", "memcached:11211"]);
    expect(names("fxa-event-broker").sort()).toEqual(["fxa-auth-server:9000", "internet:443"]);
    expect(names("fxa-mail-service").sort()).toEqual([
      "fxa-auth-db-mysql:8000",
      "internet:443",
      "redis-master:6379",
    ]);
    expect(names("fortress")).toEqual([]);
  });

  it("let whoever sends mail reach the mail server", () => {
    expect(outwardPorts(fxa(), "auth-server")).toContain(465);
    expect(outwardPorts(all, "auth-server")).not.toContain(465);
  });

  it("let only programs with a public host be dialled by the ingress", () => {
    const fromDoor = table
      .filter(({ from }) => "namespace" in from && from.namespace === door.namespace)
      .map(({ to }) => ("name" in to ? to.name : to.kind));
    expect([...new Set(fromDoor)].sort()).toEqual(
      [...new Set(publicPages(all).map(({ service }) => service))].sort(),
    );
  });

  it("let the Job that brings the schema up to date reach the database, and nothing else", () => {
    expect(names("fxa-auth-db-mysql-patch")).toEqual(["internet:3306"]);
  });

  it("let programs out to where stores and mail servers stand, and to no private address else", () => {
    const addresses = ["10.20.0.0/16"];
    const private_ = fxa({
      mysql: { addresses },
      redis: { kind: "external", host: "redis.example.net", addresses: ["10.21.0.0/16"] },
      mail: { smtp: { ...least.mail.smtp, addresses: ["10.22.0.0/16"] } },
      servers: {
        "auth-db-mysql": {
          settings: { readReplica: { host: "copy.example.net", addresses: ["10.23.0.0/16"] } },
        },
      },
      debug: { target: "auth-db-mysql" },
    });
    const left = (service: string) =>
      flowsOf(fxaFlows(private_, door), service, "fxa").calls.flatMap(({ to, ports }) =>
        to.kind === "addresses"
          ? ports.map(({ port }) => `${to.ranges.join()}:${port}`)
          : to.kind === "internet"
            ? ports.map(({ port }) => `internet:${port}`)
            : [],
      );
    expect(left("fxa-auth-server").sort()).toEqual([
      "10.20.0.0/16:3306",
      "10.21.0.0/16:6379",
      "10.22.0.0/16:465",
      "internet:443",
    ]);
    expect(left("fxa-auth-db-mysql-patch")).toEqual(["10.20.0.0/16:3306"]);
    expect(left("fxa-auth-db-mysql")).toEqual(["10.20.0.0/16:3306", "10.23.0.0/16:3306"]);
    expect(left("fxa-debug")).toEqual(left("fxa-auth-db-mysql"));
  });

  it("let the debug pod dial what its target may", () => {
    expect(names("fxa-debug")).toEqual(expect.arrayContaining(["fxa-auth-server:9000"]));
    // A demo asks accounts.<root>, as browsers do.
    const demo = fxaFlows(fxa({ demos: {}, debug: { target: "123done" } }), door);
    const called = (service: string) => flowsOf(demo, service, "fxa").calls.map(({ to }) => to);
    expect(called("fxa-debug")).toEqual(called("123done"));
    expect(flowsOf(fxaFlows(fxa(), door), "fxa-debug", "fxa").calls).toEqual([]);
  });

  it("name whoever sends to StatsD, for the flows of what watches", () => {
    const senders = statsdClients(all).map((peer) => ("name" in peer ? peer.name : ""));
    expect(senders).toEqual([
      "fxa-auth-server",
      "fxa-content-server",
      "fxa-graphql-api",
      "fxa-payments-server",
      "fxa-payments-server-worker",
      "fxa-payments-server-static",
      "fxa-event-broker",
      // In the event-broker's place.
      "fxa-debug",
    ]);
    expect(statsdClients(contextOf(fxaConfig(everything)))).toEqual([]);
  });
});
