/** `images` from the command line: a live stack's logins and state, its file. */
import { readLogin } from "../../components/base/secrets.ts";
import { CommandError, type Target } from "../command.ts";
import { liveSecrets } from "../keys/live.ts";
import { livePulumi, type RunPulumi } from "../keys/pulumi.ts";
import { readLiveDeployment } from "../live-state.ts";
import { withScratch } from "../scratch.ts";
import { secretEntries, type StackFile } from "../stack-file.ts";
import { findDigests, type ImagesRequest } from "./command.ts";
import { writeStackFile } from "./write.ts";

/**
 * Finds the digests and writes them into the stack file.
 *
 * @returns The exit code.
 * @throws CommandError for the sandbox, which pulls nothing and has throw-away logins.
 */
export async function runImages(root: string, file: StackFile, target: Target): Promise<number> {
  if (target === "sandbox") {
    throw new CommandError(
      "images asks the real registry with the stack's own login, and a sandbox has a throw-away one: " +
        "TARGET=live. The digests stand in the stack file, so make up has them, too",
    );
  }
  const pulumi = livePulumi({ root, environment: process.env });
  const request = { file, login: loginsOf(file, pulumi), state: () => readState(file, pulumi) };
  const { report, text, complete } = await findDigests(request);
  if (text !== undefined) {
    writeStackFile(root, file, text);
  }
  console.log(report);
  return complete ? 0 : 1;
}

/** Decrypts once, and only where an image needs a login that the file has. */
function loginsOf(file: StackFile, pulumi: RunPulumi): ImagesRequest["login"] {
  let values: Promise<Readonly<Record<string, unknown>>> | undefined;
  return async (entry) => {
    if (!Object.hasOwn(secretEntries(file), entry)) {
      return undefined;
    }
    values ??= liveSecrets(file, pulumi);
    const value = (await values)[entry];
    return typeof value === "string" ? readLogin(value) : undefined;
  };
}

/** The state, or why it cannot be had. */
async function readState(
  { stack }: StackFile,
  pulumi: RunPulumi,
): ReturnType<ImagesRequest["state"]> {
  try {
    const read = (scratch: string) => readLiveDeployment(pulumi, stack, scratch);
    return { deployment: await withScratch({ of: "images" }, read) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
