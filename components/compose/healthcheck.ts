/** Swarm's one health check, and the three probes that come to the same. */
import * as z from "zod";

import type { NoProbes, Probes } from "../workload/types.ts";
import { dockerHealthcheck } from "./defaults.ts";
import { literal, Text } from "./text.ts";
import { Duration, secondsIn, SomeTime, swarmDuration, wholeSeconds } from "./units.ts";
import type { Path, Translated, Warning } from "./warning.ts";

/** A command that tells whether a container is well, and how often it is asked. */
export const Healthcheck = z
  .strictObject({
    /** A text runs in a shell; so does `["CMD-SHELL", …]`. `["NONE"]` is no check. */
    test: z
      .union(
        [
          Text,
          z.tuple([z.literal("NONE")]),
          z.tuple([z.literal("CMD-SHELL"), Text]),
          z.tuple([z.literal("CMD"), Text], Text),
        ],
        {
          error: "must be a text, or a list that starts with CMD, CMD-SHELL or NONE",
        },
      )
      .optional(),
    interval: SomeTime.optional(),
    timeout: SomeTime.optional(),
    retries: z.int().min(1, "must be at least 1").optional(),
    start_period: Duration.optional(),
    start_interval: SomeTime.optional(),
    /** Switches off what the image brings along. */
    disable: z.boolean().optional(),
  })
  .refine(({ test, disable }) => (test === undefined) === (disable === true), {
    path: ["test"],
    message: "must say a test, or disable: true, and not both",
  });
/** {@inheritDoc Healthcheck} */
export type Healthcheck = z.infer<typeof Healthcheck>;

/** The check as Docker keeps it, or undefined where there is none. */
function testOf({ test, disable }: Healthcheck): readonly string[] | undefined {
  if (test === undefined || disable === true || test[0] === "NONE") {
    return undefined;
  }
  return typeof test === "string" ? ["CMD-SHELL", literal(test)] : test.map(literal);
}

/**
 * The check as probes. It is both readiness and liveness: Swarm takes an unhealthy task out of the
 * service's address and stops it.
 *
 * Docker asks first after one interval, and in `start_period` counts no failure: liveness waits as
 * long, or a startup probe takes the start's place, whose failures are those of the period and the
 * `retries` after it.
 */
export function toProbes(check: Healthcheck | undefined, at: Path): Translated<Probes | NoProbes> {
  if (check === undefined) {
    const message =
      "is missing: a container that hangs is not restarted, and a pod counts as ready once it runs (a HEALTHCHECK of the image, which Swarm would use, counts for nothing)";
    return {
      value: { none: "its service has no healthcheck" },
      warnings: [{ path: at, message }],
    };
  }
  const test = testOf(check);
  if (test === undefined) {
    return { value: { none: "its service switches the healthcheck off" }, warnings: [] };
  }
  const [kind, ...rest] = test;
  const command = kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...rest] : rest;
  const interval = wholeSeconds(check.interval ?? dockerHealthcheck.interval);
  const times = {
    check: { kind: "exec", command },
    periodSeconds: interval,
    timeoutSeconds: wholeSeconds(check.timeout ?? dockerHealthcheck.timeout),
    failureThreshold: check.retries ?? dockerHealthcheck.retries,
  } as const;
  const startPeriod = wholeSeconds(check.start_period ?? dockerHealthcheck.start_period);
  const warnings = fractions(check, at);
  if (startPeriod === 0) {
    return {
      value: { readiness: times, liveness: { ...times, initialDelaySeconds: interval } },
      warnings,
    };
  }
  const period = wholeSeconds(check.start_interval ?? dockerHealthcheck.start_interval);
  const patience = startPeriod + times.failureThreshold * interval;
  const startup = {
    ...times,
    periodSeconds: period,
    failureThreshold: Math.ceil(patience / period),
  };
  return { value: { readiness: times, liveness: times, startup }, warnings };
}

const timeWords = ["interval", "timeout", "start_period", "start_interval"] as const;

/** Kubernetes counts whole seconds. */
function fractions(check: Healthcheck, at: Path): Warning[] {
  return timeWords.flatMap((word) => {
    const time = check[word];
    return time === undefined || secondsIn(time) % 1 === 0
      ? []
      : [
          {
            path: [...at, word],
            message: `is not ${time} but ${wholeSeconds(time)}s: kubelets count whole seconds`,
          },
        ];
  });
}

/** The check as the Docker provider takes it. What is not said stays Docker's or the image's. */
export function toSwarmHealthcheck(check: Healthcheck, at: Path) {
  const { interval, timeout, start_period: startPeriod, retries } = check;
  const value = {
    tests: [...(testOf(check) ?? ["NONE"])],
    ...(interval === undefined ? {} : { interval: swarmDuration(interval) }),
    ...(timeout === undefined ? {} : { timeout: swarmDuration(timeout) }),
    ...(startPeriod === undefined ? {} : { startPeriod: swarmDuration(startPeriod) }),
    ...(retries === undefined ? {} : { retries }),
  };
  const message =
    "has no effect: the Docker provider has no word for it, and the engine asks every 5s";
  const warnings: Warning[] =
    check.start_interval === undefined ? [] : [{ path: [...at, "start_interval"], message }];
  return { value, warnings };
}
