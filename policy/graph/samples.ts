/**
 * Addresses that stand for all of a range: what network policies say changes at the edges of their blocks, and nowhere
 * else, so that whoever asks of these has asked of every address.
 */
import { isIPv4, isIPv6 } from "node:net";

import { UnknownProperty, unknownText } from "../resource.ts";
import type { World } from "./objects.ts";

/** A range as its first address and the one behind its last, both as numbers. */
interface Span {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly behind: bigint;
}

/** Groups of half an address of IPv6, the last of which may be written as one of IPv4. */
function groupsOf(text: string): readonly bigint[] {
  return text
    .split(":")
    .filter((group) => group !== "")
    .flatMap((group) => {
      const ipv4 = isIPv4(group) ? ipv4Number(group) : undefined;
      return ipv4 === undefined ? [BigInt(`0x${group}`)] : [ipv4 >> 16n, ipv4 & 0xffffn];
    });
}

const ipv4Number = (ip: string): bigint =>
  ip.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);

function ipv6Number(ip: string): bigint {
  const [left = "", right = ""] = ip.split("::");
  const [head, tail] = [groupsOf(left), groupsOf(right)];
  const between = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  return [...head, ...between, ...tail].reduce((sum, group) => (sum << 16n) | group, 0n);
}

/** What a range spans; undefined of what is none, which an API server refuses. */
function spanOf(range: string): Span | undefined {
  const [base = "", length] = range.split("/");
  if (!isIPv4(base) && !isIPv6(base)) {
    return undefined;
  }
  const bits = isIPv4(base) ? 32 : 128;
  const size = 1n << BigInt(bits - Number(length ?? bits));
  const ip = isIPv4(base) ? ipv4Number(base) : ipv6Number(base);
  const first = ip - (ip % size);
  return { bits, first, behind: first + size };
}

function write({ bits }: Span, ip: bigint): string {
  const [count, width, base] = bits === 32 ? [4, 8, 10] : [8, 16, 16];
  return Array.from({ length: count }, (_, index) =>
    BigInt.asUintN(width, ip >> BigInt((count - 1 - index) * width)).toString(base),
  ).join(bits === 32 ? "." : ":");
}

const blocksOf = ({ policies }: World): readonly string[] =>
  policies
    .flatMap(({ spec: { ingress = [], egress = [] } }) => [
      ...ingress.flatMap(({ from }) => from ?? []),
      ...egress.flatMap(({ to }) => to ?? []),
    ])
    .flatMap(({ ipBlock }) =>
      ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])],
    );

/**
 * Addresses of a range that stand for all of it: its first one, and those at which a block of the stack's policies
 * begins or has just ended.
 *
 * @throws UnknownProperty where the range is still to be told.
 */
export function samplesOf(world: World, range: string): readonly string[] {
  if (range === unknownText) {
    throw new UnknownProperty("a range of callers");
  }
  const whole = spanOf(range);
  if (whole === undefined) {
    return [range];
  }
  const edges = blocksOf(world)
    .flatMap((block) => spanOf(block) ?? [])
    .filter(({ bits }) => bits === whole.bits)
    .flatMap(({ first, behind }) => [first, behind])
    .filter((edge) => edge > whole.first && edge < whole.behind);
  return [...new Set([whole.first, ...edges])].map((ip) => write(whole, ip));
}
