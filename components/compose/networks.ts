/** Networks a service is on, and its names there: `networks`. */
import type { ComposeService } from "./compose.schema.ts";

/** A network a service is on, and its names there beside its own. */
export interface NetworkUse {
  readonly network: string;
  readonly aliases: readonly string[];
}

/** Network of services that name none. */
export const defaultNetwork = "default";

/** Networks of a service. */
export function networksOf({ networks = [] }: ComposeService): readonly NetworkUse[] {
  const uses = Array.isArray(networks)
    ? networks.map((network: string) => ({ network, aliases: [] }))
    : Object.entries(networks).map(([network, use]) => ({ network, aliases: use?.aliases ?? [] }));
  return uses.length === 0 ? [{ network: defaultNetwork, aliases: [] }] : uses;
}

/** Other names of a service, on whatever network. */
export function aliasesOf(name: string, service: ComposeService): readonly string[] {
  const aliases = networksOf(service).flatMap((network) => network.aliases);
  return [...new Set(aliases)].filter((alias) => alias !== name);
}
