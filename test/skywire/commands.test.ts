/**
 * Command lines of the Skywire programs. A wrong flag is found nowhere else: the sandbox runs no
 * containers, and live the pod exits at once. Points are those of facts/skywire.md 9.
 */
import { describe, expect, it } from "vitest";

import {
  configBootstrapperArguments,
  discoveryArguments,
  type DiscoveryCommand,
  dmsgServerArguments,
  networkMonitorArguments,
  nodeVisualizerArguments,
  nodeVisualizerVariables,
  setupNodeArguments,
} from "../../components/skywire/commands.ts";

const postgres = { host: "postgres.skywire.svc", port: 5432 };
const dmsgDiscoveryUrl = "http://dmsg-discovery.skywire.svc:9090";
const whitelistKeys = [`02${"a".repeat(64)}`, `03${"b".repeat(64)}`];
const redisUrl = "redis://redis.skywire.svc:6379";

const commands: Record<DiscoveryCommand["service"], DiscoveryCommand> = {
  "dmsg-discovery": { service: "dmsg-discovery", redisUrl, whitelistKeys, testEnvironment: true },
  "address-resolver": {
    service: "address-resolver",
    redisUrl,
    dmsgDiscoveryUrl,
    whitelistKeys,
    testEnvironment: true,
  },
  "service-discovery": {
    service: "service-discovery",
    redisUrl,
    postgres,
    dmsgDiscoveryUrl,
    whitelistKeys,
    testEnvironment: true,
  },
  "transport-discovery": { service: "transport-discovery", redisUrl, postgres, dmsgDiscoveryUrl },
  "route-finder": { service: "route-finder", postgres, dmsgDiscoveryUrl },
  "uptime-tracker": {
    service: "uptime-tracker",
    redisUrl,
    postgres,
    dmsgDiscoveryUrl,
    dailyDataPath: "/var/lib/skywire-ut/daily-data",
    dailyDataCutoffDays: 7,
  },
};

/** Long flags that the program has in 2023 and in 2024 (facts/skywire.md 2.9, 4.1-4.11). */
const flagsInBothEras: Record<DiscoveryCommand["service"], readonly string[]> = {
  "dmsg-discovery": [
    "--addr",
    "--redis",
    "--sk",
    "--entry-timeout",
    "--whitelist-keys",
    "--test-environment",
    "--metrics",
  ],
  "address-resolver": [
    "--addr",
    "--redis",
    "--redis-pool-size",
    "--dmsg-disc",
    "--sk",
    "--metrics",
    "--whitelist-keys",
    "--test-environment",
  ],
  "service-discovery": [
    "--addr",
    "--redis",
    "--pg-host",
    "--pg-port",
    "--dmsg-disc",
    "--sk",
    "--metrics",
    "--whitelist-keys",
    "--test-environment",
  ],
  "transport-discovery": [
    "--addr",
    "--pg-host",
    "--pg-port",
    "--redis",
    "--dmsg-disc",
    "--sk",
    "--metrics",
  ],
  "route-finder": ["--addr", "--pg-host", "--pg-port", "--dmsg-disc", "--sk", "--metrics"],
  "uptime-tracker": [
    "--addr",
    "--private-addr",
    "--metrics",
    "--redis",
    "--pg-host",
    "--pg-port",
    "--dmsg-disc",
    "--sk",
    "--store-data-path",
    "--store-data-cutoff",
  ],
};

const flagsOf = (args: readonly string[]): string[] => args.filter((arg) => arg.startsWith("-"));

const valueOf = (args: readonly string[], flag: string): string | undefined =>
  args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;

const services = Object.keys(commands) as DiscoveryCommand["service"][];

describe.each(services)("command line of %s", (service) => {
  const args = discoveryArguments(commands[service], "keyed");

  it("uses long flags that both eras know, each once: the program exits on any other (2.9)", () => {
    const flags = flagsOf(args);
    expect(flags.filter((flag) => !flagsInBothEras[service].includes(flag))).toEqual([]);
    expect(new Set(flags).size).toBe(flags.length);
  });

  it("takes its key from a variable, so that no pod carries it in its arguments (2.2)", () => {
    expect(valueOf(args, "--sk")).toBe("$(SK)");
  });

  it("has no key in the members beside the one that carries it (point 2)", () => {
    expect(discoveryArguments(commands[service], "keyless")).not.toContain("--sk");
  });

  it("sets no switch that turns authentication or the stores off (2.8, point 10)", () => {
    for (const flag of ["-t", "--test", "--testing", "--test-mode", "--enable-load-testing"]) {
      expect(args).not.toContain(flag);
    }
  });

  it("names its dmsg-discovery: the default is production's (point 9)", () => {
    const expected = service === "dmsg-discovery" ? undefined : dmsgDiscoveryUrl;
    expect(valueOf(args, "--dmsg-disc")).toBe(expected);
  });

  it("serves metrics on 2121", () => {
    expect(valueOf(args, "--metrics")).toBe(":2121");
  });
});

describe("listeners", () => {
  it.each([
    ["dmsg-discovery", ":9090"],
    ["transport-discovery", ":9091"],
    ["route-finder", ":9092"],
    ["address-resolver", ":9093"],
    ["uptime-tracker", ":9096"],
    ["service-discovery", ":9098"],
  ] as const)("%s listens on %s (3)", (service, address) => {
    expect(valueOf(discoveryArguments(commands[service], "keyed"), "--addr")).toBe(address);
  });

  it("keeps the uptime-tracker's private API on a port of its own (point 12)", () => {
    const args = discoveryArguments(commands["uptime-tracker"], "keyed");
    expect(valueOf(args, "--private-addr")).toBe(":9086");
  });
});

describe("whitelist (point 16)", () => {
  it.each(["dmsg-discovery", "address-resolver", "service-discovery"] as const)(
    "%s takes the monitors' keys, comma-separated, and test's switch",
    (service) => {
      const args = discoveryArguments(commands[service], "keyed");
      expect(valueOf(args, "--whitelist-keys")).toBe(whitelistKeys.join(","));
      expect(args).toContain("--test-environment");
    },
  );

  it("leaves test's switch out in production, for all members alike", () => {
    const command = { ...commands["dmsg-discovery"], testEnvironment: false } as DiscoveryCommand;
    expect(discoveryArguments(command, "keyed")).not.toContain("--test-environment");
    expect(discoveryArguments(command, "keyless")).toContain("--whitelist-keys");
  });
});

describe("dmsg-server", () => {
  it("starts with `start` and a path right behind it (point 14)", () => {
    const args = dmsgServerArguments("/etc/dmsg-server/config.json");
    expect(args.slice(0, 2)).toEqual(["start", "/etc/dmsg-server/config.json"]);
  });

  it("refuses a config name that does not end in .json (point 14)", () => {
    expect(() => dmsgServerArguments("/etc/dmsg-server/config")).toThrow(/must end in \.json/);
  });
});

describe("setup-node", () => {
  it("gets its file as the first argument: the built-in one has known keys (point 15)", () => {
    expect(setupNodeArguments("/etc/setup-node/config.json")).toEqual([
      "/etc/setup-node/config.json",
      "--metrics",
      ":2121",
    ]);
  });
});

describe("network-monitor", () => {
  const args = networkMonitorArguments("/var/lib/network-monitor/config.json", redisUrl);

  it("reads the file that it may write (point 13)", () => {
    expect(valueOf(args, "--config")).toBe("/var/lib/network-monitor/config.json");
    expect(valueOf(args, "--addr")).toBe(":9080");
    expect(valueOf(args, "--redis")).toBe(redisUrl);
  });

  it("leaves --sleep-deregistration alone: a duration there overflows (4.3)", () => {
    expect(args).not.toContain("--sleep-deregistration");
  });
});

describe("node-visualizer", () => {
  it("is told both services: the defaults are wrong in production or in test (point 9)", () => {
    expect(nodeVisualizerVariables("http://ut.svc:9086", "http://tpd.svc:9091")).toEqual({
      UT_URL: "http://ut.svc:9086/visor-ips",
      TPD_URL: "http://tpd.svc:9091/all-transports",
    });
    expect(nodeVisualizerArguments()).toEqual(["--addr", ":9081", "--metrics", ":2121"]);
  });
});

describe("config-bootstrapper", () => {
  it("is told its file and domain: the defaults are the tests' and production's (points 9, 15)", () => {
    const args = configBootstrapperArguments("/etc/config-bootstrapper/config.json", "skywire.dev");
    expect(valueOf(args, "--config")).toBe("/etc/config-bootstrapper/config.json");
    expect(valueOf(args, "--domain")).toBe("skywire.dev");
    expect(valueOf(args, "--addr")).toBe(":9082");
    // It has no metrics listener and, in 2023, no key.
    expect(flagsOf(args)).toEqual(["--addr", "--config", "--domain"]);
  });
});
