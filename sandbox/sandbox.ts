/** One stack's sandbox: its control plane running, its config written, its folder. */
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { Api } from "./api.ts";
import { guestsOf, guestState } from "./beside.ts";
import { installKinds, prepareChart } from "./charts.ts";
import {
  ensureStorageClasses,
  googleClasses,
  syncNodes,
  waitForNodes,
} from "./cluster-contents.ts";
import { parseStackFile, sandboxConfig } from "./config.ts";
import {
  controlPlaneHealth,
  createControlPlane,
  restartControlPlane,
  serverAddress,
  stopControlPlane,
} from "./control-plane.ts";
import { passphraseKey, type PassphraseKey } from "./encryption.ts";
import { prepareFolder, sandboxEnvironment } from "./environment.ts";
import { fault } from "./fault.ts";
import { privateMode, readIfThere, writeWhole } from "./files.ts";
import { endFormer, formerFolder } from "./former.ts";
import { apiAccess, writeKubeconfig } from "./kubeconfig.ts";
import { nodeName } from "./nodes.ts";
import { requireUsablePath, sandboxPlace, stackFile, type SandboxPlace } from "./place.ts";
import type { Plan } from "./plan.ts";
import { endProcesses, engineProcesses, listProcesses } from "./processes.ts";
import { neededSecrets, writeSecrets } from "./secrets.ts";
import { seedStandins } from "./standins/seeds.ts";
import {
  markCutShort,
  markUnfinished,
  type Ports,
  readState,
  type SandboxState,
  writeState,
} from "./state.ts";
import type { Environment } from "./tools.ts";

/** Tells the user something, on a line of its own. */
export type Say = (line: string) => void;

/** How a control plane came to stand. */
export type Start = "running" | "restarted" | "new";

/** A sandbox that stands. */
export interface Sandbox {
  readonly place: SandboxPlace;
  readonly start: Start;
  readonly server: string;
  readonly api: Api;
}

/**
 * Makes a stack's sandbox stand, whatever is there: nothing, one that runs, what a killed command or a
 * restart of the machine left.
 *
 * @param outer The shell's environment.
 */
export async function openSandbox(
  place: SandboxPlace,
  plan: Omit<Plan, "onFailure">,
  outer: Environment,
  say: Say,
): Promise<Sandbox> {
  requireUsablePath(place);
  await clearLeftovers(place, say);
  prepareFolder(place);
  writeSecrets(place, plan.kept);
  const { PULUMI_CONFIG_PASSPHRASE: passphrase = "" } = sandboxEnvironment(place, outer);
  // A million rounds take as long as the control plane needs to say its first word: side by side.
  const [key, { start, ports }] = await Promise.all([
    passphraseKeyOf(place, passphrase),
    ensureControlPlane(place, outer, say),
  ]);
  const machines =
    place.beside !== undefined
      ? guestState(place, place.beside).machines
      : start === "new"
        ? 0
        : (readState(place)?.machines ?? 0);
  const state = { ports, salt: key.saltLine, folder: place.folder, machines };
  writeState(place, state);
  const access = apiAccess(place, serverAddress(ports));
  writeKubeconfig(place, plan.context, access);
  const secrets = neededSecrets(plan.needs, plan.kept);
  const document = parseStackFile(plan.text, plan.file);
  const chart = prepareChart(document, join(place.folder, "charts"), outer);
  const former = readIfThere(place.config);
  const config = sandboxConfig(plan.text, plan.file, secrets, key, former, chart);
  writeWhole(place.config, config, privateMode);
  await seedStandins(place.folder, plan.seeds);
  const api = new Api(access);
  await fillCluster(place, plan, api, state);
  await installKinds(document, api, outer);
  return { place, start, server: access.server, api };
}

/** Brings a sandbox that stands in line with another plan: its context, its nodes, the clouds' seeds. */
export async function reshapeSandbox(
  { place, api }: Sandbox,
  { context, nodes, isGoogle, seeds }: Pick<Plan, "context" | "nodes" | "isGoogle" | "seeds">,
): Promise<void> {
  const state = readState(place);
  if (state !== undefined) {
    writeKubeconfig(place, context, apiAccess(place, serverAddress(state.ports)));
    await seedStandins(place.folder, seeds);
    await fillCluster(place, { nodes, isGoogle }, api, state);
  }
}

/**
 * A sandbox that stands already.
 *
 * @throws SandboxError where it does not, or the stack is none.
 */
export function requireRunning(place: SandboxPlace): {
  readonly api: Api;
  readonly server: string;
} {
  if (!existsSync(place.folder)) {
    // A misspelt name is to be told apart from a sandbox that waits for `make up`.
    stackFile(place);
  }
  const state = readState(place);
  const { missing } = controlPlaneHealth(place);
  if (state === undefined || missing.length > 0 || !existsSync(place.config)) {
    throw fault(`the sandbox of ${place.stack} does not run`, `make up STACK=${place.stack}`);
  }
  const server = serverAddress(state.ports);
  return { api: new Api(apiAccess(place, server)), server };
}

/** Takes everything of a sandbox away: its processes, then its folder. */
export async function removeSandbox(place: SandboxPlace): Promise<void> {
  await endFormer(place);
  await endProcesses(engineProcesses(place, listProcesses()));
  if (place.beside === undefined) {
    // What they would still write is removed with them.
    await stopControlPlane(place, 0);
  }
  rmSync(place.folder, { recursive: true, force: true });
}

/** Ends what a killed command left running, and drops state that no longer tells the truth. */
async function clearLeftovers(place: SandboxPlace, say: Say): Promise<void> {
  const engines = engineProcesses(place, listProcesses());
  if (engines.length > 0) {
    say(`ending ${engines.length} processes that a killed command left`);
    await endProcesses(engines);
  }
  const former = formerFolder(place);
  if (former !== undefined && place.beside === undefined) {
    say(`the sandbox was made in ${former}: making a new control plane here, empty, secrets kept`);
    await endFormer(place);
    forgetCluster(place);
    markUnfinished(place, false);
  }
  if (existsSync(place.unfinished) && place.beside !== undefined) {
    throw fault(
      `the last update was killed half-way, and the cluster with what is left of it is that of ${place.beside}`,
      `make down STACK=${place.stack}, make down STACK=${place.beside}, then both again`,
    );
  }
  if (existsSync(place.unfinished)) {
    // Its state was not written: the cluster holds objects that the engine does not know of.
    say("the last update was killed half-way: starting from an empty cluster, secrets kept");
    await stopControlPlane(place);
    forgetCluster(place);
    markUnfinished(place, false);
  }
}

/**
 * Removes the cluster and the engine's state of it; secrets, passphrase and token stay. Guests lose their objects with
 * it: their state would not, so that the next update of each looks.
 */
function forgetCluster(place: SandboxPlace): void {
  for (const guest of guestsOf(place)) {
    const options = { clone: place.clone, root: dirname(place.folder) };
    markCutShort(sandboxPlace(guest, options), true);
  }
  const standIns = join(place.folder, "standins");
  for (const path of [place.clusters, place.backend, standIns, place.cutShort]) {
    rmSync(path, { recursive: true, force: true });
  }
}

async function ensureControlPlane(
  place: SandboxPlace,
  outer: Environment,
  say: Say,
): Promise<{ readonly start: Start; readonly ports: Ports }> {
  if (place.beside !== undefined) {
    return { start: "running", ports: guestState(place, place.beside).ports };
  }
  const state = readState(place);
  const { missing, running } = controlPlaneHealth(place);
  if (state !== undefined && missing.length === 0) {
    return { start: "running", ports: state.ports };
  }
  if (state !== undefined && existsSync(place.cluster)) {
    const what = running.length === 0 ? "the control plane" : missing.join(", ");
    say(`${what} had ended: starting the control plane again on its data`);
    if (await restartControlPlane(place, state.ports, outer)) {
      return { start: "restarted", ports: state.ports };
    }
    say("it cannot be started again: making a new one, empty");
  }
  await stopControlPlane(place);
  forgetCluster(place);
  prepareFolder(place);
  return { start: "new", ports: await createControlPlane(place, outer) };
}

async function fillCluster(
  place: SandboxPlace,
  { nodes, isGoogle }: Pick<Plan, "nodes" | "isGoogle">,
  api: Api,
  state: SandboxState,
): Promise<void> {
  await ensureStorageClasses(api, isGoogle ? googleClasses : undefined);
  const { stack } = place;
  const machines = await syncNodes(api, { stack, nodes, machines: state.machines });
  writeState(place, { ...state, machines });
  await waitForNodes(
    api,
    nodes.map((node) => nodeName(stack, node)),
  );
}

/** The key of the config so far; a new one where the passphrase is new. */
async function passphraseKeyOf(place: SandboxPlace, passphrase: string): Promise<PassphraseKey> {
  const salt = readState(place)?.salt;
  try {
    return await passphraseKey(passphrase, salt);
  } catch (error) {
    if (salt === undefined) {
      throw error;
    }
    return passphraseKey(passphrase);
  }
}

/** Whether a sandbox has left anything: a folder or a process. */
export function hasAnything(place: SandboxPlace): boolean {
  return existsSync(place.folder) || controlPlaneHealth(place).running.length > 0;
}
