/** Projects beside each other in one sandbox, each with a state of its own. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Api } from "../sandbox/api.ts";
import { engineEnvironment } from "../sandbox/environment.ts";
import { watchCloud } from "../sandbox/cloud-watch.ts";
import type { SandboxPlace } from "../sandbox/place.ts";
import { clone } from "../test/rendered.ts";
import { run, timeOnce, type Work } from "./measure.ts";
import { longestChain, type Step, stepsOf, waitsOf } from "./update.ts";

/** A project to run. */
export class Project {
  readonly #place: SandboxPlace;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(place: SandboxPlace, folder: string, environment: NodeJS.ProcessEnv) {
    this.#place = place;
    this.#folder = folder;
    this.#environment = environment;
  }

  /**
   * The program of a folder, under the sandbox's environment and config.
   *
   * @param options Whether the state is written after each step, as it is live. Default: at the end.
   */
  static async of(
    place: SandboxPlace,
    folder: string,
    name: string,
    { checkpoints = false }: { readonly checkpoints?: boolean } = {},
  ): Promise<Project> {
    const backend = join(place.folder, "bench", name);
    mkdirSync(backend, { recursive: true });
    const environment = {
      ...engineEnvironment(place, process.env),
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_SKIP_CHECKPOINTS: `${!checkpoints}`,
    };
    // `stack init` knows no --config-file and writes beside Pulumi.yaml, which must never be the clone's.
    const scratch = mkdtempSync(join(place.folder, "init-"));
    copyFileSync(join(clone, "Pulumi.yaml"), join(scratch, "Pulumi.yaml"));
    copyFileSync(place.config, join(scratch, `Pulumi.${place.stack}.yaml`));
    await new Project(place, scratch, environment).#engine(
      "stack",
      "init",
      "--no-select",
      place.stack,
    );
    return new Project(place, folder, environment);
  }

  /** A preview, to be timed. */
  preview(...more: readonly string[]): Work {
    const words = ["--stack", this.#place.stack, "--suppress-progress", "--parallel", "64"];
    return this.#work("preview", ...words, ...more);
  }

  /** Brings it up, the clouds at work on it, and tells how long that took and what held it up. */
  async up(api: Api): Promise<{ readonly seconds: number; readonly chain: readonly Step[] }> {
    const log = join(this.#place.temporary, "bench-events.json");
    rmSync(log, { force: true });
    const update = this.#work("up", ...this.#updating, "--event-log", log);
    const seconds = await this.#besideClouds(api, () => timeOnce(update));
    const waits = waitsOf(await this.#state());
    return { seconds, chain: longestChain(stepsOf(readFileSync(log, "utf8")), waits) };
  }

  /** Takes away what {@link up} made, the clouds at work on it: what they gave is given back. */
  async down(api: Api): Promise<void> {
    await this.#engine("state", "unprotect", "--all", "--stack", this.#place.stack, "--yes");
    await this.#besideClouds(api, () => this.#engine("destroy", ...this.#updating));
  }

  /** Has the clouds at work until it is done, or has failed. */
  async #besideClouds<Result>(api: Api, work: () => Promise<Result>): Promise<Result> {
    const cloud = watchCloud(api, this.#place.folder);
    try {
      return await work();
    } finally {
      await cloud.end();
    }
  }

  /** Bytes of the state as the backend keeps it: without the indentation of an export. */
  async stateBytes(): Promise<number> {
    return Buffer.byteLength(JSON.stringify(await this.#state()));
  }

  async #state(): Promise<unknown> {
    return JSON.parse(await this.#engine("stack", "export", "--stack", this.#place.stack));
  }

  get #updating(): readonly string[] {
    const words = ["--yes", "--skip-preview", "--suppress-progress", "--parallel", "64"];
    return ["--stack", this.#place.stack, ...words];
  }

  #engine(...words: readonly string[]): Promise<string> {
    return run(this.#work(...words));
  }

  #work(...words: readonly string[]): Work {
    return {
      command: "pulumi",
      arguments: [...words, "--non-interactive"],
      folder: this.#folder,
      environment: this.#environment,
    };
  }
}
