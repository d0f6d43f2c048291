/** Faults of PushTech's stack files: issue 9, "Bad input", and what people get wrong beside. */
import { config, type FaultCase, secrets } from "./fault-cases.ts";

const staging: readonly Omit<FaultCase, "stack">[] = [
  {
    title: "a key of the environment file that nobody brought in",
    spoil: secrets({ "onesignal-api-key": undefined }),
    paths: ["fleet:environmentFile.ONESIGNAL_API_KEY"],
    says: "names onesignal-api-key, a vendor-key, which fleet:secrets does not have",
  },
  {
    title: "a domain that is no domain",
    spoil: config({ "fleet:domain": "http://staging.pushtech.de/" }),
    paths: ["fleet:domain"],
    says: "must be a lower-case dotted host name",
  },
  {
    title: "no domain at all",
    spoil: config({ "fleet:domain": undefined }),
    paths: ["fleet:domain"],
    says: "is missing",
  },
  {
    title: "a domain in nobody's zone, told once for all its hosts",
    spoil: config({ "fleet:domain": "staging.example.org" }),
    paths: ["fleet:domain"],
    says: "must lie in a zone of fleet:dns (pushtech.de)",
  },
  {
    title: "a page of the watchers under a host of the system's",
    spoil: (draft) => {
      config({
        "fleet:observability/metrics": { grafana: { host: "www.staging.pushtech.de" } },
        "fleet:cluster/pools/workers/nodes": 5,
      })(draft);
      secrets({
        "grafana-admin": "golden-0123456789abcdef",
        "grafana-encryption": "golden-fedcba9876543210",
      })(draft);
    },
    paths: ["fleet:observability.metrics.grafana.host"],
    says: "host www.staging.pushtech.de already stands at fleet:domain",
  },
  {
    title: "a host of the ingress section that the system does not have",
    spoil: config({ "fleet:ingress/hosts": { "shop.staging.pushtech.de": "nginx" } }),
    paths: ['fleet:ingress.hosts["shop.staging.pushtech.de"]'],
    says: "must be a host of this stack",
  },
  {
    title: "hosts of administrators of which nobody says who gets in",
    spoil: config({ "fleet:adminHosts": undefined }),
    paths: ["fleet:adminHosts"],
    says: /is missing|must say who may call/,
  },
  {
    title: "hosts of administrators for everybody",
    spoil: config({ "fleet:adminHosts": { kind: "networks", from: ["0.0.0.0/0"] } }),
    paths: ["fleet:adminHosts.from[0]"],
    says: "must not be everybody",
  },
  {
    title: "more copies of a message than brokers",
    spoil: config({
      "fleet:stores/kafka": { kind: "builtin", topics: { test: { replication: 3 } } },
    }),
    paths: ["fleet:stores.kafka.topics.test.replication"],
    says: "must be at most brokers (2)",
  },
  {
    title: "a Kafka without the topic that everything goes through",
    spoil: config({ "fleet:stores/kafka": { kind: "builtin", topics: { events: {} } } }),
    paths: ["fleet:stores.kafka.topics"],
    says: "must have test",
  },
  {
    title: "a database by another name than its program dials",
    spoil: config({
      "fleet:stores/postgres": {
        "website-db": { kind: "builtin", databases: { website: { password: "website-db" } } },
      },
    }),
    paths: ["fleet:stores.postgres.website-db.databases"],
    says: "must have webs",
  },
  {
    title: "a second consumer, which would delete the first one's queues",
    spoil: config({ "fleet:services/consumers-ruby": { replicas: 2 } }),
    paths: ["fleet:services.consumers-ruby.replicas"],
    says: "each process deletes every queue",
  },
  {
    title: "a store at a private address, which no policy opens",
    spoil: config({ "fleet:stores/zookeeper": { kind: "external", host: "10.0.0.7" } }),
    paths: ["fleet:stores.zookeeper.host"],
    says: 'say addresses: ["10.0.0.7/32"] beside it',
  },
  {
    title:
      "a door that refuses the pushes' own calls to the website, and the orders of certificates",
    spoil: config({ "fleet:ingress/controllers/nginx/exposure/proxyProtocol": {} }),
    paths: ["fleet:ingress.controllers.nginx.exposure.proxyProtocol"],
    says: "must not be there: notificationserver, cert-manager dial public hosts",
  },
  {
    title: "a store that is not where it says",
    spoil: config({
      "fleet:stores/kafka": { kind: "external", host: "10.0.0.7", addresses: ["10.1.0.0/16"] },
    }),
    paths: ["fleet:stores.kafka.addresses"],
    says: "must hold 10.0.0.7, the host",
  },
  {
    title: "indexes of a Mongo elsewhere, and no image to make them with",
    spoil: config({ "fleet:stores/mongo": { kind: "external", host: "mongo.example.org" } }),
    paths: ["fleet:indexes.image"],
    says: "an external Mongo has no image here",
  },
  {
    title: "an issuer of the stack's own that nothing is said of",
    spoil: config({ "fleet:certificates": undefined }),
    paths: ["fleet:certificates"],
    says: "fleet:ingress.tls says own-issuer",
  },
  {
    title: "an issuer that nobody asks",
    spoil: config({ "fleet:ingress/tls": { kind: "cert-manager", clusterIssuer: "theirs" } }),
    paths: ["fleet:ingress.tls.kind"],
    says: "must be own-issuer beside fleet:certificates",
  },
  {
    title: "images of the stack's own registry under another login",
    spoil: config({
      "fleet:registry": {
        ...{ host: "registry.staging.pushtech.de", login: "own-registry" },
        storage: { size: "20Gi" },
      },
      "fleet:images/repository": "registry.staging.pushtech.de/pushtech",
      "fleet:images/resolve": undefined,
      "fleet:cluster/pools/workers/nodes": 4,
    }),
    paths: ["fleet:images.pullSecret", "fleet:registry.login"],
    says: "must be own-registry, the login of fleet:registry",
  },
  {
    title: "an image of no component",
    spoil: config({ "fleet:images/overrides": { trakcer: { tag: "v2" } } }),
    paths: ["fleet:images.overrides.trakcer"],
    says: "is no key that Fleet knows",
  },
  {
    title: "programs and the NFS server in one namespace",
    spoil: config({ "fleet:stores/imageNamespace": "pushtech" }),
    paths: ["fleet:stores.imageNamespace"],
    says: "namespace pushtech already stands at fleet:namespace",
  },
  {
    title: "the NFS server in a namespace of the cluster's",
    spoil: config({ "fleet:stores/imageNamespace": "default" }),
    paths: ["fleet:stores.imageNamespace"],
    says: "must be a namespace of the stack's own, which it makes: default is the cluster's",
  },
  {
    title: "more than the three workers hold",
    spoil: config({
      "fleet:services/storage": {
        resources: { requests: { cpu: "1", memory: "4Gi" }, limits: { memory: "4Gi" } },
      },
    }),
    paths: ["fleet:services.storage"],
    says: "find room in pool workers",
  },
];

const production: readonly Omit<FaultCase, "stack">[] = [
  {
    title: "a placeholder in production",
    spoil: secrets({ "mandrill-api-key": "changeme" }),
    paths: ["fleet:secrets.mandrill-api-key"],
    says: "placeholder",
  },
  {
    title: "stores without a disk in production",
    spoil: config({
      "fleet:stores/mongo": { kind: "builtin", storage: "none" },
      "fleet:stores/kafka": { kind: "builtin", storage: "none", topics: { test: {} } },
    }),
    paths: ["fleet:stores.mongo.storage", "fleet:stores.kafka.storage"],
    says: "must be a disk in production",
  },
  {
    title: "certificates in production that no browser trusts",
    spoil: config({ "fleet:certificates/issuer/acme": "staging" }),
    paths: ["fleet:certificates.issuer.acme"],
    says: "must be production",
  },
];

/** All of them. */
export const pushtechFaults: readonly FaultCase[] = [
  ...staging.map((one) => ({ stack: "pushtech-staging" as const, ...one })),
  ...production.map((one) => ({ stack: "pushtech-production" as const, ...one })),
];
