/** The commands around rake, as a real bash runs them. The rake tasks themselves are the images'. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { migrationCommand } from "../../components/pushtech/migration.ts";
import { servers } from "../../components/pushtech/servers.ts";

/** Runs a command of the table with a rake and a foreman of ours in its way. */
class Shell {
  readonly #folder = mkdtempSync(join(tmpdir(), "fleet-rake-"));

  write(name: string, body: string): void {
    const path = join(this.#folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }

  run([program = "", ...args]: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      // To a bash on a socket of its own, as a child of ours has it, a user's own settings would matter.
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: `${this.#folder}:/usr/bin:/bin` },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const shell = new Shell();

beforeAll(() => {
  shell.write("foreman", 'echo "foreman $*"');
});

afterAll(() => {
  shell.remove();
});

describe("the command of a migration", () => {
  it("does all there is to do, and looks whether it is done", () => {
    shell.write("rake", 'echo "$*"');
    const { status, stdout } = shell.run(migrationCommand);
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toEqual([
      "docker:create_postgres_extensions db:migrate",
      "docker:if_db_is_migrated",
    ]);
  });

  it("fails with what it does, and says so", () => {
    shell.write("rake", 'echo "PG::UndefinedTable" >&2; exit 1');
    const { status, stderr } = shell.run(migrationCommand);
    expect(status).toBe(1);
    expect(stderr).toBe("PG::UndefinedTable\nthe migration failed: see above\n");
  });

  it("fails where migrations are left, whatever was said of them", () => {
    shell.write("rake", 'case "$*" in *if_db_is_migrated) exit 1;; esac');
    const { status, stderr } = shell.run(migrationCommand);
    expect([status, stderr]).toEqual([1, "the database still lacks migrations\n"]);
  });
});

describe("a server with a database", () => {
  const command = servers.website.command ?? [];

  it("starts once its database has what its image needs", () => {
    shell.write("rake", "exit 0");
    expect(shell.run(command)).toEqual({
      status: 0,
      stdout: "foreman start web --timeout 50\n",
      stderr: "",
    });
  });

  it("starts never on a database that lacks migrations, and says what mends it", () => {
    shell.write("rake", "exit 1");
    const { status, stdout, stderr } = shell.run(command);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("the database lacks migrations of this image");
  });
});
