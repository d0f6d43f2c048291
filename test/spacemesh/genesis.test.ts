import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { genesisFault, genesisTime, isGenesisTime } from "../../components/spacemesh/genesis.ts";
import {
  listenAddress,
  multiaddress,
  readMultiaddress,
} from "../../components/spacemesh/multiaddress.ts";

describe("genesis", () => {
  const now = new Date("2026-11-22T12:00:00.250Z");

  it("is as many minutes from now as the file says, in whole seconds", () => {
    expect(genesisTime(now, 10)).toBe("2026-11-22T12:10:01Z");
    expect(genesisTime(new Date("2026-12-31T23:55:00Z"), 10)).toBe("2027-01-01T00:05:00Z");
  });

  it("is always one that a file may have, and ahead", () => {
    const dates = fc.date({
      min: new Date("2020-01-01T00:00:00Z"),
      max: new Date("2090-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, fc.integer({ min: 1, max: 10_080 }), (moment, minutes) => {
        const time = genesisTime(moment, minutes);
        expect(isGenesisTime(time)).toBe(true);
        expect(genesisFault(time, "new", moment)).toBeUndefined();
        expect(Date.parse(time) - moment.getTime()).toBeLessThanOrEqual(minutes * 60_000 + 1_000);
      }),
    );
  });

  it("may be past once the network runs, and not while it is new", () => {
    const past = "2026-11-22T14:00:00+02:00";
    expect(isGenesisTime(past)).toBe(true);
    const told = genesisFault(past, "new", now);
    expect(told).toMatch(/is past, and the network is new: where no member has run yet, take time/);
    // An update that ended half way: members that have begun know no other time.
    expect(told).toMatch(/where some have, phase: running brings up the rest/);
    expect(genesisFault(past, "running", now)).toBeUndefined();
    expect(genesisFault(past, "parked", now)).toBeUndefined();
    expect(genesisFault("2026-11-22T14:00:01+02:00", "new", now)).toBeUndefined();
  });
});

describe("addresses of peers", () => {
  const peerId = "12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj";

  it("name the node's address or its name, the host's port and who must answer", () => {
    expect(multiaddress({ host: "192.0.2.7", port: 5002, peerId })).toBe(
      `/ip4/192.0.2.7/tcp/5002/p2p/${peerId}`,
    );
    expect(multiaddress({ host: "boot.example.org", port: 5002, peerId })).toBe(
      `/dns4/boot.example.org/tcp/5002/p2p/${peerId}`,
    );
    expect(listenAddress(5002)).toBe("/ip4/0.0.0.0/tcp/5002");
  });

  it("are read as they are written", () => {
    const hosts = fc.oneof(fc.ipV4(), fc.constantFrom("boot.example.org", "node-1.example.org"));
    fc.assert(
      fc.property(hosts, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
        expect(readMultiaddress(multiaddress({ host, port, peerId }))).toEqual({
          host,
          port,
          peerId,
        });
      }),
    );
  });
});
