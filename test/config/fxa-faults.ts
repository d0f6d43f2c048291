/** Faults of stack files of Firefox Accounts: issue 10, "Bad input", and what people get wrong beside. */
import { generateSecret } from "../../components/base/secrets.ts";
import { config, type FaultCase, secrets } from "./fault-cases.ts";
import { fxaAddressFaults } from "./fxa-address-faults.ts";
import { fxaNumberFaults } from "./fxa-number-faults.ts";
import { fxaSecretFaults } from "./fxa-secret-faults.ts";

const production: readonly Omit<FaultCase, "stack">[] = [
  {
    title: "an auth secret that is the program's published default",
    spoil: secrets({ "profile-token": "supersecret" }),
    paths: ["fleet:secrets.profile-token"],
    says: /default|published|must be/,
  },
  {
    title: "halves of a pair given twice: the event-broker's own copy of the auth-server's secret",
    spoil: config({ "fleet:servers/event-broker/settings/capabilityAuthToken": "broker-token" }),
    paths: ["fleet:servers.event-broker.settings.capabilityAuthToken"],
    says: "is no key that Fleet knows",
  },
  {
    title: "one entry for two purposes",
    spoil: config({ "fleet:credentials": { flowIdKey: "profile-token" } }),
    paths: ["fleet:credentials.profileToken"],
    says: "must be an entry of its own",
  },
  {
    title: "a public host that only the cluster knows",
    spoil: config({ "fleet:hosts": { api: "fxa-auth-server.fxa.svc" } }),
    paths: ["fleet:hosts.api"],
    says: "cannot resolve fxa-auth-server.fxa.svc",
  },
  {
    title: "a NODE_ENV given by hand",
    spoil: config({ "fleet:servers/customs-server/extraEnv": { NODE_ENV: "production" } }),
    paths: ["fleet:servers.customs-server.extraEnv.NODE_ENV"],
    says: "follows from fleet:environment",
  },
  {
    title: "an event-broker without a word of what it needs",
    spoil: config({ "fleet:servers/event-broker": { enabled: true } }),
    paths: ["fleet:servers.event-broker.settings"],
    says: "must say sqsQueueUrl, aws and gcpProjectId",
  },
  {
    title: "half an event-broker",
    spoil: config({ "fleet:servers/event-broker/settings/gcpProjectId": undefined }),
    paths: ["fleet:servers.event-broker.settings.gcpProjectId"],
    says: "is missing",
  },
  {
    title: "a queue without its region",
    spoil: config({
      "fleet:servers/event-broker/settings/sqsQueueUrl": "https://queue.amazonaws.com/1/events",
    }),
    paths: ["fleet:servers.event-broker.settings.sqsQueueUrl"],
    says: "must be the URL of an SQS queue with its region",
  },
  {
    title: "an event-broker whose queue nobody fills",
    spoil: config({ "fleet:servers/auth-server/settings": {} }),
    paths: ["fleet:servers.auth-server.settings.aws"],
    says: "the event-broker's queue is filled from that topic",
  },
  {
    title: "limits of scaling upside down",
    spoil: config({ "fleet:servers/content-server/autoscale": { min: 4, max: 2 } }),
    paths: ["fleet:servers.content-server.autoscale.max"],
    says: "must not be below min",
  },
  {
    title: "two pods without the word that somebody has seen two work",
    spoil: config({ "fleet:servers/graphql-api": { replicas: 2 } }),
    paths: ["fleet:servers.graphql-api.replicas"],
    says: "without parallelSafe: true",
  },
  {
    title: "a built-in MySQL in production",
    spoil: (draft) => {
      config({ "fleet:mysql": { kind: "builtin", backup: { kind: "none" } } })(draft);
      secrets({ "mysql-root": "golden-0123456789abcdef" })(draft);
    },
    paths: ["fleet:mysql.kind"],
    says: "must be external in production",
  },
  {
    title: "a MySQL at an address that no policy opens",
    spoil: config({ "fleet:mysql/host": "10.0.0.5" }),
    paths: ["fleet:mysql.host"],
    says: "is a private address",
  },
  {
    title: "a wildcard certificate, which covers no host below accounts",
    spoil: (draft) => {
      config({
        "fleet:ingress/tls": {
          kind: "certificate",
          secret: "wildcard",
          hosts: ["*.example.org"],
        },
        "fleet:certificates": undefined,
        "fleet:observability/metrics/prometheus/cluster": undefined,
      })(draft);
      secrets({ wildcard: generateSecret("tls-pair", ["*.example.org"]) })(draft);
    },
    paths: ["fleet:domain"],
    says: "say fleet:hosts.names: flat",
  },
  {
    title: "no https",
    spoil: (draft) => {
      config({
        "fleet:ingress/tls": { kind: "none" },
        "fleet:certificates": undefined,
      })(draft);
    },
    // Its controller is an nginx, which has a word of its own on that.
    paths: ["fleet:ingress.tls.kind", "fleet:ingress.tls.kind"],
    says: /does not answer on 443|is https/,
  },
  {
    title: "a controller that refuses pictures",
    spoil: config({ "fleet:ingress/controllers/nginx/maximumBody": "1Mi" }),
    paths: ["fleet:ingress.controllers.nginx.maximumBody"],
    says: "must be above 2Mi",
  },
  {
    title: "a domain in nobody's zone, told once for all its hosts",
    spoil: config({ "fleet:domain": "example.com" }),
    paths: ["fleet:domain"],
    says: "must lie in a zone of fleet:dns (example.org)",
  },
  {
    title: "an image by the tag that moves",
    spoil: config({ "fleet:images/version": "latest" }),
    paths: ["fleet:images.version"],
    says: "must be a version that stays",
  },
  {
    title: "no version of the image",
    spoil: config({ "fleet:images/version": undefined }),
    paths: ["fleet:images.version"],
    says: "is missing",
  },
  {
    title: "digests of production looked up by each run",
    spoil: config({ "fleet:images/resolve": "run" }),
    paths: ["fleet:images.resolve"],
    says: "must go in production",
  },
  {
    title: "a build without a login to push it by",
    spoil: config({ "fleet:images": { version: "v1.187.0", build: { context: "fxa" } } }),
    paths: ["fleet:images.pullSecret"],
    says: "must name a login of the registry",
  },
];

/** All of them. */
export const fxaFaults: readonly FaultCase[] = [
  ...production,
  ...fxaSecretFaults,
  ...fxaAddressFaults,
  ...fxaNumberFaults,
].map((one) => ({
  stack: "fxa-production",
  ...one,
}));
