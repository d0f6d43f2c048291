/** A server that speaks MongoDB's protocol, and our scripts run against it in a shell of ECMAScript 5. */
import { indexScript, runIndexScript } from "../../components/data/mongo-index-script.ts";
import type { MongoIndex } from "../../components/data/mongo.schema.ts";
import { commandLog4j } from "../../components/data/zookeeper-files.ts";
import { type Finished, freePorts, killGroup, type Running, until } from "./programs.ts";
import { ServersPlace } from "./store-servers.ts";

/** A server that keeps all in memory. It knows indexes by their names alone, and asks no geometry of any. */
export class MongoServer {
  readonly place = new ServersPlace([]);
  readonly port: number;
  #running: Running | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  /** Writes what there is to write: nothing runs yet. */
  static async make(): Promise<MongoServer> {
    const [port = 0] = await freePorts(1);
    const server = new MongoServer(port);
    const { place } = server;
    await place.makeFolder("bin");
    place.write("run.sh", runIndexScript);
    const log4j = `-Dlog4j.configuration=file:${place.write("log4j", commandLog4j)}`;
    const shell = [...place.java(log4j), "MongoShell"].map((word) => `'${word}'`).join(" ");
    place.program("bin/mongo", `#!/bin/sh\nexec ${shell} "$@"\n`);
    return server;
  }

  /** Starts the server. */
  async start(): Promise<void> {
    // It ends with its standard input.
    const command = `tail -f /dev/null | "$@"`;
    const words = [...this.place.java(), "MongoServer", `${this.port}`];
    const running = this.place.start(["sh", "-c", command, "server", ...words]);
    this.#running = running;
    await until("the server listens", () => {
      if (running.child.exitCode !== null) {
        throw new Error(`the server did not start:\n${running.said()}`);
      }
      return running.said().includes(`${this.port}\n`);
    });
  }

  get #path(): string {
    return `${this.place.at("bin")}:${process.env["PATH"] ?? ""}`;
  }

  /** Runs the Job's script with its indexes. */
  indexes(indexes: readonly MongoIndex[], change: Readonly<Record<string, string>> = {}) {
    return this.place.run(["sh", this.place.at("run.sh")], {
      PATH: this.#path,
      MONGO_URL: `mongodb://127.0.0.1:${this.port}/store`,
      SCRIPT: this.place.write("indexes.js", indexScript("store", indexes)),
      PATIENCE: "240",
      ...change,
    });
  }

  /** Runs code in the shell, in the database. */
  async eval(code: string): Promise<string> {
    const words = ["--quiet", "--norc", `mongodb://127.0.0.1:${this.port}/store`, "--eval", code];
    const done: Finished = await this.place.run([this.place.at("bin/mongo"), ...words]);
    return done.output.trim();
  }

  /** Indexes of a collection by name, in their order. */
  async indexesOf(collection: string): Promise<Record<string, unknown>> {
    const answer = await this.eval(
      `print(JSON.stringify(db.runCommand({ listIndexes: "${collection}" })))`,
    );
    const { cursor } = JSON.parse(answer) as {
      readonly cursor?: { readonly firstBatch: readonly { name: string; key: object }[] };
    };
    return Object.fromEntries((cursor?.firstBatch ?? []).map(({ name, key }) => [name, key]));
  }

  /** Ends everything. */
  async clear(): Promise<void> {
    if (this.#running !== undefined) {
      await killGroup(this.#running.child);
    }
    await this.place.clear();
  }
}
