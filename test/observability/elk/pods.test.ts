/** The pods of the log store: what they mount, show and are asked. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { certificateNames } from "../../../components/base/certificate-maker.ts";
import { readCertificates } from "../../../components/base/certificates.ts";
import { SecretStore } from "../../../components/base/secret-store.ts";
import { SecretReference } from "../../../components/base/secrets.ts";
import { elasticsearchWorkload } from "../../../components/observability/elk/elasticsearch.ts";
import { ElkStack } from "../../../components/observability/elk/elk.ts";
import {
  type BuiltinStore,
  KibanaConfig,
  StoreConfig,
} from "../../../components/observability/elk/elk.schema.ts";
import {
  kibanaFile,
  kibanaKey,
  kibanaKeys,
} from "../../../components/observability/elk/kibana-files.ts";
import {
  exporterArguments,
  exporterTarget,
} from "../../../components/observability/elk/exporter-files.ts";
import { elasticsearchExporterWorkload } from "../../../components/observability/elk/exporter.ts";
import { kibanaWorkload } from "../../../components/observability/elk/kibana.ts";
import { elkFlows, isWatched } from "../../../components/observability/elk/shape.ts";
import { LogFamilies } from "../../../components/observability/logs/families.ts";
import { refuseImpossible } from "../../../components/workload/refuse.ts";
import { throwAwayCertificates } from "../../certificates.ts";
import { collect, find } from "../../harness.ts";
import { noteOptions, type Options } from "../../rendered.ts";

function builtin(more: object = {}): BuiltinStore {
  const config = StoreConfig.parse({ kind: "builtin", ...more });
  if (config.kind !== "builtin") throw new Error("not builtin");
  return config;
}

const prometheus = { kind: "workload", name: "prometheus", namespace: "metrics" } as const;

const parts = readCertificates(throwAwayCertificates);

const around = {
  system: "skywire",
  namespace: "logs",
  namespaceName: "logs",
  flows: [],
  networkPolicy: true,
  data: "protect",
} as const;

const member = (more: object = {}) =>
  elasticsearchWorkload("elasticsearch", {
    ...around,
    config: builtin(more),
    password: pulumi.secret("a-password-of-a-test"),
    certificates: { ...parts, key: pulumi.secret(parts.key) },
  });

describe("pods of Elasticsearch", () => {
  it("are what a Workload takes", () => {
    for (const members of [1, 3]) {
      expect(() => {
        refuseImpossible("elasticsearch", member({ members }));
      }).not.toThrow();
    }
  });

  it("have a disk each, no two on one node, and go one at a time", () => {
    const three = member({ members: 3 });
    expect(three.replicas).toBe(3);
    expect(three.claims).toEqual([{ name: "data", size: "50Gi", perPod: true }]);
    expect(three.placement?.podAntiAffinity).toBe("required");
    // One pod at a time is what a Workload says where nothing is said.
    expect(three.disruption).toBeUndefined();
    expect(three.update).toBeUndefined();
    expect(member().placement?.podAntiAffinity).toBeUndefined();
  });

  it("run without an exception to Pod Security, on a file system that is read-only", () => {
    const { security } = member();
    expect(security).toEqual({ user: 1000, group: 0, volumeGroup: 1000 });
  });

  it("keep their key in memory, and show it to nobody by name or argument", () => {
    const { scratch, container } = member();
    expect(scratch?.find(({ name }) => name === "config")?.memory).toBe(true);
    expect(container.args).toBeUndefined();
    expect(JSON.stringify(container.env)).not.toContain("PRIVATE");
  });

  it("are asked by the health of the cluster, where there is one", () => {
    expect(member().container.env?.["HEALTH"]).toBe("yellow");
    expect(member({ members: 3 }).container.env?.["HEALTH"]).toBe("green");
  });

  it("learn how many founded the cluster from its record, and how many there are from the file", () => {
    const [prepare] = member({ members: 3 }).initContainers ?? [];
    expect(prepare?.env?.["MEMBERS"]).toBe("3");
    expect(prepare?.givenEnv).toEqual({
      FOUNDERS: { kind: "ConfigMap", object: "elasticsearch-founders", key: "members" },
    });
  });

  it("are on no node's port, and reached by one Service and one for themselves", () => {
    const types = member({ members: 3 }).services?.map(({ name, type }) => [name, type]);
    expect(types).toEqual([
      [undefined, undefined],
      ["elasticsearch-members", "Headless"],
    ]);
  });
});

describe("Kibana", () => {
  const workload = kibanaWorkload("kibana", {
    ...around,
    config: KibanaConfig.parse({ host: "kibana.example.com" }),
    password: pulumi.secret("a-password-of-a-test"),
    encryption: pulumi.secret("a-token-of-a-test"),
    storeUrl: "https://elasticsearch.logs.svc:9200",
    authorities: parts.authorities,
    secure: true,
  });

  it("is what a Workload takes, one at a time", () => {
    expect(() => {
      refuseImpossible("kibana", workload);
    }).not.toThrow();
    expect(workload.update?.strategy).toBe("Recreate");
  });

  it("finds every secret that its settings name among its variables, and none in the settings", () => {
    const text = kibanaFile({
      host: "kibana.example.com",
      secure: true,
      storeUrl: "https://elasticsearch.logs.svc:9200",
    });
    const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.keys(workload.container.secretEnv ?? {}).sort());
    expect(named).toHaveLength(4);
    // The image turns variables of the settings' own names into arguments, for everyone to read.
    expect(named.filter((name) => /^(ELASTICSEARCH|XPACK|SERVER)_/.test(name ?? ""))).toEqual([]);
  });

  it("has a key of its own for each purpose, long enough, and the same at every run", () => {
    const keys = Object.keys(kibanaKeys).map((name) => kibanaKey("a-token-of-a-test", name));
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[0]).toBe(kibanaKey("a-token-of-a-test", Object.keys(kibanaKeys)[0] ?? ""));
  });

  it("sends its cookies over HTTPS only, where there is a certificate", () => {
    const settings = (secure: boolean) =>
      parse(
        kibanaFile({ host: "kibana.example.com", secure, storeUrl: "https://x:9200" }),
      ) as Record<string, unknown>;
    expect(settings(true)["xpack.security.secureCookies"]).toBe(true);
    expect(settings(true)["server.publicBaseUrl"]).toBe("https://kibana.example.com");
    expect(settings(false)["xpack.security.secureCookies"]).toBe(false);
  });
});

describe("the exporter of Elasticsearch", () => {
  const store = (authorities: string | undefined) => ({
    url: "https://elasticsearch.logs.svc:9200",
    authorities,
    verifyName: false,
    shipperPassword: pulumi.secret("a-password-of-a-test"),
    readerPassword: pulumi.secret("a-password-of-a-test"),
    watcherPassword: pulumi.secret("a-password-of-a-test"),
  });
  const workload = elasticsearchExporterWorkload("elasticsearch-exporter", {
    ...around,
    config: builtin({ members: 3 }),
    store: store(parts.authorities),
  });

  it("is what a Workload takes: one, as two would count everything twice", () => {
    expect(() => {
      refuseImpossible("elasticsearch-exporter", workload);
    }).not.toThrow();
    expect([workload.replicas, workload.update?.strategy]).toEqual([undefined, "Recreate"]);
  });

  // It looks at names, and can be told to look at nothing at all, but not at the authority alone.
  it("calls the store by a name that its certificate bears, which leads there from its namespace", () => {
    const { hostname } = new URL(exporterTarget(builtin(), "logs"));
    expect(certificateNames).toContain(hostname);
    expect(workload.container.args).toContain(
      "--es.ca=/etc/elasticsearch-exporter/authorities.pem",
    );
    expect(JSON.stringify(workload.container.args)).not.toContain("skip-verify");
  });

  it("trusts the public authorities where the store has one of theirs", () => {
    const external = StoreConfig.parse({ kind: "external", url: "https://logs.example.com:9243" });
    const url = exporterTarget(external, "logs");
    expect(url).toBe("https://logs.example.com:9243");
    expect(exporterArguments({ url, authorities: undefined }).join(" ")).not.toContain("--es.ca");
    const { files, container } = elasticsearchExporterWorkload("elasticsearch-exporter", {
      ...around,
      config: external,
      store: store(undefined),
    });
    expect([files, container.mounts]).toEqual([[], []]);
  });

  it("has its password as a secret variable alone", () => {
    const { args, env, secretEnv } = workload.container;
    expect(JSON.stringify([args, env])).not.toContain("password");
    expect(Object.keys(secretEnv ?? {})).toEqual(["ES_PASSWORD"]);
  });
});

describe("an ElkStack", () => {
  const secrets = new SecretStore(
    new Map([
      ["elasticsearch-certificates", throwAwayCertificates],
      ["kibana-encryption", "a-token-of-a-test"],
      ...[
        "elasticsearch",
        "log-shipper",
        "log-reader",
        "log-watcher",
        "kibana",
        "administrator",
      ].map((name) => [name, `password-of-${name}`] as const),
    ]),
  );
  const families = LogFamilies.parse({ skywire: { namespaces: ["skywire"], retention: "7d" } });
  const kibana = KibanaConfig.parse({ host: "kibana.example.com" });

  const made = (store: object, withKibana = true, options: Options[] = []) =>
    collect(() => {
      noteOptions(options);
      const config = {
        store: StoreConfig.parse(store),
        ...(withKibana ? { kibana } : {}),
      };
      const parent = new pulumi.ComponentResource("test:Parent", "parent");
      const stack = new ElkStack(
        "elk",
        {
          ...around,
          config,
          families,
          users: [
            "filebeat",
            "grafana",
            ...(isWatched(config, true) ? (["prometheus"] as const) : []),
          ],
          secrets,
          secure: true,
          flows: elkFlows(config, "logs", { callers: [], scrapers: [prometheus] }),
        },
        { parent },
      );
      return stack.store.url;
    });

  it("makes a store, a page and a set-up, all of them below it", async () => {
    const { urns, result } = await made({ kind: "builtin" });
    expect(result).toBe("https://elasticsearch.logs.svc:9200");
    const names = urns.map((urn) => urn.split("::").slice(2).join("::"));
    expect(names).toContain("test:Parent$fleet:observability:ElkStack::elk");
    for (const [part, name, controller] of [
      ["Elasticsearch", "elasticsearch", "apps/v1:StatefulSet"],
      ["Kibana", "kibana", "apps/v1:Deployment"],
      ["SetUp", "elk-set-up", "batch/v1:Job"],
      ["ElasticsearchExporter", "elasticsearch-exporter", "apps/v1:Deployment"],
    ] as const) {
      const type = `fleet:observability:${part}`;
      expect(names).toContain(`fleet:observability:ElkStack$${type}::${name}`);
      expect(names).toContain(`${type}$kubernetes:${controller}::${name}`);
    }
  });

  // Newcomers who took themselves for founders could found a second cluster beside the first.
  it.each([
    ["protect", { protect: true, retainOnDelete: true }],
    ["delete", { protect: false, retainOnDelete: false }],
  ])(
    "records once of how many its cluster was made, and keeps that as its disks: %s",
    async (data, kept) => {
      const options: Options[] = [];
      const store = { kind: "builtin", members: 3, storage: { size: "50Gi", data } };
      const collected = await made(store, false, options);
      const type = "kubernetes:core/v1:ConfigMap";
      const { inputs } = find(collected, type, "elasticsearch-founders");
      expect(inputs).toMatchObject({
        metadata: { name: "elasticsearch-founders", namespace: "logs" },
        data: { members: "3" },
        immutable: true,
      });
      const [record] = options.filter(({ name }) => name === "elasticsearch-founders");
      expect(record).toMatchObject({ type, ignoreChanges: ["data"], ...kept });
      const [pods] = options.filter(({ type }) => type === "kubernetes:apps/v1:StatefulSet");
      expect(pods?.dependencies).toContain(record?.urn);
    },
  );

  it("keeps every secret out of all that is not a Secret", async () => {
    const { resources } = await made({ kind: "builtin" });
    const open = JSON.stringify(
      resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret"),
    );
    expect(open).not.toMatch(/password-of-|a-token-of|PRIVATE KEY/);
    expect(JSON.stringify(resources)).toContain("password-of-log-shipper");
  });

  it("makes of an external store what its administrator may, and else nothing", async () => {
    const store = { kind: "external", url: "https://logs.example.com:9243" };
    expect((await made(store, false)).resources.filter(({ custom }) => custom)).toEqual([]);
    const { resources } = await made(
      { ...store, administrator: { password: "administrator" } },
      false,
    );
    const kinds = resources
      .filter(({ custom }) => custom)
      .map(({ type }) => type.split(":").at(-1));
    expect(kinds).toContain("Job");
    // What tells of it needs the user that the Job makes.
    expect(kinds).toContain("Deployment");
    expect(kinds).not.toContain("StatefulSet");
  });

  it("says which secrets it refers to by name alone", () => {
    const config = StoreConfig.parse({ kind: "builtin" });
    expect(config.shipper).toEqual(new SecretReference("password", "log-shipper"));
  });
});
