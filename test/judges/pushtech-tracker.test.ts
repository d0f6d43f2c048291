/**
 * The tracker's list of events on a real Redis: what it refuses, and how a pod that goes is emptied first. That the
 * kafkastore sends what it takes is its image's affair; somebody else takes events off the list here.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  drainScript,
  eventRedisArguments,
  kafkastorePreStop,
} from "../../components/pushtech/tracker.ts";
import { freePorts, until } from "../data/programs.ts";
import { toolPath } from "./tools.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-tracker-"));
const server = toolPath("redis-server");
const client = toolPath("redis-cli");
const mebibyte = 2 ** 20;

let port: number;
let redis: ChildProcess;

/** What the container's own client would say, on the test's port. */
function ask(...words: readonly string[]): string {
  const { stdout } = spawnSync(client, ["-p", `${port}`, "-n", "6", ...words], {
    encoding: "utf8",
  });
  return stdout.trim();
}

async function start(memory: number): Promise<void> {
  const [, ...args] = eventRedisArguments(memory);
  redis = spawn(server, [...args, "--port", `${port}`], { cwd: folder, stdio: "ignore" });
  await until("Redis answers", () => Promise.resolve(ask("PING") === "PONG"));
}

/** Ends it as a lost node does, and waits until it is gone. */
async function end(): Promise<void> {
  if (redis.exitCode === null && redis.signalCode === null) {
    const gone = once(redis, "exit");
    redis.kill("SIGKILL");
    await gone;
  }
}

interface Hook {
  readonly ended: Promise<number | null>;
  isRunning(): boolean;
}

/** Runs a container's last command, with a client that knows the test's port. */
function hook(program: string, args: readonly string[]): Hook {
  const child = spawn(program, args, { env: { PATH: `${folder}:/usr/bin:/bin` }, stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => {
      resolve(code);
    });
  });
  return { ended, isRunning: () => child.exitCode === null };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

beforeEach(async () => {
  [port = 0] = await freePorts(1);
  const own = join(folder, "redis-cli");
  writeFileSync(own, `#!/bin/sh\nexec ${client} -p ${port} "$@"\n`);
  chmodSync(own, 0o755);
  await start(100 * mebibyte);
  return () => end();
});

afterEach(() => {
  rmSync(join(folder, "redis-cli"), { force: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a pod of the tracker that goes", () => {
  it("keeps its Redis until the last event is taken, and a little longer", async () => {
    ask("RPUSH", "fubar", "one event", "another event");
    const drain = hook("sh", ["-c", drainScript, "sh", "0", "0"]);
    await pause(1500);
    expect(drain.isRunning()).toBe(true);
    expect(ask("LLEN", "fubar")).toBe("2");
    ask("LPOP", "fubar");
    await pause(1200);
    expect(drain.isRunning()).toBe(true);
    ask("LPOP", "fubar");
    expect(await drain.ended).toBe(0);
    expect(ask("PING")).toBe("PONG");
  });

  it("is gone within seconds where nothing is left", async () => {
    const drain = hook("sh", ["-c", drainScript, "sh", "0", "0"]);
    expect(await drain.ended).toBe(0);
  });

  it("keeps its kafkastore as long as its Redis, and no longer", async () => {
    const [program = "", ...args] = kafkastorePreStop.map((word) =>
      word.replace("/6379", `/${port}`),
    );
    const stay = hook(program, args);
    await pause(1500);
    expect(stay.isRunning()).toBe(true);
    redis.kill("SIGTERM");
    expect(await stay.ended).toBe(0);
  });
});

describe("the list of events", () => {
  it("refuses new events when its memory is full, and keeps those that it has", async () => {
    await end();
    [port = 0] = await freePorts(1);
    await start(5 * mebibyte);
    const event = "x".repeat(100_000);
    const answers = Array.from({ length: 40 }, () => ask("RPUSH", "fubar", event));
    const taken = answers.filter((answer) => /^\d+$/.test(answer)).length;
    expect(taken).toBeGreaterThan(5);
    expect(answers.at(-1)).toContain("OOM command not allowed");
    expect(ask("LLEN", "fubar")).toBe(`${taken}`);
    expect(ask("LPOP", "fubar")).toBe(event);
  });

  it("is written to no disk, and answers nobody beyond its pod", () => {
    expect(ask("CONFIG", "GET", "save").split("\n")[1] ?? "").toBe("");
    expect(ask("CONFIG", "GET", "appendonly")).toContain("no");
    expect(ask("CONFIG", "GET", "bind")).toContain("127.0.0.1");
  });
});
