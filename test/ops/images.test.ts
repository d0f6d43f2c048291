/**
 * `make images` against a registry on this machine: digests as they are, the faults that a registry
 * has, and a change of the stack file that touches nothing else.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { findDigests, type ImagesRequest } from "../../ops/images/command.ts";
import { addressOf, resolveDigest } from "../../ops/images/registry.ts";
import { RegistryFault } from "../../ops/images/registry-fault.ts";
import { parseImage } from "../../components/base/images.ts";
import { readLogin } from "../../components/base/secrets.ts";
import { authorization } from "../../ops/images/registry-token.ts";
import { rollingWorkloads } from "../../ops/images/rolls.ts";
import { stackImages } from "../../ops/images/stack-images.ts";
import { withValues, writeStackFile } from "../../ops/images/write.ts";
import { parseSections } from "../../ops/sections.ts";
import { parseStackFile, readStackFile, type StackFile } from "../../ops/stack-file.ts";
import { asRawConfig } from "../../stacks/raw.ts";
import { unpinnedFault } from "../../stacks/skywire/images.ts";
import { freePorts } from "../data/programs.ts";
import { clone, type Rendered, renderConfig } from "../rendered.ts";
import { RegistryServer } from "./registry-server.ts";

const textOf = (stack: string): string => readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8");
const prod = parseStackFile("prod", textOf("prod"));

let registry: RegistryServer;
beforeEach(async () => {
  registry = new RegistryServer();
  await registry.start();
});
afterEach(async () => {
  await registry.stop();
});

const amd64 = { platforms: ["linux/amd64"] };
const at = (tag: string): string => `${registry.host}/${tag}`;
// No answer here is late: a limit that is not reached costs nothing.
const anonymous = { login: undefined, timeoutMilliseconds: 60_000 };

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => "no fault",
    (found: unknown) => found,
  );
  expect(error).toBeInstanceOf(RegistryFault);
  const { message, mend } = error as RegistryFault;
  return `${message}; ${mend}`;
}

describe("a registry", () => {
  it("gives the digest of a public tag to nobody in particular", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const digest = await resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous);
    expect(digest).toBe(registry.digest("skycoin/dmsg-server:latest"));
  });

  it("gives the digest of an index, whichever of its images fits", async () => {
    const platforms = ["linux/arm64", "linux/amd64", "unknown/unknown"];
    registry.tags.set("library/redis:7", { platforms });
    expect(await resolveDigest(at("library/redis:7"), undefined, anonymous)).toBe(
      registry.digest("library/redis:7"),
    );
  });

  it("opens a private repository to its login", async () => {
    registry.tags.set("skycoinpro/setup-node:latest", amd64);
    registry.private.add("skycoinpro/setup-node");
    const login = readLogin(registry.login);
    expect(await resolveDigest(at("skycoinpro/setup-node:latest"), undefined, { login })).toBe(
      registry.digest("skycoinpro/setup-node:latest"),
    );
  });

  it("is asked for no content where the digest is known: Docker Hub counts that as no pull", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const known = registry.digest("skycoin/dmsg-server:latest");
    await resolveDigest(at("skycoin/dmsg-server:latest"), known, anonymous);
    expect(registry.asked.filter((line) => line.startsWith("GET /v2/skycoin"))).toEqual([]);
  });

  it("that lacks the tag is told so", async () => {
    registry.tags.set("skycoin/dmsg-server:test", amd64);
    expect(
      await faultOf(resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous)),
    ).toMatch(/dmsg-server has no latest; push that tag/);
  });

  it("that keeps a repository to itself is told so, with and without a login", async () => {
    registry.tags.set("skycoinpro/setup-node:latest", amd64);
    registry.private.add("skycoinpro/setup-node");
    const image = at("skycoinpro/setup-node:latest");
    expect(await faultOf(resolveDigest(image, undefined, anonymous))).toMatch(
      /does not let strangers read it; .*import its login/,
    );
    const wrong = { login: readLogin("somebody:canary-password") };
    const fault = await faultOf(resolveDigest(image, undefined, wrong));
    expect(fault).toMatch(/refuses the login/);
    expect(fault).not.toContain("canary");
  });

  it("that was asked too often says how long to wait", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const path = "/v2/skycoin/dmsg-server/manifests/latest";
    registry.refusals.set(path, { status: 429, headers: { "retry-after": "61" } });
    expect(
      await faultOf(resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous)),
    ).toMatch(/asked too often; it says to wait 61 s/);
  });

  it("that asks for a short wait is given it, once", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const path = "/v2/skycoin/dmsg-server/manifests/latest";
    const brief = { status: 429, headers: { "retry-after": "0" } };
    registry.refusals.set(path, { ...brief, times: 1 });
    const ask = () => resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous);
    expect(await ask()).toBe(registry.digest("skycoin/dmsg-server:latest"));
    registry.refusals.set(path, { ...brief, times: 2 });
    expect(await faultOf(ask())).toMatch(/asked too often/);
  });

  it("whose answer breaks off, never ends or is no image is told so", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const path = "/v2/skycoin/dmsg-server/manifests/latest";
    const ask = () =>
      faultOf(resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous));
    registry.bodies.set(path, undefined);
    expect(await ask()).toMatch(/the registry's answer broke off/);
    await expect(
      resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous),
    ).rejects.toMatchObject({ isPassing: true });
    registry.bodies.set(path, `"${"x".repeat(5 << 20)}"`);
    expect(await ask()).toMatch(/is longer than 4 MiB/);
    for (const other of ["null", "[]", '{"config":{"digest":"../../other"}}']) {
      registry.bodies.set(path, other);
      expect(await ask()).toMatch(/is no image that this version knows/);
    }
    registry.bodies.delete(path);
    registry.bodies.set("/token", "null");
    expect(await ask()).toMatch(/gives no token/);
  });

  it("is not believed a configuration that its digest does not stand for", async () => {
    registry.tags.set("skycoin/a:latest", { platforms: ["linux/arm64"] });
    const digest = registry.configDigest("skycoin/a:latest");
    registry.bodies.set(`/v2/skycoin/a/blobs/${digest}`, '{"os":"linux","architecture":"amd64"}');
    expect(await faultOf(resolveDigest(at("skycoin/a:latest"), undefined, anonymous))).toMatch(
      /its configuration has another content/,
    );
  });

  it("that sends on to another server hands no token on", async () => {
    const other = new RegistryServer();
    await other.start();
    registry.tags.set("skycoin/a:latest", amd64);
    registry.private.add("skycoin/a");
    const blob = `/v2/skycoin/a/blobs/${registry.configDigest("skycoin/a:latest")}`;
    registry.refusals.set(blob, {
      status: 307,
      headers: { location: `http://${other.host}${blob}` },
    });
    const login = readLogin(registry.login);
    other.bodies.set(blob, registry.config("skycoin/a:latest"));
    expect(await resolveDigest(at("skycoin/a:latest"), undefined, { login })).toBe(
      registry.digest("skycoin/a:latest"),
    );
    expect(other.authorizations).toEqual([undefined]);
    await other.stop();
  });

  it("that is not there is told by its address and the reason", async () => {
    const [nobody = 0] = await freePorts(1);
    const image = `127.0.0.1:${nobody}/skycoin/dmsg-server:latest`;
    expect(await faultOf(resolveDigest(image, undefined, anonymous))).toMatch(
      /127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/,
    );
  });

  it("that has an error of its own is told by its number", async () => {
    const path = "/v2/skycoin/dmsg-server/manifests/latest";
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const ask = () =>
      resolveDigest(at("skycoin/dmsg-server:latest"), undefined, {
        ...anonymous,
        pauseMilliseconds: 1,
      });
    registry.refusals.set(path, { status: 503 });
    expect(await faultOf(ask())).toMatch(/answers 503/);
    // Gone at the next try.
    registry.refusals.set(path, { status: 503, times: 1 });
    expect(await ask()).toBe(registry.digest("skycoin/dmsg-server:latest"));
  });

  it.each([
    ["/v2/", 503],
    ["/v2/", 429],
    ["/token", 500],
    ["/token", 429],
  ])(
    "that is out of order before it is asked for an image says nothing of that: %s, %d",
    async (path, status) => {
      registry.tags.set("skycoin/dmsg-server:latest", amd64);
      registry.refusals.set(path, { status });
      const options = { ...anonymous, pauseMilliseconds: 1 };
      await expect(
        resolveDigest(at("skycoin/dmsg-server:latest"), undefined, options),
      ).rejects.toMatchObject({ isPassing: true });
    },
  );

  it("that ends a connection in the moment that it is used again is asked once more", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    const ask = () => resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous);
    registry.cuts = 1;
    expect(await ask()).toBe(registry.digest("skycoin/dmsg-server:latest"));
    registry.cuts = 2;
    expect(await faultOf(ask())).toMatch(/cannot be reached/);
  });

  it("is refused an image for machines that no node is, in an index or alone", async () => {
    registry.tags.set("skycoin/a:latest", { platforms: ["linux/arm64"] });
    registry.tags.set("skycoin/b:latest", { platforms: ["linux/arm64", "windows/amd64"] });
    for (const image of ["skycoin/a:latest", "skycoin/b:latest"]) {
      expect(await faultOf(resolveDigest(at(image), undefined, anonymous))).toMatch(
        /is for linux\/arm64.*not for linux\/amd64/,
      );
    }
  });

  it("is not believed a digest that its content does not have", async () => {
    registry.tags.set("skycoin/dmsg-server:latest", amd64);
    registry.wrongDigest = true;
    expect(
      await faultOf(resolveDigest(at("skycoin/dmsg-server:latest"), undefined, anonymous)),
    ).toMatch(/another content than its digest says/);
  });

  it("is never sent a login in plain text beyond this machine", async () => {
    const asked: string[] = [];
    const request = {
      scope: "repository:x:pull",
      login: readLogin("somebody:canary-password"),
      ask: (url: string) => {
        asked.push(url);
        return Promise.resolve(new Response("{}"));
      },
      isTrusted: (url: URL) => url.protocol === "https:",
    };
    const fault = await faultOf(authorization('Bearer realm="http://evil.example/t"', request));
    expect([asked, fault]).toEqual([[], expect.stringContaining("in plain text")]);
  });

  it("is found under the name that images have", () => {
    expect(addressOf("docker.io/skycoin/dmsg-server")).toEqual({
      server: "registry-1.docker.io",
      path: "skycoin/dmsg-server",
    });
    expect(addressOf("redis").path).toBe("library/redis");
    expect(addressOf("ghcr.io/a/b")).toEqual({ server: "ghcr.io", path: "a/b" });
  });
});

/** Every image of production, pushed to our registry. */
function pushAll(): void {
  for (const { name } of images) {
    const colon = name.lastIndexOf(":");
    registry.tags.set(`${addressOf(name.slice(0, colon)).path}${name.slice(colon)}`, amd64);
  }
}

const { images } = stackImages(parseSections(prod));

/** Asks our registry whatever registry an image names. */
const request = (file: StackFile, more: Partial<ImagesRequest> = {}): ImagesRequest => ({
  file,
  login: () => Promise.resolve(undefined),
  state: () => Promise.resolve({ fault: "nobody asked" }),
  resolve: (image, known, options) =>
    resolveDigest(image.replace(/^[^/]*\.[^/]*/, registry.host), known, options),
  ...more,
});

/** A state that holds a rendered stack's Kubernetes objects. */
const stateOf = ({ collected }: Rendered<unknown>) => ({
  resources: [
    // A state's resources need not have inputs.
    { type: "fleet:platform:Cluster" },
    ...collected.resources.map(({ type, inputs }) => ({ type, inputs })),
  ],
});

describe("the digests of a stack", () => {
  it("are written for every image, and nothing else changes", async () => {
    pushAll();
    const { text = "", complete, report } = await findDigests(request(prod));
    expect(complete).toBe(true);
    expect(report).toContain(`${images.length} digests written to Pulumi.prod.yaml`);
    const written = stackImages(parseSections(parseStackFile("prod", text)));
    expect(written.images.map(({ digest }) => digest)).not.toContain(undefined);
    expect(written.images.map(({ name }) => name)).toEqual(images.map(({ name }) => name));

    // Nothing else is said differently, where a whole store was left to its defaults neither.
    const otherwise = (file: StackFile): unknown =>
      JSON.parse(
        JSON.stringify({ ...parseSections(file), images: null }).replaceAll(
          /@sha256:[0-9a-f]{64}/g,
          "",
        ),
      );
    expect(otherwise(parseStackFile("prod", text))).toEqual(otherwise(prod));

    const comments = (file: string) => file.split("\n").filter((line) => /^\s*#/.test(line));
    expect(comments(text)).toEqual(comments(prod.text));
    // Lines go only where a map on one line had to take a digest.
    const lost = prod.text.split("\n").filter((line) => !text.split("\n").includes(line));
    expect(lost.filter((line) => !line.includes("{"))).toEqual([]);
    expect(await findDigests(request(parseStackFile("prod", text)))).toMatchObject({
      text: undefined,
      report: expect.stringContaining("has every digest as the registry has it now") as string,
    });
  });

  it("pin all that its pods run, and then production may run live", async () => {
    pushAll();
    const file = parseStackFile("prod", (await findDigests(request(prod))).text ?? "");
    const parsed = parseSections(file);
    expect(parsed.system === "skywire" ? unpinnedFault(parsed, "prod") : "?").toBeUndefined();
    const { world } = await renderConfig("prod", asRawConfig(file.config));
    const run = world.pods.flatMap(({ spec: { containers, initContainers = [] } }) =>
      [...containers, ...initContainers].map(({ image }) => image),
    );
    expect(new Set(run).size).toBeGreaterThan(15);
    expect(run.filter((image) => parseImage(image).digest === undefined)).toEqual([]);
  });

  it("are not written in part: one image at fault and the file stays as it is", async () => {
    pushAll();
    registry.tags.delete("skycoinpro/setup-node:latest");
    const { text, complete, report } = await findDigests(request(prod));
    expect([text, complete]).toEqual([undefined, false]);
    expect(report).toMatch(/docker\.io\/skycoinpro\/setup-node:latest +tag only +FAULT/);
    expect(report).toContain("setup-node has no latest");
    expect(report).toContain("Pulumi.prod.yaml was not touched");
  });

  it("are asked for with the login of private images, and of these only", async () => {
    pushAll();
    registry.private.add("skycoinpro/setup-node");
    const entries: string[] = [];
    const login = (entry: string) => {
      entries.push(entry);
      return Promise.resolve(readLogin(registry.login));
    };
    const { complete, report } = await findDigests(request(prod, { login }));
    expect(complete).toBe(true);
    expect(new Set(entries)).toEqual(new Set(["skycoinpro-registry"]));
    expect(entries).toHaveLength(images.filter(({ name }) => name.includes("skycoinpro")).length);
    expect(report).not.toContain("dckr-token");
  });

  it("leave out what the run looks up or the stack builds", () => {
    const says = (more: string): ReturnType<typeof stackImages> =>
      stackImages(
        parseSections(
          parseStackFile("prod", prod.text.replace(/^ {2}fleet:images:\n/m, `$&${more}`)),
        ),
      );
    const run = says("    resolve: run\n");
    expect(run.images.filter(({ name }) => name.includes("skycoin"))).toEqual([]);
    expect([...run.passedOver.values()].join()).toContain("each run looks its digest up");
    const built = says("    overrides: { uptime-tracker: { build: { context: ../ut } } }\n");
    expect(built.images.map(({ name }) => name).join()).not.toContain("uptime-tracker");
    expect([...built.passedOver]).toEqual([
      ["docker.io/skycoinpro/uptime-tracker:latest", "the stack builds it"],
    ]);
  });

  it("are not written over what an editor saved meanwhile, nor in part", () => {
    const root = mkdtempSync(join(tmpdir(), "fleet-images-"));
    const path = join(root, "Pulumi.x.yaml");
    writeFileSync(path, "config: {}\n", { mode: 0o640 });
    const file = readStackFile(root, "x");
    writeStackFile(root, file, "config: { a: 1 }\n");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual([
      "config: { a: 1 }\n",
      0o640,
    ]);
    expect(() => {
      writeStackFile(root, file, "config: { a: 2 }\n");
    }).toThrow(/was changed meanwhile, and was not touched/);
    expect(readdirSync(root)).toEqual(["Pulumi.x.yaml"]);
    rmSync(root, { recursive: true });
  });

  it.each([
    {
      layout: "the CLI's",
      // What `pulumi stack init` and `pulumi config set` leave.
      text: `config:
  # Who keeps it, and why this comment is longer than a hundred columns: nothing that is here is folded.
  fleet:images: {overrides: {dmsg-server: {tag: v1, repository: registry.example.org/a/very/long/name/of/one}}}
  fleet:secrets:
    key:
      secure: v1:AAAA
encryptionsalt: v1:BBBB
`,
    },
    {
      layout: "that of the files here",
      text: `config:
  # Of a person's own, with an empty line.
  fleet:images: { overrides: { dmsg-server: { tag: v1 } } }

  fleet:secrets: { key: { secure: v1:AAAA } }
`,
    },
  ])("leave a file in $layout layout as it is, but for their own lines", async ({ text }) => {
    const file = parseStackFile("x", text);
    const values = [{ path: ["fleet:environment"], value: "test" }];
    const lines = (await withValues(file, values)).split("\n");
    expect(lines.filter((line) => !line.includes("fleet:environment"))).toEqual(text.split("\n"));
  });

  it("refuse a file in which an anchor would carry a digest to another place", async () => {
    const shared = parseStackFile(
      "x",
      "config:\n  fleet:a: &both { image: docker.io/a/b:1 }\n  fleet:b: *both\n",
    );
    const values = [{ path: ["fleet:a", "image"], value: "docker.io/a/b:1@sha256:0" }];
    await expect(withValues(shared, values)).rejects.toThrow(/write by hand fleet:a\.image/);
  });
});

describe("a change of one digest", () => {
  const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const pinned = async (digits: Record<string, string>): Promise<Rendered<unknown>> => {
    const values = Object.entries(digits).map(([service, digit]) => ({
      path: ["fleet:images", "overrides", service, "digest"],
      value: digest(digit),
    }));
    const { config } = parseStackFile("prod", await withValues(prod, values));
    return renderConfig("prod", asRawConfig(config));
  };
  let before: Rendered<unknown>;
  let after: Rendered<unknown>;
  beforeAll(async () => {
    before = await pinned({ "dmsg-discovery": "a", "route-finder": "a" });
    after = await pinned({ "dmsg-discovery": "a", "route-finder": "b" });
  });

  it("changes the pods of that workload alone", () => {
    const changed = after.collected.resources.filter(({ type, name, inputs }) => {
      const old = before.collected.resources.find(
        (other) => other.type === type && other.name === name,
      );
      return JSON.stringify(old?.inputs) !== JSON.stringify(inputs);
    });
    const controllers = changed.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(controllers.map(({ inputs }) => (inputs["metadata"] as { name: string }).name)).toEqual([
      "route-finder",
    ]);
  });

  it("is told by the workloads that it exchanges", () => {
    const rolling = (name: string, digit: string): readonly string[] =>
      rollingWorkloads(stateOf(before), new Map([[name, digest(digit)]]));
    expect(rolling("docker.io/skycoinpro/route-finder:latest", "b")).toEqual([
      "Deployment skywire/route-finder",
    ]);
    expect(rolling("docker.io/skycoin/dmsg-discovery:latest", "b")).toEqual([
      "Deployment skywire/dmsg-discovery",
      "Deployment skywire/dmsg-discovery-keyless",
    ]);
    expect(rolling("docker.io/skycoin/dmsg-discovery:latest", "a")).toEqual([]);
    expect(rolling("docker.io/skycoin/dmsg-server:latest", "b")).toHaveLength(6);
    expect(rolling("docker.io/library/postgres:17.6-bookworm", "b").join()).toMatch(
      /CronJob skywire\/postgres-backup.*StatefulSet skywire\/postgres/,
    );
  });

  it("is told without a state, too, and why it is not known whom it exchanges", async () => {
    pushAll();
    const { report } = await findDigests(request(prod));
    expect(report).toContain("is not known: nobody asked");
    const known = () => Promise.resolve({ deployment: stateOf(before) });
    const told = (await findDigests(request(prod, { state: known }))).report;
    expect(told).toContain("  Deployment skywire/route-finder");
  });
});
