/**
 * A preview with no cluster and no secret: what the program of one commit makes is rendered into a state
 * of its own, and the work tree is previewed against that. The engine, the SDK and the Kubernetes
 * provider's own comparison are real, and clouds are the stand-ins. Of a cluster there is only what the
 * state says. Secrets are throw-away ones, the same on both sides.
 */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { generateSecret } from "../../components/base/secrets.ts";
import { readDeployment } from "../../sandbox/checkpoint.ts";
import { sandboxConfig } from "../../sandbox/config.ts";
import { type PassphraseKey, passphraseKey } from "../../sandbox/encryption.ts";
import { Engine, type UpdateResult } from "../../sandbox/engine.ts";
import { prepareFolder, sandboxEnvironment } from "../../sandbox/environment.ts";
import { SandboxError } from "../../sandbox/fault.ts";
import { privateMode, readIfThere, writeWhole } from "../../sandbox/files.ts";
import { nowhereKubeconfig } from "../../sandbox/kubeconfig.ts";
import { type SandboxPlace, sandboxPlace } from "../../sandbox/place.ts";
import { type Plan, readPlan } from "../../sandbox/plan.ts";
import { packWords } from "../../sandbox/policy.ts";
import { neededSecrets, writeSecrets } from "../../sandbox/secrets.ts";
import { seedStandins } from "../../sandbox/standins/seeds.ts";
import type { Environment } from "../../sandbox/tools.ts";
import { previewedOf } from "./ended.ts";
import { lastWords, notBegun, type Previewed, previewWords } from "./previewed.ts";
import { rotatedSecrets } from "./rotated.ts";

/** What the work tree is compared with. */
export interface Base {
  readonly commit: string;
  /** Folder with its files and packages. */
  readonly folder: string;
}

/** One stack to preview. */
export interface OfflineRun {
  readonly stack: string;
  /** Folder of the work tree. */
  readonly clone: string;
  /** Undefined: nothing was there before. */
  readonly base: Base | undefined;
  /** The shell's environment. */
  readonly outer: Environment;
  /** Folder for what is gone when the command ends. */
  readonly scratch: string;
}

const renderPlugins = fileURLToPath(new URL("../../sandbox/render/bin", import.meta.url));

/**
 * Previews a stack.
 *
 * @throws SandboxError with the faults of the stack file.
 */
export async function previewOffline(run: OfflineRun): Promise<Previewed> {
  const { base, clone, outer, scratch, stack } = run;
  const plan = readPlan(stack, join(clone, `Pulumi.${stack}.yaml`), new Map());
  const before = base === undefined ? undefined : formerPlan(stack, base, plan);
  const place = sandboxPlace(stack, { clone, root: join(scratch, "rendered") });
  const rendering = await Rendering.open(place, outer, before ?? plan);
  if (base !== undefined && before !== undefined) {
    const { code, ...rest } = await rendering.run(["up", "--yes", "--skip-preview"], base.folder);
    if (code !== 0) {
      const why = `what ${base.commit.slice(0, 7)} makes could not be rendered: ${lastWords(rest)}`;
      return notBegun(stack, "state", why);
    }
    await rendering.settle({ ...plan, kept: secretsAfter(before, plan) });
  }
  const deployment = readDeployment(place);
  const events = join(scratch, `${stack}.events`);
  const result = await rendering.run([...previewWords, ...packWords(clone)], clone, events);
  return previewedOf(place, { against: "state", deployment, events, result });
}

/** The engine in a folder of its own, with a plugin that takes no cluster. */
class Rendering {
  readonly #place: SandboxPlace;
  readonly #engine: Engine;
  readonly #key: PassphraseKey;
  readonly #path: string;
  readonly #release: string;

  private constructor(place: SandboxPlace, outer: Environment, key: PassphraseKey, path: string) {
    this.#place = place;
    this.#engine = new Engine(place, outer);
    this.#key = key;
    this.#path = path;
    this.#release = join(place.folder, "release.json");
  }

  /** Makes the folder and its stack. */
  static async open(place: SandboxPlace, outer: Environment, plan: Plan): Promise<Rendering> {
    prepareFolder(place);
    const environment = sandboxEnvironment(place, outer);
    const key = await passphraseKey(environment["PULUMI_CONFIG_PASSPHRASE"] ?? "");
    const path = [renderPlugins, environment["PATH"] ?? ""].join(delimiter);
    const rendering = new Rendering(place, outer, key, path);
    // One release on both sides: who runs it is no change, and a program that keeps releases has its word.
    const release = { commit: "0".repeat(40), config: "", digests: {} };
    writeWhole(rendering.#release, JSON.stringify(release), privateMode);
    await rendering.settle(plan);
    const refused = await rendering.#engine.ensureStack();
    if (refused !== undefined) {
      throw new SandboxError(`the engine made no stack: ${refused.stderr.trim()}`);
    }
    return rendering;
  }

  /** Makes a plan the one that the next run is of. */
  async settle({ context, file, kept, needs, seeds, text }: Plan): Promise<void> {
    const place = this.#place;
    writeSecrets(place, kept);
    writeWhole(place.kubeconfig, nowhereKubeconfig(context), privateMode);
    const secrets = neededSecrets(needs, kept);
    const config = sandboxConfig(text, file, secrets, this.#key, readIfThere(place.config));
    writeWhole(place.config, config, privateMode);
    await seedStandins(place.folder, seeds);
  }

  run(words: readonly string[], folder: string, events?: string): Promise<UpdateResult> {
    const source = {
      folder,
      config: this.#place.config,
      environment: { PATH: this.#path, FLEET_RELEASE: this.#release },
      ...(events === undefined ? {} : { events }),
    };
    return this.#engine.update(words, {}, source);
  }
}

/**
 * The plan of an earlier stack file; undefined where that commit has none. A file that today's schema
 * does not read is that program's own affair: it gets the secrets and the nodes of today.
 */
function formerPlan(stack: string, { folder }: Base, plan: Plan): Plan | undefined {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    return readPlan(stack, file, plan.kept);
  } catch (error) {
    if (!(error instanceof SandboxError)) {
      throw error;
    }
    return { ...plan, file, text: readFileSync(file, "utf8") };
  }
}

/** Those from before, but for what the change encrypts anew. */
function secretsAfter(before: Plan, after: Plan): ReadonlyMap<string, string> {
  const rotated = rotatedSecrets(before.text, after.text);
  const kept = new Map([...after.kept, ...before.kept]);
  for (const { name, kind, hosts } of after.needs) {
    if (rotated.has(name)) {
      kept.set(name, generateSecret(kind, hosts));
    }
  }
  return kept;
}
