/**
 * Proves on a real Postgres that our configuration, preparation, backup and restore do what they say.
 * It proves nothing about the image, the pod or the network: those are the preflight's and verify's.
 */
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { whatIsRestored } from "../../components/data/postgres-backup.ts";
import { PostgresServer } from "../data/postgres-server.ts";
import { killGroup, Place, until } from "../data/programs.ts";

const passwords = { tpd: "tpd-password-0123456789", ut: "ut-password-0123456789" };

const servers: PostgresServer[] = [];

async function make(): Promise<PostgresServer> {
  const server = await PostgresServer.make(passwords);
  servers.push(server);
  return server;
}

async function running(): Promise<PostgresServer> {
  const server = await make();
  await server.start();
  return server;
}

async function clear(): Promise<void> {
  for (const server of servers.splice(0)) {
    await server.kill();
    await server.place.clear();
  }
}

/** Brings the databases to the content that the tests know, whatever was there. */
const fill = async (postgres: PostgresServer) => {
  await postgres.rows(
    "ut",
    `DROP TABLE IF EXISTS younger, uptimes;
     CREATE TABLE uptimes (id serial PRIMARY KEY, visor text NOT NULL UNIQUE, seconds int);
     INSERT INTO uptimes (visor, seconds) SELECT 'visor-' || n, n FROM generate_series(1, 1000) n`,
  );
  await postgres.rows("tpd", "DROP TABLE IF EXISTS transports");
  await postgres.rows("tpd", "CREATE TABLE transports (id int); INSERT INTO transports VALUES (7)");
};

const uptimes = (postgres: PostgresServer) =>
  postgres.rows("ut", "SELECT count(*), sum(seconds), max(visor) FROM uptimes");

const whole = "1000|500500|visor-999";

const backupsOf = (postgres: PostgresServer) =>
  readdirSync(postgres.place.at("backups")).filter((name) => name !== ".lock");

const nextSecond = () => new Promise((settle) => setTimeout(settle, 1_100));

describe("the built-in Postgres", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await running();
  });
  afterAll(clear);

  it("starts on our configuration and applies it", async () => {
    expect(await postgres.rows("ut", "SHOW max_connections")).toBe("37");
    expect(await postgres.rows("ut", "SHOW shared_buffers")).toBe("32MB");
    expect(await postgres.rows("ut", "SHOW data_checksums")).toBe("on");
    expect(await postgres.rows("ut", "SHOW lc_collate")).toBe("C");
    expect(await postgres.rows("ut", "SHOW server_encoding")).toBe("UTF8");
  });

  it("lets an owner into its own database only, with its own password only", async () => {
    expect((await postgres.query("ut", "SELECT")).code).toBe(0);
    const wrong = await postgres.query("ut", "SELECT", { password: "not-the-password-at-all" });
    expect(wrong.output).toContain('password authentication failed for user "ut"');
    const none = await postgres.query("ut", "SELECT", { password: "" });
    expect(none.output).toContain("no password supplied");
    const other = await postgres.query("tpd", "SELECT", { user: "ut" });
    expect(other.output).toContain('no pg_hba.conf entry for host "127.0.0.1", user "ut"');
  });

  it("has no way in for the superuser but the pod's own socket", async () => {
    const superuser = await postgres.asOperator("SELECT current_user");
    const tried = await postgres.query("ut", "SELECT", { user: superuser, password: "x" });
    expect(tried.output).toContain("no pg_hba.conf entry");
    expect(await postgres.asOperator("SELECT rolsuper FROM pg_roles WHERE rolname = 'ut'")).toBe(
      "f",
    );
  });

  it("keeps its data over a kill -9 and repairs it before it listens", async () => {
    await fill(postgres);
    await postgres.kill();
    const prepared = await postgres.prepare();
    expect(prepared.output).toContain("database system was not properly shut down");
    await postgres.start();
    expect(await uptimes(postgres)).toBe(whole);
  });
});

describe("a Postgres with extensions, whose passwords are checked as before there was SCRAM", () => {
  it("has them before an owner comes, who may not make them, and keeps them over a restart", async () => {
    const postgres = await PostgresServer.make(passwords, {
      extensions: { ut: ["hstore"] },
      authentication: "md5",
    });
    try {
      await postgres.start();
      const maps = "SELECT 'a=>1'::hstore -> 'a'";
      expect(await postgres.rows("ut", maps)).toBe("1");
      // What an old program does at each start.
      const again = await postgres.query("ut", "CREATE EXTENSION IF NOT EXISTS hstore");
      expect(again.code, again.output).toBe(0);
      expect((await postgres.query("tpd", maps)).code).not.toBe(0);
      const wrong = await postgres.query("ut", "SELECT", { password: "not-the-password-at-all" });
      expect(wrong.output).toContain('password authentication failed for user "ut"');
      await postgres.stop();
      await postgres.start();
      expect(await postgres.rows("ut", maps)).toBe("1");
    } finally {
      await postgres.kill();
      await postgres.place.clear();
    }
  });

  it("is restored with them, though they are not its owner's to drop, and with those that the owner made", async () => {
    const postgres = await PostgresServer.make(passwords, { extensions: { ut: ["hstore"] } });
    try {
      await postgres.start();
      await postgres.rows(
        "ut",
        `CREATE EXTENSION citext;
         CREATE TABLE devices (name citext, marks hstore); INSERT INTO devices VALUES ('A', 'a=>1')`,
      );
      expect((await postgres.backup()).code).toBe(0);
      const devices = "SELECT marks -> 'a' FROM devices WHERE name = 'a'";
      await postgres.rows("ut", "DELETE FROM devices");
      const restored = await postgres.restore();
      expect(restored.code, restored.output).toBe(0);
      expect(await postgres.rows("ut", devices)).toBe("1");
      await postgres.stop();
      postgres.loseDisk();
      await postgres.start();
      const anew = await postgres.restore();
      expect(anew.code, anew.output).toBe(0);
      expect(await postgres.rows("ut", devices)).toBe("1");
    } finally {
      await postgres.kill();
      await postgres.place.clear();
    }
  });
});

describe("what of a dump is restored", () => {
  // The words of a program of before 11, which puts the schema and, of the oldest, plpgsql's comment into each dump.
  const listed = [
    ";     Dumped by pg_dump version: 9.6.6",
    "3; 2615 2200 SCHEMA - public postgres",
    "2145; 0 0 COMMENT - SCHEMA public postgres",
    "1; 3079 12393 EXTENSION - plpgsql ",
    "2146; 0 0 COMMENT - EXTENSION plpgsql ",
    "2; 3079 16386 EXTENSION - hstore ",
    "2147; 0 0 COMMENT - EXTENSION hstore ",
    "4; 3079 16500 EXTENSION - citext ",
    "6; 2615 16600 SCHEMA - publications webs",
    "186; 1259 16510 TABLE public users webs",
    "2148; 0 0 COMMENT public TABLE users webs",
  ];

  it("is all but the schema public, extensions that are there, and their comments", async () => {
    const place = new Place(["grep"]);
    await place.makeFolder("bin");
    const standIn = (name: string, lines: readonly string[]): void => {
      const said = place.write(`${name}.said`, `${lines.join("\n")}\n`);
      chmodSync(place.write(`bin/${name}`, `#!/bin/sh\ncat '${said}'\n`), 0o755);
    };
    standIn("pg_restore", listed);
    standIn("psql", [" EXTENSION - plpgsql ", " EXTENSION - hstore "]);
    try {
      const script = `set -eu; database=webs; ${whatIsRestored} what_is_restored webs.dump`;
      const path = `${place.at("bin")}:${process.env["PATH"] ?? ""}`;
      const told = await place.run(["sh", "-c", script], { PATH: path, WORK: place.at("bin") });
      expect(told.output.trimEnd().split("\n")).toEqual(
        [0, 7, 8, 9, 10].map((line) => listed[line]),
      );
    } finally {
      await place.clear();
    }
  });
});

describe("the preparation of the data", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await running();
  });
  afterAll(clear);

  const fingerprint = (postgres: PostgresServer) =>
    postgres.asOperator(
      `SELECT rolname, rolpassword, rolcanlogin, xmin FROM pg_authid ORDER BY 1;
       SELECT datname, oid, datdba, xmin FROM pg_database ORDER BY 1`,
    );

  it("changes nothing when it runs again", async () => {
    await postgres.stop();
    postgres.configure(passwords);
    await postgres.start();
    const before = await fingerprint(postgres);
    await postgres.stop();
    await postgres.start();
    expect(await fingerprint(postgres)).toBe(before);
  });

  it("makes a database that was added later, and leaves the others alone", async () => {
    await postgres.stop();
    postgres.configure(passwords);
    await postgres.start();
    await fill(postgres);
    await postgres.stop();
    postgres.configure({ ...passwords, sd: "sd-password-0123456789" });
    await postgres.start();
    await postgres.rows("sd", "CREATE TABLE services (id int)");
    expect(await uptimes(postgres)).toBe(whole);
  });

  it("changes a password that was changed", async () => {
    await postgres.stop();
    postgres.configure(passwords);
    await postgres.start();
    await fill(postgres);
    await postgres.stop();
    postgres.configure({ ...passwords, ut: "another-password-9876543210" });
    await postgres.start();
    expect(await uptimes(postgres)).toBe(whole);
    const old = await postgres.query("ut", "SELECT", { password: passwords.ut });
    expect(old.output).toContain("password authentication failed");
  });

  it("keeps the data of a database that was taken out, but lets nobody in", async () => {
    await postgres.stop();
    postgres.configure(passwords);
    await postgres.start();
    await fill(postgres);
    await postgres.stop();
    postgres.configure({ tpd: passwords.tpd });
    await postgres.start();
    const tried = await postgres.query("ut", "SELECT", { password: passwords.ut });
    expect(tried.output).toContain("no pg_hba.conf entry");
    await postgres.stop();
    postgres.configure(passwords);
    await postgres.start();
    expect(await uptimes(postgres)).toBe(whole);
  });

  it("starts over where it was killed before the data folder was whole", async () => {
    const fresh = await make();
    await fresh.place.makeFolder("disk/pgdata.new");
    fresh.place.write("disk/pgdata.new/half", "of a data folder");
    await fresh.start();
    expect((await fresh.query("ut", "SELECT")).code).toBe(0);
  });

  it("refuses to make a database over files it does not know", async () => {
    const fresh = await make();
    await fresh.place.makeFolder("disk/pgdata");
    const prepared = await fresh.prepare();
    expect(prepared.code).toBe(1);
    expect(prepared.output).toContain("is there but holds no database");
  });

  it("refuses the data of another major version, and says what to do", async () => {
    const fresh = await make();
    await fresh.place.makeFolder("disk/pgdata");
    fresh.place.write("disk/pgdata/PG_VERSION", "9\n");
    const prepared = await fresh.prepare();
    expect(prepared.code).toBe(1);
    expect(prepared.output).toMatch(/is Postgres 9's and the image is Postgres \d+: go back/);
    expect(readdirSync(fresh.place.at("disk"))).toEqual(["pgdata"]);
  });

  it("lays the data of another major version aside when told to, for a restore, and takes its own up again", async () => {
    const moved = await running();
    await fill(moved);
    expect((await moved.backup()).code).toBe(0);
    await moved.stop();
    const is = readFileSync(moved.place.at("disk/pgdata/PG_VERSION"), "utf8").trim();
    const folders = () => readdirSync(moved.place.at("disk")).sort();
    // One that this program takes for another version's.
    moved.place.write("disk/pgdata/PG_VERSION", "9.6\n");
    moved.place.write("disk/leave-9.6", "");
    await moved.start();
    expect(folders()).toEqual(["pgdata", "pgdata-9.6"]);
    expect((await moved.query("ut", "SELECT FROM uptimes")).output).toContain("does not exist");
    expect((await moved.restore()).code).toBe(0);
    expect(await uptimes(moved)).toBe(whole);

    await moved.rows("ut", "DELETE FROM uptimes");
    await moved.stop();
    moved.place.write("disk/pgdata/PG_VERSION", "99\n");
    moved.place.write("disk/leave-99", "");
    renameSync(moved.place.at("disk/pgdata-9.6"), moved.place.at(`disk/pgdata-${is}`));
    moved.place.write(`disk/pgdata-${is}/PG_VERSION`, `${is}\n`);
    await moved.start();
    expect(folders()).toEqual(["pgdata", "pgdata-99"]);
    expect(await uptimes(moved)).toBe(whole);
  });

  it("never says a password", async () => {
    const fresh = await make();
    const { output } = await fresh.prepare();
    expect(output).toContain("all databases are there");
    for (const password of Object.values(passwords)) {
      expect(output).not.toContain(password);
    }
  });
});

describe("a backup of Postgres", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await running();
  });
  beforeEach(async () => {
    postgres.configure(passwords);
    await fill(postgres);
    for (const name of readdirSync(postgres.place.at("backups"))) {
      rmSync(postgres.place.at(`backups/${name}`), { recursive: true });
    }
  });
  afterAll(clear);

  /** Locks a table, so that whoever dumps it waits. Hands back what ends that. */
  async function lockUptimes(): Promise<() => Promise<void>> {
    const locker = postgres.place.start(
      postgres.words("ut", "BEGIN; LOCK TABLE uptimes; SELECT pg_sleep(600)"),
      { PGPASSWORD: passwords.ut },
    );
    const sleeper = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    await until(
      "the table is locked",
      async () => (await postgres.asOperator(`SELECT count(*) ${sleeper}`)) === "1",
    );
    return async () => {
      await postgres.asOperator(`SELECT pg_terminate_backend(pid) ${sleeper}`);
      await locker.done;
    };
  }

  it("brings back data that was destroyed", async () => {
    const made = await postgres.backup();
    expect(made.output).toMatch(/made backup \d{8}T\d{6}Z/);
    await postgres.rows(
      "ut",
      "DELETE FROM uptimes WHERE id > 10; ALTER TABLE uptimes DROP seconds",
    );
    await postgres.rows("tpd", "DROP TABLE transports");
    const restored = await postgres.restore();
    expect(restored.code, restored.output).toBe(0);
    expect(await uptimes(postgres)).toBe(whole);
    expect(await postgres.rows("tpd", "SELECT id FROM transports")).toBe("7");
    // The sequence too: the next row gets a number of its own.
    const next = "INSERT INTO uptimes (visor) VALUES ('new') RETURNING id";
    expect(await postgres.rows("ut", next)).toBe("1001");
  });

  it("brings everything back after the disk was lost", async () => {
    expect((await postgres.backup()).code).toBe(0);
    await postgres.kill();
    postgres.loseDisk();
    await postgres.start();
    expect((await postgres.query("ut", "SELECT FROM uptimes")).output).toContain("does not exist");
    const restored = await postgres.restore();
    expect(restored.code, restored.output).toBe(0);
    expect(await uptimes(postgres)).toBe(whole);
  });

  it("restores the one that is named, and one database alone", async () => {
    expect((await postgres.backup()).code).toBe(0);
    const [first = ""] = backupsOf(postgres);
    await postgres.rows("ut", "DELETE FROM uptimes");
    await postgres.rows("tpd", "DELETE FROM transports");
    await nextSecond();
    expect((await postgres.backup()).code).toBe(0);
    const restored = await postgres.restore({ BACKUP: first, DATABASE: "ut" });
    expect(restored.output).toContain(`restored backup ${first}`);
    expect(await uptimes(postgres)).toBe(whole);
    expect(await postgres.rows("tpd", "SELECT count(*) FROM transports")).toBe("0");
  });

  it("leaves nothing that a restore would take when it is killed half-way", async () => {
    expect((await postgres.backup()).code).toBe(0);
    const [good = ""] = backupsOf(postgres);
    await nextSecond();
    // A lock holds pg_dump up at the second database, when the first one's dump is written.
    const release = await lockUptimes();
    const half = postgres.startBackup();
    await until("pg_dump waits for the lock", async () => {
      const waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
      return half.said().includes("dumping ut") && (await postgres.asOperator(waiting)) === "1";
    });
    await killGroup(half.child);
    await release();

    expect(backupsOf(postgres).filter((name) => name.startsWith(".partial-"))).toHaveLength(1);
    expect((await postgres.restore({ BACKUP: "list" })).output.trim()).toBe(good);
    expect((await postgres.restore()).output).toContain(`restored backup ${good}`);
    expect((await postgres.backup()).code).toBe(0);
    expect(backupsOf(postgres).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("leaves nothing behind when a dump fails", async () => {
    postgres.place.write("pgpass", "*:*:tpd:tpd:tpd-password-0123456789\n*:*:ut:ut:wrong\n");
    const made = await postgres.backup();
    expect(made.code).toBe(1);
    expect(made.output).toContain("password authentication failed");
    expect(made.output).toContain("FAILED: ut could not be dumped");
    expect(backupsOf(postgres)).toEqual([]);
  });

  it("leaves nothing behind where a dump finds no room, and keeps the backup before", async () => {
    expect((await postgres.backup()).code).toBe(0);
    const before = backupsOf(postgres);
    await nextSecond();
    // pg_dump may write no more than this into one file: what a full disk does to it.
    const made = await postgres.backup({}, "ulimit -f 4; ");
    expect(made.code).toBe(1);
    expect(made.output).toContain("could not be dumped");
    expect(backupsOf(postgres)).toEqual(before);
    expect((await postgres.restore()).code).toBe(0);
  });

  it("keeps as many as it is told, the newest", async () => {
    for (let made = 0; made < 4; made += 1) {
      expect((await postgres.backup({ KEEP: "2" })).code).toBe(0);
      await nextSecond();
    }
    const kept = backupsOf(postgres);
    expect(kept).toHaveLength(2);
    expect((await postgres.restore({ BACKUP: "list" })).output.trim().split("\n")).toEqual(
      kept.sort().reverse(),
    );
    expect((await postgres.backup({ KEEP: "2" })).output).toContain(
      `let go of backup ${kept[1] ?? ""}`,
    );
  });

  it("refuses a backup that is damaged, and touches nothing", async () => {
    expect((await postgres.backup()).code).toBe(0);
    const [name = ""] = backupsOf(postgres);
    const dump = postgres.place.at(`backups/${name}/ut.dump`);
    const bytes = readFileSync(dump);
    bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 0xff;
    writeFileSync(dump, bytes);
    await postgres.rows("ut", "DELETE FROM uptimes WHERE id > 10");
    const restored = await postgres.restore();
    expect(restored.code).toBe(1);
    expect(restored.output).toContain(`backup ${name} is damaged`);
    expect(await postgres.rows("ut", "SELECT count(*) FROM uptimes")).toBe("10");
  });

  it("restores a database wholly or not at all", async () => {
    expect((await postgres.backup()).code).toBe(0);
    await postgres.rows(
      "ut",
      `DELETE FROM uptimes WHERE id > 10;
       CREATE TABLE younger (uptime int REFERENCES uptimes); INSERT INTO younger VALUES (3)`,
    );
    const restored = await postgres.restore({ DATABASE: "ut" });
    expect(restored.code).toBe(1);
    expect(restored.output).toContain("younger");
    expect(restored.output).toContain("ut could not be restored and is as it was");
    expect(await postgres.rows("ut", "SELECT count(*) FROM uptimes")).toBe("10");
    expect(await postgres.rows("ut", "SELECT uptime FROM younger")).toBe("3");
  });

  it("names what there is when the wished-for backup or database is not", async () => {
    expect((await postgres.restore()).output).toContain("there is no backup in");
    expect((await postgres.backup()).code).toBe(0);
    const missing = await postgres.restore({ BACKUP: "20200101T000000Z" });
    expect(missing.output).toContain("there is no backup 20200101T000000Z: BACKUP=list");
    expect((await postgres.restore({ BACKUP: "../etc" })).output).toContain(
      "there is no backup ../etc",
    );
    const unknown = await postgres.restore({ DATABASE: "typo" });
    expect(unknown.output).toContain("there is no database typo: tpd ut are there");
  });

  it("does not run beside another one", async () => {
    const release = await lockUptimes();
    const first = postgres.startBackup();
    await until("the first backup is under way", () => first.said().includes("dumping ut"));
    const second = await postgres.backup();
    expect(second.code).toBe(1);
    expect(second.output).toContain("another backup or restore is at work");
    expect((await postgres.restore()).output).toContain("another backup or restore is at work");
    await release();
    expect((await first.done).code).toBe(0);
  });
});
