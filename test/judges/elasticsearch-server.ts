/** Elasticsearch's own server, as far as it is to be had as a library: see tools/modules/elasticsearch. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

import { run, toolFolder } from "./tools.ts";

/** What is an own module of it; the rest of the jars is the server. */
const netty = /^(netty-|transport-netty4)/;
const words = /^x-pack-core/;

const version = "8.19.21";

const descriptor = (name: string, classname: string): string =>
  [
    `name=${name}`,
    `description=${name}`,
    `version=${version}`,
    `elasticsearch.version=${version}`,
    `classname=${classname}`,
    "java.version=17",
    "has.native.controller=false",
    "",
  ].join("\n");

/** Lays the jars out as the server looks for them. */
async function layOut(home: string): Promise<void> {
  const tool = toolFolder("elasticsearch-server");
  const jars = readdirSync(join(tool, "lib"));
  const into = (folder: string, names: readonly string[]): void => {
    mkdirSync(join(home, folder), { recursive: true });
    for (const name of names) symlinkSync(join(tool, "lib", name), join(home, folder, name));
  };
  into(
    "server",
    jars.filter((jar) => !netty.test(jar) && !words.test(jar)),
  );
  into(
    "modules/transport-netty4",
    jars.filter((jar) => netty.test(jar)),
  );
  into(
    "modules/lifecycle",
    jars.filter((jar) => words.test(jar)),
  );
  for (const folder of ["plugins", "programs", "own"]) mkdirSync(join(home, folder));
  copyFileSync(join(tool, "classes/Server.class"), join(home, "programs/Server.class"));
  const own = "LifecycleSettings.class";
  copyFileSync(join(tool, "classes", own), join(home, "own", own));
  const packed = await run("jar", [
    ...["--create", "--file", join(home, "modules/lifecycle/own.jar")],
    ...["-C", join(home, "own"), own],
  ]);
  if (packed.code !== 0) throw new Error(packed.stderr);
  for (const [name, classname] of [
    ["transport-netty4", "org.elasticsearch.transport.netty4.Netty4Plugin"],
    ["lifecycle", "LifecycleSettings"],
  ] as const) {
    const file = join(home, "modules", name, "plugin-descriptor.properties");
    writeFileSync(file, descriptor(name, classname));
  }
}

/** An answer of the server. */
export interface ServerAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A server that runs. */
export interface RunningServer {
  readonly data: string;
  readonly url: string;
  readonly ask: (method: string, path: string, body?: string | object) => Promise<ServerAnswer>;
  readonly stop: () => Promise<void>;
}

/** Starts the server in an empty folder. It ends when its standard input does, and so with this process. */
export async function startServer(folder: string): Promise<RunningServer> {
  const home = join(folder, "home");
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  await layOut(home);
  const child = spawn("java", [
    ...["-Xms256m", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
    ...["--module-path", join(home, "server"), "--add-modules", "ALL-MODULE-PATH"],
    ...["--class-path", join(home, "programs"), "Server", home, data],
  ]);
  const told: string[] = [];
  child.stderr.on("data", (part: Buffer) => told.push(part.toString("utf8")));
  const ended = new Promise<void>((settle) =>
    child.on("close", () => {
      settle();
    }),
  );
  const lines = createInterface(child.stdout);
  const port = await new Promise<number>((settle, fail) => {
    lines.on("line", (line) => {
      if (/^\d+$/.test(line)) settle(Number(line));
      else told.push(line);
    });
    void ended.then(() => {
      fail(new Error(`Elasticsearch did not start: ${told.slice(-20).join("\n")}`));
    });
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    data,
    url,
    ask: async (method, path, body) => {
      const text = typeof body === "object" ? JSON.stringify(body) : body;
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          "content-type": typeof body === "string" ? "application/x-ndjson" : "application/json",
        },
        ...(text === undefined ? {} : { body: text }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Reads a lifecycle policy with Elasticsearch's own parser: its phases, or what it says against it. */
export async function readPolicy(policy: object): Promise<string> {
  const tool = toolFolder("elasticsearch-server");
  const path = `${join(tool, "classes")}:${join(tool, "lib", "*")}`;
  const result = await run("java", ["-Xmx128m", "-cp", path, "Policy"], {
    input: JSON.stringify(policy),
  });
  if (result.code === 0) return result.stdout;
  throw new Error(result.stderr);
}
