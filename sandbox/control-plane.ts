/** A real control plane on this machine, without containers: made, started again, looked at, ended. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Api } from "./api.ts";
import { fault, SandboxError } from "./fault.ts";
import { readIfThere, writeWhole } from "./files.ts";
import { apiAccess } from "./kubeconfig.ts";
import { components, containerLogText, kwokConfig } from "./kwok-config.ts";
import { clusterName, type SandboxPlace } from "./place.ts";
import { areFree, freePorts } from "./ports.ts";
import {
  controlPlaneProcesses,
  endProcesses,
  listProcesses,
  runningComponents,
} from "./processes.ts";
import type { Ports } from "./state.ts";
import { type Environment, toolPath } from "./tools.ts";

/**
 * How long programs that run may take to be ready, in milliseconds. Those that fail end by themselves, which is seen at
 * once: only what hangs takes so long, and whoever gave up on a busy machine would make an empty cluster in the place of one
 * that was about to stand.
 */
const startPatience = 300_000;

/** How long the ports of killed programs may stay taken, in milliseconds: until their last thread has ended. */
const portPatience = 30_000;

/** What a look at the control plane shows. */
export interface Health {
  readonly running: readonly string[];
  readonly missing: readonly string[];
}

/** Which programs of the control plane run. */
export function controlPlaneHealth(place: Pick<SandboxPlace, "cluster">): Health {
  const found = runningComponents(place, listProcesses());
  return {
    running: components.filter((name) => found.has(name)),
    missing: components.filter((name) => !found.has(name)),
  };
}

/** Address of an API server. */
export function serverAddress(ports: Ports): string {
  return `https://127.0.0.1:${ports.apiServer}`;
}

/**
 * Ends the control plane's processes, whoever started them, leaving its data.
 *
 * @param graceMilliseconds Time to end in. The API server would wait for an etcd that is gone already.
 */
export async function stopControlPlane(
  place: Pick<SandboxPlace, "cluster">,
  graceMilliseconds = 1_500,
): Promise<void> {
  await endProcesses(controlPlaneProcesses(place, listProcesses()), graceMilliseconds);
  // kwokctl takes a program for running when any process has the id in its file.
  rmSync(join(place.cluster, "pids"), { recursive: true, force: true });
}

/**
 * A new control plane in the place of whatever was there.
 *
 * @returns Its ports.
 * @throws SandboxError with what the failing program wrote.
 */
export async function createControlPlane(
  place: SandboxPlace,
  environment: Environment,
): Promise<Ports> {
  let failure: unknown;
  // A port may be taken by another program between the look and the start: then others are tried.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await stopControlPlane(place);
    rmSync(place.clusters, { recursive: true, force: true });
    const ports = await freePorts();
    try {
      await create(place, ports, environment);
      return ports;
    } catch (error) {
      failure = error;
      if (diskWords.test(String(error))) {
        // Other ports would not help.
        break;
      }
    }
  }
  throw failure;
}

/**
 * Starts a control plane again on the data it has.
 *
 * @returns Whether it stands; where not, only a new one helps.
 */
export async function restartControlPlane(
  place: SandboxPlace,
  ports: Ports,
  environment: Environment,
): Promise<boolean> {
  await stopControlPlane(place);
  if (!existsSync(join(place.cluster, "kwok.yaml")) || !(await becomeFree(ports))) {
    return false;
  }
  mkdirSync(join(place.cluster, "pids"), { recursive: true });
  try {
    await kwokctl(place, ["start", "cluster", "--name", clusterName], environment);
    await waitUntilReady(place, ports);
    return true;
  } catch {
    await stopControlPlane(place);
    return false;
  }
}

async function becomeFree(ports: Ports): Promise<boolean> {
  const end = Date.now() + portPatience;
  while (!(await areFree(ports))) {
    if (Date.now() > end) {
      return false;
    }
    await sleep(100);
  }
  return true;
}

async function create(place: SandboxPlace, ports: Ports, environment: Environment): Promise<void> {
  const tool = (name: string): string => toolPath(name, environment);
  const config = join(place.clusters, "sandbox.yaml");
  const containerLog = join(place.logs, "containers.log");
  writeWhole(containerLog, containerLogText(containerLog, new Date()));
  writeWhole(config, kwokConfig(ports, containerLog));
  await kwokctl(
    place,
    [
      ...["create", "cluster", "--name", clusterName, "--runtime", "binary", "--config", config],
      ...["--etcd-binary", tool("etcd")],
      ...["--kube-apiserver-binary", tool("kube-apiserver")],
      ...["--kube-controller-manager-binary", tool("kube-controller-manager")],
      ...["--kube-scheduler-binary", tool("kube-scheduler")],
      ...["--kwok-controller-binary", tool("kwok")],
      ...["--controller-port", `${ports.kwok}`],
      // kwokctl writes a context here, too: the user's own kubeconfig is not its to change.
      ...["--kubeconfig", join(place.clusters, "kwokctl.kubeconfig")],
      "--disable-qps-limits",
    ],
    environment,
  );
  await waitUntilReady(place, ports);
}

/** Until the API server is ready, and with it the first namespace and its service account. */
async function waitUntilReady(place: SandboxPlace, ports: Ports): Promise<void> {
  const api = new Api(apiAccess(place, serverAddress(ports)));
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  const end = Date.now() + startPatience;
  try {
    while (Date.now() < end) {
      if ((await api.isReady()) && (await api.find(account).catch(() => undefined)) !== undefined) {
        return;
      }
      const { missing } = controlPlaneHealth(place);
      if (missing.length > 0) {
        throw endedFault(place, missing);
      }
      await sleep(100);
    }
  } finally {
    api.close();
  }
  throw fault(
    `the control plane is not ready after ${startPatience / 1000} s`,
    `see ${join(place.cluster, "logs")}`,
  );
}

/** What programs say of a disk that takes nothing, in the C library's words. */
const diskWords = /no space left on device|disk quota exceeded|read-only file system/i;

/**
 * Programs that ended right after their start, with the reason where it is the disk's: etcd alone asks for 64 MB.
 *
 * @param missing Their names.
 */
export function endedFault(
  place: Pick<SandboxPlace, "cluster" | "folder">,
  missing: readonly string[],
): SandboxError {
  const logs = join(place.cluster, "logs");
  const texts = missing.map((name) => readIfThere(join(logs, `${name}.log`)) ?? "");
  const [reason] = texts.flatMap((text) => diskWords.exec(text)?.[0] ?? []);
  const what = `${missing.join(", ")} ended right after the start`;
  return reason === undefined
    ? fault(what, `see ${logs}`)
    : fault(`${what}: ${reason}`, `give the disk of ${place.folder} some 200 MB of room`);
}

function kwokctl(
  place: SandboxPlace,
  words: readonly string[],
  environment: Environment,
): Promise<void> {
  const variables = {
    PATH: environment["PATH"],
    GOGC: environment["GOGC"],
    // Its own settings file lies in HOME.
    HOME: place.home,
    TMPDIR: place.temporary,
    KWOK_WORKDIR: place.clusters,
    KWOK_KUBECTL_BINARY: toolPath("kubectl", environment),
  };
  return new Promise((settle, fail) => {
    const child = spawn(toolPath("kwokctl", environment), words, {
      cwd: place.folder,
      env: variables,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => output.push(part));
    child.stderr.on("data", (part: Buffer) => output.push(part));
    child.on("error", fail);
    // Not "close": the control plane may hold the pipes of its parent open.
    child.on("exit", (code, signal) => {
      if (code === 0) {
        settle();
      } else {
        const text = Buffer.concat(output).toString("utf8").trim().split("\n").slice(-8).join("\n");
        fail(new SandboxError(`kwokctl ${words[0] ?? ""} ended with ${code ?? signal}:\n${text}`));
      }
    });
  });
}
