/** `adopt` from the command line: a sandbox's engine and stand-ins, or the operator's own pulumi and clouds. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";

import { gkeContext } from "../../components/platform/google-names.ts";
import { Engine } from "../../sandbox/engine.ts";
import { open } from "../../sandbox/commands/open.ts";
import { withLock } from "../../sandbox/lock.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { toolPath } from "../../sandbox/tools.ts";
import { CommandError, type Target } from "../command.ts";
import { diagnosticsIn } from "../diagnostics.ts";
import { livePulumi, officialEnvironment } from "../keys/pulumi.ts";
import { temporaryIn, withScratch } from "../scratch.ts";
import { parseSections } from "../sections.ts";
import type { StackFile } from "../stack-file.ts";
import { lkeKubeconfig, readClouds } from "./cloud-apis.ts";
import { adopt, type AdoptTarget } from "./command.ts";
import { declared } from "./declare.ts";
import { type Kubectl, kubectlWith } from "./kubectl.ts";

import { readPreview } from "./preview.ts";
import { readStandins } from "./standins.ts";

/** What `adopt` is asked for. */
export interface AdoptRequest {
  readonly root: string;
  readonly file: StackFile;
  readonly target: Target;
  /** Nobody is asked. */
  readonly isAgreed: boolean;
  /** Another file than the stack's own, for tests of changed config in the sandbox. */
  readonly path?: string | undefined;
}

/** Runs the engine and gives what it printed. */
type RunEngine = (
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<string>;

/** The program as it is, whatever the cluster has: stacks/environment.ts. */
const unread = { FLEET_UNREAD_CLUSTER: "yes" } as const;

/**
 * Runs `adopt`.
 *
 * @returns The exit code.
 * @throws CommandError where nobody could say yes.
 */
export async function runAdopt(request: AdoptRequest): Promise<number> {
  if (!request.isAgreed && !process.stdin.isTTY) {
    throw new CommandError(
      "nobody is here to say yes to what is taken: YES=yes says so beforehand, once the table was read",
    );
  }
  if (request.target === "live") {
    return withScratch({ of: "adopt" }, (scratch) => adoptLive(request, scratch));
  }
  // The sandbox's engine takes a signal itself, and ends before this command does.
  const scratch = mkdtempSync(join(tmpdir(), "fleet-adopt-"));
  try {
    return await adoptInSandbox(request, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function adoptLive(request: AdoptRequest, scratch: string): Promise<number> {
  const { root, file } = request;
  const environment = officialEnvironment({ root, environment: process.env });
  return adopt({
    ...common(request, scratch, (words, more = {}) =>
      livePulumi({ root, environment: { ...process.env, ...temporaryIn(scratch), ...more } })(
        words,
      ),
    ),
    update: `pulumi up -s ${file.stack}`,
    kubectl: await liveKubectl(file, environment, scratch),
    clouds: (creates) => readClouds(creates, { environment }),
  });
}

/** The context that the stack file names, or the cluster that it makes; never the current context. */
async function liveKubectl(
  file: StackFile,
  environment: NodeJS.ProcessEnv,
  scratch: string,
): Promise<Kubectl> {
  const { cluster } = parseSections(file);
  if (cluster === undefined) {
    throw new CommandError(
      `${file.stack} runs in no cluster: adopt takes what a cluster and its clouds have`,
    );
  }
  if (cluster.kind === "kubeconfig") {
    return kubectlWith("kubectl", ["--context", cluster.context], environment);
  }
  if (cluster.kind === "gke") {
    return kubectlWith("kubectl", ["--context", gkeContext(cluster)], environment);
  }
  const kubeconfig = await lkeKubeconfig(cluster.label, { environment });
  if (kubeconfig === undefined) {
    // No cluster yet, and so nothing in it.
    return () => Promise.resolve('{"items":[]}');
  }
  const path = join(scratch, "kubeconfig");
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  return kubectlWith("kubectl", ["--kubeconfig", path], environment);
}

function adoptInSandbox(request: AdoptRequest, scratch: string): Promise<number> {
  const { root, file } = request;
  const { stack } = file;
  const place = sandboxPlace(stack, { clone: root, root: process.env["FLEET_SANDBOX_ROOT"] });
  return withLock(place, "adopt", async () => {
    const { sandbox } = await open({
      place,
      outer: process.env,
      say,
      options: { stack, file: request.path, fast: false, refresh: false, verbose: false },
    });
    sandbox.api.close();
    const engine = new Engine(place, process.env);
    const refused = await engine.ensureStack();
    if (refused !== undefined) {
      throw new CommandError(`the engine made no stack:\n${refused.stderr}`);
    }
    const run: RunEngine = async (words, more) => {
      const { code, stdout, stderr } = await engine.ask(words, more);
      if (code !== 0) {
        throw new CommandError(`pulumi ${words[0] ?? ""} failed: ${complaint(stdout, stderr)}`);
      }
      return stdout;
    };
    const kubectl = toolPath("kubectl", process.env);
    return adopt({
      ...common(request, scratch, run),
      update: `make up STACK=${stack}`,
      kubectl: kubectlWith(kubectl, ["--kubeconfig", place.kubeconfig], process.env),
      clouds: () => Promise.resolve(readStandins(place.folder)),
    });
  });
}

/** What the engine says went wrong. A sandbox's values are throw-away ones. */
function complaint(stdout: string, stderr: string): string {
  const told = diagnosticsIn(stdout);
  if (told !== undefined) {
    return told;
  }
  return [...stderr.split("\n"), ...stdout.split("\n")]
    .filter((line) => /error|fail/i.test(line))
    .slice(0, 8)
    .join("\n");
}

/** What both targets do alike, by the engine's own words. */
function common(
  { file: { stack }, isAgreed }: AdoptRequest,
  scratch: string,
  run: RunEngine,
): Pick<AdoptTarget, "plan" | "preview" | "make" | "declare" | "import" | "agree" | "say"> {
  const of = ["--stack", stack];
  return {
    plan: async () => readPreview(await run(["preview", "--json", ...of], unread)),
    preview: async () => readPreview(await run(["preview", "--json", ...of])),
    make: async (urns) => {
      const targets = urns.flatMap((urn) => ["--target", urn]);
      await run(["up", "--yes", "--skip-preview", ...of, ...targets]);
    },
    declare: async (resources) => {
      const path = join(scratch, "state.json");
      const state = declared(await run(["stack", "export", ...of]), resources);
      writeFileSync(path, state, { mode: 0o600 });
      await run(["stack", "import", "--file", path, ...of]);
    },
    import: async (content) => {
      const path = join(scratch, "import.json");
      // Live objects are in it.
      writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
      await run([
        ...["import", "--file", path, "--yes", "--skip-preview"],
        ...["--generate-code=false", "--protect=false", ...of],
      ]);
    },
    agree: () => (isAgreed ? Promise.resolve(true) : ask()),
    say,
  };
}

function say(line: string): void {
  console.log(line);
}

async function ask(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question("Take these? Only yes does it: ")).trim() === "yes";
  } finally {
    terminal.close();
  }
}
