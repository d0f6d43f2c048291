/** What pods are told when they start: arguments, variables and files, wherever those come from. */
import {
  allContainers,
  type Container,
  type Data,
  namespaceOf,
  type PodSet,
  type World,
} from "./objects.ts";
import { ofPods } from "./once.ts";

/** A text that a container is given. */
export interface Told {
  /** Where it stands, e.g. `web: argument --redis`. */
  readonly place: string;
  readonly text: string;
}

/** Contents of a ConfigMap or Secret by key: of a Secret, what is in it, not how it is written. */
export function contentsOf({ kind, data = {}, stringData = {} }: Data): Record<string, string> {
  const decoded =
    kind === "Secret"
      ? Object.fromEntries(
          Object.entries(data).map(([key, text]) => [
            key,
            // A value that is still to be told stands for itself.
            /^[A-Za-z0-9+/\s]*={0,2}$/.test(text)
              ? Buffer.from(text, "base64").toString("utf8")
              : text,
          ]),
        )
      : data;
  return { ...decoded, ...stringData };
}

const indices = new WeakMap<World, ReadonlyMap<string, Readonly<Record<string, string>>>>();

/** Contents of a ConfigMap or Secret of a namespace; undefined where there is none. */
function contentsAt(
  world: World,
  kind: "ConfigMap" | "Secret",
  namespace: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  let index = indices.get(world);
  if (index === undefined) {
    index = new Map(
      [...world.configMaps, ...world.secrets].map((one) => [
        `${one.kind} ${namespaceOf(one)}/${one.metadata.name}`,
        contentsOf(one),
      ]),
    );
    indices.set(world, index);
  }
  return index.get(`${kind} ${namespace}/${name}`);
}

/** A variable that a container takes with all others of a ConfigMap or Secret. */
export interface Taken {
  readonly variable: string;
  readonly source: string;
  readonly text: string;
}

/** Every variable that is taken so, in the order in which the kubelet takes them. */
export const takenVariables = (
  world: World,
  namespace: string,
  { envFrom = [] }: Container,
): readonly Taken[] =>
  envFrom.flatMap(({ prefix = "", secretRef, configMapRef }) =>
    (
      [
        ["Secret", secretRef],
        ["ConfigMap", configMapRef],
      ] as const
    ).flatMap(([kind, reference]) =>
      reference === undefined
        ? []
        : Object.entries(contentsAt(world, kind, namespace, reference.name) ?? {}).map(
            ([key, text]) => ({
              variable: prefix + key,
              source: `${kind} ${reference.name}`,
              text,
            }),
          ),
    ),
  );

/** A container's variables with their values, as far as the stack's own objects tell them. */
function variables(
  world: World,
  { namespace }: PodSet,
  container: Container,
): ReadonlyMap<string, string> {
  const whole = takenVariables(world, namespace, container).map(
    ({ variable, text }): [string, string] => [variable, text],
  );
  const single = (container.env ?? []).flatMap(({ name, value, valueFrom }): [string, string][] => {
    const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom ?? {};
    const text =
      value ??
      (secret === undefined
        ? undefined
        : contentsAt(world, "Secret", namespace, secret.name)?.[secret.key]) ??
      (map === undefined
        ? undefined
        : contentsAt(world, "ConfigMap", namespace, map.name)?.[map.key]);
    return text === undefined ? [] : [[name, text]];
  });
  return new Map([...whole, ...single]);
}

/** Files of ConfigMaps and Secrets that a container mounts. */
function files(world: World, pods: PodSet, container: Container): [string, string][] {
  const mounted = new Set((container.volumeMounts ?? []).map(({ name }) => name));
  return (pods.spec.volumes ?? [])
    .filter(({ name }) => mounted.has(name))
    .flatMap(({ configMap, secret, projected }) => [
      ...(configMap === undefined ? [] : [["ConfigMap", configMap.name] as const]),
      ...(secret === undefined ? [] : [["Secret", secret.secretName] as const]),
      ...(projected?.sources ?? []).flatMap((source) => [
        ...(source.configMap === undefined ? [] : [["ConfigMap", source.configMap.name] as const]),
        ...(source.secret === undefined ? [] : [["Secret", source.secret.name] as const]),
      ]),
    ])
    .flatMap(([kind, name]) => Object.entries(contentsAt(world, kind, pods.namespace, name) ?? {}))
    .map(([key, text]) => [key, key === "pgpass" ? withoutPasswords(text) : text]);
}

/**
 * Postgres' password file without what ends each line, `host:port:database:user:password`: a user and a
 * random password of digits read like an address.
 */
const withoutPasswords = (file: string): string =>
  file.replaceAll(/^((?:[^:\n\\]|\\.)*(?::(?:[^:\n\\]|\\.)*){3}):.*$/gm, "$1");

function containerTexts(world: World, pods: PodSet, container: Container): Told[] {
  const known = variables(world, pods, container);
  const written = (word: string): string =>
    word.replaceAll(
      /(?<!\$)\$\(([A-Za-z_]\w*)\)/g,
      (whole, name: string) => known.get(name) ?? whole,
    );
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  const words = command.map((word, index): [string, string] => [
    `argument ${word.startsWith("-") ? "" : (command[index - 1] ?? "")}`.trim(),
    written(word),
  ]);
  return [
    ...words,
    ...[...known].map(([name, text]): [string, string] => [`variable ${name}`, written(text)]),
    ...files(world, pods, container).map(([key, text]): [string, string] => [`file ${key}`, text]),
  ].map(([place, text]) => ({ place: `${container.name}: ${place}`, text }));
}

/** Everything that pods are told when they start. */
export const textsOf = ofPods((world, pods): readonly Told[] =>
  allContainers(pods.spec).flatMap((container) => containerTexts(world, pods, container)),
);
