/**
 * Faults of stack files: each spoils a committed file in one way and says what the loader must tell.
 *
 * The first group is the list of issue 3, "Bad input", word by word.
 */
import { put, type Draft, type FixtureStack } from "./stack-fixture.ts";

/** One way to spoil a stack file. */
export interface FaultCase {
  readonly title: string;
  /** Default: `test`. */
  readonly stack?: FixtureStack;
  readonly spoil: (draft: Draft) => void;
  /** Paths of all faults that must come out, the one that is meant first. */
  readonly paths: readonly string[];
  /** Part of what the first fault must say. */
  readonly says: string | RegExp;
}

const server = "fleet:services/dmsg-servers/members/dmsg-server-1";
const serverPath = "fleet:services.dmsg-servers.members.dmsg-server-1";

/** Sets config values. */
export const config =
  (values: Readonly<Record<string, unknown>>) =>
  (draft: Draft): void => {
    for (const [path, value] of Object.entries(values)) {
      put(draft.config, path, value);
    }
  };

/** Sets secrets. */
export const secrets =
  (values: Readonly<Record<string, unknown>>) =>
  (draft: Draft): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) {
        Reflect.deleteProperty(draft.secrets, name);
      } else {
        Object.defineProperty(draft.secrets, name, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
    }
  };

const resources = (requests: object, limits: object) => ({ requests, limits });

/** The list of the issue. */
export const namedFaults: readonly FaultCase[] = [
  {
    title: "unknown key at the top level",
    spoil: config({ "fleet:servces": {} }),
    paths: ["fleet:servces"],
    says: "is no key that Fleet knows",
  },
  {
    title: "unknown key inside a section",
    spoil: config({ [`${server}/colour`]: "red" }),
    paths: [`${serverPath}.colour`],
    says: "is no key that Fleet knows: one of",
  },
  {
    title: "key of another namespace",
    spoil: config({ "kubernetes:context": "other" }),
    paths: ["kubernetes:context"],
    says: "settings of default providers act on nothing here",
  },
  {
    title: "key without its program's name",
    spoil: config({ dns: { kind: "none" } }),
    paths: ["dns"],
    says: "is no key of the engine's",
  },
  {
    title: "typo in a service name",
    spoil: config({ "fleet:services/uptime-traker": { replicas: 1 } }),
    paths: ["fleet:services.uptime-traker"],
    says: "is no key that Fleet knows",
  },
  {
    title: "negative replicas",
    spoil: config({ "fleet:services/dmsg-discovery": { replicas: -1 } }),
    paths: ["fleet:services.dmsg-discovery.replicas"],
    says: /must (not be negative|be at least 1)/,
  },
  {
    title: "fractional replicas",
    spoil: config({ "fleet:services/dmsg-discovery": { replicas: 1.5 } }),
    paths: ["fleet:services.dmsg-discovery.replicas"],
    says: "must be a whole number of pods",
  },
  {
    title: "replicas in quotes",
    spoil: config({ "fleet:services/dmsg-discovery": { replicas: "2" } }),
    paths: ["fleet:services.dmsg-discovery.replicas"],
    says: 'must be a whole number of pods, e.g. 2 (it is "2")',
  },
  {
    title: "memory without unit",
    spoil: config({ "fleet:cluster/pools/general/memory": "4096" }),
    paths: ["fleet:cluster.pools.general.memory"],
    says: "must be a quantity with a binary unit, e.g. 512Mi",
  },
  {
    title: "memory as a bare number",
    spoil: config({ "fleet:cluster/pools/general/memory": 4096 }),
    paths: ["fleet:cluster.pools.general.memory"],
    says: "must be a quantity with a unit",
  },
  {
    title: "memory with a decimal unit",
    spoil: config({ "fleet:cluster/pools/general/memory": "4G" }),
    paths: ["fleet:cluster.pools.general.memory"],
    says: "binary unit",
  },
  {
    title: "cores where milli-cores were meant",
    spoil: config({ "fleet:cluster/pools/general/cpu": "500" }),
    paths: ["fleet:cluster.pools.general.cpu"],
    says: "is an m missing?",
  },
  {
    title: "NodePort out of range",
    spoil: config({ [`${server}/nodePort`]: 8081 }),
    paths: [`${serverPath}.nodePort`],
    says: "must be a NodePort from 30000 to 32767 (it is 8081)",
  },
  {
    title: "NodePort used twice",
    stack: "prod",
    spoil: config({
      "fleet:services/dmsg-servers/members/dmsg-server-2/nodePort": 30_081,
    }),
    paths: ["fleet:services.dmsg-servers.members.dmsg-server-2.nodePort"],
    says: "NodePort 30081 already stands at fleet:services.dmsg-servers.members.dmsg-server-1",
  },
  {
    title: "NodePort of the address-resolver's UDP",
    spoil: config({ [`${server}/nodePort`]: 30_178 }),
    paths: [`${serverPath}.nodePort`],
    says: "NodePort 30178 already stands at",
  },
  {
    title: "duplicate public key",
    spoil: ({ secrets: all }) => {
      all["setup-node"] = all["dmsg-server-1"];
    },
    paths: ["fleet:services.setup-nodes.setup-node.key"],
    says: /must have a key of its own: public key 0[23][0-9a-f]{64} is that of fleet:services\.dmsg-servers/,
  },
  {
    title: "one key at two places",
    spoil: config({ "fleet:services/setup-nodes/setup-node/key": "dmsg-server-1" }),
    paths: ["fleet:services.setup-nodes.setup-node.key"],
    says: "one key, one live process",
  },
  {
    title: "a daemon with the network-monitor's key under another name",
    spoil: ({ config: file, secrets: all }) => {
      put(file, "fleet:services/daemons", { watch: { kind: "dmsg-monitor", key: "watch" } });
      all["watch"] = all["network-monitor"];
    },
    paths: ["fleet:services.daemons.watch.key"],
    says: "must have a key of its own",
  },
  {
    title: "duplicate public key in the whitelist",
    spoil: config({
      "fleet:services/network-monitor/alsoWhitelisted": [
        `02${"ab".repeat(32)}`,
        `02${"ab".repeat(32)}`,
      ],
    }),
    paths: ["fleet:services.network-monitor.alsoWhitelisted"],
    says: "must not name a key twice",
  },
  {
    title: "missing secret",
    spoil: secrets({ "dmsg-server-1": undefined }),
    paths: [`${serverPath}.key`],
    says: "names dmsg-server-1, a key-pair, which fleet:secrets does not have",
  },
  {
    title: "malformed secret key",
    spoil: secrets({ "dmsg-server-1": "canary-canary-canary" }),
    paths: ["fleet:secrets.dmsg-server-1"],
    says: "must be a secret key: 64 lower-case hex digits",
  },
  {
    title: "malformed password",
    spoil: secrets({ "postgres-tpd": "canary with spaces" }),
    paths: ["fleet:secrets.postgres-tpd"],
    says: "must be a password of 16 to 128",
  },
  {
    title: "malformed registry login",
    spoil: secrets({ "skycoinpro-registry": "canary" }),
    paths: ["fleet:secrets.skycoinpro-registry"],
    says: "must be a registry login: user:token",
  },
  {
    title: "secret name that is not in the map",
    spoil: config({ [`${server}/key`]: "dmsg-server-9" }),
    paths: [`${serverPath}.key`],
    says: "names dmsg-server-9, a key-pair, which fleet:secrets does not have",
  },
  {
    title: "host outside the zone",
    spoil: config({ "fleet:hosts": { "service-discovery": "sd.example.org" } }),
    paths: ["fleet:hosts.service-discovery"],
    says: "host sd.example.org must lie in a zone of fleet:dns (skywire.dev)",
  },
  {
    title: "domain outside the zone",
    spoil: config({ "fleet:domain": "example.org" }),
    paths: ["fleet:domain"],
    says: "must lie in a zone of fleet:dns",
  },
  {
    title: "minAvailable not below replicas",
    stack: "prod",
    spoil: config({ "fleet:services/service-discovery/disruption": { minAvailable: 2 } }),
    paths: ["fleet:services.service-discovery.disruption"],
    says: "a node could never be drained",
  },
  {
    title: "minAvailable of all",
    stack: "prod",
    spoil: config({ "fleet:services/dmsg-discovery/disruption": { minAvailable: "100%" } }),
    paths: ["fleet:services.dmsg-discovery.disruption"],
    says: "must allow at least one eviction",
  },
  {
    title: "slot that no pool has",
    spoil: config({ [`${server}/slot`]: 7 }),
    paths: [`${serverPath}.slot`],
    says: "slot 7 must be a slot of fleet:cluster.pools (there are 0, 1)",
  },
  {
    title: "ephemeral address where one is published",
    spoil: config({ "fleet:cluster/pools/edge/slots/1/address": { kind: "ephemeral" } }),
    paths: [`${serverPath}.slot`],
    says: "slot 1 has an ephemeral address, but what runs here is dialled by it",
  },
  {
    title: "ephemeral address under the address-resolver's UDP",
    stack: "prod",
    spoil: config({ "fleet:cluster/pools/edge/slots/0/address": { kind: "ephemeral" } }),
    paths: ["fleet:services.address-resolver.slot", "fleet:ingress.controllers.edge.exposure.slot"],
    says: "slot 0 has an ephemeral address",
  },
  {
    title: "requests above limits",
    spoil: config({
      "fleet:services/route-finder": {
        resources: resources({ cpu: "100m", memory: "1Gi" }, { memory: "512Mi" }),
      },
    }),
    paths: ["fleet:services.route-finder.resources.requests.memory"],
    says: "must not be above the limit of 512Mi",
  },
  {
    title: "CPU requests above limits",
    spoil: config({
      "fleet:services/route-finder": {
        resources: resources({ cpu: "1", memory: "1Gi" }, { cpu: "500m", memory: "1Gi" }),
      },
    }),
    paths: ["fleet:services.route-finder.resources.requests.cpu"],
    says: "must not be above the limit of 500m",
  },
  {
    title: "requests beyond the pools' capacity",
    spoil: config({
      "fleet:services/route-finder": {
        resources: resources({ cpu: "1", memory: "64Gi" }, { memory: "64Gi" }),
      },
    }),
    paths: ["fleet:services.route-finder"],
    says: /find room in pool .*lower the requests or enlarge the pool/,
  },
  {
    title: "a node selector that no pool meets",
    spoil: config({
      "fleet:services/route-finder": { placement: { nodeSelector: { disk: "fast" } } },
    }),
    paths: ["fleet:services.route-finder"],
    says: "asks for a node with disk=fast",
  },
  {
    title: "unknown cluster context",
    spoil: config({ "fleet:cluster/context": "skycoin-tset" }),
    paths: ["fleet:cluster.context"],
    says: "names the context skycoin-tset, which the kubeconfig does not have",
  },
  {
    title: "second replica of a service that must have one",
    spoil: config({ "fleet:services/address-resolver/replicas": 2 }),
    paths: ["fleet:services.address-resolver.replicas"],
    says: "must be 1: live UDP sessions stand in the memory of one process",
  },
  {
    title: "image with no tag",
    spoil: config({ "fleet:ingress/controllers/traefik/image": "docker.io/library/traefik" }),
    paths: ["fleet:ingress.controllers.traefik.image"],
    says: "must be an image with its tag",
  },
  {
    title: "service's image with an empty tag",
    spoil: config({ "fleet:images/public/tag": "" }),
    paths: ["fleet:images.public.tag"],
    says: "must be an image tag",
  },
  {
    title: "backup schedule that is no cron expression",
    spoil: config({
      "fleet:stores/redis/address-resolver": {
        kind: "builtin",
        password: "redis-address-resolver",
        backup: { kind: "scheduled", schedule: "every night" },
      },
    }),
    paths: ["fleet:stores.redis.address-resolver.backup.schedule"],
    says: "must be a cron expression of five fields",
  },
  {
    title: "backup schedule at minute 61",
    spoil: config({
      "fleet:stores/redis/address-resolver": {
        kind: "builtin",
        password: "redis-address-resolver",
        backup: { kind: "scheduled", schedule: "61 3 * * *" },
      },
    }),
    paths: ["fleet:stores.redis.address-resolver.backup.schedule"],
    says: "must be a cron expression of five fields",
  },
  {
    title: "backup schedule with seconds",
    spoil: config({
      "fleet:stores/redis/address-resolver": {
        kind: "builtin",
        password: "redis-address-resolver",
        backup: { kind: "scheduled", schedule: "0 17 3 * * *" },
      },
    }),
    paths: ["fleet:stores.redis.address-resolver.backup.schedule"],
    says: "must be a cron expression of five fields",
  },
  {
    title: "config above 96 KiB",
    spoil: config({ "fleet:cluster/pools/general/labels": { big: "x".repeat(100_000) } }),
    paths: ["config", "fleet:cluster.pools.general.labels.big"],
    says: "must have at most 96 KiB in all",
  },
];

/** Mistakes of people, beside those the issue names. */
export const commonFaults: readonly FaultCase[] = [
  {
    title: "no system",
    spoil: config({ "fleet:system": undefined }),
    paths: ["fleet:system"],
    says: "must be the system this stack deploys: skywire",
  },
  {
    title: "unknown system",
    spoil: config({ "fleet:system": "skywirre" }),
    paths: ["fleet:system"],
    says: "must be the system this stack deploys: skywire",
  },
  {
    title: "no cluster",
    spoil: config({ "fleet:cluster": undefined }),
    paths: ["fleet:cluster"],
    says: "is missing",
  },
  {
    title: "unknown environment",
    spoil: config({ "fleet:environment": "staging" }),
    paths: ["fleet:environment"],
    says: 'must be production or test (it is "staging")',
  },
  {
    title: "default providers left on",
    spoil: config({ "pulumi:disable-default-providers": undefined }),
    paths: ["pulumi:disable-default-providers"],
    says: 'must be ["*"]',
  },
  {
    title: "default providers switched off for one only",
    spoil: config({ "pulumi:disable-default-providers": ["kubernetes"] }),
    paths: ["pulumi:disable-default-providers"],
    says: 'must be ["*"]',
  },
  {
    title: "the sandbox's mark with a cluster elsewhere",
    spoil: config({ "fleet:sandbox": true }),
    paths: ["fleet:sandbox"],
    says: "must not be true for a cluster outside this machine",
  },
  {
    title: "a service's host under the other deployment's domain",
    spoil: config({
      "fleet:dns/zones": ["skywire.dev", "skycoin.com"],
      "fleet:hosts": { "service-discovery": "sd.skycoin.com" },
    }),
    paths: ["fleet:hosts.service-discovery"],
    says: "belongs to the other deployment",
  },
  {
    title: "one host for two services",
    spoil: config({ "fleet:hosts": { "service-discovery": "tpd.skywire.dev" } }),
    paths: ["fleet:hosts.service-discovery"],
    says: "host tpd.skywire.dev already stands at",
  },
  {
    title: "host with a scheme",
    spoil: config({ "fleet:hosts": { "service-discovery": "http://sd.skywire.dev" } }),
    paths: ["fleet:hosts.service-discovery"],
    says: "must be a lower-case dotted host name",
  },
  {
    title: "host of a service that has none",
    spoil: config({ "fleet:hosts": { "dmsg-server": "d.skywire.dev" } }),
    paths: ["fleet:hosts.dmsg-server"],
    says: "is no key that Fleet knows",
  },
  {
    title: "count that differs from the list",
    spoil: config({ "fleet:services/dmsg-servers/count": 2 }),
    paths: ["fleet:services.dmsg-servers.count"],
    says: "must equal the number of members, 1",
  },
  {
    title: "no dmsg-server at all",
    spoil: config({ "fleet:services/dmsg-servers": { members: {} } }),
    paths: ["fleet:services.dmsg-servers.members"],
    says: "must list at least one dmsg-server",
  },
  {
    title: "two dmsg-servers on one node",
    stack: "prod",
    spoil: config({
      "fleet:services/dmsg-servers/members/dmsg-server-2/slot": 1,
    }),
    paths: ["fleet:services.dmsg-servers.members.dmsg-server-2.slot"],
    says: "slot 1 already carries the dmsg-server",
  },
  {
    title: "a dmsg-server that announces another machine's address",
    spoil: config({ [`${server}/host`]: "192.0.2.99" }),
    paths: [`${serverPath}.host`],
    says: "must be 139.177.186.126, the address of slot 1, or a name",
  },
  {
    title: "the address-resolver's name behind a load balancer",
    stack: "prod",
    spoil: config({ "fleet:ingress/hosts": { "ar.skywire.skycoin.com": "traefik" } }),
    paths: ['fleet:ingress.hosts["ar.skywire.skycoin.com"]'],
    says: "a load balancer, which carries no UDP",
  },
  {
    title: "another UDP port than visors dial",
    spoil: config({ "fleet:services/address-resolver/udpPort": 30_179 }),
    paths: ["fleet:services.address-resolver.udpPort"],
    says: "must be 30178",
  },
  {
    title: "a dmsg-discovery parked at zero",
    spoil: config({ "fleet:services/dmsg-discovery": { replicas: 0 } }),
    paths: ["fleet:services.dmsg-discovery.replicas"],
    says: "must be at least 1: one of the pods carries the key",
  },
  {
    title: "more replicas than a person means",
    spoil: config({ "fleet:services/dmsg-discovery": { replicas: 10_000 } }),
    paths: ["fleet:services.dmsg-discovery.replicas"],
    says: /must be at most 1000?/,
  },
  {
    title: "a budget that says both",
    stack: "prod",
    spoil: config({
      "fleet:services/dmsg-discovery/disruption": { minAvailable: 1, maxUnavailable: 1 },
    }),
    paths: ["fleet:services.dmsg-discovery.disruption"],
    says: "must say either minAvailable or maxUnavailable",
  },
  {
    title: "a pool with nodes and slots",
    spoil: config({ "fleet:cluster/pools/edge/nodes": 2 }),
    paths: ["fleet:cluster.pools.edge"],
    says: "must say either nodes or slots",
  },
  {
    title: "one slot in two pools",
    spoil: config({
      "fleet:cluster/pools/other": {
        cpu: "2",
        memory: "4Gi",
        slots: { "1": { address: { kind: "reserved", ip: "192.0.2.7", assignedBy: "operator" } } },
      },
    }),
    paths: ['fleet:cluster.pools.other.slots["1"]'],
    says: "slot 1 already stands at fleet:cluster.pools.edge.slots.1: each stands once",
  },
  {
    title: "one address for two slots",
    spoil: config({
      "fleet:cluster/pools/edge/slots/0/address": {
        kind: "reserved",
        ip: "139.177.186.126",
        assignedBy: "operator",
      },
    }),
    paths: ['fleet:cluster.pools.edge.slots["1"].address.ip'],
    says: "address 139.177.186.126 already stands at",
  },
  {
    title: "an address with a number above 255",
    spoil: config({
      "fleet:cluster/pools/edge/slots/0/address": {
        kind: "reserved",
        ip: "172.104.188.390",
        assignedBy: "operator",
      },
    }),
    paths: ['fleet:cluster.pools.edge.slots["0"].address.ip'],
    says: "must be an IPv4 address",
  },
  {
    title: "a pool's label that follows from the pool",
    spoil: config({ "fleet:cluster/pools/general/labels": { "fleet/pool": "edge" } }),
    paths: ['fleet:cluster.pools.general.labels["fleet/pool"]'],
    says: 'must not begin with "fleet/"',
  },
  {
    title: "a pool whose nodes keep everything for themselves",
    spoil: config({ "fleet:cluster/pools/spare": { nodes: 1, cpu: "2", memory: "256Mi" } }),
    paths: ["fleet:cluster.pools.spare.memory"],
    says: "must be above the node's own share",
  },
  {
    title: "a controller that does not exist",
    spoil: config({ "fleet:ingress/default": "nginx" }),
    paths: ["fleet:ingress.default"],
    says: "must be one of the controllers: traefik",
  },
  {
    title: "an ingress host that no service has",
    spoil: config({ "fleet:ingress/hosts": { "typo.skywire.dev": "traefik" } }),
    paths: ['fleet:ingress.hosts["typo.skywire.dev"]'],
    says: "must be a host of this stack",
  },
  {
    title: "a time to live that Linode rounds up",
    spoil: config({ "fleet:dns/ttlSeconds": 60 }),
    paths: ["fleet:dns.ttlSeconds"],
    says: "Linode rounds others up",
  },
  {
    title: "a zone named twice",
    spoil: config({ "fleet:dns/zones": ["skywire.dev", "skywire.dev"] }),
    paths: ["fleet:dns.zones"],
    says: "must not name a zone twice",
  },
  {
    title: "a repository with a tag in it",
    spoil: config({ "fleet:images/private/repository": "docker.io/skycoinpro:test" }),
    paths: ["fleet:images.private.repository"],
    says: "must be a registry with an organisation",
  },
  {
    title: "a digest cut short",
    spoil: config({ "fleet:images/overrides": { "dmsg-server": { digest: "sha256:abc" } } }),
    paths: ["fleet:images.overrides.dmsg-server.digest"],
    says: "must be an image digest",
  },
  {
    title: "an image override of a service that does not exist",
    spoil: config({ "fleet:images/overrides": { "dmsg-servers": { tag: "x" } } }),
    paths: ["fleet:images.overrides.dmsg-servers"],
    says: "is no key that Fleet knows",
  },
  {
    title: "an image override that changes nothing",
    spoil: config({ "fleet:images/overrides": { "dmsg-server": {} } }),
    paths: ["fleet:images.overrides.dmsg-server"],
    says: "must change something, or go",
  },
  {
    title: "a database that no server has",
    spoil: config({ "fleet:stores/databases": { "uptime-tracker": "uptime" } }),
    paths: ["fleet:stores.databases.uptime-tracker"],
    says: "must be a database of fleet:stores.postgres.databases",
  },
  {
    title: "a database that no program uses",
    spoil: config({
      "fleet:stores/postgres": {
        kind: "builtin",
        databases: Object.fromEntries(
          ["tpd", "sd", "ut", "spare"].map((name) => [name, { password: `postgres-tpd` }]),
        ),
      },
    }),
    paths: ["fleet:stores.postgres.databases.spare"],
    says: "is the database of no program",
  },
  {
    title: "one database for two programs",
    spoil: config({ "fleet:stores/databases": { "uptime-tracker": "sd" } }),
    paths: ["fleet:stores.databases.uptime-tracker"],
    says: "database sd is already that of",
  },
  {
    title: "a Redis with TLS",
    spoil: config({
      "fleet:stores/redis/uptime-tracker": {
        kind: "external",
        host: "rediss://redis.example.org",
        password: "redis-uptime-tracker",
      },
    }),
    paths: ["fleet:stores.redis.uptime-tracker.host"],
    says: "no scheme, as TLS (rediss://) does not work",
  },
  {
    title: "an external port out of range",
    spoil: config({
      "fleet:stores/redis/uptime-tracker": {
        kind: "external",
        host: "redis.example.org",
        port: 65_536,
        password: "redis-uptime-tracker",
      },
    }),
    paths: ["fleet:stores.redis.uptime-tracker.port"],
    says: "must be a port from 1 to 65535",
  },
  {
    title: "an external store on a private address",
    spoil: config({
      "fleet:stores/redis/uptime-tracker": {
        kind: "external",
        host: "192.168.1.5",
        password: "redis-uptime-tracker",
      },
    }),
    paths: ["fleet:stores.redis.uptime-tracker.host"],
    says: "is a private address, which the network policies do not open",
  },
  {
    title: "more disks than a cloud attaches to the nodes",
    spoil: config({ "fleet:cluster/pools/general/disks": 4 }),
    paths: ["fleet:stores.redis.transport-discovery", "fleet:stores.redis.uptime-tracker"],
    says: "its cloud attaches 4 disks to a node for pods, and all are taken",
  },
  {
    title: "disks that are no whole number",
    spoil: config({ "fleet:cluster/pools/general/disks": 1.5 }),
    paths: ["fleet:cluster.pools.general.disks"],
    says: "must be a whole number of disks, e.g. 6",
  },
  {
    title: "an external store whose networks are the whole world",
    spoil: config({
      "fleet:stores/redis/uptime-tracker": {
        kind: "external",
        host: "redis.example.org",
        addresses: ["0.0.0.0/0"],
        password: "redis-uptime-tracker",
      },
    }),
    paths: ["fleet:stores.redis.uptime-tracker.addresses[0]"],
    says: "must be a /8 or smaller",
  },
  {
    title: "one namespace for two levels of Pod Security",
    spoil: config({ "fleet:namespaces": { services: "skywire", networkMonitor: "skywire" } }),
    paths: ["fleet:namespaces.networkMonitor"],
    says: "namespace skywire already stands at",
  },
  {
    title: "a namespace that every cluster has",
    spoil: config({ "fleet:namespaces": { services: "default", networkMonitor: "kube-system" } }),
    paths: ["fleet:namespaces.services", "fleet:namespaces.networkMonitor"],
    says: "must be a namespace of the stack's own, which it makes",
  },
  {
    title: "two workloads of one name",
    spoil: config({ "fleet:services/setup-nodes": { "route-finder": { key: "setup-node" } } }),
    paths: ["fleet:services.setup-nodes.route-finder"],
    says: "workload skywire/route-finder already stands at",
  },
  {
    title: "a member's name with a capital",
    spoil: config({ "fleet:services/setup-nodes": { Setup: { key: "setup-node" } } }),
    paths: ["fleet:services.setup-nodes.Setup"],
    says: "must be lower-case letters, digits and dashes",
  },
  {
    // An API server of 1.36 takes a Service of such a name, and one of 1.35 does not.
    title: "an ingress controller whose name begins with a digit",
    spoil: config({
      "fleet:ingress/controllers": { "2nd": { kind: "traefik", exposure: { kind: "none" } } },
      "fleet:ingress/default": "2nd",
    }),
    paths: [`fleet:ingress.controllers["2nd"]`],
    says: "must begin with a letter",
  },
  {
    title: "an unknown data policy",
    spoil: config({ "fleet:data": "keep" }),
    paths: ["fleet:data"],
    says: "must be protect, retain or delete",
  },
  {
    title: "an update that waits no whole seconds",
    spoil: config({ "fleet:services/route-finder": { update: { minReadySeconds: 1.5 } } }),
    paths: ["fleet:services.route-finder.update.minReadySeconds"],
    says: "must be whole seconds",
  },
  {
    title: "a public key cut short in the whitelist",
    spoil: config({ "fleet:services/network-monitor/alsoWhitelisted": ["02abc"] }),
    paths: ["fleet:services.network-monitor.alsoWhitelisted[0]"],
    says: "must be a public key: 66 hex digits",
  },
  {
    title: "a STUN server without port",
    spoil: config({ "fleet:stunServers": ["192.0.2.1"] }),
    paths: ["fleet:stunServers[0]"],
    says: "must be host:port",
  },
  {
    title: "a network policy switch without quotes",
    spoil: config({ "fleet:networkPolicy": false }),
    paths: ["fleet:networkPolicy"],
    says: 'must be "on" or "off", in quotes',
  },
  {
    title: "a flag in quotes",
    spoil: config({ "fleet:services/config-bootstrapper": { enabled: "yes" } }),
    paths: ["fleet:services.config-bootstrapper.enabled"],
    says: /boolean|true or false/,
  },
];

/** Writes the cluster section as the engine's text, with a number that JSON.stringify cannot write. */
const nodes =
  (written: string) =>
  ({ config: all }: Draft): void => {
    const text = JSON.stringify(all["fleet:cluster"]);
    all["fleet:cluster"] = text.replace('"nodes":2', `"nodes":${written}`);
  };

/** Input that nobody types by mistake. */
export const hostileFaults: readonly FaultCase[] = [
  {
    title: "__proto__ as a section",
    spoil: ({ config: all }) => {
      Object.defineProperty(all, "fleet:__proto__", { value: { system: "x" }, enumerable: true });
    },
    paths: ["fleet:__proto__"],
    says: "is no key that Fleet knows",
  },
  {
    title: "constructor as a section",
    spoil: config({ "fleet:constructor": {} }),
    paths: ["fleet:constructor"],
    says: "is no key that Fleet knows",
  },
  {
    title: "__proto__ inside a section",
    spoil: ({ config: all }) => {
      Object.defineProperty(all["fleet:cluster"], "__proto__", {
        value: { polluted: true },
        enumerable: true,
      });
    },
    paths: ["fleet:cluster.__proto__"],
    says: "is no key that Fleet knows",
  },
  {
    title: "__proto__ as a member",
    spoil: ({ config: all }) => {
      const services = all["fleet:services"] as Record<string, Record<string, object>>;
      Object.defineProperty(services["setup-nodes"], "__proto__", {
        value: { key: "setup-node" },
        enumerable: true,
      });
    },
    paths: ["fleet:services.setup-nodes.__proto__"],
    says: /lower-case letters, digits and dashes|is no key that Fleet knows/,
  },
  {
    title: "__proto__ as a secret",
    spoil: secrets({ ["__proto__"]: "canary" }),
    paths: ["fleet:secrets.__proto__"],
    says: "must be named by lower-case letters",
  },
  {
    title: "a reference to a method of every object",
    spoil: config({ [`${server}/key`]: "constructor" }),
    paths: [`${serverPath}.key`],
    says: "names constructor, a key-pair, which fleet:secrets does not have",
  },
  {
    title: "a slot named after a method",
    spoil: config({
      "fleet:cluster/pools/edge/slots/constructor": { address: { kind: "ephemeral" } },
    }),
    paths: ["fleet:cluster.pools.edge.slots.constructor"],
    says: "must be the number of a slot",
  },
  {
    title: "a host of 100,000 letters",
    spoil: config({ "fleet:domain": "a".repeat(90_000) }),
    paths: ["fleet:domain"],
    says: "must have at most 253 characters",
  },
  {
    title: "a host made to make a pattern backtrack",
    spoil: config({ "fleet:domain": `${"a-".repeat(40_000)}!` }),
    paths: ["fleet:domain"],
    says: "must have at most 253 characters",
  },
  {
    title: "an image made to make a pattern backtrack",
    spoil: config({ "fleet:ingress/controllers/traefik/image": `${"a/".repeat(10_000)}!` }),
    paths: ["fleet:ingress.controllers.traefik.image"],
    says: "must be an image with its tag",
  },
  {
    title: "a repository made to make a pattern backtrack",
    spoil: config({ "fleet:images/private/repository": `${"a.a-".repeat(10_000)}!` }),
    paths: ["fleet:images.private.repository"],
    says: "must be a registry with an organisation",
  },
  {
    title: "a look-alike letter in a host",
    spoil: config({ "fleet:domain": "skуwire.dev" }),
    paths: ["fleet:domain"],
    says: "must be a lower-case dotted host name",
  },
  {
    title: "a look-alike letter in a key",
    spoil: config({ "fleet:services/rоute-finder": {} }),
    paths: ['fleet:services["rоute-finder"]'],
    says: "is no key that Fleet knows",
  },
  {
    title: "digits of another script in a quantity",
    spoil: config({ "fleet:cluster/pools/general/memory": "٤Gi" }),
    paths: ["fleet:cluster.pools.general.memory"],
    says: "must be a quantity",
  },
  {
    title: "a zero-width space in a name",
    spoil: config({ [`${server}/key`]: "dmsg-server-1\u200b" }),
    paths: [`${serverPath}.key`],
    says: "must be the name of an entry of fleet:secrets",
  },
  {
    title: "a line feed in a context",
    spoil: config({ "fleet:cluster/context": "skycoin-test\nother" }),
    paths: ["fleet:cluster.context"],
    says: "must be the name of a kubeconfig context",
  },
  {
    title: "a trailing line feed in a host",
    spoil: config({ "fleet:domain": "skywire.dev\n" }),
    paths: ["fleet:domain"],
    says: "must be a lower-case dotted host name",
  },
  {
    title: "an empty string for a host",
    spoil: config({ "fleet:domain": "" }),
    paths: ["fleet:domain"],
    says: "must be a lower-case dotted host name",
  },
  {
    title: "infinitely many nodes",
    spoil: nodes("1e999"),
    paths: ["fleet:cluster.pools.general.nodes"],
    says: "must be a whole number of nodes",
  },
  {
    title: "a number of nodes beyond what is exact",
    spoil: nodes("90071992547409930"),
    paths: ["fleet:cluster.pools.general.nodes"],
    says: /must be/,
  },
  {
    title: "a word that is no number of nodes",
    spoil: nodes('".nan"'),
    paths: ["fleet:cluster.pools.general.nodes"],
    says: "must be a whole number of nodes",
  },
  {
    title: "NaN, which is no JSON",
    spoil: nodes("NaN"),
    paths: ["fleet:cluster"],
    says: "must be valid YAML or JSON",
  },
  {
    title: "an empty section",
    spoil: config({ "fleet:cluster": null }),
    paths: ["fleet:cluster"],
    says: /expected object|must be/,
  },
  {
    title: "null for a field",
    spoil: config({ [`${server}/slot`]: null }),
    paths: [`${serverPath}.slot`],
    says: "must be the number of a slot",
  },
  {
    title: "a list for a map",
    spoil: config({ "fleet:services": [] }),
    paths: ["fleet:services"],
    says: /expected object|must be a map/,
  },
  {
    title: "a list of members",
    spoil: config({ "fleet:services/setup-nodes": [{ key: "setup-node" }] }),
    paths: ["fleet:services.setup-nodes"],
    says: /expected record|must be a map/,
  },
  {
    title: "a map for a list",
    spoil: config({ "fleet:dns/zones": { a: "skywire.dev" } }),
    paths: ["fleet:dns.zones"],
    says: /expected array|must be a list/,
  },
  {
    title: "a text for a section",
    spoil: config({ "fleet:ingress": "traefik" }),
    paths: ["fleet:ingress"],
    says: /expected object|must be a map/,
  },
  {
    title: "a section that is broken JSON",
    spoil: config({ "fleet:ingress": "{broken: canary" }),
    paths: ["fleet:ingress"],
    says: "must be valid YAML or JSON",
  },
  {
    title: "a list for the secrets",
    spoil: (draft) => {
      Object.defineProperty(draft, "secrets", { value: ["canary"] });
    },
    paths: ["fleet:secrets"],
    says: "must be a map: name → secure value",
  },
  {
    title: "a text for the secrets",
    spoil: (draft) => {
      Object.defineProperty(draft, "secrets", { value: "canary" });
    },
    paths: ["fleet:secrets"],
    says: "must be a map: name → secure value",
  },
  {
    title: "a sandbox's mark that is neither true nor false",
    spoil: config({ "fleet:sandbox": "yes" }),
    paths: ["fleet:sandbox"],
    says: "must not be there",
  },
  {
    title: "a number as a secret",
    spoil: secrets({ "postgres-tpd": 12_345_678_901_234 }),
    paths: ["fleet:secrets.postgres-tpd"],
    says: "must be one secret text",
  },
  {
    title: "a structure as a secret",
    spoil: secrets({ "postgres-tpd": { password: "canary" } }),
    paths: ["fleet:secrets.postgres-tpd"],
    says: "must be one secret text",
  },
  {
    title: "null as a secret",
    spoil: secrets({ "postgres-tpd": null }),
    paths: ["fleet:secrets.postgres-tpd"],
    says: "must be one secret text",
  },
  {
    title: "a secret in place of its name",
    spoil: config({ [`${server}/key`]: "CanaryCanary1234!" }),
    paths: [`${serverPath}.key`],
    says: "must be the name of an entry of fleet:secrets",
  },
  {
    title: "a password in the URL of a store",
    spoil: config({
      "fleet:stores/redis/uptime-tracker": {
        kind: "external",
        host: "redis://:canary@redis.example.org",
        password: "redis-uptime-tracker",
      },
    }),
    paths: ["fleet:stores.redis.uptime-tracker.host"],
    says: "must be a bare host name or IPv4 address",
  },
  {
    title: "a secret as the name of a secret",
    spoil: secrets({ Canary1234Canary5678: "dmsg-server-1" }),
    paths: ["fleet:secrets"],
    says: "must be named by lower-case letters",
  },
];
