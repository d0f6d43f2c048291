import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { neededPackages } from "../../tools/lib/debian.mjs";
import { fetchFile, readChecksum, verifySha256 } from "../../tools/lib/download.mjs";
import { diskFault } from "../../tools/lib/log.mjs";
import { fillPattern, readManifest, toolsOf } from "../../tools/lib/manifest.mjs";
import type { PythonProgram } from "../../tools/lib/manifest.mjs";
import { localSchema } from "../../tools/lib/schemas.mjs";
import { unpackProgram } from "../../tools/lib/wheel.mjs";
import { readZip } from "../../tools/lib/zip.mjs";
import { temporaryFolder } from "./folders.ts";
import { zipOf } from "./zip.ts";

const digits = "0123456789abcdef".repeat(4);
const others = "f".repeat(64);

describe("a disk that is full, or may not be written", () => {
  const failed = (code: string, syscall: string, more = {}): Error =>
    Object.assign(new Error(code), { code, syscall, ...more });

  it("is told with the path, what it means, and where the cache is chosen", () => {
    const error = failed("EROFS", "mkdir", { path: "/cache/tools/kwok" });
    expect(diskFault(error, "/cache")).toBe(
      "/cache/tools/kwok: its disk can only be read (EROFS, mkdir)\n" +
        "  to mend: let it be written, with room to spare, or set FLEET_CACHE_DIR to another folder (it is /cache)",
    );
    expect(diskFault(failed("ENOTDIR", "mkdir", { path: "/cache/x" }), "/cache")).toMatch(
      /^\/cache\/x: a file stands where a folder should/,
    );
    expect(diskFault(failed("ENOSPC", "write"), "/cache")).toMatch(
      /^a file, of \/cache most likely: no room is left on its disk/,
    );
  });

  it("is known where a folder with all above it cannot be made, which Node calls otherwise", () => {
    const error = failed("ENOENT", "mkdir", { path: "/cache/tools/.locks/kwok" });
    expect(diskFault(error, "/cache")).toMatch(
      /^\/cache\/tools\/\.locks\/kwok: its disk can only be read \(ENOENT, mkdir\)\n/,
    );
  });

  it("is no other error of the system", () => {
    expect(diskFault(failed("EACCES", "spawn go"), "/cache")).toBeUndefined();
    expect(diskFault(failed("ENOENT", "open"), "/cache")).toBeUndefined();
    expect(diskFault("ENOSPC", "/cache")).toBeUndefined();
  });

  it.runIf(process.platform === "linux")(
    "is not taken for a publisher without a way to him: no other source would help",
    async () => {
      const server = createServer((_, response) => response.end("a tool"));
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      onTestFinished(() => {
        server.close();
        server.closeAllConnections();
      });
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/tool`;
      // A file of the system's that takes nothing, as a full disk.
      await expect(fetchFile(url, "/dev/full")).rejects.toMatchObject({
        code: "ENOSPC",
        path: "/dev/full",
      });
    },
  );
});

describe("checksums", () => {
  it("are found in a publisher's list by the whole file name", () => {
    const list = `${others}  tool-linux-amd64.tar.gz.sbom\n${digits.toUpperCase()} *tool-linux-amd64.tar.gz\n`;
    expect(readChecksum(list, "list", "tool-linux-amd64.tar.gz")).toBe(digits);
    expect(readChecksum(list, "list", "tool-linux-arm64.tar.gz")).toBeUndefined();
  });

  it("are found beside the file, and in a release's digests", () => {
    expect(readChecksum(`${digits}\n`, "beside", "any")).toBe(digits);
    const release = JSON.stringify({ assets: [{ name: "kwok", digest: `sha256:${digits}` }] });
    expect(readChecksum(release, "release-digest", "kwok")).toBe(digits);
    expect(readChecksum(release, "release-digest", "kwokctl")).toBeUndefined();
  });

  it("are not read out of an error page", () => {
    const page = "<html>Log in to the network</html>";
    expect(readChecksum(page, "beside", "kwok")).toBeUndefined();
    expect(readChecksum(page, "list", "kwok")).toBeUndefined();
    expect(readChecksum(page, "release-digest", "kwok")).toBeUndefined();
  });

  it("that differ refuse the file and remove it", () => {
    const path = join(temporaryFolder(), "binary");
    writeFileSync(path, "tampered");
    expect(() => {
      verifySha256(path, digits, "https://example.org/binary");
    }).toThrow(/example\.org\/binary.*expected 0123456789abcdef.*Refused/s);
    expect(existsSync(path)).toBe(false);
  });
});

describe("the manifest", () => {
  const manifest = readManifest();

  it("fills URLs in each publisher's own words for a platform", () => {
    const values = { version: "1.2.3", binary: "kubectl", platform: "linux-x64" };
    expect(fillPattern("v{version}/{os}/{goarch}/{binary}-{arch}", values)).toBe(
      "v1.2.3/linux/amd64/kubectl-x64",
    );
  });

  it("checks every download, over TLS only", () => {
    const downloads = Object.values(manifest.tools)
      .flatMap((tool) => tool.sources)
      .filter((source) => source.kind === "download");
    expect(downloads.length).toBeGreaterThan(8);
    for (const source of downloads) {
      expect(source.url).toMatch(/^https:\/\//);
      expect(source.checksum.url).toMatch(/^https:\/\//);
    }
  });

  it("accepts on PATH the very version it would install", async () => {
    const { inRange } = await import("../../tools/lib/versions.mjs");
    for (const [name, tool] of Object.entries(manifest.tools)) {
      if (tool.probe === undefined) continue;
      for (const source of tool.sources) {
        if (source.kind === "debian") continue;
        expect(inRange(source.version, tool.probe), `${name} ${source.version}`).toBe(true);
      }
    }
  });

  it("knows every tool its sets name", () => {
    for (const [set, names] of Object.entries(manifest.sets)) {
      expect(Object.keys(toolsOf(manifest, [set])).sort()).toEqual([...names].sort());
    }
  });
});

describe("Debian packages", () => {
  it("are the program's own and the libraries that are missing, never the C library", () => {
    const closure =
      "redis-server\n  Depends: <x>\nlibc6\nliblzf1\nlibjemalloc2\nadduser\nlibfoo:i386\n<perl>\n";
    const installed =
      "libc6 installed\nliblzf1 installed\nlibjemalloc2 config-files\nredis-server installed\n";
    expect(neededPackages(closure, installed, "^redis")).toEqual(["redis-server", "libjemalloc2"]);
  });

  it("takes no scripts of pages, which are called libraries, too", () => {
    const closure = "prometheus\nlibjs-jquery\nlibgomp1\n";
    expect(neededPackages(closure, "", "^prometheus$")).toEqual(["prometheus", "libgomp1"]);
  });
});

describe("Python packages", () => {
  const sources = Object.values(readManifest().tools).flatMap((tool) => tool.sources);

  it("are one file each, told by its SHA-256", () => {
    const wheels = sources.filter(({ kind }) => kind.startsWith("python-")) as PythonProgram[];
    expect(wheels.length).toBeGreaterThan(4);
    for (const { file, packageVersion, sha256 } of wheels) {
      expect(file).toContain(`-${packageVersion}-`);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("whose program is another platform's are left alone, and not fetched", async () => {
    const [program] = sources.filter((source) => source.kind === "python-program");
    const folder = temporaryFolder();
    const other = { ...(program as PythonProgram), platform: "plan9-mips" };
    await expect(unpackProgram(other, "nginx", folder)).rejects.toThrow(/holds no binary for/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("Kubernetes' schemas", () => {
  it("lose what would be fetched from the network, and keep properties of the same name", () => {
    expect(
      localSchema({
        $schema: "http://json-schema.org/draft-07/schema#",
        $id: "x",
        properties: {
          $schema: { type: "string" },
          spec: { $ref: "/api/_definitions.json#/d/Spec" },
        },
        anyOf: [{ $ref: "/api/_definitions.json#/d/Other" }],
      }),
    ).toEqual({
      properties: { $schema: { type: "string" }, spec: { $ref: "_definitions.json#/d/Spec" } },
      anyOf: [{ $ref: "_definitions.json#/d/Other" }],
    });
  });
});

describe("a wheel", () => {
  it("gives the files below a folder", () => {
    const archive = zipOf([
      { name: "a/one.json", text: "{}", deflate: false },
      { name: "a/two.json", text: "x".repeat(5000), deflate: true },
      { name: "b/three.json", text: "no", deflate: false },
    ]);
    const files = [...readZip(archive, (name) => name.startsWith("a/"))].map(([name, bytes]) => [
      name,
      bytes.toString(),
    ]);
    expect(files).toEqual([
      ["a/one.json", "{}"],
      ["a/two.json", "x".repeat(5000)],
    ]);
  });

  it("that is none is refused", () => {
    expect(() => readZip(Buffer.alloc(100), () => true)).toThrow("not a zip archive");
  });
});
