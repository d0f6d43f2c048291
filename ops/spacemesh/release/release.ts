/**
 * `network-release`: the node builds of three systems, each with the network's published config in it, and a
 * draft that names them. Everything is checked before the first byte is written; what is there already is left
 * alone, so that a run that broke off is simply run again.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createHash } from "node:crypto";
import { join } from "node:path";

import { CommandError } from "../../command.ts";
import type { Forge } from "../../forge/forge.ts";
import { bundle, type System, systems } from "./bundle.ts";
import { findRelease, placeDraft, publishedFault } from "./draft.ts";
import { publicUrl, type Storage } from "./storage.ts";
import type { ObjectName, StoredObject } from "./storage-answers.ts";

/** What is released. */
export interface ReleaseRequest {
  /** Name of the network. */
  readonly network: string;
  /** Version of the builds, and tag of the release. */
  readonly version: string;
  /** Bucket of the builds. */
  readonly builds: string;
  /** Bucket of what is bundled. */
  readonly bundles: string;
  /** The network's published config. */
  readonly config: ObjectName;
  /** Genesis time that the stack file has, ISO 8601. */
  readonly genesis: string;
  readonly storage: Storage;
  readonly forge: Forge;
  /** Folder for what is being bundled. Default: the machine's for such files. */
  readonly scratch?: string;
  readonly say: (line: string) => void;
}

/**
 * Releases a network.
 *
 * @returns What was done, a line each.
 * @throws CommandError for whatever did not go as it should; nothing is published by it.
 */
export async function releaseNetwork(request: ReleaseRequest): Promise<readonly string[]> {
  const { bundles, forge, network, version } = request;
  const config = await publishedConfig(request);
  const parts = await findParts(request, config);
  const draft = {
    ...{ tag: version, name: network.toUpperCase() },
    body: notes(request),
  };
  const release = await findRelease(forge, draft);
  const changed = parts.filter(({ there }) => there === "another" || there === "none");
  const [first] = changed;
  if (release.state === "published" && (first !== undefined || release.body !== draft.body)) {
    throw new CommandError(publishedFault(forge, version));
  }
  const lines: string[] = [];
  for (const part of parts) {
    const what = `${part.system}: gs://${bundles}/${part.to.name}`;
    if (part.there === "same") {
      lines.push(`${what} is there already`);
      continue;
    }
    request.say(`${part.system}: bundling and uploading`);
    await makeBundle(request, part, config);
    lines.push(`${what} ${part.there === "none" ? "made" : "made anew"}`);
  }
  const placed =
    release.state === "published" ? "published already" : await placeDraft(forge, draft);
  return [...lines, `${forge.repository}, ${version}: ${draftLine(placed)}`];
}

function draftLine(placed: "made" | "updated" | "unchanged" | "published already"): string {
  switch (placed) {
    case "made":
      return "draft made; publish it by hand";
    case "updated":
      return "draft brought up to date; publish it by hand";
    case "unchanged":
      return "draft is there already; publish it by hand";
    case "published already":
      return "published already, nothing to do";
  }
}

/** Text of the config that everybody joins with. */
async function publishedConfig({ config, genesis, storage }: ReleaseRequest): Promise<string> {
  const what = `gs://${config.bucket}/${config.name}`;
  const text = await storage.text(config);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandError(`${what} is no JSON: bring the network up again, which writes it anew`);
  }
  const published = genesisOf(value);
  if (published === undefined || Date.parse(published) !== Date.parse(genesis)) {
    throw new CommandError(
      `${what} is not of this network's genesis: it says ${JSON.stringify(published)}, the stack file ${genesis}; ` +
        "bring the network up first, which publishes its config",
    );
  }
  return text;
}

/** Where the node's versions have the time: under `main` up to v0.2.18, under `genesis` since v0.2.20. */
export function genesisOf(config: unknown): string | undefined {
  const sections = config as Partial<Record<string, Partial<Record<string, unknown>>>> | null;
  const time = sections?.["genesis"]?.["genesis-time"] ?? sections?.["main"]?.["genesis-time"];
  return typeof time === "string" ? time : undefined;
}

/** One system's build, and its bundle. */
interface Part {
  readonly system: System;
  readonly from: ObjectName;
  readonly build: StoredObject;
  readonly to: ObjectName;
  readonly had: StoredObject | undefined;
  /** What is there: nothing, a bundle of this build and config, or one of others. */
  readonly there: "none" | "same" | "another";
  /** By which the bundle is known again. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** All that is read before anything is written, so that a missing build is told at once with all others. */
async function findParts(request: ReleaseRequest, config: string): Promise<readonly Part[]> {
  const { builds, bundles, network, storage, version } = request;
  const parts: Part[] = [];
  const missing: string[] = [];
  for (const system of systems) {
    const name = `${version}/${system}.zip`;
    const from = { bucket: builds, name };
    const to = { bucket: bundles, name };
    const build = await storage.look(from);
    if (build === undefined) {
      missing.push(`gs://${builds}/${name}`);
      continue;
    }
    const had = await storage.look(to);
    const metadata = {
      "fleet-network": network,
      "fleet-build": build.crc32c,
      "fleet-config": createHash("sha256").update(config).digest("hex"),
    };
    parts.push({ system, from, build, to, had, there: compare(had, metadata, to), metadata });
  }
  if (missing.length > 0) {
    throw new CommandError(
      `nothing was released; there is no build at ${missing.join(", ")}: is fleet:release.version right, and has it been built?`,
    );
  }
  return parts;
}

/** @throws CommandError where it is another network's. */
function compare(
  had: StoredObject | undefined,
  metadata: Readonly<Record<string, string>>,
  { bucket, name }: ObjectName,
): Part["there"] {
  if (had === undefined) {
    return "none";
  }
  const network = had.metadata["fleet-network"];
  if (network !== metadata["fleet-network"]) {
    throw new CommandError(
      `gs://${bucket}/${name} is ${network === undefined ? "not this command's work" : `of the network ${JSON.stringify(network)}`}, ` +
        "and was not touched: a version is one network's; release another one, or take it away by hand",
    );
  }
  const isSame = Object.entries(metadata).every(([key, value]) => had.metadata[key] === value);
  return isSame ? "same" : "another";
}

async function makeBundle(
  { scratch: parent = tmpdir(), storage }: ReleaseRequest,
  part: Part,
  config: string,
): Promise<void> {
  const scratch = mkdtempSync(join(parent, "fleet-bundle-"));
  try {
    const [from, to] = [join(scratch, "build.zip"), join(scratch, "bundle.zip")];
    await storage.download(part.from, part.build, from);
    await bundle(from, to, { config, system: part.system });
    await storage.upload(part.to, to, { over: part.had, metadata: part.metadata });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the draft says: the original's two sections. */
function notes({ bundles, config, version }: ReleaseRequest): string {
  const url = (system: System): string =>
    publicUrl({ bucket: bundles, name: `${version}/${system}.zip` });
  return [
    "## Apps",
    "",
    ...systems.map((system) => `- ${system}: ${url(system)}`),
    "",
    "## Config File",
    "",
    `- ${publicUrl(config)}`,
    "",
  ].join("\n");
}
