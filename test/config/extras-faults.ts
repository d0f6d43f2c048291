/** Faults of production's extras, as the loader tells them: each spoils production's file in one way. */
import { config, type FaultCase, secrets } from "./fault-cases.ts";

const coturn = "fleet:extras/coturn/members/coturn-2";

/** The list of issue 5, "Bad input", as far as extras are concerned; and what their secrets can be. */
export const extrasFaults: readonly FaultCase[] = [
  {
    title: "overlap of Coturn addresses",
    stack: "prod",
    spoil: config({
      [`${coturn}/addresses`]: ["192.46.228.39", "192.53.113.106", "192.53.173.68"],
    }),
    paths: ["fleet:extras.coturn.members.coturn-2.addresses[2]"],
    says: "address 192.53.173.68 already stands at fleet:extras.coturn.members.coturn-1.addresses[1]",
  },
  {
    title: "two coturns on one node",
    stack: "prod",
    spoil: config({ [coturn]: { slot: 4, addresses: ["192.0.2.1", "192.0.2.2"] } }),
    paths: [
      "fleet:extras.coturn.members.coturn-2.slot",
      "fleet:extras.coturn.members.coturn-2.addresses[0]",
      "fleet:extras.coturn.members.coturn-2.addresses[1]",
      "fleet:extras.coturn.members.coturn-2",
    ],
    says: "slot 4 already carries the coturn of fleet:extras.coturn.members.coturn-1.slot",
  },
  {
    title: "an extra in test",
    spoil: config({ "fleet:extras/geoip": {} }),
    // The license it would need is not there either.
    paths: ["fleet:extras.geoip", "fleet:extras.geoip.license"],
    says: "runs in production only",
  },
  {
    title: "metrics among the extras, where they stood before",
    stack: "prod",
    spoil: config({ "fleet:extras/metrics": { grafana: {} } }),
    paths: ["fleet:extras.metrics"],
    says: "stands in fleet:observability.metrics, for all systems: move the section there",
  },
  {
    title: "an extra that there is not",
    stack: "prod",
    spoil: config({ "fleet:extras/geopi": {} }),
    paths: ["fleet:extras.geopi"],
    says: "is no key that Fleet knows",
  },
  {
    title: "the IP service's licence missing",
    stack: "prod",
    spoil: secrets({ "geoip-license": undefined }),
    paths: ["fleet:extras.geoip.license"],
    says: "names geoip-license, a token, which fleet:secrets does not have",
  },
  {
    title: "a private bot of a registry whose login there is not",
    stack: "prod",
    spoil: config({ "fleet:extras/utilities/bots/git-telegram-bot/image": "ghcr.io/a/bot:1" }),
    paths: ["fleet:extras.utilities.bots.git-telegram-bot.image"],
    says: "is of ghcr.io, and the login of private images is one of docker.io",
  },
  {
    title: "a TURN password that would need quoting",
    stack: "prod",
    spoil: secrets({ "coturn-visor": "a password with spaces" }),
    paths: ["fleet:secrets.coturn-visor"],
    says: "must be a password of 16 to 128 letters",
  },
];
