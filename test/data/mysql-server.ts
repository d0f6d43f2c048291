/** A real MySQL on the files Fleet makes for it. */
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";

import {
  mysqlBackupScript,
  mysqlOptions,
  mysqlRestoreScript,
} from "../../components/data/mysql-backup.ts";
import {
  type MysqlAccount,
  mysqlAnswers,
  mysqlConfig,
  mysqlInit,
  mysqlPaths,
  mysqlPrepared,
  mysqlPrepareScript,
} from "../../components/data/mysql-files.ts";
import {
  type Finished,
  freePorts,
  killGroup,
  Place,
  type Running,
  searchPath,
  until,
} from "./programs.ts";

const programs = ["mysqld", "mysql", "mysqladmin", "mysqldump"];

/**
 * What the scripts find in the official image, besides: Oracle Linux' shell, coreutils, sed, grep and gzip. By
 * docker-library's list of its packages there is no util-linux, and so no flock.
 */
const imagePrograms = [
  ...["sh", "cat", "date", "dirname", "head", "ls", "mkdir", "mkfifo", "mv", "readlink", "rm"],
  ...["sha256sum", "sort", "sync", "tail", "tr", "sed", "grep", "gzip", "gunzip"],
];

/** A server in a folder of its own, with its backups. */
export class MysqlServer {
  readonly place: Place;
  readonly port: number;
  /** What its files say now. */
  account: MysqlAccount;
  #running: Running | undefined;

  private constructor(place: Place, port: number, account: MysqlAccount) {
    this.place = place;
    this.port = port;
    this.account = account;
  }

  /** Writes the files of a server that has not run yet. */
  static async make(account: MysqlAccount): Promise<MysqlServer> {
    const [port = 0] = await freePorts(1);
    const server = new MysqlServer(new Place(programs), port, account);
    for (const folder of ["disk", "config", "init", "run", "backups", "work", "image"]) {
      await server.place.makeFolder(folder);
    }
    const all = [...programs, ...imagePrograms];
    const folders = searchPath(all).split(delimiter);
    for (const name of all) {
      // There, sh is bash.
      const program = name === "sh" ? "bash" : name;
      const found = folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
      symlinkSync(found ?? program, server.place.at(`image/${name}`));
    }
    server.configure(account);
    return server;
  }

  /** A text that names paths of the pod, with those of this machine. */
  moved(text: string): string {
    const { place } = this;
    return text
      .replaceAll(mysqlPaths.config, place.at("config"))
      .replaceAll(mysqlPaths.init, place.at("init"))
      .replaceAll(mysqlPaths.sockets, place.at("run"))
      .replaceAll(mysqlPaths.disk, place.at("disk"));
  }

  /** Writes the files anew, as a changed config does. The server sees them at its next start. */
  configure(account: MysqlAccount): void {
    const { place, port } = this;
    this.account = account;
    place.write("config/my.cnf", this.moved(mysqlConfig({ port, memory: "512Mi" })));
    place.write("init/init.sql", mysqlInit(account));
    place.write("init/client.cnf", mysqlOptions(account.user, account.password));
    place.write("prepare.sh", this.moved(mysqlPrepareScript));
    place.write("list", account.databases.map((name) => `${name}\n`).join(""));
    place.write("backup.sh", mysqlBackupScript);
    place.write("restore.sh", mysqlRestoreScript);
  }

  /** Runs the script that prepares the data. */
  prepare(): Promise<Finished> {
    return this.#run("prepare.sh", {}, "").done;
  }

  /**
   * Prepares the data and starts the server, as the pod does.
   *
   * @param isUp What is waited for. Default: what the pod's startup probe asks.
   */
  async start(
    isUp: () => Promise<boolean> = async () => (await this.prepared()).code === 0,
  ): Promise<void> {
    const prepared = await this.prepare();
    if (prepared.code !== 0) {
      throw new Error(`the preparation failed:\n${prepared.output}`);
    }
    const running = this.place.start([
      ...["mysqld", `--defaults-file=${this.place.at("config/my.cnf")}`],
      `--init-file=${this.place.at("init/init.sql")}`,
      // Loopback only. Writing through guards against the loss of a machine, which nothing here imitates.
      ...["--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=2"],
    ]);
    this.#running = running;
    await until("MySQL answers", async () => {
      if (running.child.exitCode !== null) {
        throw new Error(`MySQL did not start:\n${running.said()}`);
      }
      return isUp();
    });
  }

  /** What the server has said since its last start. */
  get log(): string {
    return this.#running?.said() ?? "";
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    this.#running?.child.kill("SIGTERM");
    await this.#running?.done;
  }

  /** Kills the server at once. */
  async kill(): Promise<void> {
    if (this.#running !== undefined) {
      await killGroup(this.#running.child);
    }
  }

  /** Sends the server a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#running?.child.kill(signal);
  }

  /** Takes the data away, as a lost disk does. */
  loseDisk(): void {
    rmSync(this.place.at("disk/data"), { recursive: true });
  }

  /** Runs the command of the pod's startup probe. */
  prepared(): Promise<Finished> {
    const words = mysqlPrepared(this.port, this.account.databases);
    return this.place.run(words.map((word) => this.moved(word)));
  }

  /** Runs the command of the pod's readiness and liveness probes. */
  answers(): Promise<Finished> {
    return this.place.run(mysqlAnswers(this.port).map((word) => this.moved(word)));
  }

  /** What `mysql` is told to send statements over TCP as the account of all programs. */
  words(statements: string, database = ""): string[] {
    return [
      ...["mysql", `--defaults-file=${this.place.at("init/client.cnf")}`, "--host=127.0.0.1"],
      ...[`--port=${this.port}`, "--batch", "--skip-column-names"],
      ...["--default-character-set=utf8mb4", `--database=${database}`, `--execute=${statements}`],
    ];
  }

  /** Sends statements as the account of all programs, over TCP. */
  query(statements: string, database = ""): Promise<Finished> {
    return this.place.run(this.words(statements, database));
  }

  /**
   * Sends statements as the account of all programs and hands back the rows.
   *
   * @throws Error when one is refused.
   */
  rows(statements: string, database = ""): Promise<string> {
    return this.place.ok(this.words(statements, database));
  }

  /** Tries a login of somebody else. */
  login(user: string, password: string, words: readonly string[] = []): Promise<Finished> {
    const address = ["--host=127.0.0.1", `--port=${this.port}`];
    return this.place.run(
      [
        ...["mysql", "--no-defaults", ...(words.length > 0 ? words : address)],
        ...[`--user=${user}`, "--batch", "--skip-column-names", "--execute=SELECT CURRENT_USER()"],
      ],
      { MYSQL_PWD: password },
    );
  }

  /** Sends statements as root through the socket, as an operator in the pod does. */
  asOperator(statements: string): Promise<string> {
    return this.place.ok(
      [
        ...[
          "mysql",
          "--no-defaults",
          "--user=root",
          `--socket=${this.place.at("run/mysqld.sock")}`,
        ],
        ...["--batch", "--skip-column-names", `--execute=${statements}`],
      ],
      { MYSQL_PWD: this.account.rootPassword },
    );
  }

  #scriptEnv(change: Readonly<Record<string, string>>): Record<string, string> {
    return {
      BACKUPS: this.place.at("backups"),
      WORK: this.place.at("work"),
      KEEP: "3",
      BACKUP: "latest",
      MYSQL_HOST: "127.0.0.1",
      MYSQL_PORT: `${this.port}`,
      DATABASES: this.place.at("list"),
      OPTIONS_FILE: this.place.at("init/client.cnf"),
      ...change,
    };
  }

  /** Starts a script with the programs of the image alone. */
  #run(name: string, change: Readonly<Record<string, string>>, before: string): Running {
    const script = `PATH=${this.place.at("image")}; ${before}exec sh ${this.place.at(name)}`;
    return this.place.start(["sh", "-c", script], this.#scriptEnv(change));
  }

  /**
   * Starts the backup script.
   *
   * @param before Shell text ahead of it.
   */
  startBackup(change: Readonly<Record<string, string>> = {}, before = ""): Running {
    return this.#run("backup.sh", change, before);
  }

  /** Runs the backup script to its end. */
  backup(change: Readonly<Record<string, string>> = {}, before = ""): Promise<Finished> {
    return this.startBackup(change, before).done;
  }

  /** Runs the restore script to its end. */
  restore(change: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.#run("restore.sh", change, "").done;
  }
}
