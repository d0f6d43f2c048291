/** The state file of each cloud, and the settings of the sandbox. */
import { join } from "node:path";
import { standinsFolder } from "./control.ts";
import { readJson, withLock, writeJson } from "./files.ts";
import type { Cloud } from "./schema.ts";
import { emptyState, World } from "./world.ts";
import type { CloudState, Settings } from "./world.ts";
import type { Properties } from "./values.ts";

/** The clouds of one sandbox. */
export class Store {
  readonly #sandbox: string;

  /** @param sandbox the sandbox's folder */
  constructor(sandbox: string) {
    this.#sandbox = sandbox;
  }

  /** Where a cloud's state is kept. */
  file(cloud: Cloud): string {
    return join(standinsFolder(this.#sandbox), `${cloud}.json`);
  }

  /** A cloud as it is, to look at: changes to it are lost. */
  look(cloud: Cloud, config: Properties = {}): World {
    return new World(this.#read(cloud), config, this.settings());
  }

  /** Works on a cloud while nobody else does. Nothing is kept where the work throws. */
  async change<Result>(
    cloud: Cloud,
    config: Properties,
    work: (world: World) => Result,
  ): Promise<Result> {
    const file = this.file(cloud);
    return withLock(file, () => {
      const state = this.#read(cloud);
      const result = work(new World(state, config, this.settings()));
      writeJson(file, state);
      return result;
    });
  }

  /** What the runner told of the sandbox. */
  settings(): Settings {
    return readJson<Settings>(this.#settingsFile(), {});
  }

  /** Tells the stand-ins of the sandbox; what is left out stays. */
  async tell(settings: Settings): Promise<void> {
    const file = this.#settingsFile();
    await withLock(file, () => {
      writeJson(file, { ...this.settings(), ...settings });
    });
  }

  #settingsFile(): string {
    return join(standinsFolder(this.#sandbox), "settings.json");
  }

  #read(cloud: Cloud): CloudState {
    return readJson<CloudState>(this.file(cloud), emptyState());
  }
}
