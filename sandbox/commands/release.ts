/** A sandbox's stack as the room that keeps releases sees it. */
import { readFileSync } from "node:fs";

import { Git } from "../../release/git.ts";
import { Journal } from "../../release/journal.ts";
import { migrationsIn, outputWords, releaseIn } from "../../release/state.ts";
import { type Attempt, Interrupted, type Source, type Target } from "../../release/target.ts";
import type { ReleaseInput } from "../../stacks/release.schema.ts";
import { readDeployment } from "../checkpoint.ts";
import { commitsName } from "../commits.ts";
import { Engine } from "../engine.ts";
import { fault, SandboxError } from "../fault.ts";
import type { SandboxPlace } from "../place.ts";
import { readPlan } from "../plan.ts";
import { reshapeSandbox, type Sandbox } from "../sandbox.ts";
import { readSecrets } from "../secrets.ts";
import type { Environment } from "../tools.ts";
import { type Command, makeLine } from "./command.ts";

/** The target of `make up`. */
export function sandboxTarget(
  command: Command,
  sandbox: Sandbox,
  run: (source: Source) => Promise<Attempt>,
): Target {
  const { options, outer, place, say } = command;
  const { stack } = options;
  const engine = new Engine(place, outer);
  return {
    stack,
    clone: place.clone,
    name: commitsName(place),
    again: makeLine("up", options),
    config: place.config,
    checkout: place.checkout,
    environment: outer,
    git: new Git(place.clone, outer),
    journal: new Journal(place.journal),
    say,
    update: async (source) => {
      if (source.goingBack) {
        await goBackToNodes(command, sandbox, source.config);
      }
      return run(source);
    },
    state: async () => {
      const { code, interrupted, stdout, stderr } = await engine.ask([...outputWords, stack]);
      if (interrupted) {
        throw new Interrupted();
      }
      if (code !== 0) {
        throw fault(
          `the engine cannot read its state: ${stderr.trim()}`,
          makeLine("down", options),
        );
      }
      return { release: releaseIn(stdout), migrations: migrationsIn(readDeployment(place)) };
    },
  };
}

/** What `make preview` tells the program: the release that `make up` would make. */
export async function releaseHere(
  place: SandboxPlace,
  outer: Environment,
): Promise<ReleaseInput | undefined> {
  const snapshot = await new Git(place.clone, outer).snapshot(place.stack).catch(() => undefined);
  return snapshot === undefined
    ? undefined
    : { commit: snapshot.commit, config: readFileSync(place.config, "utf8"), digests: {} };
}

/** The nodes follow the config. One that this code cannot read any more leaves them as they are. */
async function goBackToNodes(
  { options, place, say }: Command,
  sandbox: Sandbox,
  config: string,
): Promise<void> {
  try {
    await reshapeSandbox(sandbox, readPlan(options.stack, config, readSecrets(place)));
  } catch (error) {
    if (!(error instanceof SandboxError)) {
      throw error;
    }
    say("the nodes stay as they are: this code cannot read the config of the last good release");
  }
}
