/** What a stack file may say of its log store, and what is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  elkFaults,
  KibanaConfig,
  StoreConfig,
} from "../../../components/observability/elk/elk.schema.ts";
import { heapFault, heapMebibytes } from "../../../components/observability/elk/heap.ts";
import {
  elkFlows,
  elkHosts,
  elkWarnings,
  elkWorkloads,
} from "../../../components/observability/elk/shape.ts";
import { storeEnd, storeUrl } from "../../../components/observability/elk/access.ts";
import { type Flow, flowsOf, type Peer } from "../../../components/base/flows.ts";
import { throwAwayCertificates } from "../../certificates.ts";
import { readCertificates } from "../../../components/base/certificates.ts";

const parse = (more: object) => StoreConfig.safeParse({ kind: "builtin", ...more });

/** Every fault as `path: message`. */
const faults = (more: object): string[] =>
  parse(more).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

const builtin = (more: object = {}) => StoreConfig.parse({ kind: "builtin", ...more });
const external = (more: object = {}) =>
  StoreConfig.parse({ kind: "external", url: "https://logs.example.com:9243", ...more });
const kibana = KibanaConfig.parse({ host: "kibana.example.com" });

const limit = (memory: string) => ({
  resources: { requests: { cpu: "1", memory }, limits: { memory } },
});

describe("members of the log store", () => {
  it.each([1, 3, 5, 7, 9])("may be %i", (members) => {
    expect(faults({ members })).toEqual([]);
  });

  // Of two, one alone is no majority: the store stops with either.
  it.each([
    [0, "must be at least 1"],
    [2, "must be 1 or 3"],
    [4, "must be odd"],
    [11, "must be at most 9"],
    [1.5, "must be a whole number"],
  ])("must not be %f, which can form no quorum or a worse one", (members, message) => {
    const found = faults({ members });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`members: ${message}`);
  });

  it("stand on no slot, which is one node", () => {
    expect(faults({ members: 3, placement: { slot: 1 } })[0]).toMatch(
      /^placement.slot: is one node/,
    );
    expect(faults({ members: 1, placement: { slot: 1 } })).toEqual([]);
  });
});

describe("the heap", () => {
  it("is half of the limit, and never above 31 GiB", () => {
    expect(heapMebibytes("4Gi")).toBe(2048);
    expect(heapMebibytes("3Gi", "1Gi")).toBe(1024);
    expect(heapMebibytes("128Gi")).toBe(31 * 1024);
  });

  it("is always one that Elasticsearch takes, where the limit leaves room for the least", () => {
    fc.assert(
      fc.property(fc.integer({ min: 512, max: 512 * 1024 }), (mebibytes) => {
        const memory = `${mebibytes}Mi`;
        expect(heapFault(memory, `${heapMebibytes(memory)}Mi`)).toBeUndefined();
      }),
    );
  });

  it.each([
    ["4Gi", "5Gi", "heap: must not be above the limit of 4Gi"],
    ["4Gi", "3Gi", "heap: must be at most half of the limit of 4Gi"],
    ["128Gi", "40Gi", "heap: must be at most 31Gi"],
    ["4Gi", "128Mi", "heap: must be at least 256Mi"],
  ])("under a limit of %s must not be %s", (memory, heap, message) => {
    const found = faults({ ...limit(memory), heap });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it("needs a limit to be half of, and a limit that it fits", () => {
    expect(faults({ resources: { requests: { cpu: "1", memory: "4Gi" }, limits: {} } })).toEqual([
      "resources.limits.memory: must be set: the heap is half of it, e.g. 4Gi",
    ]);
    expect(faults(limit("256Mi"))[0]).toMatch(/^resources.limits.memory: must be at least 256Mi/);
  });

  it("has a unit", () => {
    expect(faults({ heap: "2" })[0]).toMatch(/^heap: must be a quantity with a binary unit/);
  });
});

describe("an external store", () => {
  const urlFault = (url: string): string =>
    StoreConfig.safeParse({ kind: "external", url }).error?.issues[0]?.message ?? "";

  it.each([
    ["http://logs.example.com:9200", "must be https"],
    ["https://elastic:secret@logs.example.com", "must not carry credentials"],
    ["https://logs.example.com/path", "must be host and port alone"],
    ["logs.example.com", "must be an http or https URL"],
  ])("is not %s", (url, message) => {
    expect(urlFault(url)).toContain(message);
  });

  it("may be signed by an authority of its own, in PEM", () => {
    const { authorities, key } = readCertificates(throwAwayCertificates);
    const parsed = external({ authority: authorities });
    expect(parsed.kind === "external" && parsed.authority).toBe(authorities);
    const wrong = StoreConfig.safeParse({
      kind: "external",
      url: "https://logs.example.com",
      authority: key,
    });
    expect(wrong.error?.issues[0]?.message).toBe("must be one certificate in PEM");
  });

  it("is dialled where it is, a builtin one by its Service", () => {
    expect(storeUrl(external({ url: "https://logs.example.com/" }), "logs")).toBe(
      "https://logs.example.com",
    );
    expect(storeEnd(external({ url: "https://logs.example.com" }), "logs")).toEqual({
      peer: { kind: "internet" },
      port: 443,
    });
    expect(storeEnd(external(), "logs").port).toBe(9243);
    const ranges = ["10.20.0.0/16"];
    expect(storeEnd(external({ addresses: ranges }), "logs")).toEqual({
      peer: { kind: "addresses", ranges },
      port: 9243,
    });
    expect(storeUrl(builtin(), "logs")).toBe("https://elasticsearch.logs.svc:9200");
  });

  it("needs a kind to be known by", () => {
    expect(StoreConfig.safeParse({ members: 1 }).error?.issues[0]?.message).toBe(
      "must say kind: builtin or external",
    );
  });
});

describe("Kibana", () => {
  it("stands beside a builtin store only", () => {
    expect(elkFaults({ kibana })[0]?.message).toMatch(/^must stand beside store/);
    expect(elkFaults({ kibana, store: external() })[0]?.message).toMatch(/has a Kibana of its own/);
    expect(elkFaults({ kibana, store: builtin() })).toEqual([]);
    expect(elkFaults({ store: external() })).toEqual([]);
  });

  it("gives nobody the name of a user that is there already", () => {
    for (const name of [
      "elastic",
      "kibana_system",
      "filebeat",
      "vector",
      "grafana",
      "prometheus",
    ]) {
      const users = { [name]: { password: "anna" } };
      expect(KibanaConfig.safeParse({ host: "kibana.example.com", users }).success, name).toBe(
        false,
      );
    }
    expect(
      KibanaConfig.safeParse({
        host: "kibana.example.com",
        users: { anna: { password: "anna", role: "superuser" } },
      }).error?.issues[0]?.message,
    ).toBe("must be viewer or editor");
  });
});

const peer = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });

/** Flows as lines: who calls whom on which port. */
const lines = (flows: readonly Flow[]): string[] =>
  flows.map(({ from, to, ports }) => {
    const name = (end: Peer): string => (end.kind === "workload" ? end.name : end.kind);
    return `${name(from)} -> ${name(to)} ${ports.map(({ port }) => port).join(",")}`;
  });

describe("what follows from the log store", () => {
  const shipper = peer("filebeat", "log-shipper");
  const met = { callers: [shipper], scrapers: [peer("prometheus", "metrics")] };
  const nobody = { callers: [], scrapers: [] };

  it("are calls of those that need it, and of nobody else", () => {
    const calls = elkFlows({ store: builtin(), kibana }, "logs", met);
    expect(lines(calls)).toEqual([
      "filebeat -> elasticsearch 9200",
      "kibana -> elasticsearch 9200",
      "elk-set-up -> elasticsearch 9200",
      "elk-set-up -> kibana 5601",
      "elasticsearch-exporter -> elasticsearch 9200",
      "prometheus -> elasticsearch-exporter 9114",
    ]);
  });

  it("is that members call one another, by the port that is theirs", () => {
    const flows = elkFlows({ store: builtin({ members: 3 }) }, "logs", nobody);
    expect(lines(flows)).toEqual([
      "elasticsearch -> elasticsearch 9300",
      "elk-set-up -> elasticsearch 9200",
    ]);
    expect(flowsOf(flows, "elasticsearch", "logs").callers).toHaveLength(2);
  });

  it("is nothing of an external store without an administrator but its callers", () => {
    expect(lines(elkFlows({ store: external() }, "logs", met))).toEqual([
      "filebeat -> internet 9243",
    ]);
    const administrator = { password: "administrator" };
    expect(lines(elkFlows({ store: external({ administrator }) }, "logs", nobody))).toEqual([
      "elk-set-up -> internet 9243",
    ]);
    expect(elkWorkloads({ store: external() }, true)).toEqual([]);
  });

  // Without the set-up nobody has made the exporter's user there.
  it("is an exporter where the set-up has made its user, and somebody reads it", () => {
    const administrator = { password: "administrator" };
    const stores = [builtin(), external({ administrator }), external()];
    const told = (metrics: boolean) =>
      stores.map((store) =>
        elkWorkloads({ store }, metrics).some(
          ({ request }) => request.workload === "elasticsearch-exporter",
        ),
      );
    expect(told(true)).toEqual([true, true, false]);
    expect(told(false)).toEqual([false, false, false]);
  });

  it("is a public page, and requests of each pod", () => {
    expect(elkHosts({ store: builtin(), kibana }).map(({ host, check }) => [host, check])).toEqual([
      ["kibana.example.com", "/api/status"],
    ]);
    expect(elkHosts({ store: builtin() })).toEqual([]);
    const requests = elkWorkloads({ store: builtin({ members: 3 }), kibana }, true);
    expect(requests.map(({ request }) => [request.workload, request.replicas])).toEqual([
      ["elasticsearch", 3],
      ["kibana", 1],
      ["elk-set-up", 1],
      ["elasticsearch-exporter", 1],
    ]);
    // As the pods are placed, so the nodes are counted.
    expect(requests[0]?.request.placement.podAntiAffinity).toBe("required");
  });

  it("warns of a cluster that is the stack's own to operate", () => {
    expect(elkWarnings(builtin())).toEqual([]);
    expect(elkWarnings(external())).toEqual([]);
    expect(elkWarnings(builtin({ members: 3 }))[0]).toContain("kind: external");
  });
});
