/** Faults of services in Swarm's words: issue 4, "Bad input", and what people get wrong beside. */
import { config, type FaultCase, secrets } from "./fault-cases.ts";
import { type Draft, put } from "./stack-fixture.ts";

const service = (name: string): string => `fleet:services/${name}`;

/** The same services on a Swarm: what is a cluster's alone is gone. */
export function onSwarm(draft: Draft): void {
  for (const section of ["cluster", "dns", "ingress", "hosts", "update", "observability", "data"]) {
    Reflect.deleteProperty(draft.config, `fleet:${section}`);
  }
  put(draft.config, "fleet:target", "swarm");
  put(draft.config, "fleet:docker", { host: "ssh://deploy@manager.example.org" });
}

const swarm =
  (values: Readonly<Record<string, unknown>>) =>
  (draft: Draft): void => {
    onSwarm(draft);
    config(values)(draft);
  };

const cases: readonly Omit<FaultCase, "stack">[] = [
  {
    title: "a Swarm without a host",
    spoil: swarm({ "fleet:docker": undefined }),
    paths: ["fleet:docker"],
    says: "is missing",
  },
  {
    title: "a Swarm with a host and a context",
    spoil: swarm({ "fleet:docker/context": "manager" }),
    paths: ["fleet:docker"],
    says: "must say either host or context",
  },
  {
    title: "a Swarm's host with a password in its address",
    spoil: swarm({ "fleet:docker/host": "tcp://deploy:canary@manager.example.org:2375" }),
    paths: ["fleet:docker.host"],
    says: "must not carry a password",
  },
  {
    title: "a Swarm in a cluster",
    spoil: swarm({ "fleet:namespace": "voting" }),
    paths: ["fleet:namespace"],
    says: "belongs to target: kubernetes",
  },
  {
    title: "an autoscaler on a Swarm",
    spoil: swarm({ "fleet:autoscale": { vote: { min: 1, max: 3 } } }),
    paths: ["fleet:autoscale"],
    says: "a Swarm scales by deploy.replicas alone",
  },
  {
    title: "a ratio that the Docker provider cannot keep",
    spoil: swarm({ [`${service("worker")}/update_config/max_failure_ratio`]: 0.25 }),
    paths: ["fleet:services.worker.update_config.max_failure_ratio"],
    says: "must have one decimal",
  },
  {
    title: "a Docker host of a stack in a cluster",
    spoil: config({ "fleet:docker": { host: "ssh://deploy@manager.example.org" } }),
    paths: ["fleet:docker"],
    says: "belongs to target: swarm",
  },
  {
    title: "no target",
    spoil: config({ "fleet:target": undefined }),
    paths: ["fleet:target"],
    says: "must be where the services run: kubernetes or swarm",
  },
  {
    title: "unknown target",
    spoil: config({ "fleet:target": "nomad" }),
    paths: ["fleet:target"],
    says: 'kubernetes or swarm (it is "nomad")',
  },
  {
    title: "an unknown word of compose",
    spoil: config({ [`${service("vote")}/container_name`]: "vote" }),
    paths: ["fleet:services.vote.container_name"],
    says: "is no key that Fleet knows",
  },
  {
    title: "a word of compose at the wrong place",
    spoil: config({ [`${service("vote")}/replicas`]: 2 }),
    paths: ["fleet:services.vote.replicas"],
    says: "is no key that Fleet knows",
  },
  {
    title: "a failure ratio above 1",
    spoil: config({ [`${service("worker")}/update_config/max_failure_ratio`]: 30 }),
    paths: ["fleet:services.worker.update_config.max_failure_ratio"],
    says: "must be from 0 to 1 (it is 30)",
  },
  {
    title: "a failure ratio below 0",
    spoil: config({ [`${service("worker")}/update_config/max_failure_ratio`]: -0.1 }),
    paths: ["fleet:services.worker.update_config.max_failure_ratio"],
    says: "must be from 0 to 1",
  },
  {
    title: "negative parallelism",
    spoil: config({ [`${service("worker")}/update_config/parallelism`]: -1 }),
    paths: ["fleet:services.worker.update_config.parallelism"],
    says: "must not be negative: 0 exchanges all at once",
  },
  {
    title: "a ready time longer than the progress deadline",
    spoil: config({ "fleet:update/progressDeadlineSeconds": 60 }),
    paths: ["fleet:services.worker.update_config.monitor"],
    says: "must be below progressDeadlineSeconds (60)",
  },
  {
    title: "a pause longer than the progress deadline",
    spoil: config({ [`${service("vote")}/deploy/update_config/delay`]: "2m" }),
    paths: ["fleet:services.vote.deploy.update_config.delay"],
    says: "must be below progressDeadlineSeconds (90)",
  },
  {
    title: "a run that gives up before Kubernetes says why",
    spoil: config({ "fleet:update/timeoutSeconds": 90 }),
    paths: ["fleet:update.timeoutSeconds"],
    says: "must be above progressDeadlineSeconds (90)",
  },
  {
    title: "autoscaling together with replicas",
    spoil: config({ "fleet:autoscale": { vote: { min: 2, max: 4 } } }),
    paths: ["fleet:services.vote.deploy.replicas"],
    says: "must not stand beside autoscale",
  },
  {
    title: "autoscaling of a service that there is not",
    spoil: config({ "fleet:autoscale": { votes: { min: 2, max: 4 } } }),
    paths: ["fleet:autoscale.votes"],
    says: "must be a service of this stack: vote, result",
  },
  {
    title: "a global service that takes all of each node, and leaves nothing for the others",
    spoil: config({
      [`${service("worker")}/deploy`]: { mode: "global" },
      [`${service("worker")}/resources`]: {
        limits: { cpus: "1.7", memory: "3G" },
        reservations: { cpus: "1.7", memory: "3G" },
      },
    }),
    paths: [
      "fleet:observability.logs.shipper",
      ...["db", "redis", "registry", "result", "vote"].map((name) => `fleet:services.${name}`),
    ],
    says: "only 1 of 4 find room in pool edge, workers",
  },
  {
    title: "surge with a volume of one writer",
    spoil: config({ [`${service("db")}/deploy/update_config`]: { order: "start-first" } }),
    paths: ["fleet:services.db.deploy.update_config.order"],
    says: "must be stop-first",
  },
  {
    title: "surge with a port of the node",
    spoil: config({
      [`${service("vote")}/ports`]: [{ target: 80, published: 8080, mode: "host" }],
    }),
    paths: ["fleet:services.vote.deploy.update_config.order", "fleet:services.vote.ports[0]"],
    says: "must be stop-first",
  },
  {
    title: "a secret that is missing",
    spoil: secrets({ "postgres-password": undefined }),
    paths: ["fleet:services.db.secrets[0]"],
    says: "names postgres-password, a token, which fleet:secrets does not have",
  },
  {
    title: "a secret in its name's place",
    spoil: config({ [`${service("db")}/secrets`]: ["Canary-password!"] }),
    paths: ["fleet:services.db.secrets[0]"],
    says: "must be the name of an entry of fleet:secrets",
  },
  {
    title: "two services behind one host",
    spoil: config({ "fleet:hosts/result": "vote.example.org" }),
    paths: ["fleet:hosts.result"],
    says: "host vote.example.org already stands at fleet:hosts.vote",
  },
  {
    title: "an alias that is another service's name",
    spoil: config({ [`${service("worker")}/networks/voteapp/aliases`]: ["db"] }),
    paths: ["fleet:services.worker.networks"],
    says: "must not be reached as db, as db is",
  },
  {
    title: "an alias of two services",
    spoil: config({ [`${service("redis")}/networks`]: { voteapp: { aliases: ["workers"] } } }),
    paths: ["fleet:services.redis.networks"],
    says: "must not be reached as workers, as worker.networks is",
  },
  {
    title: "depends_on in a circle",
    spoil: config({ [`${service("redis")}/depends_on`]: ["vote"] }),
    paths: ["fleet:services.vote.depends_on"],
    says: "must not go round in a circle: vote → redis → vote",
  },
  {
    title: "depends_on of a service that there is not",
    spoil: config({ [`${service("vote")}/depends_on`]: ["reddis"] }),
    paths: ["fleet:services.vote.depends_on"],
    says: "names reddis, which is no service of this stack: is redis meant?",
  },
  {
    title: "a port that two services publish",
    spoil: config({ [`${service("registry")}/ports`]: ["8080:5000"] }),
    paths: ["fleet:services.registry.ports[0]"],
    says: "must not publish 8080/tcp, as vote.ports.0 does",
  },
  {
    title: "a port that a service publishes twice",
    spoil: config({ [`${service("registry")}/ports`]: ["5000:5000", "5000:5001"] }),
    paths: ["fleet:services.registry.ports[1]"],
    says: "publishes 5000/tcp, as ports[0] does",
  },
  {
    title: "a network that the stack does not have",
    spoil: config({ [`${service("vote")}/networks`]: ["votapp"] }),
    paths: ["fleet:services.vote.networks"],
    says: "names votapp, which is not among the stack's networks: is voteapp meant?",
  },
  {
    title: "a volume that the stack does not have",
    spoil: config({ "fleet:volumes/db-data": undefined }),
    paths: ["fleet:services.db.volumes[0]"],
    says: "names db-data, which is not among the stack's volumes",
  },
  {
    title: "memory of a service below what Docker takes",
    spoil: config({ [`${service("worker")}/resources/limits/memory`]: 512 }),
    paths: ["fleet:services.worker.resources.limits.memory"],
    says: "must be at least 4M: is the unit missing?",
  },
  {
    title: "a reservation above its limit",
    spoil: config({ [`${service("worker")}/resources/reservations/memory`]: "1G" }),
    paths: ["fleet:services.worker.resources.reservations.memory"],
    says: "must not be above limits.memory",
  },
  {
    title: "a time without unit",
    spoil: config({ [`${service("worker")}/update_config/delay`]: 10 }),
    paths: ["fleet:services.worker.update_config.delay"],
    says: "must be a quoted time with its unit",
  },
  {
    title: "a constraint on what no node has",
    spoil: config({ [`${service("worker")}/placement/constraints`]: ["node.rol == worker"] }),
    paths: ["fleet:services.worker.placement.constraints[0]"],
    says: "must compare node.role",
  },
  {
    title: "a constraint that no pool meets",
    spoil: config({ [`${service("worker")}/placement/constraints`]: ["node.labels.disk == ssd"] }),
    paths: ["fleet:services.worker"],
    says: "disk in (ssd)",
  },
  {
    title: "more pods than the pools hold while they are exchanged",
    spoil: config({ [`${service("vote")}/deploy/replicas`]: 300 }),
    // A shipper finds no room beside them either.
    paths: ["fleet:services.vote", "fleet:observability.logs.shipper"],
    says: /find room in pool workers .*lower the requests or enlarge the pool/,
  },
  {
    title: "a host of a service that publishes nothing",
    spoil: config({ "fleet:hosts/redis": "redis.example.org" }),
    paths: ["fleet:hosts.redis"],
    says: "leads to redis, which publishes no TCP port",
  },
  {
    title: "a host of a service that there is not",
    spoil: config({ "fleet:hosts/votes": "votes.example.org" }),
    paths: ["fleet:hosts.votes"],
    says: "must be a service of this stack",
  },
  {
    title: "a host of a service outside the zone",
    spoil: config({ "fleet:hosts/vote": "vote.example.net" }),
    paths: ["fleet:hosts.vote"],
    says: "must lie in a zone of fleet:dns (example.org)",
  },
  {
    title: "services in the namespace of the controllers",
    spoil: config({ "fleet:namespace": "ingress" }),
    // Its logs are read by its name.
    paths: ["fleet:ingress.namespace", "fleet:observability.logs.families.voting.namespaces[0]"],
    says: "namespace ingress already stands at fleet:namespace",
  },
  {
    title: "controllers in a namespace of the cluster's",
    spoil: config({ "fleet:ingress/namespace": "kube-system" }),
    paths: ["fleet:ingress.namespace", "fleet:observability.logs.families.voting.namespaces[1]"],
    says: "must be a namespace of the stack's own, which it makes: kube-system is the cluster's",
  },
  {
    title: "a controller on a slot that no pool has",
    spoil: config({ "fleet:ingress/controllers/traefik/exposure/slot": 3 }),
    paths: ["fleet:ingress.controllers.traefik.exposure.slot"],
    says: "slot 3 must be a slot of fleet:cluster.pools (there are 0)",
  },
  {
    title: "an image of a service without a tag",
    spoil: config({ [`${service("redis")}/image`]: "redis" }),
    paths: ["fleet:services.redis.image"],
    says: "must be an image with its tag",
  },
  {
    title: "no service at all",
    spoil: config({ "fleet:services": {}, "fleet:hosts": {} }),
    paths: ["fleet:services"],
    says: "must have at least one service",
  },
  {
    title: "something of the shell in a variable",
    spoil: config({ [`${service("vote")}/environment`]: { OPTION_A: "$CATS" } }),
    paths: ["fleet:services.vote.environment.OPTION_A"],
    says: "must not take anything from the shell",
  },
];

/** Each spoils the voting stack's file. */
export const votingFaults: readonly FaultCase[] = cases.map((one) => ({ ...one, stack: "voting" }));
