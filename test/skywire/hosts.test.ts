/** Public names and identities: what visors have built in, and so cannot be mended from here. */
import { describe, expect, it } from "vitest";

import {
  foreignHost,
  hostTable,
  publicUrl,
  publishedDomains,
} from "../../components/skywire/hosts.ts";
import {
  describeMismatches,
  dmsgServerIdentity,
  identityMismatches,
  publishedIdentities,
} from "../../components/skywire/identities.ts";
import { publishedStunServers, StunServer } from "../../components/skywire/stun.schema.ts";
import { PublicKey } from "../../components/base/scalars.ts";

describe("hosts", () => {
  it("are production's, with the two that stand outside its domain (point 8)", () => {
    expect(hostTable(publishedDomains.production)).toEqual({
      "address-resolver": "ar.skywire.skycoin.com",
      "config-bootstrapper": "conf.skywire.skycoin.com",
      "dmsg-discovery": "dmsgd.skywire.skycoin.com",
      "node-visualizer": "nv.skycoin.com",
      "route-finder": "rf.skywire.skycoin.com",
      "service-discovery": "sd.skycoin.com",
      "transport-discovery": "tpd.skywire.skycoin.com",
      "uptime-tracker": "ut.skywire.skycoin.com",
    });
  });

  it("are test's, all under one domain", () => {
    expect(hostTable(publishedDomains.test)).toEqual({
      "address-resolver": "ar.skywire.dev",
      "config-bootstrapper": "conf.skywire.dev",
      "dmsg-discovery": "dmsgd.skywire.dev",
      "node-visualizer": "nv.skywire.dev",
      "route-finder": "rf.skywire.dev",
      "service-discovery": "sd.skywire.dev",
      "transport-discovery": "tpd.skywire.dev",
      "uptime-tracker": "ut.skywire.dev",
    });
  });

  it("can be named otherwise one by one", () => {
    const table = hostTable("skywire.dev", { "node-visualizer": "map.skywire.dev" });
    expect(table["node-visualizer"]).toBe("map.skywire.dev");
    expect(table["route-finder"]).toBe("rf.skywire.dev");
  });

  it("are dialled over plain http without a port (1.2)", () => {
    expect(publicUrl("sd.skywire.dev")).toBe("http://sd.skywire.dev");
  });

  it("of the other deployment are recognised, the shared IP service apart (point 22)", () => {
    expect(foreignHost("test", "sd.skycoin.com")).toBe(true);
    expect(foreignHost("test", "tpd.skywire.skycoin.com")).toBe(true);
    expect(foreignHost("test", "ip.skycoin.com")).toBe(false);
    expect(foreignHost("test", "sd.skywire.dev")).toBe(false);
    expect(foreignHost("test", "notskycoin.com")).toBe(false);
    expect(foreignHost("production", "sd.skywire.dev")).toBe(true);
    expect(foreignHost("production", "sd.skycoin.com")).toBe(false);
  });
});

describe("STUN servers", () => {
  it("are the eight of the deployment, on the port that visors ask (point 21)", () => {
    expect(publishedStunServers).toHaveLength(8);
    for (const server of publishedStunServers) {
      expect(server).toMatch(/:3478$/);
      expect(StunServer.safeParse(server).success).toBe(true);
    }
  });

  it.each(["192.0.2.1", "192.0.2.1:0", "192.0.2.1:99999", "stun:192.0.2.1:3478"])(
    "are refused as %s",
    (text) => {
      expect(StunServer.safeParse(text).success).toBe(false);
    },
  );
});

describe("published identities", () => {
  it.each(["production", "test"] as const)("of %s are distinct public keys", (environment) => {
    const keys = Object.values(publishedIdentities[environment]);
    for (const key of keys) {
      expect(PublicKey.safeParse(key).success).toBe(true);
    }
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("count six dmsg-servers in production and one in test (1.3)", () => {
    const servers = (environment: "production" | "test") =>
      Object.keys(publishedIdentities[environment]).filter((name) =>
        name.startsWith("dmsg-server:"),
      );
    expect(servers("production")).toHaveLength(6);
    expect(servers("test")).toEqual([dmsgServerIdentity(30_080)]);
  });

  it("match themselves", () => {
    expect(identityMismatches("test", publishedIdentities.test)).toEqual([]);
  });

  it("tell a key that is not the published one, and nothing of identities nobody knows", () => {
    const key = `02${"e".repeat(64)}`;
    expect(identityMismatches("test", { "setup-node": key, "setup-node-2": key })).toEqual([
      { identity: "setup-node", expected: publishedIdentities.test["setup-node"], actual: key },
    ]);
  });

  it("say both keys and both ways out", () => {
    const text = describeMismatches([{ identity: "setup-node", expected: "02aa", actual: "02bb" }]);
    expect(text).toContain("setup-node: published 02aa, here 02bb");
    expect(text).toContain("make keys");
    expect(text).toContain("fleet:identities: own");
  });
});
