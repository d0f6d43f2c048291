/** Grafana: whom it asks, who is let in, and what it shows. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  datasourceIdsOf,
  datasourcesFile,
  type Sources,
} from "../../../components/observability/metrics/grafana-datasources.ts";
import {
  encryptionVariables,
  providerFile,
} from "../../../components/observability/metrics/grafana-files.ts";
import {
  type GrafanaArgs,
  grafanaWorkload,
} from "../../../components/observability/metrics/grafana.ts";
import {
  GrafanaConfig,
  SingleSignOn,
} from "../../../components/observability/metrics/grafana.schema.ts";
import {
  roleExpression,
  singleSignOnPorts,
} from "../../../components/observability/metrics/single-sign-on.ts";
import { around, faultsOf } from "./around.ts";

const config = GrafanaConfig.parse({});

const sources: Sources = {
  prometheus: { url: "http://prometheus.metrics.svc:9090", login: false, intervalSeconds: 60 },
};

const all: Sources = {
  prometheus: { url: "http://prometheus.metrics.svc:9090", login: true, intervalSeconds: 30 },
  alertmanager: "http://alertmanager.metrics.svc:9093",
  logs: {
    url: "https://elasticsearch.logs.svc:9200",
    user: "grafana",
    families: ["skywire", "platform"],
    authorities: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    certificateName: "elasticsearch",
  },
  profiles: "http://pyroscope.profiles.svc:4040",
};

const workloadOf = (more: Partial<GrafanaArgs> = {}) =>
  grafanaWorkload("grafana", {
    ...around,
    config,
    passwords: {
      admin: pulumi.secret("password-of-the-test-0123"),
      encryption: pulumi.secret("key-of-the-test-0123"),
    },
    secure: true,
    sources,
    dashboards: { Skywire: { "skywire.json": "{}" }, "Log store": { "logs.json": "{}" } },
    ...more,
  });

describe("Grafana", () => {
  const workload = workloadOf();

  it("takes its password from a Secret, and lets in nobody without one", () => {
    expect(Object.keys(workload.container.secretEnv ?? {})).toEqual([
      "GF_SECURITY_ADMIN_PASSWORD",
      ...encryptionVariables,
    ]);
    expect(workload.container.env).toMatchObject({
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_AUTH_ANONYMOUS_ENABLED: "false",
    });
    expect(JSON.stringify(workload.container.env)).not.toContain("password-of-the-test");
  });

  it("encrypts passwords of its datasources by a key of the stack's, in both stores, not by the published one", async () => {
    const { secretEnv = {} } = workload.container;
    const given = await Promise.all(
      ["GF_SECURITY_SECRET_KEY", "GF_SECRETS_MANAGER_ENCRYPTION_SECRET_KEY_V1_SECRET_KEY"].map(
        (variable) =>
          new Promise((resolve) => {
            pulumi.output(secretEnv[variable]).apply(resolve);
          }),
      ),
    );
    expect(given).toEqual(["key-of-the-test-0123", "key-of-the-test-0123"]);
  });

  it("sends its cookies over HTTPS only, where there is HTTPS", () => {
    expect(workload.container.env).toMatchObject({
      GF_SERVER_ROOT_URL: "https://grafana.skycoin.com/",
      GF_SECURITY_COOKIE_SECURE: "true",
    });
  });

  it("asks nobody beside its datasources, and shows its own metrics on no public host", () => {
    expect(workload.container.env).toMatchObject({
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_METRICS_ENABLED: "false",
    });
  });

  it("finds its dashboards where they are mounted, each folder in a folder of its name", () => {
    const { providers } = parse(providerFile()) as {
      providers: readonly { options: { path: string; foldersFromFilesStructure: boolean } }[];
    };
    expect(providers[0]?.options).toEqual({
      path: "/etc/grafana/dashboards",
      foldersFromFilesStructure: true,
    });
    const sets = new Map(workload.files?.map(({ name, files }) => [name, Object.keys(files)]));
    const mounted = (workload.container.mounts ?? [])
      .filter(({ path }) => path.startsWith("/etc/grafana/dashboards"))
      .map(({ path, volume }) => [path, sets.get(volume)]);
    expect(mounted).toEqual([
      ["/etc/grafana/dashboards/Skywire", ["skywire.json"]],
      ["/etc/grafana/dashboards/Log store", ["logs.json"]],
    ]);
  });
});

describe("datasources", () => {
  const read = (given: Sources) =>
    (parse(datasourcesFile(given)) as { datasources: Record<string, unknown>[] }).datasources;

  it("are of what the stack has, each under an identifier of its own", () => {
    expect(read(sources).map(({ uid }) => uid)).toEqual(["prometheus"]);
    const uids = ["prometheus", "alertmanager", "logs-skywire", "logs-platform", "pyroscope"];
    expect(read(all).map(({ uid }) => uid)).toEqual(uids);
    expect(datasourceIdsOf(all)).toEqual(uids);
    expect(datasourceIdsOf(sources)).toEqual(["prometheus"]);
  });

  it("know how often programs are read: a rate of a panel is made of four readings, and of 15 s each by default", () => {
    expect(read(sources)[0]).toMatchObject({ jsonData: { timeInterval: "60s" } });
    expect(read(all)[0]).toMatchObject({
      jsonData: { timeInterval: "30s", alertmanagerUid: "alertmanager" },
    });
  });

  it("have one that is asked unless a panel says otherwise, and none that a page may change", () => {
    const found = read(all);
    expect(found.filter((one) => one["isDefault"] === true).map(({ uid }) => uid)).toEqual([
      "prometheus",
    ]);
    expect(found.filter((one) => one["editable"] !== false)).toEqual([]);
  });

  it("log in by variables that Grafana puts in: no password stands in the file", () => {
    expect(read(all)[0]).toMatchObject({
      basicAuthUser: "fleet",
      secureJsonData: { basicAuthPassword: "$FLEET_PROMETHEUS_PASSWORD" },
    });
    const { container } = workloadOf({
      sources: all,
      passwords: {
        admin: pulumi.secret("a"),
        encryption: pulumi.secret("k"),
        prometheus: pulumi.secret("b"),
        logs: pulumi.secret("c"),
      },
    });
    const named = [...datasourcesFile(all).matchAll(/\$([A-Z_]+)/g)].map(([, name]) => name);
    expect(Object.keys(container.secretEnv ?? {})).toEqual(
      expect.arrayContaining([...new Set(named)]),
    );
    expect(new Set(named).size).toBe(2);
  });

  it("check the log store's certificate, and the name in it", () => {
    expect(read(all)[2]).toMatchObject({
      jsonData: {
        index: "skywire-logs",
        timeField: "@timestamp",
        tlsAuthWithCACert: true,
        serverName: "elasticsearch",
      },
      secureJsonData: { tlsCACert: all.logs?.authorities },
    });
  });
});

describe("single sign-on", () => {
  const given = {
    name: "Google",
    clientId: "fleet",
    clientSecret: "google-client",
    authorizeUrl: "https://accounts.example.com/auth",
    tokenUrl: "https://accounts.example.com:8443/token",
    userInfoUrl: "https://accounts.example.com/userinfo",
    admins: ["ops"],
    editors: ["dev", "qa team"],
  };
  const parsed = SingleSignOn.parse(given);

  it("keeps the client's secret out of the settings", () => {
    const { container } = workloadOf({
      config: { ...config, singleSignOn: parsed },
      passwords: {
        admin: pulumi.secret("a"),
        encryption: pulumi.secret("k"),
        client: pulumi.secret("b"),
      },
    });
    expect(Object.keys(container.secretEnv ?? {})).toContain("GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET");
    expect(container.env).toMatchObject({
      GF_AUTH_GENERIC_OAUTH_ENABLED: "true",
      GF_AUTH_GENERIC_OAUTH_CLIENT_ID: "fleet",
      GF_AUTH_GENERIC_OAUTH_SCOPES: "openid email profile",
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: "true",
    });
    expect(container.env).not.toHaveProperty("GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET");
  });

  it("gives a role by groups, and to those of none what config says", () => {
    expect(roleExpression(parsed)).toBe(
      "(contains(groups[*], 'ops')) && 'Admin' || (contains(groups[*], 'dev') || contains(groups[*], 'qa team')) && 'Editor' || 'Viewer'",
    );
    expect(roleExpression({ ...parsed, editors: [], others: "none" })).toBe(
      "(contains(groups[*], 'ops')) && 'Admin'",
    );
  });

  it("opens the ports that Grafana itself calls", () => {
    expect(singleSignOnPorts(parsed)).toEqual([8443, 443]);
  });

  it.each([
    [
      { ...given, authorizeUrl: "http://accounts.example.com" },
      /authorizeUrl: must be an https URL/,
    ],
    [{ ...given, admins: ["it's"] }, /admins\.0: must be letters/],
    [{ ...given, admins: [], editors: [], others: "none" }, /others: must be view/],
    [{ ...given, scopes: [] }, /at least one scope/],
    [{ ...given, name: " " }, /must say whose log-in/],
  ])("is refused where %j", (wrong, message) => {
    expect(faultsOf(SingleSignOn.safeParse(wrong)).join()).toMatch(message);
  });
});
