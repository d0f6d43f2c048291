/** What a program is told, in the words of a container. Pure but for the outputs that secrets are. */
import type * as pulumi from "@pulumi/pulumi";

import type { Container, FileSet, GivenClaim, Mount, SecretFileSet } from "../workload/types.ts";
import { podText } from "../workload/pod-text.ts";
import type { ServerPlan } from "./context.ts";
import type { ServerFile } from "./files.ts";
import type { Program } from "./roles.ts";
import { type SecretSource, secretSources } from "./secret-objects.ts";
import { fillText, isSecret } from "./secret-text.ts";
import { secretOutput } from "./secret-values.ts";
import { traitsOf } from "./servers.ts";
import { type FxaImage, type FxaSurroundings, imageUsers } from "./surroundings.ts";
import { avatarFolder } from "./user-servers.ts";

/** Parts of a Workload that follow from what its program is told. */
export interface ToldParts {
  readonly variables: Pick<Container, "env" | "secretEnv" | "givenEnv">;
  readonly files: readonly FileSet[];
  readonly secretFiles: readonly SecretFileSet[];
  readonly mounts: readonly Mount[];
  readonly podAnnotations: Readonly<Record<string, pulumi.Output<string>>>;
}

type Named = Extract<SecretSource, { readonly kind: "named" }>;
type Own = Extract<SecretSource, { readonly kind: "own" }>;

function byVolume(files: readonly ServerFile[]): (readonly [string, readonly ServerFile[]])[] {
  const volumes = [...new Set(files.map(({ volume }) => volume))];
  return volumes.map((volume) => [volume, files.filter((file) => file.volume === volume)] as const);
}

/** The text of a file without secrets. */
const openText = ({ name, text }: ServerFile): string =>
  fillText(text, () => {
    throw new Error(`${name} holds a secret and was taken for an open file`);
  });

/** A setting is never put together in the pod: what looks like `$(NAME)` in one is meant. */
const asItStands = (plain: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(plain).map(([name, text]) => [name, podText(text)]));

/** What a plan becomes in a pod. */
export function toldParts(
  { context, secrets, shared }: Pick<FxaSurroundings, "context" | "secrets" | "shared">,
  plan: ServerPlan,
): ToldParts {
  const sources = Object.entries(secretSources(context, plan));
  const own = sources.filter((one): one is [string, Own] => one[1].kind === "own");
  const named = sources.filter((one): one is [string, Named] => one[1].kind === "named");
  const volumes = byVolume(plan.files);
  const holdsSecret = (files: readonly ServerFile[]): boolean =>
    files.some(({ text }) => isSecret(text));
  return {
    variables: {
      // The home of the images' users is theirs alone to write; what a library caches goes with the pod.
      env: { HOME: "/tmp", ...asItStands(plan.environment.plain) },
      secretEnv: Object.fromEntries(
        own.map(([variable, { text }]) => [variable, secretOutput(secrets, text)]),
      ),
      givenEnv: Object.fromEntries(
        named.map(([variable, source]) => [variable, shared.variable(source)]),
      ),
    },
    files: volumes
      .filter(([, files]) => !holdsSecret(files))
      .map(([name, files]) => ({
        name,
        files: Object.fromEntries(files.map((file) => [file.name, openText(file)])),
      })),
    secretFiles: volumes
      .filter(([, files]) => holdsSecret(files))
      .map(([name, files]) => ({
        name,
        files: Object.fromEntries(
          files.map((file) => [file.name, secretOutput(secrets, file.text)]),
        ),
      })),
    mounts: volumes.flatMap(([volume, [first]]) =>
      first === undefined ? [] : [{ volume, path: first.folder }],
    ),
    podAnnotations: shared.annotations(named.map(([, source]) => source)),
  };
}

/** What a container takes of an image. */
export const imageFields = ({
  reference,
  digest,
}: FxaImage): Pick<Container, "image" | "digest"> => ({
  image: reference,
  ...(digest === undefined ? {} : { digest }),
});

/** User of a program's processes. */
export const userOf = (program: Program, { user }: FxaImage): number =>
  user ?? imageUsers[traitsOf(program).image];

/** A place for what is written by the way: the root of most containers is read-only. */
export const scratchFolder = {
  scratch: { name: "tmp", sizeLimit: "256Mi" },
  mount: { volume: "tmp", path: "/tmp" },
} as const;

const profilePrograms: ReadonlySet<Program> = new Set([
  "profile-server",
  "profile-server-worker",
  "profile-server-static",
]);

const avatarMount: Mount = { volume: "avatars", path: avatarFolder };

/**
 * The folder of users' pictures, which the three programs of profiles share where it is in the cluster.
 *
 * @throws Error where it is, and no claim was given.
 */
export function avatarVolume(
  { context, avatars }: Pick<FxaSurroundings, "context" | "avatars">,
  program: Program,
): { readonly givenClaims: readonly GivenClaim[]; readonly mounts: readonly Mount[] } {
  const { images } = context.config.servers["profile-server"].settings;
  if (images.kind !== "local" || !profilePrograms.has(program)) {
    return { givenClaims: [], mounts: [] };
  }
  if (avatars === undefined) {
    throw new Error(`${program}: pictures are kept in the cluster, and it was given no claim`);
  }
  return { givenClaims: [{ name: avatarMount.volume, claim: avatars }], mounts: [avatarMount] };
}
