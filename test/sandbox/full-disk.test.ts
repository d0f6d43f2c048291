/** A disk without room, under the sandbox's commands. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { clone } from "../rendered.ts";

let root = "";

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-disk-")));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs a command of the sandbox where no file takes a byte: to a program a limit of size is a disk without room. */
function withoutRoom(name: string) {
  const program = join(clone, "sandbox", "cli.ts");
  const words = [process.execPath, program, name, "--stack", "voting"];
  return spawnSync("sh", ["-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh", ...words], {
    cwd: clone,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], FLEET_SANDBOX_ROOT: root },
  });
}

it("up on a disk without room ends with the path and what helps, holds no lock and leaves no half file", () => {
  const { status, stderr } = withoutRoom("up");
  expect(stderr).toMatch(
    new RegExp(
      `^${root}/voting/\\S+: no room is left on its disk \\(.*write\\)\\n {2}to mend: make room`,
    ),
  );
  expect(status).toBe(1);
  expect(readdirSync(root)).toEqual(["voting"]);
  const files = readdirSync(join(root, "voting"), { recursive: true, withFileTypes: true });
  expect(files.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
});

it("down makes some room", () => {
  mkdirSync(join(root, "voting", "cluster"), { recursive: true });
  const { status, stdout } = withoutRoom("down");
  expect(stdout).toBe("the sandbox of voting is gone\n");
  expect(status).toBe(0);
  expect(existsSync(join(root, "voting"))).toBe(false);
});
