/** What Firefox Accounts' production is to be on a cluster: by facts/fxa.md, and by what its stack file says. */
import { patcherName } from "../../components/fxa/roles.ts";
import { overview } from "../fxa/facts.ts";

/** The stack, and the namespace of its servers. */
export const stack = "fxa-production";
/** {@inheritDoc stack} */
export const namespace = "fxa";

/** Of the facts' programs: those that production does not run. */
const off = ["mail-service", "123done", "321done", "fortress"];

/** Rows of a table of the facts that are about what runs. */
export const runs = <Row extends readonly [string, ...unknown[]]>(
  rows: readonly Row[],
): readonly Row[] => rows.filter(([program]) => !off.includes(program));

/** Program → its Service, which its workload is named like. */
export const services = new Map(runs(overview).map(([program, service]) => [program, service]));

/** Servers whose number of pods is an autoscaler's. */
export const autoscaled = ["fxa-auth-server", "fxa-content-server", "fxa-profile-server"];

/** Servers with two pods. */
export const doubled = [
  ...autoscaled,
  "fxa-auth-db-mysql",
  "fxa-customs-server",
  "fxa-graphql-api",
  "fxa-payments-server",
  "fxa-profile-server-static",
  "fxa-profile-server-worker",
  "browserid-verifier",
];

/** What has one pod, and never two. */
export const single = ["fxa-event-broker", "mozilla-sync", "redis-master", "memcached"];

/** Public host → Service and port: facts/fxa.md 7; the event-broker's is there where Google pushes, that of pictures where no bucket has them. */
export const hosts: Readonly<Record<string, string>> = {
  "accounts.example.org": "fxa-content-server:3030",
  "api.accounts.example.org": "fxa-auth-server:9000",
  "oauth.accounts.example.org": "fxa-auth-server:9000",
  "profile.accounts.example.org": "fxa-profile-server:1111",
  "graphql.accounts.example.org": "fxa-graphql-api:8290",
  "subscriptions.example.org": "fxa-payments-server:3031",
  "token.example.org": "mozilla-sync:5000",
  "sync.example.org": "mozilla-sync:5000",
  "grafana.example.org": "grafana:3000",
};

/** Those made directly before the auth-server, and it: everything else comes after it. */
const upToAuth = [
  "fxa-auth-db-mysql",
  "fxa-customs-server",
  "browserid-verifier",
  "fxa-auth-server",
];
const servers = [...services.values()];

/** The second waits for the first: facts/fxa.md 11. */
export const edges: readonly (readonly [string, string])[] = [
  ...servers
    .filter((name) => name !== "fxa-auth-db-mysql")
    .map((name) => ["fxa-auth-db-mysql", name] as const),
  ["memcached", "fxa-customs-server"],
  ...["redis-master", "memcached", "fxa-customs-server", "browserid-verifier"].map(
    (name) => [name, "fxa-auth-server"] as const,
  ),
  ...servers
    .filter((name) => !upToAuth.includes(name))
    .map((name) => ["fxa-auth-server", name] as const),
  ["fxa-profile-server", "fxa-graphql-api"],
  ["fxa-profile-server", "fxa-payments-server"],
];

const profiles = ["fxa-profile-server", "fxa-profile-server-static", "fxa-profile-server-worker"];

/** Entry of `fleet:secrets` → workloads that are told it: facts/fxa.md 6 and 10. */
export const users: Readonly<Record<string, readonly string[]>> = {
  mysql: [
    ...["fxa-auth-db-mysql", patcherName, "fxa-auth-server", "fxa-graphql-api", "mozilla-sync"],
    ...profiles,
  ],
  "flow-id-key": ["fxa-auth-server", "fxa-content-server"],
  "profile-token": ["fxa-auth-server", "fxa-graphql-api", ...profiles],
  "subscriptions-secret": ["fxa-auth-server", "fxa-event-broker"],
  "openid-key": ["fxa-auth-server", "fxa-event-broker"],
  "ip-hmac-key": ["fxa-auth-db-mysql", patcherName, "fxa-auth-server"],
  ...Object.fromEntries(
    [
      ...["oauth-server-secret", "auth-secret-key", "vapid-keys", "pushbox-key", "ppid-salt"],
      ...["support-panel-token", "support-token", "auth-aws-id", "auth-aws-secret"],
      ...["smtp-user", "smtp-password"],
    ].map((entry) => [entry, ["fxa-auth-server"]]),
  ),
  "content-session-secret": ["fxa-content-server"],
  "avatars-aws-id": profiles,
  "avatars-aws-secret": profiles,
  "broker-aws-id": ["fxa-event-broker"],
  "broker-aws-secret": ["fxa-event-broker"],
  "event-broker-google-key": ["fxa-event-broker"],
  "sync-key": ["mozilla-sync"],
};

/** Entries that go to the registry's login and to what watches. */
export const elsewhere = [
  ...["registry", "grafana-admin", "grafana-encryption"],
  ...["slack-alerts", "watchdog-webhook"],
];

/** Secrets of the facts that production has no use for: what they belong to is off. */
export const unused: Readonly<Record<string, readonly string[]>> = {
  "auth-server": [
    ...["SUBHUB_KEY", "SUBHUB_STRIPE_APIKEY", "STRIPE_WEBHOOK_SECRET", "ZENDESK_TOKEN"],
    "SENTRY_DSN",
  ],
  "payments-server": ["STRIPE_API_KEY"],
  "customs-server": ["REPUTATION_SERVICE_HAWK_KEY"],
  "event-broker": ["PUBSUB_VERIFICATION_TOKEN"],
};

/** Mails leave by the auth-server itself: it is told of no mail-service. */
export const ofMailService = ["EMAIL_SERVICE_HOST", "EMAIL_SERVICE_PORT"];
