/** A Spacemesh network in a sandbox: what there is of it, and what of that an update has touched. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Document, parseDocument } from "yaml";
import * as z from "zod";

import { Store } from "../../sandbox/standins/store.ts";
import type { World } from "../../sandbox/standins/world.ts";
import { clone } from "../rendered.ts";
import { externalAddresses } from "./cluster-state.ts";
import { type Node, nodesOf, type Pod, podFaults, podsOf } from "./live-objects.ts";
import type { TestSandbox } from "./sandbox.ts";

/** Google as the sandbox has it now. */
export const googleIn = ({ folder }: Pick<TestSandbox, "folder">): World =>
  new Store(folder).look("gcp");

/** A stack file that says something else than the committed one; changed from test to test. */
export class ChangedFile {
  readonly path: string;
  readonly document: Document;

  constructor(stack: string) {
    this.path = join(mkdtempSync(join(tmpdir(), "fleet-file-")), `${stack}.yaml`);
    this.document = parseDocument(readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8"));
    this.#write();
  }

  /** Says something, by the place in the config. */
  say(place: readonly string[], value: unknown): void {
    this.document.setIn(["config", ...place], this.document.createNode(value));
    this.#write();
  }

  #write(): void {
    writeFileSync(this.path, this.document.toString());
  }
}

const Outputs = z.looseObject({
  bootstrap: z.string().optional(),
  bootnodes: z.array(z.string()).default([]),
  network: z
    .looseObject({
      config: z.string(),
      miners: z.array(
        z.object({
          name: z.string(),
          grpc: z.string(),
          coinbase: z.string(),
          peerId: z.string(),
        }),
      ),
    })
    .optional(),
  discovery: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** The stack's outputs. */
export async function outputsOf(sandbox: TestSandbox): Promise<z.infer<typeof Outputs>> {
  const text = await sandbox.succeed("exec", "--cmd", "pulumi stack output --json");
  return Outputs.parse(JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)));
}

const Controller = z.object({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({ replicas: z.int().default(1) }),
  status: z.looseObject({
    readyReplicas: z.int().default(0),
    numberReady: z.int().default(0),
    desiredNumberScheduled: z.int().default(0),
    updatedReplicas: z.int().default(0),
  }),
});

/** Whatever of a sandbox's cluster does not stand as it should: nothing where all runs. */
export async function standingFaults(sandbox: TestSandbox): Promise<string[]> {
  const [pods, objects] = await Promise.all([
    podsOf(sandbox),
    sandbox.objects("deployments", "statefulsets", "daemonsets"),
  ]);
  const short = objects.flatMap((object) => {
    const { kind, metadata, spec, status } = Controller.parse(object);
    const [is, wanted] =
      kind === "DaemonSet"
        ? [status.numberReady, status.desiredNumberScheduled]
        : [status.readyReplicas, spec.replicas];
    return is === wanted
      ? []
      : [`${kind} ${metadata.namespace}/${metadata.name}: ${is} of ${wanted} pods are ready`];
  });
  return [...short, ...pods.flatMap(podFaults)];
}

/** Pods of the network by name, e.g. `miner-7`, and the nodes they are on. */
export class Members {
  readonly pods: ReadonlyMap<string, Pod>;
  readonly #nodes: ReadonlyMap<string, Node>;

  private constructor(pods: readonly Pod[], nodes: readonly Node[]) {
    this.pods = new Map(
      pods.flatMap((pod) => {
        const { name } = pod.metadata.labels;
        return pod.metadata.labels["restart"] === "false" && name !== undefined
          ? [[name, pod] as const]
          : [];
      }),
    );
    this.#nodes = new Map(nodes.map((node) => [node.metadata.name, node]));
  }

  static async of(sandbox: TestSandbox): Promise<Members> {
    return new Members(await podsOf(sandbox), await nodesOf(sandbox));
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (pod === undefined) {
      throw new Error(`the network has no pod of ${name}: ${[...this.pods.keys()].join(", ")}`);
    }
    return pod;
  }

  node(name: string): Node {
    const node = this.#nodes.get(this.pod(name).spec.nodeName ?? "");
    if (node === undefined) {
      throw new Error(`${name} is on no node`);
    }
    return node;
  }

  /** Number of the slot whose node it is on. */
  slot(name: string): string | undefined {
    return this.node(name).metadata.labels["fleet/slot"];
  }

  /** Where a member is reached from outside: its node's address and the port bound there. */
  entrance(name: string): { readonly hosts: readonly string[]; readonly ports: readonly number[] } {
    const Ports = z.array(z.looseObject({ hostPort: z.int().optional() })).default([]);
    const ports = this.pod(name).spec.containers.flatMap(({ ports: own }) =>
      Ports.parse(own).flatMap(({ hostPort }) => (hostPort === undefined ? [] : [hostPort])),
    );
    return { hosts: externalAddresses(this.node(name)), ports };
  }

  /** The pods as they are: a pod that was exchanged has another number. */
  get uids(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.pods].map(([name, { metadata }]) => [name, metadata.uid]));
  }
}

const kinds = [
  ...["namespaces", "serviceaccounts", "services", "configmaps", "secrets"],
  ...["persistentvolumeclaims", "persistentvolumes", "deployments", "statefulsets", "daemonsets"],
  ...["networkpolicies.networking.k8s.io", "poddisruptionbudgets", "ingresses", "cronjobs"],
  ...["clusterroles", "clusterrolebindings", "roles", "rolebindings", "storageclasses"],
];

const Any = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().default(""),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: z.looseObject({ phase: z.string().optional() }).optional(),
});

/** Everything there is in a sandbox: name → what would be another one if anything of it changed. */
export type Picture = ReadonlyMap<string, string>;

/** What cluster and clouds keep of a stack. */
export async function pictureOf(sandbox: TestSandbox): Promise<Picture> {
  const objects = (await sandbox.objects(...kinds)).map((object) => Any.parse(object));
  const store = new Store(sandbox.folder);
  const clouds = (["gcp", "cloudflare"] as const).flatMap((cloud) =>
    store
      .look(cloud)
      .everything()
      .filter(({ urn }) => urn !== "")
      .map(({ type, id, inputs, facts }) => {
        // Who uses an address is not the address's affair.
        const lasting = Object.entries(facts).filter(([fact]) => fact !== "users");
        return [`${type.split(":").at(-1) ?? ""} ${id}`, hash([id, inputs, lasting])] as const;
      }),
  );
  const cluster = objects
    .filter(({ metadata }) => !isOwn(metadata.namespace || metadata.name, metadata.name))
    // The disk of a claim that is gone goes by itself, a moment later.
    .filter(({ kind, status }) => kind !== "PersistentVolume" || status?.phase !== "Released")
    .map(({ kind, metadata: { name, namespace, uid, annotations }, ...rest }) => {
      const content = Object.entries(rest).filter(([part]) => part !== "status");
      // A number of the rollout, counted up by the controllers, and the pods' node of a claim.
      const told = Object.entries(annotations).filter(
        ([key]) =>
          !/^(deployment\.kubernetes\.io|volume\.kubernetes\.io|pv\.kubernetes\.io)\//.test(key),
      );
      return [`${kind} ${namespace}/${name}`, hash([uid, told, content])] as const;
    });
  return new Map([...cluster, ...clouds]);
}

/** What Kubernetes itself keeps. */
const isOwn = (namespace: string, name: string): boolean =>
  /^(kube-|default$|system:)/.test(namespace) ||
  /^(system:|kube-root-ca\.crt$|default$|cluster-admin$|admin$|edit$|view$|standard(-rwo)?$|premium-rwo$)/.test(
    name,
  );

const hash = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);

/** What an update has made, changed and taken away, by name; the engine's own ends of names left out. */
export function touched(
  before: Picture,
  after: Picture,
): { readonly made: string[]; readonly changed: string[]; readonly gone: string[] } {
  const short = (name: string): string => name.replace(/-[0-9a-f]{8}$/, "");
  const list = (names: Iterable<string>): string[] => [...names].map(short).sort();
  return {
    made: list([...after.keys()].filter((name) => !before.has(name))),
    changed: list(
      [...after].flatMap(([name, value]) =>
        before.has(name) && before.get(name) !== value ? [name] : [],
      ),
    ),
    gone: list([...before.keys()].filter((name) => !after.has(name))),
  };
}
