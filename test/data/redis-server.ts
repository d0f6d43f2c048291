/** A real Redis on the files Fleet makes for it. */
import { redisBackupScript, redisRestoreScript } from "../../components/data/redis-backup.ts";
import {
  redisConfig,
  redisRestoreConfig,
  redisStartScript,
} from "../../components/data/redis-files.ts";
import { type Finished, freePorts, killGroup, Place, type Running, until } from "./programs.ts";

const programs = ["redis-server", "redis-cli", "redis-check-rdb", "flock"];

/** What a judge may have different from the rest. */
export interface RedisChange {
  readonly memory?: string;
  /** Empty: none, whoever reaches it is let in. */
  readonly password?: string;
}

/** A server in a folder of its own, with its backups. */
export class RedisServer {
  readonly place: Place;
  readonly password: string;
  readonly port: number;
  readonly #restorePort: number;
  #running: Running | undefined;

  private constructor(place: Place, ports: readonly number[], password: string) {
    const [port = 0, restorePort = 0] = ports;
    this.password = password;
    this.place = place;
    this.port = port;
    this.#restorePort = restorePort;
  }

  /** Writes the files of a server that has not run yet. */
  static async make({
    memory = "64Mi",
    password: word = "redis-password-0123456789",
  }: RedisChange = {}): Promise<RedisServer> {
    const ports = await freePorts(2);
    const place = new Place(programs);
    const server = new RedisServer(place, ports, word);
    for (const folder of ["data", "backups", "work"]) {
      await place.makeFolder(folder);
    }
    const { port } = server;
    const password = word === "" ? undefined : word;
    place.write("redis.conf", redisConfig({ port, data: place.at("data"), memory, password }));
    const restoreConfig = redisRestoreConfig({ port: server.#restorePort, password });
    // Loopback only: the last word on a setting counts.
    place.write("restore.conf", `${restoreConfig}bind 127.0.0.1\n`);
    place.write("start.sh", redisStartScript);
    place.write("backup.sh", redisBackupScript);
    place.write("restore.sh", redisRestoreScript);
    return server;
  }

  /** Starts the server and waits until it has read its data. */
  async start(): Promise<void> {
    // Loopback only, once more: the command line comes after the file.
    const running = this.place.start([
      ...["sh", this.place.at("start.sh"), this.place.at("redis.conf"), "--bind", "127.0.0.1"],
    ]);
    this.#running = running;
    await until("Redis answers", async () => {
      if (running.child.exitCode !== null) {
        throw new Error(`Redis did not start:\n${running.said()}`);
      }
      return (await this.ask("PING")) === "PONG";
    });
  }

  /** Waits until all that was said is in its log: with a slow disk it answers up to two seconds before. */
  async logged(): Promise<void> {
    await until("Redis' log has all", async () =>
      /aof_buffer_length:0\r?\n/.test(await this.ask("INFO", "persistence")),
    );
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

  /** Sends a command and hands back what the server says, errors included. */
  async ask(...words: string[]): Promise<string> {
    return this.askWith(this.password, ...words);
  }

  /** The same with another password. Empty: none. */
  async askWith(password: string, ...words: string[]): Promise<string> {
    const { output } = await this.place.run(
      ["redis-cli", "--no-auth-warning", "-p", `${this.port}`, ...words],
      password === "" ? {} : { REDISCLI_AUTH: password },
    );
    return output.trim();
  }

  #scriptEnv(change: Readonly<Record<string, string>>): Record<string, string> {
    return {
      BACKUPS: this.place.at("backups"),
      WORK: this.place.at("work"),
      KEEP: "3",
      BACKUP: "latest",
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: `${this.port}`,
      ...(this.password === "" ? {} : { REDISCLI_AUTH: this.password }),
      RESTORE_CONFIG: this.place.at("restore.conf"),
      RESTORE_HOST: "127.0.0.1",
      RESTORE_PORT: `${this.#restorePort}`,
      PATIENCE: "240",
      ...change,
    };
  }

  /** Starts the backup script. */
  startBackup(change: Readonly<Record<string, string>> = {}): Running {
    return this.place.start(["sh", this.place.at("backup.sh")], this.#scriptEnv(change));
  }

  /** Runs the backup script to its end. */
  backup(change: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.startBackup(change).done;
  }

  /** Runs the restore script to its end. */
  restore(change: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.place.run(["sh", this.place.at("restore.sh")], this.#scriptEnv(change));
  }
}
