/**
 * The check of servers with a Postgres, as a real bash runs it against a real page. What the database tells is made up
 * here: that the image's Ruby and its library can ask it is the image's affair.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { databaseProbeCommand } from "../../components/pushtech/database-probe.ts";
import { freePorts } from "../data/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-database-probe-"));
let status = 200;
const page = createServer((_, response) => {
  response.writeHead(status).end();
});

beforeAll(
  () =>
    new Promise<void>((resolve) => {
      page.listen(0, "127.0.0.1", () => {
        resolve();
      });
    }),
);

afterAll(() => {
  page.closeAllConnections();
  page.close();
  rmSync(folder, { recursive: true, force: true });
});

/** For how many seconds the first process of this machine runs: in a pod that is the program. */
function ageOfProgram(): number {
  const up = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const since = readFileSync("/proc/1/stat", "utf8").split(") ").at(-1)?.split(" ")[19];
  return Math.floor(up - Number(since) / 100);
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the check where asking the database ends as told. */
function check(ruby: string, port = (page.address() as AddressInfo).port): Promise<Ended> {
  const path = join(folder, "ruby");
  writeFileSync(path, `#!/bin/sh\n${ruby}\n`);
  chmodSync(path, 0o755);
  const [program = "", ...args] = databaseProbeCommand;
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: `${folder}:/usr/bin:/bin`, PORT: `${port}`, DATABASE_URL: "postgres://a:b@c/d" },
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, said });
    });
  });
}

describe("a server with a database", () => {
  it("is alive while its database is older than itself", async () => {
    expect(await check(`echo ${ageOfProgram() + 60}`)).toEqual({ code: 0, said: "" });
  });

  it("is started anew when its database was, as its connections to it are gone for good", async () => {
    const { code, said } = await check("echo 0");
    expect(code).toBe(1);
    expect(said).toMatch(/^the database was started anew 0 s ago, and this program \d+ s ago/);
  });

  it.each([
    ["is away", "echo 'could not connect' >&2; exit 1"],
    ["tells something else than its age", "echo permission denied"],
    ["tells nothing", "true"],
  ])("is left alone while its database %s: a restart would mend nothing", async (_, ruby) => {
    expect(await check(ruby)).toEqual({ code: 0, said: "" });
  });

  it("is started anew when its own page does not answer, whatever the database says", async () => {
    status = 500;
    const failed = { code: 1, said: "the start page does not answer\n" };
    expect(await check(`echo ${ageOfProgram() + 60}`)).toEqual(failed);
    status = 302;
    expect((await check(`echo ${ageOfProgram() + 60}`)).code).toBe(0);
    status = 200;
    const [nobody = 0] = await freePorts(1);
    expect(await check("echo 0", nobody)).toEqual(failed);
  });
});
