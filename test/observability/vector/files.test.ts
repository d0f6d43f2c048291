/** What LogShipper's pods are told. Whether Vector takes it is seen live: it is to be had nowhere here. */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import type { LogStore } from "../../../components/observability/elk/access.ts";
import { LogFamilies } from "../../../components/observability/logs/families.ts";
import { linePrograms } from "../../../components/observability/vector/transforms/programs.ts";
import { vectorFile, vectorFiles } from "../../../components/observability/vector/vector-files.ts";
import type { VectorConfig } from "../../../components/observability/vector/vector.schema.ts";
import { logShipperWorkload } from "../../../components/observability/vector/vector.ts";
import { refuseImpossible } from "../../../components/workload/refuse.ts";
import { archive, configOf, elsewhere, service } from "./configs.ts";

type Part = Record<string, unknown>;

/** The config as Vector would read it. */
interface File {
  readonly data_dir: string;
  readonly api: Part;
  readonly expire_metrics_per_metric_set: readonly {
    readonly name: { readonly type: string; readonly pattern: string };
    readonly expire_secs: number;
  }[];
  readonly secret?: Part;
  readonly sources: Record<string, Part>;
  readonly transforms: Record<string, Part>;
  readonly sinks: Record<string, Part>;
}

const families = LogFamilies.parse({
  voting: { namespaces: ["voting"], retention: "7d" },
  skywire: { namespaces: ["skywire", "tools"], containers: ["sd", "dmsg-*"], retention: "7d" },
});

const store = {
  url: "https://elasticsearch.logs.svc:9200",
  ownAuthorities: true,
  verifyName: false,
};

const fileOf = (config: VectorConfig): File =>
  parse(vectorFile({ config, families, store })) as File;

const all = configOf({
  archive: { ...archive, families: ["skywire"], buffer: { size: "2Gi", whenFull: "drop_newest" } },
  service: { ...service, families: ["voting"], timeField: "time" },
  own: { kind: "elasticsearch" },
  elsewhere,
  seen: { kind: "console" },
});

describe("vector.yaml", () => {
  it("reads the files of the families' containers, and no others", () => {
    const { pods } = fileOf(all).sources;
    expect(pods?.["include_paths_glob_patterns"]).toEqual([
      "/var/log/pods/voting_*/*/*",
      "/var/log/pods/skywire_*/sd/*",
      "/var/log/pods/skywire_*/dmsg-*/*",
      "/var/log/pods/tools_*/sd/*",
      "/var/log/pods/tools_*/dmsg-*/*",
    ]);
  });

  it("leads each line through all programs to each sink that its family goes to", () => {
    const { sources, transforms, sinks } = fileOf(all);
    expect(transforms["line"]?.["files"]).toEqual(
      Object.keys(linePrograms(families)).map((name) => `/etc/vector/${name}`),
    );
    expect(sinks["to-own"]?.["inputs"]).toEqual(["line", "fault"]);
    expect(sinks["to-archive"]?.["inputs"]).toEqual(["families-archive"]);
    expect(transforms["families-archive"]).toEqual({
      type: "filter",
      inputs: ["line", "fault"],
      condition: 'includes(["skywire"], .family)',
    });
    expect(sinks["to-service"]?.["inputs"]).toEqual(["time-service"]);
    expect(transforms["time-service"]).toMatchObject({ inputs: ["families-service"] });
    const known = [...Object.keys(sources), ...Object.keys(transforms), "line.dropped"];
    for (const { inputs } of [...Object.values(transforms), ...Object.values(sinks)]) {
      expect(known).toEqual(expect.arrayContaining(inputs as string[]));
    }
  });

  it("has every file that it names, and names every file", () => {
    const files = vectorFiles({ config: all, families, store });
    const named = Object.values(fileOf(all).transforms).flatMap(({ file, files: more = [] }) => [
      ...(file === undefined ? [] : [file as string]),
      ...(more as string[]),
    ]);
    expect(named.sort()).toEqual(
      Object.keys(files)
        .filter((name) => name !== "vector.yaml")
        .map((name) => `/etc/vector/${name}`)
        .sort(),
    );
  });

  it("keeps what waits on the disk, of each sink at most so much", () => {
    const { sinks } = fileOf(all);
    expect(sinks["to-archive"]?.["buffer"]).toEqual({
      type: "disk",
      max_size: 2 * 2 ** 30,
      when_full: "drop_newest",
    });
    expect(sinks["to-service"]?.["buffer"]).toEqual({
      type: "disk",
      max_size: 2 ** 29,
      when_full: "block",
    });
  });

  it("goes on telling of a buffer that stands still, and of lines that were lost, as alerts read it; not of each pod", () => {
    const [set] = fileOf(all).expire_metrics_per_metric_set;
    // A year: by default Vector forgets after five minutes what does not change.
    expect(set).toMatchObject({ name: { type: "regex" }, expire_secs: 31_536_000 });
    const isKept = (name: string) => new RegExp(set?.name.pattern ?? "nothing").test(name);
    const read = ["buffer_size_bytes", "buffer_max_size_bytes", "buffer_discarded_events_total"];
    expect([...read, "component_discarded_events_total"].filter((name) => !isKept(name))).toEqual(
      [],
    );
    expect(isKept("component_received_events_total")).toBe(false);
  });

  it("adds lines to the family's own data stream, in the store's name and with its authorities", () => {
    expect(fileOf(all).sinks["to-own"]).toMatchObject({
      type: "elasticsearch",
      endpoints: ["https://elasticsearch.logs.svc:9200"],
      bulk: { action: "create", index: "{{ family }}-logs" },
      auth: { strategy: "basic", user: "vector", password: "SECRET[fleet.own.password]" },
      tls: { ca_file: "/etc/vector-authorities/authorities.pem", verify_hostname: false },
    });
    const { tls, auth } = fileOf(all).sinks["to-elsewhere"] ?? {};
    expect(tls).toBeUndefined();
    expect(auth).toMatchObject({ user: "shipper", password: "SECRET[fleet.elsewhere.password]" });
  });

  it("shows each service its own secret, which stands in quotes and nowhere in the file", () => {
    const text = vectorFile({ config: all, families, store });
    expect(text.match(/SECRET\[[^\]]*\]/g)?.sort()).toEqual([
      "SECRET[fleet.archive.access-key]",
      "SECRET[fleet.archive.secret-key]",
      "SECRET[fleet.elsewhere.password]",
      "SECRET[fleet.own.password]",
      "SECRET[fleet.service.token]",
    ]);
    for (const line of text.split("\n").filter((one) => one.includes("SECRET["))) {
      expect(line).toMatch(/: "SECRET\[[^\]"]*\]"$/);
    }
    expect(fileOf(configOf({ seen: { kind: "console" } })).secret).toBeUndefined();
  });

  it("has the programs compiled as the judge does: for events of which nothing is known", () => {
    expect(parse(vectorFile({ config: all, families, store }))).toMatchObject({
      schema: { enabled: false },
    });
  });

  it("opens no port but that of its metrics", () => {
    const { api, sources, sinks } = fileOf(all);
    expect(api).toEqual({ enabled: false });
    expect(Object.values(sources).map(({ type }) => type)).toEqual([
      "kubernetes_logs",
      "internal_metrics",
    ]);
    const listening = Object.values(sinks).filter(({ address }) => address !== undefined);
    expect(listening).toEqual([
      { type: "prometheus_exporter", inputs: ["own"], address: "0.0.0.0:9598" },
    ]);
  });

  it("does not follow the order in which the stack's file names sinks", () => {
    const turned = configOf({ service, archive });
    expect(vectorFiles({ config: turned, families })).toEqual(
      vectorFiles({ config: configOf({ archive, service }), families }),
    );
  });
});

const around = {
  system: "voting",
  namespace: "log-shipper",
  namespaceName: "log-shipper",
  flows: [],
  networkPolicy: true,
  data: "protect",
  families,
  tolerations: [{ key: "coturn" }],
} as const;

const logStore: LogStore = {
  url: store.url,
  authorities: "-----BEGIN CERTIFICATE-----",
  verifyName: false,
  shipperPassword: pulumi.secret("a-password-of-a-test"),
  readerPassword: pulumi.secret("another-one-of-a-test"),
  watcherPassword: pulumi.secret("a-third-one-of-a-test"),
};

const workload = (sinks: object, secrets: Record<string, pulumi.Output<string>> = {}) =>
  logShipperWorkload("log-shipper", {
    ...around,
    config: configOf(sinks),
    secrets,
    store: logStore,
  });

describe("pods of LogShipper", () => {
  it("are what a Workload takes, one on each node", () => {
    const args = workload({ service }, { "service.token": pulumi.secret("x") });
    expect(() => {
      refuseImpossible("log-shipper", args);
    }).not.toThrow();
    expect(args.kind).toBe("DaemonSet");
    expect(args.placement?.tolerations).toEqual([{ key: "coturn" }]);
  });

  it("read the node's logs and write to a folder of their own there", () => {
    const { hostPaths = [], container, security } = workload({ service });
    expect(security.exception).toMatch(/logs of the node's containers/);
    const writable = hostPaths.filter(
      ({ name }) => container.mounts?.find(({ volume }) => volume === name)?.readOnly !== true,
    );
    expect(writable.map(({ path }) => path)).toEqual(["/var/lib/fleet-log-shipper"]);
  });

  it("may list pods and nodes, and nothing else", () => {
    expect(workload({ service }).clusterRules).toEqual([
      { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list", "watch"] },
    ]);
  });

  it("never read their own lines", () => {
    const { logs, podLabels } = workload({ service });
    expect(logs).toEqual({ ship: false });
    expect(podLabels).toEqual({ "vector.dev/exclude": "true" });
  });

  it("have their secrets as files, in no variable and no argument", () => {
    const secrets = { "service.token": pulumi.secret("a-token-of-the-service") };
    const { secretFiles, container } = workload({ service }, secrets);
    expect(secretFiles).toEqual([{ name: "secrets", files: secrets }]);
    expect(container.secretEnv).toBeUndefined();
    expect(container.env).toBeUndefined();
    expect(container.args).toEqual(["--config", "/etc/vector/vector.yaml"]);
  });

  it("have the authorities of the stack's own store where they write to it, and only there", () => {
    const names = (sinks: object) => workload(sinks).files?.map(({ name }) => name);
    expect(names({ own: { kind: "elasticsearch" } })).toEqual(["config", "authorities"]);
    expect(names({ service })).toEqual(["config"]);
  });

  it("tell where their metrics are read, and are checked there", () => {
    const { podAnnotations, container } = workload({ service });
    expect(podAnnotations).toEqual({ "fleet/metrics-port": "9598" });
    expect(container.probes).toMatchObject({
      readiness: { check: { kind: "http", path: "/metrics", port: "metrics" } },
    });
  });
});
