/** Files that programs read, as data. */
import type { SecretText } from "./secret-text.ts";

/** A file in a folder of its own: a mount hides whatever the image has there. */
export interface ServerFile {
  /** Name of the volume. */
  readonly volume: string;
  readonly folder: string;
  readonly name: string;
  readonly text: SecretText;
}

/** Where a file is found. */
export const pathOf = ({ folder, name }: Pick<ServerFile, "folder" | "name">): string =>
  `${folder}/${name}`;
