/** What only the stack's engine and its cluster can tell. A question that fails is a finding, and the next is asked all the same. */
import type { StackConfig } from "../../stacks/stack.schema.ts";
import type { Fault } from "../../stacks/faults.ts";
import { type ClusterConfig, nameOfCluster } from "../../components/platform/cluster.schema.ts";
import { nodesThere } from "../../stacks/spacemesh/nodes-there.ts";
import { SandboxError } from "../../sandbox/fault.ts";
import type { Kubectl } from "../adopt/kubectl.ts";
import { CommandError } from "../command.ts";
import { secretEntries, type StackFile } from "../stack-file.ts";
import { clusterFault, engineFault, withoutCredentials } from "./causes.ts";
import { type Check, notChecked } from "./check.ts";
import { diskCheck, DiskList } from "./disk-checks.ts";
import { locksCheck } from "./locks.ts";
import { nodeCheck, NodeList } from "./node-checks.ts";
import type { Reach } from "./reach.ts";
import { stateChecks, stateNotChecked, type StateOf } from "./state-checks.ts";
import { judgedVersion, KubectlVersion, kubernetesCheck } from "./version-checks.ts";

/** What is asked about. */
export interface WorldOf {
  readonly root: string;
  readonly file: StackFile;
  /** Undefined where the stack file has faults: then its cluster is not known. */
  readonly config: StackConfig | undefined;
  readonly reach: Reach;
  readonly state: StateOf;
}

/** Every check of the backend, the state and the cluster. */
export async function worldChecks(world: WorldOf): Promise<Check[]> {
  const [engine, cluster] = await Promise.all([engineChecks(world), clusterChecks(world)]);
  return [...engine, ...cluster];
}

async function engineChecks(world: WorldOf): Promise<Check[]> {
  const { file, reach } = world;
  const { stack } = file;
  const backend = await attempt(reach.backend);
  if ("complaint" in backend) {
    const why = "the backend cannot be asked";
    return [
      failed("backend", engineFault("backend", backend.complaint)),
      notChecked("locks", why),
      notChecked("decryption", why),
      ...stateNotChecked(why),
    ];
  }
  const of = { backend: backend.value, project: reach.project, stack, mend: reach.unlock };
  return [
    { name: "backend", detail: withoutCredentials(backend.value), faults: [] },
    await guarded("locks", () => Promise.resolve(locksCheck(of))),
    await decryptionCheck(world),
    ...(await stateOf(world)),
  ];
}

/** Whether this shell can decrypt the stack file. What it gives is looked at by nobody. */
async function decryptionCheck({ file, reach }: WorldOf): Promise<Check> {
  const name = "decryption";
  const isEncrypted = Object.keys(secretEntries(file)).length > 0;
  if (!isEncrypted) {
    return { name, detail: "the stack file has nothing encrypted", faults: [] };
  }
  const asked = await attempt(() =>
    reach.pulumi(["config", "--show-secrets", "--json", "--stack", file.stack]),
  );
  return "complaint" in asked
    ? failed(name, engineFault("fleet:secrets", asked.complaint))
    : { name, detail: "fleet:secrets can be decrypted here", faults: [] };
}

async function stateOf({ file, reach, state }: WorldOf): Promise<Check[]> {
  const words = ["stack", "export", "--stack", file.stack];
  const shown = await attempt(() => reach.pulumi([...words, "--show-secrets"]));
  const asked = "complaint" in shown ? await attempt(() => reach.pulumi(words)) : shown;
  if ("complaint" in asked) {
    const fault = engineFault("state", asked.complaint);
    return [failed("state", fault), ...stateNotChecked("the state cannot be had")];
  }
  let exported: unknown;
  try {
    exported = JSON.parse(asked.value);
  } catch {
    // The parser's message would quote the state.
    return stateNotChecked("pulumi stack export printed no JSON");
  }
  return [
    ...("complaint" in shown
      ? [failed("decryption of the state", engineFault("state", shown.complaint))]
      : []),
    ...stateChecks(exported, !("complaint" in shown), state),
  ];
}

/** Checks of the cluster that need its nodes. */
const ofNodes = ["pools and nodes", "disks of nodes"] as const;

const limit = "--request-timeout=10s";

async function clusterChecks({ root, config, reach }: WorldOf): Promise<Check[]> {
  if (config === undefined) {
    const why = "the stack file has faults, which come first";
    return ["Kubernetes", ...ofNodes].map((name) => notChecked(name, why));
  }
  const { cluster } = config;
  if (cluster === undefined) {
    return [];
  }
  const path = `cluster ${nameOfCluster(cluster)}`;
  const kubectl = await attempt(() => reach.kubectl(cluster));
  const version =
    "complaint" in kubectl
      ? kubectl
      : await attempt(() => kubectl.value(["version", "-o", "json", limit]));
  if ("complaint" in version || "complaint" in kubectl) {
    const { complaint } = version as { readonly complaint: string };
    return [
      failed("Kubernetes", clusterFault(path, complaint)),
      ...ofNodes.map((name) => notChecked(name, "the cluster cannot be asked")),
    ];
  }
  const kubernetes = await guarded("Kubernetes", () =>
    Promise.resolve(
      kubernetesCheck(
        KubectlVersion.parse(JSON.parse(version.value)),
        cluster,
        judgedVersion(root),
      ),
    ),
  );
  return [kubernetes, ...(await nodesChecks(kubectl.value, { cluster, path, config }))];
}

/** What its nodes are asked for. */
interface Asked {
  readonly cluster: ClusterConfig;
  readonly path: string;
  readonly config: StackConfig;
}

async function nodesChecks(kubectl: Kubectl, { cluster, path, config }: Asked): Promise<Check[]> {
  const [pools, disks] = ofNodes;
  const nodes = await attempt(() => kubectl(["get", "nodes", "-o", "json", limit]));
  if ("complaint" in nodes) {
    return [
      withoutRights(pools, clusterFault(path, nodes.complaint)),
      notChecked(disks, "the nodes cannot be asked"),
    ];
  }
  const read = () => NodeList.parse(JSON.parse(nodes.value)).items;
  const there = config.system === "spacemesh" ? nodesThere(config) : "all";
  const words = ["get", "csinodes,storageclasses", "-o", "json", limit];
  const found = await attempt(() => kubectl(words));
  return [
    await guarded(pools, () => Promise.resolve(nodeCheck(cluster, read(), there))),
    "complaint" in found
      ? withoutRights(disks, clusterFault(path, found.complaint))
      : await guarded(disks, () =>
          Promise.resolve(diskCheck(cluster, read(), DiskList.parse(JSON.parse(found.value)))),
        ),
  ];
}

/** Who may not list nodes, or what is attached to them, may have all that an update needs. */
function withoutRights(name: string, fault: Fault): Check {
  return fault.expected.endsWith("(403)")
    ? notChecked(name, `${fault.path}: ${fault.expected}; ${fault.mend ?? ""}`)
    : failed(name, fault);
}

type Attempt<Value> = { readonly value: Value } | { readonly complaint: string };

/** An answer, or what was said instead. */
async function attempt<Value>(ask: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof CommandError || error instanceof SandboxError) {
      return { complaint: error.message };
    }
    throw error;
  }
}

/** A check whose own failure does not end the others. Its message may quote an answer: it is not told. */
async function guarded(name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch {
    return notChecked(name, "the answer is none that this version can read");
  }
}

const failed = (name: string, fault: Fault): Check => ({ name, detail: "", faults: [fault] });
