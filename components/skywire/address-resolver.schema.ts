/** What a stack file says about the address-resolver. */
import * as z from "zod";

import { Slot } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { exactlyOne, programFields } from "./options.schema.ts";
import { publicUdpPort } from "./ports.ts";

/** address-resolver (facts/skywire.md 4.2). */
export const AddressResolverConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne(
    "live UDP sessions stand in the memory of one process, and a second one would not own them",
  ),
  key: reference("key-pair").prefault("address-resolver"),
  /** Node whose address its host name leads to, for TCP 80 and 443 and for UDP. */
  slot: Slot,
  /** Public UDP port. Visors have it built in. */
  udpPort: z
    .literal(
      publicUdpPort,
      `must be ${publicUdpPort}: visors dial it where the URL carries no port`,
    )
    .default(publicUdpPort),
});
/** {@inheritDoc AddressResolverConfig} */
export type AddressResolverConfig = z.infer<typeof AddressResolverConfig>;
