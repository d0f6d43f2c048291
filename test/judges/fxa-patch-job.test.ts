/**
 * Runs the command of the Job that brings the schema of Firefox Accounts up to date, with the environment that is
 * rendered for it, against a real MySQL as the stack makes it. The image's own program is not to be had: in its place
 * stands a small one around the two libraries that it is made of, mysql-patcher and mysql, both from npm. So it is
 * proved that these get in, may do all that they must, run again without harm, and that a failure is the Job's.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { planOf } from "../../components/fxa/environment.ts";
import { MysqlServer } from "../data/mysql-server.ts";
import { until } from "../data/programs.ts";
import { filled, fxa, valueOf } from "../fxa/fixtures.ts";
import { run } from "./tools.ts";

const context = fxa({ mysql: { kind: "builtin" } });
const { mysql: config } = context.config;
if (config.kind !== "builtin") {
  throw new Error("the MySQL of this test is the stack's own");
}

const modules = dirname(
  dirname(createRequire(import.meta.url).resolve("mysql-patcher/package.json")),
);

/** What stands in the image's place: it reads its settings as the server's own does (facts/fxa.md 6). */
const patcher = `
const { patch } = require("mysql-patcher");
const { env } = process;
const options = {
  host: env.MYSQL_HOST, port: Number(env.MYSQL_PORT), user: env.MYSQL_USER, password: env.MYSQL_PASSWORD,
  database: "fxa", createDatabase: true, dir: "schema", metaTable: "dbMetadata",
  patchKey: env.SCHEMA_PATCH_KEY, patchLevel: Number(env.PATCH_LEVEL), mysql: require("mysql"),
};
patch(options, (error) => {
  if (error) console.error(String(error));
  process.exitCode = error ? 1 : 0;
});
`;

/** Patches as those of the server: tables, and procedures by which all is done. */
const patches = {
  "patch-0-1.sql": `
    CREATE TABLE dbMetadata (name VARCHAR(255) NOT NULL PRIMARY KEY, value VARCHAR(255) NOT NULL) ENGINE=InnoDB;
    INSERT INTO dbMetadata SET name = 'schema-patch-level', value = '1';`,
  "patch-1-2.sql": `
    CREATE TABLE accounts (uid BINARY(16) PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE KEY) ENGINE=InnoDB;
    CREATE PROCEDURE createAccount_1 (IN inUid BINARY(16), IN inEmail VARCHAR(255))
    BEGIN
      INSERT INTO accounts VALUES (inUid, inEmail);
    END;
    UPDATE dbMetadata SET value = '2' WHERE name = 'schema-patch-level';`,
  "patch-2-3.sql": `
    ALTER TABLE accounts ADD COLUMN createdAt BIGINT UNSIGNED;
    DROP PROCEDURE createAccount_1;
    CREATE PROCEDURE createAccount_2 (IN inUid BINARY(16), IN inEmail VARCHAR(255))
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
      START TRANSACTION;
      INSERT INTO accounts VALUES (inUid, inEmail, 7);
      COMMIT;
    END;
    UPDATE dbMetadata SET value = '3' WHERE name = 'schema-patch-level';`,
  "patch-3-4.sql": "ALTER TABLE nowhere ADD COLUMN name INT;",
};

let mysql: MysqlServer;
let image: string;

beforeAll(async () => {
  mysql = await MysqlServer.make({
    user: config.user,
    password: valueOf(config.password),
    rootPassword: valueOf(config.rootPassword),
    databases: Object.values(config.databases),
  });
  await mysql.start();
  image = mkdtempSync(join(tmpdir(), "fleet-image-"));
  const home = join(image, "packages/fxa-auth-db-mysql");
  mkdirSync(join(home, "bin"), { recursive: true });
  mkdirSync(join(home, "schema"));
  writeFileSync(join(home, "bin/db_patcher.js"), patcher);
  for (const [name, text] of Object.entries(patches)) {
    writeFileSync(join(home, "schema", name), text);
  }
});

afterAll(async () => {
  rmSync(image, { recursive: true, force: true });
  await mysql.kill();
  await mysql.place.clear();
});

beforeEach(async () => {
  await mysql.rows("DROP DATABASE fxa; CREATE DATABASE fxa");
});

/** What the Job's container is told, but for the server's address on this machine. */
function environment(change: Readonly<Record<string, string>>): Record<string, string> {
  const { plain, secret } = planOf(context, "auth-db-mysql").environment;
  return {
    ...plain,
    ...Object.fromEntries(Object.entries(secret).map(([name, text]) => [name, filled(text)])),
    MYSQL_HOST: "127.0.0.1",
    MYSQL_PORT: `${mysql.port}`,
    PATH: process.env["PATH"] ?? "",
    NODE_PATH: modules,
    PATCH_LEVEL: "3",
    ...change,
  };
}

const [program = "", ...words] = context.config.servers["auth-db-mysql"].settings.patch;

const patch = (change: Readonly<Record<string, string>> = {}, cwd = image) =>
  run(program, words, { cwd, env: environment(change) });

const level = () => mysql.rows("SELECT value FROM dbMetadata", "fxa");

describe("the Job that brings the schema up to date", () => {
  it("dials the database by the account and the password that the stack made", () => {
    const { plain, secret } = planOf(context, "auth-db-mysql").environment;
    expect(plain).toMatchObject({ MYSQL_HOST: "mysql", MYSQL_PORT: "3306", MYSQL_USER: "fxa" });
    expect(Object.keys(secret)).toContain("MYSQL_PASSWORD");
  });

  it("makes the schema, whose procedures work, and finds nothing to do when it runs again", async () => {
    expect(await patch()).toMatchObject({ code: 0, stderr: "" });
    expect(await level()).toBe("3");
    await mysql.rows("CALL createAccount_2(X'00FF', 'zoë🦊@example.org')", "fxa");
    const schema = () => mysql.rows("SHOW CREATE TABLE accounts; SHOW PROCEDURE STATUS", "fxa");
    const before = await schema();
    expect(await patch()).toMatchObject({ code: 0, stderr: "" });
    expect(await schema()).toBe(before);
    expect(await mysql.rows("SELECT COUNT(*) FROM accounts", "fxa")).toBe("1");
  });

  it("fails where a patch does, keeps those before it, and goes on there when it is mended", async () => {
    const failed = await patch({ PATCH_LEVEL: "4" });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("ER_NO_SUCH_TABLE");
    expect(await level()).toBe("3");
    await mysql.rows("CREATE TABLE nowhere (id INT)", "fxa");
    // The patch itself does not count up: that is said, and not passed over.
    expect((await patch({ PATCH_LEVEL: "4" })).stderr).toContain("incorrect after this patch");
  });

  it("fails, and says why, where it gets in nowhere", async () => {
    const wrong = await patch({ MYSQL_PASSWORD: "not-the-password-at-all" });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("ER_ACCESS_DENIED_ERROR");
    expect(wrong.stderr).not.toContain("not-the-password-at-all");
    const nobody = await patch({ MYSQL_PORT: "1" });
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain("ECONNREFUSED");
  });

  it("fails where the image is laid out otherwise, before it touches anything", async () => {
    const { code, stderr } = await patch({}, tmpdir());
    expect(code).not.toBe(0);
    expect(stderr).toContain("packages/fxa-auth-db-mysql");
    expect((await mysql.query("SELECT * FROM dbMetadata", "fxa")).code).toBe(1);
  });

  it("hands a stop on to the patcher, so that a pod that is taken away leaves nobody at the database", async () => {
    expect((await patch({ PATCH_LEVEL: "2" })).code).toBe(0);
    const locker = mysql.place.start(
      mysql.words("LOCK TABLES accounts WRITE; DO SLEEP(600)", "fxa"),
    );
    const running = (state: string) =>
      mysql.asOperator(
        `SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE '${state}'`,
      );
    await until("the table is locked", async () => (await running("User sleep")) === "1");
    const child: ChildProcess = spawn(program, words, { cwd: image, env: environment({}) });
    const gone = new Promise((settle) =>
      child.once("exit", (code, signal) => {
        settle(signal ?? code);
      }),
    );
    await until(
      "the patcher waits for it",
      async () => (await running("Waiting for %lock")) === "1",
    );
    child.kill("SIGTERM");
    expect(await gone).toBe("SIGTERM");
    await mysql.asOperator(
      "SELECT CONCAT('KILL ', id) INTO @kill FROM information_schema.processlist WHERE state = 'User sleep'; PREPARE kill_it FROM @kill; EXECUTE kill_it",
    );
    await locker.done;
    await until("nobody is at the database", async () => {
      const others = "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'fxa'";
      return (await mysql.asOperator(others)) === "0";
    });
    expect((await patch()).code).toBe(0);
    expect(await level()).toBe("3");
  });
});
