import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

import { sparePromises } from "../stacks/trace.ts";

// As the program does it: a fifth of what rendering a stack takes.
sparePromises();
// Nor does a mock ask where in the program a resource was made, and Vitest looks each frame of that up in source maps.
Object.assign(pulumi.Resource, { callsites: () => [] });

/** What every other message is made by. */
const asMessage = structs.Struct.fromJavaScript.bind(structs.Struct);

/** A message to a mock leaves no process: no field of it needs to become a message of its own, and be read again. */
const handOver: typeof asMessage = (value) => {
  const handed = inOrder(value) as typeof value;
  return Object.assign(new structs.Struct(), { toJavaScript: () => handed });
};

/** A copy whose keys stand in the order in which a message keeps them. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inOrder);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const fields = Object.entries(value).map(([key, field]) => [key, inOrder(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One resource the program asked the engine for. */
export interface Registered {
  /** Type token, such as `kubernetes:core/v1:Secret`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Inputs as the engine would receive them. Secrets stand in them in the clear. */
  readonly inputs: Record<string, unknown>;
  /** Reference of the explicit provider: URN and id. Empty where the default one would be used. */
  readonly provider: string;
  /** Whether the engine is asked for a resource of a provider, not for a component. */
  readonly custom: boolean;
}

/** What a program registered. */
export interface Collected {
  readonly resources: readonly Registered[];
  /** Sorted: registration order follows promise timing, not the program. */
  readonly urns: readonly string[];
  /** What the program returned. */
  readonly result: unknown;
}

/** Stack that is read → its outputs. One that is not there has none. */
export type Told = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Answers of provider functions, by token. A function without one makes the test fail. */
export type Calls = Readonly<Record<string, (inputs: Record<string, unknown>) => object>>;

/**
 * Runs `program` against mocks, waits until all resources have settled, and returns them.
 *
 * Proves what is asked of the engine. It proves nothing about defaults, replacement, admission or
 * duplicate names: those are the engine's and the API server's (test/e2e).
 */
export async function collect(
  program: () => unknown,
  calls: Calls = {},
  told: Told = {},
): Promise<Collected> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        // What is read is nothing that the program asks to be made.
        if (args.type.startsWith("kubernetes:") && (args.id ?? "") !== "") {
          return { id: args.id ?? "", state: args.inputs as object };
        }
        resources.push({
          type: args.type,
          name: args.name,
          inputs: args.inputs as Record<string, unknown>,
          provider: args.provider ?? "",
          custom: args.custom ?? false,
        });
        return {
          id: mockId(args.type, args.name),
          state: isReference(args.type)
            ? { ...(args.inputs as object), outputs: told[args.name] ?? {} }
            : mockState(args.type, args.name, args.inputs),
        };
      },
      call: (args) => {
        const answer = calls[args.token];
        if (answer === undefined) {
          throw new Error(`unmocked provider call ${args.token}`);
        }
        return answer(args.inputs as Record<string, unknown>);
      },
    },
    "fleet",
    "test",
    undefined,
    "organization",
  );
  let result: unknown;
  structs.Struct.fromJavaScript = handOver;
  try {
    result = await program();
  } finally {
    // Also after a throw: what was registered before it would run into the next test's monitor.
    await pulumi.runtime.disconnect();
    structs.Struct.fromJavaScript = asMessage;
  }
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const urns = [...monitor.getRegisteredResources().keys()].sort();
  return { resources, urns, result };
}

const isReference = (type: string): boolean => type === "pulumi:pulumi:StackReference";

/** The id that a resource gets: Linode's are numbers, and some inputs want them as such. */
export function mockId(type: string, name: string): string {
  return type.startsWith("linode:") ? `${numberOf(name)}` : `${name}-id`;
}

/** A number of eight digits, the same in every run. */
const numberOf = (name: string): number =>
  10_000_000 + (createHash("sha256").update(name).digest().readUInt32BE() % 80_000_000);

/**
 * Inputs come back as outputs; a Kubernetes object without a name gets the engine's own, a Service an
 * address, a load balancer one more, and an image the digest it was pushed with.
 */
function mockState(type: string, name: string, inputs: unknown): Record<string, unknown> {
  const state = inputs as Record<string, unknown>;
  if (type === "docker:index/image:Image") {
    const [repository] = String(state["imageName"]).split(/:(?=[^/]*$)/);
    return { ...state, repoDigest: `${repository}@sha256:${"d".repeat(64)}` };
  }
  if (type.startsWith("gcp:")) {
    return { ...state, ...googleState(type, name, state) };
  }
  if (type === "linode:index/lkeCluster:LkeCluster") {
    return { ...state, kubeconfig: Buffer.from("kind: Config\n").toString("base64") };
  }
  if (type === "linode:index/nodeBalancer:NodeBalancer") {
    return { ...state, ipv4: `198.51.100.${1 + (numberOf(name) % 254)}` };
  }
  if (!type.startsWith("kubernetes:") || typeof state["metadata"] !== "object") {
    return state;
  }
  const metadata = state["metadata"] as Record<string, unknown>;
  const spec = (state["spec"] ?? {}) as Record<string, unknown>;
  return {
    ...state,
    metadata: { ...metadata, name: metadata["name"] ?? `${name}-auto` },
    ...(type === "kubernetes:core/v1:Service"
      ? { spec: { clusterIP: "10.96.0.10", ...spec } }
      : {}),
    ...(spec["type"] === "LoadBalancer"
      ? { status: { loadBalancer: { ingress: [{ ip: "203.0.113.10" }] } } }
      : {}),
  };
}

/** What Google adds to what it was asked for. */
function googleState(type: string, name: string, inputs: Record<string, unknown>): object {
  switch (type) {
    case "gcp:compute/address:Address":
      return { address: `198.51.100.${1 + (numberOf(name) % 254)}` };
    case "gcp:container/cluster:Cluster":
      return {
        endpoint: "198.51.100.200",
        masterAuth: { clusterCaCertificate: Buffer.from("authority").toString("base64") },
      };
    case "gcp:serviceaccount/account:Account": {
      const email = `${String(inputs["accountId"])}@${String(inputs["project"])}.iam.gserviceaccount.com`;
      return { email, name: `projects/${String(inputs["project"])}/serviceAccounts/${email}` };
    }
    case "gcp:projects/iAMCustomRole:IAMCustomRole":
      return { name: `projects/${String(inputs["project"])}/roles/${String(inputs["roleId"])}` };
    default:
      return {};
  }
}

/** The one resource of a type and name. */
export function find(collected: Collected, type: string, name: string): Registered {
  const found = collected.resources.filter((one) => one.type === type && one.name === name);
  const [only] = found;
  if (only === undefined || found.length !== 1) {
    const all = collected.resources.map((one) => `${one.type} ${one.name}`).sort();
    throw new Error(`${found.length} resources ${type} ${name} among:\n${all.join("\n")}`);
  }
  return only;
}
