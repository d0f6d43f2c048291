/** Faults of Firefox Accounts' hosts, addresses and words of the environment. */
import { generateSecret } from "../../components/base/secrets.ts";
import { config, type FaultCase, secrets } from "./fault-cases.ts";

type Case = Omit<FaultCase, "stack">;

const servers = "fleet:servers";
const auth = `${servers}/auth-server/settings`;

/** A certificate of the stack's own in the place of those that are ordered. */
const certificate = (hosts: readonly string[], names = "nested") =>
  config({
    "fleet:hosts": { names },
    "fleet:ingress/tls": { kind: "certificate", secret: "wildcard", hosts },
    "fleet:certificates": undefined,
    "fleet:observability/metrics/prometheus/cluster": undefined,
  });

/** Hosts that are none, in the place of the auth-server's. */
const hosts: readonly (readonly [what: string, host: string, says: string])[] = [
  ["a URL without TLS", "http://api.example.org", "must be a lower-case dotted host name"],
  ["a URL", "https://api.example.org", "must be a lower-case dotted host name"],
  ["a bare Service", "fxa-auth-server", "must be a lower-case dotted host name"],
  ["a Service of the cluster", "fxa-auth-server.fxa.svc.cluster.local", "browsers, which cannot"],
  ["a public address", "192.0.2.1", "must be a name, not an address"],
  ["a private address", "10.0.0.1", "must be a name, not an address"],
  ["outside of all zones", "api.example.com", "must lie in a zone of fleet:dns (example.org)"],
  ["that of another", "accounts.example.org", "is that of accounts already"],
  ["too long a label", `${"a".repeat(64)}.example.org`, "at most 63 characters between two dots"],
];

/** All of them. */
export const fxaAddressFaults: readonly Case[] = [
  ...hosts.map(([what, host, says]) => ({
    title: `a public host that is ${what}`,
    spoil: config({ "fleet:hosts": { api: host } }),
    paths: ["fleet:hosts.api"],
    says,
  })),
  {
    title: "a public host that is Grafana's",
    spoil: config({ "fleet:hosts": { api: "grafana.example.org" } }),
    paths: ["fleet:observability.metrics.grafana.host"],
    says: "host grafana.example.org already stands at fleet:hosts.api",
  },
  {
    title: "a domain below which no host has room",
    spoil: config({
      "fleet:domain": `${["a", "b", "c"].map((letter) => letter.repeat(60)).join(".")}.${"d".repeat(50)}.example.org`,
    }),
    paths: ["fleet:domain"],
    says: /^must be shorter: .*'s host below it would have \d+ characters, and DNS takes 253/,
  },
  {
    title: "a domain that is a URL",
    spoil: config({ "fleet:domain": "https://example.org" }),
    paths: ["fleet:domain"],
    says: "must be a lower-case dotted host name",
  },
  {
    title: "a domain of the cluster, told once for all its hosts",
    spoil: config({ "fleet:domain": "fxa.svc.cluster.local" }),
    paths: ["fleet:domain"],
    says: "goes to browsers, which cannot resolve fxa.svc.cluster.local",
  },
  {
    title: "a certificate that is for another domain than it says",
    spoil: (draft) => {
      certificate(["*.example.org"], "flat")(draft);
      secrets({ wildcard: generateSecret("tls-pair", ["*.example.com"]) })(draft);
    },
    paths: ["fleet:secrets.wildcard"],
    says: "must hold a certificate for *.example.org: it is for *.example.com",
  },
  {
    title: "a certificate for nested hosts that does not reach those beside accounts",
    spoil: (draft) => {
      const wild = ["*.accounts.example.org"];
      certificate(wild)(draft);
      secrets({ wildcard: generateSecret("tls-pair", wild) })(draft);
    },
    // Grafana's host is its own affair.
    paths: ["fleet:domain", "fleet:observability.metrics.grafana.host"],
    says: "must be one that the certificate is for (*.accounts.example.org)",
  },
  {
    title: "an origin without TLS",
    spoil: config({ [`${auth}/corsOrigins`]: ["http://accounts.example.org"] }),
    paths: ["fleet:servers.auth-server.settings.corsOrigins[0]"],
    says: "goes to browsers and must be https",
  },
  {
    title: "an origin that is a Service",
    spoil: config({ [`${auth}/corsOrigins`]: ["https://fxa-content-server:3030"] }),
    paths: ["fleet:servers.auth-server.settings.corsOrigins[0]"],
    says: "which cannot resolve fxa-content-server",
  },
  {
    title: "an origin with a path, which no browser ever sends",
    spoil: config({ [`${auth}/corsOrigins`]: ["https://accounts.example.org/signin"] }),
    paths: ["fleet:servers.auth-server.settings.corsOrigins[0]"],
    says: "must be an origin, as browsers send it",
  },
  {
    title: "a page after a payment that is a Service",
    spoil: config({
      [`${servers}/payments-server/settings/productRedirects`]: { vpn: "https://vpn.fxa.svc/" },
    }),
    paths: ["fleet:servers.payments-server.settings.productRedirects.vpn"],
    says: "which cannot resolve vpn.fxa.svc",
  },
  {
    title: "a payment service without TLS",
    spoil: config({
      [`${servers}/payments-server/settings/paypal`]: {
        ...{ clientId: "shop", apiUrl: "http://paypal.example.net" },
      },
    }),
    paths: ["fleet:servers.payments-server.settings.paypal.apiUrl"],
    says: "must be https",
  },
  {
    title: "a Pushbox without TLS, to which its key would go",
    spoil: config({ [`${auth}/pushbox`]: { url: "http://pushbox.example.net" } }),
    paths: ["fleet:servers.auth-server.settings.pushbox.url"],
    says: "must be https: its key goes along",
  },
  {
    title: "a reputation service that no policy lets customs dial",
    spoil: (draft) => {
      config({
        [`${servers}/customs-server/settings/reputation`]: {
          ...{ url: "http://iprepd:8080", hawkId: "fxa" },
        },
      })(draft);
      secrets({ "reputation-hawk-key": generateSecret("shared-secret") })(draft);
    },
    paths: ["fleet:servers.customs-server.settings.reputation.url"],
    says: "the network policies let customs-server out to port 443 of the internet",
  },
  ...["NODE_ENV", "DEVENV", "SENTRY_ENV", "node_env"].map((name) => ({
    title: `${name} among the variables of a server`,
    spoil: config({ [`${servers}/graphql-api/extraEnv`]: { [name]: "prod" } }),
    paths: [`fleet:servers.graphql-api.extraEnv.${name}`],
    says: "must not be given by hand: the word of graphql-api follows from fleet:environment",
  })),
  ...["NODE_ENV", "settings/NODE_ENV", "env"].map((path) => ({
    title: `a NODE_ENV at a server's ${path}`,
    spoil: config({ [`${servers}/auth-server/${path}`]: "prod" }),
    paths: [`fleet:servers.auth-server.${path.replace("/", ".")}`],
    says: "is no key that Fleet knows",
  })),
  {
    title: "a NODE_ENV among Sync's variables",
    spoil: config({ "fleet:sync/extraEnv": { NODE_ENV: "production" } }),
    paths: ["fleet:sync.extraEnv.NODE_ENV"],
    says: "follows from fleet:environment",
  },
  {
    title: "DEVENV by hand in the root ConfigMap",
    spoil: config({ "fleet:rootConfig": { DEVENV: "prod" } }),
    paths: ["fleet:rootConfig.DEVENV"],
    says: "is no key that Fleet knows: one of name",
  },
  {
    title: "a server's own word for the environment",
    spoil: config({ "fleet:environment": "prod" }),
    paths: ["fleet:environment"],
    says: "must be production or development: each server's own word follows from it",
  },
  {
    title: "a MySQL outside of the addresses that it is said to be at",
    spoil: config({
      "fleet:mysql": { kind: "external", host: "10.9.0.5", addresses: ["10.8.0.0/16"] },
    }),
    paths: ["fleet:mysql.addresses"],
    says: "must hold 10.9.0.5, the host: the network policies open 10.8.0.0/16 alone",
  },
  {
    title: "a MySQL that is anywhere in the world",
    spoil: config({ "fleet:mysql/addresses": ["0.0.0.0/0"] }),
    paths: ["fleet:mysql.addresses[0]"],
    says: "must be a /8 or smaller",
  },
  {
    title: "a door that refuses the verifier's own calls to accounts",
    spoil: config({ "fleet:ingress/controllers/nginx/exposure/proxyProtocol": {} }),
    paths: ["fleet:ingress.controllers.nginx.exposure.proxyProtocol"],
    says: "must not be there: browserid-verifier, cert-manager dial public hosts",
  },
  {
    title: "a mail server at a private address",
    spoil: config({ "fleet:mail/smtp/host": "10.0.0.7" }),
    paths: ["fleet:mail.smtp.host"],
    says: 'say addresses: ["10.0.0.7/32"] beside it',
  },
  {
    title: "keys of a node, which no policy lets a pod ask for",
    spoil: config({ "fleet:servers/event-broker/settings/aws": "node" }),
    paths: ["fleet:servers.event-broker.settings.aws"],
    says: "must name keys of AWS: the network policies keep pods from where a node hands out its own",
  },
  {
    title: "a node's keys for pictures",
    spoil: config({ "fleet:servers/profile-server/settings/images/keys": "node" }),
    paths: ["fleet:servers.profile-server.settings.images.keys"],
    says: "must name keys of AWS",
  },
  {
    title: "a proxy before a controller that trusts none: all clients are one",
    spoil: config({ "fleet:proxies": "2" }),
    paths: ["fleet:ingress.controllers.nginx.trustedProxies"],
    says: "must list the ranges of the proxies before it, which fleet:proxies counts",
  },
  {
    title: "Cloudflare's proxy before a controller that trusts none",
    spoil: config({ "fleet:dns/proxied": { "accounts.example.org": true } }),
    paths: ["fleet:ingress.controllers.nginx.trustedProxies"],
    says: "which fleet:dns.proxied puts there",
  },
  {
    title: "pictures of users at a Service",
    spoil: config({
      "fleet:servers/profile-server/settings/images/url": "https://fxa-profile-server-static",
    }),
    paths: ["fleet:servers.profile-server.settings.images.url"],
    says: "goes to browsers, which cannot resolve fxa-profile-server-static",
  },
  {
    title: "a namespace that is the cluster's",
    spoil: config({ "fleet:namespace": "kube-system" }),
    paths: ["fleet:namespace"],
    says: "must be a namespace of the stack's own, which it makes: kube-system is the cluster's",
  },
  {
    title: "a namespace that another part has",
    spoil: config({ "fleet:namespace": "metrics" }),
    paths: ["fleet:observability.metrics.namespace"],
    says: "namespace metrics already stands at fleet:namespace",
  },
];
