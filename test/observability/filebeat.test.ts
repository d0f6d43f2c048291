/** Filebeat: what its pods are told and may do. What it makes of lines is the judges' (filebeat.test.ts). */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

import { flowsOf, type Peer, tcp } from "../../components/base/flows.ts";
import {
  filebeatArguments,
  filebeatConfig,
  filebeatFolders,
  outputCheck,
  passwordVariable,
} from "../../components/observability/filebeat/filebeat-files.ts";
import { FilebeatConfig } from "../../components/observability/filebeat/filebeat.schema.ts";
import {
  type FilebeatArgs,
  filebeatWorkload,
} from "../../components/observability/filebeat/filebeat.ts";
import {
  filebeatFlows,
  filebeatName,
  filebeatRequest,
} from "../../components/observability/filebeat/shape.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { masks } from "../../components/observability/logs/masks.ts";
import { podTemplate } from "../../components/workload/pod.ts";
import { refuseImpossible } from "../../components/workload/refuse.ts";

const families = LogFamilies.parse({
  skywire: { namespaces: ["skywire"], retention: "7d" },
  nodes: { namespaces: ["nodes"], containers: ["node"], retention: "7d" },
});
const config = FilebeatConfig.parse({ kind: "filebeat" });
const elasticsearch: Peer = { kind: "workload", name: "elasticsearch", namespace: "logs" };
const flows = filebeatFlows(config, { peer: elasticsearch, port: 9200 });

const args: FilebeatArgs = {
  system: "skywire",
  namespace: "log-shipper",
  namespaceName: "log-shipper",
  flows,
  networkPolicy: true,
  data: "protect",
  config,
  families,
  store: {
    url: "https://elasticsearch.logs.svc:9200",
    authorities: "-----BEGIN CERTIFICATE-----",
    verifyName: false,
    shipperPassword: pulumi.secret("not-to-be-seen-1"),
    readerPassword: pulumi.secret("not-to-be-seen-2"),
    watcherPassword: pulumi.secret("not-to-be-seen-3"),
  },
  tolerations: [{ key: "fleet/slot", effect: "NoSchedule" }],
};
const workload = filebeatWorkload(filebeatName, args);

const settings = {
  families,
  store: { url: args.store.url, verifyName: false, authorities: true },
};

const Config = z.looseObject({
  output: z.strictObject({
    elasticsearch: z.looseObject({
      hosts: z.array(z.string()),
      index: z.string(),
      password: z.string(),
      ssl: z.looseObject({ verification_mode: z.string() }),
    }),
  }),
});
const outputOf = (store: typeof settings.store) =>
  Config.parse(parse(filebeatConfig({ ...settings, store }))).output.elasticsearch;

describe("Filebeat's pods", () => {
  it("are what a Workload may be, and say why they are more than restricted ones", () => {
    expect(() => {
      refuseImpossible(filebeatName, workload);
    }).not.toThrow();
    expect(workload.security).toMatchObject({ user: 0 });
    expect(workload.security.exception).toContain("logs of the node's containers");
    expect(workload.container.capabilities).toBeUndefined();
    expect(workload.hostNetwork).toBeUndefined();
    expect(workload.security.writableRoot).toBeUndefined();
  });

  it("run on every node, whatever its taints", () => {
    expect(workload.kind).toBe("DaemonSet");
    expect(workload.placement?.tolerations).toEqual(args.tolerations);
    const request = filebeatRequest(config, { count: 5, tolerations: args.tolerations });
    expect(request).toMatchObject({ replicas: 5, cpu: "100m", memory: "128Mi" });
    expect(request.placement).toMatchObject({
      podAntiAffinity: "required",
      tolerations: args.tolerations,
    });
  });

  it("write to the node in one folder of their own, and read its logs only", () => {
    const mounts = Object.fromEntries(
      (workload.container.mounts ?? []).map(({ volume, readOnly }) => [volume, readOnly === true]),
    );
    expect(workload.hostPaths).toEqual([
      { name: "container-logs", path: "/var/log/containers", type: "Directory" },
      { name: "pod-logs", path: "/var/log/pods", type: "Directory" },
      { name: "data", path: "/var/lib/fleet-filebeat", type: "DirectoryOrCreate" },
    ]);
    expect(mounts).toMatchObject({ "container-logs": true, "pod-logs": true, data: false });
  });

  it("may ask which pods there are, and nothing more", () => {
    expect(workload.clusterRules).toEqual([
      {
        apiGroups: [""],
        resources: ["namespaces", "nodes", "pods"],
        verbs: ["get", "list", "watch"],
      },
    ]);
    expect(workload.rules).toBeUndefined();
  });

  it("call the API server and the store, and are called by nobody", () => {
    const { callers, calls } = flowsOf(flows, filebeatName, "log-shipper");
    expect(callers).toEqual([]);
    expect(calls.map(({ to, ports }) => ({ to, ports }))).toEqual([
      { to: { kind: "api-server" }, ports: [] },
      { to: elasticsearch, ports: [tcp(9200)] },
    ]);
  });

  it("are not read themselves: each line would make another", () => {
    const { metadata } = podTemplate(filebeatName, workload, {
      files: { config: "c", trust: "t" },
      secretFiles: {},
      secretEnv: "e",
      claims: {},
    });
    expect(metadata.annotations).toMatchObject({ "fleet/logs": "drop" });
  });

  it("have the password in a variable from a Secret, and nowhere else", () => {
    const { secretEnv = {}, ...rest } = workload.container;
    expect(Object.keys(secretEnv)).toEqual([passwordVariable]);
    expect(pulumi.Output.isInstance(secretEnv[passwordVariable])).toBe(true);
    const plain = JSON.stringify([rest, workload.files, workload.podAnnotations]);
    expect(plain).not.toContain("not-to-be-seen");
    expect(outputOf(settings.store).password).toBe(`\${${passwordVariable}}`);
  });

  it("start with the files that are mounted, and look at the store by the same config", () => {
    const files = Object.keys(workload.files?.[0]?.files ?? {});
    expect(files).toEqual(["filebeat.yml", "settings.js", "line.js"]);
    const file = `${filebeatFolders.config}/filebeat.yml`;
    expect(filebeatArguments()).toContain(file);
    expect(outputCheck()).toContain(file);
    // Beside a Filebeat that runs: its own folder is locked.
    expect(outputCheck()).not.toContain(filebeatFolders.data);
  });

  it("trust the public authorities where the store has none of its own", () => {
    const external = filebeatWorkload(filebeatName, {
      ...args,
      store: { ...args.store, authorities: undefined, verifyName: true },
    });
    expect(external.files?.map(({ name }) => name)).toEqual(["config"]);
    expect(external.container.mounts?.map(({ volume }) => volume)).not.toContain("trust");
    expect(outputOf({ ...settings.store, verifyName: true, authorities: false }).ssl).toEqual({
      verification_mode: "full",
    });
  });
});

describe("Filebeat's config", () => {
  it("writes each family to its own data stream, at the store's address", () => {
    expect(outputOf(settings.store)).toMatchObject({
      hosts: ["https://elasticsearch.logs.svc:9200"],
      index: "%{[family]}-logs",
      ssl: { verification_mode: "certificate" },
    });
  });

  it("holds nothing that Filebeat would fill in but what is meant to be", () => {
    const text = filebeatConfig(settings);
    const filled = [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name);
    expect([...new Set(filled)].sort()).toEqual([
      "NODE_NAME",
      passwordVariable,
      "data.kubernetes.container.id",
      "data.kubernetes.namespace",
      "data.kubernetes.pod.name",
    ]);
  });
});

describe("the masks", () => {
  it("are words that Go's and Rust's expressions know", () => {
    const unknown = masks.filter(({ pattern }) =>
      /\(\?[=!<]|\\[1-9]|\\[pPk]|\{\d{4,}/.test(pattern),
    );
    expect(unknown).toEqual([]);
  });
});
