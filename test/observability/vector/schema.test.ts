import { describe, expect, it } from "vitest";

import { SecretStore } from "../../../components/base/secret-store.ts";
import { LogFamilies } from "../../../components/observability/logs/families.ts";
import {
  vectorFaults,
  vectorFlows,
  vectorName,
  vectorRequest,
} from "../../../components/observability/vector/shape.ts";
import { VectorConfig } from "../../../components/observability/vector/vector.schema.ts";
import { quotedSecret, sinkSecrets } from "../../../components/observability/vector/vector.ts";
import { archive, configOf, elsewhere, plain, service } from "./configs.ts";

const faultsOf = (sinks: object, more: object = {}): string[] =>
  (VectorConfig.safeParse({ kind: "vector", sinks, ...more }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

describe("what a stack's file says of LogShipper", () => {
  it.each([
    [
      "a service without its token",
      { ...service, token: undefined },
      "main.token",
      /token.*without credentials/,
    ],
    [
      "a service with two ways in",
      { ...service, account: elsewhere.account },
      "main.token",
      /credentials/,
    ],
    [
      "storage without a key",
      { ...archive, accessKey: undefined },
      "main.accessKey",
      /access key's id/,
    ],
    [
      "storage with half a key",
      { ...archive, secretKey: undefined },
      "main.secretKey",
      /secret half/,
    ],
    [
      "a store elsewhere without an account",
      { ...elsewhere, account: undefined },
      "main.account",
      /password/,
    ],
    [
      "an account for the stack's own store",
      { ...elsewhere, url: undefined },
      "main.url",
      /own store/,
    ],
    ["a service without TLS", { ...service, url: "http://in.example.org" }, "main.url", /https/],
    ["an address in the cluster", { ...service, url: "https://es.logs.svc" }, "main.url", /public/],
    ["an address by numbers", { ...service, url: "https://10.1.2.3" }, "main.url", /public/],
    [
      "an address with a password",
      { ...service, url: "https://a:b@in.example.org" },
      "main.url",
      /credentials/,
    ],
    [
      "an address with a pattern",
      { ...service, url: "https://in.example.org/%F" },
      "main.url",
      /patterns/,
    ],
    ["no address", { ...service, url: "logtail" }, "main.url", /URL/],
    ["a kind that is none", { kind: "loki" }, "main.kind", /elasticsearch, http, s3 or console/],
    [
      "a buffer that Vector refuses",
      { ...service, buffer: { size: "256Mi" } },
      "main.buffer.size",
      /257Mi/,
    ],
    ["a buffer without unit", { ...service, buffer: { size: 512 } }, "main.buffer.size", /unit/],
    [
      "a buffer of a whole disk",
      { ...service, buffer: { size: "65Gi" } },
      "main.buffer.size",
      /64Gi/,
    ],
    ["no families at all", { ...service, families: [] }, "main.families", /leave it out/],
    ["a folder without its slash", { ...archive, prefix: "logs" }, "main.prefix", /slash/],
    ["a bucket that is none", { ...archive, bucket: "A_b" }, "main.bucket", /bucket/],
  ])("refuses %s", (_, sink, path, message) => {
    const faults = faultsOf({ main: sink });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^sinks\\.${path}: `));
    expect(faults[0]).toMatch(message);
  });

  it("refuses no sinks, buffers beyond a node's disk, and a label that is none", () => {
    expect(faultsOf({})).toEqual(["sinks: must list at least one sink"]);
    const large = { ...service, buffer: { size: "64Gi" } };
    expect(faultsOf({ a: large, b: large, c: large }).join()).toMatch(/128Gi together.*192Gi/);
    expect(faultsOf({ main: service }, { source: "a b" })).toHaveLength(1);
    expect(faultsOf({ "-": service })).toHaveLength(1);
  });

  it("takes what the lecture's system had, with its label", () => {
    expect(VectorConfig.parse({ kind: "vector", sinks: { logtail: service } })).toMatchObject({
      source: "digital_ocean_docker",
      sinks: { logtail: { timeField: "dt", buffer: { size: "512Mi", whenFull: "block" } } },
    });
  });
});

const families = LogFamilies.parse({ voting: { namespaces: ["voting"], retention: "7d" } });
const store = {
  peer: { kind: "workload", name: "elasticsearch", namespace: "logs" },
  port: 9200,
} as const;

describe("rules of LogShipper across sections", () => {
  it("refuse the stack's own store where there is none, and a family that is none", () => {
    const config = configOf({ own: { kind: "elasticsearch", families: ["votin"] } });
    expect(vectorFaults(config, { families })).toEqual([
      { path: ["sinks", "own", "url"], message: expect.stringMatching(/logs\.store/) as string },
      {
        path: ["sinks", "own", "families", 0],
        message: "must be a family of logs.families: voting",
      },
    ]);
    expect(vectorFaults(configOf({ own: { kind: "elasticsearch" } }), { families, store })).toEqual(
      [],
    );
  });
});

describe("calls of LogShipper", () => {
  const from = { kind: "workload", name: vectorName, namespace: "log-shipper" };
  const api = { from, to: { kind: "api-server" }, ports: [] };

  it("are those of its sinks, and to the API server", () => {
    const outside = configOf({ archive, service, elsewhere });
    expect(vectorFlows(outside, { families, store })).toEqual([
      api,
      {
        from,
        to: { kind: "internet" },
        ports: [
          { port: 443, protocol: "TCP" },
          { port: 9243, protocol: "TCP" },
        ],
      },
    ]);
    expect(vectorFlows(configOf({ own: { kind: "elasticsearch" } }), { families, store })).toEqual([
      api,
      { from, to: store.peer, ports: [{ port: 9200, protocol: "TCP" }] },
    ]);
    expect(vectorFlows(configOf({ seen: { kind: "console" } }), { families, store })).toEqual([
      api,
    ]);
  });

  it("asks for a pod on each node, whatever its taints", () => {
    const tolerations = [{ key: "coturn" }];
    expect(vectorRequest(configOf({ service }), { count: 3, tolerations })).toEqual({
      workload: vectorName,
      replicas: 3,
      onEachNode: true,
      cpu: "100m",
      memory: "128Mi",
      placement: { podAntiAffinity: "required", spread: "none", tolerations },
    });
  });
});

describe("secrets of the sinks", () => {
  it("are each a file of their own, of which the config knows the name alone", async () => {
    const secrets = new SecretStore(
      new Map([
        ["logtail", "a-token-of-the-service"],
        ["archive-id", "AKIA0123456789"],
        ["archive-secret", 'with "quotes" and \\'],
        ["elsewhere", "a-password-elsewhere"],
      ]),
    );
    const made = sinkSecrets(configOf({ archive, service, elsewhere }), secrets);
    const values = await Promise.all(
      Object.entries(made).map(async ([name, value]) => [name, await plain(value)]),
    );
    expect(Object.fromEntries(values)).toEqual({
      "archive.access-key": "AKIA0123456789",
      "archive.secret-key": 'with \\"quotes\\" and \\\\',
      "elsewhere.password": "a-password-elsewhere",
      "service.token": "a-token-of-the-service",
    });
  });

  it("end no text of the config", () => {
    for (const secret of ["plain", 'a"b', "a\\", "a'b", "{{ a }}"]) {
      expect(JSON.parse(`"${quotedSecret(secret)}"`)).toBe(secret);
    }
  });
});
