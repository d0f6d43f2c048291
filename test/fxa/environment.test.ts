import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { SecretReference } from "../../components/base/secrets.ts";

import { contextOf } from "../../components/fxa/context.ts";
import {
  debugPlan,
  planOf,
  rootConfigData,
  runningPrograms,
  settingsOf,
} from "../../components/fxa/environment.ts";
import { type Program, programs, serverRoles } from "../../components/fxa/roles.ts";
import { secretSources } from "../../components/fxa/secret-objects.ts";
import { fillText, part } from "../../components/fxa/secret-text.ts";
import { servers, traitsOf } from "../../components/fxa/servers.ts";
import { environmentFaults } from "../../components/fxa/settings.ts";
import { probesOf } from "../../components/fxa/health.ts";
import {
  accounts,
  binds,
  internals,
  overview,
  pairs,
  publics,
  secrets,
  starred,
  words,
} from "./facts.ts";
import { everything, filled, fxa, fxaConfig, merge } from "./fixtures.ts";

const statsd = { host: "statsd.metrics.svc", port: 8125 };
const all = contextOf(fxaConfig(everything), statsd);
const development = contextOf(fxaConfig(merge(everything, { environment: "development" })), statsd);

const withoutSubscriptions = contextOf(
  fxaConfig(
    merge(everything, {
      servers: { "auth-server": { settings: { subscriptions: undefined } } },
    }),
  ),
  statsd,
);

const plan = (program: string, context = all) => planOf(context, program as Program);
const plain = (program: string) => plan(program).environment.plain;
const secret = (program: string, name: string): string =>
  filled(plan(program).environment.secret[name] ?? ["(missing)"]);

describe("the roles", () => {
  it("are the seed's list and what its pods show, debug among them", () => {
    expect(serverRoles).toHaveLength(18);
    expect(
      new Set([
        ...overview.map(([name]) => name),
        "payments-server-worker",
        "payments-server-static",
      ]),
    ).toEqual(new Set(programs));
  });

  it.each(overview)("%s is %s:%i, %s, healthy by %s and ready by %s", (...row) => {
    const [program, service, port, reach, liveness, readiness] = row;
    const traits = traitsOf(program as Program);
    const word = (check: typeof traits.liveness) => (check === "tcp" ? check : check.path);
    expect([traits.service, traits.port, traits.reach]).toEqual([service, port, reach]);
    expect([word(traits.liveness), word(traits.readiness)]).toEqual([liveness, readiness]);
  });

  it("have the launcher's value for their name, except what is no part of its image", () => {
    const selectors = Object.entries(servers).map(([program]) => [
      program,
      planOf(all, program as Program).environment.plain["server"],
    ]);
    expect(Object.fromEntries(selectors)).toMatchObject({
      "auth-db-mysql": "fxa-auth-db-mysql",
      "profile-server-worker": "fxa-profile-server-worker",
      "browserid-verifier": "browserid-verifier",
      "123done": "123done",
      "mail-service": undefined,
      "mozilla-sync": undefined,
    });
  });

  it("give what compiles at its start three minutes, and the auth-server longer than it waits by itself", () => {
    const seconds = (program: Program, startSeconds?: number): number => {
      const { startup } = probesOf(program, { startSeconds });
      return (startup?.failureThreshold ?? 0) * (startup?.periodSeconds ?? 0);
    };
    expect(seconds("content-server")).toBeGreaterThanOrEqual(180);
    expect(seconds("graphql-api")).toBeGreaterThanOrEqual(180);
    expect(seconds("auth-server")).toBeGreaterThan(300);
    expect(seconds("customs-server", 42)).toBe(45);
  });

  it("check a route that is not confirmed for readiness alone", () => {
    expect(probesOf("content-server", {}).startup?.check.kind).toBe("tcp");
    expect(probesOf("content-server", {}).liveness?.check.kind).toBe("tcp");
    const own = probesOf("content-server", { liveness: "/__lbheartbeat__", readiness: "tcp" });
    expect(own.liveness?.check).toEqual({ kind: "http", path: "/__lbheartbeat__", port: "http" });
    expect(own.readiness?.check.kind).toBe("tcp");
  });
});

describe("the environment of", () => {
  it.each(words)("%s has one of its own words %j, in production %s", (program, accepted, word) => {
    expect(plain(program)["NODE_ENV"]).toBe(word);
    expect(accepted).toContain(plan(program, development).environment.plain["NODE_ENV"]);
    expect(plain(program)).not.toHaveProperty("DEVENV");
  });

  it.each(binds)("%s binds %j to all addresses, and %s to %i", (program, hosts, port, number) => {
    expect(hosts.map((name) => plain(program)[name])).toEqual(hosts.map(() => "0.0.0.0"));
    expect(plain(program)[port]).toBe(String(number));
  });

  it.each(internals)("%s dials Services of the cluster", (program, addresses) => {
    expect(plain(program)).toMatchObject(addresses);
  });

  it.each(publics)("%s gives browsers public hosts", (program, addresses) => {
    expect(plain(program)).toMatchObject(addresses);
  });

  it.each(secrets)("%s has its secrets from Secrets alone", (program, names) => {
    const { environment } = plan(program);
    expect(Object.keys(environment.secret)).toEqual(expect.arrayContaining([...names]));
    expect(Object.keys(environment.plain).filter((name) => names.includes(name))).toEqual([]);
  });

  it.each(accounts)("%s calls the one account %j", (program, names) => {
    expect(names.map((name) => plain(program)[name])).toEqual(names.map(() => "fxa"));
  });

  it.each([...programs])(
    "%s keeps to its schema, with everything on and in development",
    (program) => {
      for (const context of [all, development]) {
        const { environment } = planOf(context, program);
        const names = Object.keys(environment.secret);
        expect(environmentFaults(settingsOf(context, program), environment.plain, names)).toEqual(
          [],
        );
      }
    },
  );

  it.each(runningPrograms(fxa()))(
    "%s keeps to its schema with the least that a file says",
    (program) => {
      const { environment } = planOf(fxa(), program);
      const names = Object.keys(environment.secret);
      expect(environmentFaults(settingsOf(fxa(), program), environment.plain, names)).toEqual([]);
    },
  );

  it.each(pairs)("%s: all its consumers are told one value, which is one entry", (_, consumers) => {
    const values = consumers.map(([program, name]) => secret(program, name));
    expect(new Set(values).size).toBe(1);
    expect(values[0]).not.toBe("(missing)");
  });

  it.each(starred)("the auth-server always says %s, which it refuses at its default", (name) => {
    expect(planOf(fxa(), "auth-server").environment.secret).toHaveProperty(name);
  });
});

describe("what the programs have of their makers", () => {
  // Defaults that are Mozilla's own addresses, or this machine: no environment leaves one to be used.
  it("is not dialled, and sent nothing", () => {
    for (const program of runningPrograms(fxa())) {
      const told = Object.values(planOf(fxa(), program).environment.plain).join(" ");
      expect(told).not.toMatch(/firefox\.com|lcip\.org|localhost|127\.0\.0\.1/);
    }
    expect(plain("auth-server")["REDIRECT_DOMAIN"]).toBe("example.org");
    expect(plain("payments-server")).toMatchObject({
      CSP_REPORT_URI: "https://accounts.example.org/_/csp-violation",
      CSP_REPORT_ONLY_URI: "https://accounts.example.org/_/csp-violation-report-only",
    });
  });

  // Anybody may read restmail.net's mailboxes: its addresses would be tried without a limit.
  it("lets no domain of mail past the limits that the file does not name", () => {
    const domains = (allowedEmailDomains?: readonly string[]) =>
      planOf(
        fxa({ servers: { "customs-server": { settings: { allowedEmailDomains } } } }),
        "customs-server",
      ).environment.plain["ALLOWED_EMAIL_DOMAINS"];
    expect(domains()).toBe("none.invalid");
    expect(domains(["probes.example.org"])).toBe("probes.example.org");
  });
});

describe("the OAuth servers' secret", () => {
  it("is the first that is accepted, beside those that are on their way in or out", () => {
    const context = fxa({ credentials: { oauthAlsoAccepted: ["oauth-old"] } });
    const { environment } = planOf(context, "auth-server");
    const told = (name: string) => filled(environment.secret[name] ?? []);
    for (const list of ["OAUTH_SERVER_SECRETS", "AUTH_SERVER_SECRETS"]) {
      expect(told(list)).toBe("value-of-oauth-server-secret,value-of-oauth-old");
      expect(told(list).split(",")).toContain(told("OAUTH_SERVER_SECRET_KEY"));
      expect(told(list).split(",")).toContain(told("AUTH_SERVER_SHARED_SECRET"));
    }
  });
});

describe("switches", () => {
  it("are off in an auth-server that is told nothing of AWS", () => {
    expect(planOf(fxa(), "auth-server").environment.plain).toMatchObject({
      SNS_TOPIC_ARN: "disabled",
      SMS_ENABLED: "false",
      PUSHBOX_ENABLED: "false",
      SUBSCRIPTIONS_ENABLED: "false",
      EVENTS_ENABLED: "false",
    });
    expect(planOf(fxa(), "auth-server").environment.plain).not.toHaveProperty("SNS_TOPIC_ENDPOINT");
  });

  it("turn StatsD on for all its clients, or for none", () => {
    expect(plain("auth-server")).toMatchObject({
      STATSD_ENABLE: "true",
      DD_AGENT_HOST: "statsd.metrics.svc",
      DD_DOGSTATSD_PORT: "8125",
    });
    expect(plain("graphql-api")).toMatchObject({ METRIC_HOST: "statsd.metrics.svc" });
    expect(plain("content-server")).toMatchObject({ METRIC_ENABLED: "true", METRIC_PORT: "8125" });
    const without = contextOf(fxaConfig(everything));
    expect(planOf(without, "payments-server").environment.plain).toMatchObject({
      STATSD_ENABLE: "false",
    });
    expect(planOf(without, "graphql-api").environment.plain).not.toHaveProperty("METRIC_HOST");
  });

  it("send mail by the auth-server itself, or by the program of its own", () => {
    const own = planOf(fxa(), "auth-server").environment;
    expect(own.plain).toMatchObject({
      SMTP_HOST: "smtp.example.net",
      SMTP_PORT: "465",
      SMTP_SECURE: "true",
      SMTP_SENDER: "Accounts <accounts@example.org>",
    });
    expect(own.plain).not.toHaveProperty("EMAIL_SERVICE_HOST");
    expect(own.calls).not.toContain("mail-service");
    expect(fxa().runs("mail-service")).toBe(false);
    expect(plain("auth-server")).not.toHaveProperty("SMTP_HOST");
    // Whatever it kept for itself would go to a mail server on localhost.
    expect(plain("auth-server")["EMAIL_SERVICE_FORCE_EMAIL_REGEX"]).toBe(".*");
    expect(plan("auth-server").environment.calls).toContain("mail-service");
  });

  it("keep pictures in a bucket, or in a folder that three programs share", () => {
    expect(plain("profile-server")).toMatchObject({
      IMG: "aws",
      IMG_UPLOADS_DEST_PUBLIC: "avatars",
    });
    const local = fxa({
      servers: {
        "profile-server": { settings: { images: { kind: "local", share: "many-nodes" } } },
      },
    });
    const folders = (["profile-server", "profile-server-worker", "profile-server-static"] as const)
      .map((program) => planOf(local, program).environment.plain)
      .map(({ IMG, IMG_UPLOADS_DEST_PUBLIC }) => `${IMG ?? ""} ${IMG_UPLOADS_DEST_PUBLIC ?? ""}`);
    expect(new Set(folders)).toEqual(new Set(["local /var/lib/fxa/avatars"]));
  });

  it("take a picture by the address that users are given, and by no other", () => {
    const local = fxa({
      servers: {
        "profile-server": { settings: { images: { kind: "local", share: "many-nodes" } } },
      },
    });
    for (const [context, address] of [
      // The static server has the disk's pictures alone, and a bucket's key is the id alone.
      [local, "https://images.accounts.example.org/a/"],
      [all, "https://avatars.example.net/"],
    ] as const) {
      const told = planOf(context, "profile-server").environment.plain;
      const { IMG_URL = "", IMG_PROVIDERS_FXA = "" } = told;
      expect(IMG_URL).toBe(`${address}{id}`);
      const picture = IMG_URL.replace("{id}", "0123456789abcdef".repeat(2));
      expect(new RegExp(IMG_PROVIDERS_FXA).test(picture)).toBe(true);
      expect(new RegExp(IMG_PROVIDERS_FXA).test(picture.replace(".example", "xexample"))).toBe(
        false,
      );
      for (const program of ["content-server", "payments-server"] as const) {
        expect(planOf(context, program).environment.plain["FXA_PROFILE_IMAGES_URL"]).toBe(
          new URL(address).origin,
        );
      }
    }
  });

  it("count the proxy itself in the chain of addresses that a client is found in", () => {
    // Chain: X-Forwarded-For, then what the pod sees. One proxy: client, proxy; the second from the end is the client.
    const clientIn = (chain: readonly string[], depth: string | undefined) =>
      chain[Math.max(0, chain.length - Number(depth))];
    const depth = (proxies: number) =>
      planOf(fxa({ proxies }), "auth-server").environment.plain["CLIENT_ADDRESS_DEPTH"];
    expect(clientIn(["client", "ingress"], depth(1))).toBe("client");
    expect(clientIn(["forged", "client", "ingress"], depth(1))).toBe("client");
    expect(clientIn(["client", "cdn", "ingress"], depth(2))).toBe("client");
  });

  it("write reads of auth-db-mysql to its copy, and without one to the database, never to localhost", () => {
    expect(plain("auth-db-mysql")).toMatchObject({
      MYSQL_HOST: "mysql.example.net",
      MYSQL_SLAVE_HOST: "mysql.example.net",
      MYSQL_SLAVE_USER: "fxa",
    });
  });
});

describe("event-broker, each reason to exit at its start (facts/fxa.md 4.2)", () => {
  const { environment, files } = plan("event-broker");
  const { plain: told } = environment;

  it("1: its NODE_ENV is one that it takes", () => {
    expect(["development", "test", "stage", "production"]).toContain(told["NODE_ENV"]);
  });

  it("2: its key file is mounted where it looks for it, and is JSON of a private key", () => {
    const paths = files.map(({ folder, name }) => `${folder}/${name}`);
    expect(paths).toContain(told["OPENID_KEYFILE"]);
    expect(told["OPENID_KEYFILE"]).toMatch(/\.json$/);
    const key = files.find(({ volume }) => volume === "openid")?.text ?? [];
    expect(JSON.parse(filled(key))).toMatchObject({ kty: "RSA" });
  });

  it("3: its queue has a region", () => {
    expect(told["SERVICE_NOTIFICATION_QUEUE_URL"]).toContain("sqs.eu-west-1.");
    expect(told["AWS_REGION"]).toBe("eu-west-1");
  });

  it("4: it asks the auth-server, by the secret that this one knows", () => {
    expect(told["CAPABILITY_URL"]).toMatch(/^http:\/\/fxa-auth-server:9000\/v1\//);
    expect(secret("event-broker", "CAPABILITY_AUTH_TOKEN")).toBe(
      secret("auth-server", "SUBSCRIPTIONS_SHARED_SECRET"),
    );
  });

  // Without subscriptions the auth-server has no route to ask: 404, at which a broker that insists ends.
  it.each([
    ["insists on the answer, where the auth-server has subscriptions", all, "true"],
    ["asks for nothing, where it has none", withoutSubscriptions, "false"],
  ] as const)("4: it %s", (_, context, insists) => {
    const { plain: broker } = plan("event-broker", context).environment;
    const { plain: server } = plan("auth-server", context).environment;
    expect([server["SUBSCRIPTIONS_ENABLED"], broker["CAPABILITY_FAIL_ON_START"]]).toEqual([
      insists,
      insists,
    ]);
  });

  it("5: Firestore and Pub/Sub have a project and the mounted key file", () => {
    const google = files.find(({ volume }) => volume === "google");
    expect(told["FIRESTORE_PROJECT_ID"]).toBe("accounts-1234");
    expect(told["FIRESTORE_KEY_FILE"]).toBe(`${google?.folder ?? ""}/${google?.name ?? ""}`);
    expect(told["GOOGLE_APPLICATION_CREDENTIALS"]).toBe(told["FIRESTORE_KEY_FILE"]);
    expect(JSON.parse(filled(google?.text ?? []))).toMatchObject({ type: "service_account" });
  });

  it("6: its port is the Service's", () => {
    expect(told["PUBSUB_PROXY_PORT"]).toBe(String(servers["event-broker"].port));
  });
});

describe("files", () => {
  const text = (program: string, name: string): unknown =>
    JSON.parse(filled(plan(program).files.find((file) => file.name === name)?.text ?? ["null"]));

  it("give the auth-server both halves of one key, the private one nowhere else", () => {
    const whole = text("auth-server", "secret-key.json") as Record<string, string>;
    const open = text("auth-server", "public-key.json") as Record<string, string>;
    expect(open["n"]).toBe(whole["n"]);
    expect(open).not.toHaveProperty("d");
    expect(text("auth-server", "openid-previous.json")).not.toHaveProperty("d");
    expect(text("auth-server", "openid-next.json")).toHaveProperty("d");
  });

  it("tell the auth-server of the demos as clients that come back to public hosts, by hashes alone", () => {
    const { oauthServer } = text("auth-server", "clients.json") as {
      readonly oauthServer: { readonly clients: readonly Record<string, unknown>[] };
    };
    expect(oauthServer.clients.map(({ redirectUri }) => redirectUri)).toEqual([
      "https://123done.example.org/api/oauth",
      "https://321done.example.org/api/oauth",
      "https://fortress.example.org/download",
    ]);
    for (const client of oauthServer.clients) {
      expect(client["hashedSecret"]).toMatch(/^[0-9a-f]{64}$/);
      // What the server asks of each before it starts.
      expect(Object.keys(client)).toEqual(
        expect.arrayContaining(["id", "name", "imageUri", "redirectUri", "trusted", "canGrant"]),
      );
    }
    const own = text("123done", "config.json") as Record<string, string>;
    expect(JSON.stringify(oauthServer)).not.toContain(own["client_secret"]);
    expect(plain("auth-server")["CONFIG_FILES"]).toBe("/etc/fxa/clients/clients.json");
  });

  it("tell a demo what the auth-server knows it by", () => {
    const demo = text("321done", "config.json") as Record<string, string>;
    expect(demo).toMatchObject({
      client_secret: createHash("sha256").update("demo-321done").digest("hex"),
      redirect_uri: "https://321done.example.org/api/oauth",
      issuer_uri: "https://accounts.example.org",
    });
    expect(plain("321done")["CONFIG_123DONE"]).toBe("/etc/fxa/demo/config.json");
    expect(plain("fortress")["CONFIG_FORTRESS"]).toBe("/etc/fxa/demo/config.json");
  });

  it("hash a client's secret as the auth-server does: the bytes, not their digits", () => {
    // Known answer: the published secret of 123done in development, and the hash that stands beside it there.
    const secret = "b93ef8a8f3e553a430d7e5b904c6132b2722633af9f03128029201d24a97f2a8";
    const reference = new SecretReference("client-secret", "demo-123done");
    expect(fillText([part(reference, "sha256-of-hex")], () => secret)).toBe(
      "289a885946ee316844d9ffd0d725ee714901548a1e6507f1a40fb3c2ae0c99f1",
    );
  });

  it("tell fortress no secret: it logs all that it is told", () => {
    const fortress = plan("fortress");
    expect(
      fortress.files.flatMap((file) => file.text.filter((one) => typeof one !== "string")),
    ).toEqual([]);
    expect(fortress.environment.secret).toEqual({});
  });

  it("give the content-server its session secret, which has no variable", () => {
    expect(text("content-server", "session.json")).toEqual({
      client_sessions: { secret: "value-of-content-session-secret" },
    });
  });

  it("are nobody's who has nothing to read", () => {
    const none = fxa();
    expect(planOf(none, "auth-server").files.map(({ name }) => name)).not.toContain("clients.json");
    expect(planOf(none, "payments-server").files).toEqual([]);
  });
});

describe("the rest", () => {
  it("gives the debug pod all that its target is told, and another launcher's word", () => {
    const target = plan("event-broker");
    const debug = debugPlan(all, "event-broker");
    expect(debug.environment.plain).toEqual({ ...target.environment.plain, server: "debug" });
    expect(debug.environment.secret).toEqual(target.environment.secret);
    expect(debug.files).toEqual(target.files);
  });

  it("keeps DEVENV in the root ConfigMap", () => {
    expect(rootConfigData(all)["DEVENV"]).toBe("prod");
    expect(rootConfigData(development)["DEVENV"]).toBe("dev");
  });

  it("adds variables that the schema does not know", () => {
    const context = fxa({ servers: { "customs-server": { extraEnv: { UA_LIMIT: "3" } } } });
    expect(planOf(context, "customs-server").environment.plain["UA_LIMIT"]).toBe("3");
  });

  it("takes MySQL's password and Sync's key from the Secrets that keep their names", () => {
    const from = (program: string) => secretSources(all, plan(program));
    expect(from("graphql-api")["OAUTH_MYSQL_PASSWORD"]).toEqual({
      kind: "named",
      name: "mysql-secret",
      key: "password",
    });
    expect(from("mozilla-sync")["SYNCSERVER_SECRET"]).toEqual({
      kind: "named",
      name: "keys-secret",
      key: "sync-key",
    });
    // A text that holds more than the password is nobody else's.
    expect(from("mozilla-sync")["SYNCSERVER_SQLURI"]?.kind).toBe("own");
    expect(from("auth-server")["FLOW_ID_KEY"]?.kind).toBe("own");
  });

  it("writes Sync's database as one URL", () => {
    expect(secret("mozilla-sync", "SYNCSERVER_SQLURI")).toBe(
      "pymysql://fxa:value-of-mysql@mysql.example.net:3306/sync",
    );
  });

  it("gives Rocket 256 bits in base64, whatever the entry looks like", () => {
    const key = secret("mail-service", "FXA_EMAIL_SECRETKEY");
    expect(Buffer.from(key, "base64")).toHaveLength(32);
    expect(key).toHaveLength(44);
  });
});
