/**
 * A project of the tests' own on a sandbox's control plane: Fleet's Cluster, Namespace and Workload,
 * driven by the real engine. What a test wants stands in a JSON file, so that what is proven is the
 * Workload's own rendering.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeProject } from "../../bench/projects.ts";
import {
  type ClusterConfig,
  clusterNodes,
  nameOfCluster,
} from "../../components/platform/cluster.schema.ts";
import type { WorkloadArgs } from "../../components/workload/types.ts";
import { Api } from "../../sandbox/api.ts";
import { Engine, type UpdateResult } from "../../sandbox/engine.ts";
import { type SandboxPlace, sandboxPlace } from "../../sandbox/place.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { clone } from "../rendered.ts";

/** A Workload that a test wants. */
export interface WantedWorkload extends Omit<WorkloadArgs, "namespace"> {
  /** Workloads that must be ready, or done, before it is touched. */
  readonly after?: readonly string[];
}

/** Everything a stack of the project is to have. */
export interface Wanted {
  readonly namespace: string;
  readonly workloads: Readonly<Record<string, WantedWorkload>>;
}

/** One stack of the project. */
export interface RolloutStack {
  /** Runs `pulumi up`; how it ended is the caller's to judge. */
  readonly attempt: (wanted: Wanted) => Promise<UpdateResult>;
  /** Runs `pulumi up`, which must end well. */
  readonly up: (wanted: Wanted) => Promise<void>;
  /** Runs `pulumi destroy`, which must end well. */
  readonly destroy: () => Promise<void>;
}

/** A control plane with the project's stacks. */
export interface RolloutCluster {
  readonly api: Api;
  readonly stack: (name: string) => Promise<RolloutStack>;
  readonly dispose: () => Promise<void>;
}

const program = `import { readFileSync } from "node:fs";
import { getStack } from "@pulumi/pulumi";
import { Cluster } from ${JSON.stringify(join(clone, "components/platform/cluster.ts"))};
import { Namespace } from ${JSON.stringify(join(clone, "components/platform/namespace.ts"))};
import { LoneWorkload } from ${JSON.stringify(join(clone, "test/workload/lone-workload.ts"))};

const { cluster, namespace, workloads } = JSON.parse(readFileSync(\`wanted-\${getStack()}.json\`, "utf8"));
const { provider } = new Cluster("cluster", cluster);
const home = new Namespace(namespace, { system: "rollout", data: "delete" }, { provider });
const ready = new Map();
for (const [name, { after = [], ...args }] of Object.entries(workloads)) {
  const dependsOn = after.flatMap((other) => ready.get(other));
  const made = new LoneWorkload(name, { ...args, namespace: home.name }, { provider, dependsOn });
  ready.set(name, made.ready);
}
`;

/** Brings up a control plane with the nodes of a cluster's pools. */
export async function rolloutCluster(cluster: ClusterConfig): Promise<RolloutCluster> {
  const root = mkdtempSync(join(tmpdir(), "fleet-rollout-"));
  const folder = join(root, "project");
  writeProject(folder, program);
  const place = sandboxPlace("rollout", { clone: folder, root });
  const plan = {
    stack: place.stack,
    file: "the rollout tests' own",
    text: 'config:\n  pulumi:disable-default-providers: ["*"]\n',
    context: nameOfCluster(cluster),
    isGoogle: false,
    references: [],
    nodes: clusterNodes(cluster),
    needs: [],
    seeds: {},
    kept: new Map<string, string>(),
  };
  const { api } = await openSandbox(place, plan, process.env, () => undefined);
  return {
    api,
    stack: (name) => rolloutStack({ ...place, stack: name }, cluster),
    dispose: async () => {
      api.close();
      await removeSandbox(place);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function rolloutStack(place: SandboxPlace, cluster: ClusterConfig): Promise<RolloutStack> {
  const engine = new Engine(place, process.env);
  const failed = await engine.ensureStack();
  if (failed !== undefined) {
    throw new Error(failed.stderr);
  }
  const run = (word: string): Promise<UpdateResult> =>
    // Side by side: how long a test takes is how long its slowest workload takes.
    engine.update([word, "--yes", "--skip-preview", "--parallel", "64"], {});
  const succeed = async (running: Promise<UpdateResult>): Promise<void> => {
    const { code, stdout, stderr } = await running;
    if (code !== 0) {
      throw new Error(`pulumi ended with ${code}:\n${stdout}\n${stderr}`);
    }
  };
  const attempt = (wanted: Wanted): Promise<UpdateResult> => {
    const path = join(place.clone, `wanted-${place.stack}.json`);
    writeFileSync(path, JSON.stringify({ cluster, ...wanted }));
    return run("up");
  };
  return {
    attempt,
    up: (wanted) => succeed(attempt(wanted)),
    destroy: () => succeed(run("destroy")),
  };
}
