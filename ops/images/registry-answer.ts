/** What a registry sends: read whole, or told why not. */
import { reason } from "../unanswered.ts";
import { RegistryFault } from "./registry-fault.ts";

/** Longest manifest or configuration that is read: the specification lets registries refuse longer ones. */
const longestMebibytes = 4;

/**
 * An answer's text.
 *
 * @param name The image, for what is said.
 * @throws RegistryFault where it breaks off, does not end in time, or is longer than any image's.
 */
export async function textOf(name: string, { body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const chunks: AsyncIterable<Uint8Array> | undefined = body ?? undefined;
    for await (const part of chunks ?? []) {
      length += part.length;
      if (length > longestMebibytes << 20) {
        break;
      }
      parts.push(part);
    }
  } catch (error) {
    throw new RegistryFault(
      `${name}: the registry's answer broke off (${reason(error)})`,
      "ask again",
      true,
    );
  }
  if (length > longestMebibytes << 20) {
    throw new RegistryFault(
      `${name}: the registry's answer is longer than ${longestMebibytes} MiB`,
      "is it an image? No node would take it either",
    );
  }
  return Buffer.concat(parts).toString("utf8");
}
