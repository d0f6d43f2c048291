/**
 * Every other combination than the committed file's: each option that it has off is switched on, and each that it has
 * on is switched off, in the real file, by the real loader and program. What then runs is compared with production
 * object by object, and judged by every rule of the policy pack: who is told of an address may dial it, who may dial
 * is told of something, and nothing names what is not there. So that no option is a trap.
 *
 * Proves what the program asks for. That the API server takes it is test/e2e's, that the programs start is live's.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { exceptions } from "../../policy/exceptions.ts";
import type { Exception } from "../../policy/exceptions/exception.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { type Rendered, renderedOnce } from "../rendered.ts";
import {
  judge,
  type Judgement,
  objectsOf,
  opensOutward,
  podOf,
  renderVariant,
  specOf,
  stack,
  toldTo,
  type Words,
} from "./variants.ts";

type Told = Rendered<FxaStack>;

/** A variant, and how it differs from production. */
interface Variant {
  readonly words: Words;
  /** Objects that production has not. */
  readonly more?: readonly string[];
  /** Objects of production that are gone. */
  readonly less?: readonly (string | RegExp)[];
  /** What the pack objects to: whoever says these words has to say so in an exception of the pack, too. */
  readonly objections?: RegExp;
  readonly asserts?: (told: Told, production: Told) => void;
}

const mailService = {
  kind: "mail-service",
  image: "docker.io/mozilla/fxa-email-service:v1.200.0",
  sender: { address: "accounts@example.org" },
  aws: { keyId: "mail-aws-id", secret: "mail-aws-secret" },
};

const host = (name: string, names: string): string[] => [
  `Certificate host-${name}-certificate`,
  `DnsRecord ${names}-a-nginx`,
  `Ingress host-${name}-ingress`,
];

const pictures = "fleet:servers/profile-server/settings/images";
const profilePrograms = ["profile-server", "profile-server-worker", "profile-server-static"];
const onNode = { nodeSelector: { "kubernetes.io/hostname": "workers-1" } };
const certificates =
  /^(Certificate .*|Chart cert-manager|ClusterIssuer .*|Job cert-manager-check|Namespace cert-manager)$/;

/** Without cert-manager there is nothing of it to watch. */
const noIssuer = {
  "fleet:certificates": undefined,
  "fleet:observability/metrics/prometheus/cluster": undefined,
};

const textOf = ({ collected }: Told): string => JSON.stringify(collected.resources);

/** Mails by a program of its own, and nothing of a mail server at the auth-server. */
function sendsByService(told: Told): void {
  const auth = toldTo(told, "fxa-auth-server");
  expect(auth).toMatchObject({
    EMAIL_SERVICE_HOST: "fxa-mail-service",
    EMAIL_SERVICE_PORT: "8001",
    EMAIL_SERVICE_FORCE_EMAIL_REGEX: ".*",
  });
  expect(Object.keys(auth).filter((name) => /^SMTP_(HOST|USER|PASS)$/.test(name))).toEqual([]);
  expect([...told.secrets.keys()]).not.toContain("smtp-password");
  expect(opensOutward(told, "fxa-auth-server")).toEqual(["0.0.0.0/0:3306", "0.0.0.0/0:443"]);
  // Of its image the launcher's word means nothing.
  expect(toldTo(told, "fxa-mail-service")).not.toHaveProperty("server");
}

const debugs = (target: string, service: string): Variant => ({
  words: { "fleet:debug": { target } },
  more: ["Deployment fxa-debug"],
  asserts: (told) => {
    const { server, ...own } = toldTo(told, "fxa-debug");
    const { server: role, ...others } = toldTo(told, service);
    expect([server, role]).toEqual(["debug", service]);
    expect(own).toEqual(others);
    expect(specOf(told, "fxa-debug")["replicas"]).toBe(0);
    expect(opensOutward(told, "fxa-debug")).toEqual(opensOutward(told, service));
  },
});

const builtin = (more: object): Words => ({ "fleet:mysql": { kind: "builtin", ...more } });

/** All that dial MySQL. */
const mysqlUsers = [
  "fxa-auth-db-mysql",
  "fxa-auth-server",
  "fxa-graphql-api",
  "fxa-profile-server",
  "mozilla-sync",
];

function dialsBuiltin(told: Told): void {
  for (const name of mysqlUsers) {
    expect(opensOutward(told, name).filter((open) => open.endsWith(":3306"))).toEqual([]);
  }
  expect(toldTo(told, "fxa-auth-db-mysql")["MYSQL_HOST"]).toBe("mysql");
  expect(toldTo(told, "fxa-graphql-api")["OAUTH_MYSQL_HOST"]).toBe("mysql");
}

const variants: Readonly<Record<string, Variant>> = {
  "no event-broker": {
    words: { "fleet:servers/event-broker": undefined },
    less: ["Deployment fxa-event-broker"],
    asserts: (told) => {
      expect(textOf(told)).not.toContain("fxa-event-broker");
      expect([...told.secrets.keys()].filter((name) => /broker|google/.test(name))).toEqual([]);
    },
  },
  "an event-broker that keeps its settings while it is off": {
    words: { "fleet:servers/event-broker/enabled": false },
    less: ["Deployment fxa-event-broker"],
  },
  "an event-broker that Google pushes to": {
    words: { "fleet:servers/event-broker/settings/push": {} },
    more: host("eventbroker", "eventbroker.example.org"),
    asserts: (told) => {
      expect(toldTo(told, "fxa-event-broker")).toMatchObject({
        PUBSUB_AUDIENCE: "https://eventbroker.example.org",
        PUBSUB_VERIFICATION_TOKEN: "secret",
      });
    },
  },
  "mails by mail-service": {
    words: {
      "fleet:mail": mailService,
      "fleet:servers/mail-service": { replicas: 2, parallelSafe: true },
    },
    more: ["Deployment fxa-mail-service"],
    asserts: (told) => {
      sendsByService(told);
      expect(specOf(told, "fxa-mail-service")["replicas"]).toBe(2);
    },
  },
  "mails by mail-service, with the reader of SES' queues": {
    words: { "fleet:mail": { ...mailService, queues: {}, runAsUser: 1234 } },
    more: ["Deployment fxa-mail-queues", "Deployment fxa-mail-service"],
    asserts: (told) => {
      sendsByService(told);
      expect(toldTo(told, "fxa-mail-queues")).toEqual(toldTo(told, "fxa-mail-service"));
      expect(podOf(told, "fxa-mail-queues").securityContext.runAsUser).toBe(1234);
    },
  },
  "mails by mail-service, which hands them to a mail server": {
    words: {
      "fleet:mail": {
        ...{ ...mailService, aws: undefined, provider: "smtp" },
        smtp: { host: "smtp.example.net", addresses: ["10.22.0.0/16"] },
      },
    },
    more: ["Deployment fxa-mail-service"],
    asserts: (told) => {
      sendsByService(told);
      expect(opensOutward(told, "fxa-mail-service")).toEqual(["0.0.0.0/0:443", "10.22.0.0/16:25"]);
    },
  },
  "the demos": {
    words: { "fleet:demos": {} },
    more: ["123done", "321done", "fortress"].flatMap((name) => [
      `Deployment ${name}`,
      ...host(name, `${name}.example.org`),
    ]),
    asserts: (told) => {
      expect(toldTo(told, "fxa-auth-server")["CONFIG_FILES"]).toBe("/etc/fxa/clients/clients.json");
      expect(toldTo(told, "321done")["server"]).toBe("321done");
    },
  },
  "one demo": {
    words: {
      "fleet:demos": {},
      "fleet:servers/321done": { enabled: false },
      "fleet:servers/fortress": { enabled: false },
    },
    more: ["Deployment 123done", ...host("123done", "123done.example.org")],
  },
  "a debug pod of the auth-server": debugs("auth-server", "fxa-auth-server"),
  "a debug pod of the content-server": debugs("content-server", "fxa-content-server"),
  "a debug pod of the event-broker": debugs("event-broker", "fxa-event-broker"),
  "a debug pod of the worker": debugs("profile-server-worker", "fxa-profile-server-worker"),
  "a trial with a MySQL of its own": {
    words: builtin({ inProduction: "trial" }),
    more: [
      "CronJob mysql-backup",
      "CronJob mysql-restore",
      "PersistentVolumeClaim mysql-backup-data",
      "PersistentVolumeClaim mysql-data",
      "StatefulSet mysql",
    ],
    asserts: dialsBuiltin,
  },
  "a MySQL in a private network": {
    words: { "fleet:mysql/addresses": ["10.20.0.0/16"] },
    asserts: (told) => {
      for (const name of [...mysqlUsers, "fxa-auth-db-mysql-patch"]) {
        expect(opensOutward(told, name).filter((open) => open.endsWith(":3306"))).toEqual([
          "10.20.0.0/16:3306",
        ]);
      }
    },
  },
  "a Redis elsewhere": {
    words: {
      "fleet:redis": { kind: "external", host: "redis.example.net", addresses: ["10.21.0.0/16"] },
    },
    less: ["Deployment redis-master", "PersistentVolumeClaim redis-master-data"],
    asserts: (told) => {
      expect(toldTo(told, "fxa-auth-server")["REDIS_HOST"]).toBe("redis.example.net");
      expect(opensOutward(told, "fxa-content-server")).toEqual(["10.21.0.0/16:6379"]);
    },
  },
  "a Redis that keeps nothing": {
    words: { "fleet:redis": { kind: "builtin", disk: "none" } },
    less: ["PersistentVolumeClaim redis-master-data"],
  },
  "pictures on a disk that many nodes share": {
    words: { [pictures]: { kind: "local", share: "many-nodes", storageClass: "nfs" } },
    more: ["PersistentVolumeClaim fxa-avatars"],
    asserts: (told) => {
      for (const name of profilePrograms) {
        const claims = podOf(told, `fxa-${name}`).volumes?.map(
          ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName,
        );
        expect(claims).toContain("fxa-avatars");
        expect(toldTo(told, `fxa-${name}`)["IMG"]).toBe("local");
        expect(opensOutward(told, `fxa-${name}`)).not.toContain("0.0.0.0/0:443");
      }
      expect([...told.secrets.keys()].filter((name) => name.startsWith("avatars"))).toEqual([]);
    },
  },
  "pictures on the disk of one node": {
    words: {
      [pictures]: { kind: "local", share: "one-node" },
      "fleet:debug": { target: "profile-server" },
      ...Object.fromEntries(
        profilePrograms.map((name) => [`fleet:servers/${name}/placement`, onNode]),
      ),
    },
    more: ["Deployment fxa-debug", "PersistentVolumeClaim fxa-avatars"],
    asserts: (told) => {
      for (const name of [...profilePrograms, "debug"]) {
        expect(podOf(told, `fxa-${name}`).nodeSelector).toMatchObject(onNode.nodeSelector);
      }
    },
  },
  "nothing but what watches": {
    words: { "fleet:only": "observability" },
    less: [
      /^(Deployment|HorizontalPodAutoscaler) (fxa-|mozilla-sync|browserid-verifier|memcached|redis-master)/,
      /^(Certificate|Ingress) host-/,
      /^DnsRecord (?!grafana)/,
      /^(Job fxa-auth-db-mysql-patch|Namespace fxa|PersistentVolumeClaim redis-master-data)$/,
    ],
    asserts: (told) => {
      expect(Object.keys(told.config.servers)).not.toEqual([]);
      expect(textOf(told)).not.toContain("mysql-secret");
    },
  },
  "an image that the stack builds and pushes": {
    words: {
      // Of this repository, in the place of sources that are nowhere here.
      "fleet:images": {
        ...{ repository: "docker.io/somebody/fxa", version: "v1.190.0", runAsUser: 2000 },
        ...{ pullSecret: "registry", build: { context: ".", dockerfile: "package.json" } },
      },
    },
    more: ["Image fxa-image"],
    asserts: (told) => {
      const image = told.collected.resources.find(
        ({ type }) => type === "docker:index/image:Image",
      );
      expect(image?.inputs).toMatchObject({
        imageName: "docker.io/somebody/fxa:v1.190.0",
        build: { dockerfile: "package.json", platform: "linux/amd64" },
      });
      for (const name of ["fxa-auth-server", "fxa-auth-db-mysql-patch"]) {
        expect(podOf(told, name).containers[0]?.image).toBe(
          `docker.io/somebody/fxa:v1.190.0@sha256:${"d".repeat(64)}`,
        );
        expect(podOf(told, name).securityContext.runAsUser).toBe(2000);
      }
      // What has an image of its own is neither that one nor that user's.
      expect(podOf(told, "mozilla-sync").securityContext.runAsUser).toBe(1001);
    },
  },
  "flat hosts under one wildcard certificate": {
    words: {
      ...{ ...noIssuer, "fleet:hosts": { names: "flat" } },
      "fleet:ingress/tls": { kind: "certificate", secret: "wildcard", hosts: ["*.example.org"] },
    },
    more: ["api", "graphql", "images", "oauth", "profile"].map(
      (name) => `DnsRecord ${name}-accounts.example.org-a-nginx`,
    ),
    less: [certificates, /^DnsRecord \w+\.accounts\.example\.org-a-nginx$/],
    asserts: (told) => {
      expect(toldTo(told, "fxa-content-server")["FXA_URL"]).toBe(
        "https://api-accounts.example.org",
      );
      expect(toldTo(told, "fxa-auth-server")["ISSUER"]).toBe("api-accounts.example.org");
      expect(textOf(told)).not.toContain("api.accounts.example.org");
    },
  },
  "certificates that stand in Secrets already": {
    words: { ...noIssuer, "fleet:ingress/tls": { kind: "secret", name: "existing" } },
    less: [certificates],
    objections: /^references-exist: Ingress .*names the Secret existing, which does not exist/,
  },
  "certificates by an issuer of the cluster": {
    words: {
      ...noIssuer,
      "fleet:ingress/tls": { kind: "cert-manager", clusterIssuer: "letsencrypt" },
    },
    less: [certificates],
  },
  "a cert-manager that is there already": {
    words: { "fleet:certificates/certManager": { kind: "preinstalled" } },
    less: ["Chart cert-manager", "Job cert-manager-check", "Namespace cert-manager"],
  },
  "Traefik at the door": {
    words: {
      "fleet:ingress/controllers/nginx": {
        ...{ kind: "traefik", exposure: { kind: "load-balancer", replicas: 2 } },
        maximumBody: "4Mi",
      },
    },
  },
  development: {
    words: {
      ...builtin({ backup: { kind: "none" } }),
      "fleet:environment": "development",
    },
    more: ["PersistentVolumeClaim mysql-data", "StatefulSet mysql"],
    asserts: (told) => {
      dialsBuiltin(told);
      const words = [
        ["fxa-auth-server", "dev"],
        ["fxa-auth-db-mysql", "dev"],
        ["fxa-customs-server", "dev"],
        ["fxa-content-server", "development"],
        ["fxa-graphql-api", "development"],
        ["fxa-event-broker", "development"],
      ] as const;
      for (const [name, word] of words) {
        expect([name, toldTo(told, name)["NODE_ENV"]]).toEqual([name, word]);
      }
      expect(toldTo(told, "fxa-content-server")["SENTRY_ENV"]).toBe("dev");
    },
  },
  "the seed's two servers of payments": {
    words: {
      "fleet:servers/payments-server-worker": { enabled: true },
      "fleet:servers/payments-server-static": { enabled: true },
    },
    more: ["Deployment fxa-payments-server-static", "Deployment fxa-payments-server-worker"],
  },
  "no StatsD": {
    words: { "fleet:observability/metrics/statsd": undefined },
    less: ["Deployment statsd"],
    asserts: (told) => {
      expect(toldTo(told, "fxa-auth-server")["STATSD_ENABLE"]).toBe("false");
      expect(toldTo(told, "fxa-auth-server")).not.toHaveProperty("DD_AGENT_HOST");
      expect(toldTo(told, "fxa-content-server")).not.toHaveProperty("METRIC_HOST");
      expect(textOf(told)).not.toContain("statsd.metrics.svc");
    },
  },
  "nothing that watches": {
    words: { "fleet:observability": {} },
    less: [
      /^(Certificate grafana-certificate|DnsRecord grafana.*|Ingress grafana-ingress|Namespace metrics)$/,
      /^Deployment (alertmanager|grafana|kube-state-metrics|prometheus|statsd)$/,
      /^PersistentVolumeClaim (alertmanager|grafana|prometheus)-data$/,
    ],
  },
  "no network policies": {
    words: { "fleet:networkPolicy": "off" },
    objections: /^every-pod-policed: /,
    asserts: (told) => {
      expect(textOf(told)).not.toContain(":NetworkPolicy");
    },
  },
  "no Sync": {
    words: { "fleet:sync/enabled": false },
    less: [
      "Deployment mozilla-sync",
      ...host("sync", "sync.example.org"),
      ...host("token", "token.example.org"),
    ],
  },
  "two proxies before the pods": {
    words: { "fleet:proxies": 2 },
    asserts: (told) => {
      expect(toldTo(told, "fxa-auth-server")["CLIENT_ADDRESS_DEPTH"]).toBe("3");
    },
  },
  "all of it at once": {
    words: {
      "fleet:mail": { ...mailService, queues: {} },
      "fleet:demos": {},
      "fleet:debug": { target: "321done", replicas: 1 },
      "fleet:mysql": { kind: "builtin", inProduction: "trial", backup: { kind: "none" } },
      [pictures]: { kind: "local", share: "many-nodes", storageClass: "nfs" },
      "fleet:servers/event-broker/settings/push": {},
      "fleet:servers/payments-server-worker": { enabled: true },
      "fleet:servers/payments-server-static": { enabled: true },
    },
    more: [
      "Deployment fxa-debug",
      "Deployment fxa-mail-queues",
      "Deployment fxa-mail-service",
      "Deployment fxa-payments-server-static",
      "Deployment fxa-payments-server-worker",
      "PersistentVolumeClaim fxa-avatars",
      "PersistentVolumeClaim mysql-data",
      "StatefulSet mysql",
      ...host("eventbroker", "eventbroker.example.org"),
      ...["123done", "321done", "fortress"].flatMap((name) => [
        `Deployment ${name}`,
        ...host(name, `${name}.example.org`),
      ]),
    ],
  },
};

const used = new Set<Exception>();

describe.each(Object.entries(variants))("production with %s", (_, variant) => {
  let production: Told;
  let told: Told;
  let judgement: Judgement;

  beforeAll(async () => {
    production = await renderedOnce(stack);
    told = await renderVariant(variant.words);
    judgement = judge(told);
    for (const exception of judgement.used) {
      used.add(exception);
    }
  });

  it("has just these objects more, and these no longer", () => {
    const [before, after] = [objectsOf(production), objectsOf(told)];
    expect(after.filter((one) => !before.includes(one))).toEqual([...(variant.more ?? [])].sort());
    const { less = [] } = variant;
    const isMeant = (one: string): boolean =>
      less.some((meant) => (typeof meant === "string" ? meant === one : meant.test(one)));
    expect(before.filter((one) => !after.includes(one))).toEqual(before.filter(isMeant));
    for (const meant of less) {
      expect(before.some((one) => isMeant(one) && matches(meant, one))).toBe(true);
    }
  });

  it("keeps to every rule of the policy pack, or is refused for what it says itself", () => {
    const { objections = /^$/ } = variant;
    expect(judgement.objections.filter((one) => !objections.test(one))).toEqual([]);
    expect(judgement.objections.length > 0).toBe(variant.objections !== undefined);
  });

  it("tells its programs what follows from it", () => {
    variant.asserts?.(told, production);
    // No secret of it stands anywhere but in Secrets, whatever was switched on.
    const open = JSON.stringify(
      told.collected.resources.filter(
        ({ type }) => !/:(Secret|Provider|kubernetes|Image)$/.test(type),
      ),
    );
    const shown = [...told.secrets].filter(
      ([, value]) => value.length >= 16 && open.includes(JSON.stringify(value).slice(1, -1)),
    );
    expect(shown.map(([name]) => name)).toEqual([]);
  });
});

const matches = (meant: string | RegExp, one: string): boolean =>
  typeof meant === "string" ? meant === one : meant.test(one);

describe("an exception for what may be switched on", () => {
  afterAll(() => {
    used.clear();
  });

  it("is needed by one of the variants", () => {
    const unneeded = exceptions.filter(
      (one) => one.option !== undefined && one.stacks.includes(stack) && !used.has(one),
    );
    expect(unneeded.map(({ rule, option }) => `${rule}: ${option ?? ""}`)).toEqual([]);
  });
});

describe("a server that makes its own tables", () => {
  it.each(["fxa-auth-server", "fxa-profile-server"])(
    "%s begins with one pod, and changes one pod after the other",
    async (name) => {
      const told = await renderedOnce(stack);
      const { replicas, strategy } = specOf(told, name);
      expect(toldTo(told, name)["CREATE_MYSQL_SCHEMA"]).toBe("true");
      // Left out it is one, for the API server and for the first start.
      expect(replicas).toBeUndefined();
      expect(strategy).toMatchObject({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      const options = new Map(told.options.map((one) => [`${one.type} ${one.name}`, one]));
      const [scaler, deployment] = [
        options.get(`kubernetes:autoscaling/v2:HorizontalPodAutoscaler ${name}-autoscaler`),
        options.get(`kubernetes:apps/v1:Deployment ${name}`),
      ];
      // The engine awaits the pod before there is an autoscaler that asks for a second one.
      expect(scaler?.dependencies).toContain(deployment?.urn);
    },
  );
});
