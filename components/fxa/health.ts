/** Probes of a program (facts/fxa.md 6, 15 and 16). Pure. */
import type { Probe, Probes } from "../workload/types.ts";
import type { Program } from "./roles.ts";
import type { ProbeOptions } from "./server-options.schema.ts";
import { type Check, traitsOf } from "./servers.ts";

/** Name of each program's port. */
export const portName = "http";

const periodSeconds = 5;

const checkOf = (check: Check): Probe["check"] =>
  check === "tcp"
    ? { kind: "tcp", port: portName }
    : { kind: "http", path: check.path, port: portName };

const said = (word: string | undefined, otherwise: Check): Check =>
  word === undefined ? otherwise : word === "tcp" ? word : { path: word };

/**
 * The checks of a program. The start is over once the port takes connections: a route that a version does not have
 * must not restart what runs. Readiness then asks for what the program depends on, liveness for the process alone.
 */
export function probesOf(program: Program, options: ProbeOptions): Probes {
  const { liveness, readiness, startSeconds } = traitsOf(program);
  return {
    startup: {
      check: checkOf("tcp"),
      periodSeconds,
      failureThreshold: Math.ceil((options.startSeconds ?? startSeconds) / periodSeconds),
    },
    readiness: {
      check: checkOf(said(options.readiness, readiness)),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    liveness: {
      check: checkOf(said(options.liveness, liveness)),
      periodSeconds: 10,
      timeoutSeconds: 5,
      // A minute: who is busy is not dead.
      failureThreshold: 6,
    },
  };
}
