/** Files of a container: `secrets` and `configs`. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretReference } from "../base/secrets.ts";
import type { FileSet, Mount, SecretFileSet } from "../workload/types.ts";
import type { ComposeConfigs } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { configFile, type FileUse, fullVolume, secretFile, secretsFolder } from "./files.schema.ts";
import { type ComposeFault, type Translated, type Warning, when } from "./warning.ts";

/** Files of a container, by what is behind them. */
export interface KubernetesFiles {
  readonly files: readonly FileSet[];
  readonly secretFiles: readonly SecretFileSet[];
  readonly mounts: readonly Mount[];
}

/** Key of a file that stands alone: keys of Secrets and ConfigMaps know no folders. */
const keyOf = (path: string): string => path.slice(1).replaceAll("/", ".");

/** A file alone, in a folder that the image may have others in. */
const alone = (volume: string, path: string): Mount => ({ volume, path, subPath: keyOf(path) });

const fileName = (path: string): string => path.slice(secretsFolder.length + 1);

const inFolder = ({ path }: FileUse<unknown>): boolean =>
  path.startsWith(`${secretsFolder}/`) && !fileName(path).includes("/");

/** A file set of what there is, or none. */
const setOf = <Content>(name: string, files: readonly (readonly [string, Content])[]) =>
  files.length === 0 ? [] : [{ name, files: Object.fromEntries(files) }];

/**
 * Secrets and configs as files of the pod, each where Swarm has it. Changed content makes a new
 * object, which exchanges the pods.
 */
export function toFiles(
  { secrets = [], configs = [] }: ComposeService,
  declared: ComposeConfigs,
  valueOf: (secret: SecretReference) => pulumi.Output<string>,
): Translated<KubernetesFiles> {
  const secretUses = secrets.map(secretFile);
  const configUses = configs.map(configFile);
  const together = secretUses.filter(inFolder);
  const apart = secretUses.filter((use) => !inFolder(use));
  return {
    value: {
      secretFiles: [
        ...setOf(
          "secrets",
          together.map(({ path, source }) => [fileName(path), valueOf(source)] as const),
        ),
        ...setOf(
          "secret-files",
          apart.map(({ path, source }) => [keyOf(path), valueOf(source)] as const),
        ),
      ],
      files: setOf(
        "configs",
        configUses.map(
          ({ path, source }) => [keyOf(path), declared[source]?.content ?? ""] as const,
        ),
      ),
      mounts: [
        ...(together.length === 0 ? [] : [{ volume: "secrets", path: secretsFolder }]),
        ...apart.map(({ path }) => alone("secret-files", path)),
        ...configUses.map(({ path }) => alone("configs", path)),
      ],
    },
    warnings: [...ownerWarnings("secrets", secretUses), ...ownerWarnings("configs", configUses)],
  };
}

function ownerWarnings(word: string, uses: readonly FileUse<unknown>[]): Warning[] {
  return uses.flatMap(({ owner }, index) =>
    Object.keys(owner).map((part) => ({
      path: [word, index, part],
      message: "has no effect: files belong to root, and the pod's group may read them",
    })),
  );
}

/** What the API server takes as a key of a ConfigMap or Secret, besides its characters (apimachinery's IsConfigMapKey). */
const isKey = (key: string): boolean => key.length <= 253 && key !== "." && !key.startsWith("..");

/** Files that a pod cannot have, or of which one would take another's place. */
export function fileFaults(service: ComposeService): ComposeFault[] {
  const { secrets = [], configs = [] } = service;
  const secretUses = secrets.map(secretFile);
  const words = [
    ["secrets", secretUses.filter((use) => !inFolder(use))],
    ["configs", configs.map(configFile)],
  ] as const;
  const keys = [
    ...secretUses.filter(inFolder).map(({ path }) => ["secrets", path, fileName(path)] as const),
    ...words.flatMap(([word, uses]) => uses.map(({ path }) => [word, path, keyOf(path)] as const)),
  ];
  return [
    ...(secretUses.some(inFolder) ? hiddenFaults(service, words) : []),
    ...words.flatMap(([word, uses]) => twinFaults(word, uses)),
    ...keys
      .filter(([, , key]) => !isKey(key))
      .map(([word, path, key]) => ({
        path: [word],
        message: `must not have ${path}: Kubernetes would call it ${key}, and takes no name that is a dot, starts with two, or has more than 253 characters`,
      })),
  ];
}

/** What would stand where the folder of secrets is: two mounts of one path are refused, and below it nothing can be made. */
function hiddenFaults(
  { volumes = [] }: ComposeService,
  words: readonly (readonly [word: string, uses: readonly FileUse<unknown>[]])[],
): ComposeFault[] {
  const files = words.flatMap(([word, uses]) => uses.map(({ path }) => [[word], path] as const));
  const folders = volumes.map(
    (use, index) => [["volumes", index], fullVolume(use).target] as const,
  );
  return [...files, ...folders].flatMap(([path, place]) =>
    when(
      `${place}/`.startsWith(`${secretsFolder}/`),
      path,
      `must not put ${place} at or below a folder of secrets: a pod mounts that as a whole, read-only, and nothing in it`,
    ),
  );
}

/** Two files that would be one. */
function twinFaults(word: string, uses: readonly FileUse<unknown>[]): ComposeFault[] {
  const paths = [...new Set(uses.map(({ path }) => path))];
  return paths.flatMap((path, index) => {
    const twin = paths.slice(0, index).find((other) => keyOf(other) === keyOf(path));
    return when(
      twin !== undefined,
      [word],
      `must not have both ${twin ?? ""} and ${path}: Kubernetes keeps files without their folders, and calls both ${keyOf(path)}`,
    );
  });
}

/** A secret or config that the daemon holds. */
export interface SwarmFile {
  readonly id: pulumi.Input<string>;
  readonly name: pulumi.Input<string>;
}

function swarmFile(name: string, { uid, gid, mode }: FileUse<unknown>["owner"]) {
  return {
    fileName: name,
    ...(uid === undefined ? {} : { fileUid: uid }),
    ...(gid === undefined ? {} : { fileGid: gid }),
    ...(mode === undefined ? {} : { fileMode: Number.parseInt(mode, 8) }),
  };
}

/** Secrets as the Docker provider takes them: by id, never by content. */
export function toSwarmSecrets(
  { secrets = [] }: ComposeService,
  held: (secret: string) => SwarmFile,
) {
  return secrets.map(secretFile).map((use) => {
    const { id, name } = held(use.source.name);
    const { path, owner } = use;
    // In its folder of secrets Swarm wants the mere name.
    const file = path.startsWith(`${secretsFolder}/`) ? fileName(path) : path;
    return { secretId: id, secretName: name, ...swarmFile(file, owner) };
  });
}

/** Configs as the Docker provider takes them. */
export function toSwarmConfigs(
  { configs = [] }: ComposeService,
  held: (config: string) => SwarmFile,
) {
  return configs.map(configFile).map((use) => {
    const { id, name } = held(use.source);
    return { configId: id, configName: name, ...swarmFile(use.path, use.owner) };
  });
}
