/** The union of all systems: what a stack file may say. */
import * as z from "zod";

import { FxaStack } from "./fxa/schema.ts";
import { PushtechStack } from "./pushtech/schema.ts";
import { SkywireStack } from "./skywire/schema.ts";
import { SpacemeshStack } from "./spacemesh/schema.ts";
import { SpacemeshDiscoveryStack } from "./spacemesh-discovery/schema.ts";
import { VotingStack } from "./voting/schema.ts";

/** Config of one stack, by system, without its secrets. */
export const StackConfig = z.discriminatedUnion(
  "system",
  [SkywireStack, SpacemeshStack, SpacemeshDiscoveryStack, PushtechStack, FxaStack, VotingStack],
  {
    error:
      "must be the system this stack deploys: skywire, spacemesh, spacemesh-discovery, pushtech, fxa or voting",
  },
);
/** {@inheritDoc StackConfig} */
export type StackConfig = z.infer<typeof StackConfig>;
