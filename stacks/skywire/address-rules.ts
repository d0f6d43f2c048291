/** Rules about the addresses at which the nodes of a Skywire stack are dialled. */
import { privateRanges } from "../../components/base/flows.ts";
import { inRange } from "../../components/base/ranges.ts";
import { controllerSlots } from "../../components/platform/controller-shape.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { givenAddresses, isMadeAddress } from "../../components/platform/pool.schema.ts";
import { slotPool } from "../../components/platform/slots.ts";
import { coturnSlots } from "./extras-rules.ts";
import { isAddress } from "./hosts.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";

type Rule = (stack: SkywireStack) => PlatformFault[];

const serverPath = (name: string, field: string): PlatformFault["path"] => [
  "services",
  "dmsg-servers",
  "members",
  name,
  field,
];

const resolverPath: PlatformFault["path"] = ["services", "address-resolver", "slot"];

/** What a dmsg-server announces must be where its slot is. */
const announcedFaults: Rule = (stack) =>
  dmsgServersOf(stack).flatMap(({ name, host, slot }) => {
    const address = slotPool(stack.cluster, slot)?.address;
    if (
      address === undefined ||
      address.kind === "ephemeral" ||
      isMadeAddress(address) ||
      !isAddress(host)
    ) {
      return [];
    }
    const [ip] = givenAddresses(address);
    const expected =
      ip === undefined
        ? `must be a name that leads to ${address.kind === "dns" ? address.name : `slot ${slot}`}: slot ${slot} has no fixed address`
        : `must be ${ip}, the address of slot ${slot}, or a name`;
    return ip === host ? [] : [{ path: serverPath(name, "host"), message: expected }];
  });

/** Records, and what a dmsg-server announces, are written before an address is there that the program makes. */
const madeFaults: Rule = (stack) =>
  [
    { path: resolverPath, slot: stack.services["address-resolver"].slot },
    ...dmsgServersOf(stack).map(({ name, slot }) => ({ path: serverPath(name, "slot"), slot })),
  ].flatMap(({ path, slot }) => {
    const place = slotPool(stack.cluster, slot);
    return place !== undefined && isMadeAddress(place.address)
      ? [
          {
            path,
            message: `slot ${slot} has an address that is known only when it is made, and what runs here is dialled by one that stands in this file: give fleet:cluster.pools.${place.pool}.slots.${slot}.address kind dns`,
          },
        ]
      : [];
  });

/** Ranges that nobody dials over the internet: a machine's own, private ones, and those of no single machine. */
const unreachable: readonly string[] = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  ...privateRanges,
  "224.0.0.0/3",
];

/**
 * Visors are on the internet, and dmsg-discovery takes no entry of a machine's own addresses. The policies let
 * nobody out to private ones.
 */
const publicFaults: Rule = (stack) => {
  const slots = [
    ...controllerSlots(stack.ingress, []).map(({ slot }) => slot),
    stack.services["address-resolver"].slot,
    ...dmsgServersOf(stack).map(({ slot }) => slot),
    ...coturnSlots(stack).map(({ slot }) => slot),
  ];
  return [...new Set(slots)].flatMap((slot) => {
    const place = slotPool(stack.cluster, slot);
    return givenAddresses(place?.address).flatMap((ip, index): PlatformFault[] => {
      const range = unreachable.find((one) => inRange(ip, one));
      const field = index === 0 ? ["ip"] : ["also", index - 1];
      return place === undefined || range === undefined
        ? []
        : [
            {
              path: ["cluster", "pools", place.pool, "slots", String(slot), "address", ...field],
              message: `must be an address of the internet: what runs on slot ${slot} is dialled from there, and ${range} is not reached`,
            },
          ];
    });
  });
};

/** Faults of the addresses that are published. */
export const addressFaults: Rule = (stack) => [
  ...announcedFaults(stack),
  ...madeFaults(stack),
  ...publicFaults(stack),
];
