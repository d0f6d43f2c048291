/**
 * `preflight`: every image of a stack as its registry has it, held against what the workloads take for
 * granted of it, before a node finds out. Nothing is changed and nothing pulled.
 */
import { parseImage } from "../../components/base/images.ts";
import { registryServer } from "../../components/platform/registry.schema.ts";
import type { RegistryLogin } from "../../components/base/secrets.ts";
import { readImage, type RegistryImage } from "../images/registry-image.ts";
import { RegistryFault } from "../images/registry-fault.ts";
import { inParallel } from "../parallel.ts";
import { compare, type Finding } from "./findings.ts";
import type { ImageUse, ImageUses } from "./uses.ts";

/** A login, and the one registry that is shown it. */
export interface OwnLogin {
  /** As {@link registryServer} names it. */
  readonly server: string;
  /** A reason where it cannot be had: then private images are not checked. */
  readonly login: RegistryLogin | { readonly missing: string };
}

/** What is held against each other. */
export interface Preflight {
  readonly uses: ImageUses;
  readonly login: OwnLogin | undefined;
  /** `registry/name:tag` → who settles its digest at each run: what stands there now is no pin. */
  readonly lookedUp: ReadonlySet<string>;
  /** `registry/name:tag` of what the stack builds: no registry has it before that. */
  readonly built: ReadonlySet<string>;
  /** Whether an image without a digest is a fault. */
  readonly mustBePinned: boolean;
  /** Default: ten seconds for each answer. */
  readonly timeoutMilliseconds?: number;
}

/** One image, as several containers use it. */
export interface ImageResult {
  /** Without the digest. */
  readonly name: string;
  readonly pinned: string | undefined;
  readonly uses: readonly ImageUse[];
  /** What the registry has, why it has none, or why it was not asked. */
  readonly found: RegistryImage | RegistryFault | { readonly unchecked: string };
  readonly findings: readonly Finding[];
}

/** At a time: a registry counts how fast it is asked. */
const atATime = 4;

/** Asks for every image once for each way a node would: with the login, or without. */
export async function checkImages(preflight: Preflight): Promise<readonly ImageResult[]> {
  const groups = new Map<string, ImageUse[]>();
  for (const use of preflight.uses.uses) {
    const key = `${use.image} ${use.hasLogin}`;
    groups.set(key, [...(groups.get(key) ?? []), use]);
  }
  return inParallel([...groups.values()], atATime, (uses) => checkImage(uses, preflight));
}

async function checkImage(uses: readonly ImageUse[], preflight: Preflight): Promise<ImageResult> {
  const [{ image, hasLogin } = { image: "", hasLogin: false }] = uses;
  const parts = partsOf(image);
  if (parts === undefined) {
    const unchecked = "its reference is known only once it runs";
    return { name: image, pinned: undefined, uses, found: { unchecked }, findings: [] };
  }
  const name = `${parts.repository}:${parts.tag}`;
  const isLookedUp = preflight.lookedUp.has(name);
  const pinned = isLookedUp ? undefined : parts.digest;
  const common = { name, pinned, uses };
  if (preflight.built.has(name)) {
    const unchecked = "the stack builds it: no registry has it before that";
    return { ...common, found: { unchecked }, findings: [] };
  }
  const login = hasLogin ? loginFor(name, preflight.login) : undefined;
  if (login !== undefined && "missing" in login) {
    return { ...common, found: { unchecked: login.missing }, findings: [] };
  }
  const found = await read(pinned === undefined ? name : `${name}@${pinned}`, uses, {
    login,
    ...(preflight.timeoutMilliseconds === undefined
      ? {}
      : { timeoutMilliseconds: preflight.timeoutMilliseconds }),
  });
  const findings =
    found instanceof RegistryFault
      ? []
      : [
          ...pinFindings(name, pinned, found, preflight.mustBePinned && !isLookedUp),
          ...uses.flatMap((use) => compare(use, found)),
        ];
  return { ...common, found, findings };
}

function partsOf(image: string): ReturnType<typeof parseImage> | undefined {
  try {
    return parseImage(image);
  } catch {
    return undefined;
  }
}

/** The stack's login is that of one registry: no other one is ever shown it. */
function loginFor(name: string, own: OwnLogin | undefined): OwnLogin["login"] | undefined {
  return own !== undefined && registryServer(name) === own.server ? own.login : undefined;
}

async function read(
  reference: string,
  uses: readonly ImageUse[],
  options: Parameters<typeof readImage>[2],
): Promise<RegistryImage | RegistryFault> {
  try {
    return await readImage(reference, [...new Set(uses.map(({ platform }) => platform))], options);
  } catch (error) {
    if (error instanceof RegistryFault) {
      return error;
    }
    throw error;
  }
}

function pinFindings(
  where: string,
  pinned: string | undefined,
  { tagDigest }: RegistryImage,
  mustBePinned: boolean,
): Finding[] {
  const mend = "make images STACK=… TARGET=live writes the digest that it has now";
  if (pinned === undefined) {
    const what = "is known by its tag alone, which can be moved";
    return mustBePinned ? [{ severity: "fault", where, what, mend }] : [];
  }
  if (tagDigest === pinned) {
    return [];
  }
  const what =
    tagDigest === undefined
      ? "its tag is no longer there; the pinned digest is"
      : `its tag means ${tagDigest.slice(0, 19)}… now, not the pinned ${pinned.slice(0, 19)}…`;
  return [{ severity: "notice", where, what, mend: `${mend}; what is pinned stays what runs` }];
}
