import { describe, expect, it } from "vitest";

import { inRange, overlap, wholeRange } from "../../components/base/ranges.ts";
import {
  kafkaEnd,
  mongoEnd,
  mysqlEnd,
  outsidePeer,
  postgresEnd,
  redisEnd,
  zookeeperEnd,
} from "../../components/data/flows.ts";
import { ExternalKafka } from "../../components/data/kafka.schema.ts";
import { ExternalMongo } from "../../components/data/mongo.schema.ts";
import { OutsideAddresses } from "../../components/data/outside.schema.ts";
import { ExternalPostgres } from "../../components/data/postgres.schema.ts";
import { outsideFault } from "../../components/data/reach.ts";
import { ExternalRedis } from "../../components/data/redis.schema.ts";
import { ExternalZookeeper } from "../../components/data/zookeeper.schema.ts";
import { networkPolicySpec } from "../../components/workload/policy.ts";

describe("ranges of addresses", () => {
  it("hold what lies between their first and their last", () => {
    expect(inRange("10.20.255.255", "10.20.0.0/16")).toBe(true);
    expect(inRange("10.21.0.0", "10.20.0.0/16")).toBe(false);
    expect(inRange("203.0.113.7", "203.0.113.7/32")).toBe(true);
    expect(inRange("255.255.255.255", "0.0.0.0/0")).toBe(true);
  });

  it("overlap where one holds the other", () => {
    expect(overlap("10.0.0.0/8", "10.20.0.0/16")).toBe(true);
    expect(overlap("10.20.0.0/16", "10.0.0.0/8")).toBe(true);
    expect(overlap("10.0.0.0/16", "10.1.0.0/16")).toBe(false);
  });

  it("begin with their first address", () => {
    expect(wholeRange("10.20.3.4/16")).toBe("10.20.0.0/16");
    expect(wholeRange("203.0.113.200/25")).toBe("203.0.113.128/25");
  });
});

describe("addresses of a server outside", () => {
  const faults = (addresses: unknown): string[] =>
    (OutsideAddresses.safeParse(addresses).error?.issues ?? []).map(({ message }) => message);

  it.each<readonly [string, unknown, RegExp]>([
    ["a name", ["mysql.example.net"], /must be a range of IPv4 addresses/],
    ["a bare address", ["10.20.0.7"], /of one address: 10\.20\.0\.7\/32/],
    ["the world", ["0.0.0.0/0"], /must be a \/8 or smaller/],
    [
      "an address within its range",
      ["10.20.3.4/16"],
      /must begin with its first address: 10\.20\.0\.0\/16/,
    ],
    [
      "what hands out the cloud's credentials",
      ["169.254.169.254/32"],
      /the machine's own, or nobody's/,
    ],
    ["the machine itself", ["127.0.0.0/8"], /the machine's own, or nobody's/],
    ["nothing", [], /must list a range, or be left out/],
    ["the same twice", ["10.0.0.0/8", "10.0.0.0/8"], /each range once/],
  ])("are not %s", (_, addresses, says) => {
    expect(faults(addresses)).toEqual([expect.stringMatching(says)]);
  });

  it("are ranges, private ones too", () => {
    expect(faults(["10.20.0.0/16", "203.0.113.7/32"])).toEqual([]);
    expect(faults(undefined)).toEqual([]);
  });

  it("are all that a policy lets its callers out to", () => {
    const external = { kind: "external", port: 3306, addresses: ["10.20.0.0/16", "10.21.0.0/16"] };
    const { peer } = mysqlEnd("mysql", external as never, "demo");
    const from = { kind: "workload", name: "web", namespace: "demo" } as const;
    const flow = { from, to: peer, ports: [{ port: 3306, protocol: "TCP" }] } as const;
    const { egress } = networkPolicySpec("web", { callers: [], calls: [flow] });
    expect((egress as unknown[]).slice(1)).toEqual([
      {
        to: [{ ipBlock: { cidr: "10.20.0.0/16" } }, { ipBlock: { cidr: "10.21.0.0/16" } }],
        ports: [{ port: 3306, protocol: "TCP" }],
      },
    ]);
    expect(outsidePeer(undefined)).toEqual({ kind: "internet" });
  });
});

describe("every store that somebody else runs", () => {
  const addresses = ["10.20.0.0/16"];
  const login = { user: "fleet", password: "store" };
  const given = { kind: "external", host: "store.example.net", addresses };

  it.each([
    ["Postgres", 5432, postgresEnd, ExternalPostgres, { databases: { tpd: login } }],
    ["Redis", 6379, redisEnd, ExternalRedis, { password: "store" }],
    ["MongoDB", 27017, mongoEnd, ExternalMongo, { login }],
    ["ZooKeeper", 2181, zookeeperEnd, ExternalZookeeper, {}],
    ["Kafka", 9092, kafkaEnd, ExternalKafka, {}],
  ] as const)("may say that it is in a private network: %s", (_, port, end, schema, more) => {
    const ranged = schema.parse({ ...given, ...more });
    expect(end("store", ranged, "demo")).toEqual({
      peer: { kind: "addresses", ranges: addresses },
      port,
    });
    const open = schema.parse({ ...given, ...more, addresses: undefined });
    expect(end("store", open, "demo")).toEqual({ peer: { kind: "internet" }, port });
    expect(schema.safeParse({ ...given, ...more, addresses: ["0.0.0.0/0"] }).success).toBe(false);
  });
});

describe("a server outside by its address", () => {
  it("is told to say where it stands, where that is private", () => {
    expect(outsideFault(["mysql"], { host: "10.20.0.7" })).toEqual([
      {
        path: ["mysql", "host"],
        message: expect.stringContaining('say addresses: ["10.20.0.7/32"] beside it') as string,
      },
    ]);
    expect(outsideFault(["mysql"], { host: "203.0.113.7" })).toEqual([]);
    expect(outsideFault(["mysql"], { host: "mysql.example.net" })).toEqual([]);
  });

  it("must be among the addresses that it says", () => {
    const told = (host: string) => outsideFault(["mysql"], { host, addresses: ["10.20.0.0/16"] });
    expect(told("10.20.0.7")).toEqual([]);
    expect(told("mysql.example.net")).toEqual([]);
    expect(told("10.21.0.7")).toEqual([
      {
        path: ["mysql", "addresses"],
        message: expect.stringContaining("must hold 10.21.0.7, the host") as string,
      },
    ]);
  });

  it.each(["10.0.0.1", "100.64.0.1", "169.254.0.1", "172.31.255.255", "192.168.1.1"])(
    "is refused at %s where nothing says so",
    (host) => {
      expect(outsideFault(["redis"], { host })).toHaveLength(1);
      expect(outsideFault(["redis"], { host: "172.32.0.1" })).toEqual([]);
    },
  );
});
