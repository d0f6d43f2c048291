/**
 * Runs the stores' real programs, in a temporary folder, on the loopback address only.
 *
 * Where the tests run as root the programs run as `nobody`: Postgres refuses root. Programs that lie
 * where `nobody` cannot go, such as root's own cache, are copied out for the time of the tests.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
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
    // Decoded by the stream: a letter of several bytes may come in two parts.
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => (output += part));
    }
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
    await killThose(listLiving().filter(({ pid }) => isIn(this.folder, pid)));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    leave();
  }
}

function own(path: string): void {
  if (isRoot) {
    chownSync(path, nobody, nobody);
  }
}

/** A process, as Linux lists it. */
interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** Every process that is not dead yet. A dead one may stay listed where nobody asks how it ended. */
function listLiving(): Listed[] {
  // Elsewhere a group is all that is known of a program's children.
  return (process.platform === "linux" ? readdirSync("/proc") : [])
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // The program's own name is in brackets, and may hold any letter.
        const [state = "", parent, group] = readFileSync(`/proc/${pid}/stat`, "utf8")
          .split(") ")
          .at(-1)
          ?.split(" ") ?? [""];
        return /[ZX]/.test(state)
          ? []
          : [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
      } catch {
        return [];
      }
    });
}

/** A process, its group, and all that came of them: Postgres' own children leave the group. */
function familyOf(leader: number): Listed[] {
  const living = listLiving();
  const family = new Set(living.filter(({ pid, group }) => pid === leader || group === leader));
  for (const { pid } of family) {
    // What is added while it is gone through is gone through as well.
    living.filter(({ parent }) => parent === pid).forEach((child) => family.add(child));
  }
  return [...family];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Gone by itself in this moment.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

/** Whether a process works in a folder: what was started there, and outlived whoever started it, does. */
function isIn(folder: string, pid: number): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

/** Kills processes, and waits until they are gone: one that has yet to die holds its locks, memory and ports. */
async function killThose(processes: readonly Listed[]): Promise<void> {
  processes.forEach(({ pid }) => {
    signal(pid, "SIGKILL");
  });
  await until("all that was killed is gone", () => {
    const living = new Set(listLiving().map(({ pid }) => pid));
    return !processes.some(({ pid }) => living.has(pid));
  });
}

/**
 * Kills a program of ours with all its children, as a node that loses its power does, and waits until the last
 * of them is gone.
 */
export async function killGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = new Promise((settle) => child.once("exit", settle));
  // Held first, so that it makes no more children while they are counted.
  signal(pid, "SIGSTOP");
  const family = familyOf(pid);
  signal(-pid, "SIGKILL");
  await gone;
  await killThose(family);
}

/**
 * Below those that the sandbox draws from (sandbox/ports.ts), and far below the range out of which the system takes ports of
 * outgoing connections: nobody's client comes upon one of these before its server has bound it.
 */
const portRange = { first: 12_000, end: 20_000 };

/** Listens somewhere, for as long as it is wanted. */
function listening(where: { readonly path: string } | { readonly port: number }): Promise<Server> {
  return new Promise((settle, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen({ host: "127.0.0.1", exclusive: true, ...where }, () => {
      settle(server);
    });
  });
}

/** Names of ports that are this process's own, kept until it ends. */
const claims: Server[] = [];

/**
 * Takes a port for this process alone: no other one that asks here is given it, even before anything listens there, or
 * where nothing ever shall. A name that Linux itself keeps stands for it, which is gone when the process is.
 *
 * @returns Whether it was nobody's.
 */
async function claim(port: number): Promise<boolean> {
  try {
    if (process.platform === "linux") {
      claims.push((await listening({ path: `\0fleet-test-port-${port}` })).unref());
    }
    const probe = await listening({ port });
    await new Promise((settle) => probe.close(settle));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") {
      throw error;
    }
    return false;
  }
}

/** Ports of the loopback address that are free, and stay so until this process itself takes them. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = randomInt(portRange.first, portRange.end);
    if (await claim(port)) {
      found.push(port);
    }
  }
  return found;
}

/** Whether a port of the loopback address takes a connection. */
export const isOpen = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      settle(true);
    });
    socket.on("error", () => {
      settle(false);
    });
  });

/**
 * Waits until something holds.
 *
 * @throws Error naming it after two minutes: a limit that is not reached costs nothing.
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    if (await holds()) {
      return;
    }
    await new Promise((settle) => setTimeout(settle, 100));
  }
  throw new Error(`${what}: not within 120 seconds`);
}
