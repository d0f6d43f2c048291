/**
 * The flat twin of a stack: a program without components, loader or helpers that declares the very
 * resources which the stack's own program asks the engine for. It is the floor that the stack's
 * preview and state are measured against.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { render, type Stack } from "../test/rendered.ts";
import type { StackConfig } from "../stacks/stack.schema.ts";
import { writeProject } from "./projects.ts";

const program = `import { readFileSync } from "node:fs";

import * as k8s from "@pulumi/kubernetes";
import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";

const { context, domain, resources } = JSON.parse(readFileSync("resources.json", "utf8"));
const provider = new k8s.Provider("kubernetes", { context, clusterIdentifier: context });
const cloud = new linode.Provider("linode", {});
const zone = linode.getDomainOutput({ domain }, { provider: cloud });
const namespaces = [];
for (const { type, name, inputs } of resources) {
  const [module, path, kind] = type.split(":");
  if (module === "kubernetes") {
    const [group, version] = path.split("/");
    const dependsOn = kind === "Namespace" ? [] : namespaces;
    const { stringData } = inputs;
    const safe = stringData ? { ...inputs, stringData: pulumi.secret(stringData) } : inputs;
    const made = new k8s[group.split(".")[0]][version][kind](name, safe, { provider, dependsOn });
    if (kind === "Namespace") namespaces.push(made);
  } else {
    const domainId = zone.id.apply(Number);
    new linode[kind](name, { ...inputs, domainId }, { provider: cloud });
  }
}
`;

/** Writes the twin's project into a folder and tells how many resources it declares. */
export async function writeFlatTwin(stack: Stack, folder: string): Promise<number> {
  const { collected, config } = await render(stack);
  const resources = collected.resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ type, name, inputs }) => ({ type, name, inputs: named(type, name, inputs) }))
    // What stands in a namespace depends on it: the program declares them first.
    .sort((left, right) => rank(left.type) - rank(right.type));
  writeProject(folder, program);
  writeFileSync(
    join(folder, "resources.json"),
    JSON.stringify({ context: config.cluster.context, domain: domainOf(config), resources }),
  );
  return resources.length;
}

/** The zone that the records go into. The twin looks it up as the stack's program does. */
function domainOf({ dns }: StackConfig): string {
  if (dns.kind !== "linode") {
    throw new Error(`the flat twin knows records of Linode only, not of ${dns.kind}`);
  }
  return dns.zones[0] ?? "";
}

const rank = (type: string): number => (type.endsWith(":Namespace") ? 0 : 1);

/** Objects that the engine names get the name that the rendered references already hold. */
function named(type: string, name: string, inputs: Record<string, unknown>): unknown {
  const metadata = inputs["metadata"];
  return type.startsWith("kubernetes:") && typeof metadata === "object"
    ? { ...inputs, metadata: { name: `${name}-auto`, ...metadata } }
    : inputs;
}
