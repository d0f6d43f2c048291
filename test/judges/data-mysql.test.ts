/**
 * Proves on a real MySQL that our configuration, preparation, probes, backup and restore do what they say. It is
 * Oracle's own of series 8, as in the image that is deployed, but an older one (8.0 for 8.4): there the old way of
 * passwords is on by itself, and its switch, which 8.4 needs, a word it does not know. It proves nothing about the
 * image, the pod or the network: those are the preflight's and verify's.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { mysqlOptions } from "../../components/data/mysql-backup.ts";
import type { MysqlAccount } from "../../components/data/mysql-files.ts";
import { MysqlServer } from "../data/mysql-server.ts";
import { isOpen, killGroup, until } from "../data/programs.ts";

const account: MysqlAccount = {
  user: "fxa",
  password: "fxa-password-0123456789",
  rootPassword: "root-password-0123456789",
  databases: ["fxa", "fxa_profile", "fxa_oauth", "sync"],
};

let mysql: MysqlServer;

beforeAll(async () => {
  mysql = await MysqlServer.make(account);
  await mysql.start();
});

afterAll(async () => {
  await mysql.kill();
  await mysql.place.clear();
});

const nextSecond = () => new Promise((settle) => setTimeout(settle, 1_100));

/** Does something with a server of its own. */
async function withAnother(task: (server: MysqlServer) => Promise<void>): Promise<void> {
  const server = await MysqlServer.make(account);
  try {
    await task(server);
  } finally {
    await server.kill();
    await server.place.clear();
  }
}

describe("the built-in MySQL", () => {
  it("starts on our configuration and applies it", async () => {
    const told = {
      character_set_server: "utf8mb4",
      collation_server: "utf8mb4_unicode_ci",
      innodb_buffer_pool_size: `${128 * 2 ** 20}`,
      log_bin: "0",
      max_connections: "300",
      performance_schema: "0",
      secure_file_priv: "NULL",
      skip_name_resolve: "1",
    };
    const names = Object.keys(told).map((name) => `@@${name}`);
    const values = await mysql.rows(`SELECT ${names.join(", ")}`);
    expect(values.split("\t")).toEqual(Object.values(told));
    // The other protocol's port stays shut.
    expect(mysql.log).not.toContain("X Plugin ready");
    expect(mysql.log).not.toMatch(/\[ERROR\]|deprecated/i);
  });

  it("knows every word of the configuration but the one of its successors", () => {
    const unknown = mysql.log.split("\n").filter((line) => line.includes("unknown"));
    expect(unknown).toHaveLength(1);
    expect(unknown[0]).toContain("loose_mysql_native_password");
  });

  it("has the databases, whose texts hold every character", async () => {
    const sets = await mysql.rows(
      "SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'performance_schema') ORDER BY 1",
    );
    expect(sets.split("\n")).toEqual(
      [...account.databases].sort().map((name) => `${name}\tutf8mb4\tutf8mb4_unicode_ci`),
    );
    await mysql.rows("CREATE TABLE names (name VARCHAR(191) PRIMARY KEY)", "fxa_profile");
    await mysql.rows("INSERT INTO names VALUES ('Zoë 🦊')", "fxa_profile");
    expect(await mysql.rows("SELECT HEX(name) FROM names", "fxa_profile")).toBe(
      Buffer.from("Zoë 🦊").toString("hex").toUpperCase(),
    );
    await mysql.rows("DROP TABLE names", "fxa_profile");
  });

  it("gives the account its databases, and nothing beside them", async () => {
    const grants = await mysql.rows("SHOW GRANTS");
    expect(grants.split("\n").sort()).toEqual([
      "GRANT ALL PRIVILEGES ON `fxa\\\\_oauth`.* TO `fxa`@`%`",
      "GRANT ALL PRIVILEGES ON `fxa\\\\_profile`.* TO `fxa`@`%`",
      "GRANT ALL PRIVILEGES ON `fxa`.* TO `fxa`@`%`",
      "GRANT ALL PRIVILEGES ON `sync`.* TO `fxa`@`%`",
      "GRANT USAGE ON *.* TO `fxa`@`%`",
    ]);
    for (const statement of [
      "SELECT * FROM mysql.user",
      "CREATE DATABASE other",
      // What an underscore that stood for any letter would let it do.
      "CREATE DATABASE fxaXprofile",
      "CREATE USER somebody",
      "SET GLOBAL max_connections = 1",
      "SELECT 1 INTO OUTFILE '/tmp/fleet-outfile'",
    ]) {
      const { code, output } = await mysql.query(statement);
      expect(code, statement).toBe(1);
      expect(output, statement).toMatch(/denied/);
    }
  });

  it("lets the account in by the old way of passwords alone, with its own password only", async () => {
    const old = ["--host=127.0.0.1", `--port=${mysql.port}`];
    const way = "--default-auth=mysql_native_password";
    const entered = await mysql.login("fxa", account.password, [...old, way]);
    expect(entered).toMatchObject({ code: 0, output: "fxa@%\n" });
    expect(
      await mysql.asOperator("SELECT plugin FROM mysql.user WHERE user = 'fxa' AND host = '%'"),
    ).toBe("mysql_native_password");
    for (const password of ["", "not-the-password-at-all"]) {
      expect((await mysql.login("fxa", password)).output).toContain("Access denied for user 'fxa'");
    }
  });

  it("has no way in for root but the pod's own socket, and there not without a password", async () => {
    expect(await mysql.asOperator("SELECT CURRENT_USER()")).toBe("root@localhost");
    for (const password of ["", account.rootPassword]) {
      expect((await mysql.login("root", password)).output).toMatch(/Access denied|not allowed/);
    }
    const socket = [`--socket=${mysql.place.at("run/mysqld.sock")}`];
    expect((await mysql.login("root", "", socket)).output).toContain("Access denied");
    const others = await mysql.asOperator(
      "SELECT user FROM mysql.user WHERE account_locked = 'N' ORDER BY 1",
    );
    expect(others.split("\n")).toEqual(["fxa", "root"]);
  });

  it("keeps its data over a kill -9", async () => {
    await mysql.rows("CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)", "sync");
    await mysql.kill();
    await mysql.start();
    expect(await mysql.rows("SELECT id FROM kept; DROP TABLE kept", "sync")).toBe("7");
  });
});

describe("the probes of MySQL", () => {
  it("hold the start up where a statement of its preparation failed, which the server passes over", async () => {
    await withAnother(async (server) => {
      const broken = { ...account, databases: ["fxa", "x".repeat(65), "sync"] };
      server.configure(broken);
      await server.start(async () => (await server.answers()).code === 0);
      // It runs, takes connections, and has no third database.
      const { code, output } = await server.prepared();
      expect(code).not.toBe(0);
      expect(output).toMatch(/ERROR 10\d\d/);
      expect(server.log).toContain("[ERROR]");
      for (const password of [account.password, account.rootPassword]) {
        expect(server.log + output).not.toContain(password);
      }
    });
  });

  it("take a server for alive that has no connection left, and not one that hangs or is gone", async () => {
    await withAnother(async (server) => {
      await server.start();
      const guest = server.place.start(server.words("DO SLEEP(600)"));
      await until("the guest sleeps", async () => {
        const sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'fxa'";
        return (await server.asOperator(`${sleeping} AND info LIKE '%SLEEP%'`)) === "1";
      });
      // Only now, or whoever asks for the guest may hold the one connection that the guest wants. One more is kept for root.
      await server.asOperator("SET GLOBAL max_connections = 1");
      await until("nobody else comes in", async () =>
        (await server.query("SELECT 1")).output.includes("Too many connections"),
      );
      expect((await server.answers()).code).toBe(0);
      guest.child.kill();
      await guest.done;

      server.signal("SIGSTOP");
      expect(await isOpen(server.port)).toBe(true);
      // It gives up by itself: after how long, its own words say (test/data/mysql.test.ts).
      const { code, output } = await server.answers();
      expect(code).not.toBe(0);
      expect(output).toContain("Lost connection to MySQL server");
      server.signal("SIGCONT");
      expect((await server.answers()).code).toBe(0);
      await server.kill();
      expect((await server.answers()).code).not.toBe(0);
    });
  });

  it("fill no log", async () => {
    const before = mysql.log;
    for (let time = 0; time < 3; time += 1) {
      expect((await mysql.answers()).code).toBe(0);
    }
    expect(mysql.log).toBe(before);
  });
});

describe("the preparation of MySQL", () => {
  const fingerprint = () =>
    mysql.asOperator(
      `SELECT user, host, plugin, authentication_string FROM mysql.user WHERE user <> 'root' ORDER BY 1;
       SELECT user, db FROM mysql.db ORDER BY 1, 2;
       SELECT schema_name, default_collation_name FROM information_schema.schemata ORDER BY 1`,
    );

  it("changes nothing when it runs again", async () => {
    await mysql.rows("CREATE TABLE younger (id INT)", "fxa");
    const before = await fingerprint();
    await mysql.stop();
    await mysql.start();
    expect(await fingerprint()).toBe(before);
    expect(await mysql.rows("SHOW TABLES; DROP TABLE younger", "fxa")).toBe("younger");
  });

  it("changes passwords that were changed, and makes a database that was added", async () => {
    const changed = {
      ...account,
      password: "another-password-9876543210",
      rootPassword: "another-root-9876543210",
      databases: [...account.databases, "fxa_later"],
    };
    await mysql.stop();
    mysql.configure(changed);
    await mysql.start();
    try {
      await mysql.rows("CREATE TABLE events (id INT)", "fxa_later");
      expect((await mysql.login("fxa", account.password)).output).toContain("Access denied");
      expect(await mysql.asOperator("SELECT 1")).toBe("1");
      const socket = [`--socket=${mysql.place.at("run/mysqld.sock")}`];
      const old = await mysql.login("root", account.rootPassword, socket);
      expect(old.output).toContain("Access denied");
      await mysql.asOperator("DROP DATABASE fxa_later");
    } finally {
      await mysql.stop();
      mysql.configure(account);
      await mysql.start();
    }
  });

  it("starts over where it was killed before the data folder was whole, and says no password", async () => {
    await withAnother(async (server) => {
      await server.place.makeFolder("disk/data.new");
      server.place.write("disk/data.new/half", "of a data folder");
      const { code, output } = await server.prepare();
      expect(code, output).toBe(0);
      expect(output).not.toContain(account.rootPassword);
      await server.start();
      expect(await server.rows("SELECT 1")).toBe("1");
    });
  });

  it("refuses to make a database over files it does not know", async () => {
    await withAnother(async (server) => {
      await server.place.makeFolder("disk/data");
      const { code, output } = await server.prepare();
      expect(code).toBe(1);
      expect(output).toContain("is there but holds no database");
    });
  });

  it("fails where the data folder cannot be made, and leaves none that would be taken for one", async () => {
    await withAnother(async (server) => {
      server.place.write("config/my.cnf", "[mysqld]\nno_such_word = 1\n");
      const { code, output } = await server.prepare();
      expect(code).toBe(1);
      expect(output).toContain("FAILED: the data folder could not be made");
      server.configure(account);
      expect((await server.prepare()).code).toBe(0);
    });
  });
});

describe("a backup of MySQL", () => {
  beforeEach(async () => {
    for (const name of backupsOf()) {
      rmSync(mysql.place.at(`backups/${name}`), { recursive: true });
    }
    await fill();
  });

  const backupsOf = () => readdirSync(mysql.place.at("backups")).filter((name) => name !== ".lock");

  /** Brings two databases to the content that the tests know, whatever was there. FxA's own does all by procedures. */
  async function fill(): Promise<void> {
    await mysql.rows(
      `DROP DATABASE fxa; CREATE DATABASE fxa; USE fxa;
       CREATE TABLE accounts (uid BINARY(16) PRIMARY KEY, email VARCHAR(255) NOT NULL, UNIQUE (email));
       CREATE TABLE tokens (id INT AUTO_INCREMENT PRIMARY KEY, uid BINARY(16), made BIGINT,
         FOREIGN KEY (uid) REFERENCES accounts (uid) ON DELETE CASCADE);
       CREATE PROCEDURE allTokens_1 () SELECT COUNT(*) FROM tokens;
       CREATE FUNCTION twice (n INT) RETURNS INT DETERMINISTIC RETURN n * 2;
       CREATE TRIGGER made BEFORE INSERT ON tokens FOR EACH ROW SET NEW.made = twice(21);
       CREATE EVENT prune ON SCHEDULE EVERY 1 YEAR DO DELETE FROM tokens WHERE made = 0;
       INSERT INTO accounts VALUES (X'000102030405060708090A0B0C0D0E0F', 'zoë🦊@example.org'),
         (X'FF0102030405060708090A0B0C0D27FF', 'b@example.org');
       INSERT INTO tokens (uid) VALUES (X'000102030405060708090A0B0C0D0E0F'), (NULL)`,
    );
    await mysql.rows(
      "DROP TABLE IF EXISTS users; CREATE TABLE users (name VARCHAR(50)); INSERT INTO users VALUES ('Zoë')",
      "fxa_profile",
    );
  }

  const content = async () => ({
    accounts: await mysql.rows("SELECT HEX(uid), HEX(email) FROM accounts ORDER BY 1", "fxa"),
    tokens: await mysql.rows("CALL allTokens_1(); SELECT SUM(made) FROM tokens", "fxa"),
    events: await mysql.rows("SELECT event_name FROM information_schema.events"),
    collation: await mysql.rows("SELECT @@collation_database", "fxa"),
    users: await mysql.rows("SELECT HEX(name) FROM users", "fxa_profile"),
  });

  it("brings back data that was destroyed, with all that works on it", async () => {
    const before = await content();
    expect(before).toMatchObject({ tokens: "2\n84", collation: "utf8mb4_unicode_ci" });
    const made = await mysql.backup();
    expect(made.output).toMatch(/made backup \d{8}T\d{6}Z/);
    await mysql.rows(
      "DELETE FROM accounts; DROP PROCEDURE allTokens_1; DROP EVENT prune; CREATE TABLE younger (id INT)",
      "fxa",
    );
    await mysql.rows("DROP TABLE users", "fxa_profile");
    const restored = await mysql.restore();
    expect(restored.code, restored.output).toBe(0);
    expect(await content()).toEqual(before);
    // As it was: what is younger than the backup is gone, and the next row gets a number of its own.
    expect(await mysql.rows("SHOW TABLES LIKE 'younger'", "fxa")).toBe("");
    const next = "INSERT INTO tokens (uid) VALUES (NULL); SELECT LAST_INSERT_ID()";
    expect(await mysql.rows(next, "fxa")).toBe("3");
    expect(made.output + restored.output).not.toContain(account.password);
  });

  it("brings everything back into an empty server", async () => {
    const before = await content();
    expect((await mysql.backup()).code).toBe(0);
    await mysql.kill();
    mysql.loseDisk();
    await mysql.start();
    expect((await mysql.query("SELECT 1 FROM accounts", "fxa")).output).toContain("doesn't exist");
    const restored = await mysql.restore();
    expect(restored.code, restored.output).toBe(0);
    expect(await content()).toEqual(before);
  });

  it("restores the one that is named, and one database alone", async () => {
    const before = await content();
    expect((await mysql.backup()).code).toBe(0);
    const [first = ""] = backupsOf();
    await mysql.rows("DELETE FROM accounts", "fxa");
    await mysql.rows("DELETE FROM users", "fxa_profile");
    await nextSecond();
    expect((await mysql.backup()).code).toBe(0);
    const restored = await mysql.restore({ BACKUP: first, DATABASE: "fxa" });
    expect(restored.output).toContain(`restored backup ${first}`);
    expect(await content()).toEqual({ ...before, users: "" });
  });

  it("names what there is, where something else is asked for, and touches nothing", async () => {
    expect((await mysql.backup()).code).toBe(0);
    const before = await content();
    const database = await mysql.restore({ DATABASE: "fxa_" });
    expect(database.output).toContain("there is no database fxa_: fxa fxa_profile fxa_oauth sync");
    const other = await mysql.restore({ BACKUP: "20200101T000000Z" });
    expect(other.output).toContain("there is no backup 20200101T000000Z: BACKUP=list");
    expect([database.code, other.code]).toEqual([1, 1]);
    expect(await content()).toEqual(before);
  });

  it("leaves nothing that a restore would take when it is killed half-way, and names no password", async () => {
    expect((await mysql.backup()).code).toBe(0);
    const [good = ""] = backupsOf();
    await nextSecond();
    // A lock holds mysqldump up at the second database, when the first one's dump is written.
    const locker = mysql.place.start(
      mysql.words("LOCK TABLES users WRITE; DO SLEEP(600)", "fxa_profile"),
    );
    const waiting = (state: string) =>
      mysql.asOperator(
        `SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE '${state}'`,
      );
    await until("the table is locked", async () => (await waiting("User sleep")) === "1");
    const half = mysql.startBackup();
    await until(
      "mysqldump waits for the lock",
      async () =>
        half.said().includes("dumping fxa_profile") &&
        (await waiting("Waiting for table%lock")) === "1",
    );
    expect(await mysql.place.ok(["ps", "-eo", "args"])).not.toContain(account.password);
    const second = await mysql.backup();
    expect(second.code).toBe(1);
    expect(second.output).toContain("another backup or restore is at work in");
    expect((await mysql.restore()).output).toContain("another backup or restore is at work in");
    await killGroup(half.child);
    await mysql.asOperator(
      "SELECT CONCAT('KILL ', id) INTO @kill FROM information_schema.processlist WHERE state = 'User sleep'; PREPARE kill_it FROM @kill; EXECUTE kill_it",
    );
    await locker.done;

    expect(backupsOf().filter((name) => name.startsWith(".partial-"))).toHaveLength(1);
    // What held the lock is gone, and so is the lock.
    expect((await mysql.restore({ BACKUP: "list" })).output.trim()).toBe(good);
    expect((await mysql.restore()).output).toContain(`restored backup ${good}`);
    expect((await mysql.backup()).code).toBe(0);
    expect(backupsOf().filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("says so where the password is wrong, and leaves nothing behind", async () => {
    const options = mysql.place.write("wrong.cnf", mysqlOptions("fxa", "not-the-password-at-all"));
    const made = await mysql.backup({ OPTIONS_FILE: options });
    expect(made.code).toBe(1);
    expect(made.output).toContain("Access denied for user 'fxa'");
    expect(made.output).toContain(`FAILED: nobody is let in at 127.0.0.1:${mysql.port}`);
    expect(made.output).not.toContain("not-the-password-at-all");
    expect(backupsOf()).toEqual([]);

    expect((await mysql.backup()).code).toBe(0);
    const before = await content();
    const restored = await mysql.restore({ OPTIONS_FILE: options });
    expect(restored.code).toBe(1);
    expect(restored.output).toContain("Access denied for user 'fxa'");
    expect(await content()).toEqual(before);
    const gone = await mysql.backup({ MYSQL_PORT: "1" });
    expect(gone.code).toBe(1);
    expect(gone.output).toContain("FAILED: nobody is let in at 127.0.0.1:1");
  });

  it("is none where there is no room for it, and the one before stays", async () => {
    expect((await mysql.backup()).code).toBe(0);
    const before = backupsOf();
    await nextSecond();
    // Not more than this into one file: what a full disk does.
    const made = await mysql.backup({}, "ulimit -f 2; ");
    expect(made.code).not.toBe(0);
    expect(backupsOf()).toEqual(before);
    expect((await mysql.restore()).code).toBe(0);
  });

  it("is none where the dump ends early and its program did not notice", async () => {
    await mysql.place.makeFolder("bin");
    const standIn = mysql.place.write(
      "bin/mysqldump",
      '#!/bin/sh\nfor word; do case "$word" in --result-file=*) file=${word#*=} ;; esac; done\necho "CREATE TABLE a (id INT);" > "$file"\n',
    );
    chmodSync(standIn, 0o755);
    const made = await mysql.backup({}, `PATH=${mysql.place.at("bin")}:$PATH; `);
    expect(made.code).toBe(1);
    expect(made.output).toContain("FAILED: the dump of fxa is not whole");
    expect(backupsOf()).toEqual([]);
  });

  it("is refused where it is damaged, and nothing is touched", async () => {
    expect((await mysql.backup()).code).toBe(0);
    const [name = ""] = backupsOf();
    const dump = mysql.place.at(`backups/${name}/fxa.sql.gz`);
    const bytes = readFileSync(dump);
    bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 0xff;
    writeFileSync(dump, bytes);
    await mysql.rows("DELETE FROM tokens", "fxa");
    const before = await content();
    const restored = await mysql.restore();
    expect(restored.code).toBe(1);
    expect(restored.output).toContain(`backup ${name} is damaged`);
    expect(await content()).toEqual(before);
  });

  it("says of a restore that was broken off that it must be run again, and then it is whole", async () => {
    const before = await content();
    expect((await mysql.backup()).code).toBe(0);
    const [name = ""] = backupsOf();
    const folder = mysql.place.at(`backups/${name}`);
    // A dump that a server takes half of: a statement in its middle is refused.
    const whole = readFileSync(join(folder, "fxa.sql.gz"));
    const text = gunzipSync(whole)
      .toString()
      .replace("CREATE TABLE `tokens`", "CREATE THING `tokens`");
    const put = async (bytes: Buffer): Promise<void> => {
      writeFileSync(join(folder, "fxa.sql.gz"), bytes);
      await mysql.place.ok(["sh", "-c", `cd ${folder} && sha256sum -- *.gz > SHA256SUMS`]);
    };
    await put(gzipSync(text));
    const half = await mysql.restore();
    expect(half.code).toBe(1);
    expect(half.output).toContain(
      "fxa could not be restored and is half empty: run this restore again",
    );
    await put(whole);
    expect((await mysql.restore()).code).toBe(0);
    expect(await content()).toEqual(before);
  });
});
