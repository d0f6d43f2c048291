/** Config files of the Skywire programs, as they are read. Points are those of facts/skywire.md 9. */
import { describe, expect, it } from "vitest";

import {
  configBootstrapperFile,
  dmsgServerFile,
  networkMonitorFile,
  setupNodeFile,
} from "../../components/skywire/files.ts";
import { visorUrls } from "./visor-urls.ts";

const publicKey = `02${"c".repeat(64)}`;
const secretKey = "d".repeat(64);

const read = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe("dmsg-server", () => {
  const file = read(
    dmsgServerFile({
      publicKey,
      secretKey,
      discoveryUrl: "http://dmsg-discovery.skywire.svc:9090",
      publicAddress: "139.177.186.126:30080",
      maxSessions: 2048,
    }),
  );

  it("says its health address: an empty one kills the server (point 14)", () => {
    expect(file["health_endpoint_address"]).toBe(":8082");
  });

  it("announces the public address as it was given, and listens on the pod's own port", () => {
    expect(file["public_address"]).toBe("139.177.186.126:30080");
    expect(file["local_address"]).toBe(":8081");
  });

  it("holds identity, discovery and sessions, and no field that the program does not know", () => {
    expect(Object.keys(file).sort()).toEqual([
      "discovery",
      "health_endpoint_address",
      "local_address",
      "log_level",
      "max_sessions",
      "public_address",
      "public_key",
      "secret_key",
    ]);
    expect(file).toMatchObject({ public_key: publicKey, secret_key: secretKey });
  });
});

describe("setup-node", () => {
  it("holds identity and both discoveries", () => {
    const text = setupNodeFile({
      publicKey,
      secretKey,
      dmsgDiscoveryUrl: "http://dmsg-discovery.skywire.svc:9090",
      transportDiscoveryUrl: "http://transport-discovery.skywire.svc:9091",
      sessions: 1,
    });
    expect(read(text)).toEqual({
      public_key: publicKey,
      secret_key: secretKey,
      dmsg: { discovery: "http://dmsg-discovery.skywire.svc:9090", sessions_count: 1 },
      transport_discovery: "http://transport-discovery.skywire.svc:9091",
      log_level: "info",
    });
  });
});

describe("network-monitor", () => {
  const file = read(
    networkMonitorFile({
      publicKey,
      secretKey,
      urls: visorUrls,
      setupNodes: [publicKey],
      stunServers: ["192.0.2.1:3478"],
      localPath: "/var/lib/network-monitor/local",
    }),
  );

  it("finds the vpn-client of the image, under its name and port (point 13)", () => {
    expect(file["launcher"]).toMatchObject({
      bin_path: "/apps",
      apps: [{ name: "vpn-client", port: 43 }],
    });
  });

  it("looks from outside: test's monitor takes itself for production's at any other URL (4.3)", () => {
    expect(file["dmsg"]).toMatchObject({ discovery: "http://dmsgd.skywire.dev" });
    expect(file["transport"]).toMatchObject({
      discovery: "http://tpd.skywire.dev",
      address_resolver: "http://ar.skywire.dev",
    });
    expect(file["launcher"]).toMatchObject({ service_discovery: "http://sd.skywire.dev" });
    expect(file["uptime_tracker"]).toEqual({ addr: "http://ut.skywire.dev" });
    expect(file["routing"]).toMatchObject({
      route_finder: "http://rf.skywire.dev",
      // The names of 2023 and 2024: with neither the visor inside has no setup-node.
      setup_nodes: [publicKey],
      route_setup_nodes: [publicKey],
    });
  });

  it("is no public visor and connects to none by itself", () => {
    expect(file["is_public"]).toBe(false);
    expect(file["transport"]).toMatchObject({ public_autoconnect: false });
  });

  it("writes below its own folder only", () => {
    expect(file["local_path"]).toBe("/var/lib/network-monitor/local");
  });

  it("carries its identity", () => {
    expect(file).toMatchObject({ pk: publicKey, sk: secretKey });
  });
});

describe("config-bootstrapper", () => {
  it("names setup-nodes for the programs of both eras, and the STUN servers (4.8)", () => {
    const text = configBootstrapperFile({
      setupNodes: [publicKey],
      stunServers: ["192.0.2.1:3478"],
    });
    expect(read(text)).toEqual({
      setup_nodes: [publicKey],
      route_setup_nodes: [publicKey],
      stun_servers: ["192.0.2.1:3478"],
    });
  });
});
