import { describe, expect, it } from "vitest";

import type { IngressConfig } from "../../components/platform/ingress.schema.ts";
import { bodyFaults, coverFaults, tlsFaults } from "../../components/fxa/host-rules.ts";
import { hiddenFaults, proxyFaults } from "../../components/fxa/proxy-rules.ts";
import { mailPortWarnings } from "../../components/fxa/mail-ports.ts";
import { fxaFaults, fxaWarnings } from "../../components/fxa/rules.ts";
import { contextOf } from "../../components/fxa/context.ts";
import {
  broker,
  complaints,
  everything,
  fxa,
  fxaConfig,
  least,
  mailService,
  merge,
  topic,
} from "./fixtures.ts";

const one = (program: string, options: object) => ({ servers: { [program]: options } });
const settings = (program: string, value: object) => one(program, { settings: value });
const extra = (program: string, extraEnv: object) => one(program, { extraEnv });
const client = { id: "0123456789abcdef", name: "Notes", secret: "notes-client" };
const clients = (...list: object[]) => settings("auth-server", { clients: list });

describe("a config", () => {
  it("has no fault with the least that it may say", () => {
    expect(fxaFaults(fxa())).toEqual([]);
  });

  it("has no fault with everything on", () => {
    expect(fxaFaults(contextOf(fxaConfig(everything)))).toEqual([]);
  });

  it.each<readonly [what: string, above: Readonly<Record<string, unknown>>, complaint: string]>([
    [
      "limits of scaling upside down",
      one("auth-server", { parallelSafe: true, autoscale: { min: 4, max: 2 } }),
      "servers.auth-server.autoscale.max: must not be below min",
    ],
    [
      "replicas beside an autoscaler",
      one("auth-server", { parallelSafe: true, replicas: 2, autoscale: { min: 2, max: 4 } }),
      "servers.auth-server.replicas: must not stand beside autoscale",
    ],
    [
      "two pods of what nobody has seen beside itself",
      one("graphql-api", { replicas: 2 }),
      "servers.graphql-api.replicas: must not ask for more than one pod without parallelSafe: true",
    ],
    [
      "two first pods that both make the tables",
      one("profile-server", { replicas: 2, parallelSafe: true }),
      "servers.profile-server.replicas: must be left out for autoscale: { min: 2, max: 2 }",
    ],
    [
      "an autoscaler of the same",
      one("graphql-api", { autoscale: { min: 1, max: 3 } }),
      "servers.graphql-api.autoscale: must not ask for more than one pod",
    ],
    [
      "two event-brokers",
      { servers: { "event-broker": { ...broker, replicas: 2, parallelSafe: true } } },
      "servers.event-broker.replicas: must be left out, or be one pod: its load is the length of a queue",
    ],
    [
      "an autoscaler of Sync",
      { sync: { autoscale: { min: 1, max: 1 }, parallelSafe: true } },
      "sync.autoscale: must be left out, or be one pod",
    ],
    [
      "a budget that lets no node go",
      one("customs-server", { disruption: { minAvailable: 1 } }),
      "servers.customs-server.disruption: must be below replicas (1)",
    ],
    [
      "a NODE_ENV by hand",
      extra("auth-server", { NODE_ENV: "production" }),
      "servers.auth-server.extraEnv.NODE_ENV: must not be given by hand: the word of auth-server follows from fleet:environment",
    ],
    [
      "a NODE_ENV by hand of a server that is off",
      extra("event-broker", { NODE_ENV: "prod" }),
      "servers.event-broker.extraEnv.NODE_ENV: must not be given by hand",
    ],
    [
      "DEVENV handed on",
      extra("content-server", { DEVENV: "prod" }),
      "servers.content-server.extraEnv.DEVENV: must not be given by hand",
    ],
    [
      "a word of the environment that is a server's own",
      { environment: "prod" },
      "environment: must be production or development",
    ],
    [
      "another role",
      extra("auth-server", { server: "debug" }),
      "servers.auth-server.extraEnv.server: must not be given: it is the role itself",
    ],
    [
      "a variable that the schema has",
      extra("auth-server", { PUBLIC_URL: "http://fxa-auth-server:9000" }),
      "servers.auth-server.extraEnv.PUBLIC_URL: must not be given here: it follows from the sections",
    ],
    [
      "a secret in the open",
      extra("auth-server", { FLOW_ID_KEY: "x" }),
      "servers.auth-server.extraEnv.FLOW_ID_KEY: must not be given here: it is a secret",
    ],
    [
      "what is called like a secret",
      extra("auth-server", { GOOGLE_AUTH_CLIENT_SECRET: "x" }),
      "servers.auth-server.extraEnv.GOOGLE_AUTH_CLIENT_SECRET: must not be given here, as it is called like a secret",
    ],
    [
      "code for the program to load",
      extra("auth-server", { NODE_OPTIONS: "--require=/x" }),
      "servers.auth-server.extraEnv.NODE_OPTIONS: must not be given: it is the container's own",
    ],
    [
      "a number for a text",
      extra("auth-server", { UA_LIMIT: 3 }),
      "servers.auth-server.extraEnv.UA_LIMIT: must be a text: put it in quotes",
    ],
    [
      "an event-broker that is on and says nothing",
      one("event-broker", { enabled: true }),
      "servers.event-broker.settings: must say sqsQueueUrl, aws and gcpProjectId",
    ],
    [
      "an event-broker without a project",
      {
        servers: {
          "event-broker": {
            enabled: true,
            settings: { sqsQueueUrl: broker.settings.sqsQueueUrl, aws: "node" },
          },
        },
      },
      "servers.event-broker.settings.gcpProjectId:",
    ],
    [
      "a queue without a region",
      {
        servers: {
          "event-broker": {
            ...broker,
            settings: { ...broker.settings, sqsQueueUrl: "https://queue.amazonaws.com/1/x" },
          },
        },
      },
      "servers.event-broker.settings.sqsQueueUrl: must be the URL of an SQS queue with its region",
    ],
    [
      "an event-broker whose queue nobody fills",
      { servers: { "event-broker": broker } },
      "servers.auth-server.settings.aws: must say keys and topicArn: the event-broker's queue is filled from that topic",
    ],
    [
      "a server off that others need",
      one("customs-server", { enabled: false }),
      "servers.customs-server.enabled: must be true: needed by auth-server, ",
    ],
    [
      "a worker off that the profile-server dials",
      one("profile-server-worker", { enabled: false }),
      "servers.profile-server-worker.enabled: must be true: needed by profile-server,",
    ],
    [
      "a mail-service that is off and sends the mails",
      { mail: mailService, servers: { "mail-service": { enabled: false } } },
      "servers.mail-service.enabled: must be true: fleet:mail has it send the mails",
    ],
    [
      "half a mail server's account",
      { mail: { smtp: { host: "smtp.example.net", user: "smtp-user", password: undefined } } },
      "mail.smtp.password: must stand beside the other one",
    ],
    [
      "TLS from the first byte on a port that has none",
      { mail: { smtp: { host: "smtp.example.net", port: 587 } } },
      "mail.smtp.port: must be one with TLS from the first byte on, e.g. 465",
    ],
    [
      "a mail server's account without TLS, which the auth-server begins on no port",
      { mail: { smtp: { port: 587, secure: false } } },
      "mail.smtp.secure: must be true: links that log people in would leave in the open",
    ],
    [
      "mails without TLS over the internet",
      {
        mail: {
          smtp: { host: "smtp.example.net", user: undefined, password: undefined, secure: false },
        },
      },
      "mail.smtp.secure: must be true: links that log people in would leave in the open",
    ],
    [
      "SES without keys",
      { mail: { ...mailService, aws: undefined } },
      "mail.aws: must name the keys of AWS",
    ],
    [
      "a mail-service without an image",
      { mail: { ...mailService, image: undefined } },
      "mail.image:",
    ],
    [
      "a database in one pod in production",
      { mysql: { kind: "builtin" } },
      "mysql.kind: must be external in production",
    ],
    [
      "a database by its URL",
      { mysql: { kind: "external", host: "mysql://db.example.net" } },
      "mysql.host: must be a bare host name or IPv4 address",
    ],
    [
      "one database for two",
      { mysql: { databases: { oauth: "fxa" } } },
      "mysql.databases: must be four different databases",
    ],
    [
      "a memcached that may keep all that it has",
      { memcached: { megabytes: 128 } },
      "memcached.megabytes: must leave it memory for itself: to keep 128 it needs 168Mi, and its limit is 128Mi",
    ],
    [
      "a Sync whose image moves",
      { sync: { image: "docker.io/mozilla/syncserver:latest" } },
      "sync.image: must not be :latest",
    ],
    [
      "one entry for two purposes",
      { credentials: { flowIdKey: "shared", profileToken: "shared" } },
      "credentials.profileToken: must be an entry of its own: shared stands at fleet:credentials.flowIdKey already",
    ],
    [
      "a secret that is accepted twice",
      { credentials: { oauthAlsoAccepted: ["oauth-server-secret"] } },
      "credentials.oauthAlsoAccepted.0: must be an entry of its own",
    ],
    [
      "a next key that is the current one",
      settings("auth-server", { openid: { next: "openid-key" } }),
      "servers.auth-server.settings.openid.next: must be an entry of its own",
    ],
    [
      "a client that comes back inside the cluster",
      clients({ ...client, redirectUri: "https://notes.fxa.svc/oauth" }),
      "servers.auth-server.settings.clients.0.redirectUri: goes to browsers, which cannot resolve notes.fxa.svc",
    ],
    [
      "a client that comes back without TLS",
      clients({ ...client, redirectUri: "http://notes.example.org/oauth" }),
      "servers.auth-server.settings.clients.0.redirectUri: must be an https URL",
    ],
    [
      "a client without a secret",
      clients({ ...client, secret: undefined, redirectUri: "https://notes.example.org/oauth" }),
      "servers.auth-server.settings.clients.0.secret: must be there unless publicClient is true",
    ],
    [
      "a client with a demo's id",
      {
        demos: {},
        ...clients({ ...client, id: "dcdb5ae7add825d2", redirectUri: "https://a.example.org/b" }),
      },
      "demos.123done.clientId: must be an id of its own: dcdb5ae7add825d2 is that of fleet:servers.auth-server.settings.clients.0",
    ],
    [
      "a page for whoever has paid that is a Service",
      settings("payments-server", { productRedirects: { prod_1: "https://vpn.fxa.svc/" } }),
      "servers.payments-server.settings.productRedirects.prod_1: goes to browsers",
    ],
    [
      "a word for demos",
      { demos: "off" },
      "demos: must be a section, which may be empty ({}), or be left out",
    ],
    ["a demo that there is not", { demos: { "456done": {} } }, "demos: Unrecognized key"],
    [
      "a debug pod for what is off",
      { debug: { target: "123done" } },
      "debug.target: must be a server that runs: 123done does not",
    ],
    [
      "a public host that is a Service",
      { hosts: { api: "fxa-auth-server.fxa.svc" } },
      "hosts.api: goes to browsers, which cannot resolve fxa-auth-server.fxa.svc",
    ],
    [
      "a public host that is an address",
      { hosts: { api: "192.0.2.1" } },
      "hosts.api: must be a name, not an address",
    ],
    [
      "a domain of the cluster",
      { domain: "fxa.svc.cluster.local" },
      "domain: goes to browsers, which cannot resolve fxa.svc.cluster.local",
    ],
    [
      "two hosts of one name",
      { hosts: { oauth: "api.accounts.example.org" } },
      "hosts.oauth: host api.accounts.example.org is that of api already",
    ],
    [
      "a host that does not exist",
      { hosts: { customs: "customs.example.org" } },
      "hosts: Unrecognized key",
    ],
    ["a server that does not exist", one("fxa-auth-server", {}), "servers: Unrecognized key"],
    [
      "a setting that a server does not have",
      settings("auth-server", { flowIdKey: "other" }),
      "servers.auth-server.settings: Unrecognized key",
    ],
    [
      "pictures in nobody's bucket",
      settings("profile-server", { images: { kind: "aws", bucket: undefined } }),
      "servers.profile-server.settings.images.bucket:",
    ],
    [
      "a bucket over whose name the server ends at its start",
      settings("profile-server", { images: { bucket: "avatars.example.net" } }),
      "servers.profile-server.settings.images.bucket: must be the name of a bucket, without dots",
    ],
    [
      "a bucket that browsers find nowhere",
      settings("profile-server", { images: { url: undefined } }),
      "servers.profile-server.settings.images.url:",
    ],
    [
      "pictures in a folder without a word on who shares it",
      settings("profile-server", { images: { kind: "local" } }),
      "servers.profile-server.settings.images.share:",
    ],
  ])("refuses %s", (_, above, complaint) => {
    expect(complaints(above).filter((line) => line.startsWith(complaint))).toHaveLength(1);
  });

  it("lets many first pods be of a server whose tables somebody else makes", () => {
    const two = { replicas: 2, parallelSafe: true, settings: { createSchema: false } };
    expect(complaints(one("profile-server", two))).toEqual([]);
    expect(complaints(one("auth-server", two))).toEqual([]);
    const growing = { autoscale: { min: 2, max: 4 }, parallelSafe: true };
    expect(complaints(one("auth-server", growing))).toEqual([]);
    // The only tables of auth-db-mysql are the Job's.
    expect(complaints(one("auth-db-mysql", { replicas: 2, parallelSafe: true }))).toEqual([]);
  });

  it("lets a demo's client go where demos are off", () => {
    const own = { ...client, id: "dcdb5ae7add825d2", redirectUri: "https://a.example.org/b" };
    expect(complaints(clients(own))).toEqual([]);
  });

  it("takes a number at the top of the file, which comes as a text", () => {
    expect(fxa({ proxies: "2" }).config.proxies).toBe(2);
    expect(fxa({ proxies: 2 }).config.proxies).toBe(2);
    expect(complaints({ proxies: "two" })).toEqual(["proxies: must be a whole number, e.g. 1"]);
  });

  it("takes the event-broker's settings while it is off, where that is said", () => {
    expect(complaints(one("event-broker", { ...broker, enabled: false }))).toEqual([]);
    expect(fxa().config.servers["event-broker"].enabled).toBe(false);
  });

  it("takes an event-broker with all that it needs", () => {
    const both = {
      servers: { "event-broker": broker, "auth-server": { settings: { aws: topic } } },
    };
    expect(complaints(both)).toEqual([]);
  });

  it("takes a trial of production with a database in the cluster", () => {
    expect(complaints({ mysql: { kind: "builtin", inProduction: "trial" } })).toEqual([]);
    expect(complaints({ environment: "development", mysql: { kind: "builtin" } })).toEqual([]);
  });

  it("tells of servers that the launcher does not know, and of single pods in production", () => {
    const warned = fxaWarnings(fxa(one("payments-server-worker", { enabled: true })));
    expect(warned.some((line) => line.startsWith("payments-server-worker: the launcher"))).toBe(
      true,
    );
    expect(warned.some((line) => line.startsWith("auth-server: one pod"))).toBe(true);
    expect(fxaWarnings(fxa({ environment: "development" }))).toEqual([]);
    const two = fxaWarnings(
      fxa(one("auth-server", { autoscale: { min: 2, max: 4 }, parallelSafe: true })),
    );
    expect(two.some((line) => line.startsWith("auth-server"))).toBe(false);
  });
});

describe("a mail server", () => {
  const on = (port: number, smtp: object = {}) =>
    fxaConfig(merge(least, { mail: { smtp: { port, ...smtp } } }));

  it.each([
    ["lke", 465],
    ["lke", 587],
    ["gke", 25],
  ] as const)("is told where %s keeps its port %i shut: no mail would leave", (kind, port) => {
    const open = { secure: false, user: undefined, password: undefined };
    // Without TLS only a relay of the cloud's own network may be: what the cloud keeps shut is the way out.
    const { mail } = port === 465 ? on(port) : on(port, { ...open, addresses: ["10.22.0.0/16"] });
    const outside = { ...mail, smtp: mail.smtp && { ...mail.smtp, addresses: undefined } };
    expect(mailPortWarnings({ mail: outside as typeof mail }, kind)).toEqual([
      expect.stringMatching(new RegExp(`^fleet:mail.smtp.port: ${port} leads nowhere`, "u")),
    ]);
    expect(mailPortWarnings({ mail }, kind)).toHaveLength(port === 465 ? 1 : 0);
  });

  it("is not where the way is open, or the cloud is not known", () => {
    expect(mailPortWarnings(on(2465), "lke")).toEqual([]);
    expect(mailPortWarnings(on(465), "gke")).toEqual([]);
    expect(mailPortWarnings(on(465), "kubeconfig")).toEqual([]);
    expect(mailPortWarnings(on(465, { addresses: ["10.22.0.0/16"] }), "lke")).toEqual([]);
  });
});

describe("an ingress", () => {
  const certificate = (...hosts: string[]) =>
    ({ tls: { kind: "certificate", hosts, name: "tls" } }) as unknown as IngressConfig;

  it("has a certificate for every public host, or says which names would be on it", () => {
    const faults = coverFaults(fxa(), certificate("*.example.org"));
    const api = faults.find(({ message }) => message.startsWith("host api.accounts.example.org"));
    expect(api?.path).toEqual(["domain"]);
    expect(api?.message).toContain(
      "say fleet:hosts.names: flat, which makes it api-accounts.example.org",
    );
    expect(coverFaults(fxa({ hosts: { names: "flat" } }), certificate("*.example.org"))).toEqual(
      [],
    );
    expect(coverFaults(fxa(), certificate("*.example.org", "*.accounts.example.org"))).toEqual([]);
  });

  it("tells of a host of its own that the certificate is not for", () => {
    const context = fxa({ hosts: { names: "flat", graphql: "graphql.example.com" } });
    expect(coverFaults(context, certificate("*.example.org"))).toEqual([
      {
        path: ["hosts", "graphql"],
        message: expect.stringContaining(
          "host graphql.example.com must be one that the certificate is for (*.example.org)",
        ) as string,
      },
    ]);
  });

  it("is not asked for a certificate that is ordered for each host", () => {
    const ordered = { tls: { kind: "cert-manager", clusterIssuer: "main" } } as const;
    expect(coverFaults(fxa(), ordered as never)).toEqual([]);
    expect(tlsFaults(ordered as never)).toEqual([]);
    expect(tlsFaults({ tls: { kind: "none" } })).toHaveLength(1);
  });

  it("lets pictures of two MiB through", () => {
    const body = (maximumBody?: string) =>
      bodyFaults({ controllers: { edge: { maximumBody } } } as never).map(({ path }) => path);
    expect(body("1Mi")).toEqual([["ingress", "controllers", "edge", "maximumBody"]]);
    expect(body("2Mi")).toHaveLength(1);
    expect([...body("3Mi"), ...body()]).toEqual([]);
  });

  it("count the proxies before a controller as the controller trusts them: all clients were one else", () => {
    const faults = (kind: "nginx" | "traefik", proxies: number, ...trustedProxies: string[]) =>
      proxyFaults(
        proxies,
        { controllers: { edge: { kind, trustedProxies } } } as never,
        {
          kind: "none",
        } as never,
      ).map(({ path }) => path.join("."));
    const trust = ["ingress.controllers.edge.trustedProxies"];
    expect([faults("nginx", 2), faults("traefik", 2)]).toEqual([trust, trust]);
    // Traefik hands on all that it was told, nginx the client alone.
    expect(faults("traefik", 1, "198.51.100.0/24")).toEqual(["proxies"]);
    expect(faults("nginx", 1, "198.51.100.0/24")).toEqual([]);
    expect(faults("traefik", 2, "198.51.100.0/24")).toEqual([]);
    expect([...faults("nginx", 1), ...faults("traefik", 1)]).toEqual([]);
  });
});

describe("a balancer at Linode", () => {
  const load = { kind: "load-balancer", replicas: 2 };
  const faults = (exposure: object, trustedProxies: readonly string[], linode?: object) =>
    hiddenFaults(
      { controllers: { edge: { kind: "nginx", exposure, trustedProxies } } } as never,
      { linode } as never,
    ).map(({ path }) => path.join("."));
  const region = { region: "ap-south" };

  it("tells its clients' addresses, or all of them were one", () => {
    const place = "ingress.controllers.edge.exposure.proxyProtocol";
    expect(faults(load, [], region)).toEqual([place]);
    expect(faults({ ...load, proxyProtocol: { version: "v2" } }, [], region)).toEqual([]);
    expect(faults(load, ["198.51.100.0/24"], region)).toEqual([]);
    expect(faults({ kind: "host-ports", slot: 0 }, [], region)).toEqual([]);
    expect(faults(load, [])).toEqual([]);
  });
});

describe("pictures on a disk that one node alone may mount", () => {
  const on = (...nodes: readonly (string | undefined)[]) => {
    const placement = (node: string | undefined) =>
      node === undefined ? {} : { placement: { nodeSelector: { "kubernetes.io/hostname": node } } };
    return {
      servers: {
        "profile-server": {
          settings: { images: { kind: "local", share: "one-node" } },
          ...placement(nodes[0]),
        },
        "profile-server-worker": placement(nodes[1]),
        "profile-server-static": placement(nodes[2]),
      },
    };
  };

  it("need all three programs on that node", () => {
    const [first, ...more] = complaints(on());
    expect(first).toContain(
      "servers.profile-server.placement.nodeSelector: must name the one node of the pictures' disk",
    );
    expect(more).toHaveLength(2);
    expect(complaints(on("a", "a", "b"))).toEqual([
      expect.stringContaining("servers.profile-server-static.placement"),
    ]);
    expect(complaints(on("a", "a", "a"))).toEqual([]);
  });
});
