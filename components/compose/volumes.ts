/** Folders of a container: `volumes`. */
import type { Claim, Mount, Scratch } from "../workload/types.ts";
import type { ComposeVolumes } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { type FullVolume, fullVolume } from "./files.schema.ts";
import { layoutOf } from "./layout.ts";
import { memoryQuantity } from "./units.ts";
import type { ComposeFault, Translated, Warning } from "./warning.ts";

/** Volumes of a container, by what is behind them. */
export interface KubernetesVolumes {
  readonly claims: readonly Claim[];
  readonly scratch: readonly Scratch[];
  readonly mounts: readonly Mount[];
}

/** Names of a service's named volumes, each once. */
function namedVolumes({ volumes = [] }: ComposeService): readonly string[] {
  const named = volumes.map(fullVolume).filter(({ type }) => type === "volume");
  return [...new Set(named.flatMap(({ source }) => source ?? []))];
}

/** Whether each pod of a service has disks of its own: written by one pod at a time. */
export const hasOwnDisks = (service: ComposeService, declared: ComposeVolumes): boolean =>
  namedVolumes(service).some((name) => declared[name]?.accessMode === "ReadWriteOnce");

/** How much a folder without a disk may hold, where nothing is said. */
const usualScratch = "1Gi";

/**
 * Claims, empty folders, and where they are seen.
 *
 * @param perPod One disk for each pod, as each of Swarm's nodes has a folder of its own.
 */
export function toVolumes(
  { volumes = [] }: ComposeService,
  declared: ComposeVolumes,
  perPod: boolean,
): Translated<KubernetesVolumes> {
  const claims = new Map<string, Claim>();
  const scratch: Scratch[] = [];
  const mounts: Mount[] = [];
  const warnings: Warning[] = [];
  volumes.map(fullVolume).forEach((volume, index) => {
    const { type, source, target, readOnly } = volume;
    const definition = source === undefined ? undefined : declared[source];
    if (type === "volume" && source !== undefined && definition !== undefined) {
      const { size, storageClass, accessMode } = definition;
      const shared = accessMode === "ReadWriteMany";
      claims.set(source, {
        name: source,
        size,
        ...(storageClass === undefined ? {} : { storageClass }),
        ...(shared ? { accessMode } : perPod ? { perPod } : {}),
      });
      mounts.push({ volume: source, path: target, ...(readOnly ? { readOnly } : {}) });
    } else if (type !== "bind" && source === undefined) {
      const name = `scratch-${index}`;
      scratch.push(scratchOf(name, volume));
      mounts.push({ volume: name, path: target });
      if (type === "volume") {
        const message = "goes with its pod: name the volume to keep what is in it";
        warnings.push({ path: ["volumes", index], message });
      }
    }
  });
  return { value: { claims: [...claims.values()], scratch, mounts }, warnings };
}

/**
 * Pods beside each other that each have a disk of their own: one Service leads to all of them, so that a store of
 * which there are two forgets every other thing.
 *
 * @param pods How many there may be.
 */
export function ownDiskWarnings(
  { volumes = [] }: ComposeService,
  declared: ComposeVolumes,
  pods: number,
): Warning[] {
  return volumes.map(fullVolume).flatMap(({ type, source }, index) =>
    pods > 1 && type === "volume" && declared[source ?? ""]?.accessMode === "ReadWriteOnce"
      ? [
          {
            path: ["volumes", index],
            message: `is a disk for each of ${pods} pods: what one writes the others do not read (accessMode: ReadWriteMany is one for all)`,
          },
        ]
      : [],
  );
}

function scratchOf(name: string, { type, size }: FullVolume): Scratch {
  return type === "tmpfs"
    ? { name, memory: true, ...(size === undefined ? {} : { sizeLimit: memoryQuantity(size) }) }
    : { name, sizeLimit: usualScratch };
}

/** Two tasks at once on one disk, wherever they run. */
export function writerFaults(service: ComposeService, declared: ComposeVolumes): ComposeFault[] {
  const { deploy, at } = layoutOf(service);
  return deploy.update_config?.order === "start-first" && hasOwnDisks(service, declared)
    ? [
        {
          path: at("update_config", "order"),
          message:
            "must be stop-first: the new task would write to its volume beside the old one (or the volume's accessMode must be ReadWriteMany)",
        },
      ]
    : [];
}

/** Volumes that a pod cannot have. */
export function volumeFaults(service: ComposeService, declared: ComposeVolumes): ComposeFault[] {
  const { mode = "replicated", replicas = 1 } = service.deploy ?? {};
  return (service.volumes ?? []).map(fullVolume).flatMap(({ type, source }, index) => {
    const path = ["volumes", index];
    if (type === "bind") {
      const message =
        "must not be a folder of the node: Pod Security restricted refuses it, and a pod moves to other nodes; name a volume";
      return [{ path, message }];
    }
    if (source === undefined || declared[source]?.accessMode !== "ReadWriteOnce") {
      return [];
    }
    if (mode === "global") {
      const message =
        "must not be on a global service: no disk follows a node (Swarm's would be a folder of it); set accessMode: ReadWriteMany";
      return [{ path, message }];
    }
    const message = "is written by one pod only: set accessMode: ReadWriteMany, or replicas: 1";
    return mode === "replicated-job" && replicas > 1 ? [{ path, message }] : [];
  });
}

/** Folders as the Docker provider takes them. */
export function toSwarmMounts(
  stack: string,
  { volumes = [], user }: ComposeService,
): Translated<
  {
    type: string;
    target: string;
    source?: string;
    readOnly?: boolean;
    tmpfsOptions?: { sizeBytes: number };
  }[]
> {
  const full = volumes.map(fullVolume);
  return {
    value: full.map(({ type, source, target, readOnly, size }) => ({
      type,
      target,
      ...(source === undefined
        ? {}
        : { source: type === "volume" ? `${stack}_${source}` : source }),
      ...(readOnly ? { readOnly } : {}),
      ...(size === undefined ? {} : { tmpfsOptions: { sizeBytes: size } }),
    })),
    warnings: full.flatMap(({ type, source }, index) =>
      type === "volume" && source !== undefined ? swarmVolumeWarnings(index, user) : [],
    ),
  };
}

/** A Swarm's volume follows nobody, and belongs to nobody in particular. */
function swarmVolumeWarnings(index: number, user: string | undefined): Warning[] {
  const path = ["volumes", index];
  const place =
    "is a folder of each node: a task that moves to another finds it empty, unless a constraint keeps it where it is";
  const owner = `belongs to root unless the image has the folder, and gave it away: else user ${user ?? ""} cannot write to it`;
  return [
    { path, message: place },
    ...(user === undefined || Number.parseInt(user, 10) === 0 ? [] : [{ path, message: owner }]),
  ];
}
