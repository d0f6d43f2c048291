/**
 * The tables of facts/fxa.md 4 to 7 and 10, written down a second time: what the code says is held against them.
 */

/** Service, port, reach, liveness, readiness: 6, "Overview of ports and health". */
export const overview: readonly (readonly [
  program: string,
  service: string,
  port: number,
  reach: "public" | "internal",
  liveness: string,
  readiness: string,
])[] = [
  ["auth-db-mysql", "fxa-auth-db-mysql", 8000, "internal", "/__version__", "/__heartbeat__"],
  ["auth-server", "fxa-auth-server", 9000, "public", "/__lbheartbeat__", "/__heartbeat__"],
  ["content-server", "fxa-content-server", 3030, "public", "tcp", "/__heartbeat__"],
  ["profile-server", "fxa-profile-server", 1111, "public", "tcp", "/__heartbeat__"],
  ["profile-server-static", "fxa-profile-server-static", 1112, "public", "tcp", "tcp"],
  ["profile-server-worker", "fxa-profile-server-worker", 1113, "internal", "tcp", "tcp"],
  ["graphql-api", "fxa-graphql-api", 8290, "public", "tcp", "/__heartbeat__"],
  ["payments-server", "fxa-payments-server", 3031, "public", "tcp", "/__heartbeat__"],
  ["customs-server", "fxa-customs-server", 7000, "internal", "/", "/"],
  ["browserid-verifier", "browserid-verifier", 5050, "internal", "/status", "/status"],
  ["event-broker", "fxa-event-broker", 8090, "public", "/__lbheartbeat__", "/__heartbeat__"],
  ["mail-service", "fxa-mail-service", 8001, "internal", "/__lbheartbeat__", "/__heartbeat__"],
  ["123done", "123done", 8080, "public", "/", "/"],
  ["321done", "321done", 10139, "public", "/", "/"],
  ["fortress", "fortress", 9292, "public", "/", "/"],
  // Its root answers "it works!" in all of its versions (syncserver/__init__.py); a port alone is open before that.
  ["mozilla-sync", "mozilla-sync", 5000, "public", "tcp", "/"],
];

/** Words that each server takes, and its word in production: 5. */
export const words: readonly (readonly [
  program: string,
  accepted: readonly string[],
  production: string,
])[] = [
  ["auth-server", ["dev", "test", "stage", "prod"], "prod"],
  ["auth-db-mysql", ["dev", "test", "stage", "prod"], "prod"],
  ["customs-server", ["dev", "test", "stage", "prod"], "prod"],
  ["content-server", ["production", "development"], "production"],
  ["payments-server", ["development", "production", "test"], "production"],
  ["profile-server", ["development", "test", "stage", "production"], "production"],
  ["profile-server-worker", ["development", "test", "stage", "production"], "production"],
  ["profile-server-static", ["development", "test", "stage", "production"], "production"],
  ["graphql-api", ["development", "test", "stage", "production"], "production"],
  ["event-broker", ["development", "test", "stage", "production"], "production"],
  ["mail-service", ["development", "production"], "production"],
  ["browserid-verifier", ["development", "production"], "production"],
  ["123done", ["development", "production"], "production"],
  ["321done", ["development", "production"], "production"],
  ["fortress", ["development", "production"], "production"],
];

/** Variables by which each server is bound to all addresses and to its port: 6. */
export const binds: readonly (readonly [
  program: string,
  hosts: readonly string[],
  port: string,
  number: number,
])[] = [
  ["auth-db-mysql", ["HOST"], "PORT", 8000],
  ["auth-server", ["IP_ADDRESS", "HOST", "HOST_INTERNAL"], "PORT", 9000],
  ["content-server", [], "PORT", 3030],
  ["profile-server", ["HOST", "WORKER_HOST"], "PORT", 1111],
  ["profile-server-worker", ["HOST", "WORKER_HOST"], "WORKER_PORT", 1113],
  ["profile-server-static", ["HOST", "WORKER_HOST"], "PORT", 1111],
  ["graphql-api", [], "PORT", 8290],
  ["payments-server", ["IP_ADDRESS"], "PORT", 3031],
  ["customs-server", ["IP_ADDRESS"], "PORT", 7000],
  ["browserid-verifier", ["IP_ADDRESS"], "PORT", 5050],
  ["event-broker", [], "PUBSUB_PROXY_PORT", 8090],
  ["mail-service", ["FXA_EMAIL_HOST"], "FXA_EMAIL_PORT", 8001],
  ["123done", [], "PORT", 8080],
  ["321done", [], "PORT", 10139],
  ["fortress", [], "PORT", 9292],
  ["mozilla-sync", [], "PORT", 5000],
];

/** Addresses that a server dials, inside the cluster: 4 and 6. */
export const internals: readonly (readonly [program: string, Readonly<Record<string, string>>])[] =
  [
    [
      "auth-server",
      {
        HTTPDB_URL: "http://fxa-auth-db-mysql:8000",
        CUSTOMS_SERVER_URL: "http://fxa-customs-server:7000",
        PROFILE_SERVER_URL: "http://fxa-profile-server:1111",
        VERIFICATION_URL: "http://browserid-verifier:5050/v2",
        EMAIL_SERVICE_HOST: "fxa-mail-service",
        EMAIL_SERVICE_PORT: "8001",
        MEMCACHE_METRICS_CONTEXT_ADDRESS: "memcached:11211",
        REDIS_HOST: "redis-master",
        REDIS_PORT: "6379",
        ACCESS_TOKEN_REDIS_HOST: "redis-master",
        REFRESH_TOKEN_REDIS_HOST: "redis-master",
      },
    ],
    [
      "content-server",
      { FEATURE_FLAGS_REDIS_HOST: "redis-master", FEATURE_FLAGS_REDIS_PORT: "6379" },
    ],
    [
      "profile-server",
      {
        WORKER_URL: "http://fxa-profile-server-worker:1113",
        AUTH_SERVER_URL: "http://fxa-auth-server:9000/v1",
        OAUTH_SERVER_URL: "http://fxa-auth-server:9000/v1",
        REDIS_HOST: "redis-master",
      },
    ],
    [
      "graphql-api",
      {
        AUTH_SERVER_URL: "http://fxa-auth-server:9000/v1",
        PROFILE_SERVER_URL: "http://fxa-profile-server:1111/v1",
        ACCESS_TOKEN_REDIS_HOST: "redis-master",
      },
    ],
    ["customs-server", { MEMCACHE_ADDRESS: "memcached:11211" }],
    [
      "event-broker",
      { CAPABILITY_URL: "http://fxa-auth-server:9000/v1/oauth/subscriptions/clients" },
    ],
    [
      "mail-service",
      {
        FXA_EMAIL_AUTHDB_BASEURI: "http://fxa-auth-db-mysql:8000/",
        FXA_EMAIL_REDIS_HOST: "redis-master",
      },
    ],
    [
      "mozilla-sync",
      {
        // It asks there for the addresses of browsers, and takes none of its own from it.
        SYNCSERVER_IDENTITY_PROVIDER: "http://fxa-content-server:3030",
        SYNCSERVER_OAUTH_VERIFIER: "http://fxa-auth-server:9000",
        SYNCSERVER_BROWSERID_VERIFIER: "http://browserid-verifier:5050",
      },
    ],
  ];

/** Addresses that go to browsers, under example.org: 6 and 7. */
export const publics: readonly (readonly [program: string, Readonly<Record<string, string>>])[] = [
  [
    "auth-server",
    {
      PUBLIC_URL: "https://api.accounts.example.org",
      CONTENT_SERVER_URL: "https://accounts.example.org",
      CONTENT_URL: "https://accounts.example.org/oauth/",
      OAUTH_URL: "https://oauth.accounts.example.org",
      AUTH_SERVER_URL: "https://api.accounts.example.org",
      ISSUER: "api.accounts.example.org",
      FXA_OPENID_ISSUER: "https://accounts.example.org",
      SYNC_TOKENSERVER_URL: "https://token.example.org/token",
    },
  ],
  [
    "content-server",
    {
      PUBLIC_URL: "https://accounts.example.org",
      FXA_URL: "https://api.accounts.example.org",
      FXA_OAUTH_URL: "https://oauth.accounts.example.org",
      FXA_PROFILE_URL: "https://profile.accounts.example.org",
      FXA_PROFILE_IMAGES_URL: "https://avatars.example.net",
      FXA_GQL_URL: "https://graphql.accounts.example.org",
      SUBSCRIPTIONS_MANAGEMENT_URL: "https://subscriptions.example.org",
      SYNC_TOKENSERVER_URL: "https://token.example.org/token",
      STATIC_RESOURCE_URL: "https://accounts.example.org",
    },
  ],
  [
    "profile-server",
    {
      PUBLIC_URL: "https://profile.accounts.example.org",
      // Of a bucket, whose keys are the ids (fxa-profile-server lib/img/aws.js).
      IMG_URL: "https://avatars.example.net/{id}",
    },
  ],
  [
    "graphql-api",
    {
      CORS_ORIGIN: "https://accounts.example.org",
      SETTINGS_SERVER_URL: "https://accounts.example.org",
    },
  ],
  [
    "payments-server",
    {
      PUBLIC_URL: "https://subscriptions.example.org",
      STATIC_RESOURCE_URL: "https://subscriptions.example.org",
      AUTH_SERVER_URL: "https://api.accounts.example.org",
      CONTENT_SERVER_URL: "https://accounts.example.org",
      OAUTH_SERVER_URL: "https://oauth.accounts.example.org",
      PROFILE_SERVER_URL: "https://profile.accounts.example.org",
      FXA_PROFILE_IMAGES_URL: "https://avatars.example.net",
    },
  ],
  ["mozilla-sync", { SYNCSERVER_PUBLIC_URL: "https://token.example.org" }],
];

/** Secret variables of each server, all of which must come from a Secret: 4.1, 4.2 and 6. */
export const secrets: readonly (readonly [program: string, names: readonly string[]])[] = [
  ["auth-db-mysql", ["MYSQL_PASSWORD", "MYSQL_SLAVE_PASSWORD", "IP_HMAC_KEY"]],
  [
    "auth-server",
    [
      "MYSQL_PASSWORD",
      "FLOW_ID_KEY",
      "OAUTH_SERVER_SECRET_KEY",
      "OAUTH_SERVER_SECRETS",
      "AUTH_SERVER_SHARED_SECRET",
      "AUTH_SERVER_SECRETS",
      "PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN",
      "SUPPORT_PANEL_AUTH_SECRET_BEARER_TOKEN",
      "PUSHBOX_KEY",
      "SUBSCRIPTIONS_SHARED_SECRET",
      "SUBHUB_KEY",
      "SUBHUB_STRIPE_APIKEY",
      "STRIPE_WEBHOOK_SECRET",
      "PPID_SALT",
      "ZENDESK_TOKEN",
      "SENTRY_DSN",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
    ],
  ],
  ["content-server", ["FLOW_ID_KEY"]],
  ["profile-server", ["MYSQL_PASSWORD", "AUTH_SECRET_BEARER_TOKEN"]],
  [
    "graphql-api",
    [
      "AUTH_MYSQL_PASSWORD",
      "PROFILE_MYSQL_PASSWORD",
      "OAUTH_MYSQL_PASSWORD",
      "PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN",
    ],
  ],
  ["payments-server", ["STRIPE_API_KEY"]],
  ["customs-server", ["REPUTATION_SERVICE_HAWK_KEY"]],
  [
    "event-broker",
    [
      "CAPABILITY_AUTH_TOKEN",
      "PUBSUB_VERIFICATION_TOKEN",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
    ],
  ],
  [
    "mail-service",
    [
      "FXA_EMAIL_HMACKEY",
      "FXA_EMAIL_SECRETKEY",
      "FXA_EMAIL_AWS_KEYS_ACCESS",
      "FXA_EMAIL_AWS_KEYS_SECRET",
      "FXA_EMAIL_AWS_SQSURLS_BOUNCE",
      "FXA_EMAIL_AWS_SQSURLS_COMPLAINT",
      "FXA_EMAIL_AWS_SQSURLS_DELIVERY",
      "FXA_EMAIL_AWS_SQSURLS_NOTIFICATION",
    ],
  ],
  ["123done", ["COOKIE_SECRET"]],
  ["mozilla-sync", ["SYNCSERVER_SQLURI", "SYNCSERVER_SECRET"]],
];

/** Settings that the auth-server refuses at their defaults in production: 4.3. */
export const starred = [
  "PUSHBOX_KEY",
  "FLOW_ID_KEY",
  "OAUTH_SERVER_SECRETS",
  "OAUTH_SERVER_SECRET_KEY",
  "PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN",
  "SUPPORT_PANEL_AUTH_SECRET_BEARER_TOKEN",
];

/** One value, several consumers: 10. */
export const pairs: readonly (readonly [
  string,
  readonly (readonly [program: string, name: string])[],
])[] = [
  [
    "FLOW_ID_KEY",
    [
      ["auth-server", "FLOW_ID_KEY"],
      ["content-server", "FLOW_ID_KEY"],
    ],
  ],
  [
    "profile bearer token",
    [
      ["auth-server", "PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN"],
      ["graphql-api", "PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN"],
      ["profile-server", "AUTH_SECRET_BEARER_TOKEN"],
    ],
  ],
  [
    "subscriptions shared secret",
    [
      ["auth-server", "SUBSCRIPTIONS_SHARED_SECRET"],
      ["event-broker", "CAPABILITY_AUTH_TOKEN"],
    ],
  ],
  [
    "MySQL password",
    [
      ["auth-db-mysql", "MYSQL_PASSWORD"],
      ["auth-server", "MYSQL_PASSWORD"],
      ["auth-server", "AUTH_MYSQL_PASSWORD"],
      ["profile-server", "MYSQL_PASSWORD"],
      ["graphql-api", "AUTH_MYSQL_PASSWORD"],
      ["graphql-api", "PROFILE_MYSQL_PASSWORD"],
      ["graphql-api", "OAUTH_MYSQL_PASSWORD"],
    ],
  ],
];

/** Names under which each server has the one account of MySQL: 10. */
export const accounts: readonly (readonly [program: string, names: readonly string[]])[] = [
  ["auth-db-mysql", ["MYSQL_USER"]],
  ["auth-server", ["MYSQL_USERNAME", "AUTH_MYSQL_USERNAME"]],
  ["profile-server", ["MYSQL_USERNAME"]],
  ["graphql-api", ["AUTH_MYSQL_USERNAME", "PROFILE_MYSQL_USERNAME", "OAUTH_MYSQL_USERNAME"]],
];
