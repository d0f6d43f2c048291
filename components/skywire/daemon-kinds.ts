/**
 * Daemons that the services' build makes beside them, and that no deployment must have
 * (facts/skywire.md 4.12): what sets the kinds apart.
 */
import type { VisorApp } from "./files.ts";

/** Kinds of daemons, by the names of their images. */
export const daemonKinds = [
  "dmsg-monitor",
  "liveness-checker",
  "public-visor-monitor",
  "skysocks-monitor",
  "tpd-monitor",
  "transport-setup",
  "vpn-monitor",
] as const;

/** A kind of daemon. */
export type DaemonKind = (typeof daemonKinds)[number];

/** A service that takes dead entries out for whoever stands in its whitelist. */
export type WhitelistingService =
  | "address-resolver"
  | "dmsg-discovery"
  | "service-discovery"
  | "transport-discovery";

/** What a kind does that others do not. */
export interface DaemonTraits {
  /** Service whose dead entries it takes out: its public key must stand in that one's whitelist. */
  readonly cleans?: WhitelistingService;
  /** Opens a network device of the node, which takes root: its pods stand with the network-monitor. */
  readonly networkDevice: boolean;
  /** Runs a lite visor, which dials visors on any port; without, it is a mere client of dmsg. */
  readonly visor: boolean;
  /** Programs of its image that its visor starts, from {@link VisorApp}'s folder. */
  readonly apps: readonly VisorApp[];
}

const lite = { networkDevice: false, visor: true, apps: [] } as const;

/** Traits of each kind, from the programs' code of 2023 and 2024. */
export const daemonTraits: Readonly<Record<DaemonKind, DaemonTraits>> = {
  "dmsg-monitor": { ...lite, cleans: "dmsg-discovery" },
  "liveness-checker": lite,
  "public-visor-monitor": { ...lite, cleans: "service-discovery" },
  "skysocks-monitor": {
    ...lite,
    cleans: "service-discovery",
    apps: [{ name: "skysocks-client", binary: "skysocks-client", port: 13 }],
  },
  "tpd-monitor": { ...lite, cleans: "transport-discovery" },
  "transport-setup": { ...lite, visor: false },
  "vpn-monitor": {
    ...lite,
    cleans: "service-discovery",
    networkDevice: true,
    apps: [{ name: "vpn-client", binary: "vpn-client", port: 43 }],
  },
};
