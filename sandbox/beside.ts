/**
 * `make up STACK=voting BESIDE=pushtech-staging`: two stacks on one cluster, as live ones may share one. The guest
 * keeps its own folder, engine, secrets and clouds; its cluster, and what its nodes are made of, is the host's.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { controlPlaneHealth } from "./control-plane.ts";
import { fault } from "./fault.ts";
import { writeWhole } from "./files.ts";
import { besideFile, existingSandboxes, sandboxPlace, type SandboxPlace } from "./place.ts";
import { readState, type SandboxState } from "./state.ts";

/** Machines that a host may have had before a guest's: no two have one address. */
const guestMachines = 250;

/** The place of another stack's sandbox beside this one's folder. */
const placeOf = ({ folder, clone }: SandboxPlace, stack: string): SandboxPlace =>
  sandboxPlace(stack, { clone, root: dirname(folder) });

/**
 * The place of a sandbox that is to stand beside another one. Said once, it stays so until `make down`.
 *
 * @param host Name of a stack whose sandbox runs; undefined leaves the place as it is.
 * @throws SandboxError where there is no such cluster, or this sandbox has one already. Nothing is touched then.
 */
export function placeBeside(place: SandboxPlace, host: string | undefined): SandboxPlace {
  if (host === undefined || host === place.beside) {
    return place;
  }
  const down = `make down STACK=${place.stack}`;
  if (place.beside !== undefined || existsSync(place.state)) {
    const own =
      place.beside === undefined ? "a cluster of its own" : `the cluster of ${place.beside}`;
    throw fault(`the sandbox of ${place.stack} has ${own} already`, down);
  }
  const other = placeOf(place, host);
  if (host === place.stack || other.beside !== undefined) {
    throw fault(`${host} has no cluster of its own to stand beside`, "name a stack that has one");
  }
  requireHost(other, readState(other));
  mkdirSync(place.folder, { recursive: true });
  writeWhole(besideFile(place.folder), `${host}\n`);
  return placeOf(place, place.stack);
}

/** What a guest's sandbox starts from: the host's ports, and machines that the host has none of. */
export function guestState(place: SandboxPlace, host: string): Omit<SandboxState, "salt"> {
  const other = placeOf(place, host);
  const { ports } = requireHost(other, readState(other));
  return { ports, machines: readState(place)?.machines ?? guestMachines };
}

function requireHost(host: SandboxPlace, state: SandboxState | undefined): SandboxState {
  if (state === undefined || controlPlaneHealth(host).missing.length > 0) {
    throw fault(`the sandbox of ${host.stack} does not run`, `make up STACK=${host.stack}`);
  }
  return state;
}

/** Stacks whose sandboxes stand on a sandbox's cluster. */
export function guestsOf(place: SandboxPlace): readonly string[] {
  return existingSandboxes(dirname(place.folder)).filter(
    (name) => placeOf(place, name).beside === place.stack,
  );
}
