/** What a program with a lite visor inside finds when it starts: a config it may write, and a folder for its logs. */
import type { Container } from "../workload/types.ts";
import { imageFields } from "./program.ts";
import type { ProgramImage } from "../workload/surroundings.ts";

/** Volumes of such a program, and where they are mounted. */
export interface VisorFolders {
  /** The config as it was rendered, read-only. */
  readonly seed: { readonly volume: string; readonly folder: string };
  /** What the program may write, and where it is started. */
  readonly state: { readonly volume: string; readonly folder: string };
}

/** Name of the config in both folders. */
export const visorFileName = "config.json";

/** Folder of what the visor writes. */
export const visorLocalFolder = ({ state }: VisorFolders): string => `${state.folder}/local`;

/** Path of the config that the program reads and writes back. */
export const visorFilePath = ({ state }: VisorFolders): string =>
  `${state.folder}/${visorFileName}`;

/**
 * Puts the config where the program can write it back, which it does when it starts; the program's own
 * image has what it takes.
 *
 * A file that cp makes is as read-only as the mounted one, to its owner too, as no capability is left to
 * go past that. And left to itself the visor makes the folder of its transports' logs below where it was
 * started, with a mode that lets nobody in, and ends.
 */
export function prepareVisor(image: ProgramImage, folders: VisorFolders): Container {
  const { seed, state } = folders;
  const script = [
    "umask 077",
    `mkdir -p ${visorLocalFolder(folders)}/transport_logs`,
    `cat ${seed.folder}/${visorFileName} > ${visorFilePath(folders)}`,
  ];
  return {
    name: "copy-config",
    ...imageFields(image),
    command: ["sh", "-c", script.join(" && ")],
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
    mounts: [
      { volume: seed.volume, path: seed.folder },
      { volume: state.volume, path: state.folder },
    ],
  };
}
