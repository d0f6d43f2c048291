/** The files that a rendered pod's container finds, laid out below a folder of this machine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { namespaceOf, type PodSet, type World } from "../../policy/graph/objects.ts";
import { contentsOf } from "../../policy/graph/texts.ts";

/** Folder of a pod's own account, which the kubelet mounts without being told. */
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The one set of pods of a name.
 *
 * @throws Error where the stack has none: nothing would be judged.
 */
export function podsNamed(world: World, name: string): PodSet {
  const found = world.pods.find((pods) => pods.name === name);
  if (found === undefined) {
    throw new Error(`the stack has no pods ${name}`);
  }
  return found;
}

/** Absolute path → content, of every file that the main container's volumes hold. */
function filesOf(world: World, { namespace, spec }: PodSet): [path: string, text: string][] {
  const kept = [...world.configMaps, ...world.secrets];
  return (spec.containers[0]?.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    const volume = spec.volumes?.find((one) => one.name === name);
    const source = volume?.configMap?.name ?? volume?.secret?.secretName;
    const found = kept.find(
      (one) => one.metadata.name === source && namespaceOf(one) === namespace,
    );
    return Object.entries(found === undefined ? {} : contentsOf(found)).map(
      ([file, text]): [string, string] => [join(mountPath, file), text],
    );
  });
}

/** A pod's files on this machine. */
export interface Mounted {
  /** A path in the container → the same on this machine. */
  readonly at: (path: string) => string;
  /** A text that names paths in the container → one that names them on this machine. */
  readonly moved: (text: string) => string;
  /** Content of a file as the container finds it. */
  readonly text: (path: string) => string;
}

/**
 * Writes a pod's files below a folder. Each that names another names it where it lies now.
 *
 * @param change What is written instead of a file's own text.
 */
export function mount(
  world: World,
  pods: PodSet,
  folder: string,
  change: (path: string, text: string) => string = (_, text) => text,
): Mounted {
  const files = new Map([
    ...filesOf(world, pods),
    [`${accountFolder}/token`, "a token of the judge"] as const,
    [`${accountFolder}/ca.crt`, "a certificate of the judge"] as const,
  ]);
  const mounts = (pods.spec.containers[0]?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
  const names = [...mounts, accountFolder].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(`(?<![\\w.:/-])(${names.join("|")})(?=[/"'\\s,]|$)`, "gm");
  const at = (path: string): string => join(folder, path);
  const moved = (text: string): string => text.replaceAll(pattern, (path) => at(path));
  for (const path of mounts) {
    mkdirSync(at(path), { recursive: true });
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), moved(change(path, text)));
  }
  return {
    at,
    moved,
    text: (path) => {
      const found = files.get(path);
      if (found === undefined) {
        throw new Error(`${pods.name} finds no ${path}: it has ${[...files.keys()].join(", ")}`);
      }
      return found;
    },
  };
}
