/** Loads the stack's config and hands it to its system; what that returns are the stack's outputs. */
import { loadConfig } from "./stacks/config.ts";
import { withRelease } from "./stacks/release.ts";

export default async (): Promise<Record<string, unknown>> => {
  const { config, context } = await loadConfig();
  return withRelease(config, context, async () => {
    // Imported only now: a run of one system loads no other's code.
    switch (config.system) {
      case "skywire": {
        const { skywire } = await import("./stacks/skywire/index.ts");
        return skywire(config, context);
      }
      case "spacemesh": {
        const { spacemesh } = await import("./stacks/spacemesh/index.ts");
        return spacemesh(config, context);
      }
      case "spacemesh-discovery": {
        const { spacemeshDiscovery } = await import("./stacks/spacemesh-discovery/index.ts");
        return spacemeshDiscovery(config);
      }
      case "pushtech": {
        const { pushtech } = await import("./stacks/pushtech/index.ts");
        return pushtech(config, context);
      }
      case "fxa": {
        const { fxa } = await import("./stacks/fxa/index.ts");
        return fxa(config, context);
      }
      case "voting": {
        const { voting } = await import("./stacks/voting/index.ts");
        return voting(config, context);
      }
    }
  });
};
