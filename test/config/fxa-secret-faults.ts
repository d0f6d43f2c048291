/** Faults of Firefox Accounts' secrets: published defaults, pairs, and secrets in the wrong place. */
import { generateSecret } from "../../components/base/secrets.ts";
import { config, type FaultCase, secrets } from "./fault-cases.ts";

type Case = Omit<FaultCase, "stack">;

const servers = "fleet:servers";

/** Published words, each where its program has it; the last five are checked by no program (facts/fxa.md 10). */
const defaults: readonly (readonly [what: string, entry: string, word: string])[] = [
  ["FLOW_ID_KEY", "flow-id-key", "YOU MUST CHANGE ME"],
  ["PUSHBOX_KEY", "pushbox-key", "Correct_Horse_Battery_Staple_1"],
  ["the OAuth servers' secret", "oauth-server-secret", "megaz0rd"],
  ["the support panel's token", "support-panel-token", "SSHH"],
  ["PPID_SALT", "ppid-salt", "YOU MUST CHANGE ME"],
  ["the subscriptions' secret", "subscriptions-secret", "YOU MUST CHANGE ME"],
  ["the profile-server's token", "profile-token", "supersecret"],
  ["IP_HMAC_KEY", "ip-hmac-key", "changeme"],
  ["the content-server's sessions", "content-session-secret", "YOU MUST CHANGE ME"],
  ["Sync's key", "sync-key", "INSERT_SECRET_KEY_HERE"],
  ["any case", "profile-token", "SuperSecret"],
];

const refuses = (entry: string) => ({
  paths: [`fleet:secrets.${entry}`],
  says: "must not be a word that the servers are published with",
});

const mailService = {
  kind: "mail-service",
  image: "docker.io/mozilla/fxa-email-service:v1.200.0",
  sender: { address: "accounts@example.org" },
  aws: { keyId: "auth-aws-id", secret: "auth-aws-secret" },
};

const copied = generateSecret("shared-secret");

/** All of them. */
export const fxaSecretFaults: readonly Case[] = [
  ...defaults.map(([what, entry, word]) => ({
    title: `the published default of ${what}, in ${entry}`,
    spoil: secrets({ [entry]: word }),
    ...refuses(entry),
  })),
  {
    title: "the published default of mail-service's HMAC key",
    spoil: (draft) => {
      config({ "fleet:mail": mailService })(draft);
      secrets({
        "mail-hmac-key": "YOU MUST CHANGE ME",
        "mail-secret-key": generateSecret("shared-secret"),
      })(draft);
    },
    ...refuses("mail-hmac-key"),
  },
  {
    title: "the published secrets of the demos and of their cookies",
    spoil: (draft) => {
      config({ "fleet:demos": {} })(draft);
      secrets({
        "demo-123done": "b93ef8a8f3e553a430d7e5b904c6132b2722633af9f03128029201d24a97f2a8",
        "demo-321done": generateSecret("client-secret"),
        "demo-fortress": generateSecret("client-secret"),
        "demo-cookies": "define a real secret, please",
      })(draft);
    },
    paths: ["fleet:secrets.demo-123done", "fleet:secrets.demo-cookies"],
    says: "must not be a word that the servers are published with",
  },
  {
    title: "a placeholder for MySQL's password",
    spoil: secrets({ mysql: "changeme-changeme-changeme" }),
    paths: ["fleet:secrets.mysql"],
    says: "is a placeholder, which production does not take",
  },
  {
    title: "an entry that is not there",
    spoil: secrets({ "flow-id-key": undefined }),
    paths: ["fleet:credentials.flowIdKey"],
    says: "names flow-id-key, a shared-secret, which fleet:secrets does not have",
  },
  {
    title: "a secret itself in the place of its name",
    spoil: config({ "fleet:credentials": { flowIdKey: "Canary-0123456789" } }),
    paths: ["fleet:credentials.flowIdKey"],
    says: /^must be the name of an entry of fleet:secrets, e\.g\. dmsg-server-1$/,
  },
  {
    title: "one value under two names",
    spoil: secrets({ "flow-id-key": copied, "profile-token": copied }),
    paths: ["fleet:secrets.profile-token"],
    says: "must have a value of its own: it is that of flow-id-key",
  },
  {
    title: "one published word under two names, told of each once",
    spoil: secrets({ "flow-id-key": "supersecret", "profile-token": "supersecret" }),
    paths: ["fleet:secrets.flow-id-key", "fleet:secrets.profile-token"],
    says: "must not be a word that the servers are published with",
  },
  {
    title: "half a key file of Google's",
    spoil: secrets({ "event-broker-google-key": "{}" }),
    paths: ["fleet:secrets.event-broker-google-key"],
    says: "must be the key file of a service account at Google",
  },
  {
    title:
      "a pair that does not match: tokens signed by a key that the auth-server does not publish",
    spoil: (draft) => {
      config({ [`${servers}/event-broker/settings/openidKey`]: "broker-key" })(draft);
      secrets({ "broker-key": generateSecret("web-key") })(draft);
    },
    paths: ["fleet:servers.event-broker.settings.openidKey"],
    says: "must be a key that the auth-server publishes (openid-key of its settings.openid)",
  },
  {
    title: "one entry for a key's id and the key",
    spoil: config({
      [`${servers}/auth-server/settings/aws/keys`]: { keyId: "auth-aws-id", secret: "auth-aws-id" },
    }),
    paths: ["fleet:servers.auth-server.settings.aws.keys.secret"],
    says: "must be an entry of its own: auth-aws-id is its keyId already",
  },
  {
    title: "one entry for the mail server's user and password",
    spoil: config({ "fleet:mail/smtp/password": "smtp-user" }),
    paths: ["fleet:mail.smtp.password"],
    says: "must be an entry of its own: smtp-user is its user already",
  },
  {
    title: "one password for MySQL's root and its account",
    spoil: config({
      "fleet:mysql": {
        ...{ kind: "builtin", inProduction: "trial", backup: { kind: "none" } },
        rootPassword: "mysql",
      },
    }),
    // Told at the second of both in the file's order.
    paths: ["fleet:mysql.password"],
    says: "must be an entry of its own: mysql stands at fleet:mysql.rootPassword already",
  },
  {
    title: "a secret in a plain variable, which is not repeated",
    spoil: config({ [`${servers}/auth-server/extraEnv`]: { FLOW_ID_KEY: "canary" } }),
    paths: ["fleet:servers.auth-server.extraEnv.FLOW_ID_KEY"],
    says: "it is a secret, which fleet:secrets and a name in the settings give",
  },
  {
    title: "what is called like a secret in a plain variable, which is not repeated either",
    spoil: config({ [`${servers}/payments-server/extraEnv`]: { MYSQL_PASSWORD: "canary" } }),
    paths: ["fleet:servers.payments-server.extraEnv.MYSQL_PASSWORD"],
    says: "as it is called like a secret, and everybody who reads the pod reads this",
  },
];
