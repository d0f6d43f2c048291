/**
 * A network's release against servers that speak Cloud Storage's and GitHub's APIs. Proves what is asked for
 * and what is made of the answers, of those that do not come too; not that the clouds answer so.
 */
import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  TextReader,
  TextWriter,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
} from "@zip.js/zip.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Forge } from "../../../ops/forge/forge.ts";
import { googleLogin } from "../../../ops/pipeline/google.ts";
import { systems } from "../../../ops/spacemesh/release/bundle.ts";
import { crc32c, crc32cText } from "../../../ops/spacemesh/release/crc32c.ts";
import { googleToken } from "../../../ops/spacemesh/release/google-token.ts";
import { releaseNetwork, type ReleaseRequest } from "../../../ops/spacemesh/release/release.ts";
import { Storage } from "../../../ops/spacemesh/release/storage.ts";
import { runNetworkRelease } from "../../../ops/spacemesh/run.ts";
import { parseStackFile } from "../../../ops/stack-file.ts";
import { clone } from "../../rendered.ts";
import { ForgeServer, repository } from "../forge-server.ts";
import { StorageServer } from "./storage-server.ts";

const clouds = new StorageServer();
const hub = new ForgeServer();
let said: string[] = [];
let scratch = "";

const genesis = "2026-11-22T06:00:00Z";
const config = JSON.stringify({ main: { "genesis-time": genesis }, p2p: { "network-id": 205 } });
const place = "spacecraft-data/mininet-archive/config.json";
const version = "v0.2.18";

/** An archive as a build has it: a program that may be started, a link, a folder. */
async function build(
  system: string,
  size: number,
  further: readonly string[] = [],
): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await writer.add(`${system}/`, undefined, { directory: true });
  // What no compressor makes smaller.
  const program = createHash("shake256", { outputLength: size }).update(system).digest();
  await writer.add(`${system}/go-spacemesh`, new Uint8ArrayReader(program), {
    ...{ unixMode: 0o755, level: 1, lastModDate: new Date("2022-06-14T10:00:00Z") },
  });
  for (const name of further) {
    await writer.add(name, new TextReader(`old ${name}`));
  }
  return Buffer.from(await writer.close());
}

function request(change: Partial<ReleaseRequest> = {}): ReleaseRequest {
  return {
    ...{ network: "mininet", version, genesis },
    ...{ builds: "go-spacemesh-release-builds", bundles: "spacemesh-release-builds" },
    config: { bucket: "spacecraft-data", name: "mininet-archive/config.json" },
    storage: storage(),
    forge: new Forge({ ...{ api: hub.url, repository, token: hub.token }, wait: noWait }),
    ...{ scratch, say: (line: string) => said.push(line) },
    ...change,
  };
}

const noWait = (): Promise<void> => Promise.resolve();
const storage = (): Storage =>
  new Storage({
    ...{ api: clouds.url, token: () => Promise.resolve("a-storage-token"), wait: noWait },
    ...{ chunk: 256 * 1024, say: (line: string) => said.push(line) },
  });
const bundleAt = (system: string) =>
  clouds.objects.get(`spacemesh-release-builds/${version}/${system}.zip`);

beforeEach(async () => {
  await Promise.all([clouds.start(), hub.start()]);
  said = [];
  scratch = mkdtempSync(join(tmpdir(), "fleet-scratch-"));
  clouds.put(place, config);
  clouds.buckets.add("spacemesh-release-builds");
  for (const system of systems) {
    clouds.put(
      `go-spacemesh-release-builds/${version}/${system}.zip`,
      await build(system, system === "Linux" ? 600_000 : 20_000, [`${system}/Config.JSON`]),
    );
  }
});
afterEach(async () => {
  await Promise.all([clouds.stop(), hub.stop()]);
  clouds.objects.clear();
  clouds.buckets.clear();
  clouds.beforeEnd = undefined;
  for (const list of [clouds.mishaps, clouds.asked, hub.releases, hub.mishaps, hub.asked]) {
    list.length = 0;
  }
  expect(readdirSync(scratch)).toEqual([]);
  rmSync(scratch, { recursive: true });
});

describe("a release", () => {
  test("bundles the builds of three systems with the published config, and drafts what names them", async () => {
    const lines = await releaseNetwork(request());
    expect(lines).toEqual([
      `Windows: gs://spacemesh-release-builds/${version}/Windows.zip made`,
      `macOS: gs://spacemesh-release-builds/${version}/macOS.zip made`,
      `Linux: gs://spacemesh-release-builds/${version}/Linux.zip made`,
      `${repository}, ${version}: draft made; publish it by hand`,
    ]);
    for (const system of systems) {
      const entries = await new ZipReader(
        new Uint8ArrayReader(bundleAt(system)?.bytes ?? Buffer.alloc(0)),
        { strictness: "strict", checkOverlappingEntry: true },
      ).getEntries();
      // The build's own config is gone, though its name is written otherwise.
      expect(entries.map(({ filename }) => filename)).toEqual([
        `${system}/`,
        `${system}/go-spacemesh`,
        `${system}/config.json`,
      ]);
      const [program, settings] = entries.filter((entry) => !entry.directory);
      expect(program?.unixMode).toBe(0o100755);
      // Unpacked, it has the checksum that the build's had.
      const unpacked = await program?.getData(new Uint8ArrayWriter(), { checkCrc32: true });
      expect(unpacked?.length).toBe(system === "Linux" ? 600_000 : 20_000);
      expect(await settings?.getData(new TextWriter(), { checkCrc32: true })).toBe(config);
    }
    expect(hub.releases).toMatchObject([
      { tag_name: version, name: "MININET", draft: true, prerelease: true },
    ]);
    const body = hub.releases[0]?.body ?? "";
    expect(body).toContain("## Apps");
    expect(body).toContain(
      `https://storage.googleapis.com/spacemesh-release-builds/${version}/macOS.zip`,
    );
    expect(body).toContain(`https://storage.googleapis.com/${place}`);
  });

  test("again, does nothing: neither a byte nor a draft is written, and no build is read", async () => {
    await releaseNetwork(request());
    clouds.asked.length = 0;
    hub.asked.length = 0;
    const lines = await releaseNetwork(request());
    expect(lines).toEqual([
      ...systems.map(
        (system) =>
          `${system}: gs://spacemesh-release-builds/${version}/${system}.zip is there already`,
      ),
      `${repository}, ${version}: draft is there already; publish it by hand`,
    ]);
    expect(clouds.writes).toEqual([]);
    expect(
      clouds.asked.filter((line) => line.includes("builds") && line.includes("alt=media")),
    ).toEqual([]);
    expect(hub.changes).toEqual([]);
  });

  test("makes the same bytes of the same build and config", async () => {
    await releaseNetwork(request());
    const first = bundleAt("Linux")?.bytes;
    clouds.objects.delete(`spacemesh-release-builds/${version}/Linux.zip`);
    await releaseNetwork(request());
    expect(bundleAt("Linux")?.bytes.equals(first ?? Buffer.alloc(0))).toBe(true);
  });

  test("that broke off at the last system goes on there", async () => {
    clouds.mishaps.push(
      ...Array.from({ length: 5 }, () => ({
        on: "PUT spacemesh-release-builds/v0.2.18/Linux.zip",
        status: 503,
      })),
    );
    await expect(releaseNetwork(request())).rejects.toThrow(
      /answers 503, 5 times: run it again later/,
    );
    expect(bundleAt("Linux")).toBeUndefined();
    expect(hub.releases).toEqual([]);
    const lines = await releaseNetwork(request());
    expect(lines.map((line) => line.split(" ").at(-1))).toEqual([
      "already",
      "already",
      "made",
      "hand",
    ]);
  });

  test("of a network whose config changed makes bundles and draft anew", async () => {
    await releaseNetwork(request());
    const [draft] = hub.releases;
    if (draft !== undefined) {
      draft.body = "what somebody wrote";
    }
    clouds.put(place, config.replace("205", "206"));
    const lines = await releaseNetwork(request());
    expect(lines[0]).toBe(
      `Windows: gs://spacemesh-release-builds/${version}/Windows.zip made anew`,
    );
    expect(lines[3]).toContain("draft brought up to date");
    expect(hub.releases).toHaveLength(1);
  });

  test("that is published stays as it is", async () => {
    await releaseNetwork(request());
    const [release] = hub.releases;
    if (release !== undefined) {
      release.draft = false;
    }
    expect((await releaseNetwork(request())).at(-1)).toBe(
      `${repository}, ${version}: published already, nothing to do`,
    );
    clouds.put(place, config.replace("205", "206"));
    const before = bundleAt("macOS")?.bytes;
    await expect(releaseNetwork(request())).rejects.toThrow(/has published v0.2.18 already/);
    expect(bundleAt("macOS")?.bytes).toBe(before);
  });
});

describe("a release is refused, and nothing is written,", () => {
  const refuses = async (message: RegExp, change: Partial<ReleaseRequest> = {}): Promise<void> => {
    await expect(releaseNetwork(request(change))).rejects.toThrow(message);
    expect(clouds.writes).toEqual([]);
    expect(hub.changes).toEqual([]);
  };

  test("where a build is missing: all that are, at once", async () => {
    clouds.objects.delete(`go-spacemesh-release-builds/${version}/Windows.zip`);
    clouds.objects.delete(`go-spacemesh-release-builds/${version}/Linux.zip`);
    await refuses(/no build at .*Windows\.zip, .*Linux\.zip/);
  });

  test("where the network published no config, or one of another genesis", async () => {
    await refuses(/not of this network's genesis: it says "2026-11-22T06:00:00Z"/, {
      genesis: "2026-12-01T00:00:00Z",
    });
    clouds.put(place, "half of {");
    await refuses(/is no JSON/);
    clouds.objects.delete(place);
    await refuses(/config\.json is not there/);
  });

  test("where the version is another network's, in the bucket or in the forge", async () => {
    clouds.put(`spacemesh-release-builds/${version}/macOS.zip`, "x", { "fleet-network": "devnet" });
    await refuses(/of the network "devnet".*a version is one network's/);
    clouds.put(`spacemesh-release-builds/${version}/macOS.zip`, "x");
    await refuses(/not this command's work/);
    clouds.objects.delete(`spacemesh-release-builds/${version}/macOS.zip`);
    hub.releases.push({
      ...{ id: 1, tag_name: version, name: "DEVNET", draft: true, prerelease: true },
      ...{ body: "", html_url: "https://forge.example/1" },
    });
    await refuses(/has v0.2.18 for "?"DEVNET"/);
  });

  test("without a log-in: no message has the token", async () => {
    clouds.token = "another";
    await refuses(/the log-in is none, or is over \(401\)/);
    clouds.token = "a-storage-token";
    hub.token = "another";
    const forge = new Forge({
      ...{ api: hub.url, repository, token: "s3cret-forge-token" },
      wait: noWait,
    });
    const failure = await releaseNetwork(request({ forge })).catch((error: unknown) =>
      String(error),
    );
    expect(failure).toContain("401");
    expect(failure).not.toContain("s3cret");
    hub.token = "a-token";
  });
});

describe("a build is refused", () => {
  const put = (bytes: Buffer): void => {
    clouds.put(`go-spacemesh-release-builds/${version}/Windows.zip`, bytes);
  };

  test("that is no archive, is cut off, has files elsewhere, or none", async () => {
    put(Buffer.from("not an archive at all"));
    await expect(releaseNetwork(request())).rejects.toThrow(/the Windows build is no zip archive/);
    put((await build("Windows", 20_000)).subarray(0, 9_000));
    await expect(releaseNetwork(request())).rejects.toThrow(/the Windows build is no zip archive/);
    put(await build("Windows", 20_000, ["README.md"]));
    await expect(releaseNetwork(request())).rejects.toThrow(/has "README.md"/);
    put(await build("Linux", 20_000));
    await expect(releaseNetwork(request())).rejects.toThrow(/must hold the one folder Windows\//);
    expect(bundleAt("Windows")).toBeUndefined();
    expect(hub.releases).toEqual([]);
  });

  test("whose names lead out of the folder that it is unpacked in", async () => {
    const bytes = await build("Windows", 2_000, ["Windows/aa/aa/evil"]);
    put(
      Buffer.from(
        bytes.toString("latin1").replaceAll("Windows/aa/aa/evil", "Windows/../../evil"),
        "latin1",
      ),
    );
    await expect(releaseNetwork(request())).rejects.toThrow(/no zip archive as it should be/);
  });
});

describe("the storage", () => {
  const linux = `spacemesh-release-builds/${version}/Linux.zip`;
  const piecesOf = (name: string): readonly string[] =>
    clouds.writes
      .filter((line) => line.startsWith(`PUT ${name}`))
      .map((line) => line.split(" ").slice(2).join(" "));

  test("gets the rest only, where it kept half of a piece", async () => {
    clouds.mishaps.push({ on: `PUT ${linux}`, bytes: 128 * 1024 });
    await releaseNetwork(request());
    const [first, second] = piecesOf(linux);
    expect(first).toMatch(/^bytes 0-262143\//);
    expect(second).toMatch(/^bytes 131072-393215\//);
  });

  test("is asked how much it has where a connection breaks, and sent no piece twice", async () => {
    clouds.mishaps.push({ on: `PUT ${linux} bytes 262144-`, breakOff: true });
    await releaseNetwork(request());
    const pieces = piecesOf(linux);
    expect(pieces[1]).toMatch(/^bytes 262144-/);
    expect(pieces[2]).toMatch(/^bytes \*\//);
    expect(pieces[3]).toMatch(/^bytes 262144-/);
  });

  test("is believed where it has all, and only the answer was lost", async () => {
    clouds.mishaps.push({
      on: `PUT spacemesh-release-builds/${version}/macOS.zip`,
      loseAnswer: true,
    });
    const lines = await releaseNetwork(request());
    expect(lines[1]).toContain("macOS.zip made");
    expect(piecesOf(`spacemesh-release-builds/${version}/macOS.zip`).at(-1)).toMatch(/^bytes \*\//);
  });

  test("is sent all anew where it forgot an upload", async () => {
    clouds.mishaps.push({ on: `PUT ${linux} bytes 262144-`, forget: true });
    await releaseNetwork(request());
    expect(
      clouds.writes.filter((line) => line.includes("Linux.zip") && line.startsWith("POST")),
    ).toHaveLength(2);
    expect(bundleAt("Linux")).toBeDefined();
  });

  test("waits as long as it is told to", async () => {
    const waits: number[] = [];
    clouds.mishaps.push({ on: "GET ", status: 429, headers: { "retry-after": "7" } });
    const patient = new Storage({
      ...{ api: clouds.url, token: () => Promise.resolve("a-storage-token") },
      wait: (milliseconds) => Promise.resolve(waits.push(milliseconds)),
    });
    expect(
      await patient.text({ bucket: "spacecraft-data", name: "mininet-archive/config.json" }),
    ).toBe(config);
    expect(waits).toEqual([7000]);
  });

  test("keeps what somebody else wrote meanwhile", async () => {
    clouds.beforeEnd = () => {
      clouds.put(`spacemesh-release-builds/${version}/Windows.zip`, "somebody else's");
    };
    await expect(releaseNetwork(request())).rejects.toThrow(
      /somebody else has written it meanwhile/,
    );
    expect(bundleAt("Windows")?.bytes.toString()).toBe("somebody else's");
  });

  test("is read on from where the connection broke", async () => {
    const path = "GET /storage/v1/b/go-spacemesh-release-builds/o/v0.2.18%2FLinux.zip?alt=media";
    clouds.mishaps.push({ on: path, bytes: 100_000 }, { on: path, bytes: 50_000 });
    await releaseNetwork(request());
    expect(clouds.asked.filter((line) => line.startsWith(path))).toHaveLength(3);
    expect(bundleAt("Linux")).toBeDefined();
  });

  test("gets a token over https or on this machine only", () => {
    expect(
      () => new Storage({ api: "http://storage.example", token: () => Promise.resolve("") }),
    ).toThrow(/STORAGE_EMULATOR_HOST/);
  });
});

describe("the draft", () => {
  test("is made once where the answer was lost", async () => {
    hub.mishaps.push({ on: "POST /releases", loseAnswer: true });
    expect((await releaseNetwork(request())).at(-1)).toContain("draft is there already");
    expect(hub.releases).toHaveLength(1);
  });

  test("waits where the forge limits how often it may be asked", async () => {
    hub.mishaps.push({ on: "POST /releases", status: 403, headers: { "retry-after": "3" } });
    await releaseNetwork(request());
    expect(hub.releases).toHaveLength(1);
  });

  test("is found behind a hundred others", async () => {
    for (let index = 0; index < 130; index += 1) {
      hub.releases.push({
        ...{ id: index, tag_name: `v${index}`, name: "OLD", draft: false, prerelease: true },
        ...{ body: "", html_url: "https://forge.example/1" },
      });
    }
    await releaseNetwork(request());
    expect((await releaseNetwork(request())).at(-1)).toContain("draft is there already");
  });

  test("two of one version are somebody's to sort out", async () => {
    await releaseNetwork(request());
    hub.releases.push(...hub.releases.map((one) => ({ ...one, id: 7 })));
    await expect(releaseNetwork(request())).rejects.toThrow(
      /2 releases for v0.2.18: delete all but one/,
    );
  });
});

describe("the command", () => {
  const mini = readFileSync(join(clone, "Pulumi.spacemesh-mini.yaml"), "utf8");
  const time = /time: "([^"]+)"/.exec(mini)?.[1] ?? "";
  const released = parseStackFile(
    "spacemesh-mini",
    `${mini}\n  fleet:release: { version: ${version}, repository: ${repository} }\n`,
  );
  const environment = (): NodeJS.ProcessEnv => ({
    ...{ STORAGE_EMULATOR_HOST: clouds.url, GITHUB_API_URL: hub.url },
    ...{ GOOGLE_OAUTH_ACCESS_TOKEN: clouds.token, SPACECRAFT_GITHUB_TOKEN: hub.token },
  });

  test("releases what the stack file says, with the log-ins of the environment", async () => {
    clouds.put(place, config.replace(genesis, time));
    expect(await runNetworkRelease(released, "live", environment())).toBe(0);
    expect(hub.releases).toMatchObject([{ name: "MININET", draft: true }]);
    expect(bundleAt("macOS")?.metadata["fleet-network"]).toBe("mininet");
  });

  test.each([
    ["in a sandbox", released, "sandbox", {}, /writes to the real buckets/],
    [
      "of a stack that says no version",
      parseStackFile("spacemesh-mini", mini),
      "live",
      {},
      /has no fleet:release/,
    ],
    [
      "without a token for the forge",
      released,
      "live",
      { SPACECRAFT_GITHUB_TOKEN: "" },
      /GITHUB_TOKEN is not set/,
    ],
  ] as const)("does nothing %s", async (_, file, target, change, message) => {
    await expect(runNetworkRelease(file, target, { ...environment(), ...change })).rejects.toThrow(
      message,
    );
    expect([clouds.writes, hub.changes]).toEqual([[], []]);
  });
});

describe("a token", () => {
  test("is made of a service account's key, signed for one hour, and kept", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const grants: URLSearchParams[] = [];
    const issuer = createServer((incoming, response) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      incoming.on("end", () => {
        grants.push(new URLSearchParams(text));
        response.end(
          JSON.stringify({ access_token: "made", expires_in: 3600, token_type: "Bearer" }),
        );
      });
    });
    await new Promise<void>((settle) => issuer.listen(0, "127.0.0.1", settle));
    const folder = mkdtempSync(join(tmpdir(), "fleet-token-"));
    const path = join(folder, "key.json");
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token`;
    writeFileSync(
      path,
      JSON.stringify({
        ...{ type: "service_account", client_email: "release@project", token_uri: url },
        private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      }),
    );
    let time = Date.UTC(2026, 10, 22);
    const token = googleToken({
      environment: { GOOGLE_APPLICATION_CREDENTIALS: path },
      now: () => time,
    });
    expect([await token(), await token()]).toEqual(["made", "made"]);
    expect(grants).toHaveLength(1);
    const [header = "", claims = "", signature = ""] =
      grants[0]?.get("assertion")?.split(".") ?? [];
    expect(
      verify(
        "RSA-SHA256",
        Buffer.from(`${header}.${claims}`),
        publicKey,
        Buffer.from(signature, "base64url"),
      ),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString("utf8"))).toMatchObject({
      ...{ iss: "release@project", aud: url, exp: Date.UTC(2026, 10, 22, 1) / 1000 },
    });
    time += 3_541_000;
    await token();
    expect(grants).toHaveLength(2);
    issuer.close();
    rmSync(folder, { recursive: true });
  });

  test("that cannot be had is told by what is missing, not by what a file holds", async () => {
    const none = googleToken({ environment: {}, gcloud: () => undefined });
    await expect(none()).rejects.toThrow(
      /set GOOGLE_APPLICATION_CREDENTIALS .* or run gcloud auth login/,
    );
    const folder = mkdtempSync(join(tmpdir(), "fleet-token-"));
    const path = join(folder, "key.json");
    writeFileSync(path, "s3cret {");
    const broken = googleToken({ environment: { GOOGLE_APPLICATION_CREDENTIALS: path } });
    const failure = await broken().catch((error: unknown) => String(error));
    expect(failure).toContain("is no JSON");
    expect(failure).not.toContain("s3cret");
    writeFileSync(
      path,
      JSON.stringify({
        ...{ type: "service_account", client_email: "a", private_key: "s3cret" },
        token_uri: "http://elsewhere.example/token",
      }),
    );
    await expect(
      googleToken({ environment: { GOOGLE_APPLICATION_CREDENTIALS: path } })(),
    ).rejects.toThrow(/token_uri must begin with https/);
    rmSync(folder, { recursive: true });
  });

  test("is changed for one that the job's forge gives, as live-login and the forge's own action write it", async () => {
    const asked: { path: string; login: string; body: string }[] = [];
    const later = "2026-11-22T01:00:00Z";
    const answers: Readonly<Record<string, object>> = {
      "/job": { value: "who the job is" },
      "/sts": { access_token: "of the pool", expires_in: 3600, token_type: "Bearer" },
      "/account": { accessToken: "of the account", expireTime: later },
    };
    let refused = "";
    const google = createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
      incoming.on("end", () => {
        const path = new URL(incoming.url ?? "", "http://here").pathname;
        asked.push({ path, login: incoming.headers.authorization ?? "", body });
        response.statusCode = path === refused ? 403 : 200;
        response.end(JSON.stringify(answers[path] ?? {}));
      });
    });
    await new Promise<void>((settle) => google.listen(0, "127.0.0.1", settle));
    const folder = mkdtempSync(join(tmpdir(), "fleet-token-"));
    const path = join(folder, "login.json");
    const at = `http://127.0.0.1:${(google.address() as AddressInfo).port}`;
    const { text } = googleLogin("what it publishes lies there", {
      GOOGLE_APPLICATION_CREDENTIALS: path,
      GOOGLE_WORKLOAD_IDENTITY_PROVIDER:
        "projects/12/locations/global/workloadIdentityPools/github/providers/fleet",
      GOOGLE_SERVICE_ACCOUNT: "release@spacemesh-networks.iam.gserviceaccount.com",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${at}/job`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "s3cret",
    });
    const written = JSON.parse(text) as Record<string, unknown>;
    const write = (change: object) => {
      writeFileSync(path, JSON.stringify({ ...written, token_url: `${at}/sts`, ...change }));
    };
    const through = { service_account_impersonation_url: `${at}/account` };
    let time = Date.UTC(2026, 10, 22);
    const start = () =>
      googleToken({ environment: { GOOGLE_APPLICATION_CREDENTIALS: path }, now: () => time });
    write(through);
    const token = start();
    expect([await token(), await token()]).toEqual(["of the account", "of the account"]);
    expect(asked.map((one) => [one.path, one.login])).toEqual([
      ["/job", "Bearer s3cret"],
      // With a log-in of its own this request would be refused.
      ["/sts", ""],
      ["/account", "Bearer of the pool"],
    ]);
    expect(Object.fromEntries(new URLSearchParams(asked[1]?.body))).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
      audience:
        "//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/github/providers/fleet",
      scope: "https://www.googleapis.com/auth/cloud-platform",
      subject_token: "who the job is",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    });
    expect(JSON.parse(asked[2]?.body ?? "")).toEqual({
      scope: ["https://www.googleapis.com/auth/devstorage.read_write"],
      lifetime: "3600s",
    });
    // An hour later another one, and the job is asked anew.
    time += 3_541_000;
    await token();
    expect(asked).toHaveLength(6);
    // Where the pool itself may write, it is its own token, for the storage alone; from a file that somebody keeps.
    const kept = join(folder, "subject");
    writeFileSync(kept, "who it is\n");
    write({ service_account_impersonation_url: undefined, credential_source: { file: kept } });
    asked.length = 0;
    expect(await start()()).toBe("of the pool");
    expect(new URLSearchParams(asked[0]?.body).get("subject_token")).toBe("who it is");
    expect(new URLSearchParams(asked[0]?.body).get("scope")).toMatch(/devstorage.read_write$/);
    // Whoever refuses is told of, and no secret is.
    for (const [place, told] of [
      ["/job", /id-token: write/],
      ["/sts", /pool of identities/],
      ["/account", /workloadIdentityUser/],
    ] as const) {
      refused = place;
      write(through);
      const failure = await start()().catch((error: unknown) => String(error));
      expect(failure).toMatch(told);
      expect(failure).toContain("403");
      expect(failure).not.toMatch(/s3cret|who the job is|of the pool/);
    }
    write({ ...through, token_url: "http://elsewhere.example/sts" });
    refused = "";
    await expect(start()()).rejects.toThrow(/token_url must begin with https/);
    write({ credential_source: { environment_id: "aws1" } });
    await expect(start()()).rejects.toThrow(/set GOOGLE_OAUTH_ACCESS_TOKEN/);
    google.close();
    rmSync(folder, { recursive: true });
  });

  test("given by hand is taken as it is", async () => {
    expect(await googleToken({ environment: { GOOGLE_OAUTH_ACCESS_TOKEN: "given" } })()).toBe(
      "given",
    );
  });
});

test("the checksum is the one of RFC 3720", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32cText(crc32c(Buffer.from("hello")))).toBe("mnG7TA==");
});
