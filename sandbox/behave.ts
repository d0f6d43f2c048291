/**
 * `make up BEHAVE=storage-db:slow-20s,website-migrate:fail`: tells pods of a stack how to behave, by the names of
 * their workloads. The stack's file and its program stay as they are: the API server itself writes the annotation of
 * stages/README.md on each pod that is made.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { workloadLabel } from "../components/base/labels.ts";
import type { Api } from "./api.ts";
import { fault } from "./fault.ts";

/** Name of a workload → the word behind `sandbox-` in stages/README.md. */
export type Behaviours = ReadonlyMap<string, string>;

const word = /^(?:never-ready|fail|crash(?:-\d{1,4}s)?|slow(?:-stop)?-\d{1,4}s)$/;
const workload = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Reads `name:word,name:word`.
 *
 * @throws SandboxError with what is no such pair.
 */
export function readBehaviours(text: string | undefined): Behaviours {
  const behaviours = new Map<string, string>();
  for (const pair of (text ?? "").split(/[\s,]+/).filter((part) => part !== "")) {
    const [name = "", how = "", ...more] = pair.split(":");
    if (!workload.test(name) || !word.test(how) || more.length > 0) {
      throw fault(
        `BEHAVE has ${JSON.stringify(pair)}, which is no workload and what its pods do`,
        "say e.g. storage-db:slow-20s; all words are in sandbox/stages/README.md",
      );
    }
    if (behaviours.has(name)) {
      throw fault(`BEHAVE tells ${name} twice how to behave`, "leave one of them");
    }
    behaviours.set(name, how);
  }
  return behaviours;
}

const group = "/apis/admissionregistration.k8s.io/v1";
const policies = `${group}/mutatingadmissionpolicies`;
const bindings = `${group}/mutatingadmissionpolicybindings`;
const name = "sandbox-behave";
const annotation = "sandbox.fleet/behaviour";

/** Name of a workload that nobody has: its pod is asked for, never made, to see which policy is at work. */
const probe = "sandbox-behave-probe";

/** What the probe is told: another text for each set of behaviours. */
const markOf = (behaviours: Behaviours): string =>
  behaviours.size === 0 ? "" : [...behaviours].flat().join("_");

/** The policy that writes the annotation. */
export function behavePolicy(behaviours: Behaviours): object {
  const words = Object.fromEntries([...behaviours, [probe, markOf(behaviours)]]);
  const own = `object.metadata.?labels[?${JSON.stringify(workloadLabel)}].orValue("")`;
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
        ],
      },
      // Two maps of texts are written alike in JSON and in CEL.
      variables: [{ name: "words", expression: JSON.stringify(words) }],
      matchConditions: [
        { name: "named", expression: `${own} in ${JSON.stringify(Object.keys(words))}` },
      ],
      mutations: [
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: {
            expression: `Object{metadata: Object.metadata{annotations: {${JSON.stringify(annotation)}: variables.words[${own}]}}}`,
          },
        },
      ],
    },
  };
}

/**
 * Puts behaviours in force for all pods that are made from now on, in place of those before: none leaves pods as
 * they are. Settles when the API server acts on them.
 */
export async function putInForce(api: Api, behaviours: Behaviours): Promise<void> {
  const path = `${policies}/${name}`;
  const before = await api.find(path);
  if (before === undefined && behaviours.size === 0) {
    return;
  }
  await api.remove(`${bindings}/${name}`);
  await api.remove(path);
  if (behaviours.size > 0) {
    await api.create(policies, behavePolicy(behaviours));
    await api.create(bindings, {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: name },
    });
  }
  await awaitProbe(api, markOf(behaviours));
}

/** How often and how long the API server is asked whether it has taken the policy: it needs a second. */
const [everyMilliseconds, attempts] = [100, 150];

async function awaitProbe(api: Api, mark: string): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if ((await probed(api)) === mark) {
      return;
    }
    await sleep(everyMilliseconds);
  }
  throw fault("the API server does not act on BEHAVE", "make down, then make up");
}

/** What the probe's pod would be told; undefined while no pod can be asked for. */
async function probed(api: Api): Promise<string | undefined> {
  try {
    const { metadata } = await api.ask("/api/v1/namespaces/default/pods?dryRun=All", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: probe, labels: { [workloadLabel]: probe } },
      spec: { containers: [{ name: "probe", image: "probe" }] },
    });
    return metadata.annotations?.[annotation] ?? "";
  } catch {
    // A control plane of a second's age has no account for pods yet.
    return undefined;
  }
}

/** Names that no pod has: misspelt, or of what ran before and was not made anew. */
export async function unheard(api: Api, behaviours: Behaviours): Promise<readonly string[]> {
  if (behaviours.size === 0) {
    return [];
  }
  const pods = await api.list("/api/v1/pods");
  const told = new Set(
    pods
      .filter(({ metadata }) => metadata.annotations?.[annotation] !== undefined)
      .map(({ metadata }) => metadata.labels?.[workloadLabel]),
  );
  return [...behaviours.keys()].filter((one) => !told.has(one));
}
