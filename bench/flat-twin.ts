/**
 * The flat twin of a stack: a program without components, loader or helpers that declares the very
 * resources which the stack's own program asks the engine for, by the same providers and after the same
 * look-ups, each with the same inputs, secrets, protection, patience and dependencies. It is the floor
 * that the stack's preview and state are measured against.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { mockId, type Registered } from "../test/harness.ts";
import type { Options, Rendered } from "../test/rendered.ts";
import { writeProject } from "./projects.ts";

/** A resource as the twin's program reads it. */
interface Declaration extends Pick<
  Options,
  "urn" | "type" | "name" | "protect" | "retainOnDelete" | "deleteBeforeReplace" | "ignoreChanges"
> {
  readonly inputs: unknown;
  /** URN of its provider. */
  readonly provider: string;
  readonly customTimeouts?: Options["customTimeouts"];
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** What the rendering took for its id: others' inputs hold it. */
  readonly rendered: string;
}

const program = `import { readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";

const { packages, providers, lookUps, resources } = JSON.parse(readFileSync("resources.json", "utf8"));
const loaded = Object.fromEntries(
  await Promise.all(packages.map(async (one) => [one, await import(\`@pulumi/\${one}\`)])),
);
const made = new Map();
const makeProvider = ({ urn, type, name, inputs, cluster }) => {
  if (inputs.registryAuth) inputs.registryAuth = pulumi.secret(inputs.registryAuth);
  if (cluster) {
    // Where the stack makes its cluster, the way there is known when that stands.
    const { endpoint, masterAuth } = made.get(cluster.urn);
    inputs.kubeconfig = pulumi
      .all([inputs.kubeconfig, endpoint, masterAuth.clusterCaCertificate])
      .apply(([text, ...values]) => values.reduce((so, value, n) => so.replaceAll(cluster.rendered[n], value), text));
  }
  made.set(urn, new loaded[type.split(":")[2]].Provider(name, inputs));
};
const later = new Map(providers.filter(({ cluster }) => cluster).map((one) => [one.urn, one]));
providers.filter(({ cluster }) => !cluster).forEach(makeProvider);
const found = lookUps.map(({ token, inputs, provider }) =>
  pulumi.runtime.invoke(token, inputs, { provider: made.get(provider) }),
);
const domain = found[lookUps.findIndex(({ token }) => token.endsWith(":getDomain"))];
const rendered = new Map(resources.map((one) => [one.urn, one.rendered]));
for (const one of resources) {
  const { urn, type, name, inputs, provider, dependencies, propertyDependencies, ...options } = one;
  const [module, path, kind] = type.split(":");
  const values = { ...inputs };
  if (values.stringData) values.stringData = pulumi.secret(values.stringData);
  for (const [property, sources] of Object.entries(propertyDependencies)) {
    const text = JSON.stringify(values[property]);
    const meant = sources.filter((source) => text.includes(rendered.get(source)));
    const others = sources.filter((source) => !meant.includes(source)).map((source) => made.get(source).urn);
    values[property] = pulumi
      .all([...meant.map((source) => made.get(source).id), ...others])
      .apply((ids) => JSON.parse(meant.reduce((so, source, n) => so.replaceAll(rendered.get(source), ids[n]), text)));
  }
  // An image waits for its digest, as in any program that looks it up.
  for (const [index, { answer }] of lookUps.entries()) {
    const digest = answer.sha256Digest;
    for (const property of Object.keys(values).filter((one) => digest && JSON.stringify(inputs[one]).includes(digest))) {
      values[property] = pulumi
        .all([values[property], found[index]])
        .apply(([value, { sha256Digest }]) => JSON.parse(JSON.stringify(value).replaceAll(digest, sha256Digest)));
    }
  }
  if ("domainId" in values) values.domainId = domain.then(({ id }) => Number(id));
  const [group, version] = path.split("/");
  const place = loaded[module];
  // \`gcp:compute/address:Address\` is in a module, \`linode:index/domain:Domain\` in none.
  const Kind = module === "kubernetes" ? place[group.split(".")[0]][version][kind] : (place[group] ?? place)[kind];
  const dependsOn = dependencies.map((dependency) => made.get(dependency));
  if (!made.has(provider)) makeProvider(later.get(provider));
  made.set(urn, new Kind(name, values, { ...options, dependsOn, provider: made.get(provider) }));
}
`;

const isProvider = ({ type }: Pick<Registered, "type">): boolean =>
  type.startsWith("pulumi:providers:");
const packageOf = (type: string): string => type.split(":")[isProvider({ type }) ? 2 : 0] ?? "";

/** Writes a stack's twin into a folder and tells how many resources it declares. */
export function writeFlatTwin(rendered: Rendered<unknown>, folder: string): number {
  const { collected, options, lookUps } = rendered;
  const registered = new Map(collected.resources.map((one) => [`${one.type} ${one.name}`, one]));
  const inputsOf = ({ type, name }: Options): Registered | undefined =>
    registered.get(`${type} ${name}`);
  const providers = options.filter(isProvider);
  const own = options.filter((one) => one.custom && !isProvider(one));
  const known = new Set(own.map(({ urn }) => urn));
  const clusters = clustersOf(providers, collected.resources);
  const resources = inOrder(
    own.map((asked) => declaration(asked, inputsOf(asked), known)),
    (provider) => clusters.get(provider)?.urn,
  );
  writeProject(folder, program);
  writeFileSync(
    join(folder, "resources.json"),
    JSON.stringify({
      packages: [...new Set(providers.map(({ type }) => packageOf(type)))],
      providers: providers.map((one) => ({
        urn: one.urn,
        type: one.type,
        name: one.name,
        inputs: decoded(inputsOf(one)?.inputs ?? {}),
        cluster: clusters.get(one.urn),
      })),
      lookUps: lookUps.map((one) => ({
        ...one,
        provider: providers.find(({ type }) => packageOf(type) === packageOf(one.token))?.urn,
      })),
      resources,
    }),
  );
  return resources.length;
}

/** A cluster that a stack makes, and what the rendering took for the way there. */
interface MadeCluster {
  readonly urn: string;
  /** Its endpoint and its authority. */
  readonly rendered: readonly string[];
}

const googleCluster = "gcp:container/cluster:Cluster";

/** Provider → the cluster that it waits for. */
const clustersOf = (
  providers: readonly Options[],
  resources: readonly Registered[],
): ReadonlyMap<string, MadeCluster> =>
  new Map(
    providers.flatMap(({ urn, propertyDependencies }): [string, MadeCluster][] => {
      const source = propertyDependencies["kubeconfig"]?.find((one) => one.includes(googleCluster));
      return source === undefined ? [] : [[urn, { urn: source, rendered: googleWay(resources) }]];
    }),
  );

/** What the mocks say of Google's cluster: in the kubeconfig that was rendered. */
function googleWay(resources: readonly Registered[]): string[] {
  const text = resources
    .map(({ inputs }) => inputs["kubeconfig"])
    .find((one) => typeof one === "string");
  const [, server = ""] = /https:\/\/([^"\s]+)/.exec(text ?? "") ?? [];
  const [, authority = ""] = /certificate-authority-data\W+([\w+/=]+)/.exec(text ?? "") ?? [];
  return [server, authority];
}

/** Inputs of a provider as a program writes them: the engine is given texts of JSON. */
function decoded(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const value = (text: unknown): unknown => {
    try {
      const read: unknown = JSON.parse(String(text));
      return typeof read === "object" || typeof read === "boolean" ? read : text;
    } catch {
      return text;
    }
  };
  return Object.fromEntries(Object.entries(inputs).map(([key, text]) => [key, value(text)]));
}

/** One resource. What depends on a provider depends, in the twin, on its own. */
function declaration(
  asked: Options,
  registered: Registered | undefined,
  known: ReadonlySet<string>,
): Declaration {
  const { inputs = {}, provider = "" } = registered ?? {};
  const { urn, type, name, protect, retainOnDelete } = asked;
  const { deleteBeforeReplace, ignoreChanges, customTimeouts } = asked;
  const isKnown = (dependency: string): boolean => known.has(dependency);
  return {
    ...{ urn, type, name, protect, retainOnDelete },
    ...{ deleteBeforeReplace, ignoreChanges },
    ...(customTimeouts.create === "" ? {} : { customTimeouts }),
    inputs: named(type, name, inputs),
    // A reference is the URN, and the id.
    provider: provider.slice(0, provider.lastIndexOf("::")),
    dependencies: asked.dependencies.filter(isKnown),
    propertyDependencies: Object.fromEntries(
      Object.entries(asked.propertyDependencies)
        .map(([property, sources]) => [property, sources.filter(isKnown)] as const)
        .filter(([property, sources]) => sources.length > 0 && property in inputs),
    ),
    rendered: mockId(type, name),
  };
}

/**
 * Each after all it depends on: the program makes them one after the other.
 *
 * @param clusterOf What a provider waits for.
 */
function inOrder(
  declarations: readonly Declaration[],
  clusterOf: (provider: string) => string | undefined,
): readonly Declaration[] {
  const byUrn = new Map(declarations.map((one) => [one.urn, one]));
  const ordered = new Set<Declaration>();
  const place = (one: Declaration): void => {
    const before = [
      ...[clusterOf(one.provider)].flatMap((cluster) => cluster ?? []),
      ...one.dependencies,
      ...Object.values(one.propertyDependencies).flat(),
    ];
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

/** Objects that the engine names get the name that the rendered references already hold. */
function named(type: string, name: string, inputs: Record<string, unknown>): unknown {
  const metadata = inputs["metadata"];
  return type.startsWith("kubernetes:") && typeof metadata === "object"
    ? { ...inputs, metadata: { name: `${name}-auto`, ...metadata } }
    : inputs;
}
