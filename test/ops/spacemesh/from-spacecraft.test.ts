/** A stack file out of the config file and the environment of the tool of old. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fromSpacecraft } from "../../../ops/spacemesh/from-spacecraft/command.ts";
import { readSettings } from "../../../ops/spacemesh/from-spacecraft/read.ts";
import { settings } from "../../../ops/spacemesh/from-spacecraft/settings.ts";
import {
  nodeVersionOf,
  wholeImage,
} from "../../../ops/spacemesh/from-spacecraft/stack-sections.ts";
import { fixGenesis } from "../../../ops/spacemesh/genesis.ts";
import { plainTextSecrets } from "../../../ops/plain-text.ts";
import { parseSections } from "../../../ops/sections.ts";
import { parseStackFile, readStackFile } from "../../../ops/stack-file.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-spacecraft-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const place = {
  "gcp-project": "proj-1",
  "gcp-location": "us-central1",
  "gcp-zone": "us-central1-b",
};

function convert(file: object, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const from = join(root, "artifacts", "devnet", "config.json");
  mkdirSync(join(root, "artifacts", "devnet"), { recursive: true });
  writeFileSync(from, JSON.stringify(file));
  return fromSpacecraft({ root, name: "spacemesh-mine", from, environment });
}
const config = () =>
  readStackFile(root, "spacemesh-mine").config as Record<string, Record<string, never>>;
const written = (): readonly string[] =>
  readdirSync(root).filter((name) => name.startsWith("Pulumi."));

/** Facts/spacemesh.md 1.3: devnet as of the README. */
const devnet = {
  ...place,
  ...{ "network-name": "devnet", miners: 50, poets: 1, "bootnode-amount": 6 },
  ...{ "miner-cpu": "2", "miner-ram": "4", "miner-disk-size": "20" },
  ...{ "poet-cpu": "2", "poet-ram": "4", "poet-disk-size": "20", "poet-gateway-amount": 4 },
  ...{
    "es-replicas": 3,
    "es-cpu": "4",
    "es-memory": "16",
    "es-heap-memory": "4",
    "es-disk-size": "1024",
  },
  ...{ "logs-expiry": 7, "deploy-pyroscope": true, "pyroscope-cpu": "2", "pyroscope-memory": "8" },
  ...{ "prometheus-cpu": "2", "prometheus-memory": "2", metrics: true, "enable-go-debug": true },
  ...{ "enable-slack-alerts": true, "slack-channel-id": "C0123456789" },
  ...{ "go-sm-image": "spacemeshos/go-spacemesh-dev:ca5f408", "restart-wait-time": 3 },
};

describe("the stack file", () => {
  test("says all that devnet's config said, and stands once it has its genesis", async () => {
    await convert(devnet);
    const file = readStackFile(root, "spacemesh-mine");
    const { text } = await fixGenesis(file, new Date("2026-11-22T06:00:00Z"));
    const stack = parseSections(parseStackFile("spacemesh-mine", text));
    if (stack.system !== "spacemesh") {
      throw new Error("is another system's");
    }
    expect(stack.network).toMatchObject({ name: "devnet", phase: "new", bootstrap: true });
    expect(stack.miners).toMatchObject({
      ...{ bootnodes: 6, goDebug: true, jsonApi: true, profiled: [10, 20] },
      resources: { requests: { cpu: "2", memory: "4Gi" }, limits: { cpu: "2", memory: "4Gi" } },
      ...{ disk: { size: "20Gi" }, upgrade: { atOnce: 1, pauseSeconds: 180 } },
      madeAtOnce: 100,
    });
    expect(stack.miners.numbers).toHaveLength(50);
    expect(stack.poets).toMatchObject({ count: 1, gateways: 4, disk: { size: "20Gi" } });
    expect(stack.images.node.image).toBe("docker.io/spacemeshos/go-spacemesh-dev:ca5f408");
    expect(stack.watch?.slack.channel).toBe("C0123456789");
    expect(stack.webServices).toBeUndefined();
    expect(stack.observability.profiles).toBeDefined();
    expect(stack.observability.metrics?.grafana.host).toBe("grafana-devnet.spacemesh.io");
    expect(stack.observability.logs?.families["sm"]?.retention).toBe("7d");
    expect(stack.cluster).toMatchObject({
      ...{ kind: "gke", project: "proj-1", zone: "us-central1-b" },
      // The smallest machine that a member of two CPUs has room on, for nobody else.
      pools: { bootnodes: { type: "e2-standard-4", taints: [{ key: "fleet/slot" }] } },
    });
  });

  test("of nothing but a place is mininet's", async () => {
    const told = await convert(place);
    expect(config()["fleet:network"]).toMatchObject({
      name: "mininet",
      genesis: { delayMinutes: 10 },
      node: {
        version: "v0.2.17",
        config: {
          p2p: { "network-id": 205 },
          main: { "layer-duration-sec": 200, "layers-per-epoch": 6 },
        },
      },
    });
    expect(config()["fleet:miners"]).toMatchObject({ numbers: ["1-10"], bootnodes: 6 });
    // Nobody writes records without a token.
    expect(config()["fleet:dns"]).toEqual({ kind: "none", zones: ["spacemesh.io"] });
    expect(told).toContain("make genesis STACK=spacemesh-mine");
  });

  test.each(["v0.2.18", "v0.2.20", "v1.7.10"])("stands with a node of %s, too", async (tag) => {
    await convert({ ...place, "go-sm-image": `spacemeshos/go-spacemesh:${tag}` });
    const now = new Date("2026-11-22T06:00:00Z");
    await fixGenesis(readStackFile(root, "spacemesh-mine"), now);
  });

  test("has the node's own config where one is named, looked for above the config file", async () => {
    const template = {
      main: { "layer-duration-sec": 120, "layers-per-epoch": 60 },
      p2p: { "network-id": 227 },
    };
    mkdirSync(join(root, "artifacts", "devnet", "miner"), { recursive: true });
    writeFileSync(
      join(root, "artifacts", "devnet", "miner", "config.json"),
      JSON.stringify(template),
    );
    await convert({ ...place, "go-sm-config": "./artifacts/devnet/miner/config.json" });
    expect(config()["fleet:network"]).toMatchObject({ node: { template } });
  });

  test("of a network without a bootstrap node has the other's bootnodes and config, and no genesis of its own", async () => {
    const bootnodes = [
      "/ip4/203.0.113.7/tcp/5002/p2p/12D3KooWGC6ckmAb2KhMPTLWJVvXZ9mjDGSDkkKxRTwAGbyZsLM2",
    ];
    const parent = {
      main: {
        "genesis-time": "2026-10-01T00:00:00Z",
        "genesis-active-size": 10,
        "layer-duration-sec": 200,
        "layers-per-epoch": 6,
      },
      p2p: { "network-id": 205, bootnodes },
    };
    writeFileSync(join(root, "parent.json"), JSON.stringify(parent));
    const told = await convert({ ...place, bootstrap: false, "miner-go-sm-config": "parent.json" });
    expect(config()["fleet:network"]).toMatchObject({
      bootstrap: false,
      extends: { bootnodes, config: parent },
    });
    expect(config()["fleet:network"]).not.toHaveProperty("genesis");
    expect(told).not.toContain("make genesis");
    expect(() => parseSections(readStackFile(root, "spacemesh-mine"))).not.toThrow();
  });

  test("is never written over, in whatever case of letters", async () => {
    writeFileSync(join(root, "Pulumi.Spacemesh-Mine.yaml"), "mine");
    await expect(convert(place)).rejects.toThrow(/exists already/);
    expect(written()).toEqual(["Pulumi.Spacemesh-Mine.yaml"]);
  });
});

describe("secrets", () => {
  const values = {
    "slack-token": "xoxb-1234567890-abcdefghij",
    "cloudflare-api-token": "cf-ABCDEFGHIJ1234567890",
    "github-token": "ghp_abcdefghijklmnopqrstu",
  };

  test("are neither in the stack file nor in what is said; where they stand in the clear is", async () => {
    const told = await convert({ ...devnet, ...values });
    const text = readFileSync(join(root, "Pulumi.spacemesh-mine.yaml"), "utf8");
    for (const value of Object.values(values)) {
      expect(text + told).not.toContain(value);
    }
    expect(plainTextSecrets(text)).toEqual([]);
    expect(told).toMatch(
      /slack-token, cloudflare-api-token, github-token stand in the clear in .*config\.json/,
    );
    expect(told).toContain("CLOUDFLARE_API_TOKEN");
    expect(told).toContain("GITHUB_TOKEN");
    expect(config()["fleet:dns"]).toMatchObject({ kind: "cloudflare" });
  });

  test("reach make keys by the command that is told, out of the environment, the config file and the certificate's files", async () => {
    const folder = join(root, "it's here");
    mkdirSync(folder);
    const [crt, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
    writeFileSync(crt, "CERTIFICATE\n");
    writeFileSync(key, "KEY\n");
    const environment = { SPACECRAFT_TLS_CRT: crt, SPACECRAFT_TLS_KEY: key };
    const told = await convert({ ...devnet, "slack-token": values["slack-token"] }, environment);
    const [, step = ""] =
      /take over what is there: (node -e .*) \| make keys STACK=spacemesh-mine TARGET=live IMPORT=-/.exec(
        told,
      ) ?? [];
    const { execFileSync } = await import("node:child_process");
    const imported = JSON.parse(execFileSync("sh", ["-c", step], { encoding: "utf8" })) as unknown;
    expect(imported).toEqual({ slack: values["slack-token"], tls: "CERTIFICATE\nKEY\n" });
    // SPACECRAFT_TLS_CRT had no effect once; here web services come of it.
    expect(config()["fleet:webServices"]).toBeDefined();
  });
});

describe("what is read", () => {
  test("is the environment before the file, and said so", () => {
    const { notes, settings: read } = readSettings(
      { miners: 5, poets: "2" },
      { SPACECRAFT_MINERS: "7", SPACECRAFT_POETS: "" },
    );
    expect([read.whole("miners"), read.whole("poets")]).toEqual([7, 2]);
    expect(notes).toEqual(["SPACECRAFT_MINERS outranks miners of the file"]);
  });

  test("is told of where it is no setting, or one without a counterpart", () => {
    const { notes } = readSettings(
      { mienrs: 5, "chaos-mesh": true, private: false },
      { SPACECRAFT_NONSENSE_HERE: "1" },
    );
    expect(notes).toEqual([
      "mienrs is no setting of go-spacecraft, and was left out: is miners meant?",
      "chaos-mesh: Chaos Mesh is not deployed here",
      "SPACECRAFT_NONSENSE_HERE is no setting of go-spacecraft, and was left out",
    ]);
  });

  test("knows the certificate by both of its names, and one at a time", () => {
    expect(readSettings({ "tls-cert": "a.crt" }, {}).settings.text("tls-crt")).toBe("a.crt");
    expect(() => readSettings({ "tls-cert": "a.crt", "tls-crt": "b.crt" }, {})).toThrow(
      /stands there twice/,
    );
  });

  test.each([
    [{ miners: "ten" }, "miners must be a whole number"],
    [{ "miner-ram": "2Gi" }, "miner-ram must be whole gibibytes without a unit"],
    [{ "miner-cpu": "fast" }, "miner-cpu must be CPUs"],
    [{ bootstrap: "maybe" }, "bootstrap must be true or false"],
    [{ "slack-token": { no: "text" } }, "slack-token must be a text"],
    [["a list"], "must be the config file of go-spacecraft"],
  ])("%j is a fault", (file, message) => {
    expect(() => readSettings(file, {})).toThrow(message);
  });

  test("has all faults told at once", () => {
    expect(() => readSettings({ miners: "x", poets: "y" }, {})).toThrow(
      /miners must.*\n.*poets must/,
    );
  });
});

describe("nothing is written", () => {
  test.each([
    ["without a place", {}, /gcp-project \(or SPACECRAFT_GCP_PROJECT\), gcp-location .*, gcp-zone/],
    [
      "without a channel for the watch",
      { ...place, "enable-slack-alerts": true },
      /slack-channel-id/,
    ],
    [
      "where a named file is missing",
      { ...place, "go-sm-config": "no/such.json" },
      /go-sm-config: .*no\/such\.json cannot be read/,
    ],
    [
      "where more gateways are asked for than there are miners",
      { ...place, "poet-gateway-amount": 40 },
      /gateways/,
    ],
    ["of a name that is no DNS label", { ...place, "network-name": "My_Net" }, /network\.name/],
    [
      "of a machine that is not known",
      { ...place, "gcp-machine-type": "z9-huge-1" },
      /machine types/,
    ],
  ])("%s", async (_, file, message) => {
    await expect(convert(file)).rejects.toThrow(message);
    expect(written()).toEqual([]);
  });
});

test.each([
  ["spacemeshos/go-spacemesh-dev:38056f5", "v0.2.17"],
  ["spacemeshos/go-spacemesh-dev:d298a63", "v0.2.17"],
  ["spacemeshos/go-spacemesh:v0.2.18", "v0.2.18"],
  ["spacemeshos/go-spacemesh:v0.2.19-beta.1", "v0.2.18"],
  ["spacemeshos/go-spacemesh:v0.3.4", "v0.2.20"],
  ["spacemeshos/go-spacemesh:v1.7.10", "v1.0"],
  ["spacemeshos/go-spacemesh", "v0.2.17"],
])("%s is told what %s is told", (image, version) => {
  expect(nodeVersionOf(image)).toBe(version);
});

test.each([
  ["spacemeshos/poet:develop", "docker.io/spacemeshos/poet:develop"],
  ["nginx", "docker.io/library/nginx:latest"],
  ["registry.example:5000/a/b:1", "registry.example:5000/a/b:1"],
  ["ghcr.io/a/b", "ghcr.io/a/b:latest"],
])("%s is %s", (image, whole) => {
  expect(wholeImage(image)).toBe(whole);
});

test("every default is what its own kind takes", () => {
  const all = Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, setting.default]),
  );
  expect(() => readSettings(all, {})).not.toThrow();
});
