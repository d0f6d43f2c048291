/**
 * The build of one system with a network's config in it: what a home smesher unpacks and starts.
 *
 * What the build holds is copied as it is packed, with its modes and links, so the same build and config
 * make the same bytes.
 */
import { createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Writable } from "node:stream";

import { configure, Reader, TextReader, ZipReader, ZipWriter } from "@zip.js/zip.js";

import { CommandError } from "../../command.ts";

/** The systems that nodes are built for; folders and archives are named so. */
export const systems = ["Windows", "macOS", "Linux"] as const;
/** {@inheritDoc systems} */
export type System = (typeof systems)[number];

configure({ useWebWorkers: false });

/** A file that is read here and there. */
class FileReader extends Reader<FileHandle> {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    super(file);
    this.#file = file;
  }

  override async init(): Promise<void> {
    this.size = (await this.#file.stat()).size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, index);
    return bytes.subarray(0, bytesRead);
  }
}

/**
 * Writes a build's archive anew with `<system>/config.json` in it; one that was in it is left out.
 *
 * @param from Path of the build's archive, whose one folder is the system's.
 * @param to Path of the archive to write.
 * @throws CommandError where it is no such archive. What is written by then is no archive.
 */
export async function bundle(
  from: string,
  to: string,
  { config, system }: { readonly config: string; readonly system: System },
): Promise<void> {
  const file = await open(from);
  try {
    const reader = new FileReader(file);
    const newest = await checkBuild(reader, system);
    const writer = new ZipWriter(Writable.toWeb(createWriteStream(to)));
    // Windows and macOS take names for the same that differ in case only.
    const own = `${system}/config.json`;
    await writer.appendZip(reader, { filter: (entry) => !isNamed(entry.filename, own) });
    await writer.add(own, new TextReader(config), {
      // As it is: what a compressor makes of it differs from one Node to the next.
      ...{ level: 0, extendedTimestamp: false, rawLastModDate: newest },
      ...{ unixMode: 0o644, dataDescriptor: false },
    });
    await writer.close();
  } catch (error) {
    throw error instanceof CommandError
      ? error
      : new CommandError(
          `the ${system} build cannot be bundled: ${error instanceof Error ? error.message : String(error)}`,
        );
  } finally {
    await file.close();
  }
}

const isNamed = (name: string, other: string): boolean =>
  name.toLowerCase() === other.toLowerCase();

/** Date of its newest entry, as archives write it. */
async function checkBuild(reader: FileReader, system: System): Promise<number> {
  const archive = new ZipReader(reader, { filenameValidation: "strict" });
  const entries = await archive.getEntries().catch((error: unknown) => {
    throw new CommandError(
      `the ${system} build is no zip archive as it should be: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const elsewhere = entries.find(({ filename }) => !filename.startsWith(`${system}/`));
  if (elsewhere !== undefined) {
    throw new CommandError(
      `the ${system} build must hold the one folder ${system}/, and has ${JSON.stringify(elsewhere.filename)}`,
    );
  }
  if (entries.every(({ directory }) => directory)) {
    throw new CommandError(`the ${system} build holds no file`);
  }
  return entries.reduce((newest, entry) => Math.max(newest, Number(entry.rawLastModDate)), 0);
}
