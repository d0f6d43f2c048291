/** What a sandbox remembers between commands. Nothing secret stands here. */
import { rmSync } from "node:fs";
import * as z from "zod";

import { readIfThere, writeWhole } from "./files.ts";
import type { SandboxPlace } from "./place.ts";

/** Loopback ports of the control plane. */
export const Ports = z.object({
  apiServer: z.int(),
  etcd: z.int(),
  etcdPeer: z.int(),
  controllerManager: z.int(),
  scheduler: z.int(),
  kwok: z.int(),
});
/** {@inheritDoc Ports} */
export type Ports = z.infer<typeof Ports>;

const State = z.object({
  ports: Ports,
  /** Salt of the generated config, so that the passphrase's key stays the same. */
  salt: z.string(),
  /** Folder that it was made in: a clone may be moved or copied, and a control plane has its paths in its config. */
  folder: z.string().optional(),
  /** How many machines there have been: each gets an address that none had before it. */
  machines: z.int().default(0),
});
/** {@inheritDoc State} */
export type SandboxState = z.infer<typeof State>;

/** The sandbox's state, or undefined where there is none or a killed command left half of one. */
export function readState(place: Pick<SandboxPlace, "state">): SandboxState | undefined {
  try {
    return State.parse(JSON.parse(readIfThere(place.state) ?? ""));
  } catch {
    return undefined;
  }
}

/** Keeps the state. */
export function writeState(place: Pick<SandboxPlace, "state">, state: SandboxState): void {
  writeWhole(place.state, `${JSON.stringify(state, null, 2)}\n`);
}

/** Notes that an update has begun, or that it ended in an orderly way. */
export function markUnfinished(place: Pick<SandboxPlace, "unfinished">, unfinished: boolean): void {
  mark(place.unfinished, unfinished, "an update is under way");
}

/**
 * Notes that an update was ended while it waited, or that the cluster was read since. The provider
 * cannot tell the state what it had written then: without a look at the cluster the next update would
 * take the old objects for those that are there, and leave the new ones.
 */
export function markCutShort(place: Pick<SandboxPlace, "cutShort">, cutShort: boolean): void {
  mark(place.cutShort, cutShort, "the state may be older than the cluster");
}

function mark(path: string, there: boolean, text: string): void {
  if (there) {
    writeWhole(path, `${text}\n`);
  } else {
    rmSync(path, { force: true });
  }
}
