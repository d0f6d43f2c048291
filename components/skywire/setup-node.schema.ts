/** What a stack file says about setup-nodes: one process for each key (facts/skywire.md 4.9). */
import * as z from "zod";

import { DnsLabel } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { exactlyOne, programFields } from "./options.schema.ts";

/** One setup-node. */
export const SetupNodeConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("its one key may be live in one process only"),
  key: reference("key-pair"),
  /** dmsg-servers it keeps a session with. */
  sessions: z.int().min(1, "must be at least 1").max(100).default(1),
});
/** {@inheritDoc SetupNodeConfig} */
export type SetupNodeConfig = z.infer<typeof SetupNodeConfig>;

/** All setup-nodes of a stack by name. The first one's key is built into visors. */
export const SetupNodesConfig = z
  .record(DnsLabel, SetupNodeConfig)
  .refine((members) => Object.keys(members).length > 0, "must list at least one setup-node");
