/** `make status`: which sandboxes there are and how they fare. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";

import { isReady } from "../cluster-contents.ts";
import { resourceCount } from "../checkpoint.ts";
import { controlPlaneHealth } from "../control-plane.ts";
import { formerFolder, strayControlPlanes } from "../former.ts";
import { existingSandboxes, type SandboxPlace, sandboxPlace } from "../place.ts";
import { listProcesses } from "../processes.ts";
import { requireRunning } from "../sandbox.ts";
import type { Command } from "./command.ts";

/** Tells of every sandbox of this clone. Returns the exit code: 0, whatever there is. */
export async function status({ place, say }: Command): Promise<number> {
  const root = dirname(place.folder);
  const names = existingSandboxes(root);
  if (names.length === 0) {
    say("no sandbox");
  }
  for (const name of names) {
    say(await describe(sandboxPlace(name, { clone: place.clone, root })));
  }
  const known = names.map((name) => formerFolder(sandboxPlace(name, { clone: place.clone, root })));
  for (const [folder, processes] of strayControlPlanes(listProcesses())) {
    if (!known.includes(folder)) {
      const pids = processes.map(({ pid }) => pid).join(" ");
      say(`${folder} is gone, and what ran there still does; to mend: kill ${pids}`);
    }
  }
  return 0;
}

async function describe(place: SandboxPlace): Promise<string> {
  const former = formerFolder(place);
  if (former !== undefined) {
    const again = `make up STACK=${place.stack} makes it anew, make down STACK=${place.stack} takes it away`;
    return `${place.stack}: was made in ${former}, and is moved or a copy; ${again}`;
  }
  const { missing, running } = controlPlaneHealth(place);
  if (running.length === 0) {
    return `${place.stack}: does not run; make up STACK=${place.stack} starts it again`;
  }
  if (missing.length > 0 || !existsSync(place.config)) {
    const what = missing.length > 0 ? `${missing.join(", ")} ended` : "stopped while it was set up";
    return `${place.stack}: broken (${what}); make up STACK=${place.stack} mends it`;
  }
  const { api, server } = requireRunning(place);
  try {
    const [nodes, pods] = await Promise.all([api.list("/api/v1/nodes"), api.list("/api/v1/pods")]);
    const live = pods.filter(({ status: phase }) => phase?.["phase"] !== "Succeeded");
    const unfinished = existsSync(place.unfinished) ? "; an update is under way or was killed" : "";
    return (
      `${place.stack}: runs at ${server}, ${nodes.filter(isReady).length} of ${nodes.length} nodes ready, ` +
      `${live.filter(isReady).length} of ${live.length} pods ready, ${resourceCount(place)} resources${unfinished}`
    );
  } catch (error) {
    return `${place.stack}: the API server does not answer (${error instanceof Error ? error.message : ""})`;
  } finally {
    api.close();
  }
}
