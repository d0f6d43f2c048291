/** What follows from a Spacemesh stack's config and several steps need. Pure. */
import { clusterSlots } from "../../components/platform/slots.ts";
import { type Member, planMembers } from "../../components/spacemesh/members.ts";
import { membersPlan } from "../../components/spacemesh/network-rules.ts";
import type { SpacemeshStack } from "./schema.ts";

/** Slots of the cluster, in order: the k-th pinned member is on the k-th of them. */
export const slotsOf = ({ cluster }: Pick<SpacemeshStack, "cluster">): number[] =>
  clusterSlots(cluster).map(({ slot }) => slot);

/** Every member, in order of their numbers. */
export const membersOf = (stack: SpacemeshStack): Member[] =>
  planMembers(membersPlan(stack, slotsOf(stack)));
