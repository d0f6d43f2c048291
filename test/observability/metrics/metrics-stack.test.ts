/** MetricsStack as a whole: its parts, what they belong to, and where secrets end. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";

import { SecretStore } from "../../../components/base/secret-store.ts";
import { MetricsStack } from "../../../components/observability/metrics/metrics-stack.ts";
import { MetricsConfig } from "../../../components/observability/metrics/metrics.schema.ts";
import { requiredSecrets } from "../../../stacks/secrets.ts";
import { collect, type Collected, find } from "../../harness.ts";
import { around } from "./around.ts";
import { everyReceiver } from "./every-receiver.ts";

const config = MetricsConfig.parse({
  prometheus: { host: "prometheus.example.com", login: {}, cluster: { certManager: {} } },
  alertmanager: everyReceiver,
  grafana: {
    host: "grafana.example.com",
    singleSignOn: {
      name: "Google",
      clientId: "fleet",
      clientSecret: "google-client",
      authorizeUrl: "https://accounts.example.com/auth",
      tokenUrl: "https://accounts.example.com/token",
      userInfoUrl: "https://accounts.example.com/userinfo",
    },
  },
  pushGateway: {},
  kubeState: {},
  nodes: {},
  statsd: {},
});

const needed = requiredSecrets({ observability: { metrics: config } });
const secrets = new Map(needed.map(({ name }) => [name, `value-of-${name}-0123456789`]));
const logsPassword = "password-of-the-log-store-1";

/** The stack with all that it can have, or with no more than it must. */
const make = (given: MetricsConfig, parent?: pulumi.ComponentResource) =>
  new MetricsStack(
    "metrics-stack",
    {
      ...around,
      config: given,
      stack: "prod",
      secrets: new SecretStore(secrets),
      secure: true,
      namespaces: ["metrics", "skywire"],
      rules: { "a.yaml": "groups: []\n" },
      dashboards: { Skywire: { "skywire.json": "{}" } },
      logs: {
        source: {
          url: "https://elasticsearch.logs.svc:9200",
          user: "grafana",
          families: ["skywire"],
        },
        password: pulumi.secret(logsPassword),
      },
      profiles: "http://pyroscope.profiles.svc:4040",
      statsdMappings: [],
      tolerations: [],
    },
    parent === undefined ? {} : { parent },
  );

let whole: Collected;
beforeAll(async () => {
  whole = await collect(() => {
    make(config, new pulumi.ComponentResource("test:index:Parent", "parent"));
  });
});

const controllers = ({ resources }: Collected): string[] =>
  resources
    .filter(({ type }) => /:(Deployment|DaemonSet|StatefulSet)$/.test(type))
    .map(({ name }) => name)
    .sort();

describe("a MetricsStack", () => {
  it("has each part whose section stands", () => {
    expect(controllers(whole)).toEqual([
      "alertmanager",
      "grafana",
      "kube-state-metrics",
      "node-exporter",
      "prometheus",
      "push-gateway",
      "statsd",
    ]);
  });

  it("has Prometheus and Grafana where nothing is said", async () => {
    const least = await collect(() => {
      make(MetricsConfig.parse({}));
    });
    expect(controllers(least)).toEqual(["grafana", "prometheus"]);
  });

  it("hands its options on, and its parts belong to it", () => {
    const own = whole.urns.filter((urn) => urn.includes("fleet:observability:MetricsStack"));
    expect(own).toContain(
      "urn:pulumi:test::fleet::test:index:Parent$fleet:observability:MetricsStack::metrics-stack",
    );
    // The parts themselves: mocks name a resource by its parent's type alone.
    expect(own.filter((urn) => urn.includes("MetricsStack$")).length).toBe(7);
    expect(whole.urns.filter((urn) => /::kubernetes:/.test(urn))).toEqual([]);
  });

  it("lets Prometheus read paths of the API server that are no objects, by a rule of their own", () => {
    const role = find(
      whole,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
      "prometheus-cluster-role",
    );
    expect(role.inputs["rules"]).toContainEqual({ nonResourceURLs: ["/metrics"], verbs: ["get"] });
  });

  it("sends what leaves Alertmanager to people by Grafana's address", () => {
    const text = JSON.stringify(
      find(whole, "kubernetes:apps/v1:Deployment", "alertmanager").inputs,
    );
    expect(text).toContain("--web.external-url=https://grafana.example.com/");
  });

  it("needs every secret that its config names, and writes each into Secrets alone", () => {
    expect(needed.map(({ name }) => name).sort()).toEqual(
      [
        ...["google-client", "grafana-admin", "grafana-encryption", "mail-password"],
        ...["pager", "pager-token"],
        ...["prometheus-admin", "prometheus-programs", "slack-hook", "slack-token", "snitch"],
      ].sort(),
    );
    const [held, open] = [
      whole.resources.filter(({ type }) => type.endsWith(":Secret")),
      whole.resources.filter(({ type }) => !type.endsWith(":Secret")),
    ].map((list) => JSON.stringify(list.map(({ inputs }) => inputs)));
    for (const value of [...secrets.values(), logsPassword]) {
      expect(open).not.toContain(value);
      // Of people's passwords at Prometheus, a hash is all that is written.
      if (value !== secrets.get("prometheus-admin")) {
        expect(held).toContain(value);
      }
    }
    expect(held).not.toContain(secrets.get("prometheus-admin"));
  });
});
