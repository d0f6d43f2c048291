/** What a container finds in its folders: secrets, configs, volumes. In compose's two forms each. */
import * as z from "zod";

import { AbsolutePath, DnsLabel } from "../base/scalars.ts";
import { reference, secretNameRule, type SecretReference } from "../base/secrets.ts";

const owner = {
  uid: z.string("must be a quoted number").regex(/^\d+$/, "must be a user's number").optional(),
  gid: z.string("must be a quoted number").regex(/^\d+$/, "must be a group's number").optional(),
  /** In octal digits, and quoted: YAML's versions disagree on what 0440 is. */
  mode: z
    .string("must be quoted octal digits, e.g. '0440'")
    .regex(/^0?[0-7]{3}$/, "must be quoted octal digits, e.g. '0440'")
    .optional(),
};

const FileName = z
  .string()
  .regex(/^\/?[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "must be the name or path of a file")
  .refine((path) => !path.split("/").includes(".."), "must not leave its folder");

/** An entry of `fleet:secrets` as a file: of `/run/secrets`, or where `target` says. */
export const SecretUse = z.union(
  [
    reference("token"),
    z.strictObject({ source: reference("token"), target: FileName.optional(), ...owner }),
  ],
  { error: `${secretNameRule}, or a map with source, target, uid, gid and mode` },
);

/** A config of the stack as a file: at the root, or where `target` says. */
export const ConfigUse = z.union(
  [DnsLabel, z.strictObject({ source: DnsLabel, target: FileName.optional(), ...owner })],
  {
    error:
      "must be the name of a config of the stack, or a map with source, target, uid, gid and mode",
  },
);

/** Folder of secrets whose target is a mere name. */
export const secretsFolder = "/run/secrets";

/** A file in full. */
export interface FileUse<Source> {
  readonly source: Source;
  /** Absolute. */
  readonly path: string;
  /** What was said of owner and mode. */
  readonly owner: { readonly uid?: string; readonly gid?: string; readonly mode?: string };
}

const ownerOf = ({ uid, gid, mode }: z.infer<z.ZodObject<typeof owner>>) => ({
  ...(uid === undefined ? {} : { uid }),
  ...(gid === undefined ? {} : { gid }),
  ...(mode === undefined ? {} : { mode }),
});

const below = (folder: string, path: string): string =>
  path.startsWith("/") ? path : `${folder}/${path}`;

/** A secret's file, whichever form it has. */
export function secretFile(use: z.infer<typeof SecretUse>): FileUse<SecretReference> {
  return "source" in use
    ? {
        source: use.source,
        path: below(secretsFolder, use.target ?? use.source.name),
        owner: ownerOf(use),
      }
    : { source: use, path: below(secretsFolder, use.name), owner: {} };
}

/** A config's file, whichever form it has. */
export function configFile(use: z.infer<typeof ConfigUse>): FileUse<string> {
  return typeof use === "string"
    ? { source: use, path: `/${use}`, owner: {} }
    : { source: use.source, path: below("", use.target ?? use.source), owner: ownerOf(use) };
}

const shortVolume = /^(?:([^:]+):)?(\/[^:\s]+)(?::(ro|rw))?$/;

const shortRule = "must be a volume, e.g. db-data:/var/lib/postgresql/data or /host:/path:ro";

const Source = (text: string | undefined): boolean =>
  text === undefined || DnsLabel.safeParse(text).success || AbsolutePath.safeParse(text).success;

const Target = AbsolutePath;

/** A folder of a container that is not its image's. */
export const VolumeUse = z.union(
  [
    z.string().refine((text) => {
      const found = shortVolume.exec(text);
      return found !== null && Source(found[1]);
    }, shortRule),
    z.strictObject({
      type: z.literal("volume"),
      /** Default: a folder that goes with its task. */
      source: DnsLabel.optional(),
      target: Target,
      read_only: z.boolean().optional(),
    }),
    z.strictObject({
      type: z.literal("bind"),
      source: AbsolutePath,
      target: Target,
      read_only: z.boolean().optional(),
    }),
    z.strictObject({
      type: z.literal("tmpfs"),
      target: Target,
      tmpfs: z.strictObject({ size: z.int().min(1).optional() }).optional(),
    }),
  ],
  { error: `${shortRule}, or a map with type volume, bind or tmpfs` },
);

/** A mounted folder in full. */
export interface FullVolume {
  readonly type: "volume" | "bind" | "tmpfs";
  /** Name of the volume or folder of the node. */
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** Bytes of a tmpfs. */
  readonly size: number | undefined;
}

/** A mounted folder, whichever form it has. */
export function fullVolume(use: z.infer<typeof VolumeUse>): FullVolume {
  if (typeof use === "string") {
    const [, source, target = "", access] = shortVolume.exec(use) ?? [];
    const type = source?.startsWith("/") === true ? "bind" : "volume";
    return { type, source, target, readOnly: access === "ro", size: undefined };
  }
  const { type, target } = use;
  return type === "tmpfs"
    ? { type, source: undefined, target, readOnly: false, size: use.tmpfs?.size }
    : { type, source: use.source, target, readOnly: use.read_only === true, size: undefined };
}
