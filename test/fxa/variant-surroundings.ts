/** Variants of production in what it stands on: stores, hosts, certificates, environment, what watches it. */
import { expect } from "vitest";

import { opensOutward, textOf, type Told, toldTo, type Variant, type Words } from "./variants.ts";

const certificates =
  /^(Certificate .*|Chart cert-manager|ClusterIssuer .*|Job cert-manager-check|Namespace cert-manager)$/;

/** Without cert-manager there is nothing of it to watch. */
const noIssuer = {
  "fleet:certificates": undefined,
  "fleet:observability/metrics/prometheus/cluster": undefined,
};

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

/** By what each is about. */
export const surroundingVariants: Readonly<Record<string, Variant>> = {
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
  "flat hosts under one wildcard certificate": {
    words: {
      ...{ ...noIssuer, "fleet:hosts": { names: "flat" } },
      "fleet:ingress/tls": { kind: "certificate", secret: "wildcard", hosts: ["*.example.org"] },
    },
    more: ["api", "graphql", "oauth", "profile"].map(
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
  "two proxies before the pods": {
    words: {
      "fleet:proxies": 2,
      "fleet:ingress/controllers/nginx/trustedProxies": ["203.0.113.0/24"],
    },
    asserts: (told) => {
      expect(toldTo(told, "fxa-auth-server")["CLIENT_ADDRESS_DEPTH"]).toBe("3");
    },
  },
};
