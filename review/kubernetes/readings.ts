/**
 * What pods read of ConfigMaps and Secrets, key by key.
 *
 * Without a key that a variable is made from its container is not made (CreateContainerConfigError), without an item its
 * volume is not mounted (FailedMount); what is optional, and variables that are taken all at once, are passed over where they
 * are missing. A `subPath` that is not there becomes an empty folder in the place of the file. Source: kubernetes/kubernetes,
 * pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables, makeMounts) and pkg/volume/{configmap,secret} (MakePayload).
 */
import { isObject, type JsonObject, listAt, lookUp, textAt } from "../values.ts";
import { type ConfigReference, containersOf } from "./pods.ts";

/** One thing that a pod reads of a ConfigMap or Secret. */
export interface Reading extends Pick<ConfigReference, "kind" | "name"> {
  /** The key that it asks for by name; undefined where it takes whatever there is. */
  readonly key?: string | undefined;
  /** Whether its pods do not start without. */
  readonly isNeeded: boolean;
  /** Of variables that are taken all at once: the one that a key becomes, unless the container says it itself. */
  readonly variableOf?: (key: string) => string | undefined;
}

/** Everything that pods read of ConfigMaps and Secrets. What is not known yet is left out. */
export function readingsOf(spec: JsonObject | undefined): readonly Reading[] {
  return [
    ...[...containersOf(spec).values()].flatMap((container) => [
      ...variablesOf(container),
      ...pathsOf(container, listAt(spec, "volumes")),
    ]),
    ...listAt(spec, "volumes").flatMap(filesOf),
    ...listAt(spec, "imagePullSecrets").flatMap((secret) => readingOf("Secret", secret)),
  ];
}

/** A reference as a reading, where it names an object. */
function readingOf(
  kind: Reading["kind"],
  source: unknown,
  more: Partial<Reading> = {},
): readonly Reading[] {
  const name = textAt(source, "name") ?? textAt(source, "secretName");
  const isOptional = lookUp(source, ["optional"]) === true;
  return name === undefined ? [] : [{ kind, name, isNeeded: !isOptional, ...more }];
}

function variablesOf(container: JsonObject): readonly Reading[] {
  const variables = listAt(container, "env");
  const own = new Set(variables.map((variable) => textAt(variable, "name")));
  const single = variables.flatMap((variable) =>
    sourcesIn(lookUp(variable, ["valueFrom"]), "configMapKeyRef", "secretKeyRef").flatMap(
      ([kind, source]) => readingOf(kind, source, { key: textAt(source, "key") }),
    ),
  );
  const whole = listAt(container, "envFrom").flatMap((taken) => {
    const prefix = textAt(taken, "prefix") ?? "";
    const variableOf = (key: string): string | undefined =>
      own.has(prefix + key) ? undefined : prefix + key;
    return sourcesIn(taken, "configMapRef", "secretRef").flatMap(([kind, source]) =>
      readingOf(kind, source, { variableOf }),
    );
  });
  return [...single, ...whole];
}

/** What is read of a ConfigMap and of a Secret, by the names of its fields. */
function sourcesIn(
  value: unknown,
  map: string,
  secret: string,
): readonly (readonly [Reading["kind"], JsonObject])[] {
  const fields = [
    ["ConfigMap", map],
    ["Secret", secret],
  ] as const;
  return fields.flatMap(([kind, field]) => {
    const source = lookUp(value, [field]);
    return isObject(source) ? [[kind, source] as const] : [];
  });
}

/** Of a volume: its sources, those that are projected into one included. */
const sourcesOfVolume = (volume: unknown): ReturnType<typeof sourcesIn> =>
  [volume, ...listAt(volume, "projected", "sources")].flatMap((each) =>
    sourcesIn(each, "configMap", "secret"),
  );

function filesOf(volume: unknown): readonly Reading[] {
  return sourcesOfVolume(volume).flatMap(([kind, source]) => [
    ...readingOf(kind, source),
    ...listAt(source, "items").flatMap((item) =>
      readingOf(kind, source, { key: textAt(item, "key") }),
    ),
  ]);
}

/** Files that are mounted one by one: of items they are the paths, of whole objects the keys. */
function pathsOf(container: JsonObject, volumes: readonly unknown[]): readonly Reading[] {
  return listAt(container, "volumeMounts").flatMap((mount) => {
    const key = textAt(mount, "subPath");
    const volume = volumes.find((each) => textAt(each, "name") === textAt(mount, "name"));
    return key === undefined
      ? []
      : sourcesOfVolume(volume)
          .filter(([, source]) => listAt(source, "items").length === 0)
          .flatMap(([kind, source]) => readingOf(kind, source, { key }));
  });
}
