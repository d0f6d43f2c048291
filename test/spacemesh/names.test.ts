import { describe, expect, it } from "vitest";

import { Hostname } from "../../components/base/scalars.ts";
import {
  hostOf,
  isProxied,
  longestNetwork,
  networkNameFaults,
  networkNames,
} from "../../components/spacemesh/names.ts";

describe("the public names of a network", () => {
  it("are seven, below a domain of its choice", () => {
    expect(networkNames.map((name) => hostOf(name, "mininet", "example.org")).sort()).toEqual([
      "api-json-mininet.example.org",
      "api-mininet.example.org",
      "dash-api-mininet.example.org",
      "explorer-api-mininet.example.org",
      "grafana-mininet.example.org",
      "kibana-mininet.example.org",
      "prometheus-mininet.example.org",
    ]);
  });

  it("are proxied, but for the one that speaks gRPC", () => {
    expect(networkNames.filter((name) => !isProxied(name))).toEqual(["api"]);
  });

  it("are all names of hosts, up to the longest name of a network", () => {
    const longest = "n".repeat(longestNetwork);
    expect(networkNameFaults(["network", "name"], longest)).toEqual([]);
    const hosts = networkNames.map((name) => hostOf(name, longest, "spacemesh.io"));
    expect(hosts.map((host) => Hostname.safeParse(host).success)).toEqual(hosts.map(() => true));
    expect(Math.max(...hosts.map((host) => host.indexOf(".")))).toBe(63);
    expect(networkNameFaults(["network", "name"], `${longest}n`)).toMatchObject([
      { path: ["network", "name"] },
    ]);
  });
});
