/** Where a sandbox keeps its things: everything it has lies in one folder of the clone. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { nearest } from "../components/base/nearest.ts";
import { fault } from "./fault.ts";

/** The clone this file belongs to. */
export const cloneFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Name of the control plane for kwokctl. Each has a work folder of its own, so that one name does. */
export const clusterName = "fleet";

/** Paths of one stack's sandbox, all absolute. */
export interface SandboxPlace {
  readonly stack: string;
  /** Folder with `Pulumi.yaml`: where the engine runs. */
  readonly clone: string;
  /** Everything of this sandbox; removed as a whole. */
  readonly folder: string;
  /** Held while a command changes the sandbox. Beside the folder, so that it outlives it. */
  readonly lock: string;
  /** The generated config file. */
  readonly config: string;
  readonly kubeconfig: string;
  /** State of the engine. */
  readonly backend: string;
  /** PULUMI_HOME. */
  readonly engineHome: string;
  /** HOME of everything that runs inside. */
  readonly home: string;
  readonly temporary: string;
  /** First on PATH: the Node that runs the program. */
  readonly bin: string;
  /** KWOK_WORKDIR. */
  readonly clusters: string;
  /** kwokctl's folder of the control plane: programs, certificates, data, logs. Of a guest: the host's. */
  readonly cluster: string;
  /** Stack in whose sandbox's cluster this one is: `beside.ts`. Undefined: it has one of its own. */
  readonly beside: string | undefined;
  readonly logs: string;
  /** What the sandbox remembers between commands: `state.ts`. */
  readonly state: string;
  /** Throw-away secrets, kept so that a second run changes nothing. */
  readonly secrets: string;
  readonly passphrase: string;
  /** What stand-in plugins ask for. */
  readonly token: string;
  /** There while an update is under way: one found by the next command was killed. */
  readonly unfinished: string;
  /** There after an update that was ended early, until one has read the cluster anew. */
  readonly cutShort: string;
  /** What a run that keeps releases has begun. */
  readonly journal: string;
  /** Files of the release that is being put back. */
  readonly checkout: string;
}

/** What a stack may be called. */
const stackName = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** Where a sandbox may be put. */
export interface PlaceOptions {
  /** Default: the clone this program belongs to. */
  readonly clone?: string | undefined;
  /** Folder of all sandboxes. Default: `.sandbox` of the clone. */
  readonly root?: string | undefined;
}

/**
 * Paths of a stack's sandbox.
 *
 * @throws SandboxError for a name that could lead out of the folder.
 */
export function sandboxPlace(stack: string, options: PlaceOptions = {}): SandboxPlace {
  if (!stackName.test(stack)) {
    throw fault(
      `STACK must be the name of a stack: lower-case letters, digits and dashes, at most 40 (it is ${JSON.stringify(stack)})`,
      stacksHint(options.clone ?? cloneFolder),
    );
  }
  const clone = resolve(options.clone ?? cloneFolder);
  const root = resolve(options.root ?? join(clone, ".sandbox"));
  const folder = join(root, stack);
  const clusters = join(folder, "cluster");
  const beside = readBeside(folder);
  const host = beside === undefined ? clusters : join(root, beside, "cluster");
  return {
    stack,
    clone,
    folder,
    lock: join(root, `.${stack}.lock`),
    config: join(folder, `Pulumi.${stack}.yaml`),
    kubeconfig: join(folder, "kubeconfig"),
    backend: join(folder, "backend"),
    engineHome: join(folder, "pulumi"),
    home: join(folder, "home"),
    temporary: join(folder, "tmp"),
    bin: join(folder, "bin"),
    clusters,
    cluster: join(host, "clusters", clusterName),
    beside,
    logs: join(folder, "logs"),
    state: join(folder, "state.json"),
    secrets: join(folder, "secrets.json"),
    passphrase: join(folder, "passphrase"),
    token: join(folder, "token"),
    unfinished: join(folder, "unfinished"),
    cutShort: join(folder, "cut-short"),
    journal: join(folder, "journal.json"),
    checkout: join(folder, "checkout"),
  };
}

/** The file that says whose cluster a sandbox is in. */
export const besideFile = (folder: string): string => join(folder, "beside");

function readBeside(folder: string): string | undefined {
  const path = besideFile(folder);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/** Names of the stacks that a folder has files of, sorted. */
export function stacksOf(clone: string): readonly string[] {
  return readdirSync(clone)
    .flatMap((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/**
 * The stack's own file.
 *
 * @param file Another file to read instead, for tests of changed config.
 * @throws SandboxError that lists the stacks there are.
 */
export function stackFile(place: SandboxPlace, file?: string): string {
  const path = file === undefined ? join(place.clone, `Pulumi.${place.stack}.yaml`) : resolve(file);
  if (!existsSync(path)) {
    throw fault(
      `there is no stack ${place.stack}: ${path} is missing`,
      stacksHint(place.clone, place.stack),
    );
  }
  return path;
}

/**
 * Refuses a folder in which no control plane starts: kwokctl (0.8.0) reads the path of its config as a list with commas
 * and quotes, and takes of its work folder what stands before a space: it would write beside the clone, elsewhere. The
 * engine's part for Node (3.259) puts the clone's path between single quotes into a script of its own, by which it looks for
 * the SDK: below a path that has one it fails with «the Pulumi SDK has not been installed».
 *
 * @throws SandboxError that says what to do.
 */
export function requireUsablePath({ folder }: Pick<SandboxPlace, "folder">): void {
  if (/[\s"',]/.test(folder)) {
    throw fault(
      `no control plane starts below a folder with a space, a comma or a quote in its name: ${folder}`,
      "move the clone, or name the folder otherwise",
    );
  }
}

/** Names of the sandboxes that have a folder, sorted. A folder that somebody else put there is none. */
export function existingSandboxes(root: string): readonly string[] {
  return existsSync(root)
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && stackName.test(entry.name))
        .map(({ name }) => name)
        .sort()
    : [];
}

/** @param asked A name that no stack has, and that one of them may have been meant by. */
function stacksHint(clone: string, asked = ""): string {
  const stacks = stacksOf(clone);
  const meant = nearest(asked, stacks);
  const list = stacks.join(", ");
  if (stacks.length === 0) {
    return "make new-stack NAME=… FROM=… makes one";
  }
  return meant === undefined
    ? `STACK=… with one of ${list}`
    : `is STACK=${meant} meant? There are ${list}`;
}
