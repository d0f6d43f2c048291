/** `fleet:extras` of a Skywire stack: what production has beside the services, each in a namespace of its own. */
import * as z from "zod";

import { UtilitiesConfig } from "../../components/skywire/bots.schema.ts";
import { CoturnConfig } from "../../components/skywire/coturn.schema.ts";
import { GeoipConfig } from "../../components/skywire/geoip.schema.ts";
import { WhitelistConfig } from "../../components/skywire/whitelist.schema.ts";

/** Each runs where its section stands, and nowhere else. */
export const SkywireExtras = z
  .strictObject({
    /** The IP service, ip.skycoin.com. */
    geoip: GeoipConfig.optional(),
    /** Telegram bots. */
    utilities: UtilitiesConfig.optional(),
    /** The whitelist of miners and the user accounts. */
    whitelist: WhitelistConfig.optional(),
    /** STUN and TURN. */
    coturn: CoturnConfig.optional(),
    metrics: z
      .never("stands in fleet:observability.metrics, for all systems: move the section there")
      .optional(),
  })
  .prefault({});
/** {@inheritDoc SkywireExtras} */
export type SkywireExtras = z.infer<typeof SkywireExtras>;
