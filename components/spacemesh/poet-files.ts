/**
 * What a PoET is told: its file and its arguments. Pure.
 *
 * Source: facts/spacemesh.md 2.4 and the flags of the versions in poet-profiles.ts.
 */
import { writeDuration } from "./durations.ts";
import type { NetworkTimes } from "./node-template.ts";
import type { PoetCalendar } from "./poet-calendar.ts";
import { poetProfiles, type PoetVersion } from "./poet-profiles.ts";
import { poetRestPort } from "./ports.ts";

/** Path of the program in its image. */
export const poetProgram = "/bin/poet";

/** Where the file is mounted, and its name. */
export const poetConfigFolder = "/etc/config";
export const poetConfigName = "config.conf";

/** Where a PoET keeps its key, its rounds and its proofs: its disk. */
export const poetDataFolder = "/root/.poet";

/** Inputs of one PoET. */
export interface PoetInput {
  readonly version: PoetVersion;
  readonly times: NetworkTimes;
  readonly calendar: PoetCalendar;
  /** Genesis of the network, RFC 3339: its own or the other network's. */
  readonly genesisTime: string;
  /** Minutes from now to genesis when a network is made; 0 where it joins one that runs. */
  readonly genesisDelayMinutes: number;
  /** 0 for the first PoET. */
  readonly index: number;
  /** How much later than the one before it this PoET's first round ends. */
  readonly shiftSeconds: number;
  /** gRPC addresses of the nodes that its proofs go through, `host:port`. */
  readonly gateways: readonly string[];
}

/** How hard a proof is to make: leaves of its tree, as a power of two (facts/spacemesh.md 2.4). */
const treeHeight = 21;

/** Text of the file. Quoted: the program reads a bare `#` or `;` as a comment. */
export function poetFile({ version, times, calendar, genesisTime }: PoetInput): string {
  const settings: Record<string, string> =
    poetProfiles[version].rounds === "duration"
      ? { duration: writeDuration(times.epochSeconds), n: `${treeHeight}` }
      : {
          "genesis-time": genesisTime,
          "epoch-duration": writeDuration(times.epochSeconds),
          "phase-shift": writeDuration(calendar.phaseShift),
          "cycle-gap": writeDuration(calendar.cycleGap),
        };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = "${value}"\n`)
    .join("");
}

/**
 * Seconds until a PoET of `v0.1` closes its first round: with the network's first layer, and later
 * by its own shift (facts/spacemesh.md 2.4).
 */
function initialDuration({
  times,
  genesisDelayMinutes,
  index,
  shiftSeconds,
}: Pick<PoetInput, "times" | "genesisDelayMinutes" | "index" | "shiftSeconds">): number {
  return genesisDelayMinutes * 60 + times.layerSeconds + index * shiftSeconds;
}

/**
 * Gateways that must answer when a PoET starts. It keeps those that answered and never asks the
 * others again: half of them, so that it neither hangs on one nor waits for all.
 */
const requiredGateways = (gateways: number): number => Math.ceil(gateways / 2);

/**
 * Arguments of a PoET. Those of `v0.1` and `v0.2` are told their gateways at start: told by a call
 * instead, a PoET that starts anew waits for another call. While too few of them answer the program
 * ends, and must be started again: see `restarting`.
 *
 * @param dataFolder Where it keeps its data.
 */
export function poetArguments(
  input: PoetInput,
  dataFolder: string = poetDataFolder,
  configFolder: string = poetConfigFolder,
): string[] {
  const profile = poetProfiles[input.version];
  return [
    `--poetdir=${dataFolder}`,
    `--configfile=${configFolder}/${poetConfigName}`,
    `--restlisten=0.0.0.0:${poetRestPort}`,
    "--jsonlog",
    ...(profile.rounds === "duration"
      ? [`--initialduration=${writeDuration(initialDuration(input))}`]
      : []),
    ...(profile.broadcasts ? gatewayFlags(input.gateways) : []),
  ];
}

function gatewayFlags(gateways: readonly string[]): string[] {
  return [
    ...gateways.map((address) => `--gateway=${address}`),
    `--conn-acks=${requiredGateways(gateways.length)}`,
  ];
}
