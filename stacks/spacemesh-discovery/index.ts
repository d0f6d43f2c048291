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
 */
export function spacemeshDiscovery(config: SpacemeshDiscoveryStack): Record<string, unknown> {
  const entries = entriesOf(config.networks);
  const { url } = new Discovery(
    "discovery",
    { published: config.published, entries, data: config.data },
    { provider: new Provider("google") },
  );
  return {
    system: config.system,
    url,
    networks: entries.apply((all) => all.map(({ netName }) => netName)),
    onFailure: config.onFailure,
  };
}

/** What the stacks tell of their networks. The references are of the same project and backend. */
function entriesOf(stacks: readonly string[]): pulumi.Output<readonly DiscoveryEntry[]> {
  const told = stacks.map((stack) =>
    new pulumi.StackReference(stack, {
      name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`,
    }).getOutput(entryOutput),
  );
  return pulumi.all(told).apply((values) => {
    const read = readEntries(stacks.map((stack, index) => [stack, values[index]]));
    if ("faults" in read) {
      // No trace: what is wrong is not in the program.
      throw new pulumi.RunError(read.faults.join("\n"));
    }
    return read;
  });
}
