/** What a stack file says about the IP service (facts/skywire.md 4.14). */
import * as z from "zod";

import { DnsLabel } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { exactlyOne, programFields } from "./options.schema.ts";

/** `fleet:extras.geoip`. Its host has no word: service-discovery and uptime-tracker have it compiled in. */
export const GeoipConfig = z.strictObject({
  ...programFields,
  namespace: DnsLabel.default("geoip"),
  replicas: exactlyOne("each one downloads the database, and MaxMind counts the downloads"),
  /** MaxMind's licence key. Without one the program dies when it starts. */
  license: reference("token").prefault("geoip-license"),
});
/** {@inheritDoc GeoipConfig} */
export type GeoipConfig = z.infer<typeof GeoipConfig>;
