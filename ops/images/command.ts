/** `images`: the digest that each of a stack's tags has now, written into its file for review. */
import type { RegistryLogin } from "../../components/base/secrets.ts";
import { counted } from "../../review/render/compose/line.ts";
import { inParallel } from "../parallel.ts";
import { parseSections } from "../sections.ts";
import type { StackFile } from "../stack-file.ts";
import { table } from "../table.ts";
import { resolveDigest } from "./registry.ts";
import { RegistryFault } from "./registry-fault.ts";
import { rollingWorkloads } from "./rolls.ts";
import { type StackImage, stackImages } from "./stack-images.ts";
import { withValuesAlone } from "./write-alone.ts";

/** What `images` is asked for. */
export interface ImagesRequest {
  readonly file: StackFile;
  /** The login behind an entry of `fleet:secrets`; undefined where there is none yet. */
  readonly login: (entry: string) => Promise<RegistryLogin | undefined>;
  /** The engine's state of the live stack; a reason where it cannot be read. */
  readonly state: () => Promise<{ readonly deployment: unknown } | { readonly fault: string }>;
  /** How a registry is asked. Replaced in tests, which have a registry of their own. */
  readonly resolve?: typeof resolveDigest;
}

/** What `images` found. */
export interface ImagesResult {
  readonly report: string;
  /** The file's new text; undefined where nothing changes, or anything is in the way. */
  readonly text: string | undefined;
  /** Whether every image has a digest. */
  readonly complete: boolean;
}

/** At a time: a registry counts how fast it is asked. */
const atATime = 4;

interface Answer {
  readonly image: StackImage;
  readonly now: string | RegistryFault;
}

/**
 * Asks for every image's digest. Unless all of them are there the file stays as it is: half of a
 * release would be reviewed as a whole one.
 *
 * @throws CommandError when the stack file has faults.
 */
export async function findDigests(request: ImagesRequest): Promise<ImagesResult> {
  const { file, state } = request;
  const { images, passedOver } = stackImages(parseSections(file));
  const answers = await inParallel(images, atATime, (image) => ask(image, request));
  const faults = answers.flatMap(({ now }) => (now instanceof RegistryFault ? [now] : []));
  const changes = answers.flatMap(({ image, now }) =>
    typeof now === "string" && now !== image.digest ? [{ image, now }] : [],
  );
  const text =
    faults.length > 0 || changes.length === 0
      ? undefined
      : await withValuesAlone(
          file,
          changes.flatMap(({ image, now }) =>
            image.places.map(({ path, written }) => ({ path, value: written(now) })),
          ),
        );
  return {
    report: [
      table([["IMAGE", "BEFORE", "NOW"], ...answers.map(row)]),
      ...[...passedOver].map(([image, why]) => `${image} is left alone: ${why}.`),
      "",
      ...faults.flatMap(({ message, mend }) => [`  ${message}`, `    to mend: ${mend}`]),
      ...(faults.length > 0
        ? [`${file.name} was not touched: ${counted(faults.length, "image")} without a digest.`]
        : changes.length === 0
          ? [`${file.name} has every digest as the registry has it now.`]
          : await changeLines(file, changes, state)),
    ].join("\n"),
    text,
    complete: faults.length === 0,
  };
}

async function ask(
  image: StackImage,
  { login, resolve = resolveDigest }: ImagesRequest,
): Promise<Answer> {
  try {
    const found = image.login === undefined ? undefined : await login(image.login);
    return { image, now: await resolve(image.name, image.digest, { login: found }) };
  } catch (error) {
    if (error instanceof RegistryFault) {
      return { image, now: error };
    }
    throw error;
  }
}

function row({ image, now }: Answer): string[] {
  const after =
    now instanceof RegistryFault ? "FAULT" : now === image.digest ? "the same" : short(now);
  return [image.name, image.digest === undefined ? "tag only" : short(image.digest), after];
}

/** As much of a digest as a person compares. */
const short = (digest: string): string => digest.slice(0, "sha256:".length + 12);

async function changeLines(
  { name, stack }: StackFile,
  changes: readonly { readonly image: StackImage; readonly now: string }[],
  state: ImagesRequest["state"],
): Promise<string[]> {
  const digests = new Map(changes.map(({ image, now }) => [image.name, now]));
  const found = await state();
  const rolling = "fault" in found ? [] : rollingWorkloads(found.deployment, digests);
  return [
    `${counted(changes.length, "digest")} written to ${name}: git diff ${name} shows them, pulumi preview -s ${stack} what they do.`,
    ...("fault" in found
      ? [`Which workloads they exchange is not known: ${found.fault}`]
      : rolling.length === 0
        ? ["No workload that runs has one of these images."]
        : ["They exchange, each within its own limits:", ...rolling.map((one) => `  ${one}`)]),
  ];
}
