/**
 * Sandboxes whose folder is not where it was: a clone was moved, copied or deleted while one stood in it. A control plane
 * has the paths of its making in its own config, so that one which is started again elsewhere would write where it came from.
 */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";

import { stopControlPlane } from "./control-plane.ts";
import { clusterName, type SandboxPlace } from "./place.ts";
import { endProcesses, engineProcesses, listProcesses, type Process } from "./processes.ts";
import { readState } from "./state.ts";

type Place = Pick<SandboxPlace, "folder" | "cluster" | "state" | "beside">;

/** Folder that a sandbox was made in, where it is not in it any more. */
export function formerFolder(place: Pick<Place, "folder" | "state">): string | undefined {
  const made = readState(place)?.folder;
  return made === place.folder ? undefined : made;
}

/** Ends what runs by the paths of a sandbox that was moved. Of one that was copied, it is the other clone's. */
export async function endFormer(place: Place): Promise<void> {
  const folder = formerFolder(place);
  if (folder === undefined || existsSync(folder)) {
    return;
  }
  await endProcesses(engineProcesses({ folder }, listProcesses()));
  if (place.beside === undefined) {
    await stopControlPlane({ cluster: join(folder, relative(place.folder, place.cluster)) }, 0);
  }
}

/** A sandbox's folder, by what the first word of each program of its control plane is. */
const ofProgram = new RegExp(`^(/.*)/cluster/clusters/${clusterName}/bin/[a-z-]+(?= |$)`);

/**
 * Control planes that run though their folder is gone: nothing in any clone ends them any more.
 *
 * @param isThere Whether a folder is.
 * @returns Folder → its processes.
 */
export function strayControlPlanes(
  processes: readonly Process[],
  isThere: (folder: string) => boolean = existsSync,
): ReadonlyMap<string, readonly Process[]> {
  const owned = processes.flatMap((one) => {
    const folder = ofProgram.exec(one.command)?.[1];
    return folder === undefined || isThere(folder) ? [] : [{ folder, one }];
  });
  return new Map(
    [...Map.groupBy(owned, ({ folder }) => folder)].map(([folder, found]) => [
      folder,
      found.map(({ one }) => one),
    ]),
  );
}
