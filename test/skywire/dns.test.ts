/** Every public host of production, through whichever keeper of zones the stack says (facts 1.2). */
import { beforeAll, describe, expect, it } from "vitest";

import { zoneNames } from "../../components/platform/dns.schema.ts";
import { DnsRecords } from "../../components/platform/dns.ts";
import { createDns } from "../../components/platform/dns-keepers.ts";
import type { NamedRecord } from "../../components/platform/dns-records.ts";
import { pagesOf } from "../../components/observability/shape.ts";
import { extraHosts } from "../../stacks/skywire/extras-shape.ts";
import { endpointsOf } from "../../stacks/skywire/endpoints.ts";
import { hostRecordFaults } from "../../stacks/skywire/record-rules.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { dmsgServersOf, hostsOf } from "../../stacks/skywire/shape.ts";
import { type Collected, collect } from "../harness.ts";
import { sections } from "./stack-file.ts";

const production = (change: Readonly<Record<string, unknown>> = {}): SkywireStack =>
  SkywireStack.parse({ ...sections("prod"), ...change });

/** The published names, as visors have them built in, and those of the dmsg-servers. */
const published = [
  ...["dmsgd", "tpd", "rf", "ar", "ut", "conf"].map((name) => `${name}.skywire.skycoin.com`),
  ...["sd", "nv", "ip", "grafana", "whitelist"].map((name) => `${name}.skycoin.com`),
  ...["02a2d4c3", "03717576", "03d5b55d", "02a4"].map(
    (key) => `dmsg.server${key}.skywire.skycoin.com`,
  ),
];

const hostsIn = (stack: SkywireStack): string[] => [
  ...Object.values(hostsOf(stack)),
  ...[...extraHosts(stack), ...pagesOf(stack.observability)].map(({ host }) => host),
  ...dmsgServersOf(stack)
    .map(({ host }) => host)
    .filter((host) => !/^[\d.]+$/.test(host)),
];

const recordsOf = (stack: SkywireStack): NamedRecord[] =>
  hostsIn(stack).map((host) => ({
    ...{ name: host, host, type: "A" as const, content: "203.0.113.7", ttlSeconds: 300 },
  }));

const keepers = {
  linode: { kind: "linode", zones: ["skycoin.com"] },
  cloudflare: { kind: "cloudflare", zones: { "skycoin.com": { zoneId: "0".repeat(32) } } },
  none: { kind: "none", zones: ["skycoin.com"] },
};

const written = (stack: SkywireStack): Promise<Collected> =>
  collect(
    () => {
      const dns = createDns("dns", stack.dns);
      return new DnsRecords("records", { dns, records: recordsOf(stack) });
    },
    { "linode:index/getDomain:getDomain": () => ({ id: "1234" }) },
  );

it("are all in production's file", () => {
  expect(hostsIn(production())).toEqual(expect.arrayContaining(published));
});

describe("with our own name server, as production has it", () => {
  const stack = production();
  let files: Map<string, string>;
  beforeAll(async () => {
    const { resources } = await written(stack);
    files = new Map(
      resources
        .filter(({ type }) => type.endsWith(":ObjectStorageObject"))
        .map(({ inputs }) => [inputs["key"] as string, inputs["content"] as string]),
    );
  });

  it.each(published)("%s stands in exactly one published zone", (host) => {
    const holding = [...files].filter(([, text]) => text.includes(`\n${host}. 300 IN A `));
    expect(holding.map(([key]) => key)).toHaveLength(1);
  });

  it("zones that Fleet does not know whole are not among them", () => {
    expect(zoneNames(stack.dns)).not.toContain("skycoin.com");
    expect([...files.keys()]).not.toContain("zones/skycoin.com.zone");
  });

  it("the server is an endpoint with every zone that it must have", () => {
    const urls = endpointsOf(stack, {})
      .filter(({ kind }) => kind === "dns")
      .map(({ url }) => url);
    expect(urls).toEqual(zoneNames(stack.dns).map((zone) => `dns://172.105.122.51/${zone}`));
  });

  it("a slot's name inside a zone that is written whole is a fault: nobody else can keep it", () => {
    const slot = { address: { kind: "dns" as const, name: "edge.skywire.skycoin.com" } };
    const { cluster } = stack;
    if (cluster.kind !== "kubeconfig" || cluster.pools["edge"] === undefined) {
      throw new Error("production has no pool edge");
    }
    const { edge } = cluster.pools;
    const pools = { ...cluster.pools, edge: { ...edge, slots: { "0": slot } } };
    const [fault] = hostRecordFaults({ ...stack, cluster: { ...cluster, pools } });
    expect(fault?.message).toContain("leads to edge.skywire.skycoin.com, which has no address");
    expect(hostRecordFaults(stack)).toEqual([]);
  });
});

describe.each(["linode", "cloudflare"] as const)("with %s", (kind) => {
  it("each is a record of its own", async () => {
    const { resources } = await written(production({ dns: keepers[kind] }));
    const names = resources
      .filter(({ type }) => /:(DomainRecord|DnsRecord)$/.test(type))
      .map(({ inputs }) => inputs["name"] as string);
    const full = names.map((name) => (kind === "linode" ? `${name}.skycoin.com` : name));
    expect(full).toEqual(expect.arrayContaining(published));
    expect(new Set(full).size).toBe(full.length);
  });
});

it("with nobody, each is a line of the output and nothing is made", async () => {
  const { resources } = await written(production({ dns: keepers.none }));
  expect(resources.filter(({ custom }) => custom)).toEqual([]);
});
