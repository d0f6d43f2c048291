/** How `doctor` asks a stack's engine and cluster: a sandbox's, or the operator's own. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import * as z from "zod";

import { Engine, projectName } from "../../sandbox/engine.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { toolPath } from "../../sandbox/tools.ts";
import type { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { gkeContext } from "../../components/platform/google-names.ts";
import { lkeKubeconfig } from "../adopt/cloud-apis.ts";
import { type Kubectl, kubectlWith } from "../adopt/kubectl.ts";
import { CommandError, type Target } from "../command.ts";
import { livePulumi, officialEnvironment, type RunPulumi } from "../keys/pulumi.ts";

/** What can be asked. Each may fail with a CommandError that has what was said. */
export interface Reach {
  readonly project: string;
  readonly pulumi: RunPulumi;
  /** Address of the backend. */
  readonly backend: () => Promise<string>;
  readonly kubectl: (cluster: ClusterConfig) => Promise<Kubectl>;
  /** What reads the world anew, in the operator's words. */
  readonly refresh: string;
  /** What takes a dead lock away. */
  readonly unlock: string;
}

/**
 * The reach of a target; undefined where no sandbox of the stack is there.
 *
 * @param scratch Folder of the owner's for a kubeconfig that a cloud gives.
 */
export function reachOf(
  root: string,
  stack: string,
  target: Target,
  scratch: string,
): Reach | undefined {
  return target === "live" ? liveReach(root, stack, scratch) : sandboxReach(root, stack);
}

function liveReach(root: string, stack: string, scratch: string): Reach {
  // Made anew for each question: a shell that belongs to a sandbox is one finding, not the end.
  const pulumi: RunPulumi = async (words, input) =>
    livePulumi({ root, environment: process.env })(words, input);
  return {
    project: projectName(root),
    pulumi,
    backend: async () => {
      return backendIn(await pulumi(["whoami", "--json"]));
    },
    kubectl: async (cluster) => {
      const environment = officialEnvironment({ root, environment: process.env });
      if (cluster.kind === "kubeconfig") {
        return kubectlWith("kubectl", ["--context", cluster.context], environment);
      }
      if (cluster.kind === "gke") {
        return kubectlWith("kubectl", ["--context", gkeContext(cluster)], environment);
      }
      const kubeconfig = await lkeKubeconfig(cluster.label, { environment });
      if (kubeconfig === undefined) {
        throw new CommandError(
          `Linode has no cluster ${cluster.label} yet: the first update makes it`,
        );
      }
      const path = join(scratch, "kubeconfig");
      writeFileSync(path, kubeconfig, { mode: 0o600 });
      return kubectlWith("kubectl", ["--kubeconfig", path], environment);
    },
    refresh: `pulumi refresh --stack ${stack}`,
    unlock: `pulumi cancel --stack ${stack}`,
  };
}

/** Address of the backend, out of what `pulumi whoami --json` prints. */
function backendIn(text: string): string {
  try {
    return z.looseObject({ url: z.string() }).parse(JSON.parse(text)).url;
  } catch {
    throw new CommandError("pulumi whoami tells no backend");
  }
}

function sandboxReach(root: string, stack: string): Reach | undefined {
  const place = sandboxPlace(stack, { clone: root, root: process.env["FLEET_SANDBOX_ROOT"] });
  if (!existsSync(place.folder)) {
    return undefined;
  }
  const engine = new Engine(place, process.env);
  const inside = `make exec STACK=${stack} CMD=`;
  return {
    project: projectName(root),
    pulumi: async (words) => {
      const { code, stdout, stderr } = await engine.ask(words);
      if (code !== 0) {
        throw new CommandError(`pulumi ${words.slice(0, 2).join(" ")} failed: ${stderr.trim()}`);
      }
      return stdout;
    },
    backend: () => Promise.resolve(pathToFileURL(place.backend).href),
    kubectl: () =>
      Promise.resolve(
        kubectlWith(
          toolPath("kubectl", process.env),
          ["--kubeconfig", place.kubeconfig],
          process.env,
        ),
      ),
    refresh: `${inside}'pulumi refresh --stack ${stack} --config-file .sandbox/${stack}/Pulumi.${stack}.yaml'`,
    unlock: `${inside}'pulumi cancel --stack ${stack} --yes' (make up does it by itself)`,
  };
}
