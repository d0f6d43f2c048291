/**
 * Proves on a real Redis that our configuration, backup and restore do what they say. It proves
 * nothing about the image, the pod or the network: those are the preflight's and verify's.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { redisStartScript } from "../../components/data/redis-files.ts";
import { killGroup, type Place, until } from "../data/programs.ts";
import { RedisServer } from "../data/redis-server.ts";

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.make();
  await redis.start();
});

afterAll(async () => {
  await redis.kill();
  await redis.place.clear();
});

/** Brings the server to the content that the tests know, whatever was there. */
beforeEach(async () => {
  await redis.ask("FLUSHALL");
  await redis.ask("MSET", "address-resolver:stcpr:02ab", "203.0.113.7", "nonce", "41");
  await redis.ask("SADD", "servers", "03cd", "02ef");
  await redis.ask("SET", "nm:visor", "up", "EX", "3600");
  for (const name of readdirSync(redis.place.at("backups"))) {
    rmSync(redis.place.at(`backups/${name}`), { recursive: true });
  }
});

const content = async () => ({
  keys: (await redis.ask("KEYS", "*")).split("\n").sort(),
  address: await redis.ask("GET", "address-resolver:stcpr:02ab"),
  servers: (await redis.ask("SMEMBERS", "servers")).split("\n").sort(),
});

const whole = {
  keys: ["address-resolver:stcpr:02ab", "nm:visor", "nonce", "servers"],
  address: "203.0.113.7",
  servers: ["02ef", "03cd"],
};

const backups = () => readdirSync(redis.place.at("backups")).filter((name) => name !== ".lock");

describe("the built-in Redis", () => {
  it("lets nobody in without its password", async () => {
    expect(await redis.ask("PING")).toBe("PONG");
    expect(await redis.askWith("", "PING")).toContain("NOAUTH");
    const wrong = await redis.askWith("not-the-password-at-all", "PING");
    expect(wrong).toContain("WRONGPASS");
    expect(wrong).not.toMatch(/^PONG$/m);
  });

  it("lets whoever reaches it in where it has none, and is backed up and restored all the same", async () => {
    const open = await RedisServer.make({ password: "" });
    try {
      await open.start();
      expect(await open.ask("CONFIG", "GET", "protected-mode")).toContain("no");
      await open.ask("SET", "queue", "kept");
      expect(await open.backup()).toMatchObject({ code: 0 });
      await open.ask("FLUSHALL");
      const restored = await open.restore();
      expect(restored.code, restored.output).toBe(0);
      expect(await open.ask("GET", "queue")).toBe("kept");
    } finally {
      await open.kill();
      await open.place.clear();
    }
  });

  it("keeps what was written over a kill -9", async () => {
    await redis.logged();
    await redis.kill();
    await redis.start();
    expect(await content()).toEqual(whole);
    expect(Number(await redis.ask("TTL", "nm:visor"))).toBeGreaterThan(3_000);
    expect(existsSync(redis.place.at("data/dump.rdb"))).toBe(false);
  });

  it("refuses a write rather than forget an entry when it is full", async () => {
    const small = await RedisServer.make({ memory: "4Mi" });
    try {
      await small.start();
      expect(await small.ask("CONFIG", "GET", "maxmemory")).toContain(`${2 * 2 ** 20}`);
      await small.ask("SET", "old", "entry");
      const script = "for i = 1, 4000 do redis.call('SET', i, string.rep('x', 1000)) end";
      // A script that has begun may write on: the next command is the one refused.
      await small.ask("EVAL", script, "0");
      expect(await small.ask("SET", "one-more", "x")).toContain("OOM");
      expect(await small.ask("GET", "old")).toBe("entry");
    } finally {
      await small.kill();
      await small.place.clear();
    }
  });
});

describe("the start of Redis", () => {
  /** Runs the script as a server of another series would, which says its words and ends. */
  const startOf = async (version: string, place: Place) => {
    const said = `Redis server v=${version} sha=00000000:0 malloc=jemalloc-4.0.3 bits=64`;
    const server = `#!/bin/sh\n[ "$1" = --version ] && echo '${said}' || echo "started"\n`;
    chmodSync(place.write("bin/redis-server", server), 0o755);
    place.write("start.sh", redisStartScript);
    return place.run(["sh", place.at("start.sh"), place.at("redis.conf")], {
      PATH: `${place.at("bin")}:${process.env["PATH"] ?? ""}`,
    });
  };

  it("refuses an older server the data of a newer one, which it would not see", async () => {
    const newer = await RedisServer.make();
    try {
      await newer.place.makeFolder("bin");
      expect(await startOf("4.0.6", newer.place)).toEqual({
        code: 0,
        output: "started\n",
      });
      rmSync(newer.place.at("bin/redis-server"));
      await newer.start();
      await newer.kill();
      const refused = await startOf("6.2.14", newer.place);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain("of which Redis 6 would see nothing: go back");
      expect((await startOf("8.0.1", newer.place)).code).toBe(0);
    } finally {
      await newer.kill();
      await newer.place.clear();
    }
  });
});

describe("a backup of Redis", () => {
  it("brings back data that was destroyed, into a server that keeps a log", async () => {
    const made = await redis.backup();
    expect(made.output).toMatch(/made backup \d{8}T\d{6}Z/);
    await redis.ask("FLUSHALL");
    await redis.ask("SET", "younger", "than the backup");
    const restored = await redis.restore();
    expect(restored.code, restored.output).toBe(0);
    expect(await content()).toEqual(whole);
    expect(Number(await redis.ask("TTL", "nm:visor"))).toBeGreaterThan(3_000);

    // It stands on its own, takes writes, and its log holds the restored data and them.
    expect(await redis.ask("INFO", "replication")).toContain("role:master");
    expect(await redis.ask("SET", "after", "the restore")).toBe("OK");
    await redis.logged();
    await redis.kill();
    await redis.start();
    expect(await content()).toEqual({
      ...whole,
      keys: ["address-resolver:stcpr:02ab", "after", ...whole.keys.slice(1)],
    });
  });

  it("brings everything back after the disk was lost", async () => {
    expect((await redis.backup()).code).toBe(0);
    await redis.kill();
    for (const name of readdirSync(redis.place.at("data"))) {
      rmSync(redis.place.at(`data/${name}`), { recursive: true });
    }
    await redis.start();
    expect(await redis.ask("DBSIZE")).toBe("0");
    const restored = await redis.restore();
    expect(restored.code, restored.output).toBe(0);
    await redis.logged();
    await redis.kill();
    await redis.start();
    expect(await content()).toEqual(whole);
  });

  it("mends a server that a killed restore left copying from nowhere", async () => {
    expect((await redis.backup()).code).toBe(0);
    await redis.ask("FLUSHALL");
    expect(await redis.ask("REPLICAOF", "127.0.0.1", "1")).toBe("OK");
    expect(await redis.ask("SET", "x", "y")).toContain("READONLY");
    const restored = await redis.restore();
    expect(restored.code, restored.output).toBe(0);
    expect(await content()).toEqual(whole);
    expect(await redis.ask("SET", "x", "y")).toBe("OK");
  });

  it("lets the server stand on its own again when the restore fails on the way", async () => {
    expect((await redis.backup()).code).toBe(0);
    // Nothing listens there: the server never gets its copy.
    const restored = await redis.restore({ RESTORE_HOST: "127.0.0.9", PATIENCE: "8" });
    expect(restored.code).toBe(1);
    expect(restored.output).toContain("has copied the backup: not within 8 seconds");
    expect(await redis.ask("INFO", "replication")).toContain("role:master");
    expect(await content()).toEqual(whole);
  });

  it("leaves nothing that a restore would take when it is killed half-way", async () => {
    expect((await redis.backup()).code).toBe(0);
    const [good = ""] = backups();
    await new Promise((settle) => setTimeout(settle, 1_100));
    // A server that stands still holds the snapshot up.
    redis.signal("SIGSTOP");
    const half = redis.startBackup();
    await until("the backup is under way", () =>
      backups().some((name) => name.startsWith(".partial-")),
    );
    await killGroup(half.child);
    redis.signal("SIGCONT");

    expect(backups().filter((name) => name.startsWith(".partial-"))).toHaveLength(1);
    expect((await redis.restore({ BACKUP: "list" })).output.trim()).toBe(good);
    expect((await redis.restore()).output).toContain(`restored backup ${good}`);
    expect((await redis.backup()).code).toBe(0);
    expect(backups().filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("fails with a wrong password and leaves nothing behind", async () => {
    const made = await redis.backup({ REDISCLI_AUTH: "not-the-password-at-all" });
    expect(made.code).toBe(1);
    expect(made.output).toContain("FAILED");
    expect(backups()).toEqual([]);
  });

  it("refuses to restore with a wrong password, and touches nothing", async () => {
    expect((await redis.backup()).code).toBe(0);
    await redis.ask("SET", "younger", "stays");
    const auth = "not-the-password-at-all";
    const restored = await redis.restore({ REDISCLI_AUTH: auth, PATIENCE: "2" });
    expect(restored.code).toBe(1);
    expect(restored.output).toContain("answers with this password: not within 2 seconds");
    expect(await redis.ask("GET", "younger")).toBe("stays");
  });

  it("refuses a backup that is damaged, and touches nothing", async () => {
    expect((await redis.backup()).code).toBe(0);
    const [name = ""] = backups();
    const file = redis.place.at(`backups/${name}/dump.rdb`);
    const bytes = readFileSync(file);
    bytes[40] = (bytes[40] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    await redis.ask("SET", "younger", "stays");
    const restored = await redis.restore();
    expect(restored.code).toBe(1);
    expect(restored.output).toContain(`backup ${name} is damaged`);
    expect(await redis.ask("GET", "younger")).toBe("stays");
  });

  it("restores the one that is named, and names what there is where it is not", async () => {
    const { output } = await redis.backup();
    const first = /made backup (\S+)/.exec(output)?.[1] ?? output;
    await redis.ask("FLUSHALL");
    await redis.ask("SET", "younger", "than the first");
    await new Promise((settle) => setTimeout(settle, 1_100));
    expect((await redis.backup()).code).toBe(0);

    expect((await redis.restore({ BACKUP: "20200101T000000Z" })).output).toContain(
      "there is no backup 20200101T000000Z: BACKUP=list",
    );
    expect(await redis.ask("GET", "younger")).toBe("than the first");
    const restored = await redis.restore({ BACKUP: first });
    expect(restored.output).toContain(`restored backup ${first}`);
    expect(await content()).toEqual(whole);
  });

  it("keeps as many as it is told, the newest", async () => {
    const names: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { output } = await redis.backup({ KEEP: "2" });
      names.push(/made backup (\S+)/.exec(output)?.[1] ?? output);
      await new Promise((settle) => setTimeout(settle, 1_100));
    }
    expect(backups().sort()).toEqual(names.slice(1));
  });
});
