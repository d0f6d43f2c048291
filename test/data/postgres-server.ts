/** A real Postgres on the files Fleet makes for it. */
import { rmSync } from "node:fs";

import {
  postgresBackupScript,
  passwordFile,
  postgresRestoreScript,
} from "../../components/data/postgres-backup.ts";
import {
  databaseList,
  postgresFiles,
  type PostgresSettings,
  prepareScript,
} from "../../components/data/postgres-files.ts";
import {
  type Finished,
  freePorts,
  killGroup,
  Place,
  programUser,
  type Running,
  until,
} from "./programs.ts";

const programs = ["postgres", "initdb", "pg_ctl", "psql", "pg_dump", "pg_restore", "flock"];

/** Passwords of owners, by database. */
type Passwords = Readonly<Record<string, string>>;

/** What a judge may have different from the rest. */
export type PostgresChange = Pick<PostgresSettings, "extensions" | "authentication">;

/** A server in a folder of its own, with its backups. */
export class PostgresServer {
  readonly place: Place;
  readonly port: number;
  #passwords: Passwords;
  readonly #change: PostgresChange;
  #running: Running | undefined;

  private constructor(place: Place, port: number, passwords: Passwords, change: PostgresChange) {
    this.place = place;
    this.port = port;
    this.#passwords = passwords;
    this.#change = change;
  }

  /** Writes the files of a server that has not run yet. */
  static async make(passwords: Passwords, change: PostgresChange = {}): Promise<PostgresServer> {
    const [port = 0] = await freePorts(1);
    const place = new Place(programs);
    const server = new PostgresServer(place, port, passwords, change);
    for (const folder of ["etc", "secrets", "disk", "run", "prep", "backups", "work"]) {
      await place.makeFolder(folder);
    }
    server.configure(passwords);
    return server;
  }

  /** Writes the files anew, as a changed config does. The server sees them at its next start. */
  configure(passwords: Passwords): void {
    const { place } = this;
    this.#passwords = passwords;
    const settings: PostgresSettings = {
      paths: {
        config: place.at("etc"),
        data: place.at("disk/pgdata"),
        passwords: place.at("secrets"),
        sockets: place.at("run"),
        preparation: place.at("prep"),
      },
      port: this.port,
      maxConnections: 37,
      memory: "128Mi",
      databases: Object.keys(passwords),
      superuser: programUser,
      ...this.#change,
    };
    for (const [name, text] of Object.entries(postgresFiles(settings))) {
      place.write(`etc/${name}`, text);
    }
    for (const [name, password] of Object.entries(passwords)) {
      place.write(`secrets/${name}`, password);
    }
    place.write("pgpass", passwordFile(passwords));
    place.write("list", databaseList(Object.keys(passwords)));
    place.write("prepare.sh", prepareScript(settings));
    place.write("backup.sh", postgresBackupScript);
    place.write("restore.sh", postgresRestoreScript);
  }

  /** Runs the script that prepares the data. */
  prepare(): Promise<Finished> {
    return this.place.run(["sh", this.place.at("prepare.sh")]);
  }

  /** Prepares the data and starts the server, as the pod does. */
  async start(): Promise<void> {
    const prepared = await this.prepare();
    if (prepared.code !== 0) {
      throw new Error(`the preparation failed:\n${prepared.output}`);
    }
    const config = `config_file=${this.place.at("etc/postgresql.conf")}`;
    // Loopback only; and fsync guards against the loss of a machine, which nothing here imitates.
    const running = this.place.start(
      ["postgres", "-c", config, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
      { PGDATA: this.place.at("disk/pgdata") },
    );
    this.#running = running;
    const [database = ""] = Object.keys(this.#passwords);
    await until(`Postgres answers (${running.said()})`, async () => {
      if (running.child.exitCode !== null) {
        throw new Error(`Postgres did not start:\n${running.said()}`);
      }
      return (await this.query(database, "SELECT")).code === 0;
    });
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    this.#running?.child.kill("SIGINT");
    await this.#running?.done;
  }

  /** Kills the server and all its children at once. */
  async kill(): Promise<void> {
    if (this.#running !== undefined) {
      await killGroup(this.#running.child);
    }
  }

  /** Takes the data away, as a lost disk does. */
  loseDisk(): void {
    rmSync(this.place.at("disk/pgdata"), { recursive: true });
  }

  /** What `psql` is told to send a statement as a database's owner over TCP. */
  words(database: string, statement: string, user = database): string[] {
    const login = ["--host=127.0.0.1", `--port=${this.port}`, `--username=${user}`];
    return [
      ...["psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align"],
      ...["--set=ON_ERROR_STOP=1", ...login, `--dbname=${database}`, `--command=${statement}`],
    ];
  }

  /** Sends a statement as a database's owner over TCP. */
  query(
    database: string,
    statement: string,
    login: { readonly user?: string; readonly password?: string } = {},
  ): Promise<Finished> {
    const { user = database } = login;
    const { password = this.#passwords[user] ?? "" } = login;
    return this.place.run(this.words(database, statement, user), { PGPASSWORD: password });
  }

  /**
   * Sends a statement as a database's owner and hands back its rows.
   *
   * @throws Error when it is refused.
   */
  async rows(database: string, statement: string): Promise<string> {
    return this.place.ok(this.words(database, statement), {
      PGPASSWORD: this.#passwords[database] ?? "",
    });
  }

  /** Sends a statement as the superuser through the socket, as an operator in the pod does. */
  async asOperator(statement: string): Promise<string> {
    return this.place.ok([
      ...["psql", "--no-psqlrc", "--tuples-only", "--no-align", `--host=${this.place.at("run")}`],
      ...[`--port=${this.port}`, "--dbname=postgres", `--command=${statement}`],
    ]);
  }

  #scriptEnv(change: Readonly<Record<string, string>>): Record<string, string> {
    return {
      BACKUPS: this.place.at("backups"),
      WORK: this.place.at("work"),
      KEEP: "3",
      BACKUP: "latest",
      PGHOST: "127.0.0.1",
      PGPORT: `${this.port}`,
      DATABASES: this.place.at("list"),
      PASSWORD_FILE: this.place.at("pgpass"),
      ...change,
    };
  }

  /**
   * Starts the backup script.
   *
   * @param before Shell text ahead of it.
   */
  startBackup(change: Readonly<Record<string, string>> = {}, before = ""): Running {
    const script = `${before}exec sh ${this.place.at("backup.sh")}`;
    return this.place.start(["sh", "-c", script], this.#scriptEnv(change));
  }

  /** Runs the backup script to its end. */
  backup(change: Readonly<Record<string, string>> = {}, before = ""): Promise<Finished> {
    return this.startBackup(change, before).done;
  }

  /** Runs the restore script to its end. */
  restore(change: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.place.run(["sh", this.place.at("restore.sh")], this.#scriptEnv(change));
  }
}
