/** A program of a test's own under the real engine and the stand-ins: no sandbox, no cluster. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { packPrograms } from "../../sandbox/policy.ts";
import { enginePath, type Finished, run, toolFolder } from "../judges/tools.ts";
import { clone } from "../rendered.ts";
import { quickEngine } from "./quick-engine.ts";

const standinPrograms = join(clone, "sandbox/standins/bin");

/**
 * What an engine has besides, where it takes a program with objects of Kubernetes and holds it against the policy pack.
 *
 * @param first Folder of a plug-in in the place of the Kubernetes provider's. Default: that one itself.
 */
export const packedEngine = (...first: readonly string[]): Readonly<Record<string, string>> => ({
  PATH: enginePath(
    packPrograms,
    ...first,
    standinPrograms,
    toolFolder("pulumi-resource-kubernetes"),
  ),
  PULUMI_DEBUG_COMMANDS: "true",
  LINODE_TOKEN: "0".repeat(64),
  KUBECONFIG: "/dev/null",
});

/** The program's folder and the engine that runs it. What it is to declare it reads from `wish.json`. */
export class ScratchProgram {
  /** Everything of it; gone after {@link dispose}. */
  readonly root: string;
  /** Folder of the stand-ins' state and of the backend, as a sandbox has them. */
  readonly sandbox: string;
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  /**
   * @param name Of the folder, for who finds one left behind.
   * @param program Text of a JavaScript module.
   * @param more Environment of the engine beside its own.
   */
  constructor(name: string, program: string, more: Readonly<Record<string, string>> = {}) {
    this.root = mkdtempSync(join(tmpdir(), `fleet-${name}-`));
    this.sandbox = join(this.root, "sandbox");
    this.#folder = join(this.root, "program");
    const home = join(this.root, "home");
    this.#environment = {
      PATH: enginePath(standinPrograms),
      HOME: home,
      // The Kubernetes provider leaves its kubeconfig there.
      TMPDIR: home,
      PULUMI_HOME: join(this.root, "engine"),
      PULUMI_BACKEND_URL: pathToFileURL(join(this.sandbox, "backend")).href,
      PULUMI_CONFIG_PASSPHRASE: "throw-away",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...quickEngine(join(this.root, "engine")),
      FLEET_SANDBOX_DIR: this.sandbox,
      FLEET_SANDBOX_TOKEN: "throw-away-token",
      ...more,
    };
    mkdirSync(join(this.sandbox, "backend"), { recursive: true });
    mkdirSync(this.#folder);
    mkdirSync(home);
    writeFileSync(join(this.sandbox, "token"), "throw-away-token\n");
    this.#write(
      "Pulumi.yaml",
      "name: scratch\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.mjs\n",
    );
    this.#write("package.json", '{"type":"module","main":"index.mjs"}');
    this.#write("index.mjs", program);
    symlinkSync(join(clone, "node_modules"), join(this.#folder, "node_modules"));
  }

  /** Makes the stack, in which no resource may fall back on a default provider. */
  async makeStack(): Promise<void> {
    await this.succeed("stack", "init", "scratch");
    await this.succeed("config", "set", "--path", "pulumi:disable-default-providers[0]", "*");
  }

  /** Says what is to be. */
  wish(wanted: object): void {
    this.#write("wish.json", JSON.stringify(wanted));
  }

  /** Runs the engine, however it ends. */
  engine(
    words: readonly string[],
    more: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Finished> {
    const env = { ...this.#environment, ...more };
    return run("pulumi", [...words, "--non-interactive"], { cwd: this.#folder, env });
  }

  /** Runs the engine, which must succeed. Gives all that it said. */
  async succeed(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.engine(words);
    if (code !== 0) {
      throw new Error(`pulumi ${words.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    }
    return stdout + stderr;
  }

  /** Runs the engine, which must fail. Gives all that it said. */
  async refused(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.engine(words);
    if (code === 0) {
      throw new Error(`pulumi ${words.join(" ")} was to fail:\n${stdout}\n${stderr}`);
    }
    return stdout + stderr;
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }
}
