import { parse } from "yaml";
import { describe, expect, it } from "vitest";

import { configValues, parseStackFile, sandboxConfig } from "../../sandbox/config.ts";
import { decrypt, type PassphraseKey } from "../../sandbox/encryption.ts";
import { asRawConfig } from "../../stacks/raw.ts";

const key: PassphraseKey = { saltLine: "v1:salt:v1:nonce:check", key: Buffer.alloc(32, 7) };

const live = `# The stack's own comment.

secretsprovider: gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k
encryptedkey: bGl2ZQ==
encryptionsalt: v1:live:v1:live:live
config:
  pulumi:disable-default-providers: ["*"]
  fleet:system: skywire # which one
  fleet:secrets:
    password: { secure: v1:live:live }
    only-live: { secure: v1:live:live }
  fleet:services:
    dmsg-servers: { count: 1, ratio: 0.5, on: true }
`;

/** What is written, as the engine would read it. */
interface Written {
  readonly config: Readonly<Record<string, unknown>>;
  readonly [setting: string]: unknown;
}

const written = (text: string, secrets: ReadonlyMap<string, string> = new Map()): Written =>
  parse(sandboxConfig(text, "Pulumi.test.yaml", secrets, key)) as Written;

describe("the generated config file", () => {
  it("has throw-away encryption in the place of the live one", () => {
    const { secretsprovider, encryptedkey, encryptionsalt } = written(live);
    expect({ secretsprovider, encryptedkey, encryptionsalt }).toEqual({
      secretsprovider: undefined,
      encryptedkey: undefined,
      encryptionsalt: key.saltLine,
    });
  });

  it("has throw-away secrets in the place of the live ones, encrypted", () => {
    const { config } = written(live, new Map([["password", "throw-away"]]));
    const secrets = config["fleet:secrets"] as Record<string, { secure: string }>;
    expect(Object.keys(secrets)).toEqual(["password"]);
    expect(decrypt(key.key, secrets["password"]?.secure ?? "")).toBe("throw-away");
    expect(sandboxConfig(live, "x", new Map([["p", "throw-away"]]), key)).not.toContain(
      "throw-away",
    );
  });

  it("is the same text again for the same config: it stands in the state of a stack that rolls back", () => {
    const secrets = new Map([
      ["password", "throw-away"],
      ["token", "other"],
    ]);
    const first = sandboxConfig(live, "x", secrets, key);
    expect(sandboxConfig(live, "x", secrets, key, first)).toBe(first);
    const changed = new Map([...secrets, ["token", "new"]]);
    const second = parse(sandboxConfig(live, "x", changed, key, first)) as Written;
    const sealed = ({ config }: Written): Record<string, { secure: string }> =>
      config["fleet:secrets"] as Record<string, { secure: string }>;
    expect(sealed(second)["password"]).toEqual(sealed(parse(first) as Written)["password"]);
    expect(decrypt(key.key, sealed(second)["token"]?.secure ?? "")).toBe("new");
    // A file of another key, or a torn one, is no obstacle.
    const other = { ...key, key: Buffer.alloc(32, 8) };
    expect(sandboxConfig(live, "x", secrets, other, first)).not.toBe(first);
    expect(sandboxConfig(live, "x", secrets, key, "config: {")).toContain("fleet:sandbox: true");
  });

  it("keeps everything else, comments included, and says that it is a sandbox's", () => {
    const text = sandboxConfig(live, "Pulumi.test.yaml", new Map(), key);
    expect(text).toContain("# The stack's own comment.");
    expect(text).toContain("fleet:system: skywire # which one");
    const { config } = written(live);
    expect(config).toMatchObject({
      "pulumi:disable-default-providers": ["*"],
      "fleet:sandbox": true,
      "fleet:services": { "dmsg-servers": { count: 1, ratio: 0.5, on: true } },
    });
  });

  it("has a network's pauses shortened, and no shorter one made longer", () => {
    const pauseOf = (upgrade: string): unknown => {
      const text = `config:\n  fleet:system: spacemesh\n  fleet:miners: { numbers: ["1-10"]${upgrade} }\n`;
      return written(text).config["fleet:miners"];
    };
    expect(pauseOf("")).toEqual({ numbers: ["1-10"], upgrade: { pauseSeconds: 1 } });
    expect(pauseOf(", upgrade: { atOnce: 3, pauseSeconds: 120 }")).toMatchObject({
      upgrade: { atOnce: 3, pauseSeconds: 1 },
    });
    expect(pauseOf(", upgrade: { pauseSeconds: 0 }")).toMatchObject({
      upgrade: { pauseSeconds: 0 },
    });
  });

  it("is made of a file without secrets, and of one without config", () => {
    const secrets = new Map([["a", "b"]]);
    for (const text of ["config:\n  fleet:system: skywire\n", "{}\n"]) {
      expect(Object.keys(written(text, secrets).config["fleet:secrets"] as object)).toEqual(["a"]);
    }
  });

  it("refuses a value that is encrypted elsewhere: its key is not here", () => {
    const text = "config:\n  fleet:services:\n    list: [{ token: { secure: v1:x:y } }]\n";
    expect(() => written(text)).toThrow(
      /Pulumi\.test\.yaml holds an encrypted value at fleet:services\.list\.token: secrets stand in fleet:secrets only/,
    );
  });

  it("takes a map for encrypted as the engine does: where secure is all that it says", () => {
    const text = "config:\n  fleet:services: { token: { secure: yes, port: 1 } }\n";
    expect(written(text).config["fleet:services"]).toEqual({ token: { secure: "yes", port: 1 } });
  });

  it("has cert-manager's chart from this machine, where the stack has one of a registry", () => {
    const take = (kind: string, chart?: string): unknown => {
      const text = `config:\n  fleet:certificates: { certManager: { kind: ${kind} } }\n`;
      const made = sandboxConfig(text, "x", new Map(), key, undefined, chart);
      return (parse(made) as Written).config["fleet:certificates"];
    };
    expect(take("chart", "/charts/c")).toEqual({
      certManager: { kind: "chart", source: "/charts/c" },
    });
    expect(take("chart")).toEqual({ certManager: { kind: "chart" } });
    expect(take("preinstalled", "/charts/c")).toEqual({ certManager: { kind: "preinstalled" } });
  });

  it("names the line of a YAML fault and nothing that stands there", () => {
    const text = "config:\n  fleet:secrets: { a: hunter2\n  b: c\n";
    expect(() => written(text)).toThrow(/^Pulumi\.test\.yaml:\d+ is no valid YAML \([a-z ,]+\)$/);
    expect(() => written("- a\n")).toThrow(/must be a map/);
    expect(() => written("config: [hunter2]\n")).toThrow(/config must be a map: fleet:<section>/);
  });

  it("refuses a section that stands outside config, which the engine would pass over", () => {
    const text = "config:\n  fleet:system: voting\nfleet:hosts: { vote: vote.example.org }\n";
    expect(() => written(text)).toThrow(
      /^Pulumi\.test\.yaml: fleet:hosts must stand under config: .*\n {2}to mend: indent it/,
    );
  });

  it("says that an anchor is missing, and not which: it may be a secret", () => {
    const broken = parseStackFile("config:\n  fleet:a: *hunter2\n", "x");
    expect(() => configValues(broken)).toThrow(/^the stack file's YAML anchors cannot be resolved/);
  });
});

describe("config as the engine hands it over", () => {
  it("is text for scalars and JSON for everything else, without secrets", () => {
    const values = configValues(parseStackFile(live, "Pulumi.test.yaml"));
    expect(asRawConfig(values)).toEqual({
      "pulumi:disable-default-providers": '["*"]',
      "fleet:system": "skywire",
      "fleet:services": '{"dmsg-servers":{"count":1,"ratio":0.5,"on":true}}',
    });
  });

  it("is without what make up alone writes, and none at all where a file has none", () => {
    const of = (text: string) => configValues(parseStackFile(text, "Pulumi.test.yaml"));
    expect(of("config:\n  fleet:sandbox: true\n  fleet:system: fxa\n")).toEqual({
      "fleet:system": "fxa",
    });
    expect(of("{}\n")).toEqual({});
    expect(of("config:\n")).toEqual({});
  });

  // The engine merges them: unmerged, the sandbox would check another config than the one that runs.
  it("resolves YAML merge keys as the engine does", () => {
    const text = "config:\n  fleet:a: &base { cpu: one }\n  fleet:b: { <<: *base, memory: two }\n";
    expect(asRawConfig(configValues(parseStackFile(text, "Pulumi.test.yaml")))).toEqual({
      "fleet:a": '{"cpu":"one"}',
      "fleet:b": '{"cpu":"one","memory":"two"}',
    });
  });
});
