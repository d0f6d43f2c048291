import type { VisorUrls } from "../../components/skywire/files.ts";

/** Services of the published test deployment, as visors are told them. */
export const visorUrls: VisorUrls = {
  dmsgDiscovery: "http://dmsgd.skywire.dev",
  transportDiscovery: "http://tpd.skywire.dev",
  addressResolver: "http://ar.skywire.dev",
  routeFinder: "http://rf.skywire.dev",
  uptimeTracker: "http://ut.skywire.dev",
  serviceDiscovery: "http://sd.skywire.dev",
};
