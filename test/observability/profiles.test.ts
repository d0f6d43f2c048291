/** Pyroscope: whom it profiles, who may dial it, what its pods are told. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import type { Peer } from "../../components/base/flows.ts";
import { ProfilesConfig } from "../../components/observability/profiles/profiles.schema.ts";
import { profileScraperWorkload } from "../../components/observability/profiles/profile-scraper.ts";
import {
  pyroscopeFile,
  scraperFile,
} from "../../components/observability/profiles/pyroscope-files.ts";
import { pyroscopeWorkload } from "../../components/observability/profiles/pyroscope.ts";
import {
  profilesFaults,
  profilesFlows,
  profilesWorkloads,
  scrapeTargets,
} from "../../components/observability/profiles/shape.ts";

const both = ProfilesConfig.parse({
  workloads: {
    "miner-10": { kind: "push", namespace: "net" },
    alertmanager: { kind: "scrape", namespace: "metrics", port: 9093 },
  },
});

const pushed = ProfilesConfig.parse({
  workloads: { "miner-10": { kind: "push", namespace: "net" } },
});

const around = {
  system: "skywire",
  namespace: "profiles",
  namespaceName: "profiles",
  flows: [],
  networkPolicy: true,
  data: "protect",
} as const;

const peer = (name: string, namespace: string) => ({ kind: "workload", name, namespace }) as const;

const calls = (config: ProfilesConfig, pushers: readonly Peer[] = []): string[] =>
  profilesFlows(config, {
    pushers,
    scrapers: [peer("prometheus", "metrics")],
    readers: [peer("grafana", "metrics")],
  }).map(({ from, to, ports }) => {
    const end = (one: typeof from) => ("name" in one ? one.name : one.kind);
    return `${end(from)} → ${end(to)} ${ports.map(({ port }) => port).join()}`;
  });

describe("who dials whom", () => {
  it("follows the list: who pushes calls Pyroscope, who is asked is called", () => {
    expect(calls(both).sort()).toEqual(
      [
        "miner-10 → pyroscope 4040",
        "grafana → pyroscope 4040",
        "prometheus → pyroscope 4040",
        "profile-scraper → pyroscope 4040",
        "profile-scraper → api-server ",
        "prometheus → profile-scraper 12345",
        "profile-scraper → alertmanager 9093",
      ].sort(),
    );
  });

  it("lets the system's own programs push, whatever the list says", () => {
    expect(
      calls(ProfilesConfig.parse({}), [{ kind: "group", name: "miners", namespace: "net" }]),
    ).toContain("miners → pyroscope 4040");
  });

  it("needs no scraper where nobody is asked", () => {
    expect(calls(pushed).filter((call) => call.includes("profile-scraper"))).toEqual([]);
    expect(profilesWorkloads(pushed).map(({ request }) => request.workload)).toEqual(["pyroscope"]);
  });
});

describe("Pyroscope", () => {
  const workload = pyroscopeWorkload("pyroscope", { ...around, config: both });

  it("writes to its disk and to nothing else of its image", () => {
    const { storage, metastore } = parse(pyroscopeFile("7d")) as {
      storage: { filesystem: { dir: string } };
      metastore: { data_dir: string; raft: { dir: string } };
    };
    const data = workload.container.mounts?.find(({ volume }) => volume === "data")?.path ?? "?";
    for (const folder of [storage.filesystem.dir, metastore.data_dir, metastore.raft.dir]) {
      expect(folder.startsWith(`${data}/`)).toBe(true);
    }
    expect(workload.claims).toEqual([{ name: "data", size: "20Gi" }]);
    expect(workload.update?.strategy).toBe("Recreate");
  });

  it("throws away what is older than it was told, and tells nobody that it runs", () => {
    expect(parse(pyroscopeFile("12h"))).toMatchObject({
      limits: { retention_period: "12h" },
      analytics: { reporting_enabled: false },
    });
  });
});

describe("the scraper", () => {
  const file = scraperFile(scrapeTargets(both), "http://pyroscope.profiles.svc:4040");

  it("looks in the namespaces of those it asks, and chooses them by name and port", () => {
    expect(file).toContain('names = ["metrics"]');
    expect(file).toContain('regex         = "metrics;alertmanager;9093"');
    expect(file).not.toContain("miner-10");
  });

  it("may find pods, and nothing else of the cluster", () => {
    const workload = profileScraperWorkload("profile-scraper", { ...around, config: both });
    expect(workload.clusterRules).toEqual([
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
  });
});

describe("the list", () => {
  const faults = (config: unknown): string[] =>
    (ProfilesConfig.safeParse(config).error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it("names somebody", () => {
    const message = "must list at least one workload: of nobody, nothing is kept";
    const none = ProfilesConfig.parse({});
    expect(profilesFaults(none, [])).toEqual([{ path: ["workloads"], message }]);
    expect(profilesFaults(none, [], true)).toEqual([]);
  });

  it("says how each is profiled", () => {
    expect(faults({ workloads: { a: { namespace: "b" } } })).toEqual([
      "workloads.a.kind: must say kind: push, or scrape",
    ]);
  });

  it("takes no retention without its unit", () => {
    const workloads = { a: { kind: "push", namespace: "b" } };
    expect(faults({ workloads, retention: "7" })).toEqual([
      "retention: must be a time with its unit (h, d, w or y), e.g. 15d or 12h",
    ]);
  });

  it("names workloads of the stack, where they are", () => {
    expect(profilesFaults(both, ["metrics/alertmanager", "other/miner-10"])).toEqual([
      { path: ["workloads", "miner-10", "namespace"], message: "must be other: miner-10 is there" },
    ]);
    expect(profilesFaults(pushed, ["metrics/alertmanager"])).toEqual([
      { path: ["workloads", "miner-10"], message: "is the name of no workload of this stack" },
    ]);
  });
});
