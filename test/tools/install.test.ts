import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { platformName } from "../../tools/lib/cache.mjs";
import { ensureTools } from "../../tools/lib/install.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

/** Large enough to arrive in many pieces. */
const script = (version: string) =>
  `#!/bin/sh\necho "demo v${version}"\n${"# padding\n".repeat(200_000)}`;
const sum = (text: string) => createHash("sha256").update(text).digest("hex");

/** A publisher on loopback; counts what it is asked for. */
async function publisher(files: Record<string, string>): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (request.method === "GET") asked.push(path);
    const text = files[path];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked };
}

/** The tool as tools.json would describe it: an official binary 1.2.0, else a build of 1.1.0. */
function demo(url: string) {
  return {
    binaries: ["demo"],
    probe: { arguments: [], pattern: "demo v(\\S+)", atLeast: "1.0.0", below: "2.0.0" },
    sources: [
      {
        kind: "download" as const,
        version: "1.2.0",
        platforms: [platformName()],
        url: `${url}/{version}/{binary}`,
        checksum: { kind: "beside" as const, url: `${url}/{version}/{binary}.sha256` },
      },
      {
        kind: "go" as const,
        version: "1.1.0",
        builds: [{ binary: "demo", module: "kwok", package: "example.org/demo" }],
      },
    ],
  };
}

/** Puts a `go` in front of PATH that "builds" a script of the given version, or none at all. */
function fakeGo(root: string, version: string | undefined): void {
  writeProgram(
    join(root, "go", "go"),
    `if [ "$1" = env ]; then echo go${version === undefined ? "1.21.0" : "1.26.8"}; exit; fi`,
    'while [ "$1" != -o ]; do shift; done',
    `printf '#!/bin/sh\\necho "demo v${version ?? ""}"\\n' > "$2"; chmod +x "$2"`,
  );
  vi.stubEnv("PATH", `${join(root, "go")}:/usr/bin:/bin`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

const place = (root: string, searchPath = "") => ({
  root: join(root, "cache"),
  searchPath,
  excluded: [],
  minimumGo: "1.26.0",
});

/** What is in the tool's folder of the cache. */
const kept = (root: string) => {
  const folder = join(root, "cache", "tools", "demo");
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe("where a tool comes from", () => {
  it("takes the one on PATH first, and fetches nothing", async () => {
    const root = temporaryFolder();
    const { url, asked } = await publisher({});
    const program = writeProgram(join(root, "bin", "demo"), 'echo "demo v1.5.0"');
    const found = await ensureTools({ demo: demo(url) }, place(root, join(root, "bin")));
    expect(readFileSync(join(found.folders["demo"] ?? "", "demo"), "utf8")).toBe(
      readFileSync(program, "utf8"),
    );
    expect(asked).toEqual([]);
    expect(kept(root)).toEqual([]);
  });

  it("else the official binary, checked, and the second time nothing at all", async () => {
    const root = temporaryFolder();
    const { url, asked } = await publisher({
      "/1.2.0/demo": script("1.2.0"),
      "/1.2.0/demo.sha256": sum(script("1.2.0")),
    });
    const folder = join(root, "cache", "tools", "demo", `1.2.0-${platformName()}`);
    const first = await ensureTools({ demo: demo(url) }, place(root));
    expect(first).toEqual({ folders: { demo: folder }, searchPath: [folder] });
    expect(asked).toHaveLength(2);
    await ensureTools({ demo: demo(url) }, place(root));
    expect(asked).toHaveLength(2);
    expect(kept(root)).toEqual([`1.2.0-${platformName()}`]);
  });

  it("refuses a binary that is not its publisher's, and builds instead", async () => {
    const root = temporaryFolder();
    fakeGo(root, "1.1.0");
    const { url } = await publisher({
      "/1.2.0/demo": script("1.2.0"),
      "/1.2.0/demo.sha256": sum("another file"),
    });
    const found = await ensureTools({ demo: demo(url) }, place(root));
    expect(found.folders["demo"]).toContain(`1.1.0-${platformName()}`);
    expect(kept(root)).toEqual([`1.1.0-${platformName()}`]);
  });

  it("never uses a binary whose publisher gives no checksum", async () => {
    const root = temporaryFolder();
    fakeGo(root, "1.1.0");
    const { url, asked } = await publisher({ "/1.2.0/demo": script("1.2.0") });
    await ensureTools({ demo: demo(url) }, place(root));
    expect(asked).toEqual(["/1.2.0/demo.sha256"]);
    expect(kept(root)).toEqual([`1.1.0-${platformName()}`]);
  });

  it("builds where there is no way to the publisher, after one look", async () => {
    const root = temporaryFolder();
    fakeGo(root, "1.1.0");
    // Accepts and never answers, as a firewall may: the slowest way to have no network.
    const asked: string[] = [];
    const silent = createTcpServer((socket) => {
      socket
        .on("error", () => undefined)
        .on("data", (part: Buffer) => {
          asked.push(part.toString().split("\r\n")[0] ?? "");
        });
    });
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    onTestFinished(() => {
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    await ensureTools({ demo: demo(`http://127.0.0.1:${String(port)}`) }, place(root));
    // Waited for once, and left alone from then on.
    expect(asked).toEqual(["HEAD / HTTP/1.1"]);
    expect(kept(root)).toEqual([`1.1.0-${platformName()}`]);
  });

  it("does not keep a build that says it is another version", async () => {
    const root = temporaryFolder();
    fakeGo(root, "1.0.9");
    const { url } = await publisher({});
    await expect(ensureTools({ demo: demo(url) }, place(root))).rejects.toThrow(
      "demo says it is 1.0.9, expected 1.1.0",
    );
    expect(kept(root)).toEqual([]);
  });

  it("names every way it tried, and the mend, where there is none", async () => {
    const root = temporaryFolder();
    fakeGo(root, undefined);
    const { url } = await publisher({});
    const failure = ensureTools({ demo: demo(url) }, place(root));
    await expect(failure).rejects.toThrow(/demo\.sha256 answers 404/);
    await expect(failure).rejects.toThrow(/a build needs Go 1\.26\.0 or newer \(found 1\.21\.0/);
    await expect(failure).rejects.toThrow(/put demo \(1\.0\.0 or newer, below 2\.0\.0\) on PATH/);
  });
});
