/** What a stack file says about the daemons beside the services (facts/skywire.md 4.12). */
import * as z from "zod";

import { DnsLabel } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { RedisConfig } from "../data/redis.schema.ts";
import type { DaemonKind } from "./daemon-kinds.ts";
import { exactlyOne, programFields } from "./options.schema.ts";

/** Fields of a daemon of any kind. Its key has the kind's name unless it is said. */
const daemon = <Kind extends DaemonKind>(kind: Kind) =>
  z.strictObject({
    kind: z.literal(kind),
    ...programFields,
    replicas: exactlyOne("its one key may be live in one process only"),
    key: reference("key-pair").prefault(kind),
  });

/** Looks whether the services, dmsg-servers and STUN servers answer, and keeps what it saw. */
const LivenessChecker = daemon("liveness-checker").extend({
  /** Results of its looks, made anew every five minutes: not worth a backup. */
  redis: RedisConfig.prefault({
    kind: "builtin",
    password: "redis-liveness-checker",
    backup: { kind: "none" },
  }),
});

/** One daemon. */
export const DaemonConfig = z.discriminatedUnion(
  "kind",
  [
    daemon("dmsg-monitor"),
    LivenessChecker,
    daemon("public-visor-monitor"),
    daemon("skysocks-monitor"),
    daemon("tpd-monitor"),
    daemon("transport-setup"),
    daemon("vpn-monitor"),
  ],
  {
    error:
      "must say kind: dmsg-monitor, liveness-checker, public-visor-monitor, skysocks-monitor, tpd-monitor, transport-setup or vpn-monitor",
  },
);
/** {@inheritDoc DaemonConfig} */
export type DaemonConfig = z.infer<typeof DaemonConfig>;

/** All daemons of a stack by name. None by default: no deployment is known to have had them. */
export const DaemonsConfig = z.record(DnsLabel, DaemonConfig).default({});
