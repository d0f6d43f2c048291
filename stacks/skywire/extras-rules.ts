/** Rules across the fields of a Skywire stack's extras. */
import { outsideFault } from "../../components/data/reach.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { registryServer } from "../../components/platform/registry.schema.ts";
import { givenAddresses, isMadeAddress } from "../../components/platform/pool.schema.ts";
import { slotPool, type SlotUse } from "../../components/platform/slots.ts";
import { coturnStunServers } from "../../components/skywire/coturn.schema.ts";
import { repeated } from "../rules.ts";
import { extraNamespaces } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { unusedDatabaseFaults } from "./store-rules.ts";

type Rule = (stack: SkywireStack) => PlatformFault[];

type Member = readonly [
  name: string,
  member: NonNullable<SkywireStack["extras"]["coturn"]>["members"][string],
];

const membersOf = ({ extras }: SkywireStack): Member[] =>
  Object.entries(extras.coturn?.members ?? {});

const memberPath = (name: string, ...rest: (string | number)[]): PlatformFault["path"] => [
  "extras",
  "coturn",
  "members",
  name,
  ...rest,
];

/** Test has no extras: its visors use production's IP service and STUN servers (facts/skywire.md 1.1). */
const productionOnly: Rule = (stack) =>
  stack.environment === "production"
    ? []
    : extraNamespaces(stack).map(([extra]) => ({
        path: ["extras", extra],
        message: "runs in production only: take it out, or say environment: production",
      }));

/** One address, one coturn: of two, the second finds its ports taken, or somebody else's machine. */
const addressFaults: Rule = (stack) => [
  ...repeated(
    membersOf(stack).flatMap(([name, { addresses }]) =>
      addresses.map((address, index) => [memberPath(name, "addresses", index), address] as const),
    ),
    (address, first) => `address ${address} already stands at ${first}: give each coturn its own`,
  ),
  ...repeated(
    membersOf(stack).map(([name, { slot }]) => [memberPath(name, "slot"), slot] as const),
    (slot, first) => `slot ${slot} already carries the coturn of ${first}: give each its own node`,
  ),
];

/** It binds its addresses, and so each must be one that its node really has. */
const placeFaults: Rule = (stack) => {
  const all = membersOf(stack).flatMap(([, { addresses }]) => addresses);
  return membersOf(stack).flatMap(([name, { slot, addresses }]): PlatformFault[] => {
    const place = slotPool(stack.cluster, slot);
    if (place === undefined || place.address.kind === "ephemeral") {
      return []; // Told by slotFaults.
    }
    const { address, pool } = place;
    const where = `fleet:cluster.pools.${pool}.slots.${slot}.address`;
    if (address.kind === "dns") {
      return [
        {
          path: memberPath(name, "slot"),
          message: `slot ${slot} has a name for an address, but visors know coturn by numbers, which it binds: give ${where} kind reserved`,
        },
      ];
    }
    if (isMadeAddress(address)) {
      return [
        {
          path: memberPath(name, "slot"),
          message: `slot ${slot} has an address that is known only when it is made, but coturn binds those that stand in this file: give it a slot with addresses that exist (kind reserved, assignedBy operator or node-keeper), which a cluster made at Google has none of, or take coturn out`,
        },
      ];
    }
    const known = givenAddresses(address);
    return addresses.flatMap((one, index) =>
      // One that stands twice is told by addressFaults.
      known.includes(one) || all.filter((other) => other === one).length > 1
        ? []
        : [
            {
              path: memberPath(name, "addresses", index),
              message: `${one} is no address of slot ${slot} (${known.join(", ")}): mend it, or add it to ${where}.also`,
            },
          ],
    );
  });
};

/** Visors that are told other servers than run, or fewer, never learn what their NAT does (4.17). */
const stunFaults: Rule = ({ extras, stunServers }) => {
  if (extras.coturn === undefined || stunServers === undefined) {
    return [];
  }
  const own = coturnStunServers(extras.coturn);
  const same =
    own.length === stunServers.length && own.every((server) => stunServers.includes(server));
  return same
    ? []
    : [
        {
          path: ["stunServers"],
          message: `must list the addresses of fleet:extras.coturn (${own.join(", ")}): leave it out, and it does`,
        },
      ];
};

const whitelistStoreFaults: Rule = ({ extras: { whitelist }, networkPolicy }) => {
  if (whitelist === undefined) {
    return [];
  }
  const path = ["extras", "whitelist", "postgres"];
  const { postgres } = whitelist;
  return [
    ...unusedDatabaseFaults(postgres, new Set(["auth", "whitelist"]), path),
    ...(postgres.kind === "external" && networkPolicy === "on" ? outsideFault(path, postgres) : []),
  ];
};

const registryOf = (image: string): string => image.split("/")[0] ?? image;

/** A private image of another registry would be pulled with a login that is not its own. */
const botLoginFaults: Rule = ({ extras, images: { private: own } }) =>
  Object.entries(extras.utilities?.bots ?? {}).flatMap(([name, { image, access }]) =>
    image === undefined ||
    access === "public" ||
    registryServer(image) === registryServer(own.repository)
      ? []
      : [
          {
            path: ["extras", "utilities", "bots", name, "image"],
            message: `is of ${registryOf(image)}, and the login of private images is one of ${registryOf(own.repository)}: say access: public, or push it there`,
          },
        ],
  );

/** Slots on which coturn is dialled by its addresses, for slotFaults. */
export const coturnSlots = (stack: SkywireStack): SlotUse[] =>
  membersOf(stack).map(([name, { slot }]) => ({
    path: memberPath(name, "slot"),
    slot,
    publishes: true,
  }));

const rules: readonly Rule[] = [
  productionOnly,
  addressFaults,
  placeFaults,
  stunFaults,
  botLoginFaults,
  whitelistStoreFaults,
];

/** Faults of the extras. */
export const extraFaults = (stack: SkywireStack): PlatformFault[] =>
  rules.flatMap((rule) => rule(stack));
