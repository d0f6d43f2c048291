/**
 * The flat twin of a stack: a program without components, loader or helpers that declares the very
 * resources which the stack's own program asks the engine for, each with the same inputs, secrets,
 * protection and dependencies. It is the floor that the stack's preview and state are measured
 * against.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { nameOfCluster } from "../components/platform/cluster.schema.ts";
import type { Registered } from "../test/harness.ts";
import { type Options, render, type Rendered, type Stack } from "../test/rendered.ts";
import { writeProject } from "./projects.ts";

/** A resource as the twin's program reads it. */
interface Declaration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

const program = `import { readFileSync } from "node:fs";

import * as k8s from "@pulumi/kubernetes";
import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";

const { context, domain, resources } = JSON.parse(readFileSync("resources.json", "utf8"));
const provider = new k8s.Provider("kubernetes", { context, clusterIdentifier: context });
const cloud = new linode.Provider("linode", {});
const zone = linode.getDomainOutput({ domain }, { provider: cloud });
const made = new Map();
for (const { urn, type, name, inputs, dependencies, propertyDependencies, ...options } of resources) {
  const [module, path, kind] = type.split(":");
  const values = { ...inputs };
  if (values.stringData) values.stringData = pulumi.secret(values.stringData);
  for (const [property, sources] of Object.entries(propertyDependencies)) {
    const value = values[property];
    values[property] = pulumi.all(sources.map((source) => made.get(source).urn)).apply(() => value);
  }
  const dependsOn = dependencies.map((dependency) => made.get(dependency));
  if (module === "kubernetes") {
    const [group, version] = path.split("/");
    const Kind = k8s[group.split(".")[0]][version][kind];
    made.set(urn, new Kind(name, values, { provider, dependsOn, ...options }));
  } else {
    const domainId = zone.id.apply(Number);
    made.set(urn, new linode[kind](name, { ...values, domainId }, { provider: cloud, dependsOn, ...options }));
  }
}
`;

/** Writes the twin's project into a folder and tells how many resources it declares. */
export async function writeFlatTwin(stack: Stack, folder: string): Promise<number> {
  const { collected, config, options } = await render(stack);
  const isOwn = ({ type, custom }: Pick<Registered, "type" | "custom">): boolean =>
    custom && !type.startsWith("pulumi:");
  const own = options.filter(isOwn);
  const known = new Set(own.map(({ urn }) => urn));
  const resources = inOrder(
    own.map((asked) => {
      const registered = collected.resources.find(
        ({ type, name }) => type === asked.type && name === asked.name,
      );
      return declaration(asked, registered?.inputs ?? {}, known);
    }),
  );
  writeProject(folder, program);
  writeFileSync(
    join(folder, "resources.json"),
    JSON.stringify({ context: nameOfCluster(config.cluster), domain: domainOf(config), resources }),
  );
  return resources.length;
}

/** One resource. What depends on a provider depends, in the twin, on its own. */
function declaration(
  asked: Options,
  inputs: Record<string, unknown>,
  known: ReadonlySet<string>,
): Declaration {
  const { urn, type, name, protect, retainOnDelete } = asked;
  const isKnown = (dependency: string): boolean => known.has(dependency);
  return {
    urn,
    type,
    name,
    inputs: named(type, name, inputs),
    dependencies: asked.dependencies.filter(isKnown),
    propertyDependencies: Object.fromEntries(
      Object.entries(asked.propertyDependencies)
        .map(([property, sources]) => [property, sources.filter(isKnown)] as const)
        .filter(([property, sources]) => sources.length > 0 && property in inputs),
    ),
    protect,
    retainOnDelete,
  };
}

/** Each after all it depends on: the program makes them one after the other. */
function inOrder(declarations: readonly Declaration[]): readonly Declaration[] {
  const byUrn = new Map(declarations.map((one) => [one.urn, one]));
  const ordered = new Set<Declaration>();
  const place = (one: Declaration): void => {
    const before = [...one.dependencies, ...Object.values(one.propertyDependencies).flat()];
    for (const dependency of before) {
      const other = byUrn.get(dependency);
      if (other !== undefined && !ordered.has(other)) {
        place(other);
      }
    }
    ordered.add(one);
  };
  declarations.forEach(place);
  return [...ordered];
}

/** The zone that the records go into. The twin looks it up as the stack's program does. */
function domainOf({ dns }: Rendered["config"]): string {
  if (dns.kind !== "linode") {
    throw new Error(`the flat twin knows records of Linode only, not of ${dns.kind}`);
  }
  return dns.zones[0] ?? "";
}

/** Objects that the engine names get the name that the rendered references already hold. */
function named(type: string, name: string, inputs: Record<string, unknown>): unknown {
  const metadata = inputs["metadata"];
  return type.startsWith("kubernetes:") && typeof metadata === "object"
    ? { ...inputs, metadata: { name: `${name}-auto`, ...metadata } }
    : inputs;
}
