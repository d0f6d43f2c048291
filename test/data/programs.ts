/**
 * Runs the stores' real programs, in a temporary folder, on the loopback address only.
 *
 * Where the tests run as root the programs run as `nobody`: Postgres refuses root. Programs that lie
 * where `nobody` cannot go, such as root's own cache, are copied out for the time of the tests.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";

import * as z from "zod";

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Name of the user the programs run as. */
export const programUser: string = isRoot
  ? execFileSync("id", ["-un", `${nobody}`], { encoding: "utf8" }).trim()
  : userInfo().username;

const dropRights = [
  "setpriv",
  `--reuid=${nobody}`,
  `--regid=${nobody}`,
  "--clear-groups",
  "--inh-caps=-all",
  "--",
] as const;

/** Folders from which the programs' user runs what lies in others. */
const copies = new Map<string, string>();

/** Places not cleared yet: the last one takes the copies with it. */
let places = 0;

function reach(folder: string): string {
  const [setpriv, ...words] = [...dropRights, "test", "-x", `${folder}/.`] as const;
  if (!isRoot || spawnSync(setpriv, words).status === 0) {
    return folder;
  }
  const copy = copies.get(folder) ?? mkdtempSync(join(tmpdir(), "fleet-programs-"));
  if (!copies.has(folder)) {
    copies.set(folder, copy);
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
  }
  return copy;
}

function leave(): void {
  places -= 1;
  if (places === 0) {
    for (const copy of copies.values()) {
      rmSync(copy, { recursive: true, force: true });
    }
    copies.clear();
  }
}

/** What a program left. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** A program at work. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly said: () => string;
  readonly done: Promise<Finished>;
}

/** Tools whose programs are run here. */
const toolNames = [
  "elasticsearch_exporter",
  "postgres",
  "redis",
  "mysql",
  "memcached",
  "knot",
  "kzonecheck",
  "kdig",
  "bind9",
  "rndc",
  "dig",
  "coturn",
  "nginx",
  "docker-registry",
  "traefik",
  "promtool",
  "prometheus-pushgateway",
  "statsd_exporter",
  "node_exporter",
  "kube-state-metrics",
  "spacemesh-poet",
] as const;

/** The debian packages' folders, newest version first. */
function systemFolders(): string[] {
  const postgres = "/usr/lib/postgresql";
  const versions = existsSync(postgres) ? readdirSync(postgres) : [];
  return versions.sort((a, b) => Number(b) - Number(a)).map((name) => join(postgres, name, "bin"));
}

/**
 * Search path with the folders in which the programs lie.
 *
 * @throws Error naming every program that is missing: without them nothing would be judged.
 */
export function searchPath(programs: readonly string[]): string {
  const setting = process.env["FLEET_TOOL_DIRS"];
  const known =
    setting === undefined ? {} : z.record(z.string(), z.string()).parse(JSON.parse(setting));
  const folders = [
    // Those of the asked programs only: each may be copied.
    ...toolNames
      .flatMap((tool) => known[tool] ?? [])
      .filter((folder) => programs.some((program) => existsSync(join(folder, program))))
      .map(reach),
    ...systemFolders(),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  const missing = programs.filter(
    (program) => !folders.some((folder) => existsSync(join(folder, program))),
  );
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(", ")} are not there: run the judges by make test, which sets them up`,
    );
  }
  return folders.join(delimiter);
}

/** A folder of a test, open to the programs' user. */
export class Place {
  readonly folder: string;
  readonly #path: string;
  readonly #children: ChildProcess[] = [];

  /** @param programs Programs that must be there. */
  constructor(programs: readonly string[]) {
    this.#path = searchPath(programs);
    places += 1;
    this.folder = mkdtempSync(join(tmpdir(), "fleet-"));
    own(this.folder);
  }

  /** Path of an entry. */
  at(name: string): string {
    return join(this.folder, name);
  }

  /** Makes a folder. */
  async makeFolder(name: string): Promise<string> {
    await this.ok(["mkdir", "-p", this.at(name)]);
    return this.at(name);
  }

  /** Writes a file and tells its path. */
  write(name: string, text: string): string {
    const path = this.at(name);
    writeFileSync(path, text);
    own(path);
    return path;
  }

  /** Starts a program, as the leader of a process group of its own. */
  start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const [program, ...rest] = isRoot ? [...dropRights, ...words] : words;
    if (program === undefined) {
      throw new Error("no program named");
    }
    const child = spawn(program, rest, {
      cwd: this.folder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      // Nothing of the shell's own PGHOST and the like.
      env: { PATH: this.#path, HOME: this.folder, LC_ALL: "C", ...env },
    });
    this.#children.push(child);
    let output = "";
    const listen = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    const done = new Promise<Finished>((settle, fail) => {
      child.on("error", fail);
      child.on("close", (code) => {
        settle({ code, output });
      });
    });
    return { child, said: () => output, done };
  }

  /** Runs a program to its end. */
  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.start(words, env).done;
  }

  /**
   * Runs a program to its end and hands back what it said.
   *
   * @throws Error with all it said when it fails.
   */
  async ok(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, output } = await this.run(words, env);
    if (code !== 0) {
      throw new Error(`${words.join(" ")} left with ${code ?? "a signal"}:\n${output}`);
    }
    return output.trim();
  }

  /** Ends whatever still runs, and takes the folder away. */
  async clear(): Promise<void> {
    const left = this.#children.filter(
      (child) => child.exitCode === null && child.signalCode === null,
    );
    await Promise.all(left.map(killGroup));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    leave();
  }
}

function own(path: string): void {
  if (isRoot) {
    chownSync(path, nobody, nobody);
  }
}

/** Kills a program of ours with all its children, as a node that loses its power does. */
export async function killGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = new Promise((settle) => child.once("exit", settle));
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // Gone by itself in this moment: its end is yet to be told.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
  await gone;
}

/** Ports of the loopback address that are free just now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((settle, fail) => {
        server.on("error", fail);
        server.listen(0, "127.0.0.1", () => {
          settle(server);
        });
      });
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") {
      throw new Error("no port was given");
    }
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((settle) => server.close(settle))));
  return ports;
}

/**
 * Waits until something holds.
 *
 * @throws Error naming it after 30 seconds.
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (await holds()) {
      return;
    }
    await new Promise((settle) => setTimeout(settle, 100));
  }
  throw new Error(`${what}: not within 30 seconds`);
}
