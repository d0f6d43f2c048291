/** What a stack file says about the network-monitor. */
import * as z from "zod";

import { PublicKey } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { exactlyOne, programFields } from "./options.schema.ts";

/** network-monitor with its lite visor and lite vpn-client (facts/skywire.md 4.3). */
export const NetworkMonitorConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("its one key may be live in one process only"),
  key: reference("key-pair").prefault("network-monitor"),
  /**
   * Public keys of further monitors that may take entries out. This stack's own is always among
   * them: the list replaces the one built into the services (9, point 16).
   */
  alsoWhitelisted: z
    .array(PublicKey)
    .refine((keys) => new Set(keys).size === keys.length, "must not name a key twice")
    .default([]),
});
/** {@inheritDoc NetworkMonitorConfig} */
export type NetworkMonitorConfig = z.infer<typeof NetworkMonitorConfig>;
