/**
 * The daemons beside the services (facts/skywire.md 4.12): none by default; each with a key, a file
 * and calls of its own. Proves what is asked of the cluster, not that the programs run in it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import {
  type DaemonKind,
  daemonKinds,
  daemonTraits,
} from "../../components/skywire/daemon-kinds.ts";
import { daemonArguments } from "../../components/skywire/commands.ts";
import { daemonVisorFile, transportSetupFile } from "../../components/skywire/files.ts";
import { imagesOfStack, imageUses } from "../../stacks/skywire/images.ts";
import { findFaults } from "../../stacks/skywire/rules.ts";
import { stackWorkloads } from "../../stacks/skywire/requests.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { flowsOfStack } from "../../stacks/skywire/shape.ts";
import { allDaemons, renderDaemons } from "./all-daemons.ts";
import { behind, dialledBy, mayCall, mayLeave, type Pods, podsOf } from "./reachability.ts";
import { type Change, changed, faults } from "./stack-file.ts";
import { visorUrls } from "./visor-urls.ts";

const parse = (...changes: Change[]): SkywireStack =>
  SkywireStack.parse(changed("test", ...changes));
const withAll = (...changes: Change[]): SkywireStack => parse(allDaemons, ...changes);
const one = (name: string, daemon: object): Change => ["services/daemons", { [name]: daemon }];

const visors = daemonKinds.filter((kind) => daemonTraits[kind].visor);

describe("by default", () => {
  it("there are none, in test and in production", () => {
    expect(parse().services.daemons).toEqual({});
    expect(SkywireStack.parse(changed("prod")).services.daemons).toEqual({});
  });
});

describe("files", () => {
  const publicKey = `02${"c".repeat(64)}`;
  const secretKey = "d".repeat(64);
  const file = {
    publicKey,
    secretKey,
    urls: visorUrls,
    setupNodes: [publicKey],
    stunServers: ["192.0.2.1:3478"],
    localPath: "/var/lib/daemon/local",
  };
  const read = (text: string) => JSON.parse(text) as Record<string, unknown>;

  it("of a visor tell the setup-nodes under the names of 2023 and of 2024", () => {
    expect(read(daemonVisorFile(file, []))).toMatchObject({
      pk: publicKey,
      sk: secretKey,
      routing: { setup_nodes: [publicKey], route_setup_nodes: [publicKey] },
      dmsg: { discovery: "http://dmsgd.skywire.dev" },
      launcher: { apps: [], bin_path: "/apps" },
      is_public: false,
    });
  });

  it.each([
    ["vpn-monitor", "vpn-client", 43],
    ["skysocks-monitor", "skysocks-client", 13],
  ] as const)("of the %s name its image's %s", (kind, name, port) => {
    expect(read(daemonVisorFile(file, daemonTraits[kind].apps))["launcher"]).toMatchObject({
      apps: [{ name, binary: name, auto_start: false, port }],
    });
  });

  it("of a transport-setup hold its identity, port and the way to dmsg", () => {
    const dmsgDiscoveryUrl = "http://dmsg-discovery.skywire.svc:9090";
    expect(read(transportSetupFile({ publicKey, secretKey, dmsgDiscoveryUrl }))).toEqual({
      public_key: publicKey,
      secret_key: secretKey,
      port: 8080,
      dmsg: { discovery: dmsgDiscoveryUrl, sessions_count: 1, servers: [] },
    });
  });
});

describe("arguments", () => {
  it.each(visors)("of the %s are those of 2023 and 2024, with no metrics flag", (kind) => {
    const args = daemonArguments(kind, "/var/lib/daemon/config.json", undefined);
    expect(args.filter((_, index) => index % 2 === 0)).toEqual(["--addr", "--config"]);
  });

  it("of the liveness-checker name its store, those of a transport-setup its file alone", () => {
    expect(daemonArguments("liveness-checker", "/c.json", "redis://r:6379")).toEqual([
      ...["--addr", ":9081", "--config", "/c.json", "--redis", "redis://r:6379"],
    ]);
    expect(daemonArguments("transport-setup", "/c.json", undefined)).toEqual([
      "--config",
      "/c.json",
    ]);
  });

  it("take no file that does not end in .json", () => {
    expect(() => daemonArguments("vpn-monitor", "/c", undefined)).toThrow(/must end in .json/);
  });
});

interface Pod {
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly workingDir?: string;
    readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
    readonly livenessProbe: object;
    readonly ports: readonly object[];
    readonly securityContext: object;
  }[];
  readonly initContainers?: readonly { readonly command: readonly string[] }[];
  readonly securityContext: { readonly runAsUser?: number };
}

interface Deployment {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly replicas: number;
    readonly strategy: { readonly type: string };
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: Pod;
    };
  };
}

describe.each(["test", "prod"] as const)("all of them in %s", (stack) => {
  let rendered: Awaited<ReturnType<typeof renderDaemons>>;
  let pods: readonly Pods[];
  beforeAll(async () => {
    rendered = await renderDaemons(stack);
    pods = podsOf(rendered.collected);
  });

  const podsNamed = (name: string): Pods => {
    const found = pods.find((each) => each.name === name);
    expect(found, name).toBeDefined();
    return found as Pods;
  };
  const deployment = (name: string): Deployment => {
    const found = rendered.world.objects.find(
      ({ kind, metadata }) => kind === "Deployment" && metadata.name === name,
    );
    expect(found, name).toBeDefined();
    return found as unknown as Deployment;
  };
  const main = (name: string) => {
    const [container] = deployment(name).spec.template.spec.containers;
    expect(container).toBeDefined();
    return container as Pod["containers"][number];
  };
  const publicKeys = () =>
    (rendered.collected.result as { publicKeys: Record<string, string> }).publicKeys;
  const whitelist = (service: string): string[] => {
    const args = podsNamed(service).containers.flatMap((container) => container.args ?? []);
    const index = args.indexOf("--whitelist-keys");
    return index < 0 ? [] : (args[index + 1] ?? "").split(",");
  };

  it.each(daemonKinds)("the %s is one pod that is stopped before the next starts (2.5)", (kind) => {
    const { replicas, strategy } = deployment(kind).spec;
    expect([replicas, strategy.type]).toEqual([1, "Recreate"]);
  });

  it("none has a Service, and none is scraped: they have no metrics", () => {
    for (const kind of daemonKinds) {
      const { annotations } = deployment(kind).spec.template.metadata;
      expect(annotations?.["fleet/metrics-port"], kind).toBeUndefined();
    }
    const services = rendered.world.objects.filter(
      ({ kind, metadata }) =>
        kind === "Service" && (daemonKinds as readonly string[]).includes(metadata.name),
    );
    expect(services).toEqual([]);
  });

  it.each(visors)("the %s may write its config, and logs below where it starts", (kind) => {
    const [copy] = deployment(kind).spec.template.spec.initContainers ?? [];
    const [shell, flag, script = ""] = copy?.command ?? [];
    expect([shell, flag]).toEqual(["sh", "-c"]);
    const folder = mkdtempSync(join(tmpdir(), "fleet-daemon-"));
    try {
      const [seed, state] = ["seed", "state"].map((name) => join(folder, name)) as [string, string];
      mkdirSync(seed);
      mkdirSync(state);
      // As Secrets are mounted: nobody may write.
      writeFileSync(join(seed, "config.json"), "{}\n", { mode: 0o440 });
      const here = script.replaceAll("/etc/daemon", seed).replaceAll("/var/lib/daemon", state);
      execFileSync("sh", ["-c", here]);
      expect(readFileSync(join(state, "config.json"), "utf8")).toBe("{}\n");
      expect(statSync(join(state, "config.json")).mode & 0o777).toBe(0o600);
      expect(statSync(join(state, "local", "transport_logs")).mode & 0o777).toBe(0o700);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const container = main(kind);
    expect(container.args).toContain("/var/lib/daemon/config.json");
    expect(container.workingDir).toBe("/var/lib/daemon");
    expect(
      container.volumeMounts.find(({ mountPath }) => mountPath === "/var/lib/daemon")?.readOnly,
    ).not.toBe(true);
    expect(container.livenessProbe).toMatchObject({ httpGet: { path: "/health", port: "http" } });
  });

  it("the transport-setup reads its file where it is mounted, and is asked whether it listens", () => {
    const container = main("transport-setup");
    expect(container.args).toEqual(["--config", "/etc/daemon/config.json"]);
    expect(container.livenessProbe).toMatchObject({ tcpSocket: { port: "http" } });
    expect(deployment("transport-setup").spec.template.spec.initContainers).toBeUndefined();
  });

  it("the vpn-monitor alone has rights on its node, in the network-monitor's namespace", () => {
    for (const kind of daemonKinds) {
      const device = kind === "vpn-monitor";
      expect(deployment(kind).metadata.namespace).toBe(
        device ? "skywire-network-monitor" : "skywire",
      );
      expect(JSON.stringify(main(kind).securityContext).includes("NET_ADMIN"), kind).toBe(device);
    }
  });

  it("each carries its own key, which no other pod has", () => {
    const files = rendered.secrets;
    for (const kind of daemonKinds) {
      const key = files.get(kind) ?? "no key was asked for";
      const holders = pods.filter((each) => each.files.some((text) => text.includes(key)));
      expect(holders.map(({ name }) => name)).toEqual([kind]);
    }
    expect(new Set(Object.values(publicKeys())).size).toBe(Object.keys(publicKeys()).length);
    expect(Object.keys(publicKeys())).toEqual(expect.arrayContaining([...daemonKinds]));
  });

  it("each service that is cleaned knows the keys of its own cleaners, and of no other daemon", () => {
    const keys = publicKeys();
    const named = (...names: string[]) => names.map((name) => keys[name]);
    expect(whitelist("dmsg-discovery")).toEqual(named("network-monitor", "dmsg-monitor"));
    expect(whitelist("address-resolver")).toEqual(named("network-monitor"));
    expect(whitelist("service-discovery")).toEqual(
      named("network-monitor", "public-visor-monitor", "skysocks-monitor", "vpn-monitor"),
    );
    expect(whitelist("transport-discovery")).toEqual(named("network-monitor", "tpd-monitor"));
  });

  it("visors are told who may set up their transports", () => {
    const file = podsNamed("config-bootstrapper").files.join();
    expect(JSON.parse(file)).toMatchObject({
      transport_setup: [publicKeys()["transport-setup"]],
    });
  });

  it("each may dial every address it is told, on both ends", () => {
    for (const kind of daemonKinds) {
      const dialled = dialledBy(podsNamed(kind));
      expect(dialled.length, kind).toBeGreaterThan(0);
      for (const { from, host, port } of dialled) {
        const what = `${kind} → ${host}:${port}`;
        if (host.endsWith(".svc")) {
          const targets = behind(rendered.collected, host, port);
          expect(targets, what).not.toEqual([]);
          for (const [target, targetPort] of targets) {
            expect(mayCall(rendered.collected, from, target, targetPort), what).toBe(true);
          }
        } else {
          expect(mayLeave(rendered.collected, from, port), what).toBe(true);
        }
      }
    }
  });
});

describe("the flow table", () => {
  const table = flowsOfStack(withAll());
  const of = (name: string) =>
    table.filter(({ from }) => from.kind === "workload" && from.name === name);

  it("lets nobody call a daemon", () => {
    const called = table.filter(
      ({ to }) => to.kind === "workload" && (daemonKinds as readonly string[]).includes(to.name),
    );
    expect(called).toEqual([]);
  });

  it("lets the Redis of the liveness-checker be called by it alone", () => {
    const callers = table.filter(
      ({ to }) => to.kind === "workload" && to.name === "redis-liveness-checker",
    );
    expect(callers.map(({ from }) => from)).toEqual([
      { kind: "workload", name: "liveness-checker", namespace: "skywire" },
    ]);
  });

  it.each(visors)("lets the visor of the %s out on every port", (kind) => {
    expect(of(kind)).toContainEqual(
      expect.objectContaining({ to: { kind: "internet" }, ports: [] }),
    );
  });

  it("lets a transport-setup out to dmsg-servers alone", () => {
    const ports = of("transport-setup").flatMap((flow) =>
      flow.to.kind === "internet" ? flow.ports.map(({ port }) => port) : [],
    );
    expect(ports).toEqual([30_080]);
    expect(of("transport-setup").every((flow) => flow.ports.length > 0)).toBe(true);
  });
});

describe("images", () => {
  it("are private, and asked for where the daemon runs", () => {
    expect(imagesOfStack(parse())).not.toContain("vpn-monitor");
    const uses = imageUses(withAll());
    for (const kind of daemonKinds) {
      expect(imagesOfStack(withAll())).toContain(kind);
      expect(uses.find(({ path }) => path[2] === kind)).toMatchObject({
        reference: `docker.io/skycoinpro/${kind}:test`,
        login: "skycoinpro-registry",
      });
    }
    expect(uses.map(({ path }) => path.join("."))).toContain(
      "services.daemons.liveness-checker.redis.image",
    );
  });

  it("of a kind are those of every daemon of that kind, whatever its name", () => {
    const stack = parse(one("exits", { kind: "vpn-monitor" }));
    expect(imagesOfStack(stack)).toContain("vpn-monitor");
    expect(imagesOfStack(stack)).not.toContain("dmsg-monitor");
  });
});

describe("capacity", () => {
  it("counts each daemon and the one store, at its own place in the file", () => {
    const asked = stackWorkloads(withAll()).filter(({ path }) => path[1] === "daemons");
    expect(asked.map(({ path }) => path.slice(2).join("/")).sort()).toEqual(
      [...daemonKinds, "liveness-checker/redis"].sort(),
    );
  });

  it("refuses one that finds no room", () => {
    const huge = {
      kind: "dmsg-monitor",
      resources: { requests: { cpu: "100", memory: "1Gi" }, limits: { memory: "1Gi" } },
    };
    expect(faults(changed("test", one("huge", huge)))).toEqual([
      expect.stringMatching(/^services\/daemons\/huge: huge asks for 1 × 100 CPU/),
    ]);
  });
});

describe("bad input", () => {
  const key = (name: string, kind: DaemonKind = "vpn-monitor") => ({ kind, key: name });

  it.each<[string, Change[], RegExp]>([
    [
      "a kind that there is not",
      [one("a", { kind: "visor-monitor" })],
      /^services\/daemons\/a\/kind: .*must say kind: dmsg-monitor, liveness-checker/,
    ],
    ["no kind", [one("a", {})], /^services\/daemons\/a\/kind: .*must say kind/],
    [
      "two replicas",
      [one("a", { kind: "vpn-monitor", replicas: 2 })],
      /^services\/daemons\/a\/replicas: must be 1: its one key may be live in one process only/,
    ],
    [
      "a store where none is kept",
      [one("a", { kind: "vpn-monitor", redis: { kind: "builtin" } })],
      /^services\/daemons\/a: .*redis/,
    ],
    [
      "two of one kind with the kind's own key",
      [["services/daemons", { a: { kind: "vpn-monitor" }, b: { kind: "vpn-monitor" } }]],
      /^services\/daemons\/b\/key: key vpn-monitor already stands at .*daemons\.a\.key: one key, one live process/,
    ],
    [
      "the network-monitor's key",
      [one("a", key("network-monitor"))],
      /^services\/daemons\/a\/key: key network-monitor already stands at .*one live process/,
    ],
    [
      "the name of a service of the same namespace",
      [one("route-finder", { kind: "dmsg-monitor" })],
      /^services\/daemons\/route-finder: workload skywire\/route-finder already stands at/,
    ],
    [
      "the name of a service of the other namespace, for whose key its own would pass",
      [one("route-finder", { kind: "vpn-monitor" })],
      /^services\/daemons\/route-finder: is the name of fleet:services\.route-finder, too/,
    ],
    [
      "a store at a private address",
      [
        one("a", {
          kind: "liveness-checker",
          redis: { kind: "external", host: "10.0.0.7", password: "redis-liveness-checker" },
        }),
      ],
      /^services\/daemons\/a\/redis\/host: 10\.0\.0\.7 is a private address/,
    ],
    [
      "a store on a slot that is not there",
      [
        one("a", {
          kind: "liveness-checker",
          redis: {
            kind: "builtin",
            password: "p",
            placement: { slot: 99 },
            backup: { kind: "none" },
          },
        }),
      ],
      /^services\/daemons\/a\/redis\/placement\/slot: /,
    ],
  ])("finds %s", (_what, changes, message) => {
    expect(faults(changed("test", ...changes))).toEqual([expect.stringMatching(message)]);
  });

  it("is not every kind at once", () => {
    expect(findFaults(withAll())).toEqual([]);
  });
});
