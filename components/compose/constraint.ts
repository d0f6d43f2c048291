/** The text of a constraint or preference, and what of a node it looks at. */
import * as z from "zod";

/** What a constraint says of a node. */
export interface NodeRule {
  /** What of a node is looked at. */
  readonly attribute:
    | { readonly kind: "role" | "hostname" | "os" | "arch" | "id" | "ip" }
    | { readonly kind: "label" | "engine-label"; readonly label: string };
  readonly equal: boolean;
  readonly value: string;
}

const attributes = {
  "node.role": "role",
  "node.hostname": "hostname",
  "node.platform.os": "os",
  "node.platform.arch": "arch",
  "node.id": "id",
  "node.ip": "ip",
} as const;

const shape = /^\s*([A-Za-z0-9._/-]+)\s*(==|!=)\s*([^\s=!]+)\s*$/;

function attributeOf(key: string): NodeRule["attribute"] | undefined {
  for (const [prefix, kind] of [
    ["node.labels.", "label"],
    ["engine.labels.", "engine-label"],
  ] as const) {
    if (key.startsWith(prefix) && key.length > prefix.length) {
      return { kind, label: key.slice(prefix.length) };
    }
  }
  return Object.hasOwn(attributes, key)
    ? { kind: attributes[key as keyof typeof attributes] }
    : undefined;
}

/** Takes a constraint apart, or undefined where Swarm would not understand it. */
export function readConstraint(text: string): NodeRule | undefined {
  const [, key = "", operator, value = ""] = shape.exec(text) ?? [];
  const attribute = attributeOf(key);
  const role = attribute?.kind !== "role" || value === "worker" || value === "manager";
  return attribute === undefined || !role
    ? undefined
    : { attribute, equal: operator === "==", value };
}

/** What a node must be, or must not be. */
export const Constraint = z
  .string()
  .refine(
    (text) => readConstraint(text) !== undefined,
    "must compare node.role, node.hostname, node.platform.os, node.platform.arch or node.labels.<name> by == or !=, e.g. node.role == worker",
  );

/** The label whose values tasks are spread over. */
export const Preference = z.strictObject({
  spread: z
    .string()
    .regex(
      /^(node|engine)\.labels\.[A-Za-z0-9._/-]+$/,
      "must be a label of the nodes, e.g. node.labels.zone",
    ),
});
/** {@inheritDoc Preference} */
export type Preference = z.infer<typeof Preference>;
