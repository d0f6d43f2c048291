/** What a cluster would answer to an object that is applied: as much as a program reads of it. Pure. */
import { createHash } from "node:crypto";

/** An object's inputs as the engine sends them, secrets wrapped. */
export type Inputs = Readonly<Record<string, unknown>>;

/** An object as the state keeps it. */
export interface Made {
  /** `namespace/name`, or the name alone: as the Kubernetes provider writes ids. */
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The object that inputs become. `__inputs` is where the provider's Diff looks for what was asked. */
export function made(inputs: Inputs): Made {
  const metadata = asMap(inputs["metadata"]);
  const namespace = asText(metadata["namespace"]);
  const name = asText(metadata["name"]);
  const id = namespace === "" ? name : `${namespace}/${name}`;
  return { id, outputs: { ...inputs, ...filledIn(inputs, id), __inputs: inputs } };
}

/** An address that only the cluster gives: by the object's id, so that it is the same at every run. */
function filledIn(inputs: Inputs, id: string): Readonly<Record<string, unknown>> {
  if (inputs["kind"] !== "Service") {
    return {};
  }
  const spec = asMap(inputs["spec"]);
  const number = createHash("sha256").update(id).digest().readUInt16BE();
  const inner = `10.96.${number >> 8}.${number & 255}`;
  return {
    spec: { ...spec, clusterIP: spec["clusterIP"] ?? inner },
    ...(spec["type"] === "LoadBalancer"
      ? // A documentation range (RFC 5737).
        { status: { loadBalancer: { ingress: [{ ip: `198.51.100.${number & 255}` }] } } }
      : {}),
  };
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
