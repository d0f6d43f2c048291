/** The programs a sandbox is made of: where the installer put them, else on PATH. */
import { delimiter, join } from "node:path";
import * as z from "zod";

import { fault } from "./fault.ts";
import { isProgram } from "./programs.ts";

/** Environment as Node has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const Folders = z.record(z.string(), z.string());

/**
 * Path of a program.
 *
 * @param environment FLEET_TOOL_DIRS (tool → folder, as JSON) and PATH.
 * @throws SandboxError that names the missing program.
 */
export function toolPath(name: string, environment: Environment): string {
  const folder = toolFolders(environment)[name];
  const candidates = [
    ...(folder === undefined ? [] : [folder]),
    ...(environment["PATH"] ?? "").split(delimiter).filter((entry) => entry !== ""),
  ];
  const found = candidates.map((entry) => join(entry, name)).find(isProgram);
  if (found === undefined) {
    throw fault(`${name} is not on PATH`, "make tools installs it; make up does so by itself");
  }
  return found;
}

/**
 * Folder of a tool that is no program.
 *
 * @throws SandboxError where it is not installed.
 */
export function toolFolder(name: string, environment: Environment): string {
  const folder = toolFolders(environment)[name];
  if (folder === undefined) {
    throw fault(`${name} is not installed`, "make up installs what a stack's file needs by itself");
  }
  return folder;
}

function toolFolders(environment: Environment): Readonly<Record<string, string>> {
  const text = environment["FLEET_TOOL_DIRS"];
  if (text === undefined || text === "") {
    return {};
  }
  try {
    return Folders.parse(JSON.parse(text));
  } catch {
    throw fault("FLEET_TOOL_DIRS must be a JSON map of tools to folders", "unset it");
  }
}
