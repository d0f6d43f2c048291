/** Faults of Firefox Accounts' numbers, stores and switches. */
import { config, type FaultCase } from "./fault-cases.ts";

type Case = Omit<FaultCase, "stack">;

const servers = "fleet:servers";
const broker = `${servers}/event-broker`;
const images = `${servers}/profile-server/settings/images`;

const scaling: readonly (readonly [
  what: string,
  autoscale: object,
  field: string,
  says: string,
])[] = [
  ["from none", { min: 0, max: 2 }, ".min", "must be at least 1"],
  ["without an end", { min: 2 }, ".max", "is missing: must be a whole number of pods"],
  ["to a million", { min: 2, max: 1_000_000 }, ".max", "must be at most 1000"],
  ["at no CPU", { min: 2, max: 4, cpuPercent: 0 }, ".cpuPercent", "must be from 10 to 100"],
  ["at five CPUs", { min: 2, max: 4, cpuPercent: 500 }, ".cpuPercent", "must be from 10 to 100"],
];

/** All of them. */
export const fxaNumberFaults: readonly Case[] = [
  ...scaling.map(([what, autoscale, field, says]) => ({
    title: `scaling ${what}`,
    spoil: config({ [`${servers}/content-server/autoscale`]: autoscale }),
    paths: [`fleet:servers.content-server.autoscale${field}`],
    says,
  })),
  {
    title: "an autoscaler of what nobody has seen beside itself",
    spoil: config({ [`${servers}/content-server/parallelSafe`]: undefined }),
    paths: ["fleet:servers.content-server.autoscale"],
    says: "must not ask for more than one pod without parallelSafe: true",
  },
  {
    title: "an autoscaler of the event-broker",
    spoil: config({
      [`${broker}/autoscale`]: { min: 1, max: 3 },
      [`${broker}/parallelSafe`]: true,
    }),
    paths: ["fleet:servers.event-broker.autoscale"],
    says: "its load is the length of a queue, which no CPU shows",
  },
  {
    title: "first pods that race for the tables",
    spoil: config({
      [`${servers}/auth-server/autoscale`]: undefined,
      [`${servers}/auth-server/replicas`]: 2,
    }),
    paths: ["fleet:servers.auth-server.replicas"],
    says: "must be left out for autoscale: { min: 2, max: 2 }, or more",
  },
  {
    title: "no CPU for a server",
    spoil: config({
      [`${servers}/customs-server/resources`]: {
        ...{ requests: { cpu: "0", memory: "256Mi" }, limits: { memory: "512Mi" } },
      },
    }),
    paths: ["fleet:servers.customs-server.resources.requests.cpu"],
    says: "must be more than zero",
  },
  {
    title: "more asked for than allowed",
    spoil: config({
      [`${servers}/customs-server/resources`]: {
        ...{ requests: { cpu: "100m", memory: "2Gi" }, limits: { memory: "1Gi" } },
      },
    }),
    paths: ["fleet:servers.customs-server.resources.requests.memory"],
    says: "must not be above the limit of 1Gi",
  },
  {
    title: "an hour for each pod to stop",
    spoil: config({ [`${servers}/auth-server/terminationGraceSeconds`]: 3_600 }),
    paths: ["fleet:servers.auth-server.terminationGraceSeconds"],
    says: "must be at most 600",
  },
  {
    title: "a thousand proxies",
    spoil: config({ "fleet:proxies": "1000" }),
    paths: ["fleet:proxies"],
    says: "must be at most 9",
  },
  {
    title: "a cache larger than any node",
    spoil: config({ "fleet:memcached": { megabytes: 1_000_000 } }),
    paths: ["fleet:memcached.megabytes"],
    says: "must be at most 65536",
  },
  {
    title: "settings of an event-broker that nobody switched on or off",
    spoil: config({ [`${broker}/enabled`]: undefined }),
    paths: ["fleet:servers.event-broker.enabled"],
    says: "must be true or false beside its settings",
  },
  {
    title: "an event-broker with empty settings",
    spoil: config({ [`${broker}/settings`]: {} }),
    paths: [
      "fleet:servers.event-broker.settings.sqsQueueUrl",
      "fleet:servers.event-broker.settings.aws",
      "fleet:servers.event-broker.settings.gcpProjectId",
    ],
    says: "is missing: must be the URL of an SQS queue with its region",
  },
  {
    title: "half the keys of an event-broker",
    spoil: config({ [`${broker}/settings/aws`]: { keyId: "broker-aws-id" } }),
    paths: ["fleet:servers.event-broker.settings.aws"],
    says: "must name the keys of AWS, or say node",
  },
  {
    title: "nobody who sends mails",
    spoil: config({ "fleet:mail": undefined }),
    paths: ["fleet:mail"],
    says: "is missing: must say kind: auth-server or mail-service",
  },
  {
    title: "no mail server",
    spoil: config({ "fleet:mail/smtp": undefined }),
    paths: ["fleet:mail.smtp"],
    says: "is missing: must say the mail server: host, and entries with user and password",
  },
  {
    title: "mails from nobody",
    spoil: config({ "fleet:mail/sender": undefined }),
    paths: ["fleet:mail.sender"],
    says: "is missing: must be an address",
  },
  {
    title: "no MySQL",
    spoil: config({ "fleet:mysql": undefined }),
    paths: ["fleet:mysql"],
    says: "is missing: must say kind: external or builtin",
  },
  {
    title: "a database without a name",
    spoil: config({ "fleet:mysql/databases": { oauth: "" } }),
    paths: ["fleet:mysql.databases.oauth"],
    says: "must be the name of a database",
  },
  {
    title: "a database twice, by its capital letters",
    spoil: config({ "fleet:mysql/databases": { oauth: "FXA" } }),
    paths: ["fleet:mysql.databases"],
    says: "must be four different databases",
  },
  {
    title: "a database that is MySQL's own",
    spoil: config({ "fleet:mysql/databases": { sync: "mysql" } }),
    paths: ["fleet:mysql.databases.sync"],
    says: "must be a database of its own: this one is MySQL's",
  },
  {
    title: "another name for the one that auth-db-mysql has no variable for",
    spoil: config({ "fleet:mysql/databases": { auth: "accounts" } }),
    paths: ["fleet:mysql.databases.auth"],
    says: "must be fxa: auth-db-mysql knows no other name for it",
  },
  {
    title: "root for all servers",
    spoil: config({ "fleet:mysql/user": "root" }),
    paths: ["fleet:mysql.user"],
    says: "must be an account of its own: root may do all",
  },
  {
    title: "no word on where pictures are kept",
    spoil: config({ [`${servers}/profile-server/settings`]: undefined }),
    paths: ["fleet:servers.profile-server.settings"],
    says: "is missing: must say where pictures of users are kept",
  },
  {
    title: "a disk of pictures that nobody says who shares",
    spoil: config({ [images]: { kind: "local" } }),
    paths: ["fleet:servers.profile-server.settings.images.share"],
    says: "must be many-nodes, with a class that lets many nodes write, or one-node",
  },
  {
    title: "pictures for many nodes on a disk that is one node's",
    spoil: config({ [images]: { kind: "local", share: "many-nodes" } }),
    paths: ["fleet:servers.profile-server.settings.images.storageClass"],
    says: "must name a class with ReadWriteMany",
  },
  {
    title: "pictures on one node, and programs on any",
    spoil: config({ [images]: { kind: "local", share: "one-node" } }),
    paths: [
      "fleet:servers.profile-server.placement.nodeSelector",
      "fleet:servers.profile-server-worker.placement.nodeSelector",
      "fleet:servers.profile-server-static.placement.nodeSelector",
    ],
    says: "must name the one node of the pictures' disk",
  },
  {
    title: "a server that eight others need, told once",
    spoil: config({
      [`${servers}/auth-server/enabled`]: false,
      [`${broker}/enabled`]: false,
    }),
    paths: ["fleet:servers.auth-server.enabled"],
    says: /must be true: needed by content-server, graphql-api, .*mozilla-sync; or say enabled: false there, too/,
  },
  {
    title: "a variable of the schema among those beside it",
    spoil: config({ [`${servers}/auth-server/extraEnv`]: { PUBLIC_URL: "https://a.example.org" } }),
    paths: ["fleet:servers.auth-server.extraEnv.PUBLIC_URL"],
    says: "it follows from the sections, and one of both would act on nothing",
  },
  {
    title: "a variable larger than the engine hands over",
    spoil: config({ [`${servers}/auth-server/extraEnv`]: { UA_LIST: "x".repeat(100_000) } }),
    paths: ["config"],
    says: "must have at most 96 KiB in all",
  },
  {
    title: "a word for the debug pod",
    spoil: config({ "fleet:debug": "off" }),
    paths: ["fleet:debug"],
    says: "must say its target, or be left out: then there is none",
  },
  {
    title: "a debug pod in the place of what has another image",
    spoil: config({ "fleet:debug": { target: "mail-service" } }),
    paths: ["fleet:debug.target"],
    says: "must be a server of the one image: auth-db-mysql,",
  },
  {
    title: "a user at Docker Hub for an image",
    spoil: config({ "fleet:images/repository": "docker.io/somebody" }),
    paths: ["fleet:images.repository"],
    says: "must name the image behind its user: docker.io/peteroffthestrip/fxa",
  },
  {
    title: "programs that run as root",
    spoil: config({ "fleet:images/runAsUser": 0 }),
    paths: ["fleet:images.runAsUser"],
    says: "must not be 0, which is root",
  },
];
