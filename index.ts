/** Loads the stack's config and hands it to its system; what that returns are the stack's outputs. */
import { loadConfig, type LoadedStack } from "./stacks/config.ts";

async function compose({ config, context }: LoadedStack): Promise<Record<string, unknown>> {
  switch (config.system) {
    case "skywire": {
      const { skywire } = await import("./stacks/skywire/index.ts");
      return skywire(config, context);
    }
  }
}

export default async (): Promise<Record<string, unknown>> => compose(loadConfig());
