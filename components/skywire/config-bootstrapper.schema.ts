/** What a stack file says about the config-bootstrapper. */
import * as z from "zod";

import { exactlyOne, programFields } from "./options.schema.ts";

/** config-bootstrapper (facts/skywire.md 4.8): not among the ten services, but its host is published. */
export const ConfigBootstrapperConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("it is asked only when a visor's config is made"),
  /** Run it. */
  enabled: z.boolean().default(true),
});
/** {@inheritDoc ConfigBootstrapperConfig} */
export type ConfigBootstrapperConfig = z.infer<typeof ConfigBootstrapperConfig>;
