/** Errors of the system that a full disk, or one that may not be written, ends in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { endedFault } from "../../sandbox/control-plane.ts";
import { diskFault, naming } from "../../sandbox/fault.ts";
import { writeWhole } from "../../sandbox/files.ts";

describe("an error of the system", () => {
  const told = (code: string, syscall: string, more = {}): string | undefined =>
    diskFault(Object.assign(new Error(code), { code, syscall, ...more }))?.message;

  it("is a fault of a disk with its path, what it means and what helps", () => {
    expect(told("EROFS", "mkdir", { path: "/a/b" })).toBe(
      "/a/b: its disk can only be read (EROFS, mkdir)\n  to mend: put the clone on a disk that can be written",
    );
    expect(told("EACCES", "open", { path: "/a/b" })).toMatch(/^\/a\/b: this user may not do that/);
    expect(told("ENOENT", "mkdir", { path: "/a/b" })).toMatch(/^\/a\/b: its disk can only be read/);
    expect(told("ENOTDIR", "mkdir", { path: "/a/b" })).toMatch(
      /^\/a\/b: a file stands where a folder should/,
    );
    expect(told("ENOSPC", "write")).toMatch(/^a file: no room is left on its disk/);
  });

  it("is none where it is about something else", () => {
    expect(told("ENOENT", "open", { path: "/a/b" })).toBeUndefined();
    expect(told("EACCES", "listen")).toBeUndefined();
    expect(told("EACCES", "spawn kubectl", { path: "kubectl" })).toBeUndefined();
    expect(diskFault(new Error("ENOSPC"))).toBeUndefined();
    expect(diskFault("ENOSPC")).toBeUndefined();
  });

  it("gets the path of the file that was written, and keeps the one it has", () => {
    const failing = (error: Error) => () =>
      naming("/written", () => {
        throw error;
      });
    expect(failing(new Error("no room"))).toThrow(expect.objectContaining({ path: "/written" }));
    const own = Object.assign(new Error("no room"), { path: "/own" });
    expect(failing(own)).toThrow(expect.objectContaining({ path: "/own" }));
  });
});

it("a control plane that ended for want of room says so, and others where to look", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-ended-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const place = { folder, cluster: join(folder, "cluster") };
  const log = join(place.cluster, "logs", "etcd.log");
  writeWhole(log, '{"level":"fatal","error":"listen: address in use"}\n');
  expect(endedFault(place, ["etcd", "kwok-controller"]).message).toBe(
    `etcd, kwok-controller ended right after the start\n  to mend: see ${join(place.cluster, "logs")}`,
  );
  writeWhole(log, '{"level":"fatal","error":"write 0.tmp: no space left on device"}\n');
  expect(endedFault(place, ["etcd", "kwok-controller"]).message).toBe(
    `etcd, kwok-controller ended right after the start: no space left on device\n  to mend: give the disk of ${folder} some 200 MB of room`,
  );
});
