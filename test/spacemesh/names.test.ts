import { describe, expect, it } from "vitest";

import { Hostname } from "../../components/base/scalars.ts";
import {
  isProxied,
  longestNetwork,
  networkHosts,
  networkNameFaults,
  networkNames,
} from "../../components/spacemesh/names.ts";

describe("the public names of a network", () => {
  it("are seven, below a domain of its choice", () => {
    expect(networkHosts("mininet", "example.org")).toEqual({
      api: "api-mininet.example.org",
      "api-json": "api-json-mininet.example.org",
      "dash-api": "dash-api-mininet.example.org",
      "explorer-api": "explorer-api-mininet.example.org",
      grafana: "grafana-mininet.example.org",
      kibana: "kibana-mininet.example.org",
      prometheus: "prometheus-mininet.example.org",
    });
  });

  it("are proxied, but for the one that speaks gRPC", () => {
    expect(networkNames.filter((name) => !isProxied(name))).toEqual(["api"]);
  });

  it("are all names of hosts, up to the longest name of a network", () => {
    const longest = "n".repeat(longestNetwork);
    expect(networkNameFaults(["network", "name"], longest)).toEqual([]);
    const hosts = Object.values(networkHosts(longest, "spacemesh.io"));
    expect(hosts.map((host) => Hostname.safeParse(host).success)).toEqual(hosts.map(() => true));
    expect(Math.max(...hosts.map((host) => host.indexOf(".")))).toBe(63);
    expect(networkNameFaults(["network", "name"], `${longest}n`)).toMatchObject([
      { path: ["network", "name"] },
    ]);
  });
});
