/**
 * How many machines the tool of old would have made: its own formula, with what it leaves out and how it
 * reads numbers (facts/spacemesh.md 1.5). Nothing here is sized by it; it tells what to expect of a change.
 */
import type { SettingKey } from "./settings.ts";

/** What the formula gives. */
export interface OriginalSize {
  /** CPUs that it counted. */
  readonly cpus: number;
  /** Gi of memory that it counted. */
  readonly gibibytes: number;
  readonly nodes: number;
}

const largest = 127;

/**
 * A number as the tool read it: a whole one into eight bits, errors passed over. `100m` and `0.5` count as
 * nothing, 200 as 127.
 */
export function asOriginallyRead(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Math.max(-largest - 1, Math.min(largest, Number(text))) : 0;
}

/**
 * The formula: Elasticsearch counted once whatever its replicas, Pyroscope whether it runs or not, and
 * everything else not at all; a machine's nominal size, as said beside its type.
 *
 * @param text A setting's text.
 */
export function originalSize(text: (key: SettingKey) => string): OriginalSize {
  const sum = (resource: "cpu" | "memory"): number => {
    const of = (key: SettingKey): number => asOriginallyRead(text(key));
    const members = resource === "cpu" ? "cpu" : "ram";
    return (
      of(`miner-${members}`) * Number(text("miners")) +
      of(`poet-${members}`) * Number(text("poets")) +
      of(`kibana-${resource}`) +
      of(`es-${resource}`) +
      of(`pyroscope-${resource}`)
    );
  };
  const [cpus, gibibytes] = [sum("cpu"), sum("memory")];
  return {
    cpus,
    gibibytes,
    nodes: Math.max(
      Math.ceil(cpus / Number(text("gcp-machine-cpu"))),
      Math.ceil(gibibytes / Number(text("gcp-machine-memory"))),
      1,
    ),
  };
}
