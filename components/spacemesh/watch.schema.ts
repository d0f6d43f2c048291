/** What a stack file says about spacemesh-watch: `fleet:watch`. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { reference } from "../base/secrets.ts";
import { Resources } from "../workload/workload.schema.ts";

/** Schema of `fleet:watch`: asks every member how it is, and tells a Slack channel of what is wrong. */
export const WatchConfig = z.strictObject({
  /** The original's moving tag; `make images` pins it. */
  image: ImageReference.default("docker.io/spacemeshos/spacemesh-watch:latest"),
  slack: z.strictObject({
    /** Token of a bot with chat:write, chat:write.public and im:write. */
    token: reference("token"),
    /** Id of the channel, not its name. */
    channel: z
      .string()
      .regex(/^[CGD][A-Z0-9]{6,20}$/, "must be the id of a channel, e.g. C024BE91L, not its name"),
  }),
  /** Nothing is published about what it needs: our default. */
  resources: Resources.prefault({
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { memory: "256Mi" },
  }),
});
/** {@inheritDoc WatchConfig} */
export type WatchConfig = z.infer<typeof WatchConfig>;
