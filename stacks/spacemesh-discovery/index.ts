/** The list of Spacemesh networks: read off the networks' own stacks, and published. */
import { Provider } from "@pulumi/gcp/provider.js";
import * as pulumi from "@pulumi/pulumi";

import { Discovery } from "../../components/spacemesh/discovery.ts";
import {
  type DiscoveryEntry,
  entryOutput,
  readEntries,
} from "../../components/spacemesh/discovery-entry.ts";
import type { SpacemeshDiscoveryStack } from "./schema.ts";

/**
 * Publishes the list.
 *
 * @returns The stack's outputs: where it is read, and the networks that are in it.
 * @throws RunError, before anything is made, where a network cannot be listed.
 */
export async function spacemeshDiscovery(
  config: SpacemeshDiscoveryStack,
): Promise<Record<string, unknown>> {
  const entries = await entriesOf(config.networks);
  const { url } = new Discovery(
    "discovery",
    { published: config.published, entries, data: config.data },
    { provider: new Provider("google") },
  );
  return {
    system: config.system,
    url,
    networks: entries.map(({ netName }) => netName),
    onFailure: config.onFailure,
  };
}

/** What the stacks tell of their networks. The references are of the same project and backend. */
async function entriesOf(stacks: readonly string[]): Promise<readonly DiscoveryEntry[]> {
  const told = stacks.map(async (stack) => {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
    const reference = new pulumi.StackReference(stack, { name });
    const output = await reference.getOutputDetails(entryOutput);
    return [stack, output.value as unknown] as const;
  });
  const read = readEntries(await Promise.all(told));
  if ("faults" in read) {
    // No trace: what is wrong is not in the program.
    throw new pulumi.RunError(read.faults.join("\n"));
  }
  return read;
}
