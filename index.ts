/** Loads the stack's config and hands it to its system; what that returns are the stack's outputs. */
import { loadConfig } from "./stacks/config.ts";
import { withRelease } from "./stacks/release.ts";

export default async (): Promise<Record<string, unknown>> => {
  const { config, context } = loadConfig();
  return withRelease(config, context, async () => {
    // Imported only now: a run of one system loads no other's code. The next system makes this a
    // switch over config.system.
    const { skywire } = await import("./stacks/skywire/index.ts");
    return skywire(config, context);
  });
};
